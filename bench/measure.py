"""One run of a command: wall time, CPU time and peak memory; and rounds of several commands in turn."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Measured:
    """What one run took: seconds of wall and CPU time, MiB of the largest of its processes, its exit status.

    The CPU time is that of all its processes. The memory is never less than that of the measuring process (12 MiB).
    """

    wall: float
    cpu: float
    memory: float
    status: int
    output: str = ""


def measure(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Measured:
    """Run a command and return what it took; its standard output is kept only as far as one line."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    output = process.stdout.readline(200)
    while process.stdout.read(1 << 16):
        pass
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    cpu = usage.ru_utime + usage.ru_stime
    return Measured(wall, cpu, usage.ru_maxrss / 1024, process.returncode, output.decode(errors="replace").strip())


def rounds(
    commands: Mapping[str, Sequence[str]], folder: Path, environment: Mapping[str, str], count: int, *, warm: bool
) -> Iterator[dict[str, Measured]]:
    """Yield what each command took in each of `count` rounds; `warm` runs one before that is thrown away.

    It reads the files into memory, and writes byte code where there was none.
    """
    for number in range(0 if warm else 1, count + 1):
        taken = {name: measure(command, folder, environment) for name, command in commands.items()}
        if number:
            yield taken


def ratio(taken: Sequence[dict[str, Measured]], ours: str, other: str, field: str = "wall") -> float:
    """Return the median over the rounds of the ratio of two commands within a round."""
    return median(getattr(one[ours], field) / getattr(one[other], field) for one in taken)


def middle(taken: Sequence[dict[str, Measured]], name: str, field: str) -> float:
    """Return the median of one command over the rounds."""
    return median(getattr(one[name], field) for one in taken)
