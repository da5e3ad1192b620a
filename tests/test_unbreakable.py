"""Runs that are killed, that meet others, and that find no room to write."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

if sys.platform == "win32":
    pytest.skip("process groups and signals are those of POSIX", allow_module_level=True)

from conftest import ROOT, Cli
from soak import killing

KILLS = 20
RUNS = 4


def test_a_killed_run_leaves_each_file_old_or_new_and_the_next_one_finishes(tmp_path: Path) -> None:
    before = killing.plant(tmp_path)
    after, seconds = killing.measure(tmp_path, before)
    assert after.keys() == before.keys()
    assert not [path for path in before if before[path] == after[path]]
    random = Random(1)
    for _ in range(KILLS):
        killing.killed(tmp_path, before, random, seconds)
        assert killing.wrong(killing.present(tmp_path), before, after) == []
        assert killing.fix(tmp_path) == 0
        assert killing.present(tmp_path) == after


def test_a_run_may_be_killed_before_each_of_its_steps(tmp_path: Path) -> None:
    before = killing.plant(tmp_path, 2)  # the steps of a third file are those of the first
    after, _ = killing.measure(tmp_path, before)
    step, left = 1, False
    while True:
        killing.restore(before)
        if killing.ended(killing.start(tmp_path, step)) == 0:
            break
        found = killing.present(tmp_path)
        left = left or found.keys() != before.keys()
        assert killing.wrong(found, before, after) == []
        assert killing.fix(tmp_path) == 0
        assert killing.present(tmp_path) == after
        step += 1
    assert left
    assert step > len(before)


def test_four_runs_at_once_do_what_one_does(tmp_path: Path) -> None:
    before = killing.plant(tmp_path)
    after, _ = killing.measure(tmp_path, before)
    for _ in range(3):
        killing.restore(before)
        runs = [killing.start(tmp_path) for _ in range(RUNS)]
        assert [killing.ended(process) for process in runs] == [0] * RUNS
        assert killing.present(tmp_path) == after


SCRIPT = """
import resource, sys
from taskfan_lint.cli import main

resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
sys.exit(main(["check", "--fix", "--isolated", "-q", "."]))
"""


def test_a_file_that_there_is_no_room_for_stays_as_it_was(cli: Cli) -> None:
    Path("a.py").write_text(killing.LOOP)
    command = [sys.executable, "-B", "-c", SCRIPT]  # -B: its own compiled modules would be cut short as well
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONPATH": os.fspath(ROOT)})
    assert (done.returncode, done.stderr) == (2, "taskfan-lint: error: a.py: cannot be written: file too large\n")
    assert os.listdir() == ["a.py"]
    assert Path("a.py").read_text() == killing.LOOP


def test_a_full_disk_is_said_and_loses_nothing(cli: Cli, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", disk], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    try:
        (disk / "a.py").write_text(killing.LOOP)
        (disk / "b.txt").write_text("x" * 4096)
        done = cli("--fix", "--isolated", "-q", "disk")
        message = "taskfan-lint: error: disk/a.py: cannot be written: no space left on device\n"
        assert (done.returncode, done.stderr.decode()) == (2, message)
        assert sorted(os.listdir(disk)) == ["a.py", "b.txt"]
        assert (disk / "a.py").read_text() == killing.LOOP
    finally:
        subprocess.run(["umount", disk], check=True)
