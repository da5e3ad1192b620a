"""Generated programs that dispatch the same, fixed or not; the seed's anti-patterns; the standard library."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from programs import COMMENT, Program, Recording, programs, record

from taskfan_lint import check, fix

EXAMPLES = 100


def comments(text: str) -> set[str]:
    return set(COMMENT.findall(text))


def run(program: Program, text: str) -> Recording:
    return record(program.code(text))


def check_same(program: Program, before: Recording, after: Recording) -> None:
    """Compare two runs; a loop over a set of strings has no order of its own."""
    if program.ordered:
        assert after.calls == before.calls
    else:
        assert after.sorted() == before.sorted()


def check_fixed(program: Program, *, unsafe: bool) -> str:
    """Return the fixed text, which reports what it says, does not change again, and keeps every comment."""
    fixed, left = fix(program.text, program.path, unsafe=unsafe)
    assert not [one for one in left if "would not end" in one.help]
    assert comments(fixed) == comments(program.text)
    if fixed != program.text:
        assert left == check(fixed, program.path)
        assert fix(fixed, program.path, unsafe=unsafe)[0] == fixed
    return fixed


@settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(programs())
def test_a_fixed_program_dispatches_the_same(program: Program) -> None:
    safe = check_fixed(program, unsafe=False)
    unsafe = check_fixed(program, unsafe=True)
    if safe == unsafe == program.text:
        return
    before = run(program, program.text)
    if before.failure:
        return
    after = run(program, safe)
    assert not after.failure
    check_same(program, before, after)
    if unsafe != safe:
        after = run(program, unsafe)
        assert not after.failure
        check_same(program, before, after)


CRITICAL = """\
# Loop creates separate responses
for agent in ["researcher", "hunter", "curator"]:
    Task(subagent_type=agent, prompt=ctx)  # Each iteration = new response
# Claude executes one at a time (3x slower)
"""
CRITICAL_FIXED = """\
# Loop creates separate responses
Task(subagent_type="researcher", prompt=ctx)  # Each iteration = new response
Task(subagent_type="hunter", prompt=ctx)
Task(subagent_type="curator", prompt=ctx)
# Claude executes one at a time (3x slower)
"""
LOOKED_UP = """\
for task in tasks:
    Task(subagent_type="expert", prompt=task['context'])
# Each iteration = separate response = sequential
"""
LOOKED_UP_FIXED = """\
prompts = []
for task in tasks:
    prompts.append(task['context'])
for prompt in prompts:
    Task(subagent_type="expert", prompt=prompt)
# Each iteration = separate response = sequential
"""
AWAITED = """\
Task(subagent_type="expert1", prompt=ctx1)
await some_operation()  # Breaks parallel collection
Task(subagent_type="expert2", prompt=ctx2)
# expert1 completes before expert2 starts
"""
AWAITED_FIXED = """\
Task(subagent_type="expert1", prompt=ctx1)
Task(subagent_type="expert2", prompt=ctx2)
await some_operation()  # Breaks parallel collection
# expert1 completes before expert2 starts
"""
BRANCHED = """\
Task(subagent_type="expert1", prompt=ctx1)

if some_condition:  # Evaluation delays next Task()
    Task(subagent_type="expert2", prompt=ctx2)
# expert1 completes before conditional evaluates
"""
BRANCHED_FIXED = """\
run_expert2 = some_condition
Task(subagent_type="expert1", prompt=ctx1)

if run_expert2:  # Evaluation delays next Task()
    Task(subagent_type="expert2", prompt=ctx2)
# expert1 completes before conditional evaluates
"""
BEFORE = (CRITICAL, LOOKED_UP, AWAITED, BRANCHED)
SAFE = (CRITICAL_FIXED, LOOKED_UP, AWAITED, BRANCHED_FIXED)
UNSAFE = (CRITICAL_FIXED, LOOKED_UP_FIXED, AWAITED_FIXED, BRANCHED_FIXED)
BOUND = {
    "ctx": "c0",
    "ctx1": "c1",
    "ctx2": "c2",
    "some_condition": True,
    "tasks": [{"context": "one"}, {"context": "two"}],
}
READ = (["ctx"], ["tasks"], ["ctx1", "ctx2"], ["ctx1", "ctx2", "some_condition"])
OPERATION = "async def some_operation():\n    return None\n\n\n"


def as_fences(parts: tuple[str, ...]) -> str:
    return "\n".join(f"## Part\n\n```python\n{part}```\n" for part in parts)


def as_functions(parts: tuple[str, ...]) -> str:
    """Return a file with one function for each part, whose parameters are the names that it reads."""
    found = [OPERATION]
    calls = []
    for number, (names, part) in enumerate(zip(READ, parts, strict=True)):
        body = "".join(f"    {line}" if line.strip() else line for line in part.splitlines(keepends=True))
        found.append(f"async def part_{number}({', '.join(names)}):\n{body}\n\n")
        calls.append(f"    await part_{number}({', '.join(repr(BOUND[name]) for name in names)})\n")
    return "".join([*found, "async def main():\n", *calls])


def as_module(parts: tuple[str, ...]) -> str:
    """Return a file with all parts at its top level, below the bindings of the names that they read."""
    bound = "".join(f"{name} = {value!r}\n" for name, value in BOUND.items())
    bound = bound.replace("tasks = ", "def load():\n    return ") + "\n\ntasks = load()\n"
    return OPERATION + bound + "".join(f"\n# Phase {number}\n{part}" for number, part in enumerate(parts, 1))


def sources(text: str, path: str) -> list[str]:
    """Return the programs in a text: each fence, or the file."""
    if path.endswith(".py"):
        return [text]
    bound = OPERATION + "".join(f"{name} = {value!r}\n" for name, value in BOUND.items())
    return [bound + part.partition("```")[0] for part in text.split("```python\n")[1:]]


LEFT = ["dispatch-in-loop", "await-between-dispatches"]


@pytest.mark.parametrize(
    ("form", "path"),
    [(as_fences, "x.md"), (as_functions, "x.py"), (as_module, "x.py")],
    ids=["fences", "functions", "module"],
)
def test_the_anti_patterns_of_the_seed_are_mended(form: Callable[[tuple[str, ...]], str], path: str) -> None:
    last = (
        BRANCHED_FIXED if path == "x.md" else BRANCHED
    )  # a condition that is known before the first dispatch is right
    before, safe, unsafe = form(BEFORE), form((*SAFE[:3], last)), form((*UNSAFE[:3], last))
    fixed, left = fix(before, path)
    assert fixed == safe
    assert [one.code for one in left] == LEFT
    assert fix(safe, path) == (safe, left)
    assert fix(before, path, unsafe=True) == (unsafe, [])
    assert fix(unsafe, path, unsafe=True) == (unsafe, [])
    runs = [[record(source) for source in sources(text, path)] for text in (before, safe, unsafe)]
    assert runs[0] == runs[1] == runs[2]
    assert [len(one.calls) for one in runs[0]] == ([9] if path == "x.py" else [3, 2, 2, 2])
    assert not any(one.failure for one in runs[0])


@pytest.mark.e2e
def test_the_standard_library_has_no_finding_and_is_not_changed(tmp_path: Path) -> None:
    source = Path(sysconfig.get_path("stdlib"))
    copy = tmp_path / "lib"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__", "site-packages"))
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    options = ["--isolated", "--no-cache", "--fix", "--unsafe-fixes", "--output-format", "concise"]
    command = [sys.executable, "-m", "taskfan_lint", "check", *options, str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert "Traceback" not in done.stderr
    assert [line for line in done.stdout.splitlines() if ": warning[" in line or ": info[" in line] == []
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before
