"""Above: where code goes that has to run before the first dispatch of a group, and what it must not touch there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.model import Dispatch, Loop, Node, Purity
from taskfan_lint.rewrite import Declined
from taskfan_lint.rewrite.layout import Layout
from taskfan_lint.rewrite.names import changed_by_calls


class Above(NamedTuple):
    """The place above the statement that holds the first dispatch, and the statements between it and a later one."""

    at: int
    node: Node
    crossed: list[Node]

    def check(
        self, layout: Layout, reads: frozenset[str], writes: frozenset[str], purity: Purity, place: str = "the loop"
    ) -> None:
        """Raise Declined where code that reads and writes these names cannot run here instead of at its own place."""
        check_unchanged(layout, reads, self.crossed, place)
        used = frozenset[str]().union(*(tree.reads(one) | tree.binds(one) | tree.changes(one) for one in self.crossed))
        if writes & used:
            raise Declined(f"`{min(writes & used)}` is used between the first dispatch and {place}")
        if purity is Purity.EFFECT and any(step.exit for step in tree.steps(self.crossed)):
            raise Declined(f"the block can be left between the first dispatch and {place}")


def above(layout: Layout, loop: Loop, before: Iterable[Dispatch]) -> Above | None:
    """Return the place above the first dispatch in front of a loop, None where there is none in the same block."""
    sequence = tree.sequence_of(layout.facts.regions, loop) or ()
    for dispatch in before:
        node = None if dispatch.span in loop.span else tree.holder(sequence, dispatch.span)
        if node is not None:
            return Above(layout.block(node.span).start, node, between(sequence, node, loop))
    return None


def between(sequence: Iterable[Node], first: Node, last: Node, moved: Iterable[Node] = ()) -> list[Node]:
    """Return the nodes of a sequence from `first` up to `last`, without those that move too."""
    gone = [id(node) for node in moved]
    return [node for node in sequence if first.span.start <= node.span.start < last.span.start and id(node) not in gone]


def check_unchanged(layout: Layout, names: frozenset[str], crossed: list[Node], place: str) -> None:
    """Raise Declined where statements on the way give one of the names another value, or may do so."""
    written = frozenset[str]().union(*(tree.binds(one) | tree.changes(one) for one in crossed))
    if names & written:
        found = " and ".join(f"`{name}`" for name in sorted(names & written))
        raise Declined(f"{found} changes between the first dispatch and {place}")
    handed = changed_by_calls(layout.facts, layout.region_of(crossed[0].span), crossed, names) if crossed else ()
    if handed:
        raise Declined(f"a call between the first dispatch and {place} may change `{min(handed)}`")
