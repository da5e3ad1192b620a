"""A branch after the first dispatch that decides a later one by a test not evaluated before."""

from __future__ import annotations

from collections.abc import Iterator

from taskfan_lint.analysis.facts import Facts
from taskfan_lint.analysis.model import Arm, Branch
from taskfan_lint.analysis.windows import Analysis, Cause, Interruption
from taskfan_lint.finding import Finding, Note, Severity
from taskfan_lint.rewrite import decide
from taskfan_lint.settings import Settings

NAME = "branch-between-dispatches"
SEVERITY = Severity.WARNING
CAUSE = Cause.BRANCH


def check(analysis: Analysis, settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each branch that delays the dispatches it decides."""
    for one in analysis.of(CAUSE):
        mended = decide.decide(analysis.facts, one)
        yield Finding(
            NAME,
            SEVERITY,
            _message(analysis.facts, one),
            one.span,
            "evaluate the condition above the first dispatch",
            mended.fix,
            (
                Note(one.before[0].span, "the first dispatch goes out before the test is evaluated"),
                *mended.notes(one.span),
            ),
        )


def _message(facts: Facts, one: Interruption) -> str:
    assert isinstance(one.node, Branch)
    texts = list(dict.fromkeys(f"`{text}`" for arm in one.node.arms if 0 < len(text := _text(facts, arm)) < 40))
    tests = " and ".join(texts) or "its test"
    verb = "don't" if len(texts) > 1 else "doesn't"
    name = one.after.name
    return (
        f"whether this `{name}` goes out is decided after the first dispatch, though {tests} {verb} use its result "
        f"({one.windows} windows, {one.needed} needed)"
    )


def _text(facts: Facts, arm: Arm) -> str:
    """Return the test of an arm as it was written."""
    value = arm.test.value if arm.test and facts.original else None
    return facts.written(value) if arm.text and value else arm.text
