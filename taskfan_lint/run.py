"""The run over files: those that hold something are examined, by one process or by several."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, groupby, islice
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from taskfan_lint.examining import examine_file, unread
from taskfan_lint.files import Source, TooLargeError, read
from taskfan_lint.gates import Gates
from taskfan_lint.kinds import PYTHON, kind
from taskfan_lint.outcome import CLEAN, Job, Mode, Outcome, Step
from taskfan_lint.settings import Settings

if TYPE_CHECKING:
    from taskfan_lint.analysis.helpers import Index
    from taskfan_lint.pool import Done

FEW = 250  # files that one process reads in the time in which another one starts
SEVERAL = 4  # files to analyse that are worth another process
BATCH = 200


class Batch(NamedTuple):
    """Files to be read, with the settings that they share; it is smaller than a list of sources on its way."""

    settings: Settings
    files: list[str]


_Task = Batch | Source  # one of several files to be read, or a file to be analysed


def run(sources: Iterable[Source], job: Job, processes: int | None = None) -> Iterator[Step]:
    """Yield what became of each file, as it comes; some jobs write files.

    More than a few are spread over some processes, one for each core if that is None.
    """
    coming = iter(sources)
    first = list(islice(coming, FEW))
    passed = []
    for each in _scanned(first):
        if isinstance(each, Source):
            passed.append(each)
        else:
            yield each
    processes = cores() if processes is None else processes
    if processes == 1 or (len(first) < FEW and len(passed) < SEVERAL):
        yield from (examine_file(source, job) for source in passed)
        yield from (examine_file(each, job) if isinstance(each, Source) else each for each in _scanned(coming))
    else:
        yield from _spread(passed, coming, job, processes)


def each(sources: Iterable[Source], mode: Mode, choose: Callable[[str], Settings]) -> list[Outcome]:
    """Return the outcome of each file in turn, of those that hold nothing too, knowing what they import.

    `choose` gives the settings of a folder.
    """
    return [examine_file(source, Job(mode, helpers=_imported(source, choose))) for source in sources]


def _imported(source: Source, choose: Callable[[str], Settings]) -> Index | None:
    if kind(source.file) is not PYTHON:
        return None
    from taskfan_lint import imports  # lazy: only where files are looked at one by one

    document = imports.from_disk(source.path, source.settings.max_file_size)
    return imports.index_for(document, source.settings, choose) if document else None


def again(sources: Sequence[Source], job: Job) -> Iterator[Step]:
    """Yield the outcome of each file that calls functions of others, which are in the job's helpers."""
    if len(sources) < SEVERAL or cores() == 1:
        yield from (examine_file(source, job) for source in sources)
    else:
        yield from _spread(sources, iter(()), job, cores())


def naming(sources: Iterable[Source], words: Sequence[bytes]) -> Iterator[Source]:
    """Yield the files whose bytes hold one of some words, in any order; files that cannot be read are left out."""

    def work(batch: Batch) -> Done[Source, Batch]:
        return [Source(file, batch.settings) for file in batch.files if _holds(file, batch.settings, words)], []

    def lost(batch: Batch, reason: str) -> Done[Source, Batch]:
        return [Source(file, batch.settings) for file in batch.files], []

    coming = iter(sources)
    few = islice(coming, FEW if cores() > 1 else None)
    yield from (each for each in few if _holds(each.file, each.settings, words))
    if cores() > 1 and (more := list(islice(coming, 1))):
        from taskfan_lint.pool import spread  # lazy: only for more than a few files

        yield from spread(_batches(chain(more, coming)), work, lost, cores())


def _holds(file: str, settings: Settings, words: Iterable[bytes]) -> bool:
    try:
        raw = read(file, settings.max_file_size)
    except (TooLargeError, OSError):  # the run itself says so
        return False
    return any(word in raw for word in words)


def cores() -> int:
    """Return how many processes are worth starting: one where they cannot share what this one has loaded."""
    if not hasattr(os, "fork") or sys.platform == "darwin":  # system libraries of macOS do not survive a fork
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _spread(passed: Sequence[Source], coming: Iterator[Source], job: Job, processes: int) -> Iterator[Step]:
    """Yield what became of files that passed the gate, and of others that are yet to be read, by several processes."""
    from taskfan_lint.pool import spread  # lazy: only for more than a few files

    if passed:
        from taskfan_lint import inspection  # noqa: F401  # loaded once for all processes

    def work(task: _Task) -> Done[Step, _Task]:
        if isinstance(task, Source):
            return [examine_file(task, job)], []
        steps = list(_scanned(Source(file, task.settings) for file in task.files))
        return [one for one in steps if not isinstance(one, Source)], [one for one in steps if isinstance(one, Source)]

    def lost(task: _Task, reason: str) -> Done[Step, _Task]:
        if isinstance(task, Source):
            return [Outcome(task.path, error=f"cannot be analysed: its process ended with {reason}")], []
        return [], [Source(file, task.settings) for file in task.files]

    tasks: Iterator[_Task] = chain(passed, _batches(coming))
    yield from spread(tasks, work, lost, processes)


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
            yield unread(source, error)
        else:
            sort = kind(source.file)
            yield source if gates.open(raw, sort, source.settings) else CLEAN[sort]
