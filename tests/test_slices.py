"""Property: a file read in slices gives the findings and fixes that it gives as a whole."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskfan_lint import engine, snippets
from taskfan_lint.analysis.python import slices as slicing
from taskfan_lint.analysis.python.cut import cut
from taskfan_lint.analysis.python.slices import slices
from taskfan_lint.analysis.reading import Reading
from taskfan_lint.finding import Finding
from taskfan_lint.settings import DEFAULT
from taskfan_lint.source import Document
from tests.programs import Program, programs
from tests.test_masking import OTHERS

WHOLE = sys.maxsize
READING = Reading(DEFAULT, fenced=False)
HEAD = "import asyncio\n\n"
FIRST = "def f():\n    Task(subagent_type='a')\n"
LAST = "def h():\n    Task(subagent_type='b')\n"
PAGES = Path(__file__).parent.parent / "rules"
HEADERS = (
    '"""A module."""\n\nimport asyncio\nfrom agents import Task, wait\n\n',
    "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nfrom agents import Task\n",
    "AREAS = ['a', 'b']\nagents = ['x', 'y']\ntopics = ('one', 'two')\nPROMPT = 'Look at'\n",
    "",
)
BETWEEN = (
    "# taskfan: ignore -- on purpose\n",
    "# taskfan: serial -- on purpose\n",
    "# taskfan: ignore[dispatch-in-loop]\n\n",
    "    # deeper\n",
    "# Phase 2\n",
    "",
    "",
    "",
)


@contextmanager
def cut_from(length: int) -> Iterator[None]:
    """Have files of this length and longer read in slices of a function each, or of those that belong together."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snippets, "LONG", length)
        patch.setattr(slicing, "slices", partial(slices, size=1))
        yield


def check(code: str, length: int) -> list[Finding]:
    """Return what is found in a file, in slices if it has a length; nothing where LibCST refuses it."""
    with cut_from(length):
        checked = engine.check(Document(Path("a.py"), code), DEFAULT)
    return [] if checked.refused else list(checked.findings)


def fix(code: str, length: int) -> str:
    with cut_from(length):
        return engine.fix(Document(Path("a.py"), code), DEFAULT, unsafe=True)[0]


def function(program: Program, number: int) -> str:
    """Return a program as a function; one that has a text of several lines is left out."""
    code = program.code(program.text).replace("\r\n", "\n")
    if '"""' in code or "'''" in code:
        return f"def fan_out_{number}(ctx):\n    return Task(subagent_type='a', prompt=ctx)\n"
    body = "".join(f"    {line}\n" if line.strip() else "\n" for line in code.split("\n"))
    return f"async def fan_out_{number}(ctx, topic):\n{body}    return None\n"


def module(found: list[Program], seed: int) -> str:
    chance = random.Random(seed)
    parts = [function(one, number) for number, one in enumerate(found)]
    for _ in range(2):
        first, last = chance.randrange(len(found)), chance.randrange(len(found))
        parts.append(f"def calls_{len(parts)}(ctx):\n    fan_out_{first}(ctx, 1)\n    fan_out_{last}(ctx, 2)\n")
    parts += chance.choices(OTHERS, k=3)
    chance.shuffle(parts)
    code = chance.choice(HEADERS) + "\n\n".join(chance.choice(BETWEEN) + one for one in parts)
    return code.replace("\n", chance.choice(("\n", "\r\n")))


@settings(max_examples=18, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(programs(), min_size=2, max_size=4), st.integers(0, 999))
def test_slices_give_the_findings_and_fixes_of_the_whole(found: list[Program], seed: int) -> None:
    code = module(found, seed)
    if slices(code, READING, 1) is None:
        return
    whole = check(code, WHOLE)
    if whole:
        assert check(code, 0) == whole
        assert fix(code, 0) == fix(code, WHOLE)


def page_functions() -> list[str]:
    """Return the Python cases of the rule pages that are functions already, or can stand in one."""
    found = []
    for page in sorted(PAGES.glob("*.md")):
        for fence in re.findall(r"```python (?:bad|good)[^\n]*\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
            inner = "".join(f"    {line}\n" if line.strip() else "\n" for line in fence.split("\n"))
            code = f"async def case_{len(found)}():\n{inner}    return None\n"
            if '"""' not in fence and "import" not in fence and "global" not in fence and cut(code):
                found.append(code)
    return found


def test_a_long_file_is_checked_in_slices_which_give_the_findings_of_the_whole() -> None:
    code = "import asyncio\n\n\n" + "\n\n".join(page_functions())
    parts = slices(code, READING, 1)
    assert parts is not None
    assert len(parts) > 20
    assert len(code) > snippets.LONG
    assert slices(code, READING) is not None
    whole = check(code, WHOLE)
    assert check(code, 0) == whole
    assert list(engine.check(Document(Path("a.py"), code), DEFAULT).findings) == whole


@pytest.mark.parametrize(
    "code",
    [
        "Task(subagent_type='a', prompt='b')\n",
        "def f():\n    Task(subagent_type='a', prompt='b')\n\n\nf()\nf()\n",
        "def f():\n    Task(subagent_type='a', prompt='b')\n\n\nfor one in 'ab':\n    f()\n",
        "def f(one=Task(subagent_type='a', prompt='b')):\n    return one\n",
        "def f():\n    Task(subagent_type='a', prompt='b'\n",
        "# taskfan: ignore-file\ndef f():\n    Task(subagent_type='a', prompt='b')\n",
        "def f():\n    Task(subagent_type='a', prompt='b'); x = 1\nx = '''\n'''; y = 2\n",
    ],
    ids=["own dispatch", "two calls", "call in a loop", "in a header", "no Python", "whole file ignored", "shared row"],
)
def test_a_file_is_not_cut_where_its_own_statements_matter(code: str) -> None:
    assert slices(code, READING) is None


def test_functions_that_call_each_other_are_in_one_slice() -> None:
    code = "".join(
        f"def f{n}(topic):\n    {call}\n\n\n"
        for n, call in enumerate(["return Task(subagent_type='a', prompt=topic)", "f0(1)", "Task(subagent_type='b')"])
    )
    parts = slices(code, READING, 1)
    assert parts is not None
    assert [re.findall(r"def (\w+)", one.code) for one in parts] == [["f0", "f1"], ["f2"]]


@pytest.mark.parametrize("body", ["return name", "return Task(subagent_type='c', prompt=name)"])
def test_a_slice_knows_the_functions_of_others(body: str) -> None:
    branch = "def run():\n    Task(subagent_type='a')\n    if load_status.known:\n        Task(subagent_type='b')\n"
    code = f"{HEAD}{branch}\n\ndef load_status(name):\n    {body}\n\n\n{LAST}"
    assert [one.code for one in check(code, WHOLE)] == ["branch-between-dispatches"]
    assert check(code, 0) == check(code, WHOLE)


def test_a_slice_maps_to_the_lines_of_the_file() -> None:
    code = HEAD + FIRST + "\ndef g():\n    pass\n\n" + LAST
    parts = slices(code, READING, 1)
    assert parts is not None
    assert [one.code for one in parts] == [HEAD + FIRST, HEAD + "\n" + LAST]
    assert [code[one.offset(one.code.index("Task")) :][:24] for one in parts] == [
        "Task(subagent_type='a')\n",
        "Task(subagent_type='b')\n",
    ]


def test_a_string_that_looks_like_functions_is_not_cut() -> None:
    code = "TEXT = '''\ndef f():\n    Task()\n'''\n\n\ndef g():\n    return TEXT\n"
    statements = cut(code)
    assert statements is not None
    assert [code[one.span.start : one.span.end] for one in statements] == [code[:35], code[37:]]
