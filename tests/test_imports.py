"""The files that a Python file imports: which are found, and which are left alone."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT

from taskfan_lint import Settings, imports
from taskfan_lint.config import Configs
from taskfan_lint.source import Document

AGENTS = 'def launch(topic):\n    return Task(subagent_type="researcher", prompt=f"Research {topic}")\n'
MIDDLE = "from .agents import launch\n\n\ndef go(topic):\n    return launch(topic)\n"


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def found(folder: Path, name: str, text: str, roots: tuple[str, ...] = ()) -> list[str]:
    """Return the files that a text in the place of a file imports, relative to the folder."""
    settings = Settings(root=folder)
    pairs = imports.imported(Document(folder / name, text), settings, lambda _: settings, roots=roots)
    return [str(document.path.relative_to(folder)) for document, _ in pairs]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("import a\nf(a.b.c)", ["a"], id="a module"),
        pytest.param("import a.b as c, d\nf()", ["a.b", "d"], id="several modules"),
        pytest.param("from a import b\nf()", ["a", "a.b"], id="a name, which may be a module"),
        pytest.param("from . import b\nf()", [".", ".b"], id="beside it"),
        pytest.param("from ..a.b import c\nf()", ["..a.b", "..a.b.c"], id="above it"),
        pytest.param("from a import (  # (one)\n    b,\n    c,\n)\n", ["a", "a.b", "a.c"], id="in brackets"),
        pytest.param("from a import b, \\\n    c\nf()", ["a", "a.b", "a.c"], id="continued"),
        pytest.param("def f():\n    import a; import b\n", ["a", "b"], id="in a function"),
        pytest.param("import a\nimport a\nf()", ["a"], id="twice"),
        pytest.param("import a\nx = f(]\n'''", ["a"], id="in a text that does not parse"),
        pytest.param("'''\nfrom here on\nimport nothing (else\n'''\n", ["nothing"], id="words in a string"),
        pytest.param("import a\nx = a\n", ["a"], id="without a call"),
        pytest.param("f(importance)\nimport_ = 1\n", [], id="no import"),
    ],
)
def test_modules_are_found_in_the_imports(text: str, expected: list[str]) -> None:
    assert list(imports.modules(text)) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        pytest.param("main.py", "from lib.agents import launch\n", ["lib/agents.py"], id="a function"),
        pytest.param("main.py", "from lib import agents\n", ["lib/agents.py"], id="a module"),
        pytest.param("main.py", "import pack\n", ["src/pack/__init__.py"], id="a package in src"),
        pytest.param("lib/main.py", "from . import agents\n", ["lib/agents.py"], id="beside it"),
        pytest.param("tests/main.py", "import lib.agents\n", ["lib/agents.py"], id="from another folder"),
        pytest.param("main.py", "from lib.plain import x\n", ["lib/plain.py"], id="without a dispatch"),
        pytest.param("main.py", "import lib.middle\n", ["lib/middle.py", "lib/agents.py"], id="through a second file"),
        pytest.param("main.py", "import pkg\n", ["pkg/__init__.py", "lib/agents.py"], id="through a package"),
        pytest.param("main.py", "import lib.outer\n", ["lib/outer.py"], id="a third file is too far"),
        pytest.param("main.py", "import main\nimport lib.loop\n", ["lib/loop.py"], id="not itself"),
        pytest.param("main.py", "import json, click, lib.missing\n", [], id="of no project"),
        pytest.param("venv/x/main.py", "from . import agents\n", [], id="installed"),
        pytest.param("main.md", "import lib.agents\n", [], id="from Markdown"),
        pytest.param("lib/main.py", "from ...above import x\n", [], id="above the root"),
        pytest.param("lib/main.py", "import outside\n", [], id="outside of the root"),
        pytest.param("main.py", "import lib.binary, lib.large\n", [], id="no text, and too large"),
    ],
)
def test_files_of_the_project_are_found(tmp_path: Path, name: str, text: str, expected: list[str]) -> None:
    folder = tmp_path / "project"
    write(
        folder,
        {
            "lib/agents.py": AGENTS,
            "pkg/__init__.py": "from lib.agents import launch\n",
            "lib/middle.py": MIDDLE + "from . import plain\n",
            "lib/outer.py": "from .middle import go\n\n\ndef away(topic):\n    return go(topic)\n",
            "lib/loop.py": "import main\nmain.run()\n",
            "lib/plain.py": "x = int(1)\n",
            "lib/binary.py": "\0",
            "lib/large.py": "x" * (Settings().max_file_size + 1),
            "src/pack/__init__.py": AGENTS,
            "venv/x/agents.py": AGENTS,
            "main.py": AGENTS,
            "../outside.py": AGENTS,
            "../above.py": AGENTS,
        },
    )
    assert found(folder, name, f"{text}launch(1)\n") == expected


def test_nothing_is_read_for_a_file_without_a_call(tmp_path: Path) -> None:
    write(tmp_path, {"agents.py": AGENTS})
    assert found(tmp_path, "main.py", "from agents import launch\n") == []


def test_the_number_of_files_is_bounded(tmp_path: Path) -> None:
    write(tmp_path, {f"m{number:03}.py": AGENTS for number in range(200)})
    text = "".join(f"import m{number:03}\n" for number in range(200)) + "m000.launch(1)\n"
    assert found(tmp_path, "main.py", text) == [f"m{number:03}.py" for number in range(imports.MOST_FILES)]


def test_a_file_outside_of_the_root_imports_from_its_own_folder(tmp_path: Path) -> None:
    write(tmp_path, {"a/agents.py": AGENTS, "agents.py": AGENTS})
    settings = Settings(root=Path("/nowhere"))
    document = Document(tmp_path / "a/main.py", "import agents\nagents.launch(1)\n")
    pairs = imports.imported(document, settings, lambda _: settings)
    assert [document.path for document, _ in pairs] == [tmp_path / "a/agents.py"]


def test_an_open_text_stands_for_the_file_on_disk(tmp_path: Path) -> None:
    write(tmp_path, {"agents.py": "x = 1\n"})
    settings = Settings(root=tmp_path)
    texts = {str(tmp_path / name): Document(tmp_path / name, AGENTS) for name in ("agents.py", "unsaved.py")}
    document = Document(tmp_path / "main.py", "import agents, unsaved\nagents.launch(1)\n")
    pairs = imports.imported(document, settings, lambda _: settings, texts=texts)
    assert [document for document, _ in pairs] == list(texts.values())


def test_each_file_has_the_settings_of_its_folder(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "taskfan-lint.toml": "max-unroll = 3\n",
            "lib/taskfan-lint.toml": 'dispatch-names = ["send"]\n',
            "lib/agents.py": "def launch(x):\n    send(x)\n",
            "broken/taskfan-lint.toml": "= 1\n",
            "broken/agents.py": AGENTS,
        },
    )
    configs = Configs()
    document = Document(tmp_path / "main.py", "from lib import agents\nimport broken.agents\nagents.launch(1)\n")
    settings = configs.settings(str(tmp_path))
    named = [(document, settings), (replace(document, path=tmp_path / "other.py"), settings)]
    pairs = imports.with_imports(named, configs.settings)
    assert [(str(one.path.relative_to(tmp_path)), own.dispatch_names) for one, own in pairs] == [
        ("main.py", ()),
        ("other.py", ()),
        ("lib/agents.py", ("send",)),
    ]


def test_a_plan_knows_what_imported_functions_dispatch(tmp_path: Path) -> None:
    write(tmp_path, {"lib/agents.py": AGENTS, "lib/middle.py": MIDDLE})
    write(tmp_path, {"main.py": 'from lib.middle import go\n\na = go("x")\nb = go("y")\n'})
    command = [sys.executable, "-m", "taskfan_lint", "plan", "main.py", "-q"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT)}
    )
    assert done.stdout.splitlines()[:5] == [
        "main.py:3",
        "",
        "as written is as planned: 1 group, at most 6 each, 1 min",
        "  researcher 1  (1 min) ⎤ at once: 1 min  Research x",
        "  researcher 2  (1 min) ⎦ Research y",
    ]
