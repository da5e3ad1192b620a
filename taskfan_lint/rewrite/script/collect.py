"""Collect: what a loop does with what it awaits, and the statement that awaits all of it at once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.model import Dispatch, Step
from taskfan_lint.rewrite import Declined
from taskfan_lint.rewrite.layout import Layout
from taskfan_lint.rewrite.loops import Body
from taskfan_lint.rewrite.names import dispatch_of
from taskfan_lint.rewrite.script.style import combiner, declared, semicolon, without_end
from taskfan_lint.rewrite.script.together import array

_PUSH = re.compile(r"(?P<target>[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)\.push\(\s*")


@dataclass(frozen=True)
class Collected:
    """What takes the results, "" where nothing does, and the call that runs the dispatches together."""

    target: str
    combiner: str
    end: str

    def wrapped(self) -> tuple[str, str]:
        """Return what stands before and behind what is given to the combiner."""
        if self.target:
            return f"{self.target}.push(...(await {self.combiner}(", f"))){self.end}"
        return f"await {self.combiner}(", f"){self.end}"

    def lines(self, layout: Layout, elements: list[str], indent: str) -> list[str]:
        lead, tail = self.wrapped()
        return array(layout, lead, elements, tail, indent)


def collected(layout: Layout, body: Body) -> Collected:
    """Return what a loop does with its awaited dispatches; raises Declined where that is more than to keep them."""
    sending = [step for step in body.steps if tree.holds_dispatch(step)]
    targets = {_target(layout, body, step) for step in sending}
    combiners = {combiner(layout, found) for step in sending for found in tree.dispatches([step])}
    if len(targets) != 1 or len(combiners) != 1 or (targets != {""} and len(sending) > 1):
        raise Declined("the results go to different places")
    end = semicolon(layout, *(step.span for step in sending))
    return Collected(targets.pop(), combiners.pop()[0], end)


def _target(layout: Layout, body: Body, step: Step) -> str:
    """Return the array that takes what a statement awaits, "" where it is dropped."""
    dispatch = dispatch_of(step)
    if dispatch is None or dispatch.awaited is None:
        raise Declined("some dispatches are awaited, and some are not")
    lead, tail = _around(layout, step, dispatch)
    pushed = _PUSH.fullmatch(lead)
    if pushed and re.fullmatch(r"\s*,?\s*\)", tail):
        return pushed["target"]
    if tail or (lead and not (len(step.binds) == 1 and declared(layout, step, step.binds[0]))):
        raise Declined("more is done with the result than to keep it")
    if lead and not re.fullmatch(r"(?:const|let)\s+[\w$]+\s*=\s*", lead):
        raise Declined("more is done with the result than to keep it")
    return _kept(layout, body, step.binds[0]) if step.binds else ""


def _around(layout: Layout, step: Step, dispatch: Dispatch) -> tuple[str, str]:
    assert dispatch.awaited is not None
    end = without_end(layout, step.span).end
    return layout.code[step.span.start : dispatch.awaited.start], layout.code[dispatch.awaited.end : end]


def _kept(layout: Layout, body: Body, name: str) -> str:
    """Return the array into which a later statement of the body puts a result, "" where nothing reads it."""
    readers = [step for step in body.steps if name in step.reads]
    if not readers:
        return ""
    text = layout.text(without_end(layout, readers[0].span))
    found = _PUSH.match(text)
    if len(readers) > 1 or not found or not re.fullmatch(rf"{re.escape(name)}\s*,?\s*\)", text[found.end() :]):
        raise Declined("more is done with the result than to keep it")
    return found["target"]
