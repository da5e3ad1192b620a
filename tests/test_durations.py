"""Tests of what is read as the duration of a dispatch."""

from __future__ import annotations

from pathlib import Path

import pytest

from taskfan_lint import durations, engine, surveys
from taskfan_lint.settings import Settings
from taskfan_lint.source import Document


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", 5),
        (" 2.5 ", 2.5),
        ("5 min", 5),
        ("5min", 5),
        ("about 5 minutes", 5),
        ("90 s", 1.5),
        ("90 seconds", 1.5),
        ("1 h", 60),
        ("1.5 hours", 90),
        ("2 hrs", 120),
        ("5-10 min", 7.5),
        ("5 to 10 min", 7.5),
        ("a 5-minute scan", 5),
        ("5 models", None),
        ("5 MB", None),
        ("v1.5 min", None),
        ("at most", None),
        ("", None),
    ],
)
def test_minutes_in_words(text: str, expected: float | None) -> None:
    assert durations.minutes(text) == expected


@pytest.mark.parametrize(
    ("amount", "expected"), [(5.0, "5 min"), (1.5, "1.5 min"), (1 / 3, "0.3 min"), (120, "120 min")]
)
def test_minutes_as_they_are_shown(amount: float, expected: str) -> None:
    assert durations.shown(amount) == expected


CALL = 'Task(subagent_type="reader", prompt="Read (8 min)")'


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param(f"{CALL}  # 5 min", 5, id="behind the call"),
        pytest.param(f"{CALL}  # reader (5 min)", 5, id="in brackets"),
        pytest.param(f"{CALL}  # duration=5", 5, id="as a key"),
        pytest.param(f'{CALL}  # duration: "90 s", of 10 min', 1.5, id="the key first"),
        pytest.param(f"# the reader, 5 min\n{CALL}", 5, id="above the call"),
        pytest.param(f"# 5 min\n\n{CALL}", 3, id="not next to the call"),
        pytest.param(f"# Phase 1 (5 min)\n{CALL}", 3, id="of a phase"),
        pytest.param(f"{CALL}\n# 5 min", 3, id="below the call"),
        pytest.param(f"{CALL}  # wait 5 min", 3, id="another time"),
        pytest.param(CALL, 3, id="by agent"),
        pytest.param(CALL.replace("reader", "writer"), None, id="unknown"),
        pytest.param('Task(subagent_type="reader", description="Read (5 min)", prompt=p)', 5, id="described"),
        pytest.param('Task(subagent_type="reader", description="Read 5 min of it", prompt=p)', 3, id="not described"),
        pytest.param('Task(subagent_type="reader", prompt=p, duration=5)', 5, id="argument"),
        pytest.param('Task(subagent_type="reader", prompt=p, duration="5 min")  # 9 min', 5, id="the argument first"),
        pytest.param('Task(\n    subagent_type="reader",  # 5 min\n    prompt=p,\n)', 5, id="inside of the call"),
    ],
)
def test_the_duration_of_a_dispatch(code: str, expected: float | None) -> None:
    settings = Settings(durations={"reader": 3.0})
    (surveyed,) = surveys.survey(Document(Path("a.md"), f"```python\n{code}\n```\n"), settings)
    (window,) = surveyed.analysis.windows
    assert durations.known(surveyed.analysis.facts, window.members[0].dispatch, settings) == expected


def test_a_comment_of_javascript_counts_too() -> None:
    text = '```js\nawait Task({subagent_type: "reader", prompt: "Read"}) // 5 min\n```\n'
    (surveyed,) = surveys.survey(Document(Path("a.md"), text), Settings())
    (window,) = surveyed.analysis.windows
    assert durations.known(surveyed.analysis.facts, window.members[0].dispatch, Settings()) == 5


def test_a_fix_may_make_a_window_unbalanced() -> None:
    text = (
        "```python\n"
        'Task(subagent_type="reader", prompt="Read")  # 2 min\n'
        'ctx = "Audit"\n'
        'Task(subagent_type="auditor", prompt=ctx)  # 20 min\n'
        "```\n"
    )
    fixed, checked = engine.fix(Document(Path("a.md"), text), Settings())
    assert fixed.splitlines()[1] == 'ctx = "Audit"'
    assert [finding.code for finding in checked.findings] == ["unbalanced-fan-out"]
