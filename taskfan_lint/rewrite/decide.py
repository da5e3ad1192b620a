"""Decide: conditions move above the first dispatch, into a well-named variable."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import NamedTuple

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.facts import Facts
from taskfan_lint.analysis.model import Arm, Branch, Node, Purity, Step
from taskfan_lint.analysis.windows import Interruption
from taskfan_lint.edit import Edit, Span
from taskfan_lint.finding import Applicability, Fix
from taskfan_lint.rewrite import Declined, Mended, parsed_only
from taskfan_lint.rewrite.above import between, check_unchanged
from taskfan_lint.rewrite.layout import Layout, identifier
from taskfan_lint.rewrite.move import Hoisted, hoist_nodes
from taskfan_lint.rewrite.names import bound_before
from taskfan_lint.rewrite.script.scopes import check_same_block
from taskfan_lint.rewrite.script.style import semicolon


@parsed_only
def decide(facts: Facts, one: Interruption) -> Mended:
    """Return the fix that evaluates a branch's tests above the first dispatch."""
    layout, branch = Layout(facts), one.node
    assert isinstance(branch, Branch)
    try:
        hoisted = decided(layout, branch, one, plain=False)
        edits = hoisted.edits(layout)
    except Declined as declined:
        return Mended(reason=str(declined))
    applicability = Applicability.SAFE if hoisted.safe else Applicability.UNSAFE
    names = layout.declared(one.span)
    return Mended(Fix(applicability, "evaluate the condition above the first dispatch", edits, names))


class _Way(NamedTuple):
    """The sequence of statements from the one that holds the first dispatch down to the one that holds the branch."""

    sequence: tuple[Node, ...]
    above: Node
    here: Node


def decided(layout: Layout, branch: Branch, one: Interruption, *, plain: bool) -> Hoisted:
    """Return what moves above the first dispatch: a branch's tests, and what it and its contexts need.

    With `plain`, a test made of names stays where it is, and is repeated in front of the contexts. Raises Declined.
    """
    first = one.before[0].span
    way = _way(layout, branch, first)
    if layout.facts.is_script:
        check_same_block(layout, way.above.span, way.here.span)
    contexts = [] if layout.facts.is_script else _contexts(branch)
    late = _late(way, branch, one, contexts)
    hoisted = hoist_nodes(layout, late, first) if late else Hoisted(layout.block(way.above.span).start)
    known = bound_before(layout.region_of(way.above.span), way.above.span.start).union(*map(tree.binds, late))
    crossed = between(way.sequence, way.above, way.here, late)
    guard = _test(layout, hoisted, branch, crossed, known, plain=plain or bool(late))
    if contexts and guard:
        lead, value = guard
        hoisted.parts.append((f"{layout.indent(way.above.span.start)}if {lead}", value, f":{layout.newline}"))
        for step in contexts:
            hoisted.take(layout, step, crossed, known)
            known |= frozenset(step.binds)
    if not hoisted.parts:
        raise Declined("nothing that can be moved")
    return hoisted


def _way(layout: Layout, branch: Branch, first: Span) -> _Way:
    """Return the way from the first dispatch to the branch, which one sequence of statements has to hold."""
    region = layout.region_of(branch.span)
    for sequence in reversed(list(tree.sequences(region))):
        above, here = tree.holder(sequence, first), tree.holder(sequence, branch.span)
        if above is not None and here is not None and above is not here:
            return _Way(sequence, above, here)
    raise Declined("it stands in another block than the first dispatch")


def _contexts(branch: Branch) -> list[Step]:
    """Return the statements that an only arm starts with, where they build what its dispatch is given."""
    if not branch.statement or len(branch.arms) != 1:
        return []
    found: list[Step] = []
    for node in branch.arms[0].body:
        if not isinstance(node, Step) or node.actions or node.exit or not (node.binds or node.changes):
            break
        found.append(node)
    return found


def _late(way: _Way, branch: Branch, one: Interruption, contexts: list[Step]) -> tuple[Node, ...]:
    """Return the statements on the way that the tests, the dispatches, and the contexts in the arm need."""
    needed = {name for arm in branch.arms if arm.test for name in arm.test.reads}
    needed |= {name for step in contexts for name in step.reads}
    late = []
    for node in reversed(between(way.sequence, way.above, way.here)):
        if node is way.above or tree.holds_dispatch(node):
            continue
        if (tree.binds(node) | tree.changes(node)) & needed or any(node is other for other in one.late):
            needed |= tree.reads(node)
            late.append(node)
    return tuple(reversed(late))


def _test(
    layout: Layout, hoisted: Hoisted, branch: Branch, crossed: list[Node], known: frozenset[str], *, plain: bool
) -> tuple[str, Span] | None:
    """Add the lines that evaluate the tests, and the edits that use them; return what stands for the first test.

    With `plain`, a test made of names that have moved up needs no name of its own.
    """
    indent = layout.indent(crossed[0].span.start)
    named: dict[Span, tuple[str, Span]] = {}
    for arm in branch.arms:
        test = arm.test
        if test is None or test.value is None or test.value in named:
            continue
        _check_movable(layout, test, crossed, first=arm is branch.arms[0])
        if plain and arm.names:
            named[test.value] = ("", test.value)
            continue
        name = layout.fresh(_name(arm, branch))
        named[test.value] = (name, Span(test.value.start, test.value.start))
        opening, closing = _assigned(layout, name, test.value, crossed[0].span)
        hoisted.parts.append((indent + opening, test.value, closing + layout.newline))
        hoisted.replaced.append(Edit(test.value, _spaced(layout, test.value, name)))
        hoisted.safe &= test.purity is Purity.PURE and (layout.facts.fenced or test.reads <= known)
    return next(iter(named.values()), None)


def _assigned(layout: Layout, name: str, test: Span, below: Span) -> tuple[str, str]:
    """Return what stands before and behind a test that is bound to a name, above the statement `below`."""
    if layout.facts.is_script:
        like = layout.facts.statements if layout.text(below).endswith("}") else (below,)
        return f"const {name} = ", semicolon(layout, *like)
    opening, closing = _brackets(layout.text(test))
    return f"{name} = {opening}", closing


def _spaced(layout: Layout, span: Span, name: str) -> str:
    """Return the new name with the spaces that `if(test)and` lacks."""
    before, after = layout.code[span.start - 1 : span.start], layout.code[span.end : span.end + 1]
    return (" " if before.isalnum() else "") + name + (" " if after.isalnum() else "")


def _brackets(text: str) -> tuple[str, str]:
    """Return what has to stand around a test that spans lines, so that it is the value of an assignment."""
    if not re.search(r"[\r\n]", text):
        return "", ""
    depths = list(accumulate({"(": 1, ")": -1}.get(sign, 0) for sign in text))
    return ("", "") if text.startswith("(") and 0 not in depths[:-1] else ("(", ")")


def _check_movable(layout: Layout, test: Step, crossed: list[Node], *, first: bool) -> None:
    if test.binds:
        raise Declined("the test binds a name")
    check_unchanged(layout, test.reads, crossed, "the test")
    if not first and test.purity is not Purity.PURE:
        raise Declined("a later test runs only if the earlier ones fail")
    if test.purity is Purity.EFFECT and any(step.exit for step in tree.steps(crossed)):
        raise Declined("the block can be left before the test")


def _name(arm: Arm, branch: Branch) -> str:
    """Return a name for a test after the agent that it decides on: `run_reviewer`."""
    dispatch = next(tree.dispatches(arm.body), None) or next(tree.dispatches([branch]), None)
    agent = identifier(dispatch.agent or "") if dispatch else ""
    return f"run_{agent}" if agent else "is_needed"
