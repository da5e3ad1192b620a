"""Unroll: a loop over a literal becomes its contexts, then its calls, one below another."""

from __future__ import annotations

from collections.abc import Iterable

from taskfan_lint.analysis.facts import Facts
from taskfan_lint.analysis.model import Item, ItemKind, LoopKind, Step
from taskfan_lint.analysis.windows import Interruption
from taskfan_lint.edit import Edit, Span
from taskfan_lint.finding import Applicability, Fix
from taskfan_lint.rewrite import Declined, Mended, comprehension, parsed_only
from taskfan_lint.rewrite.above import above
from taskfan_lint.rewrite.layout import Layout
from taskfan_lint.rewrite.loops import Body, Items, check_count, items_of
from taskfan_lint.rewrite.substitute import replacements
from taskfan_lint.rewrite.writing import Writer
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
    assert loop.iterable is not None
    writer = _Writer(body, place, loop.iterable.end)
    for items in items_of(loop):
        writer.write(loop, items, {})
    applicability = Applicability.SAFE if writer.safe else Applicability.UNSAFE
    edits = tuple(writer.edits(rows, loop.span))
    return Fix(applicability, "write out the calls, one below another", edits, layout.declared(loop.span))


class _Writer(Writer):
    """Writes statements of Python."""

    gap = "  "

    def _meant(self, items: Items, around: Items) -> Items:
        return {**around, **{name: _resolved(item, around) for name, item in items.items()}}

    def _made(self, bound: list[str]) -> Iterable[str]:
        return sorted({*bound} & (self._body.own - self._body.targets))

    def _text(self, step: Step, replaced: Items) -> str:
        layout = self._layout
        edits = replacements(layout.code, step.span, step.uses, replaced)
        for name in sorted(set(step.binds) & replaced.keys()):
            target = Span(step.span.start, step.span.start + len(name))
            if not step.simple or layout.text(target) != name:
                raise Declined(f"`{name}` is not bound by a plain assignment")
            edits.append(Edit(target, replaced[name].text))
        edits += layout.indentation(step.span, layout.indent(step.span.start), self._indent)
        return layout.rewritten(step.span, edits)


def _resolved(item: Item, around: Items) -> Item:
    """Return an item whose text is the target of a loop around it as that target's item."""
    if item.kind is ItemKind.NAME and item.text in around:
        return around[item.text]
    if item.reads & around.keys():
        raise Declined("an inner loop goes over what an outer one gives")
    return item
