"""Completion by the shells themselves: each runs the script that it is given and is asked for its answer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Cli

from taskfan_lint.commands import command, command_names
from taskfan_lint.report import formats
from taskfan_lint.rules import rule_names

BASH = """
eval "$(taskfan-lint completion bash)"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
compopt() { echo "file names"; }
_taskfan_lint_completion taskfan-lint
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a `taskfan-lint` into the PATH that is the one of this checkout."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "taskfan-lint"
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m taskfan_lint "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([os.fspath(folder), os.environ["PATH"]]))
    monkeypatch.chdir(tmp_path)


def shell(*command: str) -> list[str]:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    return [line for line in done.stdout.split("\n") if line]


def bash(*words: str) -> list[str]:
    """Return what bash offers for the last one of the words behind `taskfan-lint`."""
    return shell("bash", "--norc", "-c", BASH, "bash", "taskfan-lint", *words)


def options_of_check() -> list[str]:
    return [name for parameter in command("check").params for name in parameter.opts if name.startswith("-")]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        pytest.param([""], list(command_names()), id="commands"),
        pytest.param(["comp"], ["completion"], id="command"),
        pytest.param(["--fi"], ["--fix"], id="option-of-the-default-command"),
        pytest.param(["--ver"], ["--version", "--verbose"], id="options-of-both"),
        pytest.param(["docs", "--unsafe"], ["--unsafe-fixes"], id="option-behind-a-path"),
        pytest.param(["--select", "l"], ["late-context"], id="rule"),
        pytest.param(["--select", "late-context,wi"], ["late-context,wide-fan-out"], id="rule-behind-a-comma"),
        pytest.param(["--ignore", ""], list(rule_names()), id="rules"),
        pytest.param(["check", "--extend-select", "syn"], ["syntax-error"], id="rule-of-the-named-command"),
        pytest.param(["--output", ""], list(formats()), id="formats"),
        pytest.param(["--output-format", "co"], ["concise"], id="format"),
        pytest.param(["--fail-on", ""], ["error", "warning", "info"], id="severities"),
        pytest.param(["--color", "a"], ["auto", "always"], id="choice"),
        pytest.param(["rule", "wi"], ["wide-fan-out"], id="rule-page"),
        pytest.param(["rule", "--"], ["--all", "--output-format", "--help"], id="options-of-a-command"),
        pytest.param(["hook", "post-"], ["post-batch", "post-edit"], id="subcommand"),
        pytest.param(["completion", ""], ["bash", "zsh", "fish"], id="shells"),
        pytest.param(["docs/"], ["file names"], id="path"),
        pytest.param(["--config", ""], ["file names"], id="file"),
        pytest.param(["--output", "json:f"], ["file names"], id="file-behind-a-format"),
    ],
)  # fmt: skip
def test_bash_completes(words: list[str], offered: list[str]) -> None:
    assert bash(*words) == offered


def test_bash_completes_each_option_of_the_default_command() -> None:
    assert sorted(bash("-")) == sorted({*options_of_check(), "--version", "-h", "--help"})


def test_fish_completes() -> None:
    ask = "taskfan-lint completion fish | source; complete -C"
    assert shell("fish", "--no-config", "-c", f"{ask} 'taskfan-lint rule wi'") == ["wide-fan-out"]
    assert shell("fish", "--no-config", "-c", f"{ask} 'taskfan-lint --unsafe'") == [
        "--unsafe-fixes\tWith --fix or --diff: the unsafe fixes too."
    ]


def test_zsh_reads_its_script() -> None:
    ask = 'autoload -U compinit; compinit -u -D; eval "$(taskfan-lint completion zsh)"; echo $_comps[taskfan-lint]'
    assert shell("zsh", "-f", "-c", ask) == ["_taskfan_lint_completion"]


def test_an_unknown_shell_is_an_error(cli: Cli) -> None:
    done = cli("completion", "tcsh")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == (
        "taskfan-lint: error: Invalid value for '{bash|zsh|fish}': 'tcsh' is not one of 'bash', 'zsh', 'fish'.\n"
        "try `taskfan-lint --help`\n"
    )
