"""Gather: independent awaited dispatches become one `await asyncio.gather(...)`, results bound in order."""

from __future__ import annotations

import re

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.facts import Facts
from taskfan_lint.analysis.model import Dispatch, Node, Step
from taskfan_lint.analysis.windows import Interruption
from taskfan_lint.edit import Edit, Span
from taskfan_lint.finding import Applicability, Fix
from taskfan_lint.rewrite import Declined, Mended, parsed_only
from taskfan_lint.rewrite.layout import Layout
from taskfan_lint.rewrite.names import bound_before, dispatch_of
from taskfan_lint.rewrite.runs import run_around

_IMPORT = re.compile(r"(?:import|from)\b")
_FUTURE = re.compile(r"from\s+__future__\b")
_STRING = re.compile(r"[rRuU]?['\"]")
_OPENING = re.compile(r"(?:[ \t\f]*#[^\r\n]*(?:\r\n|\r|\n))*")


@parsed_only
def gather(facts: Facts, one: Interruption) -> Mended:
    """Return the fix that awaits a run of adjacent, independent dispatches together."""
    layout = Layout(facts)
    try:
        if facts.is_script:
            from taskfan_lint.rewrite.script import together  # lazy: only for a script

            return Mended(together.gather(layout, one))
        return Mended(_gather(layout, one))
    except Declined as declined:
        return Mended(reason=str(declined))


def _gather(layout: Layout, one: Interruption) -> Fix:
    run = run_around(layout, one, _awaited)
    rows = Span(layout.rows(run[0].span).start, layout.rows(run[-1].span).end)
    edits = (*_import(layout, run[0]), Edit(rows, _text(layout, run, rows)))
    return Fix(Applicability.UNSAFE, "await the dispatches together", edits)


def _awaited(node: Node) -> Dispatch | None:
    """Return the dispatch of `await Task(...)` or `name = await Task(...)`."""
    if not isinstance(node, Step) or not node.alone or node.exit or node.calls or len(node.binds) > 1 or node.changes:
        return None
    dispatch = dispatch_of(node)
    if dispatch is None or dispatch.awaited is None or dispatch.awaited.end != node.span.end:
        return None
    return dispatch if node.simple or dispatch.awaited.start == node.span.start else None


def _text(layout: Layout, run: list[Step], rows: Span) -> str:
    """Return the statement that takes the place of the run; comments stand above the call they belonged to."""
    indent = layout.indent(run[0].span.start)
    inner = indent + ("\t" if "\t" in indent else "    ")
    names = [step.binds[0] for step in run if step.binds]
    unused = layout.fresh("_", shared=True) if names and len(names) < len(run) else ""
    left = ", ".join(step.binds[0] if step.binds else unused for step in run)
    lines = [f"{indent}{left} = await asyncio.gather(" if names else f"{indent}await asyncio.gather("]
    last = rows.start
    for step in run:
        dispatch = dispatch_of(step)
        assert dispatch is not None
        row = layout.rows(step.span)
        lines += [f"{inner}{layout.text(one.span)}" for one in layout.comments_in(Span(last, row.start))]
        trailing = [layout.text(one.span) for one in layout.comments_in(Span(step.span.end, row.end))]
        call = layout.rewritten(dispatch.span, layout.indentation(dispatch.span, indent, inner))
        lines.append(f"{inner}{call}," + "".join(f"  {text}" for text in trailing))
        last = row.end
    ending = layout.newline if layout.text(rows).endswith(("\n", "\r")) else ""
    return layout.newline.join([*lines, f"{indent})"]) + ending


def _import(layout: Layout, step: Step) -> tuple[Edit, ...]:
    """Return the edit that imports `asyncio` for a statement, none where it is imported or the code is a fence."""
    facts = layout.facts
    region = layout.region_of(step.span)
    if facts.fenced or _imports(layout, region.body, step) or _imports(layout, facts.regions[0].body, step):
        return ()
    if "asyncio" in bound_before(region, step.span.start) or any("asyncio" in tree.binds(node) for node in region.body):
        raise Declined("`asyncio` stands for something else here")
    return (_importing(layout, facts.regions[0].body),)


def _imports(layout: Layout, body: tuple[Node, ...], step: Step) -> bool:
    """Tell whether a statement of a body imports `asyncio`, and does so before a step that stands in the same body."""
    same = any(step.span in node.span and node.span != step.span for node in body) or any(node is step for node in body)
    return any(
        "asyncio" in node.binds and layout.text(node.span).startswith(("import", "from"))
        for node in body
        if isinstance(node, Step) and (not same or node.span.end <= step.span.start)
    )


def _importing(layout: Layout, body: tuple[Node, ...]) -> Edit:
    """Return the edit that imports `asyncio` where a module's imports start."""
    line = f"import asyncio{layout.newline}"
    behind = 0
    for index, node in enumerate(body):
        text = layout.text(node.span)
        if (index == 0 and _STRING.match(text)) or _FUTURE.match(text):
            behind = layout.rows(node.span).end
        elif isinstance(node, Step) and _IMPORT.match(text):
            start = layout.block(node.span).start
            at = start if start > behind and layout.code[:start].strip() else layout.rows(node.span).start
            return Edit(Span(at, at), line)
    if behind:
        return Edit(Span(behind, behind), layout.newline + line)
    opening = _OPENING.match(layout.code)
    at = opening.end() if opening else 0
    return Edit(Span(at, at), line + layout.newline)
