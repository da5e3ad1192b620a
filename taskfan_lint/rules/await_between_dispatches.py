"""An await or a blocking wait between two dispatches that does not feed the second."""

from __future__ import annotations

from collections.abc import Iterator

from taskfan_lint.analysis.facts import Facts
from taskfan_lint.analysis.model import Boundary, BoundaryKind, Wait
from taskfan_lint.analysis.windows import Analysis, Cause, Interruption
from taskfan_lint.finding import Finding, Note, Severity
from taskfan_lint.rewrite import gather, sink
from taskfan_lint.rewrite.runs import together
from taskfan_lint.settings import Settings

NAME = "await-between-dispatches"
SEVERITY = Severity.WARNING
CAUSE = Cause.AWAIT


def check(analysis: Analysis, settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each await that holds back a later dispatch."""
    for one in analysis.of(CAUSE):
        mended = (gather.gather if _is_direct(one) else sink.sink)(analysis.facts, one)
        yield Finding(
            NAME,
            SEVERITY,
            _message(one),
            one.span,
            _help(one, analysis.facts),
            mended.fix,
            (
                Note(one.after.span, f"`{one.after.name}` waits here for a result that it doesn't use"),
                *mended.notes(one.span),
            ),
            place=one.later[-1].span if isinstance(one.node, Wait) and not one.node.direct else None,
        )


def _is_direct(one: Interruption) -> bool:
    return isinstance(one.node, Wait) and one.node.direct


def _message(one: Interruption) -> str:
    count = len(one.held)
    held = (
        f"{count} later dispatches that don't use its result"
        if count > 1
        else ("a later dispatch that doesn't use its result")
    )
    return f"{_what(one)} holds back {held} ({one.windows} windows, {one.needed} needed)"


def _what(one: Interruption) -> str:
    match one.node:
        case Boundary(kind=BoundaryKind.MESSAGE):
            return "a message of its own"
        case Boundary():
            return "the wait in this comment"
        case Wait(direct=True):
            return "`await`"
        case Wait(name=name, reads=reads) if name:
            handles = sorted(reads - {name})
            return f"the wait for `{handles[0]}`" if len(handles) == 1 else f"the wait for `{name}`"
    return "`await`"


def _help(one: Interruption, facts: Facts) -> str:
    match one.node:
        case Boundary():
            return "put the dispatches into one response, then wait for all of them"
        case Wait(direct=True):
            return f"await them together, in one `{together(facts, one.after)}`"
    return "move the wait below the last dispatch"
