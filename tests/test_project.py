"""Functions of other files that dispatch: which calls find them, and what is said of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from taskfan_lint import Settings, engine, project
from taskfan_lint.finding import Finding
from taskfan_lint.source import Document

ROOT = Path("/work")
AGENTS = 'def launch(topic):\n    return Task(subagent_type="researcher", prompt=f"Research {topic}")\n'
MIDDLE = "from .agents import launch\n\n\ndef go(topic):\n    return launch(topic)\n"
LOOP = "for topic in topics:\n    {}(topic)\n"


def findings(files: dict[str, str], name: str) -> list[Finding]:
    """Return what is found in one file of a project."""
    settings = Settings(root=ROOT)
    documents = [(Document(ROOT / path, text), settings) for path, text in files.items()]
    index = project.index(documents)
    return list(engine.check(Document(ROOT / name, files[name]), settings, index).findings)


@pytest.mark.parametrize(
    ("file", "imports", "call"),
    [
        pytest.param("main.py", "from lib.agents import launch\n", "launch", id="a function"),
        pytest.param("main.py", "from lib.agents import launch as go\n", "go", id="by another name"),
        pytest.param("main.py", "from lib import agents\n", "agents.launch", id="a module"),
        pytest.param("main.py", "import lib.agents\n", "lib.agents.launch", id="a dotted module"),
        pytest.param("main.py", "import lib.agents as a\n", "a.launch", id="a module by another name"),
        pytest.param("lib/main.py", "from .agents import launch\n", "launch", id="beside it"),
        pytest.param("lib/main.py", "from . import agents\n", "agents.launch", id="a module beside it"),
        pytest.param("lib/sub/main.py", "from ..agents import launch\n", "launch", id="above it"),
        pytest.param("tests/main.py", "from lib.agents import launch\n", "launch", id="from another folder"),
        pytest.param("main.py", "from lib.middle import go\n", "go", id="through a second file"),
    ],
)
def test_a_call_finds_the_function(file: str, imports: str, call: str) -> None:
    files = {"lib/agents.py": AGENTS, "lib/middle.py": MIDDLE, file: imports + LOOP.format(call)}
    assert [one.code for one in findings(files, file)] == ["dispatch-in-loop"]


@pytest.mark.parametrize(
    ("file", "imports", "call"),
    [
        pytest.param("main.py", "", "launch", id="not imported"),
        pytest.param("main.py", "from other.agents import launch\n", "launch", id="of another package"),
        pytest.param("main.py", "from lib.agents import other\n", "other", id="another function"),
        pytest.param("main.py", "from .lib.sub.agents import launch\n", "launch", id="another folder"),
        pytest.param("main.py", "from lib.agents import launch\n\ndef launch(x): ...\n", "launch", id="defined again"),
        pytest.param("main.py", "from lib import agents\n", "agents.other", id="another function of a module"),
    ],
)
def test_a_call_of_something_else_is_silent(file: str, imports: str, call: str) -> None:
    files = {"lib/agents.py": AGENTS, file: imports + LOOP.format(call)}
    assert findings(files, file) == []


def test_the_way_through_files_is_shown() -> None:
    files = {
        "lib/agents.py": AGENTS,
        "lib/middle.py": MIDDLE,
        "main.py": "from lib.middle import go\n" + LOOP.format("go"),
    }
    notes = [note.message for note in findings(files, "main.py")[0].notes]
    assert notes[-1] == "`go()` dispatches through `launch()` in lib/agents.py, line 2"


def test_without_an_index_nothing_is_known_of_other_files() -> None:
    document = Document(ROOT / "main.py", "from lib.agents import launch\n" + LOOP.format("launch"))
    assert engine.check(document, Settings()).findings == ()
