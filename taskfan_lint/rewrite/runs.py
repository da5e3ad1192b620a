"""Runs: awaited dispatches that stand one below another, none using what another returns."""

from __future__ import annotations

from collections.abc import Callable

from taskfan_lint.analysis.facts import Facts
from taskfan_lint.analysis.model import Boundary, Dispatch, Node, Step
from taskfan_lint.analysis.windows import Interruption
from taskfan_lint.edit import Span
from taskfan_lint.rewrite import Declined
from taskfan_lint.rewrite.layout import Layout

WORKFLOW_AGENT = "agent"  # the dispatch of a workflow, in which `parallel` takes functions that make such calls


def together(facts: Facts, dispatch: Dispatch) -> str:
    """Return the call that runs dispatches together in the language of a snippet, as a help names it."""
    if not facts.is_script:
        return "asyncio.gather(...)"
    return "parallel([...])" if dispatch.name == WORKFLOW_AGENT else "Promise.all([...])"


def run_around(layout: Layout, one: Interruption, awaited: Callable[[Node], Dispatch | None]) -> list[Step]:
    """Return the run around an await that holds back a later dispatch of it; raises Declined.

    `awaited` gives the dispatch of a statement that does nothing else than await it.
    """
    run = _run(layout.sequence_of(one.span), one.span, awaited)
    if not any(one.after.span in step.span for step in run):
        if one.after.awaited is None:
            raise Declined("the later dispatch is not awaited")
        raise Declined("other code stands between the awaited dispatches")
    return run


def _run(sequence: tuple[Node, ...], span: Span, awaited: Callable[[Node], Dispatch | None]) -> list[Step]:
    """Return the longest run around a span."""
    run: list[Step] = []
    for node in sequence:
        found = not isinstance(node, Boundary) and awaited(node) is not None
        uses = isinstance(node, Step) and node.reads & {name for step in run for name in step.binds}
        if not found or uses:
            if any(span in step.span for step in run):
                break
            run = []
        if found and isinstance(node, Step):
            run.append(node)
    return run if any(span in step.span for step in run) else []
