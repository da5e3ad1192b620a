"""Tests of the processes that share a run: what they give is the same, and one that dies costs one file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from taskfan_lint.config import Configs
from taskfan_lint.files import Source, find
from taskfan_lint.outcome import Clean, Job, Mode, Outcome
from taskfan_lint.pool import Done, spread
from taskfan_lint.run import FEW, cores, naming, run

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes that share what is loaded need fork")

LOOP = 'for x in ["a", "b"]:\n    Task(subagent_type="a", prompt=x + "!")\n'


def double(task: int) -> Done[str, int]:
    """Return the double of a task; negative ones end the process, hundreds make two further tasks."""
    if task < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    if task == 13:
        os._exit(7)
    return [str(2 * task)], [task // 100, task // 100 + 1] if task >= 100 else []


def lost(task: int, reason: str) -> Done[str, int]:
    return [f"{task} lost: {reason}"], []


def test_every_task_and_what_follows_from_it_is_done_once() -> None:
    tasks = [*range(14, 99), 500, 700]
    expected = [*range(28, 198, 2), 1000, 1400, 10, 12, 14, 16]
    assert sorted(map(int, spread(tasks, double, lost, 3))) == sorted(expected)


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_a_process_that_dies_costs_its_task(jobs: int) -> None:
    tasks = [1, -2, 300, 13, -5, 6]
    expected = ["-2 lost: SIGKILL", "-5 lost: SIGKILL", "12", "13 lost: exit status 7", "2", "6", "600", "8"]
    assert sorted(spread(tasks, double, lost, jobs)) == expected


def test_results_may_be_left_where_they_are() -> None:
    def endless() -> Iterator[int]:
        while True:
            yield 1

    results = spread(endless(), double, lost, 2)
    assert next(results) == "2"
    results.close()  # type: ignore[attr-defined]
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def plant(folder: Path) -> list[Source]:
    for number in range(FEW + 30):
        file = folder / f"{number % 7}" / f"a{number}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(LOOP if number % 9 == 0 else "x = 1\n", encoding="utf-8")
    (folder / "bad.py").write_bytes(b"Task(subagent_type=1) # \xff\n")
    return [each for each in find([str(folder)], Configs()) if isinstance(each, Source)]


@pytest.mark.parametrize("mode", Mode)
def test_a_run_gives_the_same_with_any_number_of_processes(mode: Mode, tmp_path: Path) -> None:
    outcomes, texts = [], []
    for jobs in (1, 2, 4):
        steps = list(run(plant(tmp_path), Job(mode), jobs))
        clean = sum(isinstance(step, Clean) for step in steps)
        found = sorted((step for step in steps if isinstance(step, Outcome)), key=lambda one: one.path)
        outcomes.append((clean, found))
        texts.append([file.read_bytes() for file in sorted(tmp_path.rglob("*.py"))])
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert texts[0] == texts[1] == texts[2]
    assert len(outcomes[0][1]) == 33


@pytest.mark.parametrize("forks", [True, False])
def test_files_that_name_a_function_are_found_where_processes_cannot_be_copied_too(
    forks: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = plant(tmp_path)
    if not forks:
        monkeypatch.delattr(os, "fork", raising=False)
    found = {each.file for each in naming(sources, [b"nothing", b"Task"])}
    assert found == {each.file for each in sources if b"Task" in Path(each.file).read_bytes()}
    steps = [step for step in run(sources, Job()) if isinstance(step, Outcome)]
    assert {str(step.path) for step in steps} == found


@pytest.mark.skipif(cores() == 1, reason="with one core nothing is spread")
def test_a_file_that_kills_the_parser_is_an_error_of_its_own(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"a{number}.py").write_text(LOOP, encoding="utf-8")
    (tmp_path / "deep.py").write_text(f"x = {'(' * 145}1{')' * 145}\n{LOOP}", encoding="utf-8")
    command = [sys.executable, "-m", "taskfan_lint", "--isolated", "--output-format", "concise", "."]
    small_stack = ["bash", "-c", 'ulimit -s 256; exec "$@"', "bash", *command]
    done = subprocess.run(small_stack, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert [line.partition(": ")[0] for line in done.stdout.splitlines()] == [
        f"a{number}.py:2:5" for number in range(5)
    ]
    assert (done.returncode, done.stderr) == (
        2,
        "taskfan-lint: error: deep.py: cannot be analysed: its process ended with SIGSEGV\n"
        "5 findings (5 fixable with `--fix`)\n"
        "5 files checked (5 Python), 1 failed\n",
    )
