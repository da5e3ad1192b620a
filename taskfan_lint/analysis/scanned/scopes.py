"""The statement tree of a text that need not be any language, by its calls, headers, brackets and indentation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.facts import Region
from taskfan_lint.analysis.model import (
    Action,
    Arm,
    Block,
    Branch,
    Dispatch,
    Loop,
    LoopKind,
    Node,
    Purity,
    Step,
    Use,
    Wait,
)
from taskfan_lint.analysis.scanned.headers import Header, Opens
from taskfan_lint.edit import Span
from taskfan_lint.profile import is_serial

TOGETHER = re.compile(r"\.(?:map|flatMap)\(")  # calls back for each item and keeps what comes of it
_NAMES = re.compile(r"(?<![\w.\"'])[A-Za-z_]\w*")
_TEST = re.compile(r"[\w\s.'\"!=<>&|()-]*$")
_WORDS = frozenset({"and", "or", "not", "is", "in", "of", "the", "a", "true", "false", "null", "None", "True", "False"})


@dataclass
class Frame:
    """A scope that is still open: what opened it, and the nodes in it so far.

    `indent` is the column of its first line; a bracket's scope has no header and ends with the bracket.
    """

    header: Header | None
    span: Span
    indent: int
    closer: str = ""
    nodes: list[Node] = field(default_factory=list)
    binds: tuple[str, ...] = ()
    combines: bool = False


def uses(text: str, start: int) -> tuple[Use, ...]:
    """Return the names in a piece of code, whose offset is `start`, as uses."""
    return tuple(
        Use(found[0], Span(start + found.start(), start + found.end()))
        for found in _NAMES.finditer(text)
        if found[0] not in _WORDS
    )


class Scopes:
    """Builds the regions of a text as its lines go by."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._root = Frame(None, Span(0, 0), -1)
        self._stack = [self._root]
        self.regions: list[Region] = []
        self.headers: list[tuple[Span, Span]] = []
        self.end = 0

    def add(self, node: Node) -> None:
        """Put a statement into the innermost scope."""
        self._stack[-1].nodes.append(node)
        self.end = max(self.end, node.span.end)

    def open(self, frame: Frame) -> None:
        """Open a scope."""
        self._stack.append(frame)
        self.end = max(self.end, frame.span.end)

    def dedent(self, indent: int) -> None:
        """Close the scopes that a statement at a column stands behind."""
        while len(self._stack) > 1 and indent <= self._stack[-1].indent and not self._holds_bracket(indent):
            self._close()

    def _holds_bracket(self, indent: int) -> bool:
        """Tell whether the innermost scope is a bracket's whose content may stand at the column of its line."""
        top = self._stack[-1]
        return top.header is None and indent == top.indent and bool(top.closer)

    def close(self, closers: str) -> None:
        """Close the scopes that brackets end."""
        for closer in closers:
            index = next((i for i in range(len(self._stack) - 1, 0, -1) if self._stack[i].closer == closer), 0)
            while index and len(self._stack) > index:
                self._close()

    def finish(self) -> tuple[Region, ...]:
        """Return the regions of the whole text, outermost first."""
        while len(self._stack) > 1:
            self._close()
        return (Region(Span(0, len(self._code)), tuple(self._root.nodes)), *self.regions)

    def _close(self) -> None:
        frame = self._stack.pop()
        owner = self._stack[-1].nodes
        nodes = tuple(frame.nodes)
        if frame.header is None:
            owner += _merged(frame)
            return
        if not nodes:
            owner.append(self._step(frame))
            return
        span = Span(frame.span.start, nodes[-1].span.end)
        self.headers.append((frame.span, span))
        match frame.header.opens:
            case Opens.LOOP:
                owner.append(self._loop(frame, frame.header, span, nodes))
            case Opens.CHOICE | Opens.CASE | Opens.OTHERWISE:
                self._choose(frame, frame.header, span, nodes, owner)
            case Opens.FUNCTION:
                self.regions.append(Region(span, nodes))
            case Opens.BLOCK:
                owner.append(Block(span, self._step(frame), nodes))

    def _step(self, frame: Frame) -> Step:
        return Step(frame.span)

    def _loop(self, frame: Frame, header: Header, span: Span, nodes: tuple[Node, ...]) -> Loop:
        source = header.over or header.test
        text = self._code[frame.span.start : frame.span.end]
        start = self._code.find(source, frame.span.start, frame.span.end) if source else -1
        iterable = Span(start, start + len(source)) if start >= 0 else None
        return Loop(
            span,
            header.kind,
            Step(frame.span, uses=uses(source, max(start, frame.span.start))),
            header.targets,
            nodes,
            Span(nodes[0].span.start, nodes[-1].span.end),
            iterable=iterable if header.kind is LoopKind.FOR else None,
            sources=(header.over,) if header.over.isidentifier() else (),
            serial=is_serial(text),
            combined=span if TOGETHER.search(text) else None,
        )

    def _choose(self, frame: Frame, header: Header, span: Span, nodes: tuple[Node, ...], owner: list[Node]) -> None:
        test = None
        if header.opens is not Opens.OTHERWISE:
            test = Step(frame.span, uses=uses(header.test, frame.span.start))
        arm = Arm(test, nodes, bool(_TEST.match(header.test)) and "(" not in header.test, header.test)
        last = owner[-1] if owner else None
        if isinstance(last, Branch) and header.opens is not Opens.CHOICE and not last.exhaustive:
            whole = Span(last.span.start, span.end)
            owner[-1] = last._replace(span=whole, arms=(*last.arms, arm), exhaustive=test is None)
        else:
            owner.append(Branch(span, frame.span, (arm,)))


def _merged(frame: Frame) -> list[Node]:
    """Return what a bracket holds as one statement where it holds dispatches, as it stands otherwise."""
    dispatches = list(tree.dispatches(frame.nodes))
    if not dispatches or not all(isinstance(node, (Step, Loop, Branch)) for node in frame.nodes):
        return frame.nodes
    whole = Span(frame.span.start, frame.nodes[-1].span.end)
    actions: list[Action] = []
    for node in frame.nodes:
        if isinstance(node, Step):
            actions += node.actions
        elif isinstance(node, (Loop, Branch)):
            actions.append(node)
    if frame.combines:
        actions = [_combined(one, whole) for one in actions]
        actions.append(Wait(whole, frozenset(), combines=True))
    inner = [node for node in frame.nodes if isinstance(node, Step)]
    return [
        Step(
            whole,
            tuple(actions),
            tuple(use for step in inner for use in step.uses),
            (*frame.binds, *(name for step in inner for name in step.binds)),
            frozenset(name for step in inner for name in step.changes),
            Purity.EFFECT,
            tuple(call for step in inner for call in step.calls),
            keeps=bool(frame.binds),
        )
    ]


def _combined(action: Action, whole: Span) -> Action:
    match action:
        case Dispatch():
            return action._replace(combined=whole, awaited=None)
        case Loop():
            return action._replace(combined=whole)
    return action
