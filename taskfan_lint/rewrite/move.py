"""Move: statements on their way above the first dispatch of their window, renamed where they bind a name again."""

from __future__ import annotations

from dataclasses import dataclass, field

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.model import Node, Purity, Step
from taskfan_lint.edit import Edit, Span
from taskfan_lint.rewrite import Declined
from taskfan_lint.rewrite.above import between, check_unchanged
from taskfan_lint.rewrite.layout import Layout
from taskfan_lint.rewrite.names import bound_before
from taskfan_lint.rewrite.rename import rename
from taskfan_lint.rewrite.script.scopes import check_movable, checked


@dataclass
class Hoisted:
    """Code on its way up: what goes to the offset `at`, and whether what runs stays the same in the same order.

    A part is code at a span with what is written in front of it and behind it. `replaced` are other edits, `renames`
    those that give names in any of the code a new name.
    """

    at: int
    safe: bool = True
    parts: list[tuple[str, Span, str]] = field(default_factory=list)
    renames: list[Edit] = field(default_factory=list)
    replaced: list[Edit] = field(default_factory=list)

    def take(self, layout: Layout, node: Node, crossed: list[Node], known: frozenset[str]) -> None:
        """Add a statement to those that move, over the statements `crossed`; raises Declined."""
        if layout.facts.is_script:
            check_movable(layout, node, self.at)
        self.safe &= _is_safe(layout, node, known)
        self.renames += _renames(layout, node, crossed)
        rows = layout.block(node.span)
        self.parts.append(("", rows, layout.with_newline(layout.text(rows))[rows.end - rows.start :]))
        self.replaced.append(Edit(rows, ""))

    def edits(self, layout: Layout) -> tuple[Edit, ...]:
        """Return the edits that move it all."""
        moved = "".join(lead + layout.rewritten(span, self.renames) + tail for lead, span, tail in self.parts)
        rest = [edit for edit in self.renames if not any(edit.span in one.span for one in self.replaced)]
        above = (Edit(Span(self.at, self.at), moved),) if moved else ()
        return checked(layout, (*above, *self.replaced, *rest))


def hoist_nodes(layout: Layout, nodes: tuple[Node, ...], first: Span) -> Hoisted:
    """Return the edits that delete the nodes where they stand, and their text for above the dispatch at `first`.

    Raises Declined where moving them could change what runs.
    """
    if not nodes:
        raise Declined("nothing that can be moved")
    sequence = tree.sequence_of(layout.facts.regions, nodes[0]) or ()
    above = tree.holder(sequence, first)
    if above is None or any(not any(node is other for other in sequence) for node in nodes):
        raise Declined("it stands in another block than the first dispatch")
    result = Hoisted(layout.block(above.span).start)
    known = bound_before(layout.region_of(above.span), above.span.start)
    for node in nodes:
        result.take(layout, node, between(sequence, above, node, nodes), known)
        known |= tree.binds(node)
    return result


def _is_safe(layout: Layout, node: Node, known: frozenset[str]) -> bool:
    """Tell whether evaluating a node earlier can neither fail nor be seen."""
    if not isinstance(node, Step) or tree.purity(node) is not Purity.PURE or node.changes:
        return False
    return layout.facts.fenced or node.reads <= known


def _renames(layout: Layout, node: Node, crossed: list[Node]) -> list[Edit]:
    """Return the edits that give a moved binding a new name where its old value is still needed on the way.

    Raises Declined where what it reads is written on the way, or where a new name would be seen elsewhere.
    """
    if any(step.exit for step in tree.steps([node])):
        raise Declined("it can leave the block")
    written = frozenset(tree.binds(node) | tree.changes(node))
    check_unchanged(layout, tree.reads(node) - tree.binds(node), crossed, "here")
    for one in crossed:
        if tree.changes(node) & (tree.reads(one) | tree.binds(one)):
            raise Declined("it changes something that is read before it")
        if tree.purity(node) is Purity.EFFECT and any(step.exit for step in tree.steps([one])):
            raise Declined("the block can be left before it")
    taken = written.intersection(name for one in crossed for name in (*tree.reads(one), *tree.binds(one)))
    if not taken:
        return []
    if layout.facts.is_script:
        raise Declined(f"`{min(taken)}` is still needed before it")
    if len(taken) > 1 or not isinstance(node, Step) or not node.simple:
        raise Declined("a name that it binds is still needed before it")
    return rename(layout, node, min(taken))
