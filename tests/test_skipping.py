"""Property: a gate skips only what cannot yield a finding; with each switched off, the findings are the same."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from programs import program
from scripts import written
from soak import inputs
from test_masking import module

from taskfan_lint import engine, inspection, project, snippets, surveys
from taskfan_lint.analysis.helpers import Index
from taskfan_lint.analysis.javascript import read as script
from taskfan_lint.calling import Wanted
from taskfan_lint.finding import Finding
from taskfan_lint.gates import Gates
from taskfan_lint.inspection import Inspected, Surroundings
from taskfan_lint.kinds import kind
from taskfan_lint.settings import Settings
from taskfan_lint.source import DecodeError, Document, Snippet, decode

CORPUS = Path(os.environ.get("TASKFAN_CORPUS", Path(__file__).parents[2] / "shared" / "corpus" / "files"))
SETTINGS = Settings(include_counterexamples=True)
NUMBERS = 16  # of each kind; it needs some hundred to be sure, which a change of a gate is worth
FENCES = (
    "```python\nfrom crewai import Agent, Task\n```\n",
    "```python\ndef Task(name):\n    return name\n```\n",
    "```js\nimport { Agent } from 'x'\n```\n",
    "```ts\ninterface Task { name: string }\n```\n",
    "```python\n# taskfan: ignore-file\n```\n",
    "```bash\nls Task\n```\n",
    "```text\nPhase 2: wait for all\n```\n",
    "<!-- taskfan: ignore-next-fence -->\n",
    "❌ WRONG\n",
    "## After all have answered\n",
)


@contextmanager
def ungated() -> Iterator[None]:
    """Have every document and snippet read, and nothing in it left out."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (engine, snippets, surveys):
            patch.setattr(module, "is_worth_reading", lambda *arguments: True)
        patch.setattr(project, "may_hold_helpers", lambda *arguments: True)
        patch.setattr(Wanted, "may_be_called", lambda *arguments: True)
        patch.setattr(script, "_may_matter", lambda *arguments: True)
        yield


def whole(snippet: Snippet, around: Surroundings) -> Inspected:
    return inspection.inspect(snippet, replace(around, whole=True))


def told(document: Document, *, gated: bool, index: Index | None = None) -> list[Finding]:
    """Return the findings but for what is no code, which is said only of a file that passes its gates."""
    found = engine.check(document, SETTINGS, index, inspect=None if gated else whole).findings
    return [one for one in found if one.code != "syntax-error"]


def check_same(name: str, raw: bytes) -> int:
    """Compare what is found with and without gates; return how much it is."""
    try:
        document = decode(Path(name), raw)
    except DecodeError:
        return 0
    found = told(document, gated=True) if Gates().open(raw, kind(name), SETTINGS) else []
    with ungated():
        assert found == told(document, gated=False), raw
    return len(found)


def prompts(random: Random) -> bytes:
    """Return fences, some of which say what a dispatch's name is in others."""
    programs = [f"```python\n{program(random.getrandbits(64)).text}```\n" for _ in range(random.randint(1, 2))]
    calls = [f"```\nfor one in found:\n    {name}(prompt=one)\n```\n" for name in ("Task", "Agent")]
    parts = [*programs, *random.sample(calls, random.randint(0, 2)), *random.sample(FENCES, 2)]
    random.shuffle(parts)
    return "\n".join(parts).encode()


def among_others(random: Random) -> bytes:
    return module(program(random.getrandbits(64)), random.getrandbits(9)).encode()


PYTHON = (
    "x = 1",
    "from x import Task",
    "# taskfan: ignore -- on purpose",
    "# taskfan: serial -- on purpose",
    "def f():\n    return 1",
    "for x in xs:\n    Task(title=x)",
    "for x in xs:\n    Task(subagent_type='a', prompt=x)",
    "for x in xs:\n    Task \\\n    (agent_type='a', prompt=x)",
    "for x in xs:\n    (Task)(dict(subagent_type='a', prompt=x))",
    "for x in xs:\n    Task({'subagent_type': 'a', 'prompt': x})",
    "for x in xs:\n    Ｔask(subagent_type='a', prompt=x)",
    "for x in xs:\n    lib.Task(subagent_type='a', prompt=x)",
    "for x in xs:\n    Task(**{'subagent_type': 'a', 'prompt': x})",
    "for x in xs:\n    Task(**dict(subagent_type='a', prompt=x))",
    "for x in xs:\n    Task({subagent_type: 'a', prompt: x})",
)
SCRIPT = (
    "const a = 1;",
    "// taskfan: ignore -- on purpose",
    "/* taskfan: serial -- on purpose */",
    "export const meta = {};",
    "parallel([]);",
    "for (const x of xs) {\n  await agent(x);\n}",
    "for (const x of xs) {\n  await Task({ subagent_type: 'a', prompt: x });\n}",
    "for (const x of xs) await Task<string>({ agent_type: 'a', prompt: x });",
    "for (const x of xs) await Task?.({ agent_type: 'a', prompt: x });",
    "for (const x of xs) await (Task)({ 'agent_type': 'a', prompt: x });",
    "for (const x of xs) await T\\u0061sk({ subagent_type: 'a', prompt: x });",
    "import { Task } from 'x';",
)


def lines(random: Random, of: tuple[str, ...]) -> bytes:
    return "\n".join(random.sample(of, random.randint(1, 3))).encode()


MADE = {
    "lines of Python": ("a.py", lambda random: lines(random, PYTHON)),
    "lines of a script": ("a.ts", lambda random: lines(random, SCRIPT)),
    "a program": ("a.py", lambda random: program(random.getrandbits(64)).text.encode()),
    "a program among others": ("a.py", among_others),
    "a damaged program": ("a.py", inputs.python),
    "a script": ("a.ts", lambda random: written(random.getrandbits(32)).text.encode()),
    "a damaged script": ("a.js", inputs.script),
    "prompts": ("a.md", prompts),
    "damaged prompts": ("a.md", inputs.markdown),
    "pieces of Python": ("a.py", inputs.text),
    "pieces of a script": ("a.tsx", inputs.text),
    "pieces of prompts": ("a.md", inputs.text),
    "bytes": ("a.py", inputs.noise),
}  # fmt: skip


@pytest.mark.parametrize("what", MADE)
def test_gates_change_no_finding(what: str) -> None:
    name, make = MADE[what]
    found = sum(check_same(name, make(Random(f"{what} {number}"))) for number in range(NUMBERS))
    assert found or what in ("pieces of Python", "pieces of a script", "bytes")


@pytest.mark.parametrize(("name", "line"), [*(("a.py", one) for one in PYTHON), *(("a.ts", one) for one in SCRIPT)])
def test_gates_change_no_finding_in_a_line(name: str, line: str) -> None:
    check_same(name, line.encode())


@pytest.mark.parametrize("definition", FENCES[:2])
@pytest.mark.parametrize("call", ["Task(prompt=x)", 'Task("do", x)'])
def test_a_fence_without_a_call_tells_what_a_name_means_in_others(definition: str, call: str) -> None:
    loop = f"```python\nfor x in xs:\n    {call}\n```\n"
    codes = [[one.code for one in told(Document(Path("a.md"), text), gated=True)] for text in (loop, definition + loop)]
    assert codes == [["dispatch-in-loop"], []]


@pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.e2e)])
def test_gates_change_no_finding_in_the_corpus(step: int) -> None:
    if not CORPUS.is_dir():
        pytest.skip(f"no corpus at {CORPUS}; set TASKFAN_CORPUS")
    files = sorted(path for path in CORPUS.rglob("*") if path.suffix in (".md", ".py"))
    assert sum(check_same(path.name, path.read_bytes()) for path in files[::step]) > 20 // step


FILES = ("pkg/__init__.py", "pkg/agents.py", "pkg/sub/__init__.py", "pkg/sub/more.py", "main.py")
IMPORTS = (
    "from .agents import launch",
    "from pkg.agents import launch as start",
    "from pkg.agents import (\n    launch,\n    outer,\n)",
    "import pkg.agents",
    "import pkg.sub.more as agents",
    "from pkg import agents, launch",
    "from . import agents",
    "from . import launch",
    "from .. import agents",
    "from ..agents import outer as start",
    "from .more import launch",
    "from pkg.sub import launch, more as agents",
    "from pkg import ａgents",
    "try:\n    from pkg.agents import launch\nexcept ImportError:\n    launch = None",
)
FUNCTIONS = (
    "async def launch(x):\n    return await Task(subagent_type='a', prompt=x)",
    "async def outer(x):\n    return await launch(x)",
    "async def start(x):\n    return await agents.launch(x)",
    "async def outer(x):\n    await start(x)\n    return await start(x)",
    "def launch(x):\n    return x",
)
CALLS = ("launch", "outer", "start", "agents.launch", "agents.outer", "pkg.agents.launch", "ｌaunch")


def files(random: Random) -> list[Document]:
    """Return files that import functions of each other, some of which dispatch, and call them in loops."""
    found = []
    for name in FILES:
        loops = [
            f"async def run_{number}(xs):\n    for x in xs:\n        await {call}(x)"
            for number, call in enumerate(random.sample(CALLS, random.randint(1, 3)))
        ]
        parts = [*random.sample(IMPORTS, random.randint(1, 2)), *random.sample(FUNCTIONS, random.randint(0, 2)), *loops]
        found.append(Document(Path(name), "".join(f"{one}\n\n" for one in parts)))
    return found


def told_of_all(documents: list[Document], *, gated: bool) -> list[list[Finding]]:
    """Return the findings of each file, which knows the functions of all."""
    index = project.index([(document, SETTINGS) for document in documents])
    return [told(document, gated=gated, index=index) for document in documents]


def test_gates_change_no_finding_that_rests_on_other_files() -> None:
    number = 0
    for seed in range(3 * NUMBERS):
        documents = files(Random(seed))
        found = told_of_all(documents, gated=True)
        with ungated():
            assert found == told_of_all(documents, gated=False), [document.text for document in documents]
        number += sum(map(len, found))
    assert number > NUMBERS // 2
