"""Fixes of scripts: exact text in and out, from `fixtures/script_fixes.txt`; what declines, with its reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from taskfan_lint import check, fix

TEXT = (Path(__file__).parent / "fixtures" / "script_fixes.txt").read_text(encoding="utf-8")
CASES = re.findall(r"^=== (.+): (.+)\n((?:(?!===|---).*\n)+)---\n((?:(?!===|#####).+\n)+)", TEXT, re.MULTILINE)
REASON = re.compile(r"no fix(?: is applied)?: (.*)")
LOOP = 'for (const x of ["a", "b"]) {\n'


def fenced(code: str) -> str:
    return f"```js\n{code}```\n"


def cases(kind: str) -> list[object]:
    return [pytest.param(*case[2:], id=case[0]) for case in CASES if case[1] == kind]


def test_every_case_is_read() -> None:
    assert len(CASES) == TEXT.count("=== ") > 40


@pytest.mark.parametrize(("before", "after"), cases("safe"))
def test_a_safe_fix_writes(before: str, after: str) -> None:
    assert fix(fenced(before), "x.md") == (fenced(after), [])


@pytest.mark.parametrize(("before", "after"), cases("unsafe"))
def test_an_unsafe_fix_writes(before: str, after: str) -> None:
    assert fix(fenced(before), "x.md")[0] == fenced(before)
    assert fix(fenced(before), "x.md", unsafe=True) == (fenced(after), [])


@pytest.mark.parametrize(("before", "after"), cases("file"))
def test_a_file_is_fixed(before: str, after: str) -> None:
    assert fix(before, "x.ts")[0] == before
    assert fix(before, "x.ts", unsafe=True) == (after, [])


@pytest.mark.parametrize(("code", "reason"), cases("declines"))
def test_a_fix_declines(code: str, reason: str) -> None:
    text = fenced(code)
    assert fix(text, "x.md", unsafe=True)[0] == text
    found = [found[1] for one in check(text, "x.md") for note in one.notes if (found := REASON.match(note.message))]
    assert found == [reason.strip()]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_a_fix_keeps_the_line_ends(newline: str) -> None:
    before = f"{LOOP}  await Task({{ subagent_type: x, prompt: p }});\n}}\n".replace("\n", newline)
    calls = "".join(f'  Task({{ subagent_type: "{x}", prompt: p }}),\n' for x in "ab")
    after = f"// é\nawait Promise.all([\n{calls}]);\n"
    assert fix(f"// é{newline}{before}", "x.js", unsafe=True)[0] == after.replace("\n", newline)


def test_a_fix_keeps_the_prefix_of_a_quote() -> None:
    head, tail = "> - x\n>\n>   ```ts\n", ">   ```\n"
    loop = ">   for (const x of ['a', 'b']) {\n>     Task({ subagent_type: x, prompt: p });\n>   }\n"
    calls = "".join(f">   Task({{ subagent_type: '{x}', prompt: p }});\n" for x in "ab")
    before, after = head + loop + tail, head + calls + tail
    assert fix(before, "x.md") == (after, [])


def test_a_repaired_fence_is_left_alone_where_it_was_repaired() -> None:
    text = fenced(f"{LOOP}  Task({{ subagent_type: x, ... }});\n}}\n")
    after, (found,) = fix(text, "x.md", unsafe=True)
    assert after == text
    assert found.notes[-1].message == "no fix is applied: the code here is read with repairs"
