"""The share of the dispatch calls in fences that is read, counted by a scan that shares no code with the linter."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from independent_scan import calls, count

FOLDER = Path(__file__).parent / "fixtures" / "prompts"
CORPUS = Path(os.environ.get("TASKFAN_CORPUS", Path(__file__).parents[2] / "shared" / "corpus" / "files"))
TOOL = [sys.executable, "-m", "taskfan_lint"]


def test_the_scan_counts_the_calls_in_fences() -> None:
    rows = {
        name: [one.row for one in calls((FOLDER / name).read_text("utf-8"))] for name in ("review.md", "research.md")
    }
    assert rows == {"review.md": [15, 16, 19, 31, 39, 41, 42], "research.md": [7, 18, 19, 27, 28, 34]}


def test_every_call_in_a_fence_is_listed() -> None:
    found, missed = count(TOOL, FOLDER)
    assert (len(found), missed) == (13, [])


@pytest.mark.e2e
def test_calls_in_fences_of_the_corpus_are_listed() -> None:
    if not CORPUS.is_dir():
        pytest.skip(f"no corpus at {CORPUS}; set TASKFAN_CORPUS")
    found, missed = count(TOOL, CORPUS)
    assert len(found) > 300
    assert len(found) >= 0.95 * (len(found) + len(missed)), missed
