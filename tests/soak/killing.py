"""Runs of `--fix` that are killed at random moments, or that meet others on the same files."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from random import Random

LOOP = 'for topic in ["tests", "docs"]:\n    Task(subagent_type="reviewer", prompt=f"Review the {topic} of {NAME}")\n'
STEPS = frozenset({"open", "os.chmod", "os.chown", "os.remove", "os.rename"})
FOLDERS, FILES = 2, 4


def plant(folder: Path, files: int = FILES) -> dict[Path, bytes]:
    """Write some files with something to fix, in Python and Markdown, large and small; return what they hold."""
    planted: dict[Path, bytes] = {}
    for number in range(files):
        below = folder / f"part {number % FOLDERS}"
        below.mkdir(parents=True, exist_ok=True)
        text = f"NAME = {number}\n" + "# filler\n" * (number * 4) + LOOP
        if number % 2:
            planted[below / f"prompt{number}.md"] = f"# Prompt {number}\n\n```python\n{text}```\n".encode()
        else:
            planted[below / f"module{number}.py"] = text.encode()
    restore(planted)
    return planted


def restore(files: dict[Path, bytes]) -> None:
    for path, raw in files.items():
        path.write_bytes(raw)


def present(folder: Path) -> dict[Path, bytes]:
    """Return what each file below a folder holds, whatever its name."""
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def start(folder: Path, last_step: int = 0) -> int:
    """Start `--fix` on a folder in a process group of its own; return its id.

    It kills itself before its `last_step`th step there that opens, moves or changes a file, if that is not 0.
    """
    from taskfan_lint import inspection  # noqa: F401  # loaded once, not in each run
    from taskfan_lint.cli import main

    process = os.fork()
    if process:
        with suppress(ProcessLookupError, PermissionError):  # it is over, or has done so itself
            os.setpgid(process, process)
        return process
    status = 70
    try:
        os.setpgid(0, 0)
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        if last_step:
            sys.addaudithook(_Fuse(os.fspath(folder), last_step))
        status = main(["check", "--fix", "--isolated", os.fspath(folder)])
    finally:
        os._exit(status)


class _Fuse:
    """Counts the steps in a folder, and kills the process before one of them."""

    def __init__(self, folder: str, steps: int) -> None:
        self._folder = folder
        self._left = steps

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in STEPS and str(arguments[0]).startswith(self._folder):
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)


def ended(process: int) -> int:
    """Return the exit status of a process when it ends, minus the signal where one ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def fix(folder: Path) -> int:
    return ended(start(folder))


def killed(folder: Path, files: dict[Path, bytes], random: Random, seconds: float) -> bool:
    """Kill a run at a random moment of the `seconds` that it takes; tell whether it was still running."""
    restore(files)
    process = start(folder)
    time.sleep(random.random() * seconds)
    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)
    return ended(process) == -signal.SIGKILL


def wrong(found: dict[Path, bytes], before: dict[Path, bytes], after: dict[Path, bytes]) -> list[str]:
    """Return the files that are gone, or neither old nor new; what else there is is not looked at."""
    return [os.fspath(path) for path in before if found.get(path) not in (before[path], after[path])]


def measure(folder: Path, files: dict[Path, bytes]) -> tuple[dict[Path, bytes], float]:
    """Fix the files once; return what they hold then, and the seconds it took."""
    restore(files)
    began = time.monotonic()
    fix(folder)
    return present(folder), time.monotonic() - began
