"""The command `watch`: checks files again as they change."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from taskfan_lint import console
from taskfan_lint.config import NAMES, Configs
from taskfan_lint.files import SUFFIXES, Found, Problem, Skipped, Source, find
from taskfan_lint.outcome import Mode, Outcome
from taskfan_lint.report import Look, renderer
from taskfan_lint.run import each
from taskfan_lint.summary import Run, summary

DECIDING = frozenset({*NAMES, ".gitignore"})  # a change of one may change what is found in every file
PAUSE = 200  # milliseconds between two looks for changes
CLEAR = "\x1b[2J\x1b[3J\x1b[H"


class MissingError(Exception):
    """The package that watches files is not installed."""


def watch(paths: tuple[str, ...], format: str) -> int:
    """Check files and folders, then what changes in them, until an interrupt; return the exit status."""
    if any(_troubles(find(paths, Configs()))):
        return 2
    watcher = _Watcher(paths, format)
    try:
        for changed in _changes(paths):
            watcher.look(changed)
    except KeyboardInterrupt:
        console.err("")
    return 0


def _changes(paths: tuple[str, ...]) -> Iterator[set[str] | None]:
    """Yield None when watching has begun, then the paths that change; raises MissingError."""
    try:
        import watchfiles  # lazy: an extra, for this command only
    except ImportError as error:
        raise MissingError("`watch` needs another package: `pip install 'taskfan-lint[watch]'`") from error
    named = {os.path.realpath(path) for path in paths}

    def matters(change: watchfiles.Change, path: str) -> bool:
        return path.endswith(SUFFIXES) or os.path.basename(path) in DECIDING or os.path.realpath(path) in named

    begun = False
    steps = watchfiles.watch(
        *paths, watch_filter=matters, rust_timeout=PAUSE, yield_on_timeout=True, raise_interrupt=True
    )
    for step in steps:
        if not begun:  # what changes from here on is seen, so the first check misses nothing
            begun = True
            yield None
        elif step:
            yield {os.path.realpath(path) for _, path in step}


class _Watcher:
    """What was found in each file so far, and how it is shown."""

    def __init__(self, paths: tuple[str, ...], format: str) -> None:
        self._paths = paths
        self._render = renderer(format)
        self._look = Look(console.colors("auto"))
        self._known: dict[Path, Outcome] = {}
        self._screen = sys.stdout is not None and sys.stdout.isatty()

    def look(self, changed: set[str] | None) -> None:
        """Check what has changed, all files if `changed` is None, and show it; on a screen, all that is known."""
        configs = Configs()
        found = find(self._paths, configs)
        sources = [one for one in found if isinstance(one, Source)]
        every = changed is None or any(os.path.basename(path) in DECIDING for path in changed)
        again = [one for one in sources if every or os.path.realpath(one.path) in (changed or ())]
        gone = self._known.keys() - {one.path for one in sources}
        if not every and not again and not gone:
            return
        outcomes = tuple(each(again, Mode.CHECK, configs.settings))
        known = {**self._known, **{one.path: one for one in outcomes}}
        self._known = {one.path: known[one.path] for one in sources if one.path in known}
        skipped = sum(isinstance(one, Skipped) for one in found)
        self._show(tuple(self._known.values()) if self._screen else outcomes, skipped, found)
        if changed is None:
            console.err("watching for changes, Ctrl-C ends")

    def _show(self, outcomes: tuple[Outcome, ...], skipped: int, found: Iterable[Found]) -> None:
        reports = [one.report for one in outcomes if one.report is not None]
        console.out((CLEAR if self._screen else "") + self._render(reports, self._look))
        _troubles(found)
        for outcome in outcomes:
            if reason := outcome.error or outcome.refused:
                console.tell("error" if outcome.error else "warning", f"{self._look.path(outcome.path)}: {reason}")
        for line in summary(Run(outcomes, Mode.CHECK), skipped, self._paths, self._look, all_places=False):
            console.err(line)


def _troubles(found: Iterable[Found]) -> list[Problem]:
    """Say what is wrong with the paths, and return it."""
    problems = [one for one in found if isinstance(one, Problem)]
    for problem in problems:
        console.tell("error", f"{Look().path(problem.path)}: {problem.reason}")
    return problems
