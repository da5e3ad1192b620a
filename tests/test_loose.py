"""Code outside of fences: lines that are calls, and what only looks like one."""

from __future__ import annotations

from pathlib import Path

import pytest

from taskfan_lint import check, fix
from taskfan_lint.edit import Span
from taskfan_lint.markdown import fences
from taskfan_lint.source import Document

NAMES = frozenset({"Task", "Agent"})
A = 'Task(subagent_type="a", prompt="b")'
B = 'Task(subagent_type="c", prompt="d")'


def loose(text: str) -> list[str]:
    return [one.code for one in fences(Document(Path("a.md"), text), NAMES).snippets if one.loose]


CODE = [
    ("a line", f"Text.\n\n{A}\n\nText.\n", [A]),
    ("two lines", f"Launch both:\n{A}\n{B}\n", [f"{A}\n{B}"]),
    ("an empty line between", f"{A}\n\n{B}\n", [f"{A}\n\n{B}"]),
    ("words between", f"{A}\n\nThen:\n\n{B}\n", [A, B]),
    ("a heading between", f"{A}\n\n## Then\n\n{B}\n", [A, B]),
    ("an indented block", f"Text:\n\n    {A}\n      {B}\n", [f"{A}\n  {B}"]),
    ("in a list item", f"1. Launch:\n   {A}\n", [A]),
    ("in a quote", f"> {A}\n> {B}\n", [f"{A}\n{B}"]),
    ("over lines", 'Task(\n  prompt="b",\n)\n', ['Task(\n  prompt="b",\n)']),
    ("a result", f"plan = await {A}\n", [f"plan = await {A}"]),
    ("a declaration", f"const plan = await {A};\n", [f"const plan = await {A};"]),
    ("a comment behind", f"{A}  # first\n", [f"{A}  # first"]),
    ("two on a line", f"{A}, {B}\n", [f"{A}, {B}"]),
    ("items that are calls", f"- {A}\n- {B}\n", [f"{A}\n{B}"]),
    ("numbered calls are steps", f"1. {A}\n2. {B}\n", [A, B]),
    ("a loop in code", f"Text:\n\n    for x in xs:\n        {A}\n\nText\n", [f"for x in xs:\n    {A}"]),
    ("a loop in a script", f"    for (const x of xs) {{\n      {A}\n    }}\n", [f"for (const x of xs) {{\n  {A}\n}}"]),
    ("after a fence that closes early", f"````md\nx\n````\n```\n```\n{A}\n```\n```\n", [A]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in CODE], ids=[row[0] for row in CODE])
def test_takes_lines_that_are_calls(text: str, expected: list[str]) -> None:
    assert loose(text) == expected


WORDS = {
    "a sentence": f"Use {A} for this.\n",
    "a sentence that starts with a call": f"{A} launches it.\n",
    "a paragraph that breaks before a call": f"To find the files use the call\n{A}\n",
    "a paragraph that goes on": f"{A}\nis what launches it.\n",
    "inline code": f"`{A}`\n",
    "a table": f"| {A} | x |\n|---|---|\n| {A} | y |\n",
    "a table without borders": f"a | b\n--|--\n{A} | y\n",
    "a heading": f"# {A}\n",
    "an underlined heading": f"{A}\n===\n",
    "front matter": f"---\nallowed-tools: Task\ntext: |\n  {A}\n---\n",
    "a comment": f"<!--\n{A}\n-->\n",
    "a permission": 'Task(Explore)\n"Task(Explore)",\n',
    "an empty call": "Task()\nTask(s)\n",
    "list prose": f"- Task(the explorer) finds files\n- {A} is what to use\n- Task(\"find\")\n",
    "a call that nothing closes": 'Task(subagent_type="a",\n\n# x\n',
    "another name": "Tasks(prompt='a')\nmy.Task(prompt='a')\n",
    "a fence": f"```\n{A}\n```\n",
}  # fmt: skip


@pytest.mark.parametrize("text", WORDS.values(), ids=WORDS)
def test_leaves_words_alone(text: str) -> None:
    assert loose(text) == []


def test_findings_stand_where_the_code_stands() -> None:
    text = f"> Text:\n>\n>     plan = await {A}\n>     more = await {B}\n"
    found = check(text, "a.md")
    assert [(one.code, text[one.span.start : one.span.end]) for one in found] == [
        ("await-between-dispatches", f"await {A}")
    ]


def test_fixes_keep_what_stands_before_a_line() -> None:
    text = 'Text:\n\n    for x in ["a", "b"]:\n        Task(subagent_type=x, prompt="p")\n'
    assert fix(text, "a.md")[0] == (
        'Text:\n\n    Task(subagent_type="a", prompt="p")\n    Task(subagent_type="b", prompt="p")\n'
    )


def test_a_comment_ignores_code_outside_of_fences() -> None:
    text = f"<!-- taskfan: ignore-next-fence -->\nplan = await {A}\nmore = await {B}\n"
    assert check(text, "a.md") == []


def test_a_marked_line_makes_a_counterexample() -> None:
    found = fences(Document(Path("a.md"), f"❌ WRONG:\n\n{A}\n\n✅ RIGHT:\n\n{B}\n"), NAMES).snippets
    assert [one.counterexample for one in found] == [True, False]


def test_spans_lie_on_the_calls() -> None:
    text = f"- x\n\n  > {A}\n"
    (one,) = fences(Document(Path("a.md"), text), NAMES).snippets
    start = text.index("Task")
    assert one.lift(Span(0, len(one.code))) == Span(start, start + len(A))
