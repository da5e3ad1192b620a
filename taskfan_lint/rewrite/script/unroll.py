"""Unroll: a loop of a script over a literal becomes its contexts, then its calls: below another, or one await."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.model import Item, ItemKind, Loop, LoopKind, Purity, Step
from taskfan_lint.analysis.windows import Interruption
from taskfan_lint.edit import Edit, Span
from taskfan_lint.finding import Applicability, Fix
from taskfan_lint.rewrite import Declined
from taskfan_lint.rewrite.above import Above, above
from taskfan_lint.rewrite.layout import Layout, identifier
from taskfan_lint.rewrite.loops import Body, Items, Role, check_count, check_items, items_of
from taskfan_lint.rewrite.names import bound_before
from taskfan_lint.rewrite.script.collect import Collected, collected
from taskfan_lint.rewrite.script.scopes import check_declared, check_same_block, check_seen, checked
from taskfan_lint.rewrite.script.style import MAX_WIDTH, called, combiner, declared, semicolon, unit, without_end
from taskfan_lint.rewrite.script.substitute import replacements
from taskfan_lint.rewrite.script.together import array
from taskfan_lint.settings import Settings


def unroll(layout: Layout, one: Interruption, settings: Settings) -> Fix:
    """Return the fix that writes out each call of the loops around a dispatch; raises Declined."""
    loop = one.loops[0]
    if loop.kind is LoopKind.COMPREHENSION:
        return _spread(layout, loop, settings)
    items_of(loop)
    whole = statement_of(layout, loop)
    check_same_block(layout, whole)
    rows = layout.rows(whole)
    body = Body(layout, loop)
    _check_declares(layout, body)
    body.check()
    check_count(body.calls(loop), settings)
    if not all(map(layout.is_whole, layout.comments_in(whole))):
        raise Declined("a comment of several lines stands in the loop")
    together = collected(layout, body) if any(one.awaited for one in tree.dispatches(loop.body)) else None
    writer = _Writer(body, above(layout, loop, one.before) if body.contexts else None, together)
    for items in items_of(loop):
        writer.write(loop, items, {})
    safe = writer.safe and together is None
    title = "await the calls together, without the loop" if together else "write out the calls, one below another"
    edits = checked(layout, tuple(writer.edits(whole, rows)))
    return Fix(Applicability.SAFE if safe else Applicability.UNSAFE, title, edits, layout.declared(loop.span))


def statement_of(layout: Layout, loop: Loop) -> Span:
    """Return the span of the statement that a loop is: a call of `forEach` ends with its semicolon."""
    spans = (one for one in layout.facts.statements if one.start == loop.span.start and loop.span in one)
    return min(spans, key=lambda one: one.end, default=loop.span)


def _check_declares(layout: Layout, body: Body) -> None:
    """Raise Declined where the loop gives names a value that are not its own."""
    for loop in body.loops:
        lead = layout.code[loop.span.start : loop.body_span.start]
        if re.match(r"for\b", lead) and not re.match(r"for\s*\(\s*(?:const|let)\b", lead):
            raise Declined("the loop's target is not its own")
        if re.search(r"\.forEach\b[\s\S]*\basync\b", lead):
            raise Declined("the loop is asynchronous")
        if re.search(r"\bfunction\b", lead):
            raise Declined("the callback is a function of its own")
    for step in body.steps:
        if re.match(r"return\b", layout.text(step.span)):
            raise Declined("the callback returns something")
        if any(declared(layout, step, name) is None for name in step.binds):
            raise Declined(f"`{step.binds[0]}` is not declared by a plain statement of the loop")


def _spread(layout: Layout, loop: Loop, settings: Settings) -> Fix:
    """Return the fix that writes out the array that `map` makes of a literal; raises Declined."""
    items = items_of(loop)
    if loop.target_span is None or loop.element is None or any(isinstance(one, Loop) for one in tree.walk(loop.body)):
        raise Declined("the callback takes nothing, or holds a loop")
    lead = layout.code[loop.target_span.start : loop.element.start]
    before = layout.code[loop.span.start : loop.target_span.start]
    if not (lead.rstrip().endswith("=>") and re.search(r"\.\s*map\s*\(\s*(?:\(\s*)?$", before)):
        raise Declined("the callback is more than an expression of what it is given")
    if layout.text(loop.element).startswith(("{", "(")) or layout.comments_in(loop.span):
        raise Declined("the callback is more than an expression")
    uses = [use for step in loop.body if isinstance(step, Step) for use in step.uses]
    check_items(loop, [use.name for use in uses])
    check_count(len(items) * len(list(tree.dispatches(loop.body))), settings)
    texts = [layout.rewritten(loop.element, replacements(layout.code, loop.element, uses, one)) for one in items]
    pure = all(item.purity is Purity.PURE for one in items for item in one.values())
    indent = layout.indent(loop.span.start)
    content = f"[{', '.join(texts)}]"
    if len(indent) + len(content) > MAX_WIDTH or "\n" in content:
        content = layout.newline.join(array(layout, "", [f"{text}," for text in texts], "", indent)).lstrip()
    edits = checked(layout, (Edit(loop.span, content),))
    applicability = Applicability.SAFE if pure else Applicability.UNSAFE
    return Fix(applicability, "write out the calls, one after another", edits)


class _Writer:
    """Writes the statements of each iteration, by role in the order in which they are to run."""

    def __init__(self, body: Body, place: Above | None, together: Collected | None) -> None:
        self.written: dict[Role, list[str]] = {Role.CONTEXT: [], Role.DISPATCH: [], Role.COLLECTION: []}
        self.safe = not body.collects
        self._body = body
        self._layout = body.layout
        self._indent = body.layout.indent(body.loop.span.start)
        self._place = place
        self._together = together
        self._end = semicolon(body.layout, *(step.span for step in body.steps), statement_of(body.layout, body.loop))
        self._known = bound_before(body.region, place.node.span.start if place else body.loop.span.start)
        self._commented: set[Span] = set()
        self._numbers: Counter[str] = Counter()

    def write(self, loop: Loop, items: Items, around: Items) -> None:
        """Write one iteration of a loop; `around` is what the names of the loops around it stand for."""
        meant = {**around, **items}
        if any(item.reads & around.keys() for item in items.values()):
            raise Declined("an inner loop goes over what an outer one gives")
        bound = [name for node in loop.body if isinstance(node, Step) for name in node.binds]
        names = {name: Item(self._renamed(name, meant), ItemKind.NAME) for name in self._kept(bound)}
        for node in loop.body:
            match node:
                case Step():
                    self._write_step(node, {**meant, **names})
                case Loop():
                    for inner in items_of(node):
                        self.write(node, inner, {**meant, **names})

    def _kept(self, bound: list[str]) -> list[str]:
        """Return the names of an iteration that need a name of their own when it is written out."""
        return [name for name in bound if self._together is None or name in self._body.contexts]

    def _renamed(self, name: str, meant: Items) -> str:
        """Return a new name for what one iteration binds: `ctxResearcher`, or `ctx2`."""
        members = [inner for item in meant.values() for _, inner in item.members]
        words = [identifier(one.value) for one in (*meant.values(), *members) if one.kind is ItemKind.STRING]
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
        if self._together is None or role is Role.CONTEXT:
            text = self._text(step, replaced)
            self.written[role].append("".join(self._comments(step)) + self._indent + text + self._trailing(step))
        elif role is Role.DISPATCH:
            self._write_element(step, replaced)

    def _write_element(self, step: Step, replaced: Items) -> None:
        """Write the call of a step as an element of the array that is awaited."""
        layout = self._layout
        for dispatch in tree.dispatches([step]):
            span = called(layout, dispatch)
            edits = replacements(layout.code, span, step.uses, replaced)
            edits += layout.indentation(span, layout.indent(step.span.start), self._indent + unit(layout))
            comments = [text.strip() for text in self._comments(step)]
            call = combiner(layout, dispatch)[1] + layout.rewritten(span, edits) + ","
            self.written[Role.DISPATCH] += [*comments, call + self._trailing(step)]

    def _text(self, step: Step, replaced: Items) -> str:
        """Return a statement with what one iteration binds replaced, at the loop's indentation."""
        layout = self._layout
        span = without_end(layout, step.span)
        edits = replacements(layout.code, span, step.uses, replaced)
        for name in step.binds:
            target = declared(layout, step, name)
            if target is not None and name in replaced:
                edits.append(Edit(target, replaced[name].text))
        edits += layout.indentation(span, layout.indent(step.span.start), self._indent)
        return layout.rewritten(span, edits) + self._end

    def _comments(self, step: Step) -> Iterator[str]:
        """Yield the own-line comments above a statement, once."""
        layout = self._layout
        for comment in layout.comments_in(Span(self._body.loop.span.start, step.span.start)):
            inside = any(comment.span in other.span for other in tree.steps(self._body.loop.body))
            if comment.own_line and not inside and comment.span not in self._commented:
                self._commented.add(comment.span)
                yield f"{self._indent}{layout.text(comment.span)}{layout.newline}"

    def _trailing(self, step: Step) -> str:
        layout = self._layout
        for comment in layout.comments_in(Span(step.span.end, layout.lines.end_of_line(step.span.end))):
            if comment.span not in self._commented:
                self._commented.add(comment.span)
                return f" {layout.text(comment.span)}"
        return ""

    def edits(self, whole: Span, rows: Span) -> Iterator[Edit]:
        """Yield the edits that put what is written in the place of the loop, contexts above the first dispatch."""
        layout = self._layout
        contexts, calls = self.written[Role.CONTEXT], [*self.written[Role.DISPATCH], *self.written[Role.COLLECTION]]
        if self._together is not None:
            calls = self._together.lines(layout, calls, self._indent)
        if self._place and contexts:
            self._check_place(self._place)
            yield Edit(Span(self._place.at, self._place.at), "".join(text + layout.newline for text in contexts))
            contexts = []
        ending = layout.newline if layout.text(rows).endswith(("\n", "\r")) else ""
        lines = layout.newline.join([*self._left_over(rows), *contexts, *calls])
        yield Edit(rows, lines + ending)

    def _check_place(self, place: Above) -> None:
        body, layout = self._body, self._layout
        steps = [step for step in body.steps if not tree.holds_dispatch(step) and body.role(step) is Role.CONTEXT]
        items = [item for one in body.loops for items in items_of(one) for item in items.values()]
        reads = frozenset(name for step in steps for name in step.reads) - body.own
        reads |= frozenset(name for item in items for name in item.reads) - body.targets
        writes = frozenset(name for step in steps for name in step.changes) - body.own
        place.check(layout, reads, writes, max(step.purity for step in steps))
        check_same_block(layout, place.node.span, body.loop.span)
        check_seen(layout, writes)
        check_declared(layout, reads, Span(place.at, body.loop.span.start))

    def _left_over(self, rows: Span) -> list[str]:
        """Return the comments that belong to no statement, such as one behind the loop's header."""
        spans = [step.span for step in self._body.steps]
        return [
            f"{self._indent}{self._layout.text(comment.span)}"
            for comment in self._layout.comments_in(rows)
            if comment.span not in self._commented and not any(comment.span in span for span in spans)
        ]
