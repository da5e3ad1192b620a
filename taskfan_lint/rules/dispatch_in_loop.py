"""A dispatch in a loop that puts each iteration in a window of its own without need."""

from __future__ import annotations

from collections.abc import Iterator

from taskfan_lint.analysis.facts import Facts
from taskfan_lint.analysis.model import Dispatch, Loop
from taskfan_lint.analysis.windows import Analysis, Cause, Interruption
from taskfan_lint.edit import Span
from taskfan_lint.finding import Finding, Note, Severity
from taskfan_lint.rewrite import split, unroll
from taskfan_lint.rewrite.runs import together
from taskfan_lint.settings import Settings

NAME = "dispatch-in-loop"
SEVERITY = Severity.WARNING
CAUSE = Cause.LOOP


def check(analysis: Analysis, settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each dispatch that goes out once per iteration."""
    for one in analysis.of(CAUSE):
        if one.background:
            yield _in_background(one)
            continue
        mended = unroll.unroll(analysis.facts, one, settings)
        if mended.fix is None:
            other = split.split(analysis.facts, one)
            mended = other if other.fix or one.loops[0].items is None else mended
        loop = one.loops[0]
        yield Finding(
            NAME,
            SEVERITY,
            _message(one),
            one.span,
            _help(one, analysis.facts),
            mended.fix,
            (
                _note(analysis.facts, loop),
                *mended.notes(one.span),
            ),
        )


def _message(one: Interruption) -> str:
    name = one.after.name
    proof = _reach(one.after, one.loops)
    windows = "one window per iteration" if one.windows is None else f"{one.windows} windows"
    return f"`{name}` goes out once per iteration, and no iteration uses another's result{proof} ({windows}, 1 needed)"


def _reach(dispatch: Dispatch, loops: tuple[Loop, ...]) -> str:
    """Return what the targets reach directly: "`agent` only reaches `subagent_type`"."""
    targets = [name for loop in loops for name in loop.targets]
    parts = []
    for target in targets:
        reached = [
            f"`{argument.keyword}`"
            for argument in dispatch.arguments
            if argument.keyword.isidentifier() and target in argument.reads
        ]
        if reached:
            parts.append(f"`{target}` only reaches {' and '.join(reached)}")
    return ": " + ", ".join(parts) if parts else ""


def _help(one: Interruption, facts: Facts) -> str:
    if facts.is_script and one.after.awaited:
        return f"start all of them, and await them together, in one `{together(facts, one.after)}`"
    if one.loops[0].items is not None:
        return "write the calls one below another, without the loop"
    return "prepare every prompt first, then dispatch them in a loop that does nothing else"


def _note(facts: Facts, loop: Loop) -> Note:
    """Return the note at what a loop binds; one that is written in words has its words."""
    place = loop.target_span or loop.header.span
    name = facts.code[place.start : place.end].strip()
    if facts.original and loop.target_span and facts.written(place) != name:
        header = next((header for header, _ in facts.headers if place in header), place)
        return Note(header, f"`{_short(facts, header)}` starts a window for each iteration")
    text = _short(facts, loop.iterable or loop.header.span)
    return Note(place, f"the loop over `{text}` starts a window for each iteration")


def _short(facts: Facts, span: Span) -> str:
    text = " ".join(facts.written(span).split())
    return text if len(text) <= 60 else text[:57] + "..."


def _in_background(one: Interruption) -> Finding:
    turns = "a model turn per iteration" if one.windows is None else f"{one.windows} model turns"
    return Finding(
        NAME,
        Severity.INFO,
        f"`{one.after.name}` is launched in the background once per iteration: it costs {turns}, 1 needed",
        one.span,
        "launch all of them in one response, then wait once",
    )
