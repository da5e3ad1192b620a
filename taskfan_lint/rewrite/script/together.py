"""Together: independent awaited dispatches become one `await Promise.all([...])`, results bound in order."""

from __future__ import annotations

import re
from functools import partial

from taskfan_lint.analysis.model import Dispatch, Node, Step
from taskfan_lint.analysis.windows import Interruption
from taskfan_lint.edit import Edit, Span
from taskfan_lint.finding import Applicability, Fix
from taskfan_lint.rewrite import Declined
from taskfan_lint.rewrite.layout import Layout
from taskfan_lint.rewrite.names import dispatch_of
from taskfan_lint.rewrite.runs import run_around
from taskfan_lint.rewrite.script.scopes import check_same_block, checked
from taskfan_lint.rewrite.script.style import called, combiner, semicolon, unit, without_end


def gather(layout: Layout, one: Interruption) -> Fix:
    """Return the fix that awaits a run of adjacent, independent dispatches together; raises Declined."""
    run = run_around(layout, one, partial(_awaited, layout))
    check_same_block(layout, *(step.span for step in run))
    rows = Span(layout.rows(run[0].span).start, layout.rows(run[-1].span).end)
    if (
        len({combiner(layout, one.after), *(combiner(layout, found) for step in run if (found := dispatch_of(step)))})
        > 1
    ):
        raise Declined("the dispatches are of different kinds")
    keywords = {layout.text(step.span).split()[0] for step in run if step.binds}
    if len(keywords) > 1:
        raise Declined("some results are constant, and some are not")
    edit = Edit(rows, _text(layout, run, rows, keywords))
    return Fix(Applicability.UNSAFE, "await the dispatches together", checked(layout, (edit,)))


def _awaited(layout: Layout, node: Node) -> Dispatch | None:
    """Return the dispatch of `await Task(...)` or `const name = await Task(...)`."""
    if not isinstance(node, Step) or not node.alone or node.exit or node.calls or len(node.binds) > 1 or node.changes:
        return None
    dispatch = dispatch_of(node)
    if dispatch is None or dispatch.awaited is None or dispatch.awaited.end != without_end(layout, node.span).end:
        return None
    lead = layout.code[node.span.start : dispatch.awaited.start]
    bound = re.fullmatch(r"(?:const|let)\s+([\w$]+)\s*=\s*", lead)
    return dispatch if not lead or (bound and node.binds == (bound[1],)) else None


def _text(layout: Layout, run: list[Step], rows: Span, keywords: set[str]) -> str:
    """Return the statement that takes the place of the run; comments stand above the call they belonged to."""
    indent = layout.indent(run[0].span.start)
    elements: list[str] = []
    last = rows.start
    for step in run:
        dispatch = dispatch_of(step)
        assert dispatch is not None
        row = layout.rows(step.span)
        inside = layout.comments_in(Span(last, row.start)) + layout.comments_in(Span(step.span.end, row.end))
        if not all(map(layout.is_whole, inside)):
            raise Declined("a comment of several lines stands between the dispatches")
        span = called(layout, dispatch)
        before = [layout.text(one.span) for one in inside if one.span.end <= row.start]
        behind = [layout.text(one.span) for one in inside if one.span.start >= step.span.end]
        call = layout.rewritten(span, layout.indentation(span, indent, indent + unit(layout)))
        elements += [*before, f"{combiner(layout, dispatch)[1]}{call}," + "".join(f" {text}" for text in behind)]
        last = row.end
    first = dispatch_of(run[0])
    assert first is not None
    lead = f"{keywords.pop()} [{_names(run)}] = " if keywords else ""
    lines = array(
        layout, f"{lead}await {combiner(layout, first)[0]}(", elements, f"){semicolon(layout, run[-1].span)}", indent
    )
    ending = layout.newline if layout.text(rows).endswith(("\n", "\r")) else ""
    return layout.newline.join(lines) + ending


def _names(run: list[Step]) -> str:
    """Return what the results are bound to, a hole for one that is not."""
    names = [step.binds[0] if step.binds else "" for step in run]
    while not names[-1]:
        names.pop()
    return ", ".join(names)


def array(layout: Layout, lead: str, elements: list[str], tail: str, indent: str) -> list[str]:
    """Return the lines of a statement around an array, an element a line."""
    inner = indent + unit(layout)
    return [f"{indent}{lead}[", *(f"{inner}{one}" for one in elements), f"{indent}]{tail}"]
