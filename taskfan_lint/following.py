"""Following calls from file to file: files that call functions of others are examined again, knowing these."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from taskfan_lint.files import Source, TooLargeError, read
from taskfan_lint.gates import Gates
from taskfan_lint.kinds import PYTHON, kind
from taskfan_lint.outcome import Clean, Job, Outcome
from taskfan_lint.run import again, naming

if TYPE_CHECKING:
    from taskfan_lint.analysis.helpers import Helper, Index
    from taskfan_lint.source import Document


class Member(NamedTuple):
    """A file of the project; `helpers` are its functions that dispatch, None where it was not examined yet."""

    source: Source
    document: Document
    helpers: Mapping[str, Helper] | None = None


def follow(
    outcomes: Iterable[Outcome],
    selected: Sequence[Source],
    every: Sequence[Source],
    clean: dict[str, int],
    job: Job,
) -> list[Outcome]:
    """Return the outcomes, those of files that call functions of others anew: the job is done with these again.

    `every` file may hold such functions, also one that is not `selected`. `clean` counts the files without an outcome
    by kind; where one gets one now, it counts less. What was fixed and written the first time counts too.
    """
    known = {os.fspath(outcome.path): outcome for outcome in outcomes}
    helpers = index(list(members(known.values(), selected, every)), every)
    callers = [source for source in selected if source.file in helpers.callers]
    for new in again(callers, job._replace(helpers=helpers)):
        if isinstance(new, Clean):
            continue
        file = os.fspath(new.path)
        old = known.get(file)
        if old is None:
            clean[kind(file)] -= 1
        written = old is not None and old.changed and job.mode.writes
        known[file] = _both(old, new) if old and written else new
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
            text = outcome.document if not outcome.changed else replace(outcome.document, text=outcome.text)
            yield Member(source, text, outcome.checked.helpers)
    gates = Gates()
    for source in every:
        if source.file not in settings and kind(source.file) is PYTHON:
            raw = _bytes(source)
            if raw is not None and gates.open(raw, PYTHON, source.settings):
                yield from _decoded(source, raw)


def index(found: Sequence[Member], every: Sequence[Source]) -> Index:
    """Return the functions of files that dispatch, with the files that may call one of another.

    A file that calls one may have a function that dispatches by that call, so files are looked for until none is new.
    """
    known = list(found)
    helpers = _helpers(known)
    looked: set[str] = set()
    while new := helpers.names - looked:
        looked |= new
        callers = list(_callers(new, {member.source.file for member in known}, every))
        if not callers:
            break
        known += callers
        helpers = _helpers(known)
    return helpers


def _helpers(members: Sequence[Member]) -> Index:
    from taskfan_lint import project  # lazy: only where a Python file may dispatch

    found = {one.source.file: one.helpers for one in members if one.helpers is not None}
    return project.index([(one.document, one.source.settings) for one in members], found)


def _callers(names: frozenset[str], known: set[str], every: Iterable[Source]) -> Iterator[Member]:
    """Yield the Python files, of those not known yet, whose bytes name one of the functions."""
    words = [name.encode() for name in names]
    others = (one for one in every if one.file not in known and kind(one.file) is PYTHON)
    for source in naming(others, words):
        raw = _bytes(source)
        yield from _decoded(source, raw) if raw is not None else ()


def _bytes(source: Source) -> bytes | None:
    """Return the bytes of a file, None where the run itself says that it cannot be read."""
    try:
        return read(source.file, source.settings.max_file_size)
    except (TooLargeError, OSError):
        return None


def _decoded(source: Source, raw: bytes) -> Iterator[Member]:
    from taskfan_lint.source import DecodeError, decode  # lazy: only for a file that passes the gate

    try:
        yield Member(source, decode(source.path, raw))
    except DecodeError:
        return
