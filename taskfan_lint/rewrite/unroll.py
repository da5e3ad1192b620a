"""Unroll: a loop over a literal becomes its contexts, then its calls, one below another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.facts import Facts
from taskfan_lint.analysis.model import Item, ItemKind, Loop, LoopKind, Purity, Step
from taskfan_lint.analysis.windows import Interruption
from taskfan_lint.edit import Edit, Span
from taskfan_lint.finding import Applicability, Fix
from taskfan_lint.rewrite import Declined, Mended, comprehension, parsed_only
from taskfan_lint.rewrite.above import Above, above
from taskfan_lint.rewrite.layout import Layout, identifier
from taskfan_lint.rewrite.loops import Body, Items, Role, check_count, items_of
from taskfan_lint.rewrite.names import bound_before
from taskfan_lint.rewrite.substitute import replacements
from taskfan_lint.settings import Settings


@parsed_only
def unroll(facts: Facts, one: Interruption, settings: Settings) -> Mended:
    """Return the fix that writes out each call of the loops around a dispatch."""
    loop = one.loops[0]
    layout = Layout(facts)
    try:
        if facts.is_script:
            from taskfan_lint.rewrite.script import unroll as script  # lazy: only for a script

            return Mended(script.unroll(layout, one, settings))
        if loop.kind in (LoopKind.COMPREHENSION, LoopKind.GENERATOR):
            return Mended(comprehension.unroll(layout, loop, settings))
        return Mended(_unroll(layout, one, settings))
    except Declined as declined:
        return Mended(reason=str(declined))


def _unroll(layout: Layout, one: Interruption, settings: Settings) -> Fix:
    loop = one.loops[0]
    items_of(loop)
    rows = layout.with_tail(layout.rows(loop.span))
    body = Body(layout, loop)
    body.check()
    check_count(body.calls(loop), settings)
    place = above(layout, loop, one.before) if body.contexts else None
    writer = _Writer(body, place)
    for items in items_of(loop):
        writer.write(loop, items, {})
    applicability = Applicability.SAFE if writer.safe else Applicability.UNSAFE
    edits = tuple(writer.edits(rows))
    return Fix(applicability, "write out the calls, one below another", edits, layout.declared(loop.span))


class _Writer:
    """Writes the statements of each iteration, by role in the order in which they are to run."""

    def __init__(self, body: Body, place: Above | None) -> None:
        self.written: dict[Role, list[str]] = {Role.CONTEXT: [], Role.DISPATCH: [], Role.COLLECTION: []}
        self.safe = not body.collects
        self._body = body
        self._layout = body.layout
        self._indent = body.layout.indent(body.loop.span.start)
        self._place = place
        self._known = bound_before(body.region, place.node.span.start if place else body.loop.span.start)
        self._commented: set[Span] = set()
        self._numbers: Counter[str] = Counter()

    def write(self, loop: Loop, items: Items, around: Items) -> None:
        """Write one iteration of a loop; `around` is what the names of the loops around it stand for."""
        meant = {**around, **{name: _resolved(item, around) for name, item in items.items()}}
        bound = {name for node in loop.body if isinstance(node, Step) for name in node.binds}
        made = sorted(bound & (self._body.own - self._body.targets))
        names = {name: Item(self._renamed(name, meant), ItemKind.NAME) for name in made}
        for node in loop.body:
            match node:
                case Step():
                    self._write_step(node, {**meant, **names})
                case Loop():
                    for inner in items_of(node):
                        self.write(node, inner, {**meant, **names})

    def _renamed(self, name: str, meant: Items) -> str:
        """Return a new name for what one iteration binds: `ctx_researcher`, or `ctx_2`."""
        words = [identifier(item.value) for item in meant.values() if item.kind is ItemKind.STRING]
        words = [word for word in words if word and len(word) <= 24]
        self._numbers[name] += 1
        return self._layout.fresh(f"{name}_{words[0] if words else self._numbers[name]}")

    def _write_step(self, step: Step, replaced: Items) -> None:
        role = self._body.role(step)
        read = [item for name, item in replaced.items() if name in step.reads]
        self.safe &= all(item.purity is Purity.PURE for item in read)
        if role is Role.CONTEXT:
            self.safe &= step.simple and step.purity is Purity.PURE and not step.changes
            names = step.reads - self._body.own | {name for item in read for name in item.reads}
            self.safe &= self._layout.facts.fenced or names <= self._known
        text = self._text(step, replaced)
        self.written[role].append("".join(self._comments(step)) + self._indent + text + self._trailing(step))

    def _text(self, step: Step, replaced: Items) -> str:
        """Return a statement with what one iteration binds replaced, at the loop's indentation."""
        layout = self._layout
        edits = replacements(layout.code, step.span, step.uses, replaced)
        for name in sorted(set(step.binds) & replaced.keys()):
            target = Span(step.span.start, step.span.start + len(name))
            if not step.simple or layout.text(target) != name:
                raise Declined(f"`{name}` is not bound by a plain assignment")
            edits.append(Edit(target, replaced[name].text))
        edits += layout.indentation(step.span, layout.indent(step.span.start), self._indent)
        return layout.rewritten(step.span, edits)

    def _comments(self, step: Step) -> Iterator[str]:
        """Yield the own-line comments above a statement, once."""
        layout, iterable = self._layout, self._body.loop.iterable
        assert iterable is not None
        for comment in layout.comments_in(Span(iterable.end, step.span.start)):
            inside = any(comment.span in other.span for other in tree.steps(self._body.loop.body))
            if comment.own_line and not inside and comment.span not in self._commented:
                self._commented.add(comment.span)
                yield f"{self._indent}{layout.text(comment.span)}{layout.newline}"

    def _trailing(self, step: Step) -> str:
        layout = self._layout
        for comment in layout.comments_in(Span(step.span.end, layout.lines.end_of_line(step.span.end))):
            if comment.span not in self._commented:
                self._commented.add(comment.span)
                return f"  {layout.text(comment.span)}"
        return ""

    def edits(self, rows: Span) -> Iterator[Edit]:
        """Yield the edits that put what is written in the place of the loop, contexts above the first dispatch."""
        layout = self._layout
        contexts, calls = self.written[Role.CONTEXT], [*self.written[Role.DISPATCH], *self.written[Role.COLLECTION]]
        if self._place and contexts:
            self._check_place(self._place)
            yield Edit(Span(self._place.at, self._place.at), "".join(text + layout.newline for text in contexts))
            contexts = []
        ending = layout.newline if layout.text(rows).endswith(("\n", "\r")) else ""
        inside, below = self._left_over(self._body.loop.span), self._left_over(Span(self._body.loop.span.end, rows.end))
        yield Edit(rows, layout.newline.join([*inside, *contexts, *calls, *below]) + ending)

    def _check_place(self, place: Above) -> None:
        body = self._body
        steps = [step for step in body.steps if not tree.holds_dispatch(step) and body.role(step) is Role.CONTEXT]
        items = [item for one in body.loops for items in items_of(one) for item in items.values()]
        reads = frozenset(name for step in steps for name in step.reads) - body.own
        reads |= frozenset(name for item in items for name in item.reads) - body.targets
        writes = frozenset(name for step in steps for name in step.changes) - body.own
        place.check(self._layout, reads, writes, max(step.purity for step in steps))

    def _left_over(self, span: Span) -> list[str]:
        """Return the comments that belong to no statement, such as one behind the loop's header."""
        spans = [step.span for step in self._body.steps]
        return [
            f"{self._indent}{self._layout.text(comment.span)}"
            for comment in self._layout.comments_in(span)
            if comment.span not in self._commented and not any(comment.span in span for span in spans)
        ]


def _resolved(item: Item, around: Items) -> Item:
    """Return an item whose text is the target of a loop around it as that target's item."""
    if item.kind is ItemKind.NAME and item.text in around:
        return around[item.text]
    if item.reads & around.keys():
        raise Declined("an inner loop goes over what an outer one gives")
    return item
