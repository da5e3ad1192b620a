"""Property: `dispatches` and `plan` say of a file read in slices what they say of it as a whole."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskfan_lint import snippets, surveys
from taskfan_lint.analysis.python.slices import slices
from taskfan_lint.inventory import Inventory, inventory
from taskfan_lint.planning.model import Plan
from taskfan_lint.planning.read import plans_of
from taskfan_lint.schedule import Mode
from taskfan_lint.settings import DEFAULT
from taskfan_lint.source import Document
from tests.programs import Program, programs
from tests.test_slices import READING, module


def told(document: Document) -> tuple[Inventory, list[Plan]]:
    return inventory(document, DEFAULT), list(
        plans_of(surveys.survey(document, DEFAULT), document.text, "a.py", DEFAULT, Mode.GROUPS)
    )


@settings(max_examples=60, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(programs(), min_size=2, max_size=4), st.integers(0, 999))
def test_slices_hold_the_dispatches_of_the_whole(found: list[Program], seed: int) -> None:
    document = Document(Path("a.py"), module(found, seed))
    parts = slices(document.text, READING, 1)
    whole = told(document)
    with patch.object(surveys, "slices", lambda *_: snippets.snippets(document, DEFAULT) if parts is None else parts):
        assert told(document) == whole
