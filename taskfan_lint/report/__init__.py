"""The registry of output formats: each module of this package is one, found by its name."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple, cast

from taskfan_lint.modules import names

if TYPE_CHECKING:
    from pathlib import Path

    from taskfan_lint.finding import Finding
    from taskfan_lint.source import Document

STDIN = "-"
JOINERS = "\u200c\u200d"


class Report(NamedTuple):
    """The findings of one document; their spans are offsets in its text.

    `known` are those that a baseline spares, each with the reason that it gives: only formats that can say so show
    them.
    """

    document: Document
    findings: tuple[Finding, ...]
    known: tuple[tuple[Finding, str], ...] = ()


class Look(NamedTuple):
    """How a report is to look: in colour or not, with paths relative to which folder.

    The folder is the current one where it is empty. `root` is the root of the repository, the folder itself where it
    is None: formats for services that show repositories name paths relative to it.
    """

    color: bool = False
    folder: Path | str = ""
    root: Path | str | None = None

    @property
    def base(self) -> str:
        """The folder, as an absolute path."""
        return os.fspath(self.folder) or os.getcwd()

    def path(self, path: Path | str) -> str:
        """Return a path as it is printed: relative where it lies below the folder, and on one line."""
        text = os.fspath(path)
        below = self.base.rstrip(os.sep) + os.sep
        return printable(text.removeprefix(below) if text.startswith(below) else text)

    def rooted(self, path: Path | str) -> str:
        """Return a path as it is, with slashes: relative to the root where it lies below, else absolute."""
        text = os.fspath(path)
        if text != STDIN:
            text = os.path.normpath(os.path.join(self.base, text))
            below = os.fspath(self.root or self.base).rstrip(os.sep) + os.sep
            text = text.removeprefix(below)
        return text.replace(os.sep, "/")


def uri(path: str) -> str:
    """Return what `Look.rooted` gives as a URI: a relative reference, or an absolute `file` URI."""
    from urllib.parse import quote  # lazy: only two formats speak of URIs

    quoted = quote(os.fsencode(path))
    return f"file://{'' if quoted.startswith('/') else '/'}{quoted}" if os.path.isabs(path) else quoted


Renderer = Callable[[Iterable[Report], Look], str]


def formats() -> tuple[str, ...]:
    """Return the names of all formats, sorted; no format module is imported."""
    return names(__path__)


def renderer(format: str) -> Renderer:
    """Return the function that renders `format`, which is one of `formats()`."""
    module = importlib.import_module(f"{__name__}.{format.replace('-', '_')}")
    return cast(Renderer, module.render)


def printable(text: str) -> str:
    """Return `text` with all that moves a cursor or hides from the eye escaped (controls, bidi marks, surrogates)."""
    if text.isprintable():
        return text
    return "".join(character if _shows(character) else escape(character) for character in text)


def encoded(text: str, table: dict[str, str]) -> str:
    """Return `text` with the characters in a table as what that says."""
    return "".join(table.get(character, character) for character in text)


def escape(character: str) -> str:
    """Return a character as a Python escape sequence, such as `\\x1b`."""
    return character.encode("unicode_escape").decode("ascii")


def _shows(character: str) -> bool:
    from unicodedata import category  # lazy: only for what is not printable

    return character.isprintable() or character in JOINERS or category(character) in ("Zs", "Co", "Cn")
