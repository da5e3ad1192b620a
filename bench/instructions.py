"""Instructions that a command takes, counted by callgrind: they hardly differ from run to run, whatever else runs."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench import trees
from bench.cases import EXAMPLE, SEED, Plan

_COLLECTED = re.compile(rb"Collected : (\d+)")
FEW = 3  # files with a finding that are still examined by one process


def counted(plan: Plan, environment: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    """Yield what is done and the millions of instructions that it takes, nothing where there is no valgrind."""
    valgrind = plan.tool("valgrind")
    if valgrind is None:
        return
    folder = plan.work / "instructions"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "idle.py").write_text("x = 1\n")
    (folder / "found.py").write_text(EXAMPLE)
    if not (folder / "part_0").exists():
        trees.grow(folder, FEW, trees.with_finding, SEED)
    files = sorted(str(file.relative_to(folder)) for file in folder.rglob("part_0/**/*.py"))
    fixed = {**environment, "PYTHONHASHSEED": "0"}

    def count(*command: str) -> float:
        return instructions(valgrind, command, folder, fixed)

    yield "python -c pass", count(sys.executable, "-c", "pass")
    yield "import libcst, click", count(sys.executable, "-c", "import libcst, click")
    yield "one file without a dispatch", count(*plan.ours(), "idle.py")
    yield "one file with a finding", count(*plan.ours(), "found.py")
    one, several = count(*plan.ours(), files[0]), count(*plan.ours(), *files)
    yield "each further file of 15 KB with a finding", (several - one) / (FEW - 1)


def instructions(valgrind: str, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> float:
    """Return the millions of instructions of a command's first process; the run before it writes byte code."""
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    told = [valgrind, "--tool=callgrind", "--callgrind-out-file=/dev/null", *command]
    done = subprocess.run(told, cwd=folder, env=environment, capture_output=True, check=False)
    found = _COLLECTED.search(done.stderr)
    return int(found[1]) / 1e6 if found else float("nan")
