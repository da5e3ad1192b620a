"""Unroll: a loop of a script over a literal becomes its contexts, then its calls: below another, or one await."""

from __future__ import annotations

import re
from collections.abc import Iterable

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.model import Loop, LoopKind, Purity, Step
from taskfan_lint.analysis.windows import Interruption
from taskfan_lint.edit import Edit, Span
from taskfan_lint.finding import Applicability, Fix
from taskfan_lint.rewrite import Declined
from taskfan_lint.rewrite.above import Above, above
from taskfan_lint.rewrite.layout import Layout
from taskfan_lint.rewrite.loops import Body, Items, Role, check_count, check_items, items_of
from taskfan_lint.rewrite.script.collect import Collected, collected
from taskfan_lint.rewrite.script.scopes import check_declared, check_same_block, check_seen, checked
from taskfan_lint.rewrite.script.style import MAX_WIDTH, called, combiner, declared, semicolon, unit, without_end
from taskfan_lint.rewrite.script.substitute import replacements
from taskfan_lint.rewrite.script.together import array
from taskfan_lint.rewrite.writing import Writer
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
    edits = checked(layout, tuple(writer.edits(rows, rows)))
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


class _Writer(Writer):
    """Writes statements, or, where the calls are awaited `together`, elements of one array."""

    gap = " "

    def __init__(self, body: Body, place: Above | None, together: Collected | None) -> None:
        super().__init__(body, place, body.loop.span.start)
        self._together = together
        self._end = semicolon(body.layout, *(step.span for step in body.steps), statement_of(body.layout, body.loop))

    def _meant(self, items: Items, around: Items) -> Items:
        if any(item.reads & around.keys() for item in items.values()):
            raise Declined("an inner loop goes over what an outer one gives")
        return {**around, **items}

    def _made(self, bound: list[str]) -> Iterable[str]:
        return [name for name in bound if self._together is None or name in self._body.contexts]

    def _put(self, step: Step, replaced: Items) -> None:
        role = self._body.role(step)
        if self._together is None or role is Role.CONTEXT:
            super()._put(step, replaced)
        elif role is Role.DISPATCH:
            self._put_element(step, replaced)

    def _put_element(self, step: Step, replaced: Items) -> None:
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
        layout = self._layout
        span = without_end(layout, step.span)
        edits = replacements(layout.code, span, step.uses, replaced)
        for name in step.binds:
            target = declared(layout, step, name)
            if target is not None and name in replaced:
                edits.append(Edit(target, replaced[name].text))
        edits += layout.indentation(span, layout.indent(step.span.start), self._indent)
        return layout.rewritten(span, edits) + self._end

    def _calls(self) -> list[str]:
        calls = super()._calls()
        return calls if self._together is None else self._together.lines(self._layout, calls, self._indent)

    def _check_place(self, place: Above) -> None:
        super()._check_place(place)
        layout, loop = self._layout, self._body.loop
        reads, writes, _ = self._moved()
        check_same_block(layout, place.node.span, loop.span)
        check_seen(layout, writes)
        check_declared(layout, reads, Span(place.at, loop.span.start))
