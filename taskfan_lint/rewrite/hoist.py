"""Hoist: contexts built late move above the first dispatch of their window."""

from __future__ import annotations

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.facts import Facts
from taskfan_lint.analysis.model import Branch
from taskfan_lint.analysis.windows import Interruption
from taskfan_lint.finding import Applicability, Fix
from taskfan_lint.rewrite import Declined, Mended, parsed_only
from taskfan_lint.rewrite.decide import decided
from taskfan_lint.rewrite.layout import Layout
from taskfan_lint.rewrite.move import Hoisted, hoist_nodes


@parsed_only
def hoist(facts: Facts, one: Interruption) -> Mended:
    """Return the fix that builds every context of a gap above the first dispatch."""
    layout = Layout(facts)
    try:
        hoisted = _hoisted(layout, one)
        edits = hoisted.edits(layout)
    except Declined as declined:
        return Mended(reason=str(declined))
    applicability = Applicability.SAFE if hoisted.safe else Applicability.UNSAFE
    names = layout.declared(one.span)
    return Mended(Fix(applicability, "build the context above the first dispatch", edits, names))


def _hoisted(layout: Layout, one: Interruption) -> Hoisted:
    branch = _around(layout, one)
    return decided(layout, branch, one, plain=True) if branch else hoist_nodes(layout, one.late, one.before[0].span)


def _around(layout: Layout, one: Interruption) -> Branch | None:
    """Return the branch whose only arm builds the contexts, where its test is made of names known before."""
    for node in tree.walk(layout.region_of(one.span).body):
        if not isinstance(node, Branch) or len(node.arms) != 1 or one.before[0].span in node.span:
            continue
        arm = node.arms[0]
        if arm.names and one.late and all(any(late is own for own in arm.body) for late in one.late):
            return node
    return None
