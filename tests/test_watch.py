"""The command `watch`, as a real process whose lines are waited for."""

from __future__ import annotations

import os
import pty
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from conftest import ROOT, Cli

LOOP = 'for topic in ["tests", "docs"]:\n    Task(subagent_type="reviewer", prompt=f"Review the {topic}")\n'
CLEAN = 'Task(subagent_type="reviewer", prompt="Review the tests")\n'
WATCHING = "watching for changes, Ctrl-C ends"
LIMIT = 60.0


class Watched:
    """A `watch` process and its lines, those of both streams in one order."""

    def __init__(self, process: subprocess.Popen[bytes], output: int) -> None:
        self.process = process
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, args=(output,), daemon=True).start()

    def _read(self, output: int) -> None:
        with open(output, "rb", closefd=False) as stream, suppress(OSError):  # a screen ends with an error
            for line in stream:
                self._lines.put(line.decode().rstrip("\r\n"))

    def until(self, last: str) -> list[str]:
        """Return the lines up to one that starts so, with the words of a finding's line cut off."""
        lines: list[str] = []
        while not lines or not lines[-1].startswith(last):
            lines.append(self._lines.get(timeout=LIMIT).partition("]")[0])
        return lines

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=LIMIT)


def put(name: str, text: str) -> None:
    """Write a file at once and whole, so that no half of it is ever seen."""
    half = Path(f"{name}.half")
    half.write_text(text)
    half.replace(name)


@contextmanager
def watching(*arguments: str, screen: bool = False) -> Iterator[Watched]:
    reader, writer = pty.openpty() if screen else os.pipe()
    environment = {**os.environ, "PYTHONPATH": os.fspath(ROOT), "NO_COLOR": "1", "TERM": "xterm"}
    command = [sys.executable, "-m", "taskfan_lint", "watch", "--output-format=concise", *arguments]
    process = subprocess.Popen(command, stdout=writer, stderr=writer, stdin=subprocess.DEVNULL, env=environment)
    os.close(writer)
    try:
        yield Watched(process, reader)
    finally:
        process.kill()
        process.wait()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_file_that_changes_is_checked_again_and_no_other_one() -> None:
    put("run.py", LOOP)
    put("other.py", LOOP)
    Path("build").mkdir()
    with watching() as watched:
        assert watched.until(WATCHING) == [
            "other.py:2:5: warning[dispatch-in-loop",
            "run.py:2:5: warning[dispatch-in-loop",
            "2 findings (2 fixable with `--fix`)",
            "2 files checked (2 Python)",
            WATCHING,
        ]
        put("build/run.py", LOOP)
        put("notes.txt", LOOP)
        put("run.py", f"\n{LOOP}")
        assert watched.until("1 file checked") == [
            "run.py:3:5: warning[dispatch-in-loop",
            "1 finding (1 fixable with `--fix`)",
            "1 file checked (1 Python)",
        ]
        put("new.py", CLEAN)
        assert watched.until("1 file checked") == ["no findings", "1 file checked (1 Python)"]
        assert watched.interrupt() == 0


def test_a_changed_configuration_checks_every_file_again() -> None:
    put("run.py", LOOP)
    with watching(".") as watched:
        watched.until(WATCHING)
        put("taskfan-lint.toml", 'ignore = ["dispatch-in-loop"]\n')
        assert watched.until("1 file checked") == ["no findings", "1 file checked (1 Python)"]


def test_a_broken_configuration_is_said_and_watching_goes_on() -> None:
    put("run.py", LOOP)
    with watching(".") as watched:
        watched.until(WATCHING)
        put("taskfan-lint.toml", "select = [")
        assert watched.until("taskfan-lint: error: ") == [
            "taskfan-lint: error: taskfan-lint.toml:1: broken TOML: Invalid value"
        ]
        watched.until("no Python, JavaScript or Markdown files found")
        Path("taskfan-lint.toml").unlink()
        assert watched.until("1 file checked")[0] == "run.py:2:5: warning[dispatch-in-loop"


def test_a_screen_is_cleared_and_shows_all_that_is_known() -> None:
    put("run.py", LOOP)
    put("other.py", LOOP)
    with watching(screen=True) as watched:
        watched.until(WATCHING)
        put("run.py", CLEAN)
        assert watched.until("2 files checked") == [
            "\x1b[2J\x1b[3J\x1b[Hother.py:2:5: warning[dispatch-in-loop",
            "1 finding (1 fixable with `--fix`)",
            "2 files checked (2 Python)",
        ]
        assert watched.interrupt() == 0


def test_a_missing_path_is_an_error(cli: Cli) -> None:
    done = cli("watch", "gone.py")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"taskfan-lint: error: gone.py: no such file or folder\n"


def test_a_missing_package_is_named(cli: Cli) -> None:
    put("watchfiles.py", "raise ImportError\n")
    done = cli("watch", PYTHONPATH=os.pathsep.join([os.getcwd(), os.fspath(ROOT)]))
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == (
        "taskfan-lint: error: `watch` needs another package: `pip install 'taskfan-lint[watch]'`\n"
    )
