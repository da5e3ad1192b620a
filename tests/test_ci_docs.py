"""The recipes of docs/ci.md: what they say is parsed, and what they run is run, with a pip that installs nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from conftest import ROOT

PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
FENCE = re.compile(r"^```(?P<tag>\w+)[^\n]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
INPUT = re.compile(r"^\| `(?P<name>[a-z-]+)` \| (?P<default>[^|]+) \| [^|]+ \|$", re.MULTILINE)
LOOP = 'for topic in ["tests", "docs"]:\n    Task(subagent_type="reviewer", prompt=f"Review the {topic}")\n'
NAMES = ["a.py", "b.py", "c.py", "d.py", "e.py", "f.py", "g.py", "h.py"]


def fences(tag: str) -> list[str]:
    return [found["text"] for found in FENCE.finditer(PAGE) if found["tag"] == tag]


RECIPES: list[dict[str, Any]] = [yaml.safe_load(text) for text in fences("yaml")]
WORKFLOWS = [each for each in RECIPES if "jobs" in each]
[SHARDED] = [each for each in WORKFLOWS if "report" in each["jobs"]]


def recipe(key: str) -> Any:
    [found] = [each[key] for each in RECIPES if key in each]
    return found


def steps(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for job in workflow["jobs"].values():
        yield from job["steps"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a `taskfan-lint` of this checkout, a `pip` and a `pipx` in `bin`, and files with findings."""
    work, programs = tmp_path / "work", tmp_path / "bin"
    work.mkdir()
    programs.mkdir()
    own = f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m taskfan_lint "$@"\n'
    for name, text in (("taskfan-lint", own), ("pip", "#!/bin/sh\n"), ("pipx", "#!/bin/sh\n")):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    for name in NAMES:
        (work / name).write_text(LOOP)
    return work


def shell(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_"))}
    path = os.pathsep.join([os.fspath(folder.parent / "bin"), os.environ["PATH"]])
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={**kept, "PATH": path, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def run_all(scripts: list[str], folder: Path) -> list[int]:
    return [shell(script, folder).returncode for script in scripts]


def test_no_workflow_puts_an_expression_into_a_script() -> None:
    assert [step["run"] for each in WORKFLOWS for step in steps(each) if "${{" in step.get("run", "")] == []


def test_the_action_is_given_inputs_that_it_has() -> None:
    used = [step["with"] for each in WORKFLOWS for step in steps(each) if "/taskfan-lint@" in step.get("uses", "")]
    assert [set(each) - set(ACTION["inputs"]) for each in used] == [set()]


def test_the_inputs_of_the_action_are_listed_with_their_defaults() -> None:
    said = {found["name"]: found["default"].strip("`").replace("none", "") for found in INPUT.finditer(PAGE)}
    assert said == {name: each["default"] for name, each in ACTION["inputs"].items()}


def test_the_workflow_without_the_action_annotates(folder: Path) -> None:
    [plain] = [each for each in WORKFLOWS if not any("taskfan-lint@" in str(step.get("uses")) for step in steps(each))
               and each is not SHARDED]  # fmt: skip
    scripts = [step["run"] for step in steps(plain) if "run" in step]
    assert run_all(scripts, folder) == [0, 1]
    assert len(json.loads((folder / "findings.json").read_text())) == len(NAMES)


def test_the_gitlab_job_writes_the_report_that_it_names(folder: Path) -> None:
    job = recipe("taskfan-lint")
    assert run_all(job["script"], folder) == [0, 1]
    report = json.loads((folder / job["artifacts"]["reports"]["codequality"]).read_text())
    assert [entry["location"]["path"] for entry in report] == NAMES


def test_the_azure_pipeline_writes_the_tests_that_it_publishes(folder: Path) -> None:
    tasks = recipe("steps")
    assert run_all([each["script"] for each in tasks if "script" in each], folder) == [0, 1]
    [published] = [each["inputs"]["testResultsFiles"] for each in tasks if "testResultsFiles" in each.get("inputs", {})]
    assert len(ElementTree.parse(folder / published).findall(".//failure")) == len(NAMES)


def test_the_jenkins_pipeline_writes_the_tests_that_it_publishes(folder: Path) -> None:
    [text] = fences("groovy")
    assert run_all(re.findall(r"^ *sh '(.*)'$", text, re.MULTILINE), folder) == [0, 1]
    [published] = re.findall(r"^ *junit '(.*)'$", text, re.MULTILINE)
    assert len(ElementTree.parse(folder / published).findall(".//failure")) == len(NAMES)


def test_the_hooks_of_the_pre_commit_recipe_are_those_of_this_repository() -> None:
    [repository] = recipe("repos")
    known = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in repository["hooks"]] == [hook["id"] for hook in known]


def results(file: Path) -> list[str]:
    [run] = json.loads(file.read_text())["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
    return sorted(each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in run["results"])


def test_the_parts_of_the_shards_merge_into_the_whole(folder: Path) -> None:
    lint, report = SHARDED["jobs"]["lint"], SHARDED["jobs"]["report"]
    [script] = [step["run"] for step in lint["steps"] if "--shard" in step.get("run", "")]
    for shard in lint["strategy"]["matrix"]["shard"]:
        assert shell(script, folder, SHARD=str(shard)).returncode == 0
    parts = [results(file) for file in sorted(folder.glob("part-*.sarif"))]
    assert len(parts) == len(lint["strategy"]["matrix"]["shard"])
    assert sorted(name for part in parts for name in part) == NAMES
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed, so the parts are not merged")
    [merge] = [step["run"] for step in report["steps"] if "run" in step]
    done = shell(merge, folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert results(folder / report["steps"][-1]["with"]["sarif_file"]) == NAMES


def test_the_bazel_test_runs_in_shards(folder: Path) -> None:
    [build] = fences("starlark")
    [script] = fences("bash")
    shards = int(re.findall(r"shard_count = (\d+)", build)[0])
    found: list[str] = []
    for shard in range(shards):
        outputs = folder.parent / f"outputs-{shard}"
        outputs.mkdir()
        done = shell(
            script,
            folder,
            TEST_TOTAL_SHARDS=str(shards),
            TEST_SHARD_INDEX=str(shard),
            TEST_SHARD_STATUS_FILE=os.fspath(outputs / "status"),
            TEST_UNDECLARED_OUTPUTS_DIR=os.fspath(outputs),
            XML_OUTPUT_FILE=os.fspath(outputs / "test.xml"),
        )
        own = results(outputs / f"part-{shard + 1}.sarif")
        assert done.returncode == bool(own), done.stderr
        assert (outputs / "status").exists()
        assert len(ElementTree.parse(outputs / "test.xml").findall(".//failure")) == len(own)
        found += own
    assert sorted(found) == NAMES
