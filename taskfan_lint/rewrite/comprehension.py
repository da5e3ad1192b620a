"""Comprehension: one over a literal becomes a display of its elements."""

from __future__ import annotations

import re

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.model import Loop, LoopKind, Purity, Step
from taskfan_lint.edit import Edit, Span
from taskfan_lint.finding import Applicability, Fix
from taskfan_lint.rewrite import Declined
from taskfan_lint.rewrite.layout import Layout
from taskfan_lint.rewrite.loops import check_count, check_items, items_of
from taskfan_lint.rewrite.names import in_class
from taskfan_lint.rewrite.substitute import replacements
from taskfan_lint.settings import Settings


def unroll(layout: Layout, loop: Loop, settings: Settings) -> Fix:
    """Return the fix that writes out each element; raises Declined."""
    items = items_of(loop)
    if loop.kind is LoopKind.GENERATOR:
        raise Declined("a generator makes its calls only when it is asked for them")
    if loop.filtered or loop.asynchronous or any(isinstance(one, Loop) for one in tree.walk(loop.body)):
        raise Declined("the comprehension filters or is nested")
    if in_class(layout.facts, loop.span):
        raise Declined("a comprehension does not see the names of the class around it")
    if layout.comments_in(loop.span):
        raise Declined("a comment stands inside of the comprehension")
    uses = [use for step in loop.body if isinstance(step, Step) for use in step.uses]
    check_items(loop, [use.name for use in uses])
    check_count(len(items) * len(list(tree.dispatches(loop.body))), settings)
    assert loop.element is not None
    edits = [replacements(layout.code, loop.element, uses, one) for one in items]
    parts = [layout.rewritten(loop.element, one) for one in edits]
    content = _spread(layout, loop, loop.element, parts)
    pure = all(item.purity is Purity.PURE for one in items for item in one.values())
    applicability = Applicability.SAFE if pure else Applicability.UNSAFE
    edit = Edit(loop.span, f"{loop.brackets[0]}{content}{loop.brackets[1]}")
    return Fix(applicability, "write out the calls, one after another", (edit,))


def _spread(layout: Layout, loop: Loop, element: Span, parts: list[str]) -> str:
    """Return the elements on one line, or one a line where the comprehension itself spans lines."""
    inner = Span(loop.span.start + 1, loop.span.end - 1)
    lead = layout.code[inner.start : element.start]
    if not re.search(r"[\r\n]", layout.text(inner)):
        return ", ".join(parts)
    if not re.search(r"[\r\n]", lead):
        indent = " " * (layout.lines.position(element.start)[1] - 1)
        return f",{layout.newline}{indent}".join(parts)
    indent = layout.indent(element.start)
    end = layout.newline + layout.indent(inner.end)
    return lead + f",{layout.newline}{indent}".join(parts) + "," + end
