"""The functions of a project's files that dispatch, so that a call in one file is known for what another one does."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from taskfan_lint import engine
from taskfan_lint.edit import Lines
from taskfan_lint.profile import AGENT_KEYWORDS, dispatch_words
from taskfan_lint.settings import Settings
from taskfan_lint.source import PYTHON_SUFFIXES, Document

if TYPE_CHECKING:
    from taskfan_lint.analysis.helpers import Helper, Index

ROUNDS = 10  # calls from file to file that are followed


def index(documents: Sequence[tuple[Document, Settings]]) -> Index:
    """Return the helpers of Python files, each with the settings that hold for it; others are left out.

    A helper may call one of another file: files that name what was found are read again, until nothing is new.
    """
    from taskfan_lint.analysis.helpers import Index  # lazy: only where a file may dispatch

    python = [(document, settings) for document, settings in documents if document.path.suffix in PYTHON_SUFFIXES]
    pending = [(document, settings) for document, settings in python if may_hold_helpers(document.text, settings)]
    files: dict[str, Mapping[str, Helper]] = {}
    for _ in range(ROUNDS):
        new: set[tuple[str, str]] = set()
        known = Index(dict(files))
        for document, settings in pending:
            path = str(document.path.absolute())
            found = _placed(engine.helpers(document, settings, known), document, settings)
            new |= {(name, path) for name in found.keys() - files.get(path, {}).keys()}
            files[path] = found
        pending = [(document, settings) for document, settings in python if _names_one(document, new)]
        if not pending:
            break
    return Index({path: found for path, found in files.items() if found})


def _names_one(document: Document, helpers: Iterable[tuple[str, str]]) -> bool:
    """Tell whether a file names one of these helpers, given by name and file, that is not its own."""
    own = str(document.path.absolute())
    return any(path != own and name in document.text for name, path in helpers)


def may_hold_helpers(text: str, settings: Settings) -> bool:
    """Tell whether a file may dispatch by itself: it has an agent's keyword, or a name that the settings give."""
    own = () if settings.dispatch_modules else AGENT_KEYWORDS
    return any(word in text for word in own or dispatch_words(settings)) or any(
        name.rpartition(".")[2] in text for name in settings.dispatch_names
    )


def _placed(found: Mapping[str, Helper], document: Document, settings: Settings) -> dict[str, Helper]:
    """Return helpers that say in which file and line they dispatch; methods stay in their own file."""
    lines = Lines(document.text)
    path = os.path.relpath(document.path.absolute(), settings.root or os.getcwd())
    placed = {}
    for name, one in found.items():
        if one.method:
            continue
        through = one.dispatch and one.dispatch.through
        place = one.place or (through.place if through else "")
        if one.dispatch and not place:
            span = through.span if through and through.span else one.dispatch.span
            place = f"{path}, line {lines.position(span.start)[0]}"
        placed[name] = replace(one, place=place)
    return placed
