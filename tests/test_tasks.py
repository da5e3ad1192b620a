"""Tests of the tasks file: TOML, JSON and YAML to tasks, and what is said about what cannot be used."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from taskfan_lint.config import ConfigError
from taskfan_lint.schedule import Mode, Task
from taskfan_lint.tasks import TaskFile, read_tasks

TOML = """\
max-fan-out = 3
mode = "rolling"
measured = "1 h"

[[tasks]]
name = "scan"
duration = 5
writes = ["scan.md"]

[[tasks]]
name = "build"
agent = "builder"
prompt = "Build it"
duration = "90 s"
after = ["scan"]
reads = ["scan.md"]

[[tasks.children]]
name = "api"

[[tasks]]
name = "report"
after = "build"
"""
EXPECTED = TaskFile(
    (
        Task("scan", 5, writes=("scan.md",)),
        Task(
            "build",
            1.5,
            after=("scan",),
            reads=("scan.md",),
            children=(Task("api"),),
            agent="builder",
            prompt="Build it",
        ),
        Task("report", after=("build",)),
    ),
    3,
    Mode.ROLLING,
    60,
    ("build / api", "report"),
)


def file(name: str, text: str | bytes) -> Path:
    path = Path(name)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_tasks_file_says_what_tasks_there_are() -> None:
    assert read_tasks(file("plan.toml", TOML)) == EXPECTED


def test_json_and_yaml_say_the_same() -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML is an extra")
    content = {
        "max-fan-out": 3,
        "mode": "rolling",
        "measured": 60,
        "tasks": {
            "scan": {"duration": 5, "writes": ["scan.md"]},
            "build": {
                "agent": "builder",
                "prompt": "Build it",
                "duration": 1.5,
                "after": ["scan"],
                "reads": ["scan.md"],
                "children": [{"name": "api"}],
            },
            "report": {"after": ["build"]},
        },
    }
    assert read_tasks(file("plan.json", json.dumps(content))) == EXPECTED
    assert read_tasks(file("plan.yaml", yaml.safe_dump(content, sort_keys=False))) == EXPECTED


def test_a_list_alone_is_the_tasks() -> None:
    assert read_tasks(file("plan.json", '[{"agent": "a"}, {"duration": 2}]')).tasks == (
        Task("a", agent="a"),
        Task("task 2", 2),
    )


def test_a_task_may_be_a_duration_alone() -> None:
    assert read_tasks(file("plan.json", '[5, "90 s"]')).tasks == (Task("task 1", 5), Task("task 2", 1.5))
    assert read_tasks(file("plan.toml", "tasks = {scan = 5}")).tasks == (Task("scan", 5),)


def test_the_own_work_of_an_orchestrator_is_none_where_nothing_is_said() -> None:
    found = read_tasks(file("plan.json", '[{"name": "a", "children": [{"name": "b", "duration": 2}]}]'))
    assert (found.tasks, found.guessed) == ((Task("a", 0, children=(Task("b", 2),)),), ())


@pytest.mark.parametrize(
    ("name", "text", "row", "reason"),
    [
        pytest.param("a.txt", "", 0, "is neither .toml, .json nor .yaml", id="suffix"),
        pytest.param("a.toml", "tasks = [", 1, "broken TOML: Invalid value", id="TOML"),
        pytest.param("a.json", '{"tasks":\n[}', 2, "broken JSON: expecting value", id="JSON"),
        pytest.param(
            "a.yaml", "tasks: [\n", 2, "broken YAML: expected the node content, but found '<stream end>'", id="YAML"
        ),
        pytest.param("a.json", b'{"a": "\xff"}', 1, "is not UTF-8 text", id="text"),
        pytest.param("a.json", "{}", 0, "has no tasks", id="none"),
        pytest.param("a.json", "3", 0, "`tasks` is a list of tables, or a table of them by name", id="no list"),
        pytest.param("a.json", "[[]]", 0, "`tasks`: entry 1 is a table, not a list", id="no table"),
        pytest.param("a.json", '{"task": []}', 0, "the file: unknown key `task`, did you mean `tasks`?", id="file key"),
        pytest.param(
            "a.json",
            '[{"name": "a", "duratoin": 1}]',
            0,
            "`a`: unknown key `duratoin`, did you mean `duration`?",
            id="key",
        ),
        pytest.param("a.json", '[{"name": ""}]', 0, "`name` of task 1 is a text, not ``", id="no name"),
        pytest.param(
            "a.json",
            '[{"name": "a", "duration": -1}]',
            0,
            "`a`: `duration` is minutes from 0 on, or a text such as `5 min`, not `-1`",
            id="negative duration",
        ),
        pytest.param(
            "a.json",
            '[{"name": "a", "children": [{"name": "b", "duration": "soon"}]}]',
            0,
            "`a / b`: `duration` is minutes from 0 on, or a text such as `5 min`, not `soon`",
            id="no duration",
        ),
        pytest.param(
            "a.json",
            '[{"name": "a", "duration": true}]',
            0,
            "`a`: `duration` is minutes from 0 on, or a text such as `5 min`, not `True`",
            id="a flag",
        ),
        pytest.param(
            "a.json",
            '[{"name": "a", "after": {"b": 1}}]',
            0,
            "`a`: `after` is a list of texts, not a table",
            id="after",
        ),
        pytest.param(
            "a.json", '[{"name": "a", "prompt": null}]', 0, "`a`: `prompt` is a text, not nothing", id="prompt"
        ),
        pytest.param(
            "a.json",
            '[{"name": "a", "children": 3}]',
            0,
            "`a`: `children` is a list of tables, or a table of them by name",
            id="children",
        ),
        pytest.param(
            "a.json",
            '{"max-fan-out": 0, "tasks": [{}]}',
            0,
            "`max-fan-out` is a whole number above 0, not `0`",
            id="width",
        ),
        pytest.param(
            "a.json", '{"mode": "wild", "tasks": [{}]}', 0, "`mode` is `groups` or `rolling`, not `wild`", id="mode"
        ),
        pytest.param(
            "a.json",
            '[{"children": ' * 60 + "[]" + "}]" * 60,
            0,
            "is nested deeper than 50 levels",
            id="deep",
        ),
        pytest.param("a.json", "[" * 100_000, 0, "is nested deeper than 50 levels", id="very deep"),
    ],
)
def test_what_cannot_be_used_says_why(name: str, text: str, row: int, reason: str) -> None:
    path = file(name, text)
    with pytest.raises(ConfigError) as error:
        read_tasks(path)
    assert (error.value.path, error.value.reason) == (f"{name}:{row}" if row else name, reason)


def test_yaml_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)  # what import does where a module is not there
    with pytest.raises(ConfigError) as error:
        read_tasks(file("a.yaml", "tasks: []"))
    assert error.value.reason == "YAML needs PyYAML: `pip install taskfan-lint[yaml]`, or write TOML or JSON"
