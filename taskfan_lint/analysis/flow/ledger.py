"""The windows, phases and interruptions that a run writes down as dispatches go out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from math import prod

from taskfan_lint.analysis import exempt, tree
from taskfan_lint.analysis.facts import Region
from taskfan_lint.analysis.flow.state import (
    NONE,
    WAITING,
    Candidate,
    Found,
    Occurrence,
    Opened,
    Phase,
    State,
    Tokens,
)
from taskfan_lint.analysis.model import Boundary, Dispatch, Loop, Node
from taskfan_lint.analysis.windows import Cause, Dependence, Exemption, Interruption, Opening
from taskfan_lint.edit import Span


class Ledger:
    """Keeps the windows, phases and interruptions of one region's run."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.fenced = False  # where names that nothing binds count as bound
        self.left_out: frozenset[Span] = frozenset()  # dispatches that leave out what they tell: `Task(...)`
        self.occurrences: list[Occurrence] = []
        self.touching: dict[str, set[int]] = {}  # a file, session or worktree to the occurrences that work on it
        self.windows: list[Opened] = []
        self.phases: list[Phase] = []
        self.found: list[Found] = []
        self.flagged: dict[int, list[Loop]] = {}
        self.leading: dict[int, tuple[int, ...]] = {}  # the group in front of the loops of a flagged dispatch
        self.dispatch_of: dict[int, Dispatch] = {}
        self.covered: set[int] = set()
        self.late: set[int] = set()
        self.chained: set[int] = set()
        self.grouped: set[int] = set()
        self.spared: list[tuple[str, Span, Tokens]] = []
        self.carried: set[tuple[int, int]] = set()  # (source, target), where a loop leads from one to the other
        self._gaps = 0
        self._quiet = 0
        self._times = 1
        self._repeated = False
        self._begun = 0
        self._loops: list[Loop] = []
        self._handed = exempt.handed_to_combiners(region)
        self._waits = [wait.span.start for wait in tree.waits(region.body)]
        self._waits += [
            node.span.start for node in tree.walk(region.body) if isinstance(node, Boundary) and node.kind in WAITING
        ]

    def _new_phase(self, state: State, opening: Opening | None = None) -> None:
        self.phases.append(Phase())
        state.phase = len(self.phases) - 1
        self._new_group(state, opening)
        state.group = ()
        state.serial = state.declared
        state.count, state.unneeded = 1, 0

    def _new_group(self, state: State, opening: Opening | None) -> None:
        """Forget what only matters before the first dispatch of a group, and open a window."""
        state.since = frozenset()
        state.tested |= state.tested_since
        state.tested_since = {}
        state.steps = ()
        state.pending = ()
        self._new_window(state, opening)

    def _new_window(self, state: State, opening: Opening | None) -> None:
        after = state.window if state.window >= 0 else None
        if after is not None and not self.windows[after].members:
            after = self.windows[after].after
        self.windows.append(Opened(opening, after))
        state.window = len(self.windows) - 1
        state.width = 0
        self._new_gap(state)

    def _new_gap(self, state: State) -> None:
        self._gaps += 1
        state.gap = self._gaps

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        self._quiet += 1
        yield
        self._quiet -= 1

    def _members(self, state: State) -> tuple[int, ...]:
        """Return the occurrences of the group that went out in its last window."""
        width = len(self.windows[state.window].members)
        return state.group[-width:] if width else ()

    def _add(self, state: State, candidate: Candidate) -> None:
        state.pending = (*state.pending, candidate)

    def _place(self, number: int, state: State) -> None:
        """Put an occurrence into the window it goes out in, and report what ended the window before without need."""
        occurrence = self.occurrences[number]
        group = frozenset(state.group)
        interruption = self._interruption(state, self._late_steps(occurrence.dispatch, state))
        needed = occurrence.flow & group or (occurrence.soft & group if interruption else NONE)
        if needed:
            opening = Opening(occurrence.exemption(needed), occurrence.dispatch.span)
            self._spare(str(opening.cause), opening.span, needed | {number})
            self._new_group(state, opening)
            state.group = ()
            state.count += 1
        elif interruption and group and state.serial:
            self._spare("declared-serial", interruption.span, frozenset({number}))
        elif interruption and group:
            self._report(interruption, number, state)
            self._new_window(state, interruption.opening)
            state.count += 1
            state.unneeded += 1
        state.group = (*state.group, number)
        if not self._quiet:
            phase = self.phases[state.phase]
            phase.windows = max(phase.windows, state.count)
            phase.unneeded = max(phase.unneeded, state.unneeded)

    def _spare(self, name: str, span: Span, occurrences: Tokens) -> None:
        """Write down that a place is no finding, and why."""
        if not self._quiet:
            self.spared.append((name, span, occurrences))

    def _late_steps(self, dispatch: Dispatch, state: State) -> list[tuple[Node, int]]:
        """Return the statements since the group's first dispatch that the dispatch's arguments need, in order."""
        needed = self._beyond_loops(dispatch.reads)
        late = []
        for node, gap in reversed(state.steps):
            if (tree.binds(node) | tree.changes(node)) & needed:
                needed |= self._beyond_loops(tree.reads(node))
                late.append((node, gap))
        late.reverse()
        self.late.update(id(node) for node, _ in late)
        return late

    def _beyond_loops(self, names: frozenset[str]) -> set[str]:
        """Return names with the targets of the loops around replaced by what these loops go over."""
        found = set(names)
        for loop in reversed(self._loops):
            if found & set(loop.targets):
                found = (found - set(loop.targets)) | loop.header.reads
        return found

    def _interruption(self, state: State, late: list[tuple[Node, int]]) -> Candidate | None:
        """Return what ended the window before this point: loop before await before branch before late before work."""
        candidates = list(state.pending)
        for node, gap in late:
            if gap in self.covered:
                continue
            candidates = [one for one in candidates if one.node is not node or one.cause is Cause.AWAIT]
            feeding = {one.span for one in candidates if one.cause is Cause.AWAIT} & {
                wait.span for wait in tree.waits([node])
            }
            candidates = [one for one in candidates if one.span not in feeding]
            candidates.append(Candidate(Cause.LATE, exempt.head(node), node))
        return min(candidates, key=lambda one: one.cause, default=None)

    def _report(self, candidate: Candidate, number: int, state: State) -> None:
        """Write down an interruption."""
        if self._quiet:
            return
        gap = next((gap for node, gap in state.steps if node is candidate.node), state.gap)
        self.covered.add(gap)
        nodes = tuple(node for node, place in state.steps if place == gap)
        self.found.append(Found(candidate, number, state.group, state.phase, gap, nodes))

    def interruptions(self) -> Iterator[Interruption]:
        """Yield what ended windows without need, once the run is over: one for each place, whatever ways lead there."""
        named: dict[Opening, Found] = {}
        for one in self.found:
            if self._loop_behind(one) is None:
                named.setdefault(one.candidate.opening, one)
        for one in named.values():
            phase = self.phases[one.phase]
            dispatch = self.occurrences[one.occurrence].dispatch
            later = [number for number in phase.occurrences if number >= one.occurrence]
            yield Interruption(
                one.candidate.cause,
                one.candidate.span,
                one.candidate.node,
                self._dispatches(one.before),
                dispatch,
                self._dispatches(later),
                phase.windows,
                phase.windows - phase.unneeded,
                one.gap_nodes,
                tuple(node for node in one.gap_nodes if id(node) in self.late),
                held=self._dispatches(self._held(later, one.candidate.tokens)),
            )
        for start, loops in self.flagged.items():
            dispatch = self.dispatch_of[start]
            windows = _iterations(loops)
            if not self._repeats(start):
                continue
            yield Interruption(
                Cause.LOOP,
                dispatch.span,
                loops[0],
                (*self._dispatches(self.leading[start]), dispatch),
                dispatch,
                (dispatch,),
                windows,
                1,
                loops=tuple(loops),
                background=not dispatch.blocking and not any(tree.waits(loops[0].body)),
            )

    def _repeats(self, start: int) -> bool:
        """Tell whether a loop sends a dispatch more than once, each time in a window of its own without need."""
        windows = _iterations(self.flagged[start]) if start in self.flagged else 1
        return windows is None or windows > 1

    def _loop_behind(self, one: Found) -> Loop | None:
        """Return the loop whose iterations are kept apart by what ends a window, None if there is none.

        It stands in the body, between a dispatch that the loop repeats and one in front of the loop or behind it. So
        the loop is the stronger cause, and is reported by itself.
        """
        before, after = (self.occurrences[number].dispatch.span for number in (one.before[-1], one.occurrence))
        for inner, outer in ((before, after), (after, before)):
            loops = self.flagged[inner.start] if self._repeats(inner.start) else []
            for loop in loops:
                if one.candidate.span in loop.body_span and outer not in loop.span:
                    return loop
        return None

    def openings(self) -> list[Opening | None]:
        """Return why each window begins, by the strongest cause, once the run is over."""
        behind: dict[Opening | None, Loop | None] = {}
        for one in self.found:
            loop = self._loop_behind(one)
            behind[one.candidate.opening] = loop and behind.get(one.candidate.opening, loop)
        loops = [behind.get(window.opening) for window in self.windows]
        return [
            Opening(Cause.LOOP, exempt.head(loop)) if loop else window.opening
            for window, loop in zip(self.windows, loops, strict=True)
        ]

    def _held(self, later: list[int], tokens: Tokens) -> Iterator[int]:
        """Yield later occurrences that don't need some others, by way of each other either, nor exclude them."""
        needing = set(tokens)
        for number in later:
            one = self.occurrences[number]
            if one.depends & needing:
                needing.add(number)
            elif not any(one.excludes(self.occurrences[token]) for token in tokens):
                yield number

    def dependences(self) -> Iterator[Dependence]:
        """Yield what depends on what, each pair once for each name or file that joins it."""
        found: dict[Dependence, None] = {}
        for number, one in enumerate(self.occurrences):
            for link in one.links:
                for token in sorted(link.tokens):
                    source = self.occurrences[token].dispatch
                    carried = (token, number) in self.carried
                    found[Dependence(link.kind, source, one.dispatch, link.via, carried)] = None
        yield from found

    def exemptions(self) -> Iterator[Exemption]:
        """Yield the places where sequence is right or is none, each once."""
        found: dict[tuple[str, Span], Exemption] = {}
        for name, span, numbers in self.spared:
            found.setdefault((name, span), Exemption(name, span, self._dispatches(sorted(numbers))))
        for window in self.windows:
            opening = window.opening
            if window.members and opening and isinstance(opening.cause, str) and window.after is not None:
                members = [*self.windows[window.after].members, *window.members]
                dispatches = tuple({one.dispatch.span: one.dispatch for one in members}.values())
                found.setdefault((opening.cause, opening.span), Exemption(opening.cause, opening.span, dispatches))
        yield from found.values()

    def _dispatches(self, numbers: Iterable[int]) -> tuple[Dispatch, ...]:
        found = {self.occurrences[number].dispatch.span: self.occurrences[number].dispatch for number in numbers}
        return tuple(found.values())


def _iterations(loops: list[Loop]) -> int | None:
    """Return how often the innermost of nested loops runs its body, None where that is not written out."""
    counts = [len(loop.items) for loop in loops if loop.items is not None]
    return prod(counts) if len(counts) == len(loops) else None
