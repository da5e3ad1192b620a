"""Following calls from file to file: files that call functions of others are examined again, knowing these."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from taskfan_lint.files import Source, TooLargeError, read
from taskfan_lint.gates import Gates
from taskfan_lint.kinds import PYTHON, kind

if TYPE_CHECKING:
    from taskfan_lint.analysis.helpers import Index
    from taskfan_lint.run import Outcome
    from taskfan_lint.source import Document

Member = tuple[Source, "Document"]


def follow(
    outcomes: Iterable[Outcome],
    selected: Sequence[Source],
    every: Sequence[Source],
    clean: dict[str, int],
    again: Callable[[Source, Index], Outcome],
) -> list[Outcome]:
    """Return the outcomes, those of files that call functions of others anew: `again` examines one of these.

    `every` file may hold such functions, also one that is not `selected`. `clean` counts the files without an outcome
    by kind; where one gets one now, it counts less. What was fixed the first time counts too.
    """
    known = {os.fspath(outcome.path): outcome for outcome in outcomes}
    helpers, callers = index(list(members(known.values(), selected, every)), every)
    if helpers is None:
        return list(known.values())
    asked = {source.file for source in selected}
    for source in (source for source, _ in callers if source.file in asked):
        old, new = known.get(source.file), again(source, helpers)
        if old is None:
            clean[kind(source.file)] -= 1
        known[source.file] = new if old is None or not old.changed else _both(old, new)
    return list(known.values())


def _both(old: Outcome, new: Outcome) -> Outcome:
    """Return the outcome of a file that was fixed twice."""
    return new._replace(document=old.document, fixed=old.fixed + new.fixed)


def members(outcomes: Iterable[Outcome], selected: Iterable[Source], every: Iterable[Source]) -> Iterator[Member]:
    """Yield the Python files that may dispatch: those of the outcomes, and those that were found but not selected."""
    settings = {source.file: source for source in selected}
    for outcome in outcomes:
        source = settings.get(str(outcome.path))
        if source and outcome.document and kind(source.file) is PYTHON:
            yield source, outcome.document
    gates = Gates()
    for source in every:
        if source.file not in settings and kind(source.file) is PYTHON:
            raw = _bytes(source)
            if raw is not None and gates.open(raw, PYTHON, source.settings):
                yield from _decoded(source, raw)


def index(found: Sequence[Member], every: Sequence[Source]) -> tuple[Index | None, list[Member]]:
    """Return the functions that dispatch, None where there is none, and the files that may call one of another file.

    A file that calls one may have a function that dispatches by that call, so files are looked for until none is new.
    """
    from taskfan_lint import project  # lazy: only where a Python file may dispatch

    known = list(found)
    helpers = project.index([(document, source.settings) for source, document in known])
    while helpers.names:
        callers = list(_callers(helpers, {source.file for source, _ in known}, every))
        if not callers:
            break
        known += callers
        helpers = project.index([(document, source.settings) for source, document in known])
    if not helpers.names:
        return None, []
    return helpers, [member for member in known if _calls(helpers, member)]


def _callers(helpers: Index, known: set[str], every: Iterable[Source]) -> Iterator[Member]:
    """Yield the Python files, of those not known yet, whose bytes name one of the functions."""
    names = [name.encode() for name in helpers.names]
    for source in every:
        if source.file in known or kind(source.file) is not PYTHON:
            continue
        raw = _bytes(source)
        if raw is not None and any(name in raw for name in names):
            yield from _decoded(source, raw)


def _calls(helpers: Index, member: Member) -> bool:
    """Tell whether a file names a function of another one."""
    source, document = member
    return any(name in document.text for file, names in helpers.files.items() if file != source.file for name in names)


def _bytes(source: Source) -> bytes | None:
    """Return the bytes of a file, None where the run itself says that it cannot be read."""
    try:
        return read(source.file, source.settings.max_file_size)
    except (TooLargeError, OSError):
        return None


def _decoded(source: Source, raw: bytes) -> Iterator[Member]:
    from taskfan_lint.source import DecodeError, decode  # lazy: only for a file that passes the gate

    try:
        yield source, decode(source.path, raw)
    except DecodeError:
        return
