"""Groups across fences: each block of code stands alone, and words between dispatches set groups apart."""

from __future__ import annotations

import pytest

from taskfan_lint import check

ONE = '```\na = await Task(subagent_type="a", prompt="Write the report to out.md")\n```\n'
TWO = '```\nb = await Task(subagent_type="b", prompt="Write the report to out.md")\n```\n'
WIDE = "```\n" + "".join(f'Task("a{number}", "do {number}")\n' for number in range(4)) + "```\n"

BETWEEN = {
    "nothing": "",
    "a blank line": "\n",
    "words": "\nThen go on.\n\n",
    "a wait": "\nWait for all of them.\n\n",
    "a heading": "\n## Phase 2\n\n",
    "a step": "\n2. Judge:\n\n",
}


@pytest.mark.parametrize("words", BETWEEN.values(), ids=BETWEEN)
def test_blocks_are_never_joined(words: str) -> None:
    assert check(ONE + words + TWO, "a.md") == []
    assert check(WIDE + words + WIDE, "a.md") == []


def test_one_block_is_one_group() -> None:
    code = (ONE + TWO).replace("```\n```\n", "").replace("await ", "")
    assert [one.code for one in check(code, "a.md")] == ["conflicting-outputs"]


@pytest.mark.parametrize(
    "words",
    ["Wait for all of them.", "2. Judge what came back:", "## Phase 2", "Once both agents complete:", "Step 2 - judge"],
)
def test_words_in_a_block_set_groups_apart(words: str) -> None:
    group = (
        'Task(subagent_type="{}", prompt="Write the report to out.md")\nTask(subagent_type="{}", prompt="Read", ...)\n'
    )
    code = group.format("a", "b") + words + "\n" + group.format("c", "d")
    assert check(f"```\n1. Look around:\n{code}```\n", "a.md") == []
    assert [one.code for one in check(f"```\nLook around:\n{code.replace(words, '')}```\n", "a.md")] == [
        "conflicting-outputs"
    ]
