"""Sink: a wait that feeds no later dispatch moves below the last one."""

from __future__ import annotations

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.facts import Facts
from taskfan_lint.analysis.model import Boundary, Node, Step
from taskfan_lint.analysis.windows import Interruption
from taskfan_lint.edit import Edit, Span
from taskfan_lint.finding import Applicability, Fix
from taskfan_lint.rewrite import Declined, Mended, parsed_only
from taskfan_lint.rewrite.layout import Layout
from taskfan_lint.rewrite.move import Hoisted, hoist_nodes
from taskfan_lint.rewrite.script.scopes import check_movable, checked


@parsed_only
def sink(facts: Facts, one: Interruption) -> Mended:
    """Return the fix that moves a wait below the last dispatch of its phase, and late contexts above the first."""
    if isinstance(one.node, Boundary):
        return Mended()
    layout = Layout(facts)
    try:
        return Mended(_sink(layout, one))
    except Declined as declined:
        return Mended(reason=str(declined))


def _sink(layout: Layout, one: Interruption) -> Fix:
    sequence = layout.sequence_of(one.span)
    step = tree.holder(sequence, one.span)
    if not isinstance(step, Step) or tree.holds_dispatch(step):
        raise Declined("the wait is part of a larger statement")
    if step.exit:
        raise Declined("the wait leaves the block")
    last = _last(sequence, one)
    _check(step, [node for node in sequence if step.span.start < node.span.start <= last.span.start])
    if layout.facts.is_script:
        check_movable(layout, step, last.span.start)
    rows = layout.block(step.span)
    late = tuple(node for node in one.late if node is not step)
    hoisted = hoist_nodes(layout, late, one.before[0].span) if late else Hoisted(rows.start)
    hoisted.replaced.append(Edit(rows, ""))
    below = _below(layout, layout.rewritten(rows, hoisted.renames), last)
    edits = checked(layout, (*hoisted.edits(layout), below))
    return Fix(Applicability.UNSAFE, "move the wait below the last dispatch", edits, layout.declared(one.span))


def _below(layout: Layout, text: str, last: Node) -> Edit:
    """Return the edit that puts whole lines below a node, also where the text ends right behind it."""
    at = layout.lines.end_of_line(last.span.end)
    moved = layout.with_newline(text)
    if at == len(layout.code) and not layout.code.endswith(("\n", "\r")):
        moved = layout.newline + moved.rstrip("\r\n")
    return Edit(Span(at, at), moved)


def _last(sequence: tuple[Node, ...], one: Interruption) -> Node:
    """Return the statement of the sequence that holds the last dispatch of the phase."""
    for dispatch in reversed(one.later):
        node = tree.holder(sequence, dispatch.span)
        if node is not None and node.span.start > one.span.start:
            return node
    raise Declined("the later dispatch stands in another block")


def _check(step: Step, crossed: list[Node]) -> None:
    written = frozenset(step.binds) | step.changes
    for node in crossed:
        if written & (tree.reads(node) | tree.binds(node)):
            raise Declined("what it binds is used before the last dispatch")
        if step.reads & (tree.binds(node) | tree.changes(node)):
            raise Declined("what it waits for changes before the last dispatch")
        if any(other.exit for other in tree.steps([node])):
            raise Declined("the block can be left before the last dispatch")
