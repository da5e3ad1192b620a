"""Inputs guided by what they reach: atheris at every entry point, each in processes of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import NamedTuple

from soak import kinds

TESTS = Path(__file__).parent.parent
SERVER = "messages"
GRACE = 300  # seconds for the start, the first inputs, and the last one
_COVERAGE = re.compile(r"^#(\d+)\s+(?:INITED|NEW|REDUCE|pulse|DONE)\s+cov: (\d+)", re.MULTILINE)


class Problem(NamedTuple):
    """What is wrong with what an entry point says about an input, of which the first byte chooses the command."""

    entry: str
    what: str
    data: bytes

    def __str__(self) -> str:
        words = ("server",)
        if self.entry != SERVER:
            attempt = attempted(self.entry, self.data)
            words = (*attempt.arguments, "with", attempt.file)
        return f"{self.entry}: {self.what}\n  of `taskfan-lint {' '.join(words)}`, given {self.data[1:]!r}"


def attempted(entry: str, data: bytes) -> kinds.Attempt:
    """Return the attempt that data stands for."""
    kind = next(one for one in kinds.KINDS if one.name == entry)
    return kinds.attempt(kind, data[1:], Random(data[:1]))


def entries() -> list[str]:
    return [*(kind.name for kind in kinds.KINDS), SERVER]


@dataclass(frozen=True)
class Reached:
    """What came of an entry point: how many inputs, how many places the first ones and all of them reached."""

    entry: str
    inputs: int
    first: int
    places: int
    problems: tuple[Problem, ...]


def missing() -> str:
    """Return why there can be no guided run, empty where there can."""
    return "" if find_spec("atheris") else "atheris is not installed here (`pip install atheris`), so nothing was tried"


def soak(seconds: int, seed: int, jobs: int) -> Iterator[Reached]:
    """Yield what came of each entry point, given inputs for some seconds."""
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda entry: reached(entry, seconds, seed), entries())


def reached(entry: str, seconds: int, seed: int) -> Reached:
    """Return what came of one entry point; a process that dies or hangs ends its part."""
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder = Path(name)
        began = time.monotonic()
        status = _run(folder, [sys.executable, "-m", "soak.reaching", entry, str(seconds), str(seed)], seconds + GRACE)
        said = (folder / "log").read_text("utf-8", "replace")
        found = [
            Problem(entry, what, bytes.fromhex(data)) for what, data in map(json.loads, _lines(folder / "problems"))
        ]
        if status:
            taken = time.monotonic() - began
            died = b"".join(path.read_bytes() for path in sorted(folder.glob("died-[!s]*")))
            found.append(Problem(entry, f"ended with {status} after {taken:.0f} s: {said[-2000:]}", died))
    seen = [(int(number), int(places)) for number, places in _COVERAGE.findall(said)] or [(0, 0)]
    return Reached(entry, seen[-1][0], seen[0][1], seen[-1][1], tuple(found))


def _run(folder: Path, command: list[str], patience: int) -> int:
    """Run a command in a folder, with a log there; return its exit status, -1 for one that does not end."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.fspath, (TESTS, TESTS.parent)))}
    with (folder / "log").open("wb") as log:
        try:
            done = subprocess.run(
                command, cwd=folder, env=environment, stdout=log, stderr=log, timeout=patience, check=False
            )
        except subprocess.TimeoutExpired:
            return -1
    return done.returncode


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.exists() else []
