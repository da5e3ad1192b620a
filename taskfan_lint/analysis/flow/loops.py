"""The run of loops: once as they stand, once more to see what one iteration hands to the next."""

from __future__ import annotations

from taskfan_lint.analysis import exempt, tree
from taskfan_lint.analysis.flow.choices import Choices
from taskfan_lint.analysis.flow.state import NONE, State
from taskfan_lint.analysis.model import Boundary, BoundaryKind, Exit, Loop, LoopKind

CARRY = 4  # iterations that a value may take on its way to a later one's prompt
# Exemptions under which all iterations go out in one window.
TOGETHER = frozenset({"gathered", "pure-dispatch-loop", "start-all-then-wait"})


class Loops(Choices):
    """Runs loops."""

    def _loop(self, loop: Loop, state: State, *, gathered: bool = False) -> None:
        if not tree.holds_dispatch(loop):
            self._opaque(loop, state)
            return
        self._test(loop.header, state)
        reason = self._spared(loop, state, gathered=gathered)
        control, conditions, ended = state.control, state.conditions, state.ended
        self._loops.append(loop)
        times, repeated = self._times, self._repeated
        self._repeated = repeated or reason in TOGETHER
        if reason in TOGETHER and loop.items:
            self._times *= len(loop.items)
        first = len(self.occurrences)
        self._iteration(loop, state, 1)
        once = state.ended
        state.ended = ended
        middle = len(self.occurrences)
        if self._quiet:
            self._loops.pop()
            self._times, self._repeated = times, repeated
            state.ended = ended
            return
        group, window, width, phase = state.group, state.window, state.width, state.phase
        with self._quietly():
            for _ in range(CARRY):
                known = dict(state.flow)
                begun = len(self.occurrences)
                self._iteration(loop, state, 2)
                here = frozenset(range(first, middle))
                found = any(one.depends & here for one in self.occurrences[begun:])
                if found or all(state.flow[name] & here <= known.get(name, NONE) for name in state.flow):
                    break
        state.ended = ended
        state.conditions = conditions
        self._loops.pop()
        self._times, self._repeated = times, repeated
        self._settle(loop, (first, middle, len(self.occurrences)), state, once=once, reason=reason)
        if phase == state.phase:
            state.group, state.window, state.width = tuple(dict.fromkeys((*group, *state.group))), window, width
        self._sequence(loop.orelse, state)
        if not any(step.exit in (Exit.RETURN, Exit.RAISE) for step in tree.steps(loop.body)):
            state.control = control

    def _iteration(self, loop: Loop, state: State, number: int) -> None:
        """Run the body once, with the loop's targets bound anew."""
        carried = state.carried(loop.header.reads)
        state.control |= carried if loop.kind is LoopKind.WHILE else NONE
        for name in loop.targets:
            state.flow[name] = carried
            state.texts[name] = f"{{{name}#{number}}}"
        state.bound |= frozenset(loop.targets)
        self._touch(state, set(loop.targets))
        if number == 2:
            state.pending = ()
        begun, self._begun = self._begun, len(self.occurrences)
        self._sequence(loop.body, state)
        self._begun = begun

    def _spared(self, loop: Loop, state: State, *, gathered: bool) -> str | None:
        """Return why the iterations of a loop are no windows of their own, None if each one is."""
        if (
            state.serial
            or loop.serial
            or any(isinstance(node, Boundary) and node.kind is BoundaryKind.SERIAL for node in tree.walk(loop.body))
        ):
            return "declared-serial"
        outer = frozenset(name for one in self._loops for name in one.targets)
        prepared = state.filled - state.since
        waited = any(start >= loop.span.end for start in self._waits)
        return exempt.reason(loop, outer, self._handed, prepared, gathered=gathered, waited=waited)

    def _settle(self, loop: Loop, marks: tuple[int, int, int], state: State, *, once: bool, reason: str | None) -> None:
        """Report the dispatches that a loop puts into windows of their own without need."""
        first, middle, last = marks
        here = frozenset(range(first, middle))
        again = [(number, self.occurrences[number]) for number in range(middle, last)]
        self.carried |= {(token, number) for number, one in again for token in one.depends & here}
        members = list({one.dispatch.span: one for one in self.occurrences[first:middle]}.values())
        spans = {one.dispatch.span for one in members}
        chained = next((one.exemption(one.depends & here) for _, one in again if one.depends & here), None)
        spared = reason or chained or ("early-exit" if once else None)
        if spared:
            self._spare(spared, exempt.head(loop), here)
            self.chained |= {span.start for span in spans}
            if reason:
                self.grouped |= here | frozenset(range(middle, last))
            return
        if any(self.phases[one.phase] is not self.phases[members[0].phase] for one in members):
            return
        for one in members:
            start = one.dispatch.span.start
            if start in self.chained and start not in self.flagged:
                continue
            if not one.flow & here:
                self.flagged.setdefault(start, []).insert(0, loop)
                self.leading[start] = tuple(number for number in state.group if number < first)
