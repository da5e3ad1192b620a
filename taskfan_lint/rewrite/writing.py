"""Writing: the statements of a loop, once for each iteration, with their comments, and whether that is safe."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.model import Item, ItemKind, Loop, Purity, Step
from taskfan_lint.edit import Edit, Span
from taskfan_lint.rewrite.above import Above
from taskfan_lint.rewrite.layout import identifier
from taskfan_lint.rewrite.loops import Body, Items, Role, items_of
from taskfan_lint.rewrite.names import bound_before

MAX_WORD = 24


class Writer(ABC):
    """Writes the statements of each iteration, by role in the order in which they are to run.

    A language says how one statement is written, and what its scopes forbid. `gap` stands in front of a comment that
    ends a line; comments from `start` on are kept.
    """

    gap: str

    def __init__(self, body: Body, place: Above | None, start: int) -> None:
        self.written: dict[Role, list[str]] = {Role.CONTEXT: [], Role.DISPATCH: [], Role.COLLECTION: []}
        self.safe = not body.collects
        self._body = body
        self._layout = body.layout
        self._indent = body.layout.indent(body.loop.span.start)
        self._place = place
        self._start = start
        self._known = bound_before(body.region, place.node.span.start if place else body.loop.span.start)
        self._commented: set[Span] = set()
        self._numbers: Counter[str] = Counter()

    @abstractmethod
    def _meant(self, items: Items, around: Items) -> Items:
        """Return what the targets of a loop and of those around it stand for; raises Declined."""

    @abstractmethod
    def _made(self, bound: list[str]) -> Iterable[str]:
        """Return the names of an iteration that need a name of their own when it is written out."""

    @abstractmethod
    def _text(self, step: Step, replaced: Items) -> str:
        """Return a statement with what one iteration binds replaced, at the loop's indentation."""

    def write(self, loop: Loop, items: Items, around: Items) -> None:
        """Write one iteration of a loop; `around` is what the names of the loops around it stand for."""
        meant = self._meant(items, around)
        bound = [name for node in loop.body if isinstance(node, Step) for name in node.binds]
        names = {name: Item(self._renamed(name, meant), ItemKind.NAME) for name in self._made(bound)}
        for node in loop.body:
            match node:
                case Step():
                    self._judge(node, {**meant, **names})
                    self._put(node, {**meant, **names})
                case Loop():
                    for inner in items_of(node):
                        self.write(node, inner, {**meant, **names})

    def _renamed(self, name: str, meant: Items) -> str:
        """Return a new name for what one iteration binds: `ctx_researcher`, or `ctx_2`."""
        members = [inner for item in meant.values() for _, inner in item.members]
        words = [identifier(one.value) for one in (*meant.values(), *members) if one.kind is ItemKind.STRING]
        words = [word for word in words if word and len(word) <= MAX_WORD]
        self._numbers[name] += 1
        return self._layout.fresh(f"{name}_{words[0] if words else self._numbers[name]}")

    def _judge(self, step: Step, replaced: Items) -> None:
        """Note what makes it unsafe to write a statement out."""
        read = [item for name, item in replaced.items() if name in step.reads]
        self.safe &= all(item.purity is Purity.PURE for item in read)
        if self._body.role(step) is Role.CONTEXT:
            self.safe &= step.simple and step.purity is Purity.PURE and not step.changes
            names = step.reads - self._body.own | {name for item in read for name in item.reads}
            self.safe &= self._layout.facts.fenced or names <= self._known

    def _put(self, step: Step, replaced: Items) -> None:
        """Write a statement of one iteration."""
        text = self._indent + self._text(step, replaced)
        self.written[self._body.role(step)].append("".join(self._comments(step)) + text + self._trailing(step))

    def _comments(self, step: Step) -> Iterator[str]:
        """Yield the own-line comments above a statement, once."""
        layout = self._layout
        for comment in layout.comments_in(Span(self._start, step.span.start)):
            inside = any(comment.span in other.span for other in tree.steps(self._body.loop.body))
            if comment.own_line and not inside and comment.span not in self._commented:
                self._commented.add(comment.span)
                yield f"{self._indent}{layout.text(comment.span)}{layout.newline}"

    def _trailing(self, step: Step) -> str:
        layout = self._layout
        for comment in layout.comments_in(Span(step.span.end, layout.lines.end_of_line(step.span.end))):
            if comment.span not in self._commented:
                self._commented.add(comment.span)
                return self.gap + layout.text(comment.span)
        return ""

    def _left_over(self, span: Span) -> list[str]:
        """Return the comments that belong to no statement, such as one behind the loop's header."""
        spans = [step.span for step in self._body.steps]
        return [
            f"{self._indent}{self._layout.text(comment.span)}"
            for comment in self._layout.comments_in(span)
            if comment.span not in self._commented and not any(comment.span in span for span in spans)
        ]

    def _calls(self) -> list[str]:
        return [*self.written[Role.DISPATCH], *self.written[Role.COLLECTION]]

    def edits(self, rows: Span, inside: Span) -> Iterator[Edit]:
        """Yield the edits that put what is written in the place of the loop, contexts above the first dispatch.

        Comments that belong to no statement come first where they stand `inside`, last where they stand behind it.
        """
        layout, contexts = self._layout, self.written[Role.CONTEXT]
        calls = self._calls()
        if self._place and contexts:
            self._check_place(self._place)
            yield Edit(Span(self._place.at, self._place.at), "".join(text + layout.newline for text in contexts))
            contexts = []
        ending = layout.newline if layout.text(rows).endswith(("\n", "\r")) else ""
        above, below = self._left_over(inside), self._left_over(Span(inside.end, rows.end))
        yield Edit(rows, layout.newline.join([*above, *contexts, *calls, *below]) + ending)

    def _check_place(self, place: Above) -> None:
        """Raise Declined where the contexts cannot be built above the first dispatch."""
        place.check(self._layout, *self._moved())

    def _moved(self) -> tuple[frozenset[str], frozenset[str], Purity]:
        """Return what building the contexts reads and writes, and what else it can do."""
        body = self._body
        steps = [step for step in body.steps if not tree.holds_dispatch(step) and body.role(step) is Role.CONTEXT]
        items = [item for one in body.loops for items in items_of(one) for item in items.values()]
        reads = frozenset(name for step in steps for name in step.reads) - body.own
        reads |= frozenset(name for item in items for name in item.reads) - body.targets
        writes = frozenset(name for step in steps for name in step.changes) - body.own
        return reads, writes, max(step.purity for step in steps)
