"""The front end on any text: it never fails, and its steps grow as the text does."""

from __future__ import annotations

import os
import random
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfan_lint import Settings, check
from taskfan_lint.analysis.reading import Reading, Unparsable
from taskfan_lint.analysis.scanned.read import read
from taskfan_lint.inventory import inventory
from taskfan_lint.markdown import fences
from taskfan_lint.source import Document

CORPUS = Path(os.environ.get("TASKFAN_CORPUS", Path(__file__).parents[2] / "shared" / "corpus" / "files"))
NAMES = frozenset({"Task", "Agent", "task", "spawn_agent"})
TOKENS = (
    'Task( Agent( ) ... { } [ ] " \' ` """ // # /* */ <!-- --> = => → ❌ 1. - • | > ``` ~~~ if else: await return const'
    " for x in xs: forEach( $PLAN prompt= subagent_type: 'a' wait"
).split()
PIECES = st.sampled_from([*TOKENS, "\n", "\n\n", "\r\n", ": ", ", ", "    ", "for each x:", "Task(prompt='a')"])
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=80).map(" ".join), st.lists(PIECES).map("".join))


def scan(code: str) -> None:
    with suppress(Unparsable):
        read(code, Reading(Settings(), fenced=True))


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(TEXTS)
def test_any_text_is_read_or_refused(text: str) -> None:
    scan(text)
    document = Document(Path("a.md"), text)
    for one in inventory(document, Settings()).dispatches:
        assert text[one.span.start :].startswith(one.name)


def events(code: str) -> int:
    """Return the calls, of Python and of C functions, that the tolerant reading of a text makes."""
    count = 0

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        for one in (*fences(Document(Path("a.md"), code), NAMES).snippets,):
            scan(one.code)
        scan(code)
    finally:
        sys.setprofile(None)
    return count


GROWING = {
    "calls": 'Task(subagent_type="a", prompt="b")\n',
    "calls that nothing closes": 'Task(subagent_type="a", prompt="b\n',
    "a line of openings": "Task(",
    "quotes that don't match": 'Task(prompt="say "x)\n',
    "loops in loops": "for each x in xs {\n",
    "loops further and further in": "for x in xs:\n Task('a')\n",
    "brackets": "x = [\n",
    "closing brackets": "})]\n",
    "prose": "some words that say nothing\n",
    "numbers": "1. words\n2. Task('a')\n",
    "labels": "- a: b: Task('a')\n",
    "fences": "```\nTask('a')\n```\n",
    "fences that nothing closes": "````\n```\n",
    "comments": "// Task('a')\n/* x\n<!-- y\n",
    "arrows": "Task('a') → wait →\n",
    "branches": "if x:\n    Task('a')\nelse:\n    Task('b')\n",
}


@pytest.mark.parametrize("piece", GROWING.values(), ids=GROWING)
def test_steps_grow_as_the_text_does(piece: str) -> None:
    few, many = events(piece * 100), events(piece * 400)
    assert many < 4 * 1.5 * few + 5_000


@pytest.mark.e2e
def test_cut_files_of_the_corpus_are_read_or_refused() -> None:
    files = sorted(CORPUS.rglob("*.md"))
    if not files:
        pytest.skip(f"no corpus at {CORPUS}; set TASKFAN_CORPUS")
    cuts = random.Random(5)
    for file in files:
        text = file.read_bytes().decode(errors="replace")
        start, end = sorted(cuts.randrange(len(text) + 1) for _ in range(2))
        for part in (text[start:end], text[:start] + text[end:]):
            for one in inventory(Document(Path("a.md"), part), Settings()).dispatches:
                assert part[one.span.start :].startswith(one.name)
            check(part, "a.md")


def test_a_text_joined_with_bytes_is_a_syntax_error() -> None:
    found = check("x = b'a' 'b'\nTask(subagent_type='a', prompt='b')\n", "a.py")
    assert [(one.code, one.span.start) for one in found] == [("syntax-error", 0)]


def test_a_fence_with_a_text_joined_with_bytes_is_still_read() -> None:
    loop = "for x in xs:\n    Task(subagent_type='a', prompt=x)\n"
    found = check(f"```python\ny = b'a' 'b'\n{loop}```\n", "a.md")
    assert [one.code for one in found] == ["dispatch-in-loop"]
