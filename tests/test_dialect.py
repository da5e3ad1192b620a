"""Repairs of pseudo-code: equal length, only where needed, and no call that was not there."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from taskfan_lint import check, fix
from taskfan_lint.dialect import repair
from taskfan_lint.dialect.scan import calls
from taskfan_lint.edit import apply
from taskfan_lint.finding import Applicability

NAMES = frozenset({"Task", "Agent", "task", "spawn_agent"})

REPAIRS = {
    "elided arguments": (
        'Task(subagent_type="a", prompt="b", ...)',
        'Task(subagent_type="a", prompt="b", **_)',
    ),
    "an elided object": ("await Task({ ... }); // one", "await Task({ ... })  #  one"),
    "key: value": ('Task(subagent_type: "a", prompt: "b")', 'Task(subagent_type= "a", prompt= "b")'),
    "a comment behind a call": ('Task(prompt="b")  // first', 'Task(prompt="b")  #  first'),
    "a comment inside a call": ('Task(prompt="b", // first\n)', 'Task(prompt="b", #  first\n)'),
    "a comment line": ('// first\nTask(prompt="b")', '#  first\nTask(prompt="b")'),
    "an arrow": ('Task(executor, "b") → wait →', 'Task(executor, "b") # wait →'),
    "a numbered call": ('1. Task(prompt="b")', '+  Task(prompt="b")'),
    "a sign before a call": ('❌ Task(prompt="b")', '+ Task(prompt="b")'),
    "a message label": ('Message 2: Task("b")', '+          Task("b")'),
    "a branch of a tree": ('├─ Task(prompt="b")', '+  Task(prompt="b")'),
    "a declaration": ('const r = await Task(prompt="b")', 'r=await         Task(prompt="b")'),
    "text over lines": ('Task(prompt="b\n  c")', 'Task(prompt="b   c")'),
    "quotes inside text": ('Task(prompt="a "b" c")', 'Task(prompt="a  b  c")'),
    "a template literal": ("Task({prompt: `a ${b}`})", 'Task({prompt: "a ${b}"})'),
    "a placeholder": ('Task(agent=<name>, prompt="b")', 'Task(agent=______, prompt="b")'),
    "prose around calls": ('Start both now.\nTask(prompt="b")', '#tart both now.\nTask(prompt="b")'),
    "calls indented under prose": (
        'I start both at once:\n\n   Task(prompt="b")',
        'with _:#both at once:\n\n   Task(prompt="b")',
    ),
    "a call indented for no reason": ('Task(prompt="a")\n   Task(prompt="b")', 'Task(prompt="a")\n+  Task(prompt="b")'),
    "for each": ('For each task:\n    Task(prompt="b")', 'for task in _:\n    Task(prompt="b")'),
    "for each in": (
        'FOR EACH item IN queue:\n    Task(prompt="b")',
        'for      item in queue:\n    Task(prompt="b")',
    ),
    "for each in, with marks around words": (
        'For each <module> of my modules do:\n    Task(prompt="b")',
        'for       module  in my_modules :  \n    Task(prompt="b")',
    ),
    "a condition in words": (
        'IF the tests fail:\n    Task(prompt="b")',
        'if the_tests_fail:\n    Task(prompt="b")',
    ),
    "another word for a condition": (
        'Unless x == 1 then\n    Task(prompt="b")',
        'if     x == 1 :   \n    Task(prompt="b")',
    ),
    "a loop that begins with no letter": (
        'for every 1 of 2 things:\n    Task(prompt="b")',
        'for       _ in __things:\n    Task(prompt="b")',
    ),
    "a body without a statement": (
        'if small:\n    # do it here\nelse:\n    Task(prompt="b")',
        'if small:\n    pass#it here\nelse:\n    Task(prompt="b")',
    ),
}


@pytest.mark.parametrize(("code", "expected"), REPAIRS.values(), ids=REPAIRS.keys())
def test_repairs(code: str, expected: str) -> None:
    repaired = repair(code, NAMES)
    assert repaired.code == expected
    compile(repaired.code, "<repaired>", "exec", 0x400 | 0x2000)


NO_CALLS = [
    "Use Task(prompt='x') to start an agent.",
    "The Task (see below) is done.",
    "`Task(prompt='x')` is how you start one.",
    '"deny": ["Task(Explore)"]',
    "# Task(prompt='x')",
    "// Task(prompt='x')",
    "| Task(a) | Task(b) |",
    "Task(s) are started in order",
]


@pytest.mark.parametrize("text", NO_CALLS)
def test_prose_never_becomes_a_call(text: str) -> None:
    document = f"```\n{text}\nTask(prompt='a' ...\n```\n\n```\n{text}\n" + f"{text}\n" * 8 + "```\n"
    assert check(document, "prose.md") == []


PSEUDO = """\
```
1. Task(subagent_type: "a", prompt: "first,
   over lines")  // wait for the result
2. Task(subagent_type: "b", prompt: "second", ...)
```
"""


def test_findings_land_in_the_text_as_written() -> None:
    (found,) = check(PSEUDO, "pseudo.md")
    assert found.code == "await-between-dispatches"
    assert PSEUDO[found.span.start : found.span.end] == "// wait for the result"
    assert found.fix is None


SHOWN = {
    "elided arguments": (
        'for agent in ["a", "b"]:\n    Task(subagent_type=agent, prompt=ctx, ...)\n',
        'Task(subagent_type="a", prompt=ctx, ...)\nTask(subagent_type="b", prompt=ctx, ...)\n',
    ),
    "labels and keys with colons": (
        "for agent in agents:\n    1. Task(subagent_type: agent, prompt: ctx)\n",
        "calls = []\nfor agent in agents:\n    calls.append((agent, ctx))\n"
        "for subagent_type, prompt in calls:\n    1. Task(subagent_type: subagent_type, prompt: prompt)\n",
    ),
    "text over lines and a comment": (
        'one = await Task("a", "Read\n  all", ...)  // first\ntwo = await Task("b", "Read")\n',
        'one, two = await asyncio.gather(\n    Task("a", "Read\n  all", ...),  // first\n    Task("b", "Read"),\n)\n',
    ),
}


@pytest.mark.parametrize(("code", "after"), SHOWN.values(), ids=SHOWN)
def test_a_fix_of_repaired_code_is_shown_in_the_words_as_written(code: str, after: str) -> None:
    text = f"```\n{code}```\n"
    (found,) = check(text, "a.md")
    assert found.fix
    assert found.fix.applicability is Applicability.DISPLAY
    assert apply(text, found.fix.edits) == f"```\n{after}```\n"
    assert fix(text, "a.md", unsafe=True)[0] == text


def test_a_message_label_is_where_the_finding_points() -> None:
    text = '```\nMessage 1: Task("a")\nMessage 2: Task("b")\n```\n'
    (found,) = check(text, "messages.md")
    assert found.code == "await-between-dispatches"
    assert text[found.span.start : found.span.end] == "Message 2:"


def test_messages_of_groups_are_phases() -> None:
    text = '```\nMessage 1:\n  Task("a")\n  Task("b")\nMessage 2:\n  Task("c")\n  Task("d")\n```\n'
    assert check(text, "messages.md") == []


TOKENS = 'Task( Agent( ) ... { } [ ] " \' ` """ // # /* */ <!-- = → ❌ 1. - if_y: else: subagent_type prompt x'.split()
PIECES = st.sampled_from([*TOKENS, "\n", "\r\n", ": ", ", ", "    ", "for each x:", "if y:"])


@settings(max_examples=400, derandomize=True, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join)))
@example('Task("')
@example("Task(\r")
def test_any_text_keeps_its_length_and_its_lines(text: str) -> None:
    repaired = repair(text, NAMES)
    assert len(repaired.code) == len(text)
    assert check(f"````\n{text}\n````\n", "any.md") is not None
    for span in repaired.spans:
        assert text[span.start : span.end] != repaired.code[span.start : span.end]


HOSTILE = {
    "unclosed calls": "Task(" * 5_000,
    "unclosed strings": 'Task(prompt="' * 3_000,
    "quotes": 'Task("' + '"x' * 20_000,
    "comments that never end": "/* " * 10_000 + "Task(prompt='x')",
    "brackets": "Task(prompt=" + "[" * 10_000,
    "spaces": "if " + " " * 50_000 + "x",
    "labels": "- a: " * 10_000 + "Task(prompt='x')",
    "prose": "some words that say nothing\n" * 10_000 + "Task(prompt='x')\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_takes_steps_in_its_length(text: str) -> None:
    start = time.process_time()
    repair(text, NAMES)
    assert time.process_time() - start < 10  # quadratic work would take minutes


def test_calls_are_outermost_and_outside_of_strings() -> None:
    text = "Task(prompt='Task(x)', then=Task(y))\n\"Task(z)\"\nx.Task(q)\n"
    assert [(one.name, text[one.start : one.end]) for one in calls(text, NAMES)[0]] == [
        ("Task", "Task(prompt='Task(x)', then=Task(y))")
    ]


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        pytest.param("Collect the files.", [], id="words beside calls are steps"),
        pytest.param('Task(prompt="Look around")', ["conflicting-outputs"], id="calls alone are one group"),
    ],
)
def test_numbers_of_a_list_are_steps_where_some_are_words(first: str, expected: list[str]) -> None:
    items = [first, *(f'Task(prompt="Write the report to out.md, part {part}")' for part in "ab")]
    code = "".join(f"{number}. {item}\n" for number, item in enumerate(items, 1))
    assert [one.code for one in check(f"```\n{code}```\n", "a.md")] == expected
