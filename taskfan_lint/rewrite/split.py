"""Split: a loop over an unknown iterable becomes a loop that prepares every prompt and one that only dispatches."""

from __future__ import annotations

import re

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.facts import Facts
from taskfan_lint.analysis.model import Argument, Dispatch, Exit, Loop, LoopKind, Purity, Step
from taskfan_lint.analysis.windows import Interruption
from taskfan_lint.edit import Edit, Span
from taskfan_lint.finding import Applicability, Fix
from taskfan_lint.rewrite import Declined, Mended, parsed_only
from taskfan_lint.rewrite.above import Above, above
from taskfan_lint.rewrite.layout import Layout

_TEXT = re.compile(r"[rRbBuUfF]{0,2}['\"]")


@parsed_only
def split(facts: Facts, one: Interruption) -> Mended:
    """Return the fix that makes a loop collect the prompts, and a pure dispatch loop after it send them."""
    try:
        if facts.is_script:
            from taskfan_lint.rewrite.script import split as script  # lazy: only for a script

            return Mended(script.split(Layout(facts), one))
        return Mended(_split(Layout(facts), one))
    except Declined as declined:
        return Mended(reason=str(declined))


def _split(layout: Layout, one: Interruption) -> Fix:
    loop = one.loops[0]
    step, dispatch = _dispatching(loop)
    rows = layout.rows(loop.span)
    varying = _varying(layout, loop, dispatch)
    _check_rest(loop, step)
    names = [layout.fresh(argument.keyword, shared=True) for argument in varying]
    collection = layout.fresh("prompts" if len(varying) == 1 else "calls", shared=True)
    values = [layout.text(argument.value) for argument in varying]
    item = values[0] if len(values) == 1 else f"({', '.join(values)})"
    indent = layout.indent(loop.span.start)
    header = f"{indent}for {', '.join(names)} in {collection}:{layout.newline}"
    second = header + _sent(layout, loop, step, varying, names)
    prepare = Edit(step.span, f"{collection}.append({item})")
    empty = f"{indent}{collection} = []{layout.newline}"
    place = above(layout, loop, one.before)
    edits = _in_place(layout, rows, empty, prepare, second)
    if place is not None:
        _check_moved(layout, loop, step, place)
        first = layout.with_newline(empty + layout.rewritten(rows, [prepare]))
        ending = layout.newline if layout.text(rows).endswith(("\n", "\r")) else ""
        edits = (Edit(Span(place.at, place.at), first), Edit(rows, second + ending))
    return Fix(Applicability.UNSAFE, "prepare every prompt first, then dispatch them in a loop of its own", edits)


def _in_place(layout: Layout, rows: Span, empty: str, prepare: Edit, second: str) -> tuple[Edit, ...]:
    """Return the edits that put the loop which dispatches behind the one that prepares."""
    ended = layout.text(rows).endswith(("\n", "\r"))
    behind = second + layout.newline if ended else layout.newline + second
    return (Edit(Span(rows.start, rows.start), empty), prepare, Edit(Span(rows.end, rows.end), behind))


def _check_moved(layout: Layout, loop: Loop, step: Step, place: Above) -> None:
    """Raise Declined where the loop that prepares cannot stand above the first dispatch in front of it."""
    writes = (tree.binds(loop) | tree.changes(loop)) - (frozenset(step.binds) | step.changes)
    place.check(layout, tree.reads(loop) - frozenset(loop.targets), writes, Purity.EFFECT)


def _sent(layout: Layout, loop: Loop, step: Step, varying: list[Argument], names: list[str]) -> str:
    """Return the dispatching statement as the body of the second loop."""
    indent, old = layout.indent(loop.span.start), layout.indent(step.span.start)
    body = layout.indent(loop.body[0].span.start)
    unit = body[len(indent) :] if body.startswith(indent) and body != indent else "    "
    edits = [Edit(argument.value, name) for argument, name in zip(varying, names, strict=True)]
    lines = layout.indentation(step.span, old, indent + unit)
    edits += [edit for edit in lines if not any(edit.span in argument.value for argument in varying)]
    return indent + unit + layout.rewritten(step.span, edits)


def _dispatching(loop: Loop) -> tuple[Step, Dispatch]:
    """Return the one statement that dispatches in a loop, the last thing that each iteration does."""
    if loop.kind in (LoopKind.COMPREHENSION, LoopKind.GENERATOR):
        raise Declined("the dispatch stands inside of a comprehension")
    if any(one.orelse for one in tree.walk([loop]) if isinstance(one, Loop)):
        raise Declined("the loop has an `else`")
    steps = [step for step in tree.steps(loop.body) if tree.holds_dispatch(step)]
    if len(steps) != 1 or len(steps[0].actions) != 1 or not isinstance(steps[0].actions[0], Dispatch):
        raise Declined("the loop dispatches more than once in an iteration")
    step, dispatch = steps[0], steps[0].actions[0]
    if dispatch.awaited or step.exit or (step.calls and not step.keeps):
        raise Declined("the dispatch is part of a larger statement")
    return step, dispatch


def _varying(layout: Layout, loop: Loop, dispatch: Dispatch) -> list[Argument]:
    """Return the arguments that differ between iterations, and the prompt in any case."""
    inside = {name for one in tree.walk([loop]) if isinstance(one, Loop) for name in one.targets}
    changed = {name for step in tree.steps(loop.body) for name in step.changes}
    inside |= changed | {name for step in tree.steps(loop.body) for name in step.binds}
    varying = [
        one
        for one in dispatch.arguments
        if one.keyword == "prompt" or one.reads & inside or one.purity is not Purity.PURE
    ]
    for argument in varying:
        if not argument.keyword.isidentifier():
            raise Declined("an argument that differs between iterations has no keyword")
        if argument.reads & changed and not _TEXT.match(layout.text(argument.value)):
            raise Declined(f"`{min(argument.reads & changed)}` changes with each iteration")
    if not any(argument.keyword == "prompt" for argument in varying):
        raise Declined("the dispatch has no `prompt` argument")
    return varying


def _check_rest(loop: Loop, step: Step) -> None:
    results = set(step.binds) | step.changes
    if any(use.deferred for one in tree.steps(loop.body) for use in one.uses):
        raise Declined("a function in the loop is called later")
    if results & loop.header.reads:
        raise Declined("the loop reads what it collects")
    for other in tree.steps(loop.body):
        if other is step:
            continue
        if other.span.start > step.span.end:
            raise Declined("the body does more after its dispatch")
        if other.exit and other.exit is not Exit.CONTINUE:
            raise Declined("the loop can be left")
        if results & other.reads:
            raise Declined("the loop reads what it collects")
        if next(tree.waits([other]), None) is not None:
            raise Declined("the body waits")
