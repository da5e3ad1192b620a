"""The times that dispatches go out: each once, or once for each item of the loops around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod

from taskfan_lint.analysis import exempt, paths, tree
from taskfan_lint.analysis.facts import Facts, Region
from taskfan_lint.analysis.flow.loops import TOGETHER
from taskfan_lint.analysis.model import Dispatch, Item, ItemKind, Loop
from taskfan_lint.analysis.windows import Analysis, Cause, Member

_FIRST = re.compile(r"\{(?P<target>\w+)#1\}")  # a loop's target, as the run of the first iteration names it
LONGEST_TITLE = 40
MOST = 200  # copies of one dispatch that are written out

At = tuple[tuple[int, int], ...]  # (start of a loop, number of the iteration), outermost first


@dataclass(frozen=True)
class Copy:
    """One time that a dispatch goes out.

    `items` are what the targets of the loops around it stand for, `unknown` those of the loops whose items are not
    known: the dispatch then goes out nobody knows how often.
    """

    member: Member
    window: int
    at: At = ()
    items: Mapping[str, Item] = field(default_factory=dict)
    unknown: tuple[Loop, ...] = ()

    @property
    def dispatch(self) -> Dispatch:
        return self.member.dispatch

    @property
    def order(self) -> tuple[int, ...]:
        """Where the copy stands in the order of the run."""
        return (*(number for pair in self.at for number in pair), self.dispatch.span.start)

    def agent(self, facts: Facts) -> str:
        """Return the agent's name with the items in place; of a call without one, what it calls its task."""
        through = self.dispatch.through.functions[-1:] if self.dispatch.through else ()
        name = self.dispatch.agent or next(iter(through), "") or _called(self.dispatch, facts) or self.dispatch.name
        for target, item in self.items.items():
            name = name.replace(f"{{{target}}}", _shown(item))
        return name

    def prompt(self) -> str:
        """Return everything that the agent is told, as far as it is known before the run."""
        return self._put(self.member.prompt).strip()

    def writes(self) -> frozenset[str]:
        """Return the files that the agent is told to write; none where it works on a copy of its own."""
        if self.dispatch.isolation:
            return frozenset()
        return frozenset(map(self._put, self.member.outputs))

    def reads(self) -> frozenset[str]:
        """Return the files that the agent is told to read and does not write itself."""
        return paths.read(self.prompt()) - self.writes() if not self.dispatch.isolation else frozenset()

    def _put(self, text: str) -> str:
        """Return a folded text with the items in place of the targets of loops."""
        return _FIRST.sub(lambda found: self._item(found["target"]), text)

    def _item(self, target: str) -> str:
        return _shown(self.items[target]) if target in self.items else f"{{{target}}}"


def _called(dispatch: Dispatch, facts: Facts) -> str:
    """Return the third text of `Task("title", "prompt", "agent")`, the description, or the title."""
    positional = [one for one in dispatch.arguments if not one.keyword]
    described = [one for one in dispatch.arguments if one.keyword == "description"]
    for one in (*positional[2:3], *described, *positional[:1]):
        text = facts.written(one.value)
        if one.constant and text[:1] in "\"'" and text[:1] == text[-1:] and 2 < len(text) <= LONGEST_TITLE:
            return text[1:-1]
    return ""


def _shown(item: Item) -> str:
    return item.value if item.kind is ItemKind.STRING else item.text


class Loops:
    """The loops of an analysis: which are around a dispatch, and how their iterations run."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._together = {one.span for one in analysis.exemptions if one.name in TOGETHER}
        self._free = {loop.span for one in analysis.of(Cause.LOOP) for loop in one.loops}

    def around(self, dispatch: Dispatch, region: Region) -> tuple[Loop, ...]:
        """Return the loops that send a dispatch again and again, outermost first."""
        return tuple(
            node
            for node in tree.walk(region.body)
            if isinstance(node, Loop) and any(one is dispatch for one in tree.dispatches([node]))
        )

    def is_together(self, loop: Loop) -> bool:
        """Tell whether all iterations of a loop go out at once."""
        return exempt.head(loop) in self._together

    def is_free(self, loop: Loop) -> bool:
        """Tell whether no iteration of a loop needs another one's result."""
        return self.is_together(loop) or loop.span in self._free


def copies(analysis: Analysis, region: Region, loops: Loops) -> list[Copy]:
    """Return each time that a dispatch of a region goes out, in the order of the run."""
    found = [
        copy
        for number, window in enumerate(analysis.windows)
        for member in window.members
        if member.dispatch.span in region.span and any(one is member.dispatch for one in tree.dispatches(region.body))
        for copy in _copies(member, number, loops.around(member.dispatch, region))
    ]
    return sorted(found, key=lambda copy: copy.order)


def _copies(member: Member, window: int, around: tuple[Loop, ...]) -> Iterator[Copy]:
    known = [loop for loop in around if loop.items is not None]
    if prod(len(loop.items or ()) for loop in known) > MOST:
        known = []
    unknown = tuple(loop for loop in around if loop not in known)
    for numbers in product(*(range(len(loop.items or ())) for loop in known)):
        items: dict[str, Item] = {}
        for loop, number in zip(known, numbers, strict=True):
            items |= (loop.items or ())[number]
        at = tuple((loop.span.start, number) for loop, number in zip(known, numbers, strict=True))
        yield Copy(member, window, at, items, unknown)
