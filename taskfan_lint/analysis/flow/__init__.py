"""Windows, dependences and interruptions: an abstract run of each region.

The run follows the program dependence graph of Ferrante, Ottenstein and Warren (1987) along each path: flow (names
carry the dispatches whose results reach them), control (tests and exits that read a result) and effects, two
dispatches that touch one file, after Bernstein's conditions (1966). What a phase needs is the longest chain of these
dependences; each window beyond that is ended by an interruption, and named by what ended it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from taskfan_lint.analysis import exempt, tree
from taskfan_lint.analysis.facts import Facts
from taskfan_lint.analysis.flow.loops import Loops
from taskfan_lint.analysis.flow.state import State
from taskfan_lint.analysis.model import Dispatch
from taskfan_lint.analysis.windows import Analysis, Dependence, Exemption, Interruption, Window

TOLD = re.compile(r"\b(?:prompt|description|message|task|context|input)[\"']?\s*[:=]\s*(?![\"'`]?(?:\.\.\.|…))\S")
LEFT_OUT = re.compile(r"[(,{]\s*(?:\.\.\.|…)\s*[,)}]|([\"'`])(?:\.\.\.|…)\1")


class Run(Loops):
    """The abstract run of one region."""

    def run(self, facts: Facts, *, wrong: bool) -> None:
        dispatches = tree.dispatches(self.region.body)
        self.left_out = frozenset(one.span for one in dispatches if _is_left_out(one, facts.written(one.span)))
        self.fenced = facts.fenced
        if facts.is_script:
            self._handed |= exempt.promised(self.region)
        state = State(bound=self.region.known, wrong=wrong)
        self._new_phase(state)
        self._sequence(self.region.body, state)


def analyse(facts: Facts, *, wrong: bool = False) -> Analysis:
    """Return the facts, which may be of a `wrong` example, with the windows and interruptions of every region."""
    windows: list[Window] = []
    interruptions: list[Interruption] = []
    dependences: list[Dependence] = []
    exemptions: list[Exemption] = []
    for region in facts.regions:
        if next(tree.dispatches(region.body), None) is None:
            continue
        run = Run(region)
        run.run(facts, wrong=wrong)
        windows += _windows(run, len(windows))
        interruptions += run.interruptions()
        dependences += run.dependences()
        exemptions += run.exemptions()
    interruptions.sort(key=lambda one: (one.span.start, one.cause))
    exemptions.sort(key=lambda one: (one.span.start, one.name))
    return Analysis(facts, tuple(windows), tuple(interruptions), tuple(dependences), tuple(exemptions), wrong)


def _is_left_out(dispatch: Dispatch, text: str) -> bool:
    """Tell whether a dispatch, given as it was written, shows nothing of what it tells its agent."""
    shown = any(not isinstance(part, str) or part.strip(" \n.…") for part in dispatch.prompt)
    return not shown and not TOLD.search(text) and bool(LEFT_OUT.search(text))


def _windows(run: Run, first: int) -> Iterator[Window]:
    """Yield the windows of a run that are not empty; the first of them gets the index `first`."""
    numbers = [number for number, one in enumerate(run.windows) if one.members]
    index = {number: first + place for place, number in enumerate(numbers)}
    openings = run.openings()
    for number in numbers:
        one = run.windows[number]
        yield Window(tuple(one.members), openings[number], None if one.after is None else index[one.after])
