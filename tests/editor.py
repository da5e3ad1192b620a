"""An editor for tests: a real client that starts the real language server and talks to it over pipes."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from conftest import ROOT
from lsprotocol import converters, types
from pytest_lsp import ClientServerConfig, LanguageClient

COMMAND = [sys.executable, "-m", "taskfan_lint", "server"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
SECONDS = 20


class Editor:
    """A client with one server: its open texts, and what the server has sent."""

    def __init__(self, client: LanguageClient, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.texts: dict[str, str] = {}
        self.version = 0
        self.published: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.messages: asyncio.Queue[str] = asyncio.Queue()
        self.shown: asyncio.Queue[str] = asyncio.Queue()
        self.refreshed: asyncio.Queue[str] = asyncio.Queue()
        self.registered: list[types.Registration] = []
        self.result: types.InitializeResult | None = None
        client.protocol._converter.register_structure_hook(types.Command | types.CodeAction, _action)
        feature = client.protocol.fm.features
        feature[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS] = self.published.put_nowait
        feature[types.WINDOW_SHOW_MESSAGE] = lambda params: self.messages.put_nowait(params.message)
        feature[types.WINDOW_SHOW_DOCUMENT] = self._show
        feature[types.WORKSPACE_DIAGNOSTIC_REFRESH] = lambda params: self.refreshed.put_nowait("diagnostics")
        feature[types.WORKSPACE_CODE_LENS_REFRESH] = lambda params: self.refreshed.put_nowait("lenses")
        feature[types.CLIENT_REGISTER_CAPABILITY] = lambda params: self.registered.extend(params.registrations)

    def _show(self, params: types.ShowDocumentParams) -> types.ShowDocumentResult:
        self.shown.put_nowait(params.uri)
        return types.ShowDocumentResult(True)

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def open(self, uri: str, text: str, language: str = "markdown") -> str:
        self.version += 1
        self.texts[uri] = text
        item = types.TextDocumentItem(uri, language, self.version, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def change(self, uri: str, *changes: types.TextDocumentContentChangeEvent) -> int:
        self.version += 1
        document = types.VersionedTextDocumentIdentifier(self.version, uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, changes))
        return self.version

    def replace(self, uri: str, text: str) -> int:
        self.texts[uri] = text
        return self.change(uri, types.TextDocumentContentChangeWholeDocument(text))

    def close(self, uri: str) -> None:
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))

    async def pushed(self, uri: str, version: int | None = None) -> list[types.Diagnostic]:
        """Return the next diagnostics that are published for a URI, or those for one version of it."""
        while True:
            params = await asyncio.wait_for(self.published.get(), SECONDS)
            if params.uri == uri and version in (None, params.version):
                return list(params.diagnostics)

    async def pulled(self, uri: str, before: str | None = None) -> Any:
        document = types.TextDocumentIdentifier(uri)
        params = types.DocumentDiagnosticParams(document, previous_result_id=before)
        return await self.client.text_document_diagnostic_async(params)

    async def actions(self, uri: str, line: int, *only: str) -> list[types.CodeAction]:
        at = types.Position(line, 10)
        context = types.CodeActionContext([], only=list(only) or None)
        params = types.CodeActionParams(types.TextDocumentIdentifier(uri), types.Range(at, at), context)
        found = await self.client.text_document_code_action_async(params)
        return [one for one in found or () if isinstance(one, types.CodeAction)]

    def applied(self, action: types.CodeAction) -> str:
        """Return the text that the edit of an action makes of an open one."""
        assert action.edit is not None
        changes = [(uri, edits) for uri, edits in (action.edit.changes or {}).items()]
        for one in action.edit.document_changes or ():
            assert isinstance(one, types.TextDocumentEdit)
            changes.append((one.text_document.uri, [edit for edit in one.edits if isinstance(edit, types.TextEdit)]))
        ((uri, edits),) = changes
        lines = self.texts[uri].split("\n")
        starts = [sum(len(line) + 1 for line in lines[:row]) for row in range(len(lines))]

        def offset(position: types.Position) -> int:
            return starts[position.line] + position.character

        text = self.texts[uri]
        for edit in sorted(edits, key=lambda edit: offset(edit.range.start), reverse=True):
            text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
        return text

    async def hover(self, uri: str, line: int, character: int) -> types.Hover | None:
        document = types.TextDocumentIdentifier(uri)
        return await self.client.text_document_hover_async(types.HoverParams(document, types.Position(line, character)))

    async def lenses(self, uri: str) -> list[types.CodeLens]:
        params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
        return list(await self.client.text_document_code_lens_async(params) or ())


def _action(given: Any, _: object) -> Any:
    """Read an action as the protocol has it; lsprotocol takes one that holds a command for the command itself."""
    kind = types.Command if isinstance(given.get("command"), str) else types.CodeAction
    return converters.get_converter().structure(given, kind)


def capabilities(*, pull: bool = False, modern: bool = False, encodings: list[str] | None = None) -> Any:
    """Return what a client can do: that of an old one, one that pulls, or one that can all that is asked for."""
    pull = pull or modern
    return types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=encodings) if encodings else None,
        text_document=types.TextDocumentClientCapabilities(
            diagnostic=types.DiagnosticClientCapabilities() if pull else None,
            code_action=types.CodeActionClientCapabilities(
                data_support=True, resolve_support=types.ClientCodeActionResolveOptions(["edit"])
            )
            if modern
            else None,
        ),
        window=types.WindowClientCapabilities(show_document=types.ShowDocumentClientCapabilities(modern)),
        workspace=types.WorkspaceClientCapabilities(
            configuration=modern,
            workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=modern),
            did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(modern),
            diagnostics=types.DiagnosticWorkspaceClientCapabilities(modern),
            code_lens=types.CodeLensWorkspaceClientCapabilities(modern),
        ),
    )


async def connect(folder: Path, can: types.ClientCapabilities, *more: Path, **options: Any) -> Editor:
    client: Any = await ClientServerConfig(COMMAND, server_env=ENVIRONMENT).start()
    editor = Editor(client, folder)
    folders = [types.WorkspaceFolder(each.as_uri(), each.name) for each in (folder, *more)]
    params = types.InitializeParams(can, workspace_folders=folders, **options)
    editor.result = await client.initialize_session(params)
    return editor


async def disconnect(editor: Editor) -> None:
    await editor.client.shutdown_session()
    await editor.client.stop()
