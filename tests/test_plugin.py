"""The plugin for Claude Code: its manifests, its hook run as it is written, and the skill page."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from conftest import ROOT

from taskfan_lint import Settings, __version__, check
from taskfan_lint.rules import rule_names

TEXT = {"type": "string", "minLength": 1}
NAME = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 64}
PLUGIN = {
    "type": "object",
    "required": ["name", "version", "description"],
    "additionalProperties": False,
    "properties": {
        "name": NAME,
        "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
        "description": TEXT,
        "license": TEXT,
        "keywords": {"type": "array", "items": TEXT},
    },
}
MARKETPLACE = {
    "type": "object",
    "required": ["name", "owner", "plugins"],
    "additionalProperties": False,
    "properties": {
        "name": NAME,
        "owner": {"type": "object", "required": ["name"], "properties": {"name": TEXT}},
        "plugins": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name", "source"],
                "additionalProperties": False,
                "properties": {"name": NAME, "source": {"type": "string", "pattern": r"^\./"}, "description": TEXT},
            },
        },
    },
}
HOOK = {
    "type": "object",
    "required": ["type", "command"],
    "additionalProperties": False,
    "properties": {"type": {"const": "command"}, "command": TEXT, "timeout": {"type": "integer", "minimum": 1}},
}
MATCHED = {
    "type": "object",
    "required": ["matcher", "hooks"],
    "additionalProperties": False,
    "properties": {"matcher": TEXT, "hooks": {"type": "array", "items": HOOK, "minItems": 1}},
}
HOOKS = {
    "type": "object",
    "required": ["hooks"],
    "additionalProperties": False,
    "properties": {
        "description": TEXT,
        "hooks": {
            "type": "object",
            "propertyNames": {"enum": ["PostToolUse", "PostToolBatch"]},
            "additionalProperties": {"type": "array", "items": MATCHED},
        },
    },
}
SHAPES = {
    ".claude-plugin/plugin.json": PLUGIN,
    ".claude-plugin/marketplace.json": MARKETPLACE,
    "hooks/hooks.json": HOOKS,
}
SKILLS = sorted((ROOT / "skills").iterdir())
CASE = re.compile(
    r"^(?P<verdict>[❌✅])(?: `(?P<rule>[\w-]+)`: .+)?\n\n(?P<fence>```python\n(?:.*\n)*?```\n)", re.MULTILINE
)


def content(name: str) -> Any:
    return json.loads((ROOT / name).read_text(encoding="utf-8"))


def page(folder: Path) -> str:
    return (folder / "SKILL.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SHAPES)
def test_a_manifest_has_the_shape_that_is_documented(name: str) -> None:
    jsonschema.validate(content(name), SHAPES[name])


def test_the_documented_settings_hold_the_hook_of_the_plugin() -> None:
    [text] = re.findall(r"^```json\n(.*?)^```$", (ROOT / "docs/agents.md").read_text(encoding="utf-8"), re.M | re.S)
    said = json.loads(text)
    jsonschema.validate(said, HOOKS)
    [own] = content("hooks/hooks.json")["hooks"]["PostToolUse"]
    hook = {"type": "command", "command": own["hooks"][0]["command"]}
    assert said == {"hooks": {"PostToolUse": [{"matcher": own["matcher"], "hooks": [hook]}]}}


def test_the_plugin_has_the_version_of_the_package() -> None:
    assert content(".claude-plugin/plugin.json")["version"] == __version__


def test_the_marketplace_leads_to_the_plugin() -> None:
    [plugin] = content(".claude-plugin/marketplace.json")["plugins"]
    named = content(str(Path(plugin["source"], ".claude-plugin/plugin.json")))
    assert (plugin["name"], plugin["description"]) == (named["name"], named["description"])


def test_the_hook_runs_as_it_is_written(tmp_path: Path) -> None:
    [matched] = content("hooks/hooks.json")["hooks"]["PostToolUse"]
    assert matched["matcher"].split("|") == ["Write", "Edit"]
    (tmp_path / "run.py").write_text('for x in ["a", "b"]:\n    Task(subagent_type="r", prompt=f"Do {x}")\n')
    tool = {"tool_name": "Write", "tool_input": {"file_path": "run.py"}}
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    script = bin_folder / "taskfan-lint"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m taskfan_lint "$@"\n')
    script.chmod(0o755)
    path = os.pathsep.join([os.fspath(bin_folder), os.environ["PATH"]])
    for hook in matched["hooks"]:
        done = subprocess.run(
            ["sh", "-c", hook["command"]],
            input=json.dumps({"cwd": os.fspath(tmp_path), **tool}),
            env={**os.environ, "PATH": path, "PYTHONPATH": os.fspath(ROOT)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=hook["timeout"],
            check=False,
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.splitlines()[0] == "taskfan-lint: 1 finding in what was just written"


@pytest.mark.parametrize("folder", SKILLS, ids=lambda folder: folder.name)
def test_a_skill_says_its_name_and_when_it_is_for(folder: Path) -> None:
    front = yaml.safe_load(page(folder).split("---\n")[1])
    shape = {"name": {"const": folder.name, **NAME}, "description": {**TEXT, "maxLength": 1024}}
    required = ["name", "description"]
    jsonschema.validate(front, {"properties": shape, "required": required, "additionalProperties": False})


@pytest.mark.parametrize("folder", SKILLS, ids=lambda folder: folder.name)
def test_a_skill_is_silent(folder: Path) -> None:
    assert check(page(folder), "SKILL.md") == []


@pytest.mark.parametrize("folder", SKILLS, ids=lambda folder: folder.name)
def test_each_example_of_a_skill_is_what_its_mark_says(folder: Path) -> None:
    cases = list(CASE.finditer(page(folder)))
    assert len(cases) == page(folder).count("```python\n")
    for case in cases:
        found = [finding.code for finding in check(case["fence"], "example.md", Settings())]
        assert found == ([case["rule"]] if case["verdict"] == "❌" else []), case[0]


def test_the_skill_shows_each_rule_that_a_fan_out_can_break() -> None:
    shown = {case["rule"] for case in CASE.finditer(page(ROOT / "skills" / "fan-out")) if case["rule"]}
    silent_here = {"syntax-error", "unused-suppression", "wide-fan-out", "work-between-dispatches"}
    assert shown == set(rule_names()) - silent_here
