"""A binding made after the first dispatch of a phase and used by a later one."""

from __future__ import annotations

from collections.abc import Iterator

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.model import Wait
from taskfan_lint.analysis.windows import Analysis, Cause, Interruption
from taskfan_lint.finding import Finding, Note, Severity
from taskfan_lint.rewrite import hoist
from taskfan_lint.settings import Settings

NAME = "late-context"
SEVERITY = Severity.WARNING
CAUSE = Cause.LATE


def check(analysis: Analysis, settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each binding that a later dispatch has to wait for."""
    for one in analysis.of(CAUSE):
        mended = hoist.hoist(analysis.facts, one)
        yield Finding(
            NAME,
            SEVERITY,
            _message(one),
            one.span,
            "build it above the first dispatch",
            mended.fix,
            (
                Note(one.before[0].span, "the first dispatch goes out before the context is built"),
                *mended.notes(one.span),
            ),
        )


def _message(one: Interruption) -> str:
    names = _names(one)
    built, they = ("are", "they don't") if len(names) > 1 else ("is", "it doesn't")
    return (
        f"{' and '.join(names)} {built} built between two dispatches, though {they} use the first one's result "
        f"({one.windows} windows, {one.needed} needed)"
    )


def _names(one: Interruption) -> list[str]:
    """Return the names that the dispatch reads of those built in the gap, or the first one built."""
    nodes = one.late or ((one.node,) if not isinstance(one.node, Wait) else ())
    bound = sorted({name for node in nodes for name in tree.binds(node) | tree.changes(node)})
    read = [name for name in bound if name in one.after.reads]
    return [f"`{name}`" for name in (read or bound)[:3]] or ["the context"]
