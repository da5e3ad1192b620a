"""Functions of other files that dispatch: which calls find them, and what is said of them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from conftest import Cli

from taskfan_lint import Settings, engine, project
from taskfan_lint.calling import Wanted
from taskfan_lint.finding import Finding
from taskfan_lint.source import Document

ROOT = Path("/project")
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


@pytest.mark.parametrize(
    ("package", "imports", "call", "expected"),
    [
        pytest.param("from .agents import launch\n", "from lib import launch\n", "launch", 1, id="a function"),
        pytest.param("from .agents import launch\n", "import lib\n", "lib.launch", 1, id="of the package"),
        pytest.param("from lib.agents import launch as go\n", "from lib import go\n", "go", 1, id="by another name"),
        pytest.param(
            "from .agents import launch as go\n", "from lib import launch\n", "launch", 0, id="by no name of its"
        ),
        pytest.param("from .middle import go\n", "from lib import go\n", "go", 1, id="through a second file"),
        pytest.param(
            "try:\n    from .agents import launch\nexcept ImportError:\n    launch = None\n",
            "from lib import launch\n",
            "launch",
            0,
            id="perhaps",
        ),
        pytest.param(
            "from .agents import launch\nlaunch = log(launch)\n", "import lib\n", "lib.launch", 0, id="wrapped"
        ),
        pytest.param(
            "from .agents import launch\n\ndef launch(x): ...\n", "import lib\n", "lib.launch", 0, id="defined again"
        ),
        pytest.param("def f():\n    from .agents import launch\n", "import lib\n", "lib.launch", 0, id="inside"),
        pytest.param("from .agents import (\n", "from lib import launch\n", "launch", 0, id="broken"),
    ],
)
def test_a_call_finds_a_function_that_a_package_passes_on(package: str, imports: str, call: str, expected: int) -> None:
    files = {"lib/agents.py": AGENTS, "lib/middle.py": MIDDLE, "lib/__init__.py": package}
    files["main.py"] = imports + LOOP.format(call)
    assert [one.code for one in findings(files, "main.py")] == ["dispatch-in-loop"] * expected


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


LIBRARY = 'def launch(topic):\n    return Task(subagent_type="researcher", prompt=f"Research {topic}")\n'
CALLER = 'from lib import launch\n\nfor topic in ["a", "b"]:\n    launch(topic)\n'


def write(**files: str) -> None:
    for name, text in files.items():
        Path(f"{name}.py").write_text(text)


def test_a_run_follows_calls_from_file_to_file(cli: Cli) -> None:
    write(lib=LIBRARY, main=CALLER, other="x = 1\n")
    done = cli(".", "--output-format", "concise")
    assert done.stdout.decode().splitlines() == [
        "main.py:4:5: warning[dispatch-in-loop] [*] `launch` goes out once per iteration, and no iteration uses "
        "another's result (2 windows, 1 needed)"
    ]
    assert done.stderr.decode().splitlines()[-1] == "3 files checked (3 Python)"


def test_a_file_that_calls_is_fixed(cli: Cli) -> None:
    write(lib=LIBRARY, main=CALLER)
    done = cli(".", "--fix")
    assert Path("main.py").read_text() == 'from lib import launch\n\nlaunch("a")\nlaunch("b")\n'
    assert done.stderr.decode().splitlines()[0] == "1 finding fixed in 1 file, none left"


def test_what_would_be_fixed_in_a_file_that_calls_is_counted_once(cli: Cli) -> None:
    own = 'for agent in ["x", "y"]:\n    Task(subagent_type=agent, prompt="Go")\n'
    write(lib=LIBRARY, main=CALLER + own)
    done = cli(".", "--diff")
    assert done.stderr.decode().splitlines()[0] == "2 findings would be fixed in 1 file, none left"


def test_functions_of_files_that_are_not_selected_are_known(cli: Cli) -> None:
    write(lib=LIBRARY, main=CALLER)
    parts = [cli(".", "--shard", f"{part}/2", "--output-format", "concise").stdout.decode() for part in (1, 2)]
    assert sorted(map(len, parts))[0] == 0
    assert sum(part.count("dispatch-in-loop") for part in parts) == 1


def test_a_function_may_be_called_through_a_file_without_any_dispatch(cli: Cli) -> None:
    write(lib=LIBRARY, middle="import lib\n\n\ndef go(topic):\n    return lib.launch(topic)\n")
    write(main="from middle import go\n\nfor topic in topics:\n    go(topic)\n")
    found = cli(".", "--output-format", "concise").stdout.decode()
    assert found.startswith("main.py:4:5: warning[dispatch-in-loop]")


def test_a_function_may_be_called_by_the_name_that_a_package_gives_it(cli: Cli) -> None:
    Path("lib").mkdir()
    write(**{"lib/agents": LIBRARY, "lib/__init__": "from .agents import launch as go\n"})
    write(main='from lib import go\n\nfor topic in ["a", "b"]:\n    go(topic)\n')
    for arguments in (["."], ["main.py", "lib"]):
        found = cli(*arguments, "--output-format", "concise").stdout.decode()
        assert found.startswith("main.py:4:5: warning[dispatch-in-loop]")
    assert cli("--why", "main.py:4").stdout.decode().splitlines()[-1] == "  reported: dispatch-in-loop"


def test_what_is_spared_is_shown_across_files(cli: Cli) -> None:
    write(lib=LIBRARY, main='from lib import launch\n\na = launch("a")\nb = launch(a)\n')
    assert cli(".", "--show-exempt").stdout.decode() == (
        "main.py:4:5: spared[chain] a later dispatch needs an earlier one's result (dispatches in lines 3, 4)\n"
    )


def test_why_knows_what_a_file_imports(cli: Cli) -> None:
    write(lib=LIBRARY, main=CALLER)
    told = cli("--why", "main.py:4").stdout.decode().splitlines()
    assert told[0] == "main.py:4:5: `launch` dispatches: `launch()` is a function that dispatches"
    assert told[-1] == "  reported: dispatch-in-loop"


def test_a_hook_knows_what_a_file_imports(cli: Cli) -> None:
    write(lib=LIBRARY, main=CALLER)
    event = {"cwd": os.getcwd(), "tool_name": "Write", "tool_input": {"file_path": os.path.abspath("main.py")}}
    done = cli("hook", "post-edit", input=json.dumps(event).encode())
    assert (done.returncode, "dispatch-in-loop" in done.stderr.decode()) == (2, True)


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        pytest.param("main.py", "from lib import launch", True, id="by its module"),
        pytest.param("main.py", "from . import launch", False, id="of the package, which is another module"),
        pytest.param("main.py", "from lib import launches", False, id="a longer word"),
        pytest.param("main.py", "lib.launch()", False, id="nothing is imported"),
        pytest.param("lib.py", "import lib\nlaunch", False, id="the file that has it"),
        pytest.param("pkg/main.py", "from . import go", True, id="from the package itself"),
        pytest.param("main.py", "from lib import (\n    # all\n    launch,\n)", True, id="in brackets"),
        pytest.param("main.py", "from lib2 import (  # )\n    lib,\n)\nlaunch", True, id="behind a comment"),
        pytest.param("main.py", "from lib \\\n    import launch", True, id="over two lines"),
        pytest.param("main.py", "import os\nlib.launch()", False, id="another module is imported"),
        pytest.param("main.py", "def f():\r    import lib\r    lib.launch()", True, id="old line ends"),
    ],
)
def test_only_files_with_its_words_may_call_a_function(file: str, text: str, expected: bool) -> None:
    wanted = Wanted({str(ROOT / "lib.py"): ["launch"], str(ROOT / "pkg/__init__.py"): ["go"]})
    assert wanted.may_be_called(Document(ROOT / file, text)) is expected


def test_many_files_that_call_are_examined_again(cli: Cli) -> None:
    write(lib=LIBRARY, **{f"main_{number}": CALLER for number in range(8)})
    done = cli(".", "--output-format", "concise")
    assert done.stdout.decode().count("dispatch-in-loop") == 8


def test_a_caller_among_many_files_is_found(cli: Cli) -> None:
    write(lib=LIBRARY, zebra="from middle import go\n\nfor topic in topics:\n    go(topic)\n")
    write(middle="import lib\n\n\ndef go(topic):\n    return lib.launch(topic)\n")
    write(**{f"idle_{number}": "x = 1\n" for number in range(600)})
    found = cli(".", "--output-format", "concise").stdout.decode()
    assert found.startswith("zebra.py:4:5: warning[dispatch-in-loop]")
