"""The registry of output formats: each module of this package is one, found by its name."""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from unicodedata import category

from taskfan_lint.finding import Finding
from taskfan_lint.source import Document

STDIN = "-"
JOINERS = "\u200c\u200d"


@dataclass(frozen=True)
class Report:
    """The findings of one document; their spans are offsets in its text."""

    document: Document
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Look:
    """How a report is to look: in colour or not, with paths relative to which folder."""

    color: bool = False
    folder: Path = field(default_factory=Path.cwd)

    def path(self, path: Path | str) -> str:
        """Return a path as it is printed: relative where it lies below the folder, and on one line."""
        text = os.fspath(path)
        below = os.fspath(self.folder).rstrip(os.sep) + os.sep
        return printable(text.removeprefix(below) if text.startswith(below) else text)


Renderer = Callable[[Iterable[Report], Look], str]


def formats() -> tuple[str, ...]:
    """Return the names of all formats, sorted; no format module is imported."""
    return tuple(sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__)))


def renderer(format: str) -> Renderer:
    """Return the function that renders `format`, which is one of `formats()`."""
    module = importlib.import_module(f"{__name__}.{format.replace('-', '_')}")
    return cast(Renderer, module.render)


def printable(text: str) -> str:
    """Return `text` with all that moves a cursor or hides from the eye escaped (controls, bidi marks, surrogates)."""
    if text.isprintable():
        return text
    return "".join(character if _shows(character) else escape(character) for character in text)


def escape(character: str) -> str:
    """Return a character as a Python escape sequence, such as `\\x1b`."""
    return character.encode("unicode_escape").decode("ascii")


def _shows(character: str) -> bool:
    return character.isprintable() or character in JOINERS or category(character) in ("Zs", "Co", "Cn")
