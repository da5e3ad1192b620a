"""Bare marker lines as comments of equal length."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfan_lint import prose
from taskfan_lint.edit import Lines
from taskfan_lint.marks import comment_markers, marking_tags

LINES = [
    ("❌ WRONG - in a loop", "#❌WRONG - in a loop"),
    ("  ✅ Fan out", "  #✅Fan out"),
    ("✔️ Good", "#✅ Good"),
    ("❌WRONG", "#❌RONG"),
    ("**❌ WRONG Workflow:**", "#❌❌ WRONG Workflow:**"),
    ("- ✅ Are all in one message?", "#✅✅ Are all in one message?"),
    ("WRONG: x", "#❌ONG: x"),
    ("Incorrect:", "#❌correct:"),
    ("DO:", "#✅:"),
    ("❌", None),
    ("DO❌ WRONG", None),
    ("✅ RIGHT - before any Task() calls", "#✅RIGHT - before any Task() calls"),
    ("❌ Don't use Task(a) in a loop", "#❌Don't use Task(a) in a loop"),
    ('❌ Task(description: "x")', None),
    ("❌ WRONG: Task(a)", None),
    ("❌ WRONG (slow): await Task(a)", None),
    ("❌ x = await Task(a)", None),
    ("❌ const x = Task({", None),
    ("# ❌ WRONG", None),
    ("// BAD: x", None),
    ("bad: 1,", None),
    ("do", None),
    ("right = x", None),
    ("Right(x)", None),
    ("x = 1  # ❌ WRONG", None),
    ("", None),
]


@pytest.mark.parametrize(("line", "comment"), LINES, ids=[line for line, _ in LINES])
def test_a_bare_marker_line_becomes_a_comment(line: str, comment: str | None) -> None:
    assert comment_markers(f"a\n{line}\r\nb") == f"a\n{line if comment is None else comment}\r\nb"


WRAPPED = [
    ("triple quotes", 'x = """\n❌ WRONG: y\n"""\n❌ WRONG: z', 'x = """\n❌ WRONG: y\n"""\n#❌WRONG: z'),
    ("quotes in brackets", 'Task("\n❌ WRONG: y\n")\n❌ WRONG: z', 'Task("\n❌ WRONG: y\n")\n#❌WRONG: z'),
    ("brackets", "Task(\n❌ WRONG: y\n)\n❌ WRONG: z", "Task(\n❌ WRONG: y\n)\n#❌WRONG: z"),
    ("template", "x = `\n❌ WRONG: y\n`\n❌ WRONG: z", "x = `\n❌ WRONG: y\n`\n#❌WRONG: z"),
    ("comment", "# it's (\"\n❌ WRONG: z", "# it's (\"\n#❌WRONG: z"),
    ("apostrophe", "Don't; it's\n❌ WRONG: z", "Don't; it's\n#❌WRONG: z"),
    ("quote left open", 'say "x\n❌ WRONG: z', 'say "x\n#❌WRONG: z'),
    ("escaped quote", 'f("\\"\n❌ WRONG: y")\n❌ WRONG: z', 'f("\\"\n❌ WRONG: y")\n#❌WRONG: z'),
    ("address", "see http://x (\n❌ WRONG: y)\n", "see http://x (\n❌ WRONG: y)\n"),
    ("closing bracket of a list", "1) x\n❌ WRONG: z", "1) x\n#❌WRONG: z"),
]


@pytest.mark.parametrize(("code", "expected"), [row[1:] for row in WRAPPED], ids=[row[0] for row in WRAPPED])
def test_a_line_in_a_string_or_in_brackets_stays(code: str, expected: str) -> None:
    assert comment_markers(code) == expected


@settings(derandomize=True, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "❌ WRONG: x",
                "✅ y",
                "Bad:",
                "Incorrect: y",
                "DO",
                "a(",
                ")",
                '"""',
                "it's",
                "",
                "\n",
                "\r\n",
                "\r",
                " ",
                "#",
            ]
        )
    )
)
def test_the_map_and_the_marks_survive(parts: list[str]) -> None:
    code = "".join(parts)
    read = comment_markers(code)
    assert len(read) == len(code)
    assert Lines(read).starts == Lines(code).starts
    for row in range(1, len(Lines(code)) + 1):
        before, after = Lines(code).row(row), Lines(read).row(row)
        assert before == after or prose.marker(before) is prose.marker(after) is not None


def test_pairs_of_tags_may_be_nested_and_crossed() -> None:
    text = "<Bad>\n<example type='good'>\n<good>\n</example>\n</bad>\n</good>\n<p>\n</p>"
    assert sorted(marking_tags(enumerate(text.split("\n"), 1))) == [(1, 5, True), (2, 4, False)]
