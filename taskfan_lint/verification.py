"""The command `verify`: from the choices of the command line to output and exit status."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from taskfan_lint import console, estimates
from taskfan_lint.estimates import EstimateError, Estimates
from taskfan_lint.intervals import Status
from taskfan_lint.report import STDIN, Look
from taskfan_lint.session import judge
from taskfan_lint.source import Document
from taskfan_lint.timeline import View, renderer
from taskfan_lint.transcripts import agents, places, reader
from taskfan_lint.transcripts.model import Transcript

FAILING = {
    None: frozenset[Status](),
    "sequential": frozenset({Status.SEQUENTIAL}),
    "partial": frozenset({Status.SEQUENTIAL, Status.PARTIAL}),
}


@dataclass(frozen=True)
class Choices:
    """What the command line asks for, read and checked."""

    transcripts: tuple[str, ...]
    latest: bool
    against: str | None
    durations: str | None
    measured: str | None
    format: str
    fail_on: str | None
    prompts: bool
    color: str


class UnusableError(Exception):
    """A path cannot be used; the message says which and why."""


def verify(choices: Choices) -> int:
    """Run and return the exit status."""
    if choices.durations is not None:
        return _validate(choices)
    views, failed = [], False
    plan = _plan(choices)
    for path in _paths(choices):
        try:
            views += list(_views(path, plan, choices))
        except UnusableError as error:
            console.tell("error", str(error))
            failed = True
    if views or not failed:
        console.out(renderer(choices.format)(views))
    failing = FAILING[choices.fail_on]
    return 2 if failed else int(any(view.session.status in failing for view in views))


def _paths(choices: Choices) -> Iterator[str]:
    yield from choices.transcripts
    if choices.latest:
        newest = places.latest(Path.cwd())
        if newest is None:
            where = " or ".join(str(home / "projects") for home in places.homes())
            raise OSError(0, f"no session of this folder below {where}")
        yield os.fspath(newest)


def _views(path: str, plan: Document | None, choices: Choices) -> Iterator[View]:
    look = Look(console.colors(choices.color) and choices.format == "text")
    columns = shutil.get_terminal_size().columns
    for transcript in _transcripts(path, prompts=choices.prompts or plan is not None):
        session = judge(transcript)
        if plan is None:
            yield View(session, look, columns, choices.prompts)
            continue
        from taskfan_lint.against import compare  # lazy: only where a prompt file is read
        from taskfan_lint.config import Configs

        settings = Configs().settings(os.path.dirname(os.path.abspath(plan.path)))
        compared = tuple(compare(plan, settings, session))
        yield View(session, look, columns, choices.prompts, look.path(plan.path), compared)


def _transcripts(path: str, *, prompts: bool) -> Iterator[Transcript]:
    """Yield what each transcript that a path means holds; raises UnusableError."""
    if path == STDIN:
        if sys.stdin is None:
            raise UnusableError("standard input is closed")
        yield _checked(reader.read(sys.stdin.buffer, STDIN, prompts=prompts), STDIN)
        return
    file = Path(os.path.abspath(path))
    files = places.in_folder(file) if file.is_dir() else [file]
    if not files:
        raise UnusableError(f"{path}: holds no transcripts (`.jsonl`)")
    for each in files:
        try:
            transcript = agents.read(each, prompts=prompts)
        except FileNotFoundError as error:
            raise UnusableError(f"{path}: no such file or folder") from error
        except OSError as error:
            raise UnusableError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from error
        yield _checked(transcript, path)


def _checked(transcript: Transcript, path: str) -> Transcript:
    """Return a transcript that is one: at least one of its lines, if it has any, is JSON; raises UnusableError."""
    if transcript.lines and transcript.broken + transcript.long == transcript.lines:
        raise UnusableError(f"{path}: is no transcript, none of its lines is JSON")
    return transcript


def _plan(choices: Choices) -> Document | None:
    """Return the prompt file to compare with, None where none is named; raises OSError."""
    if choices.against is None:
        return None
    from taskfan_lint.source import DecodeError, decode  # lazy: only where a prompt file is read

    file = Path(choices.against)
    try:
        return decode(file, file.read_bytes())
    except DecodeError as error:
        raise OSError(0, f"cannot be decoded: {error}", choices.against) from error


def _validate(choices: Choices) -> int:
    """Validate durations against a measured time, and say the result."""
    given = choices.durations or ""
    try:
        estimated = _estimates(given)
        time = estimated.measured if choices.measured is None else estimates.measured(choices.measured)
        if time is None:
            raise EstimateError("has no `measured` time, and there is no `--measured`")
    except EstimateError as error:
        console.tell("error", f"{given}: {error}")
        return 2
    if estimated.chained:
        console.tell("note", f"{given}: tasks wait for others (`after`), which this formula does not look at")
    result = estimates.rendered(estimated, time)
    console.out(_said(result, choices.format))
    return int(estimates.status(result) in FAILING[choices.fail_on])


def _estimates(given: str) -> Estimates:
    if given.lower().endswith(".toml"):
        return estimates.planned(Path(given))
    return estimates.listed(given)


def _said(result: dict[str, str | float], format: str) -> str:
    if format == "json":
        import json  # lazy: only where it is asked for

        return json.dumps(result, indent=2, ensure_ascii=False) + "\n"
    return (
        f"{result['status']}: {result['speedup_percent']:.0f} % saved\n"
        f"  measured {result['execution_time']:g}, in parallel {result['expected_parallel']:g}, "
        f"one after another {result['sequential_baseline']:g}\n"
        "  by durations alone: at most 1.2 times the longest is parallel, at most 0.8 times the sum is partly so\n"
    )
