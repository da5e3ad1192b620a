"""The tasks file: TOML, JSON or YAML that lists tasks with durations, dependences and files."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taskfan_lint.config import ConfigError, toml_of
from taskfan_lint.durations import minutes
from taskfan_lint.options import meant
from taskfan_lint.schedule import Mode, Task

KEYS = ("name", "duration", "after", "writes", "reads", "children", "agent", "prompt")
FILE_KEYS = ("tasks", "max-fan-out", "mode", "measured")
DEEPEST = 50


@dataclass(frozen=True)
class TaskFile:
    """What a tasks file holds: `measured` is what the tasks took in all, in minutes; None is what it does not say.

    `guessed` are the tasks without a duration: they count 1 minute.
    """

    tasks: tuple[Task, ...]
    width: int | None = None
    mode: Mode | None = None
    measured: float | None = None
    guessed: tuple[str, ...] = ()


class _Wrong(ValueError):
    """Something in a tasks file cannot be used."""


def read_tasks(path: Path) -> TaskFile:
    """Return what a tasks file holds, by its suffix; raises ConfigError, or OSError where it cannot be read."""
    raw = path.read_bytes()
    try:
        return task_file(_parsed(path, raw.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise ConfigError(path, raw.count(b"\n", 0, error.start) + 1, "is not UTF-8 text") from error
    except RecursionError as error:
        raise ConfigError(path, 0, f"is nested deeper than {DEEPEST} levels") from error
    except _Wrong as wrong:
        raise ConfigError(path, 0, str(wrong)) from wrong


def task_file(content: object) -> TaskFile:
    """Return the tasks of a parsed file; raises ValueError with what is wrong."""
    table = content if isinstance(content, dict) else {"tasks": content}
    _check_keys(table, FILE_KEYS, "the file")
    guessed: list[str] = []
    tasks = _tasks(table.get("tasks"), "", guessed, 1)
    if not tasks:
        raise _Wrong("has no tasks")
    return TaskFile(tasks, _width(table.get("max-fan-out")), _mode(table.get("mode")), _measured(table), tuple(guessed))


def _parsed(path: Path, text: str) -> object:
    match path.suffix.lower():
        case ".toml":
            return toml_of(path, text.encode("utf-8"))
        case ".json":
            try:
                return json.loads(text)
            except json.JSONDecodeError as error:
                raise ConfigError(path, error.lineno, f"broken JSON: {error.msg.lower()}") from error
        case ".yaml" | ".yml":
            return _yaml(path, text)
    raise _Wrong("is neither .toml, .json nor .yaml")


def _yaml(path: Path, text: str) -> object:
    try:
        import yaml  # lazy: an optional dependency
    except ImportError as error:
        raise _Wrong("YAML needs PyYAML: `pip install taskfan-lint[yaml]`, or write TOML or JSON") from error
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "cannot be read"
        raise ConfigError(path, mark.line + 1 if mark else 0, f"broken YAML: {reason}") from error


def _tasks(value: object, place: str, guessed: list[str], depth: int) -> tuple[Task, ...]:
    """Read a list of tables, or a table of tables by name."""
    where = f"`{place}`: `children`" if place else "`tasks`"
    if depth > DEEPEST:
        raise _Wrong(f"is nested deeper than {DEEPEST} levels")
    if value is None:
        return ()
    if isinstance(value, dict):
        value = [{"name": name, **_entry(item, f"{where}: `{name}`")} for name, item in value.items()]
    if not isinstance(value, list):
        raise _Wrong(f"{where} is a list of tables, or a table of them by name")
    return tuple(
        _task(_entry(item, f"{where}: entry {i}"), i, place, guessed, depth) for i, item in enumerate(value, 1)
    )


def _entry(value: object, place: str) -> Mapping[str, Any]:
    """Return the table of a task, which may be a duration alone."""
    return {"duration": value} if isinstance(value, (int, float, str)) else _table(value, place)


def _task(table: Mapping[str, Any], number: int, place: str, guessed: list[str], depth: int) -> Task:
    name = table.get("name", table.get("agent", f"task {number}"))
    if not isinstance(name, str) or not name.strip():
        raise _Wrong(f"`name` of task {number} is a text, not {_shown(name)}")
    path = f"{place} / {name}" if place else name
    _check_keys(table, KEYS, f"`{path}`")
    children = _tasks(table.get("children"), path, guessed, depth + 1)
    if "duration" not in table and not children:
        guessed.append(path)
    return Task(
        name,
        _duration(table.get("duration", 0 if children else 1), path),
        _strings(table, "after", path),
        _strings(table, "writes", path),
        _strings(table, "reads", path),
        children,
        _text(table, "agent", path),
        _text(table, "prompt", path),
    )


def _check_keys(table: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
    for key in table:
        if key not in known:
            raise _Wrong(f"{place}: unknown key `{key}`{meant(str(key), known)}")


def _table(value: object, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _Wrong(f"{place} is a table, not {_shown(value)}")
    return value


def _duration(value: object, place: str) -> float:
    amount = minutes(value) if isinstance(value, str) else value
    number = isinstance(amount, (int, float)) and not isinstance(amount, bool)
    if not number or not math.isfinite(float(amount)) or float(amount) < 0:  # type: ignore[arg-type]
        raise _Wrong(f"`{place}`: `duration` is minutes from 0 on, or a text such as `5 min`, not {_shown(value)}")
    return float(amount)  # type: ignore[arg-type]


def _strings(table: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _Wrong(f"`{place}`: `{key}` is a list of texts, not {_shown(value)}")
    return tuple(dict.fromkeys(value))


def _text(table: Mapping[str, Any], key: str, place: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise _Wrong(f"`{place}`: `{key}` is a text, not {_shown(value)}")
    return value


def _width(value: object) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise _Wrong(f"`max-fan-out` is a whole number above 0, not {_shown(value)}")
    return value


def _mode(value: object) -> Mode | None:
    names = [mode.value for mode in Mode]
    if value is not None and value not in names:
        raise _Wrong(f"`mode` is `groups` or `rolling`, not {_shown(value)}")
    return Mode(value) if value else None


def _measured(table: Mapping[str, Any]) -> float | None:
    return _duration(table["measured"], "measured") if "measured" in table else None


def _shown(value: object) -> str:
    match value:
        case dict():
            return "a table"
        case list():
            return "a list"
        case None:
            return "nothing"
        case _:
            return f"`{value}`"
