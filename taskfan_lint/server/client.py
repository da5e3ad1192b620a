"""What a client says about itself when it connects, and its process, which the server does not outlive."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from dataclasses import dataclass

from lsprotocol import types
from pygls.capabilities import get_capability
from pygls.uris import to_fs_path

PERIOD = 1.0  # seconds between two looks at whether the client's process is alive


@dataclass(frozen=True)
class Client:
    """The capabilities of a client that change what it is sent."""

    pulls: bool = False
    refreshes: bool = False
    refreshes_lenses: bool = False
    resolves_edits: bool = False
    takes_versions: bool = False
    watches_files: bool = False
    tells_configuration: bool = False
    shows_documents: bool = False


def client(capabilities: types.ClientCapabilities) -> Client:
    """Return what the capabilities say."""

    def has(path: str) -> bool:
        return bool(get_capability(capabilities, path, False))

    resolved = get_capability(capabilities, "text_document.code_action.resolve_support.properties", None) or ()
    return Client(
        pulls=get_capability(capabilities, "text_document.diagnostic", None) is not None,
        refreshes=has("workspace.diagnostics.refresh_support"),
        refreshes_lenses=has("workspace.code_lens.refresh_support"),
        resolves_edits="edit" in resolved and has("text_document.code_action.data_support"),
        takes_versions=has("workspace.workspace_edit.document_changes"),
        watches_files=has("workspace.did_change_watched_files.dynamic_registration"),
        tells_configuration=has("workspace.configuration"),
        shows_documents=has("window.show_document.support"),
    )


def roots(uris: Iterable[str]) -> tuple[str, ...]:
    """Return the folders of a workspace that are on this machine, as paths."""
    paths = (to_fs_path(uri) for uri in uris if uri.startswith("file:"))
    return tuple(os.path.abspath(path) for path in paths if path)


async def outlive(process: int) -> None:
    """Wait until a process is gone."""
    while _is_alive(process):
        await asyncio.sleep(PERIOD)


def _is_alive(process: int) -> bool:
    if os.name == "nt":  # there, signal 0 would end the process
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
