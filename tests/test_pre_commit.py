"""End-to-end test of the pre-commit hooks: the real pre-commit installs this repository and runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

pytestmark = pytest.mark.e2e

SHIPPED = (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE", "rules", "taskfan_lint")
LOOP = 'for topic in ["tests", "docs"]:\n    Task(subagent_type="reviewer", prompt=f"Review the {topic}")\n'
FILES = {
    "plan.md": f"# Plan\n\n```python\n{LOOP}```\n",
    "run.py": LOOP,
    "script": "#!/usr/bin/env python3\n" + LOOP,
    "excluded.py": LOOP,
    "notes.txt": LOOP,
    "pyproject.toml": '[tool.taskfan-lint]\nextend-exclude = ["excluded.py"]\n',
}


def run(*command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(
        command, cwd=folder, env={**kept, **variables}, capture_output=True, text=True, timeout=300, check=False
    )


def commit(folder: Path) -> None:
    identity = ("-c", "user.name=sample", "-c", "user.email=sample@example.org")
    for command in (("init", "--quiet"), ("add", "--all"), (*identity, "commit", "--quiet", "--message=sample")):
        done = run("git", *command, folder=folder)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that holds what this one ships."""
    folder = tmp_path_factory.mktemp("hooks")
    for name in SHIPPED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    commit(folder)
    return folder


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "script").chmod(0o755)
    commit(tmp_path)
    return tmp_path


def try_repo(hook: str, hooks: Path, sample: Path, *files: str) -> subprocess.CompletedProcess[str]:
    home = os.fspath(hooks.parent / "pre-commit-home")
    chosen = ("--files", *files) if files else ("--all-files",)
    command = (sys.executable, "-m", "pre_commit", "try-repo", os.fspath(hooks), hook, *chosen, "--color=never")
    return run(*command, folder=sample, PRE_COMMIT_HOME=home)


def texts(folder: Path) -> dict[str, str]:
    return {name: (folder / name).read_text(encoding="utf-8") for name in FILES}


def test_the_manifest_is_valid() -> None:
    done = run(sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml", folder=ROOT)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_hook_reports_and_changes_nothing(hooks: Path, sample: Path) -> None:
    done = try_repo("taskfan-lint", hooks, sample)
    assert done.returncode == 1, done.stderr
    found = [line.partition("]")[0] for line in done.stdout.splitlines() if "[dispatch-in-loop]" in line]
    assert sorted(found) == [
        "plan.md:5:5: warning[dispatch-in-loop",
        "run.py:2:5: warning[dispatch-in-loop",
        "script:3:5: warning[dispatch-in-loop",
    ]
    assert texts(sample) == FILES


def test_the_hook_reads_scripts(hooks: Path, sample: Path) -> None:
    loop = 'for (const topic of topics) {\n  await Task({ subagent_type: "reviewer", prompt: topic });\n}\n'
    names = ("a.js", "b.mjs", "c.ts", "d.tsx", "e.jsx")
    for name in names:
        (sample / name).write_text(loop, encoding="utf-8")
    done = try_repo("taskfan-lint", hooks, sample, *names)
    found = [line.partition("]")[0] for line in done.stdout.splitlines() if "[dispatch-in-loop]" in line]
    assert sorted(found) == [f"{name}:2:9: warning[dispatch-in-loop" for name in names]


def test_the_fixing_hook_fixes_what_is_not_excluded(hooks: Path, sample: Path) -> None:
    done = try_repo("taskfan-lint-fix", hooks, sample)
    assert done.returncode == 1, done.stderr
    assert "files were modified by this hook" in done.stdout
    changed = [name for name, text in texts(sample).items() if text != FILES[name]]
    assert changed == ["plan.md", "run.py", "script"]
    done = try_repo("taskfan-lint-fix", hooks, sample)
    assert done.returncode == 0, done.stdout
