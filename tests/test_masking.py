"""Property: what is left out before LibCST reads a file changes no finding."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskfan_lint import inspection
from taskfan_lint.analysis.python.kept import Kept
from taskfan_lint.edit import Span
from taskfan_lint.finding import Applicability, Finding
from taskfan_lint.settings import DEFAULT
from taskfan_lint.source import Snippet
from tests.programs import Program, programs

OTHERS = (
    "def plain(a, b=None):\n    return [a for a in b or ()]\n",
    '@wraps(print)\ndef decorated(value):\n    """Say Task and what it is."""\n    return value\n',
    "class Box:\n    def get(self):\n        return self.kept\n\n    kept = 1\n",
    "async def run(handle):\n    result = await handle\n    return result\n",
    "def reads(ctx):\n    return [ctx, topic, table, results, keep, last, names, agents, topics, items, prompts]\n",
    "def loops():\n    for one in [*table, *agents, *topics]:\n        print(one, results[0], f'{last}')\n",
    "def binds():\n    global extra\n    extra = prompts = agents = topics = names = results = 1\n    return extra\n",
    "import json\n",
    "LIMIT = 3\n",
    "def text():\n    return '''\ndef inner():\n    Task\n'''\n",
)


def findings(code: str, *, whole: bool) -> list[Finding]:
    around = inspection.Surroundings(DEFAULT, whole=whole)
    result = inspection.inspect(Snippet(code), around)
    assert result.problem is None
    return sorted(result.findings, key=lambda one: (one.span, one.code))


def module(program: Program, seed: int) -> str:
    """Return a module of a program, as a function or as it is, among functions that dispatch nothing."""
    chance = random.Random(seed)
    code = program.code(program.text)
    newline = "\r\n" if "\r\n" in code else "\n"
    code = code.replace("\r\n", "\n")
    if chance.random() < 0.5:
        body = "".join(f"    {line}\n" if line.strip() else "\n" for line in code.split("\n"))
        code = f"async def fan_out(ctx, topic):\n{body}\n    return None\n" if '"""' not in code else code
    parts = chance.choices(OTHERS, k=3)
    parts.insert(chance.randrange(4), code if code.endswith("\n") else code + "\n")
    return "\n\n".join(parts).replace("\n", newline)


@settings(max_examples=60, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(programs(), st.integers(0, 999))
def test_blanking_what_holds_no_dispatch_changes_no_finding(program: Program, seed: int) -> None:
    if Path(program.path).suffix != ".py":
        return
    code = module(program, seed)
    assert findings(code, whole=False) == findings(code, whole=True)


@given(st.lists(st.tuples(st.booleans(), st.text("ab \n", max_size=6)), max_size=8))
def test_what_is_kept_leads_back_to_where_it_stood(parts: list[tuple[bool, str]]) -> None:
    code, gaps = "", []
    for left_out, text in parts:
        if left_out and text:
            gaps.append(Span(len(code), len(code) + len(text)))
        code += text
    kept = Kept(code, gaps)
    for offset, character in enumerate(kept.code):
        assert code[kept.start(offset)] == character
        assert code[kept.end(offset + 1) - 1] == character
    assert kept.code == "".join(text for left_out, text in parts if not left_out)


LOOP = 'for agent in ["x", "y"]:\n    Task(subagent_type=agent, prompt=ctx)\n'


@pytest.mark.parametrize(
    "code",
    [
        f"{LOOP}\n\ndef plain(a):\n    return a\n    # an end\n",
        f"{LOOP}   \ndef plain(a):\n\tif a:\n\t\treturn 1\n\t# an end",
        f"{LOOP}\\\ndef plain(a):\n    return a\nlimit = 3\n",
    ],
    ids=["comment", "comment behind tabs", "continued line"],
)
def test_what_is_left_out_leaves_nothing_that_cannot_be_read(code: str) -> None:
    found = findings(code, whole=False)
    assert [one.code for one in found] == ["dispatch-in-loop"]
    assert found[0].fix is not None
    assert found[0].fix.applicability is Applicability.SAFE


STATUS = "def load_status(config):\n    return config\n"
BRANCH = "Task(subagent_type='a', prompt='x')\nif load_status('main'):\n    Task(subagent_type='b', prompt='y')\n"
INNER = "def run():\n    " + "\n    ".join(BRANCH.splitlines()) + "\n"


@pytest.mark.parametrize(
    "code",
    [f"{STATUS}\n\n{INNER}", f"{INNER}\n\n{STATUS}", f"{STATUS}\n\n{BRANCH}"],
    ids=["in front", "behind", "of the module"],
)
def test_a_function_that_is_left_out_is_known(code: str) -> None:
    assert [one.code for one in findings(code, whole=True)] == ["branch-between-dispatches"]
    assert findings(code, whole=False) == findings(code, whole=True)


def test_python_that_libcst_refuses_is_no_syntax_error() -> None:
    code = f"{LOOP}\\\ndef plain(a):\n    Task(subagent_type=a, prompt=a)\n"
    result = inspection.inspect(Snippet(code), inspection.Surroundings(DEFAULT))
    assert result.findings == ()
    assert result.problem is not None
    assert result.problem.deep
