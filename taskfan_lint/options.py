"""The keys of the configuration: what each means, how its value is read, and how values are printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from taskfan_lint.patterns import PatternError, compiled
from taskfan_lint.rules import rule_names
from taskfan_lint.settings import Settings
from taskfan_lint.severity import Severity


class OptionError(ValueError):
    """A value cannot be used; `token` is the part of it that can be looked up in the file."""

    def __init__(self, reason: str, token: str = "") -> None:
        super().__init__(reason)
        self.token = token


@dataclass(frozen=True)
class Option:
    """One key: the field of Settings that it fills, a line on what it does, and the reader of its TOML value."""

    field: str
    meaning: str
    read: Callable[[object], Any]


def meant(word: str, known: Iterable[str]) -> str:
    """Return a did-you-mean for a word that is not known, empty where nothing is close."""
    import difflib  # lazy: only for messages

    close = difflib.get_close_matches(word, list(known), 1)
    return f", did you mean `{close[0]}`?" if close else ""


def strings(value: object) -> tuple[str, ...]:
    """Read a list of strings."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _expected("a list of strings", value)
    return tuple(value)


def patterns(value: object) -> tuple[str, ...]:
    """Read a list of patterns in gitignore syntax."""
    lines = strings(value)
    for line in lines:
        _pattern(line)
    return lines


def rules(value: object) -> tuple[str, ...]:
    """Read a list of rule names."""
    names = strings(value)
    for name in names:
        _rule(name)
    return names


def level(value: object) -> Severity:
    """Read the name of a severity."""
    names = [str(severity) for severity in Severity]
    if not isinstance(value, str) or value not in names:
        near = meant(value, names) if isinstance(value, str) else ""
        token = value if isinstance(value, str) else ""
        raise OptionError(f"expects `error`, `warning` or `info`, not {_shown(value)}{near}", token)
    return Severity[value.upper()]


def _pattern(line: str) -> None:
    try:
        list(compiled(line))
    except PatternError as error:
        raise OptionError(str(error), line) from error


def _rule(name: str) -> None:
    if name not in rule_names():
        raise OptionError(f"unknown rule `{name}`{meant(name, rule_names())}", name)


def count(value: object) -> int:
    """Read a whole number above 0."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise _expected("a whole number above 0", value)
    return value


def flag(value: object) -> bool:
    """Read `true` or `false`."""
    if not isinstance(value, bool):
        raise _expected("`true` or `false`", value)
    return value


def text(value: object) -> str:
    """Read a string."""
    if not isinstance(value, str):
        raise _expected("a string", value)
    return value


def _table(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _expected("a table", value)
    return value


def levels(value: object) -> dict[str, Severity]:
    """Read a table of rules, each with a severity."""
    table = _table(value)
    for name in table:
        _rule(name)
    return {name: level(item) for name, item in table.items()}


def ignores(value: object) -> dict[str, tuple[str, ...]]:
    """Read a table of patterns, each with a list of rule names."""
    table = _table(value)
    for line in table:
        _pattern(line)
    return {line: rules(item) for line, item in table.items()}


def minutes(value: object) -> dict[str, float]:
    """Read a table of agents, each with a number of minutes."""
    table = _table(value)
    for agent, item in table.items():
        if isinstance(item, bool) or not isinstance(item, (int, float)) or item <= 0:
            raise OptionError(f"expects minutes above 0 for `{agent}`, not {_shown(item)}", agent)
    return {agent: float(item) for agent, item in table.items()}


def _expected(kind: str, value: object) -> OptionError:
    return OptionError(f"expects {kind}, not {_shown(value)}", value if isinstance(value, str) else "")


def _shown(value: object) -> str:
    match value:
        case dict():
            return "a table"
        case list():
            return "a list"
        case _:
            return f"`{toml(value)}`"


OPTIONS: Mapping[str, Option] = {
    "select": Option("select", "the rules that run, all of them where it is not set", rules),
    "ignore": Option("ignore", "the rules that don't run", rules),
    "extend-select": Option("extend_select", "rules that run in addition to those selected", rules),
    "exclude": Option("exclude", "files and folders to leave out, in .gitignore syntax", patterns),
    "extend-exclude": Option("extend_exclude", "files and folders to leave out in addition", patterns),
    "per-file-ignores": Option("per_file_ignores", "a table of patterns, each with rules to ignore there", ignores),
    "severity": Option("severity", "a table of rules, each with `error`, `warning` or `info`", levels),
    "dispatch-names": Option("dispatch_names", "further names whose call is a dispatch", strings),
    "dispatch-modules": Option("dispatch_modules", "modules whose imported names are dispatches when called", strings),
    "wait-names": Option("wait_names", "further names whose call waits for a dispatch", strings),
    "max-fan-out": Option("max_fan_out", "the most dispatches in one window before `wide-fan-out` reports", count),
    "max-unroll": Option("max_unroll", "the most calls that a loop is unrolled into", count),
    "background": Option("background", "whether a dispatch returns at once, without waiting for its result", flag),
    "durations": Option("durations", "a table of agents, each with the minutes that it takes", minutes),
    "max-file-size": Option("max_file_size", "the most bytes of a file that is checked", count),
    "baseline": Option("baseline", "a file of known findings, relative to this one; empty for none", text),
    "fail-on": Option("fail_on", "the least severity that makes the exit status 1", level),
}  # fmt: skip


def dump(settings: Settings) -> str:
    """Return settings as TOML with a comment on each key, ready to be copied into a configuration file."""
    entries = [_entry(key, option, getattr(settings, option.field)) for key, option in OPTIONS.items()]
    extend = '# a configuration file to start from, relative to this one\n# extend = "../taskfan-lint.toml"\n'
    tables = [entry for entry in entries if "\n[" in entry]
    return "\n".join([extend, *(entry for entry in entries if entry not in tables), *tables])


def _entry(key: str, option: Option, value: object) -> str:
    if value is None:
        value = rule_names()
    if isinstance(value, Mapping):
        body = "".join(f"{toml(name)} = {toml(item)}\n" for name, item in value.items())
        return f"# {option.meaning}\n[{key}]\n{body}"
    return f"# {option.meaning}\n{key} = {toml(value)}\n"


def toml(value: object) -> str:
    """Return a value in TOML notation."""
    match value:
        case bool():
            return str(value).lower()
        case Severity():
            return f'"{value}"'
        case int() | float():
            return str(value)
        case tuple() | list():
            return f"[{', '.join(map(toml, value))}]"
        case _:
            return _quoted(str(value))


def _quoted(text: str) -> str:
    import json  # lazy: a JSON string is a TOML string

    return json.dumps(text, ensure_ascii=False)
