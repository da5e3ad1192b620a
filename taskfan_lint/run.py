"""The run over files: each is read, checked or fixed, and written; what became of it is an Outcome."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from itertools import chain, groupby, islice
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from taskfan_lint.checked import Checked
from taskfan_lint.files import Source, TooLargeError, read, tidy
from taskfan_lint.files import replace as replace_file
from taskfan_lint.gates import Gates
from taskfan_lint.kinds import KINDS, PYTHON, kind
from taskfan_lint.report import Report
from taskfan_lint.settings import Settings
from taskfan_lint.swap import WriteError

if TYPE_CHECKING:
    from pathlib import Path

    from taskfan_lint.analysis.helpers import Index
    from taskfan_lint.finding import Finding
    from taskfan_lint.source import Document

NOTHING = Checked(())


class Mode(Enum):
    """What a run does: nothing but check, write the fixes, show them as a diff, or write suppressions."""

    CHECK = "check"
    FIX = "fix"
    DIFF = "diff"
    IGNORE = "ignore"

    @property
    def writes(self) -> bool:
        return self in (Mode.FIX, Mode.IGNORE)


class Outcome(NamedTuple):
    """What became of one file; a file that was not looked at has no document.

    `fixed` counts findings that the fixes mended, or that are suppressed now. `text` is what the run makes of the
    document, whether or not it was written. `known` are the findings that a baseline spares, each with the reason that
    it gives.
    """

    path: Path
    document: Document | None = None
    checked: Checked = NOTHING
    text: str = ""
    fixed: int = 0
    fails: bool = False
    refused: str = ""
    error: str = ""
    trace: str = ""
    known: tuple[tuple[Finding, str], ...] = ()

    @property
    def changed(self) -> bool:
        return self.document is not None and self.text != self.document.text

    @property
    def report(self) -> Report | None:
        """The findings that remain, and the known ones, on the text that they are about."""
        if self.document is None or not (self.checked.findings or self.known):
            return None
        from dataclasses import replace  # lazy: not for files that hold nothing

        return Report(replace(self.document, text=self.text), self.checked.findings, self.known)


class Clean(NamedTuple):
    """A file of some kind whose bytes hold nothing that a finding could be about; there are many of them."""

    kind: str


CLEAN = {kind: Clean(kind) for kind in KINDS}


FEW = 250  # files that one process reads in the time in which another one starts
SEVERAL = 4  # files to analyse that are worth another process
BATCH = 200

Step = Outcome | Clean


class Batch(NamedTuple):
    """Files to be read, with the settings that they share; it is smaller than a list of sources on its way."""

    settings: Settings
    files: list[str]


_Task = Batch | Source  # one of several files to be read, or a file to be analysed


def run(
    sources: Iterable[Source], mode: Mode, *, unsafe: bool, reason: str = "", jobs: int | None = None
) -> Iterator[Step]:
    """Yield what became of each file, as it comes; some modes write files. `reason` is that of suppressions.

    More than a few are spread over `jobs` processes, one for each core if that is None.
    """
    coming = iter(sources)
    first = list(islice(coming, FEW))
    passed = []
    for each in _scanned(first):
        if isinstance(each, Source):
            passed.append(each)
        else:
            yield each
    jobs = cores() if jobs is None else jobs
    if jobs == 1 or (len(first) < FEW and len(passed) < SEVERAL):
        yield from (_examined(source, mode, unsafe, reason) for source in passed)
        for each in _scanned(coming):
            yield _examined(each, mode, unsafe, reason) if isinstance(each, Source) else each
    else:
        yield from _spread(passed, coming, mode, unsafe, reason, jobs)


def each(sources: Iterable[Source], mode: Mode, choose: Callable[[str], Settings]) -> list[Outcome]:
    """Return the outcome of each file in turn, of those that hold nothing too, knowing what they import.

    `choose` gives the settings of a folder.
    """
    return [_examined(source, mode, False, "", _imported(source, choose)) for source in sources]


def _imported(source: Source, choose: Callable[[str], Settings]) -> Index | None:
    if kind(source.file) is not PYTHON:
        return None
    from taskfan_lint import imports  # lazy: only where files are looked at one by one

    document = imports.from_disk(source.path, source.settings.max_file_size)
    return imports.index_for(document, source.settings, choose) if document else None


def again(source: Source, mode: Mode, index: Index, *, unsafe: bool, reason: str = "") -> Outcome:
    """Return the outcome of a file that calls functions of others, which are in `index`."""
    return _examined(source, mode, unsafe, reason, index)


def cores() -> int:
    """Return how many processes are worth starting: one where they cannot share what this one has loaded."""
    if not hasattr(os, "fork") or sys.platform == "darwin":  # system libraries of macOS do not survive a fork
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _spread(
    passed: list[Source], coming: Iterator[Source], mode: Mode, unsafe: bool, reason: str, jobs: int
) -> Iterator[Step]:
    """Yield what became of files that passed the gate, and of others that are yet to be read, by several processes."""
    from taskfan_lint.pool import Done, spread  # lazy: only for more than a few files

    if passed:
        from taskfan_lint import inspection  # noqa: F401  # loaded once for all processes

    def work(task: _Task) -> Done[Step, _Task]:
        if isinstance(task, Source):
            return [_examined(task, mode, unsafe, reason)], []
        steps = list(_scanned(Source(file, task.settings) for file in task.files))
        return [one for one in steps if not isinstance(one, Source)], [one for one in steps if isinstance(one, Source)]

    def lost(task: _Task, reason: str) -> Done[Step, _Task]:
        if isinstance(task, Source):
            return [Outcome(task.path, error=f"cannot be analysed: its process ended with {reason}")], []
        return [], [Source(file, task.settings) for file in task.files]

    tasks: Iterator[_Task] = chain(passed, _batches(coming))
    yield from spread(tasks, work, lost, jobs)


def _batches(sources: Iterator[Source]) -> Iterator[Batch]:
    """Yield the files in batches."""
    while several := list(islice(sources, BATCH)):
        for settings, alike in groupby(several, attrgetter("settings")):
            yield Batch(settings, [source.file for source in alike])


def _scanned(sources: Iterable[Source]) -> Iterator[Step | Source]:
    """Yield for each file what became of it, or the file itself where it passes the gate."""
    gates = Gates()
    for source in sources:
        try:
            raw = read(source.file, source.settings.max_file_size)
        except (TooLargeError, OSError) as error:
            yield _unread(source, error)
        else:
            sort = kind(source.file)
            yield source if gates.open(raw, sort, source.settings) else CLEAN[sort]


def _examined(source: Source, mode: Mode, unsafe: bool, reason: str, index: Index | None = None) -> Outcome:
    try:
        raw = read(source.file, source.settings.max_file_size)
    except (TooLargeError, OSError) as error:
        return _unread(source, error)
    outcome = examine(source.path, raw, source.settings, mode, index, unsafe=unsafe, reason=reason)
    if not mode.writes:
        return outcome
    return _written(outcome, source, raw, index) if outcome.changed else _tidied(outcome)


def _unread(source: Source, error: TooLargeError | OSError) -> Outcome:
    if isinstance(error, TooLargeError):
        return Outcome(source.path, refused=str(error))
    return Outcome(source.path, error=f"cannot be read: {(error.strerror or str(error)).lower()}")


def examine(
    path: Path,
    raw: bytes,
    settings: Settings,
    mode: Mode,
    index: Index | None = None,
    *,
    unsafe: bool,
    reason: str = "",
) -> Outcome:
    """Return the outcome of one file's bytes; nothing is written."""
    if len(raw) > settings.max_file_size:
        return Outcome(path, refused=f"too large: `max-file-size` is {settings.max_file_size}")
    from taskfan_lint.source import DecodeError, decode  # lazy: only for a file that passes the gate

    try:
        return _checked(decode(path, raw), settings, mode, unsafe, reason, index)
    except DecodeError as error:
        return Outcome(path, error=f"cannot be decoded: {error}")
    except Exception as error:  # the one place: an error in the engine costs this file, not the run
        import traceback  # lazy: only where there is one

        return Outcome(path, error=f"internal error: {type(error).__name__}: {error}", trace=traceback.format_exc())


def _checked(
    document: Document, settings: Settings, mode: Mode, unsafe: bool, reason: str, index: Index | None
) -> Outcome:
    from taskfan_lint import engine  # lazy: only for a file that passes the gate

    if mode is Mode.CHECK:
        checked = engine.check(document, settings, index)
        return Outcome(document.path, document, checked, document.text, fails=fails(checked.findings, settings))
    text, checked = _changed(document, settings, mode, unsafe, reason, index)
    fixed = _mended(document, checked, settings, index) if text != document.text else 0
    outcome = Outcome(document.path, document, checked, text, fixed, fails(checked.findings, settings))
    if not _encodes(document, text):
        return _unfixed(outcome, settings, index, f"cannot be written: the new text is not {document.encoding} text")
    return outcome


def _changed(
    document: Document, settings: Settings, mode: Mode, unsafe: bool, reason: str, index: Index | None
) -> tuple[str, Checked]:
    from taskfan_lint import engine  # lazy: only for a file that passes the gate

    if mode is not Mode.IGNORE:
        return engine.fix(document, settings, index, unsafe=unsafe)
    from taskfan_lint import ignoring  # lazy: only for `--add-ignore`

    return ignoring.add_ignores(document, settings, index, reason=reason)


def _written(outcome: Outcome, source: Source, raw: bytes, index: Index | None) -> Outcome:
    assert outcome.document is not None
    try:
        replace_file(source.path, raw, outcome.document.encode(outcome.text))
    except WriteError as error:
        return _unfixed(outcome, source.settings, index, str(error))
    return outcome


def _tidied(outcome: Outcome) -> Outcome:
    tidy(outcome.path)
    return outcome


def _unfixed(outcome: Outcome, settings: Settings, index: Index | None, error: str) -> Outcome:
    """Return the outcome of a file that stays as it is although there are fixes."""
    from taskfan_lint import engine  # lazy: only for a file that passes the gate

    assert outcome.document is not None
    checked = engine.check(outcome.document, settings, index)
    return Outcome(
        outcome.path,
        outcome.document,
        checked,
        outcome.document.text,
        fails=fails(checked.findings, settings),
        error=error,
    )


def fails(findings: Iterable[Finding], settings: Settings) -> bool:
    """Tell whether one of the findings makes the exit status 1."""
    return any(finding.severity >= settings.fail_on for finding in findings)


def _mended(document: Document, after: Checked, settings: Settings, index: Index | None) -> int:
    """Return how many findings of a document are gone; one that takes another's place doesn't count against it."""
    from collections import Counter  # lazy: only where something was fixed

    from taskfan_lint import engine

    before = Counter(finding.code for finding in engine.check(document, settings, index).findings)
    return sum((before - Counter(finding.code for finding in after.findings)).values())


def _encodes(document: Document, text: str) -> bool:
    try:
        document.encode(text)
    except UnicodeEncodeError:
        return False
    return True
