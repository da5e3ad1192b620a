"""Texts that are open in an editor, as documents with the settings that count for them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from pygls.uris import to_fs_path

from taskfan_lint import baseline, engine, files, surveys
from taskfan_lint.baseline import Baseline
from taskfan_lint.checked import Checked
from taskfan_lint.finding import Finding
from taskfan_lint.imports import imported
from taskfan_lint.server.configuration import Configuration
from taskfan_lint.server.library import Library
from taskfan_lint.server.memory import Memory
from taskfan_lint.server.positions import Positions
from taskfan_lint.server.worker import Stale, Ticket
from taskfan_lint.settings import Settings
from taskfan_lint.source import MARKDOWN_SUFFIXES, PYTHON_SUFFIXES, SCRIPT_SUFFIXES, Document
from taskfan_lint.surveys import Surveyed

if TYPE_CHECKING:
    from taskfan_lint.analysis.helpers import Index

SUFFIXES = MARKDOWN_SUFFIXES | PYTHON_SUFFIXES | SCRIPT_SUFFIXES
LANGUAGES = {
    "gfm": ".md",
    "javascript": ".js",
    "javascriptreact": ".jsx",
    "markdown": ".md",
    "mdx": ".mdx",
    "python": ".py",
    "typescript": ".ts",
    "typescriptreact": ".tsx",
}


NOTHING = Checked()


@dataclass
class Buffer:
    """An open text; the ticket is that of the work on it as it stands."""

    uri: str
    language: str
    version: int | None
    text: str
    ticket: Ticket
    memory: Memory = field(default_factory=Memory)

    @property
    def is_python(self) -> bool:
        return self.language == "python" or python_file(self.uri) is not None


@dataclass(frozen=True)
class Place:
    """Where the buffers are: the folders of the workspace, and the encoding of the client's positions."""

    roots: Sequence[str]
    encoding: str

    def root_of(self, path: Path | None) -> str:
        """Return the innermost folder of the workspace that a path is in; for one in none, its own folder."""
        if path is None:
            return self.roots[0] if self.roots else os.getcwd()
        around = [root for root in self.roots if path.is_relative_to(root)]
        return max(around, key=len, default=str(path.parent))


@dataclass(frozen=True)
class Shelf:
    """Where the files come from that a text imports: the texts that are open, by path, before those on disk."""

    library: Library
    texts: Mapping[str, Document]


@dataclass(frozen=True)
class Answer:
    """What was found in one state of a buffer; the document is None where nothing is to be looked for.

    `index` are the functions that dispatch in the files that it imports, `imports` the paths of these. `known` are the
    findings that the baseline knows, each with the reason that it gives; `refused` says why a text is not looked at.
    """

    uri: str
    version: int | None
    positions: Positions
    settings: Settings
    ticket: Ticket
    memory: Memory
    document: Document | None = None
    checked: Checked = NOTHING
    problem: str = ""
    refused: str = ""
    index: Index | None = None
    imports: frozenset[str] = frozenset()
    known: tuple[tuple[Finding, str], ...] = ()

    def check(self, text: str) -> Checked:
        """Return what is found in another text in the document's place; raises Stale."""
        assert self.document is not None
        document = replace(self.document, text=text)
        return engine.check(document, self.settings, self.index, inspect=self.memory.inspect(self.ticket))

    def fixed(self) -> str:
        """Return the text with all safe fixes made; raises Stale."""
        if self.document is None:
            return self.positions.text
        return engine.fix(self.document, self.settings, self.index, inspect=self.memory.inspect(self.ticket))[0]


def examine(buffer: Buffer, configuration: Configuration, place: Place, shelf: Shelf) -> Answer:
    """Return what is found in a buffer; raises Stale once its ticket is called off."""
    buffer.ticket.check()
    path = file_of(buffer.uri)
    folder = str(path.parent) if path else place.root_of(None)
    chosen = configuration.choose(folder)
    settings = _rooted(chosen.settings, place.root_of(path))
    positions = Positions(buffer.text, place.encoding)
    answer = Answer(
        buffer.uri, buffer.version, positions, settings, buffer.ticket, buffer.memory, problem=chosen.problem
    )
    document = document_of(buffer.uri, buffer.language, buffer.text, folder)
    if document is None or _left_out(path, settings, place):
        return answer
    if _is_large(buffer.text, settings):
        return replace(answer, refused=f"{name_of(buffer.uri)}: too large: `max-file-size` is {settings.max_file_size}")
    answer = replace(answer, settings=_ignoring(settings, path, document), document=document)
    buffer.memory.turn()
    try:
        answer = _indexed(answer, configuration, place, shelf)
        return _under(chosen.baseline, replace(answer, checked=answer.check(buffer.text)), path)
    except Stale:
        raise
    except Exception as error:  # as on the command line: an error in the engine costs this text, not the server
        return replace(answer, document=None, problem=f"internal error: {type(error).__name__}: {error}")


def _indexed(answer: Answer, configuration: Configuration, place: Place, shelf: Shelf) -> Answer:
    """Return an answer that knows the functions of the files that its document imports."""
    assert answer.document is not None

    def choose(folder: str) -> Settings:
        return _rooted(configuration.choose(folder).settings, place.root_of(Path(folder)))

    found = imported(
        answer.document, answer.settings, choose, roots=place.roots, texts=shelf.texts, read=shelf.library.read
    )
    paths = frozenset(str(document.path) for document, _ in found)
    return replace(answer, index=answer.memory.index(found), imports=paths)


def _under(known: Baseline | None, answer: Answer, path: Path | None) -> Answer:
    """Return an answer that says which findings a baseline knows."""
    if known is None or path is None or not answer.checked.findings:
        return answer
    parts = baseline.split(known, path, answer.positions.text, answer.checked.findings)
    return replace(answer, known=tuple((finding, entry.reason) for finding, entry in parts.known))


def file_of(uri: str) -> Path | None:
    """Return the path of a file's URI, None for a text that is not in a file."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(path) if path else None


def name_of(uri: str) -> str:
    """Return the last part of a URI's path."""
    return os.path.basename(unquote(urlsplit(uri).path)) or "untitled"


def document_of(uri: str, language: str, text: str, folder: str) -> Document | None:
    """Return the document of a text, None for a language that holds no dispatch.

    The suffix of the URI decides, and where it is none of those that are read, the language that the client names.
    """
    path = file_of(uri) or Path(folder, name_of(uri))
    if path.suffix.lower() in SUFFIXES:
        return Document(path, text)
    suffix = LANGUAGES.get(language)
    return Document(path.parent / f"{path.name or name_of(uri)}{suffix}", text) if suffix else None


def _rooted(settings: Settings, root: str) -> Settings:
    """Return settings with a root: without a configuration, that is the folder of the workspace."""
    return settings if settings.root else settings._replace(root=Path(root))


def _is_large(text: str, settings: Settings) -> bool:
    limit = settings.max_file_size
    return len(text) > limit or len(text.encode("utf-8", "surrogatepass")) > limit


def _left_out(path: Path | None, settings: Settings, place: Place) -> bool:
    if path is None:
        return False
    return files.excluded(str(path), settings) or files.ignored(str(path), place.root_of(path))


def _ignoring(settings: Settings, path: Path | None, document: Document) -> Settings:
    """Return settings without the rules that `per-file-ignores` names for a path whose document has another one."""
    if path is None or path == document.path:
        return settings
    return settings._replace(ignore=(*settings.ignore, *sorted(engine.per_file_ignores(path, settings))))


def python_file(uri: str) -> Path | None:
    """Return the path of a Python file's URI, None for any other URI."""
    path = file_of(uri)
    return path if path is not None and path.suffix in PYTHON_SUFFIXES else None


def survey(answer: Answer) -> tuple[Surveyed, ...]:
    """Return the snippets of an answer's document with their analysis; raises Stale once its ticket is called off."""
    if answer.document is None:
        return ()
    found = []
    for one in surveys.survey(answer.document, answer.settings, answer.index):
        answer.ticket.check()
        found.append(one)
    return tuple(found)
