"""A little of the soak: damaged inputs of every kind to every entry point, and messages to the language server."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from random import Random

import pytest
from conftest import ROOT

if sys.platform == "win32":
    pytest.skip("the soak forks its processes", allow_module_level=True)

from soak import changes, guided, kinds, patterns, serving, talking, working

INPUTS = 600
MESSAGES = 100
LENGTH = 400
PATIENCE = 0.3  # seconds of the processor; the square of the length needs a tenth of it, the fourth power far more


def test_damaged_inputs_get_the_documented_exit_statuses_and_no_traceback() -> None:
    tally = working.soak(1, range(INPUTS), 2, timed=False)
    assert tally.failures == []
    assert sum(tally.counts.values()) == INPUTS
    assert set(tally.counts) == {kind.name for kind in kinds.KINDS}
    assert tally.memory < 1024


def test_the_same_seed_gives_the_same_inputs() -> None:
    first = [kinds.numbered(3, number) for number in range(len(kinds.KINDS))]
    assert [kinds.numbered(3, number) for number in range(len(kinds.KINDS))] == first


def test_the_language_server_outlives_damaged_messages() -> None:
    answered, problems = serving.soak(1, MESSAGES)
    assert problems == []
    assert answered > MESSAGES // 4


def test_changed_messages_are_json_still() -> None:
    text = talking.messages(Random(1)).decode()
    found = [changes.changed(text, talking.messages, Random(number)) for number in range(50)]
    assert len({*found}) > 30
    assert [json.loads(line) for one in found for line in one.split("\n") if line]


@pytest.mark.parametrize("number", range(4))
def test_a_server_in_this_process_stays_sound(number: int) -> None:
    assert talking.wrong(talking.messages(Random(number)), Random(number)) == ""


WITHOUT_ATHERIS = """
import runpy, sys

sys.modules["atheris"] = None
sys.argv = ["soak", "--guided", "1"]
runpy.run_module("tests.soak", run_name="__main__")
"""


def test_a_guided_soak_says_aloud_that_atheris_is_not_here() -> None:
    command = [sys.executable, "-c", WITHOUT_ATHERIS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    said = "atheris is not installed here (`pip install atheris`), so nothing was tried\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


@pytest.mark.e2e
@pytest.mark.parametrize("entry", guided.entries())
def test_guided_inputs_find_nothing_wrong(entry: str) -> None:
    if why := guided.missing():
        pytest.skip(why)
    found = guided.reached(entry, 5, 1)
    assert found.problems == ()
    assert found.places >= found.first > 0


def test_what_a_process_dies_of_is_one_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = kinds.Kind("broken", lambda random: sys.exit(3), ("x.py",), lambda random: [])
    monkeypatch.setattr(kinds, "KINDS", (*kinds.KINDS[:2], broken))
    tally = working.soak(1, range(6), 2, timed=False)
    assert sorted(one.partition(":")[0] for one in tally.failures) == [
        "input 2 (broken) ended the process with 70",
        "input 5 (broken) ended the process with 70",
    ]
    assert sum(tally.counts.values()) == 4


def test_no_regular_expression_takes_more_than_the_square_of_the_length() -> None:
    assert len(patterns.patterns()) > 100
    assert patterns.slow(LENGTH, PATIENCE) == []


@pytest.mark.parametrize("pattern", [r"if\s+[^:]+?\s*:\s*$", r"(?:a+)+b", r"[ \t]*;?[ \t]*(?:#.*)?\n"])
def test_loops_over_the_same_text_are_found_to_be_slow(pattern: str) -> None:
    assert patterns.endless(re.compile(pattern), LENGTH * 4, PATIENCE)
