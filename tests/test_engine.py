"""Engine invariants: fixes are atomic, own their hull, end, and leave everything else as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from programs import Program, programs

from taskfan_lint import Settings, check, engine, fix
from taskfan_lint.edit import apply, hull
from taskfan_lint.finding import Applicability, Finding
from taskfan_lint.source import Document, decode

LOOP = 'for a in ["x", "y"]:\n    Task(subagent_type=a, prompt=ctx)\n'
CALLS = 'Task(subagent_type="x", prompt=ctx)\nTask(subagent_type="y", prompt=ctx)\n'
ENDLESS = "would not end"


def fenced(code: str) -> str:
    return f"```python\n{code}```\n"


def fixable(findings: list[Finding], *, unsafe: bool) -> list[Finding]:
    allowed = {Applicability.SAFE, Applicability.UNSAFE} if unsafe else {Applicability.SAFE}
    return [one for one in findings if one.fix and one.fix.applicability in allowed]


def few(number: int) -> settings:
    return settings(
        max_examples=number, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )


@few(30)
@given(programs())
def test_each_fix_alone_mends_its_finding_and_brings_no_new_one(program: Program) -> None:
    before = check(program.text, program.path)
    for one in fixable(before, unsafe=True):
        assert one.fix is not None
        after = check(apply(program.text, one.fix.edits), program.path)
        codes = [finding.code for finding in before]
        found = [finding.code for finding in after if finding.code not in engine.REVEALED]
        assert found.count(one.code) < codes.count(one.code)
        assert all(found.count(code) <= codes.count(code) for code in found)


@few(30)
@given(programs())
def test_a_fix_leaves_what_stands_outside_of_its_hull(program: Program) -> None:
    for one in fixable(check(program.text, program.path), unsafe=True):
        assert one.fix is not None
        own = hull(one.fix.edits)
        after = apply(program.text, one.fix.edits)
        assert after.startswith(program.text[: own.start])
        assert after.endswith(program.text[own.end :])


@few(30)
@given(programs())
def test_fixing_ends_and_reports_what_the_result_holds(program: Program) -> None:
    for unsafe in (False, True):
        text, left = fix(program.text, program.path, unsafe=unsafe)
        assert left == check(text, program.path)
        assert fixable(left, unsafe=unsafe) == []
        assert not any(ENDLESS in one.help for one in left)


def test_touching_fixes_wait_for_the_next_pass() -> None:
    assert fix(fenced(LOOP + LOOP), "x.md")[0] == fenced(CALLS + CALLS)


def test_fixes_of_one_pass_do_not_touch() -> None:
    document = Document(Path("x.md"), fenced(LOOP + LOOP + "x = 1\n" + LOOP))
    found = engine.check(document, Settings()).findings
    first, second, third = (one.fix for one in found)
    assert engine.compatible(found, {Applicability.SAFE}) == [first, third]
    assert second is not None


def choice(kind: str) -> str:
    return f'''Task(subagent_type="planner", prompt=ctx)
if kind + "{kind}" == ask:
    Task(subagent_type="reviewer", prompt=ctx)
'''


def decided(kind: str, name: str) -> str:
    return f'{name} = kind + "{kind}" == ask\n' + choice(kind).replace(f'if kind + "{kind}" == ask', f"if {name}")


def test_two_fixes_give_a_scope_two_names() -> None:
    text = fenced(f"{choice('a')}# Phase 2\nkind = ask\n{choice('b')}")
    after = fenced(f"{decided('a', 'run_reviewer')}# Phase 2\nkind = ask\n{decided('b', 'run_reviewer_2')}")
    assert fix(text, "x.md", unsafe=True) == (after, [])


def function(name: str, body: str) -> str:
    return f"def {name}(ctx):\n    kind = ask\n" + "".join(f"    {line}\n" for line in body.splitlines())


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (
            fenced(function("f", choice("a")) + function("g", choice("b"))),
            fenced(function("f", decided("a", "run_reviewer")) + function("g", decided("b", "run_reviewer"))),
        ),
        (
            fenced(f"kind = ask\n{choice('a')}") + fenced(f"kind = ask\n{choice('b')}"),
            fenced(f"kind = ask\n{decided('a', 'run_reviewer')}")
            + fenced(f"kind = ask\n{decided('b', 'run_reviewer')}"),
        ),
    ],
    ids=["functions", "fences"],
)
def test_one_pass_gives_two_scopes_the_same_name(text: str, after: str) -> None:
    found = engine.check(Document(Path("x.md"), text), Settings()).findings
    assert len(engine.compatible(found, {Applicability.UNSAFE})) == 2
    assert fix(text, "x.md", unsafe=True) == (after, [])


def test_fixes_that_are_only_right_one_by_one_take_a_pass_each() -> None:
    loops = "".join(f"ctx{n} = prepare({n})\n{LOOP}" for n in range(3))
    text, left = fix(fenced(loops), "x.md", unsafe=True)
    assert fixable(left, unsafe=True) == []
    assert text.count("Task(") == 6


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_bytes_around_a_fix_survive(newline: str, bom: bytes) -> None:
    around = "x = 1  \n\n\tif_ = 'é'\n".replace("\t", "") + "# \t end \n"
    text = (around + LOOP + around).replace("\n", newline)
    document = decode(Path("x.py"), bom + text.encode())
    fixed, _ = engine.fix(document, Settings())
    assert document.encode(fixed) == bom + (around + CALLS + around).replace("\n", newline).encode()


def test_a_file_in_another_encoding_is_written_in_it() -> None:
    head = "# -*- coding: latin-1 -*-\nname = 'é'\n"
    document = decode(Path("x.py"), (head + LOOP).encode("latin-1"))
    fixed, _ = engine.fix(document, Settings())
    assert document.encode(fixed) == (head + CALLS).encode("latin-1")


def test_an_escape_that_the_encoding_lacks_stays_an_escape() -> None:
    loop = "for a in ['\\u20ac', 'b']:\n    Task(subagent_type='x', prompt=a)\n"
    document = decode(Path("x.py"), ("# coding: latin-1\n" + loop).encode("latin-1"))
    fixed, _ = engine.fix(document, Settings())
    assert fixed == (
        "# coding: latin-1\nTask(subagent_type='x', prompt='\\u20ac')\nTask(subagent_type='x', prompt='b')\n"
    )


def test_blank_lines_with_white_space_at_the_end_are_no_obstacle() -> None:
    assert fix(LOOP + "  \n\n   \n", "x.py")[0] == CALLS + "  \n\n   \n"


def test_a_safe_run_leaves_what_only_unsafe_fixes_mend() -> None:
    awaited = 'await pause()\nTask(subagent_type="z", prompt=ctx)\n'
    text, left = fix(fenced(LOOP + awaited), "x.md")
    assert text == fenced(CALLS + awaited)
    assert [one.code for one in left] == ["await-between-dispatches"]


def test_a_counterexample_is_neither_shown_nor_fixed() -> None:
    text = f"# ❌ WRONG\n\n{fenced(LOOP)}\n# ✅ RIGHT\n\n{fenced(LOOP)}"
    fixed, left = fix(text, "x.md")
    assert fixed == f"# ❌ WRONG\n\n{fenced(LOOP)}\n# ✅ RIGHT\n\n{fenced(CALLS)}"
    assert left == []
    shown = Settings(include_counterexamples=True)
    assert fix(text, "x.md", shown)[0] == f"# ❌ WRONG\n\n{fenced(CALLS)}\n# ✅ RIGHT\n\n{fenced(CALLS)}"


def test_what_a_wrong_example_leaves_out_holds_no_earlier_result() -> None:
    awaits = 'a = await Task(subagent_type="x", prompt="go")\nb = await Task(subagent_type="y", prompt="...")\n'
    shown = Settings(include_counterexamples=True)
    for marked in (f"# ❌ WRONG\n\n{fenced(awaits)}", fenced(f"# ❌ WRONG\n{awaits}")):
        assert [one.code for one in check(marked, "x.md", shown)] == ["await-between-dispatches"]
    for other in (fenced(awaits), fenced(f"# ❌ WRONG\n{awaits}# ✅ RIGHT\n{awaits}").replace("❌ WRONG", "One")):
        assert check(other, "x.md", shown) == []


def test_what_is_suppressed_is_not_fixed() -> None:
    ignored = LOOP.replace("ctx)", "ctx)  # taskfan: ignore[dispatch-in-loop] -- on purpose")
    assert fix(fenced(ignored + LOOP), "x.md") == (fenced(ignored + CALLS), [])


def test_rules_that_are_switched_off_fix_nothing() -> None:
    assert fix(fenced(LOOP), "x.md", Settings(ignore=("dispatch-in-loop",))) == (fenced(LOOP), [])


def test_an_escape_that_python_refuses_is_text_unknown() -> None:
    text = 'for a in xs:\n    Task(subagent_type="x", prompt=a + "\\N{")\n'
    assert [one.code for one in check(fenced(text), "a.md")] == ["dispatch-in-loop"]


@pytest.mark.filterwarnings("error")
def test_an_odd_escape_is_nothing_to_warn_of() -> None:
    text = 'for a in ["\\d", "\\w"]:\n    Task(subagent_type="x", prompt=f"{a} \\s" + "\\S")\n'
    assert [one.code for one in check(text, "a.py")] == ["dispatch-in-loop"]
    fix(text, "a.py", unsafe=True)
