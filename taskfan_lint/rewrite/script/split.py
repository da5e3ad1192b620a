"""Split: a loop of a script that awaits each dispatch becomes one await of all that the loop's items give."""

from __future__ import annotations

import re

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.model import Loop, LoopKind, Purity, Step
from taskfan_lint.analysis.windows import Interruption
from taskfan_lint.edit import Edit
from taskfan_lint.finding import Applicability, Fix
from taskfan_lint.rewrite import Declined
from taskfan_lint.rewrite.layout import Layout
from taskfan_lint.rewrite.loops import Body, Role
from taskfan_lint.rewrite.names import check_private
from taskfan_lint.rewrite.script.collect import collected
from taskfan_lint.rewrite.script.scopes import check_same_block, checked
from taskfan_lint.rewrite.script.style import MAX_WIDTH, called, combiner, semicolon, unit, without_end

_HEADER = re.compile(r"for\s*\(\s*(?:const|let)\s+(?P<target>\S[\s\S]*?)(?<!\s)\s+of\s")


def split(layout: Layout, one: Interruption) -> Fix:
    """Return the fix that awaits together what a loop over an unknown iterable awaits one by one; raises Declined."""
    loop = one.loops[0]
    header = _HEADER.match(layout.code, loop.span.start)
    if loop.kind is not LoopKind.FOR or header is None or loop.iterable is None:
        raise Declined("what the loop goes over is not written out here")
    check_same_block(layout, loop.span)
    body = Body(layout, loop)
    step = _check(layout, body)
    if not any(found.awaited for found in tree.dispatches(loop.body)):
        raise Declined("what the loop goes over is not written out here")
    found = collected(layout, body)
    dispatch = next(tree.dispatches([step]))
    thunk = combiner(layout, dispatch)[1]
    span = called(layout, dispatch)
    target = header["target"]
    parameter = target if re.fullmatch(r"[\w$]+", target) and "(" not in _style(layout) else f"({target})"
    indent = layout.indent(loop.span.start)
    edits = layout.indentation(span, layout.indent(step.span.start), indent)
    call = thunk + layout.rewritten(span, edits)
    lead, tail = found.wrapped()
    made = _made(layout, body, step, parameter, call)
    text = lead + _each(layout, loop, made) + tail
    if len(indent) + len(text) > MAX_WIDTH and made.endswith(call) and not re.search(r"[\r\n]", text):
        broken = f"{made[: -len(call)].rstrip()}{layout.newline}{indent}{unit(layout)}{call}{layout.newline}{indent}"
        text = lead + _each(layout, loop, broken) + tail
    edits = [Edit(loop.span, text)]
    layout.rows(loop.span)
    return Fix(Applicability.UNSAFE, "await all of the calls together", checked(layout, tuple(edits)))


def _each(layout: Layout, loop: Loop, made: str) -> str:
    """Return the expression that makes an array of what a function makes of each item, whatever can be iterated."""
    assert loop.iterable is not None
    text = layout.text(loop.iterable)
    listed = text.startswith("[") or re.fullmatch(r"Object\.(?:entries|keys|values)\([^()]*\)", text)
    if listed or (loop.items is not None and re.fullmatch(r"[\w$]+", text)):
        return f"{text}.map({made})"
    return f"Array.from({text}, {made})"


def _style(layout: Layout) -> str:
    """Return the bracket that stands around a single parameter of an arrow function, "" in a script without any."""
    return "" if re.search(r"(?<![\w$)])[\w$]+\s*=>", layout.code) else "("


def _check(layout: Layout, body: Body) -> Step:
    """Return the one statement of a loop that dispatches; raises Declined where its iterations cannot run together."""
    loop = body.loop
    if loop.asynchronous or len(body.loops) > 1 or any(not isinstance(node, Step) for node in loop.body):
        raise Declined("the body holds more than contexts and a dispatch")
    if any(step.exit for step in body.steps):
        raise Declined("the loop can be left or cut short")
    sending = [step for step in body.steps if tree.holds_dispatch(step)]
    if len(sending) != 1 or len(list(tree.dispatches(loop.body))) != 1:
        raise Declined("the loop dispatches more than once in an iteration")
    if layout.comments_in(loop.span):
        raise Declined("a comment stands in the loop")
    check_private(layout.facts, body.region, body.targets | body.contexts | body.results)
    for step in body.steps:
        role = body.role(step)
        plain = step.simple and not step.changes and re.match(r"(?:const|let)\b", layout.text(step.span))
        if role is Role.CONTEXT and (not plain or step.purity is Purity.EFFECT):
            raise Declined("a context of the loop is more than a value")
    if loop.header.binds or loop.header.actions or body.results & loop.header.reads:
        raise Declined("what the loop goes over binds a name or waits")
    return sending[0]


def _made(layout: Layout, body: Body, step: Step, parameter: str, call: str) -> str:
    """Return the function that makes the call of one iteration."""
    contexts = [one for one in body.steps if one is not step and body.role(one) is Role.CONTEXT]
    if not contexts:
        return f"{parameter} => {call}"
    indent, end = layout.indent(body.loop.span.start), semicolon(layout, step.span)
    inner = layout.indent(contexts[0].span.start)
    if inner == indent:
        raise Declined("the loop stands on one line")
    lines = [layout.text(without_end(layout, one.span)) + end for one in contexts]
    return layout.newline.join(
        [f"{parameter} => {{", *(f"{inner}{one}" for one in [*lines, f"return {call}{end}"]), f"{indent}}}"]
    )
