"""Property: `dispatches` and `plan` say of a file read in slices what they say of it as a whole."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskfan_lint import Settings, project, snippets, surveys
from taskfan_lint.analysis.python.slices import slices
from taskfan_lint.analysis.reading import Reading
from taskfan_lint.inventory import Inventory, inventory
from taskfan_lint.planning.model import Plan
from taskfan_lint.planning.read import plans_of
from taskfan_lint.schedule import Mode
from taskfan_lint.settings import DEFAULT
from taskfan_lint.source import Document
from tests.programs import Program, programs
from tests.test_slices import READING, function


def told(document: Document) -> tuple[Inventory, list[Plan]]:
    return inventory(document, DEFAULT), list(
        plans_of(surveys.survey(document, DEFAULT), document.text, "a.py", DEFAULT, Mode.GROUPS)
    )


def interleaved(found: list[Program]) -> str:
    """Return a module in which the first and the last function belong together, with others between them."""
    parts = [function(one, number) for number, one in enumerate(found)]
    calls = f"def calls(ctx):\n    fan_out_0(ctx, 1)\n    fan_out_{len(found) - 1}(ctx, 2)\n"
    return "AREAS = ['a', 'b']\n\n\n" + "\n\n".join([*parts, calls])


@settings(max_examples=60, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(programs(), min_size=3, max_size=4))
def test_slices_hold_the_dispatches_of_the_whole(found: list[Program]) -> None:
    document = Document(Path("a.py"), interleaved(found))
    parts = slices(document.text, READING, 1)
    whole = told(document)
    with patch.object(surveys, "slices", lambda *_: snippets.snippets(document, DEFAULT) if parts is None else parts):
        assert told(document) == whole


def test_a_call_of_the_module_itself_is_planned_once() -> None:
    settings = Settings(root=Path("/project"))
    library = "def launch(topic):\n    return Task(subagent_type='a', prompt=topic)\n"
    body = "    Task(subagent_type='b', prompt='c')\n" + "    x = 1\n" * 40
    functions = "".join(f"\n\ndef f{number}():\n{body}" for number in range(2))
    document = Document(Path("/project/main.py"), f"from lib import launch\n\nlaunch('x')\n{functions}")
    index = project.index([(Document(Path("/project/lib.py"), library), settings), (document, settings)])
    parts = slices(document.text, Reading(settings, fenced=False, path=str(document.path), index=index), 1)
    assert parts is not None
    assert len(parts) == 2
    with patch.object(surveys, "slices", lambda *_: parts):
        surveyed = list(surveys.survey(document, settings, index))
    found = plans_of(surveyed, document.text, "main.py", settings, Mode.GROUPS)
    assert [plan.title for plan in found] == ["main.py:3", "main.py:7 in `f0`", "main.py:51 in `f1`"]
