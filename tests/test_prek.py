"""End-to-end test of the hooks under prek: the real program installs this repository and runs both."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

import pytest
from test_pre_commit import FILES, hooks, run, sample, texts

__all__ = ["hooks", "sample"]  # fixtures

pytestmark = pytest.mark.e2e

PROGRAM = Path(sysconfig.get_path("scripts"), "prek")


def prek(hook: str, hooks: Path, sample: Path) -> subprocess.CompletedProcess[str]:
    revision = run("git", "rev-parse", "HEAD", folder=hooks).stdout.strip()
    config = f"repos:\n  - repo: {hooks}\n    rev: {revision}\n    hooks:\n      - id: {hook}\n"
    (sample / ".pre-commit-config.yaml").write_text(config)
    run("git", "add", ".pre-commit-config.yaml", folder=sample)
    path = os.pathsep.join([os.fspath(PROGRAM.parent), os.environ["PATH"]])
    home = os.fspath(hooks.parent / "prek-home")
    return run(os.fspath(PROGRAM), "run", "--all-files", "--color=never", folder=sample, PREK_HOME=home, PATH=path)


def test_the_hook_reports_and_changes_nothing(hooks: Path, sample: Path) -> None:
    done = prek("taskfan-lint", hooks, sample)
    assert done.returncode == 1, done.stderr
    found = [line.strip().partition("]")[0] for line in done.stdout.splitlines() if "[dispatch-in-loop]" in line]
    assert sorted(found) == [
        "plan.md:5:5: warning[dispatch-in-loop",
        "run.py:2:5: warning[dispatch-in-loop",
        "script:3:5: warning[dispatch-in-loop",
    ]
    assert texts(sample) == FILES


def test_the_fixing_hook_fixes_what_is_not_excluded(hooks: Path, sample: Path) -> None:
    done = prek("taskfan-lint-fix", hooks, sample)
    assert done.returncode == 1, done.stderr
    changed = [name for name, text in texts(sample).items() if text != FILES[name]]
    assert changed == ["plan.md", "run.py", "script"]
    done = prek("taskfan-lint-fix", hooks, sample)
    assert done.returncode == 0, done.stdout
