"""The functions of a project's files that dispatch, so that a call in one file is known for what another one does."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from taskfan_lint import surveys
from taskfan_lint.calling import Wanted
from taskfan_lint.edit import Lines
from taskfan_lint.profile import AGENT_KEYWORDS, dispatch_words
from taskfan_lint.settings import Settings
from taskfan_lint.snippets import LONG
from taskfan_lint.source import PYTHON_SUFFIXES, Document

if TYPE_CHECKING:
    from taskfan_lint.analysis.helpers import Helper, Index

ROUNDS = 10  # calls from file to file that are followed
NO_FILES: Mapping[str, Mapping[str, Helper]] = {}


def index(
    documents: Sequence[tuple[Document, Settings]], found: Mapping[str, Mapping[str, Helper]] = NO_FILES
) -> Index:
    """Return the helpers of Python files, each with the settings that hold for it; others are left out.

    `found` has the helpers of files, by their absolute path, that were read already. A helper may call one of another
    file: files that name what was found are read again, until nothing is new.
    """
    from taskfan_lint.analysis.helpers import Index  # lazy: only where a file may dispatch

    python = [(document, settings) for document, settings in documents if document.path.suffix in PYTHON_SUFFIXES]
    pending = [(document, settings) for document, settings in python if may_hold_helpers(document.text, settings)]
    files: dict[str, Mapping[str, Helper]] = {}
    callers: set[str] = set()
    for number in range(ROUNDS):
        new: dict[str, Mapping[str, Helper]] = {}
        known = Index(dict(files))
        for document, settings in pending:
            path = str(document.path.absolute())
            own = found.get(path) if not number else None
            own = _placed(surveys.helpers(document, settings, known) if own is None else own, document, settings)
            own = {**_passed_on(document, path, known), **own}
            new[path] = {name: own[name] for name in own.keys() - files.get(path, {}).keys()}
            files[path] = own
        wanted = Wanted(new)
        pending = [one for one in python if any(new.values()) and wanted.may_be_called(one[0])]
        callers.update(str(document.path.absolute()) for document, _ in pending)
        if not pending:
            break
    return Index({path: own for path, own in files.items() if own}, frozenset(callers))


def _passed_on(document: Document, path: str, known: Index) -> dict[str, Helper]:
    """Return the helpers of other files that others may import from a package.

    A long file passes nothing on, since its tree takes a hundred times the room of its text.
    """
    if not known.files or not is_package(document) or len(document.text) >= LONG:
        return {}
    from taskfan_lint.analysis.python.exports import passed_on  # lazy: only where a function dispatches

    return passed_on(document.text, path, known)


def is_package(document: Document) -> bool:
    """Tell whether a file is what a package holds itself: what it imports, others import from it."""
    return document.path.stem == "__init__"


def may_hold_helpers(text: str, settings: Settings) -> bool:
    """Tell whether a file may dispatch by itself: it has an agent's keyword, or a name that the settings give."""
    own = () if settings.dispatch_modules else AGENT_KEYWORDS
    return any(word in text for word in own or dispatch_words(settings)) or any(
        name.rpartition(".")[2] in text for name in settings.dispatch_names
    )


def _placed(found: Mapping[str, Helper], document: Document, settings: Settings) -> dict[str, Helper]:
    """Return helpers that say in which file and line they dispatch; methods stay in their own file."""
    if not found:
        return {}
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
        placed[name] = one._replace(place=place)
    return placed
