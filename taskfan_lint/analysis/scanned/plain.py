"""A line without a dispatch as a statement: what it binds, calls, waits for and opens."""

from __future__ import annotations

import re

from taskfan_lint.analysis.model import Call, Exit, Purity, Step, Wait
from taskfan_lint.analysis.scanned.calls import NAME
from taskfan_lint.analysis.scanned.scopes import Frame, uses
from taskfan_lint.edit import Span
from taskfan_lint.profile import is_combiner, is_waiter
from taskfan_lint.settings import Settings

MAX_LINE = 2_000  # code points of a line that is read as code
CLOSER = {"(": ")", "[": "]", "{": "}"}

_ASSIGNED = re.compile(
    r"(?:(?:export\s+)?(?:const|let|var)\s+)?(?P<target>[A-Za-z_$][\w$]*(?:\s*,\s*[A-Za-z_$][\w$]*)*|[{\[][\w\s,:$]{1,120}[}\]])"
    r"(?:\s*:\s*[\w.\[\]<>]{1,40})?\s*(?P<sign>[+|]?=)(?![=>])\s*(?P<value>\S.*)?$"
)
_CALLED = re.compile(r"(?P<await>await\s+)?(?P<name>[A-Za-z_$][\w.$]*)\((?P<given>.*)\)\s*[;,]?\s*(?:#.*|//.*)?$")
_AWAITED = re.compile(r"await\s+(?P<what>[A-Za-z_$][\w.$]*(?:\[\w+\])?)\s*;?$")
_OPENER = re.compile(r"(?P<lead>(?:await\s+|return\s+|yield\s+)*)(?P<name>[\w.$@-]*)\s*(?P<opener>[(\[{]+)$")
_LEFT = re.compile(r"(?P<exit>break|continue|return|raise|throw)\b(?:\s+[\w.\[\]\"']+(?:\(.*\))?)?\s*;?$")
_EXITS = {
    "break": Exit.BREAK,
    "continue": Exit.CONTINUE,
    "return": Exit.RETURN,
    "raise": Exit.RAISE,
    "throw": Exit.RAISE,
}
_FILLS = frozenset({"add", "append", "extend", "push"})


def plain(text: str, start: int, indent: int, settings: Settings) -> Step | Frame | None:
    """Return a line that starts at an offset as a statement or as the scope that it opens, None for prose."""
    if len(text) > MAX_LINE:
        return None
    span = Span(start, start + len(text))
    binds: tuple[str, ...] = ()
    value = text
    if assigned := _ASSIGNED.match(text):
        binds = tuple(NAME.findall(assigned["target"]))
        value = (assigned["value"] or "").strip()
    if opener := _OPENER.match(value):
        if not binds and not opener["name"] and len(text) > len(opener["opener"]):
            return None
        combines = is_combiner(opener["name"], settings)
        return Frame(None, span, indent, CLOSER[opener["opener"][0]], binds=binds, combines=combines)
    if left := _LEFT.match(text):
        return Step(span, uses=uses(text, start), exit=_EXITS[left["exit"]])
    called, awaited = _CALLED.match(value), _AWAITED.match(value)
    if awaited or called:
        return _called(text, span, binds, called, settings)
    if not binds:
        return None
    return Step(span, (), tuple(use for use in uses(text, start) if use.name not in binds), binds)


def _called(text: str, span: Span, binds: tuple[str, ...], called: re.Match[str] | None, settings: Settings) -> Step:
    """Return a line that calls or awaits something."""
    read = tuple(use for use in uses(text, span.start) if use.name not in binds)
    reads = frozenset(use.name for use in read)
    name = called["name"] if called else ""
    if called is None or called["await"] or is_waiter(name, settings):
        wait = Wait(span, reads, combines=is_combiner(name, settings), name=name)
        return Step(span, (wait,), read, binds, purity=Purity.EFFECT)
    receiver, _, last = name.rpartition(".")
    receiver = receiver.partition(".")[0]
    changes = frozenset({receiver} if receiver and last in _FILLS else ())
    texts = tuple(re.findall(r"[\"'](.*?)[\"']", called["given"]))
    return Step(span, (), read, binds, changes, Purity.EFFECT, (Call(name, span, reads, receiver, texts),))
