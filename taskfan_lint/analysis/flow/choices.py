"""The run of branches and protected blocks: each way is run, and what holds behind them is joined."""

from __future__ import annotations

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.effects import is_loud
from taskfan_lint.analysis.flow.state import NONE, Candidate, State, Tokens
from taskfan_lint.analysis.flow.steps import Steps
from taskfan_lint.analysis.model import Arm, Block, Branch, Purity
from taskfan_lint.analysis.windows import Cause
from taskfan_lint.profile import is_serial


class Choices(Steps):
    """Runs branches and protected blocks."""

    def _branch(self, branch: Branch, state: State) -> None:
        if not tree.holds_dispatch(branch):
            self._opaque(branch, state)
            return
        tests = NONE
        ends: list[State] = []
        for index, arm in enumerate(branch.arms):
            if arm.test:
                first = len(self.occurrences)
                self._test(arm.test, state)
                tests |= frozenset(range(first, len(self.occurrences)))
                tests |= self._asked([arm.test], arm.text, state)
                if self._loops and any(is_loud(call) for call in arm.test.calls):
                    tests |= self._of_iteration()
            inner = self._enter(branch, index, arm, tests, state)
            self._sequence(arm.body, inner)
            ends.append(inner)
        if not branch.exhaustive:
            ends.append(state.copy())
        self._join(state, ends)

    def _enter(self, branch: Branch, index: int, arm: Arm, tests: Tokens, state: State) -> State:
        inner = state.copy()
        inner.arms = (*state.arms, (branch.span.start, index))
        inner.conditions = state.conditions | tests
        inner.control = state.control | tests
        texts = [one.text for one in branch.arms[: index + 1]]
        inner.declared = state.declared or any(is_serial(text) for text in texts)
        inner.serial = state.serial or inner.declared
        if state.group and any(tree.holds_dispatch(node) for node in arm.body):
            if not all(self._is_decided(one, state) for one in branch.arms[: index + 1] if one.test):
                self._add(inner, Candidate(Cause.BRANCH, branch.header, branch))
        for one in branch.arms[: index + 1]:
            if one.test:
                tested = inner.tested_since if state.group else inner.tested
                tested[one.text] = one.test.reads
        return inner

    def _is_decided(self, arm: Arm, state: State) -> bool:
        """Tell whether a test was known before the first dispatch of the group."""
        assert arm.test is not None
        names = arm.test.reads
        if names & state.since:
            return False
        if arm.text in state.tested:
            return arm.test.purity < Purity.EFFECT
        return arm.names and all(name in state.bound or name.isupper() for name in names)

    def _join(self, state: State, ends: list[State]) -> None:
        """Make `state` what holds after a choice, whichever way was taken."""
        state.control = state.control.union(*(end.control for end in ends if end.ended))
        live = [end for end in ends if not end.ended]
        state.ended = not live
        for end in live or ends:
            for name, tokens in end.flow.items():
                state.flow[name] = state.flow.get(name, NONE) | tokens
            for name, text in end.texts.items():
                state.texts[name] = text if state.texts.get(name, text) == text else f"{{{name}}}"
            state.bound |= end.bound
            state.filled |= end.filled
            state.since |= end.since
            state.tested |= end.tested
            state.tested_since |= end.tested_since
            state.seen |= end.seen
        self._join_windows(state, live or ends)

    def _join_windows(self, state: State, ends: list[State]) -> None:
        widest = max(ends, key=lambda end: (end.phase, end.window, end.width))
        same = [end for end in ends if end.phase == widest.phase]
        state.count = max(end.count for end in same)
        state.unneeded = max(end.unneeded for end in same)
        state.phase, state.window, state.gap = widest.phase, widest.window, widest.gap
        state.width = max(end.width for end in same if end.window == widest.window)
        state.group = tuple(sorted({number for end in same for number in end.group}))
        state.pending = tuple({(one.cause, one.span, one.tokens): one for end in same for one in end.pending}.values())
        steps = {id(node): (node, gap) for end in same for node, gap in end.steps}
        state.steps = tuple(steps.values())

    def _block(self, block: Block, state: State) -> None:
        if not tree.holds_dispatch(block):
            self._opaque(block, state)
            return
        if block.header:
            self._test(block.header, state)
        first = len(self.occurrences)
        if not block.protected:
            self._sequence(block.body, state)
            return
        self._protected(block, state, first)

    def _protected(self, block: Block, state: State, first: int) -> None:
        conditions = state.conditions
        for node in block.body:
            state.conditions = conditions | frozenset(range(first, len(self.occurrences)))
            self._sequence([node], state)
        tried = frozenset(range(first, len(self.occurrences)))
        ends = []
        for handler in block.handlers:
            inner = state.copy()
            inner.ended = False
            inner.conditions = conditions | tried
            inner.control = state.control | tried
            self._sequence(handler, inner)
            inner.control = inner.control if inner.ended else state.control
            ends.append(inner)
        state.conditions = conditions
        self._sequence(block.orelse, state)
        if ends:
            self._join(state, [state.copy(), *ends])
        state.conditions = conditions
        self._sequence(block.finalbody, state)
