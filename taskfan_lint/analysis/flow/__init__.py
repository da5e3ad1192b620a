"""Windows, dependences and interruptions: an abstract run of each region.

The run follows the program dependence graph of Ferrante, Ottenstein and Warren (1987) along each path: flow (names
carry the dispatches whose results reach them), control (tests and exits that read a result) and effects, two
dispatches that touch one file, after Bernstein's conditions (1966). What a phase needs is the longest chain of these
dependences; each window beyond that is ended by an interruption, and named by what ended it.
"""

from __future__ import annotations

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.flow.loops import Loops
from taskfan_lint.analysis.flow.state import State
from taskfan_lint.analysis.model import Analysis, Facts, Interruption, Window


class Run(Loops):
    """The abstract run of one region."""

    def run(self) -> None:
        state = State(bound=self.region.known)
        self._new_phase(state)
        self._sequence(self.region.body, state)


def analyse(facts: Facts) -> Analysis:
    """Return the facts with the windows and interruptions of every region, in order of place."""
    windows: list[Window] = []
    interruptions: list[Interruption] = []
    for region in facts.regions:
        if next(tree.dispatches(region.body), None) is None:
            continue
        run = Run(region)
        run.run()
        windows += [Window(tuple(members)) for members in run.windows if members]
        interruptions += run.interruptions()
    interruptions.sort(key=lambda one: (one.span.start, one.cause))
    return Analysis(facts, tuple(windows), tuple(interruptions))
