"""The README shows what the tool does: its example, its tables and its library code are executed."""

from __future__ import annotations

import re
import stat
import subprocess
from pathlib import Path

import pytest
from cases import Part, parts
from conftest import ROOT, Cli

from taskfan_lint import engine
from taskfan_lint.finding import Severity
from taskfan_lint.options import OPTIONS
from taskfan_lint.report import Look, Report
from taskfan_lint.report.text import render
from taskfan_lint.rules import rules
from taskfan_lint.settings import Settings
from taskfan_lint.source import Document

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
MAIN = {rule.name for rule in rules() if rule.check}


def part(kind: str) -> Part:
    return next(one for one in parts(README) if one.kind == kind)


def prompt() -> Document:
    return Document(Path("commands/review.md"), part("prompt").code)


def test_the_report_is_what_the_tool_prints() -> None:
    findings = engine.check(prompt(), Settings()).findings
    assert part("report").code == render([Report(prompt(), findings)], Look())


def test_the_fixed_fence_is_what_the_fix_makes() -> None:
    text, _ = engine.fix(prompt(), Settings())
    assert part("fixed").code == parts(text)[0].code


PSEUDO_CODE = {
    "key: value": 'Task(subagent_type: "a", prompt: "x")\nawait log()\nTask(subagent_type: "b", prompt: "y")\n',
    "elision": 'Task(subagent_type="a", ...)\nawait log()\nTask(subagent_type="b", ...)\n',
    "lines in quotes": 'Task(subagent_type="a", prompt="x\ny")\nawait log()\nTask(subagent_type="b", prompt="z")\n',
    "comments": '// first\nTask(subagent_type="a", prompt="x")\nawait log()\nTask(subagent_type="b", prompt="y")\n',
    "for each": 'FOR EACH file:\n    Task(subagent_type="a", prompt="Review {file}")\n',
    "sentences": 'Send both:\nTask(subagent_type="a", prompt="x")\nWait.\nTask(subagent_type="b", prompt="y")\n',
}


@pytest.mark.parametrize("code", PSEUDO_CODE.values(), ids=PSEUDO_CODE)
def test_the_pseudo_code_that_the_readme_names_is_read(code: str) -> None:
    checked = engine.check(Document(Path("prompt.md"), f"```\n{code}```\n"), Settings())
    assert [finding.severity >= Severity.WARNING for finding in checked.findings] == [True]
    assert not checked.unreadable


def test_the_table_of_rules_is_complete() -> None:
    rows = re.findall(r"^\| \[([\w-]+)\]\(rules/\1\.md\) \|.*\| (\w+) \|[^|]*\|$", README, re.MULTILINE)
    assert sorted(rows) == [(rule.name, str(rule.severity)) for rule in rules()]


def test_the_table_of_keys_is_complete() -> None:
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (.*?) \| .* \|$", README, re.MULTILINE))
    assert list(rows) == [*OPTIONS, "extend"]
    for key in ("max-fan-out", "max-unroll", "max-file-size"):
        assert rows[key] == f"`{getattr(Settings(), OPTIONS[key].field)}`"


def test_the_library_code_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    exec(part("library").code, {})
    shown = capsys.readouterr().out.splitlines()
    assert [line for line in shown if line.startswith("error")] == [
        'error conflicting-outputs Task(subagent_type="translator", prompt="Read docs/release-notes.md. '
        'Output: docs/release-notes.de.md")'
    ]
    assert not any("wide-fan-out" in line for line in shown)


def test_the_examples_show_each_rule_and_a_safe_fix(cli: Cli) -> None:
    done = cli("check", "--exit-zero", "--output-format=concise", str(ROOT / "examples"))
    assert done.returncode == 0
    found = re.findall(r" \w+\[([\w-]+)\] (\[\*\])?", done.stdout.decode())
    assert {code for code, _ in found} == MAIN
    assert any(safe for _, safe in found)
    assert b"1 finding in marked counter-examples not shown" in done.stderr


def test_ci_runs_the_commands_of_the_readme() -> None:
    script = ROOT / ".ci" / "run"
    assert [line.rpartition(" && ")[2] for line in COMMANDS] == [
        ".venv/bin/taskfan-lint check --exit-zero examples/",
        ".venv/bin/python -m pytest",
    ]
    assert script.stat().st_mode & stat.S_IXUSR
    listed = subprocess.run([script, "--list"], capture_output=True, text=True, check=True).stdout.splitlines()
    assert listed[: len(COMMANDS)] == COMMANDS
