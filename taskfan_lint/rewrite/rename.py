"""Rename: a name that is bound again gets a second name from there on."""

from __future__ import annotations

from collections.abc import Iterator

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.model import Loop, Node, Step, Use
from taskfan_lint.edit import Edit, Span
from taskfan_lint.rewrite import Declined
from taskfan_lint.rewrite.layout import Layout
from taskfan_lint.rewrite.names import check_private, in_class


def rename(layout: Layout, step: Step, name: str) -> list[Edit]:
    """Return the edits that rename what a plain assignment binds, in it and in every read of it up to the next one.

    Raises Declined where anything else may read or change what the name stands for.
    """
    target = Span(step.span.start, step.span.start + len(name))
    if layout.text(target) != name:
        raise Declined(f"`{name}` is bound again")
    if name in step.reads:
        raise Declined(f"`{name}` is built from its own earlier value")
    uses = list(_uses(layout, step, name))
    new = layout.fresh(f"{name}_2")
    return [Edit(target, new), *(Edit(use.span, new) for use in dict.fromkeys(uses))]


def _uses(layout: Layout, step: Step, name: str) -> Iterator[Use]:
    """Yield every read of what a step binds; raises Declined where these cannot all be told."""
    region = layout.region_of(step.span)
    if layout.is_global(step.span) or in_class(layout.facts, step.span):
        raise Declined(f"`{name}` is bound again, and other code can read it")
    check_private(layout.facts, region, {name})
    if any(isinstance(one, Loop) and step.span in one.span for one in tree.walk(region.body)):
        raise Declined(f"`{name}` is bound again in a loop")
    sequence = tree.sequence_of([region], step) or ()
    behind = [one for one in tree.steps(region.body) if one.span.start > sequence[-1].span.end]
    if sequence is not region.body and any(name in one.reads for one in behind):
        raise Declined(f"`{name}` is read behind the block")
    for node in _lifetime(sequence, step, name):
        for one in tree.steps([node]):
            if name in one.changes:
                raise Declined(f"`{name}` changes again later")
            for use in one.uses:
                if use.name == name:
                    yield _checked(layout, use)


def _lifetime(sequence: tuple[Node, ...], step: Step, name: str) -> Iterator[Node]:
    """Yield the nodes that may read what a step binds: up to a plain statement that binds the name again."""
    for node in sequence:
        if node.span.start <= step.span.start:
            continue
        yield node
        if name in tree.binds(node):
            if not isinstance(node, Step):
                raise Declined(f"`{name}` changes again later")
            return


def _checked(layout: Layout, use: Use) -> Use:
    if use.field and layout.code[use.span.end : use.field.span.end].lstrip().startswith("="):
        raise Declined(f"`{use.name}` is printed with its name")
    return use
