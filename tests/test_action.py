"""The GitHub Action: its shape, and its `run:` lines, executed with the variables that the runner gives them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT

EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
LOOP = 'for topic in ["tests", "docs"]:\n    Task(subagent_type="reviewer", prompt=f"Review the {topic}")\n'
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
HOSTILE = '$(touch hacked) `touch hacked` "; touch hacked; " \' && touch hacked'


@dataclass
class Runner:
    """As much of the runner as a composite action needs: inputs, variables, files to write to; `uses:` is skipped."""

    workspace: Path
    bin_folder: Path
    inputs: dict[str, str]
    temp: Path
    output: str = ""
    statuses: list[int] = field(default_factory=list)

    def run(self) -> Runner:
        for step in STEPS:
            if "run" in step and not any(self.statuses):
                done = self._step(step)
                self.output += done.stdout
                self.statuses.append(done.returncode)
        return self

    def _step(self, step: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        script = self.temp / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_"))},
            **{name: EXPRESSION.sub(self._value, value) for name, value in step["env"].items()},
            "PATH": os.pathsep.join([os.fspath(self.bin_folder), os.environ["PATH"]]),
            "GITHUB_OUTPUT": os.fspath(self.temp / "output"),
            "GITHUB_STEP_SUMMARY": os.fspath(self.temp / "summary"),
            "GITHUB_WORKSPACE": os.fspath(self.workspace),
            "GITHUB_ACTIONS": "true",
        }
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", os.fspath(script)]
        return subprocess.run(
            command, cwd=self.workspace, env=environment, capture_output=True, text=True, timeout=300, check=False
        )

    def _value(self, found: re.Match[str]) -> str:
        scope, _, name = found[1].partition(".")
        return {**self._defaults(), **self.inputs}[name] if scope == "inputs" else {"action_path": str(ROOT)}[name]

    def _defaults(self) -> dict[str, str]:
        return {name: each["default"] for name, each in ACTION["inputs"].items()}

    def written(self, name: str) -> str:
        file = self.temp / name
        return file.read_text(encoding="utf-8") if file.exists() else ""


@pytest.fixture
def runner(tmp_path: Path, request: pytest.FixtureRequest) -> Runner:
    """A runner whose installation is that of this environment: pip is passed over."""
    workspace, bin_folder, temp = tmp_path / "work", tmp_path / "bin", tmp_path / "temp"
    for folder in (workspace, bin_folder, temp):
        folder.mkdir()
    (workspace / "run.py").write_text(LOOP)
    (bin_folder / "python").write_text(f'#!/bin/sh\necho "python $*" >> "{temp}/installed"\n')
    (bin_folder / "taskfan-lint").write_text(
        f'#!/bin/sh\nPYTHONPATH="{ROOT}" "{sys.executable}" -m taskfan_lint "$@"\n'
    )
    for script in bin_folder.iterdir():
        script.chmod(0o755)
    return Runner(workspace, bin_folder, {}, temp)


def test_every_input_is_described_and_has_a_default() -> None:
    assert {name: set(each) for name, each in ACTION["inputs"].items()} == {
        name: {"description", "default"} for name in ("version", "args", "sarif", "summary", "python-version")
    }


def test_no_expression_stands_in_a_run_line() -> None:
    assert [step["name"] for step in STEPS if "run" in step and EXPRESSION.search(step["run"])] == []


def test_every_run_line_names_its_shell_and_its_variables() -> None:
    for step in STEPS:
        if "run" in step:
            assert step["shell"] == "bash"
            assert set(re.findall(r"TASKFAN_\w+", step["run"])) == set(step["env"])


def test_findings_become_annotations_a_summary_and_a_failed_step(runner: Runner) -> None:
    runner.run()
    assert runner.statuses == [0, 1]
    assert [line.partition("::")[2].partition(" ")[0] for line in runner.output.splitlines()] == ["warning"]
    assert runner.written("output") == "status=1\n"
    assert runner.written("summary").splitlines()[0] == "### taskfan-lint: 1 finding"
    assert runner.written("installed") == f"python -I -m pip install --quiet {ROOT}\n"


def test_clean_files_succeed(runner: Runner) -> None:
    (runner.workspace / "run.py").write_text("")
    assert runner.run().statuses == [0, 0]
    assert (runner.output, runner.written("output")) == ("", "status=0\n")


def test_sarif_is_written_where_the_upload_looks_for_it(runner: Runner) -> None:
    runner.inputs["sarif"] = "out put.sarif"
    runner.run()
    [run] = json.loads((runner.workspace / "out put.sarif").read_text())["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["dispatch-in-loop"]
    [upload] = [step for step in STEPS if "upload-sarif" in step.get("uses", "")]
    assert upload["with"]["sarif_file"] == "${{ inputs.sarif }}"


def test_the_summary_can_be_left_out(runner: Runner) -> None:
    runner.inputs["summary"] = "false"
    assert runner.run().statuses == [0, 1]
    assert runner.written("summary") == ""


@pytest.mark.parametrize(
    ("args", "status"),
    [
        ("", 1),
        (" \n", 1),
        ("--exit-zero .", 0),
        ("--select late-context\n  run.py", 0),
        ("'with blanks/run.py' \"run.py\"", 1),
        ("'with blanks/run.py'", 0),
        ("gone.py", 2),
        ("*.py", 2),
        ("'open", 2),
    ],
)
def test_arguments_are_words_and_nothing_else(runner: Runner, args: str, status: int) -> None:
    (runner.workspace / "with blanks").mkdir()
    (runner.workspace / "with blanks" / "run.py").write_text("")
    runner.inputs["args"] = args
    assert runner.run().statuses == [0, status]


@pytest.mark.parametrize("name", ["args", "sarif", "summary", "version"])
def test_no_input_is_ever_executed(runner: Runner, name: str) -> None:
    for text in (HOSTILE, HOSTILE.replace("'", ""), "a\n'; touch hacked #"):
        runner.statuses.clear()
        runner.inputs[name] = text
        runner.run()
    assert not (runner.workspace / "hacked").exists()


@pytest.mark.parametrize(("version", "status"), [("0.1.0", 0), ("1!2.0rc1+local", 0), ("0.1 --index-url x", 2)])
def test_a_version_is_installed_by_its_number(runner: Runner, version: str, status: int) -> None:
    runner.inputs["version"] = version
    assert runner.run().statuses[0] == status
    said = f"python -I -m pip install --quiet taskfan-lint=={version}\n"
    assert runner.written("installed") == ("" if status else said)


@pytest.mark.e2e
def test_the_action_installs_itself_and_checks(runner: Runner) -> None:
    folder = runner.temp / "python"
    venv.create(folder, with_pip=True)
    runner.bin_folder = folder / "bin"
    assert runner.run().statuses == [0, 1]
    assert runner.written("output") == "status=1\n"
