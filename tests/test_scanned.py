"""The tolerant reading: calls, loops, waits and choices in text that no parser reads, and no call that is not one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from taskfan_lint import Settings, check, rules
from taskfan_lint.analysis import tree
from taskfan_lint.analysis.facts import Facts
from taskfan_lint.analysis.flow import analyse
from taskfan_lint.analysis.reading import Reading, Unparsable
from taskfan_lint.analysis.scanned.read import read

TEXT = (Path(__file__).parent / "fixtures" / "scanned_cases.txt").read_text(encoding="utf-8")
CASES = re.findall(r"^=== (.+): (.+)\n((?:(?!=== |#####).*\n)+)", TEXT, re.MULTILINE)


def facts(code: str) -> Facts | None:
    return read(code, Reading(Settings(), fenced=True))


def reported(code: str) -> list[str]:
    found = facts(code)
    assert found is not None
    analysis = analyse(found)
    checks = [rule.check for rule in rules.rules() if rule.check]
    return [
        one.code
        for one in sorted((one for check in checks for one in check(analysis, Settings())), key=lambda one: one.span)
    ]


@pytest.mark.parametrize(("codes", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_reports(codes: str, code: str) -> None:
    assert ", ".join(reported(code.strip() + "\n")) == codes.replace("silent", "")


def test_every_case_is_read() -> None:
    assert len(CASES) == TEXT.count("\n=== ") > 30


CALLS = {
    "at the start of a line": ('Task(prompt="a")', [("Task", None)]),
    "behind a list mark": ('- Task(subagent_type="a", prompt="b")', [("Task", "a")]),
    "behind a number": ('3. Task(subagent_type="a", prompt="b")', [("Task", "a")]),
    "behind a key": ('"first": Task(subagent_type="a", prompt="b"),', [("Task", "a")]),
    "behind an arrow": ('tests => Task(subagent_type="a", prompt="b")', [("Task", "a")]),
    "two on a line": ("Task('a', 'b', 'c'), Task('d', 'e', 'f')", [("Task", None), ("Task", None)]),
    "an object": ('Task({ subagent_type: "a", "prompt": "b" })', [("Task", "a")]),
    "elided": ("Task({ ..., model: 'x' })", [("Task", None)]),
    "colons for signs": ('Task(subagent_type: "a", prompt: "b")', [("Task", "a")]),
    "an agent in a name": ("Task(subagent_type=kind, prompt=text)", [("Task", "{kind}")]),
    "quotes that don't match": ('Task("say "x)\nTask(subagent_type="b", prompt="y")', [("Task", None), ("Task", "b")]),
    "no bracket closes it": ('Task("b\n\nTask(subagent_type="b", prompt="y")', [("Task", None), ("Task", "b")]),
    "marked names": ('spawn_agent(agent_type="a", message="b")', [("spawn_agent", "a")]),
}  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), CALLS.values(), ids=CALLS)
def test_reads_calls(code: str, expected: list[tuple[str, str | None]]) -> None:
    found = facts(code)
    assert found is not None
    assert [(one.name, one.agent) for region in found.regions for one in tree.dispatches(region.body)] == expected


PROSE = [
    'Use Task(subagent_type="a", prompt="b") for this.',
    'The call is `Task(prompt="a")`.',
    '# Task(prompt="a")',
    '// Task(prompt="a")',
    "text = \"Task(prompt='a')\"",
    "Task()",
    "Task(s) and Agent(s)",
    '| Task(prompt="a") | does it |',
    'Task(prompt="a") is the call to make.',
    'my.Task(prompt="a")',
    "print(Task)",
]


@pytest.mark.parametrize("text", PROSE)
def test_makes_no_call_of_prose(text: str) -> None:
    try:
        found = facts(f"((( Words.\n{text}\n")
    except Unparsable:
        found = None
    assert found is None


def test_says_that_it_read_tolerantly_and_offers_no_fix() -> None:
    code = 'for each x in xs {\n    Task(subagent_type="a", prompt="say "x)\n}\nTask(subagent_type="b", prompt="y")\n'
    found = check(f"```\n{code}```\n", "a.md")
    assert [(one.code, one.fix, [note.message for note in one.notes]) for one in found] == [
        (
            "dispatch-in-loop",
            None,
            [
                "the loop over `xs` starts a window for each iteration",
                "this code does not parse: it was read by its calls, brackets and indentation, so there is no fix",
            ],
        )
    ]
