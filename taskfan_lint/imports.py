"""The files of a project that a Python file imports, read so that what they dispatch is known where it is called."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from taskfan_lint.config import ConfigError
from taskfan_lint.files import TooLargeError, excluded, read
from taskfan_lint.project import index, is_package, may_hold_helpers
from taskfan_lint.settings import Settings
from taskfan_lint.source import PYTHON_SUFFIXES, DecodeError, Document, decode

if TYPE_CHECKING:
    from taskfan_lint.analysis.helpers import Index

MOST_FILES = 32  # that are read for one document
MOST_MODULES = 256  # that are looked for, for one file

Choose = Callable[[str], Settings]  # gives the settings of a folder (an absolute path); may raise ConfigError
Read = Callable[[Path, int], "Document | None"]

_STATEMENT = re.compile(
    r"^[ \t]*((?:from|import)\b(?:\((?:[^()#]|#[^\r\n]*(?=[\r\n]))*\)|\\\r?\n|[^\r\n(\\])*)", re.MULTILINE
)
_NOTHING: Mapping[str, Document] = {}


def with_imports(documents: Sequence[tuple[Document, Settings]], choose: Choose) -> list[tuple[Document, Settings]]:
    """Return documents with their settings, then the files that they import, each once."""
    every = {str(document.path.absolute()): (document, settings) for document, settings in documents}
    for document, settings in documents:
        for one in imported(document, settings, choose):
            every.setdefault(str(one[0].path), one)
    return list(every.values())


def index_for(document: Document, settings: Settings, choose: Choose) -> Index:
    """Return the functions that dispatch in the files that one document imports."""
    return index_of([(document, settings)], choose)


def index_of(documents: Sequence[tuple[Document, Settings]], choose: Choose) -> Index:
    """Return the functions that dispatch in documents and in the files that they import, for calls between these."""
    every = with_imports(documents, choose)
    return index(every if len(every) > 1 else ())


def from_disk(path: Path, limit: int) -> Document | None:
    """Return the document in a file, None where it can't be read, has more bytes than `limit`, or is no text."""
    try:
        return decode(path, read(path, limit))
    except (OSError, ValueError, TooLargeError, DecodeError):
        return None


def imported(
    document: Document,
    settings: Settings,
    choose: Choose,
    *,
    roots: Iterable[str] = (),
    texts: Mapping[str, Document] = _NOTHING,
    read: Read = from_disk,
) -> list[tuple[Document, Settings]]:
    """Return the files that a Python document imports, and of those that they import the ones that may dispatch.

    They lie below the root of its settings or below one of `roots`, or else in its folder; what is excluded, as
    installed packages are, is left out. `texts` by absolute path stand for what is on disk. The document itself is not
    among them.
    """
    if document.path.suffix not in PYTHON_SUFFIXES:
        return []
    path = document.path.absolute()
    inside = [root for root in (*roots, *([str(settings.root)] if settings.root else [])) if path.is_relative_to(root)]
    search = _Search(tuple(inside) or (str(path.parent),), choose, texts, read, {str(path)})
    direct = list(search.of(document))
    further = [one for each, _ in direct for one in search.of(each)]
    return [*direct, *(one for one in further if may_hold_helpers(one[0].text, one[1]))]


@dataclass
class _Search:
    """The search for the files that one document imports; `seen` are the paths that were looked at."""

    roots: tuple[str, ...]
    choose: Choose
    texts: Mapping[str, Document]
    read: Read
    seen: set[str]
    left: int = MOST_FILES
    chosen: dict[str, Settings | None] = field(default_factory=dict)

    def of(self, document: Document) -> Iterator[tuple[Document, Settings]]:
        """Yield the files that a document imports and that no other one did before."""
        if "(" not in document.text and not is_package(document):  # without a call, no helper is called
            return
        path = str(document.path.absolute())
        for module in islice(modules(document.text), MOST_MODULES):
            place = self._place(path, module)
            if place is None or place in self.seen:
                continue
            if not self.left:
                return
            self.left -= 1
            self.seen.add(place)
            if found := self._document(place):
                yield found

    def _place(self, path: str, module: str) -> str | None:
        """Return the file of the project that a module is."""
        from taskfan_lint.analysis.helpers import places  # lazy: only where something is imported

        starts = tuple(os.path.join(root, "") for root in self.roots)
        inside = (one for one in places(path, module) if one.startswith(starts))
        return next((one for one in inside if one in self.texts or os.path.isfile(one)), None)

    def _document(self, place: str) -> tuple[Document, Settings] | None:
        settings = self._settings(os.path.dirname(place))
        if settings is None or excluded(place, settings):
            return None
        document = self.texts.get(place) or self.read(Path(place), settings.max_file_size)
        return (document, settings) if document else None

    def _settings(self, folder: str) -> Settings | None:
        if folder not in self.chosen:
            try:
                self.chosen[folder] = self.choose(folder)
            except ConfigError:
                self.chosen[folder] = None
        return self.chosen[folder]


def modules(text: str) -> Iterator[str]:
    """Yield the modules that a text imports, with the dots of a relative import; a name from a module may be one too.

    The text need not parse: it may be half-written.
    """
    if "import" not in text:
        return
    seen: set[str] = set()
    for statement in _STATEMENT.finditer(text):
        for module in _modules(statement[1]):
            if module not in seen:
                seen.add(module)
                yield module


def _modules(statement: str) -> Iterator[str]:
    try:
        nodes = ast.parse(statement).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # words in a string
        return
    for node in nodes:
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom():
                module = "." * node.level + (node.module or "")
                yield module
                yield from (f"{module}.{one.name}" if node.module else module + one.name for one in node.names)
