"""Programs written the way people write prompts: the same findings at the same lines, whichever form they take."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskfan_lint import check
from taskfan_lint.edit import Lines


@dataclass(frozen=True)
class Row:
    """One row of a program, and the number of the row of the undamaged program that it stems from, 0 for none."""

    text: str
    origin: int = 0

    @property
    def indent(self) -> str:
        return self.text[: len(self.text) - len(self.text.lstrip())]

    @property
    def is_call(self) -> bool:
        return "Task(" in self.text

    @property
    def is_header(self) -> bool:
        return self.text.rstrip().endswith(":")


WORDS = ("the tests", "all docs", "each module")


@st.composite
def programs(draw: st.DrawFn) -> list[Row]:
    """Return a program of dispatches, awaits, loops, choices and phases."""
    lines: list[str] = []
    results: list[str] = []
    for number in range(draw(st.integers(2, 6))):
        words = draw(st.sampled_from(WORDS))
        call = f'Task(subagent_type="agent{number}", prompt="Read {words}, part {number}")'
        match draw(st.sampled_from(["call", "call", "await", "feed", "loop", "choice", "phase", "other"])):
            case "call":
                lines.append(call)
            case "await":
                results.append(f"r{number}")
                lines.append(f"r{number} = await {call}")
            case "feed" if results:
                lines.append(f'Task(subagent_type="agent{number}", prompt=f"Use {{{results[-1]}}}")')
            case "loop":
                lines += ["for item in items:", f'    Task(subagent_type="agent{number}", prompt=f"Read {{item}}")']
            case "choice":
                lines += ["if ready:", f"    {call}"]
            case "phase":
                lines += [f"# Phase {number}", call]
            case _:
                lines += [f"state{number} = load(place)", call]
    return [Row(line, row) for row, line in enumerate(lines, 1)]


Damage = Callable[[list[Row], st.DrawFn], list[Row]]


def _rows(change: Callable[[Row], list[Row]], wanted: Callable[[Row], bool]) -> Damage:
    """Return the damage that changes some of the rows that it can change."""

    def damage(rows: list[Row], draw: st.DrawFn) -> list[Row]:
        changed = [change(row) if wanted(row) and draw(st.booleans()) else [row] for row in rows]
        return [row for each in changed for row in each]

    return damage


def _written(pattern: str, by: str) -> Callable[[Row], list[Row]]:
    return lambda row: [replace(row, text=re.sub(pattern, by, row.text, count=1))]


def _before(text: str) -> Callable[[Row], list[Row]]:
    return lambda row: [Row(row.indent + text), row]


def _multi_line(row: Row) -> list[Row]:
    first, comma, rest = row.text.partition(", part")
    return [replace(row, text=first + comma), Row(f"{row.indent}    {rest.strip()}")] if comma else [row]


def _call(row: Row) -> bool:
    return row.is_call


def _bare(row: Row) -> bool:
    return row.text.lstrip().startswith("Task(")


def _top(row: Row) -> bool:
    return row.text.startswith("Task(")


DAMAGES: dict[str, Damage] = {
    "elided arguments": _rows(_written(r"\)$", ", ...)"), _call),
    "an elided argument in the middle": _rows(_written(r", prompt", ", ..., prompt"), _call),
    "a comment behind": _rows(_written(r"$", "  // a note"), _call),
    "a comment before": _rows(_before("// a note"), _call),
    "a long comment": _rows(_before("/* a note */"), _call),
    "a comment of Markdown": _rows(_before("<!-- a note -->"), _call),
    "an arrow behind": _rows(_written(r"$", " → notes"), _call),
    "an arrow before": _rows(_before("→ next"), _call),
    "list marks": _rows(_written(r"Task", "- Task"), _top),
    "bullets": _rows(_written(r"^(\s*)Task", r"\1• Task"), _bare),
    "labels": _rows(_written(r"^(\s*)Task", r"\1Reviewer: Task"), _bare),
    "text over lines": _rows(_multi_line, _call),
    "keys with colons": _rows(
        lambda row: [replace(row, text=row.text.replace("type=", "type: ").replace("prompt=", "prompt: "))], _call
    ),
    "a loop in words": _rows(_written(r"for item in items:", "FOR EACH item IN items:"), lambda row: row.is_header),
    "a choice in words": _rows(_written(r"if ready:", "IF ready:"), lambda row: row.is_header),
    "an agent to fill in": _rows(_written(r'"agent\d"', "<agent>"), _call),
    "an agent to fill in, in braces": _rows(_written(r'"agent\d"', "{{agent}}"), _call),
    "an agent to fill in, in brackets": _rows(_written(r'"agent\d"', "[AGENT]"), _call),
    "words between": _rows(_before("These words say nothing at all."), lambda row: row.is_call and not row.indent),
    "a body of words": lambda rows, draw: [*rows, Row("for path in paths:"), Row("    # nothing to do")],
    "quotes inside": _rows(_written(r"Read (?=\w)", 'Read "all" of '), _call),
}


def found(rows: list[Row]) -> list[tuple[str, int, str]]:
    """Return the findings by rule and origin, with what stands at their first place."""
    text = "```\n" + "".join(f"{row.text}\n" for row in rows) + "```\n"
    lines = Lines(text)
    places = [(one.code, lines.position(one.span.start)) for one in check(text, "a.md")]
    return [
        (code, rows[row - 2].origin, (re.findall(r"\w+", lines.row(row)[column - 1 :]) or [""])[0].lower())
        for code, (row, column) in places
    ]


QUIET = settings(
    max_examples=10, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_program_reports_the_same(name: str) -> None:
    @QUIET
    @given(programs(), st.data())
    def same(rows: list[Row], data: st.DataObject) -> None:
        assert found(DAMAGES[name](rows, data.draw)) == found(rows)

    same()


@settings(QUIET, max_examples=40)
@given(programs(), st.data())
def test_a_program_damaged_in_several_ways_reports_the_same(rows: list[Row], data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(DAMAGES)), min_size=2, max_size=3, unique=True))
    damaged = rows
    for name in names:
        damaged = DAMAGES[name](damaged, data.draw)
    assert found(damaged) == found(rows)
