"""Comments that separate groups of dispatches, put between the statements where they stand."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable

from taskfan_lint.analysis.facts import Comment, Region
from taskfan_lint.analysis.model import Arm, Block, Boundary, BoundaryKind, Branch, Loop, Node
from taskfan_lint.edit import Lines

_ONLY_COMMENTS = re.compile(r"(?:\s|#[^\r\n]*|//[^\r\n]*|/\*.*?\*/)*", re.DOTALL)


def boundary(comment: Comment) -> Boundary | None:
    """Return what a comment says of the groups around it, None if nothing."""
    from taskfan_lint import prose  # lazy: it takes long to load, and only where there is a comment is it read

    if comment.own_line:
        wrong = prose.marker(comment.text)
        if wrong is not None:
            return Boundary(comment.span, BoundaryKind.MARKER, comment.text, wrong)
        if prose.is_phase(comment.text):
            return Boundary(comment.span, BoundaryKind.PHASE, comment.text)
        if prose.message_number(comment.text) is not None:
            return Boundary(comment.span, BoundaryKind.MESSAGE, comment.text)
    if prose.declares_serial(comment.text):
        return Boundary(comment.span, BoundaryKind.SERIAL, comment.text)
    match prose.waits(comment.text):
        case prose.Wait.ALL:
            return Boundary(comment.span, BoundaryKind.WAIT_ALL, comment.text)
        case prose.Wait.ONE:
            return Boundary(comment.span, BoundaryKind.WAIT_ONE, comment.text)
    if comment.own_line and prose.settles(comment.text):
        return Boundary(comment.span, BoundaryKind.SETTLED, comment.text)
    return None


def separate(regions: tuple[Region, ...], comments: Iterable[Comment], code: str) -> tuple[Region, ...]:
    """Return the regions with the boundaries that comments set between their statements."""
    found = sorted((one for one in map(boundary, comments) if one is not None), key=lambda one: one.span)
    if not found:
        return regions
    placer = _Placer(code)
    separated = []
    for region in regions:
        inner = [other.span for other in regions if other.span in region.span and other is not region]
        mine = [one for one in found if one.span in region.span and not any(one.span in span for span in inner)]
        separated.append(region._replace(body=placer.place(region.body, mine)))
    return tuple(separated)


class _Placer:
    """Puts boundaries between nodes, by their place and their column."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._lines = Lines(code)

    def _column(self, offset: int) -> int:
        return self._lines.position(offset)[1]

    def place(self, nodes: tuple[Node, ...], found: list[Boundary]) -> tuple[Node, ...]:
        """Return the nodes of one sequence with its boundaries in place."""
        if not found:
            return nodes
        placed: list[Node] = [one for one in found if not nodes or one.span.start <= nodes[0].span.start]
        rest = deque(found[len(placed) :])
        for index, node in enumerate(nodes):
            after = nodes[index + 1].span.start if index + 1 < len(nodes) else len(self._code) + 1
            own: list[Boundary] = []
            while rest and rest[0].span.start <= after:
                own.append(rest.popleft())
            inside = [one for one in own if self._is_inside(one, node)]
            placed += [self._descend(node, inside), *(one for one in own if one not in inside)]
        return tuple(placed)

    def _is_inside(self, one: Boundary, node: Node) -> bool:
        if one.span in node.span:
            return True
        if not isinstance(node, (Loop, Branch, Block)):
            return False
        own_line = not self._code[self._lines.start_of_line(one.span.start) : one.span.start].strip()
        return own_line and self._column(one.span.start) > self._column(node.span.start)

    def _descend(self, node: Node, found: list[Boundary]) -> Node:
        if not found:
            return node
        match node:
            case Loop():
                body, orelse = self._share((node.body, node.orelse), found)
                return node._replace(body=body, orelse=orelse)
            case Branch():
                bodies = self._share(tuple(arm.body for arm in node.arms), found)
                arms: list[Arm] = [arm._replace(body=body) for arm, body in zip(node.arms, bodies, strict=True)]
                return node._replace(arms=tuple(arms))
            case Block():
                parts = tuple(self._share((node.body, *node.handlers, node.orelse, node.finalbody), found))
                return node._replace(body=parts[0], handlers=parts[1:-2], orelse=parts[-2], finalbody=parts[-1])
        return node

    def _share(self, bodies: tuple[tuple[Node, ...], ...], found: list[Boundary]) -> list[tuple[Node, ...]]:
        """Give each boundary to the body that it stands in: the last one that begins before it, or the first."""
        starts = [body[0].span.start if body else -1 for body in bodies]
        shares: list[list[Boundary]] = [[] for _ in bodies]
        for one in found:
            begun = [i for i, start in enumerate(starts) if 0 <= start <= one.span.start]
            index = begun[-1] if begun else 0
            following = index + 1
            if following < len(bodies) and starts[following] > one.span.start:
                between = self._code[one.span.end : starts[following]]
                if _ONLY_COMMENTS.fullmatch(between):
                    index = following
            shares[index].append(one)
        return [self.place(body, share) for body, share in zip(bodies, shares, strict=True)]
