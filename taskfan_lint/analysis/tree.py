"""Questions about a statement tree that need no flow: what a node holds, binds and reads, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from taskfan_lint.analysis.facts import Region
from taskfan_lint.analysis.model import Action, Block, Boundary, Branch, Call, Dispatch, Loop, Node, Purity, Step, Wait
from taskfan_lint.edit import Span


def bodies(node: Node) -> tuple[tuple[Node, ...], ...]:
    """Return the node sequences directly inside a node."""
    match node:
        case Loop():
            return (node.body, node.orelse)
        case Branch():
            return tuple(arm.body for arm in node.arms)
        case Block():
            return (node.body, *node.handlers, node.orelse, node.finalbody)
    return ()


def headers(node: Node) -> tuple[Step, ...]:
    """Return the steps that a node itself evaluates."""
    match node:
        case Step():
            return (node,)
        case Loop():
            return (node.header,)
        case Branch():
            return tuple(arm.test for arm in node.arms if arm.test)
        case Block():
            return (node.header,) if node.header else ()
    return ()


def steps(nodes: Iterable[Node]) -> Iterator[Step]:
    """Yield every step at or below nodes in order of place, those inside of expressions too."""
    for node in nodes:
        for step in headers(node):
            yield step
            for action in step.actions:
                if isinstance(action, (Loop, Branch)):
                    yield from steps([action])
        for body in bodies(node):
            yield from steps(body)


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield every node at or below nodes, those inside of expressions too."""
    for node in nodes:
        yield node
        for step in headers(node):
            yield from walk([action for action in step.actions if isinstance(action, (Loop, Branch))])
        for body in bodies(node):
            yield from walk(body)


def actions(nodes: Iterable[Node]) -> Iterator[Action]:
    """Yield every action below nodes in order of place."""
    for step in steps(nodes):
        yield from step.actions


def dispatches(nodes: Iterable[Node]) -> Iterator[Dispatch]:
    """Yield every dispatch below nodes in order of place."""
    return (action for action in actions(nodes) if isinstance(action, Dispatch))


def waits(nodes: Iterable[Node]) -> Iterator[Wait]:
    return (action for action in actions(nodes) if isinstance(action, Wait))


def calls(nodes: Iterable[Node]) -> Iterator[Call]:
    for step in steps(nodes):
        yield from step.calls


def holds_dispatch(node: Node) -> bool:
    return next(dispatches([node]), None) is not None


def binds(node: Node) -> frozenset[str]:
    """Return every name that a node binds, loop targets included."""
    found = {name for step in steps([node]) for name in step.binds}
    found |= {name for one in walk([node]) if isinstance(one, Loop) for name in one.targets}
    return frozenset(found)


def changes(node: Node) -> frozenset[str]:
    """Return every name whose object a node changes."""
    return frozenset(name for step in steps([node]) for name in step.changes)


def reads(node: Node) -> frozenset[str]:
    """Return every name that a node reads."""
    return frozenset(use.name for step in steps([node]) for use in step.uses)


def purity(node: Node) -> Purity:
    """Return the most that evaluating a node can do."""
    if any(step.exit for step in steps([node])) or any(isinstance(one, Block) for one in walk([node])):
        return Purity.EFFECT
    return max((step.purity for step in steps([node])), default=Purity.PURE)


def sequences(region: Region) -> Iterator[tuple[Node, ...]]:
    """Yield every sequence of statements of a region, outermost first."""
    pending = [region.body]
    while pending:
        sequence = pending.pop()
        yield sequence
        pending += [body for node in sequence for body in bodies(node) if body]


def sequence_of(regions: Iterable[Region], node: Node) -> tuple[Node, ...] | None:
    """Return the sequence of statements in which a node stands."""
    for region in regions:
        for sequence in sequences(region):
            if any(one is node for one in sequence):
                return sequence
    return None


def holder(sequence: Iterable[Node], span: Span) -> Node | None:
    """Return the node of a sequence inside of which a span lies."""
    return next((node for node in sequence if span in node.span and not isinstance(node, Boundary)), None)


def keeps(step: Step, methods: frozenset[str]) -> bool:
    """Tell whether a statement only keeps what its dispatches return: binds it, or hands it to one of the methods."""
    spans = [action.span for action in step.actions if isinstance(action, Dispatch)]
    return bool(spans) and all(
        any(span in call.span for span in spans) and call.name.rpartition(".")[2] in methods
        for call in step.calls
        if not any(call.span in span for span in spans)
    )
