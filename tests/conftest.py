"""What several test modules share: the real command line, in an empty folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cases import accept
from hypothesis import settings

import taskfan_lint
from taskfan_lint.rules import rule_names

# Each run is like the one before, and no slow machine makes a test fail.
settings.register_profile("suite", derandomize=True, deadline=None, database=None)
settings.load_profile("suite")

# A shell's background jobs ignore interrupts, and what the tests start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(taskfan_lint.__file__).parent.parent
COLORS = {"NO_COLOR", "FORCE_COLOR"}

Cli = Callable[..., "subprocess.CompletedProcess[bytes]"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the report and fixed fences of the rule pages")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--accept") and not hasattr(config, "workerinput"):  # once, not in each process of the run
        for rule in rule_names():
            accept(rule)


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run `python -m taskfan_lint` in the test's empty folder, which is the current one of the test too."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, input: bytes = b"", **variables: str) -> subprocess.CompletedProcess[bytes]:
        kept = {name: value for name, value in os.environ.items() if name not in COLORS}
        environment = {**kept, "PYTHONPATH": os.fspath(ROOT), "PYTHONIOENCODING": "utf-8", **variables}
        command = [sys.executable, "-m", "taskfan_lint", *arguments]
        return subprocess.run(command, input=input, capture_output=True, env=environment, timeout=60, check=False)

    return run
