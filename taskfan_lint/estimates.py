"""Durations of tasks, as they stand on a command line or in a plan, against the time that a run took."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taskfan_lint.intervals import Status, validate_parallelization


class EstimateError(ValueError):
    """Durations that cannot be used; the message says why."""


@dataclass(frozen=True)
class Estimates:
    """The durations of tasks, in whatever unit, the measured time if it stands beside them, and whether tasks wait."""

    durations: tuple[float, ...]
    measured: float | None = None
    chained: bool = False


def listed(words: str) -> Estimates:
    """Return durations that are written as `5,4,5`; raises EstimateError."""
    return Estimates(tuple(_duration(word.strip(), word.strip()) for word in words.split(",")))


def planned(file: Path) -> Estimates:
    """Return the durations in a plan in TOML, of a table `[tasks]` or of an array `[[tasks]]`.

    A task is a duration alone, or a table with `duration` and others. Raises OSError and EstimateError.
    """
    content = _toml(file)
    tasks = content.get("tasks")
    named: list[tuple[str, Any]]
    if isinstance(tasks, dict):
        named = list(tasks.items())
    elif isinstance(tasks, list):
        named = [(str(_field(task, "name") or index), task) for index, task in enumerate(tasks, 1)]
    else:
        raise EstimateError("has no tasks: expects a table `[tasks]` or tables `[[tasks]]`")
    durations = tuple(_duration(_field(task, "duration"), f"task {name}") for name, task in named)
    if not durations:
        raise EstimateError("has no tasks")
    measured = content.get("measured")
    return Estimates(
        durations,
        None if measured is None else _duration(measured, "measured"),
        any(isinstance(task, dict) and task.get("after") for _, task in named),
    )


def measured(word: str) -> float:
    """Return a measured time; raises EstimateError."""
    return _duration(word, word)


def status(result: Mapping[str, object]) -> Status:
    """Return the status that a result of `validate_parallelization` stands for."""
    return Status[str(result["status"]).split()[0]]


def rendered(estimates: Estimates, time: float) -> dict[str, str | float]:
    """Return the result of the validation of some tasks that together took a time."""
    return validate_parallelization(_plain(estimates.durations), _plain((time,))[0])


def _plain(values: tuple[float, ...]) -> list[float]:
    """Return whole numbers as such, so that they are printed without a fraction."""
    return [int(value) if value.is_integer() else value for value in values]


def _field(task: object, name: str) -> object:
    if isinstance(task, dict):
        return task.get(name)
    return task if name == "duration" else None


def _duration(value: object, name: str) -> float:
    try:
        number = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else math.nan
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise EstimateError(f"expects a duration above 0 for `{name}`" if name else "expects durations above 0")
    return number


def _toml(file: Path) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib  # lazy: only where a plan is read
    else:
        import tomli as tomllib
    try:
        content: dict[str, Any] = tomllib.loads(file.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise EstimateError("is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise EstimateError(f"broken TOML: {error}") from error
    return content
