"""Names: which are bound where, who else reads them, and who else may change what they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.effects import is_loud
from taskfan_lint.analysis.facts import Facts, Region
from taskfan_lint.analysis.model import Block, Branch, Dispatch, Loop, Node, Ref, Step
from taskfan_lint.edit import Span
from taskfan_lint.rewrite import Declined

_NUMBER = re.compile(r"-?\d[\w.]*|True|False|None|true|false|null|undefined")
_QUOTED = re.compile(r"[fFrR]{1,2}['\"]|`")


def bound_before(region: Region, offset: int) -> frozenset[str]:
    """Return the names that are surely bound when the statement at an offset runs."""
    names = set(region.known)
    for sequence in tree.sequences(region):
        if not sequence[0].span.start <= offset <= sequence[-1].span.end:
            continue
        for node in sequence:
            if node.span.end <= offset:
                names |= surely_binds(node)
            elif node.span.start <= offset:
                names |= frozenset(name for step in tree.headers(node)[:1] for name in step.binds)
                names |= frozenset(getattr(node, "targets", ()))
    return frozenset(names)


def surely_binds(node: Node) -> frozenset[str]:
    """Return the names that a node binds whichever way it runs."""
    match node:
        case Step():
            return frozenset(node.binds)
        case Block(protected=False, header=header, body=body):
            bound = frozenset(header.binds) if header else frozenset()
            return bound.union(*map(surely_binds, body)) if body else bound
        case Branch(exhaustive=True, arms=arms):
            sets = [frozenset().union(*map(surely_binds, arm.body)) for arm in arms]
            return frozenset.intersection(*sets) if sets else frozenset()
    return frozenset()


def used_after(region: Region, node: Node, names: Iterable[str]) -> frozenset[str]:
    """Return those names whose value a node leaves behind for code that reads it later."""
    wanted = set(names)
    spans = [loop.span for loop in tree.walk(region.body) if isinstance(loop, Loop) and node.span in loop.span]
    around = [span for span in spans if span != node.span]
    live: set[str] = set()
    for step in tree.steps(region.body):
        outside = step.span not in node.span
        later = step.span.start >= node.span.end or any(step.span in span for span in around)
        if outside and later:
            live |= {use.name for use in step.uses} & wanted
    rebound = _rebound_first(region, node, live) if not around else frozenset()
    return frozenset(live - rebound)


def _rebound_first(region: Region, node: Node, names: set[str]) -> frozenset[str]:
    """Return the names that statements after a node surely bind again before any read."""
    if not any(other is node for other in region.body):
        return frozenset()
    later = [other for other in region.body if other.span.start >= node.span.end]
    return frozenset(name for name in names if _is_rebound(later, name))


def _is_rebound(later: Iterable[Node], name: str) -> bool:
    """Tell whether a name is bound before it is read; a loop binds its target for its body, and for good if it runs."""
    for node in later:
        if isinstance(node, Loop) and name in node.targets and name not in node.header.reads:
            if node.items:
                return True
            continue
        if name in tree.reads(node):
            return False
        if name in surely_binds(node):
            return True
    return False


def check_private(facts: Facts, region: Region, names: Iterable[str]) -> None:
    """Raise Declined where code outside of a region's own statements sees what its names stand for."""
    wanted = frozenset(names)
    if wanted & facts.outer:
        raise Declined(f"`{min(wanted & facts.outer)}` belongs to a scope around this one")
    found = {use.name for step in tree.steps(region.body) for use in step.uses if use.deferred}
    if region is facts.regions[0] or facts.is_script:
        found |= facts.hidden
    for other in facts.regions:
        if other is not region and other.span in region.span:
            found |= _free(facts, other)
    if wanted & found:
        raise Declined(f"`{min(wanted & found)}` is read by a function")


def _free(facts: Facts, region: Region) -> frozenset[str]:
    """Return the names that a function or class reads without binding them in its body or its header."""
    own = {name for node in region.body for name in tree.binds(node)}
    if not facts.is_script:
        header = max((head for head, whole in facts.headers if region.span in whole), default=Span(0, 0))
        own |= set(re.findall(r"\w+", facts.code[header.start : header.end]))
    return frozenset(name for node in region.body for name in tree.reads(node)) - own


def changed_by_calls(facts: Facts, region: Region, crossed: Iterable[Node], names: frozenset[str]) -> frozenset[str]:
    """Return those names whose value the calls in some statements may change: handed to one, or bound by a function.

    A text or number that is handed on stays what it is.
    """
    found: set[str] = set()
    for node in crossed:
        for call in tree.calls([node]):
            if is_loud(call) and call.name not in {"print", "console.log"} and not _keeps(node):
                found |= (call.reads & names) | (names & facts.outer)
        if not _keeps(node) and any(tree.changes(node) - names):
            found |= {name for name in names if not _is_text(facts, region, name)} & _aliases(region, node)
    return frozenset(name for name in found if name in facts.outer or not _is_text(facts, region, name))


def _keeps(node: Node) -> bool:
    return isinstance(node, Step) and node.keeps


def _aliases(region: Region, node: Node) -> frozenset[str]:
    """Return the names that may be another name for what a statement changes."""
    changed = tree.changes(node)
    found: set[str] = set()
    for step in tree.steps(region.body):
        if step.binds and step.reads & changed:
            found |= set(step.binds)
        if set(step.binds) & changed:
            found |= step.reads
    return frozenset(found)


def _is_text(facts: Facts, region: Region, name: str) -> bool:
    """Tell whether every value that a region gives a name is a text, a number, True, False or None."""
    steps = [step for step in tree.steps(region.body) if name in step.binds]
    return bool(steps) and all(step.simple and step.value and _gives_text(facts, step) for step in steps)


def _gives_text(facts: Facts, step: Step) -> bool:
    assert step.value is not None
    source = facts.code[step.value.start : step.value.end]
    match step.text:
        case (Ref(name),):  # not folded, or an f-string that is one field
            return bool(_NUMBER.fullmatch(source)) or (name != source and bool(_QUOTED.match(source)))
    return any(isinstance(part, str) for part in step.text)


def in_class(facts: Facts, span: Span) -> bool:
    """Tell whether a statement stands in the body of a class, where names are attributes."""
    if facts.is_script:
        return False
    around = [header for header, whole in facts.headers if span in whole and span not in header]
    scopes = [header for header in around if re.match(r"(?:async\s+)?def\b|class\b", facts.code[header.start :])]
    inner = max(scopes, key=lambda header: header.start, default=None)
    return inner is not None and facts.code.startswith("class", inner.start)


def dispatch_of(step: Step) -> Dispatch | None:
    """Return the only action of a step if it is a dispatch."""
    action = step.actions[0] if len(step.actions) == 1 else None
    return action if isinstance(action, Dispatch) else None
