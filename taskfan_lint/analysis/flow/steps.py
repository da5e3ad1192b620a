"""The run of simple statements: bindings, dispatches, waits, and what else stands between dispatches."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator

from taskfan_lint.analysis import exempt, paths, tree
from taskfan_lint.analysis.effects import is_loud, looks_around, taken_from
from taskfan_lint.analysis.flow.ledger import Ledger
from taskfan_lint.analysis.flow.state import NONE, Candidate, Link, Occurrence, State, Tokens
from taskfan_lint.analysis.model import (
    Arm,
    Block,
    Boundary,
    BoundaryKind,
    Branch,
    Dispatch,
    Loop,
    Node,
    Purity,
    Step,
    Template,
    Wait,
)
from taskfan_lint.analysis.windows import Cause, DependenceKind, Member, Opening
from taskfan_lint.profile import asks_for_earlier, outcome_names, result_places, waits_for_agents

NO_NAMES: frozenset[str] = frozenset()


class Steps(Ledger, ABC):
    """Runs simple statements, and hands compound ones to the classes built on it."""

    @abstractmethod
    def _loop(self, loop: Loop, state: State, *, gathered: bool = False) -> None: ...

    @abstractmethod
    def _branch(self, branch: Branch, state: State) -> None: ...

    @abstractmethod
    def _is_decided(self, arm: Arm, state: State) -> bool: ...

    @abstractmethod
    def _block(self, block: Block, state: State) -> None: ...

    def _sequence(self, nodes: Iterable[Node], state: State) -> None:
        for node in nodes:
            match node:
                case Step():
                    self._step(node, state)
                case Loop():
                    self._loop(node, state)
                case Branch():
                    self._branch(node, state)
                case Block():
                    self._block(node, state)
                case Boundary():
                    self._boundary(node, state)

    def _boundary(self, node: Boundary, state: State) -> None:
        ready = len(self._members(state))
        if node.kind is BoundaryKind.MARKER:
            state.wrong = node.wrong
        match node.kind:
            case BoundaryKind.SERIAL:
                state.serial = True
            case BoundaryKind.SETTLED:
                pass  # a word on what follows a dispatch: it matters where a loop comes round to the next one
            case BoundaryKind.WAIT_ONE | BoundaryKind.MESSAGE if ready < 2:
                if state.group and ready:
                    self._add(state, Candidate(Cause.AWAIT, node.span, node))
            case _:
                if state.group:
                    self._new_phase(state, Opening("phases", node.span))

    def _step(self, step: Step, state: State) -> None:
        dispatched: list[int] = []
        for action in step.actions:
            match action:
                case Dispatch():
                    dispatched += self._dispatch(action, state)
                case Wait():
                    self._wait(action, step, state, tuple(dispatched))
                case Loop() | Branch():
                    first = len(self.occurrences)
                    handed = bool(self._handed & {*step.binds, *step.changes})
                    if isinstance(action, Loop):
                        self._loop(action, state, gathered=handed)
                    else:
                        self._branch(action, state)
                    dispatched += range(first, len(self.occurrences))
        if not dispatched:
            self._consider(step, state)
        self._bind(step, state, frozenset(dispatched))
        if step.exit:
            self._exit(step, state, frozenset(dispatched))

    def _bind(self, step: Step, state: State, dispatched: Tokens) -> None:
        carried = state.carried(step.reads) | dispatched | self._read_from_files(step, state)
        if self._loops and not dispatched and any(looks_around(call) for call in step.calls):
            carried |= self._of_iteration()
        for name in step.binds:
            state.flow[name] = carried
            text = self._fold(step.text, state) if step.simple and not dispatched else None
            state.texts[name] = text if text is not None else f"{{{name}}}"
        for name in step.changes - taken_from(step):
            state.flow[name] = state.flow.get(name, NONE) | carried
            state.texts.pop(name, None)
        self._touch(state, {*step.binds, *step.changes})
        state.bound |= frozenset(step.binds)
        state.filled |= frozenset(step.binds) | step.changes

    def _read_from_files(self, step: Step, state: State) -> Tokens:
        """Return the occurrences told to write a file whose path a call in the step is given."""
        texts = {text.removeprefix("./") for call in step.calls for text in call.texts}
        if not texts:
            return NONE
        return NONE.union(*(self._writers(text) for text in texts)) & state.seen

    def _writers(self, text: str) -> Tokens:
        """Return the occurrences told to write a file, or that work in a session or worktree."""
        return frozenset(self.touching.get(text, ()))

    def _of_iteration(self) -> Tokens:
        """Return what was dispatched so far in the current iteration of the innermost loop."""
        return frozenset(range(self._begun, len(self.occurrences)))

    def _touch(self, state: State, names: set[str]) -> None:
        """Note that names got new values: tests that read them have to be evaluated again."""
        if not names:
            return
        if state.group:
            state.since |= names
        for known in (state.tested, state.tested_since):
            for text in [text for text, read in known.items() if read & names]:
                del known[text]

    def _test(self, test: Step, state: State) -> None:
        """Run the test of a choice: what it dispatches, waits for and binds."""
        first = len(self.occurrences)
        for action in test.actions:
            match action:
                case Dispatch():
                    self._dispatch(action, state)
                case Wait():
                    self._wait(action, test, state, ())
        if state.group and (opening := exempt.deliberate(test)):
            self._new_phase(state, opening)
        self._bind(test, state, frozenset(range(first, len(self.occurrences))))

    def _consider(self, node: Node, state: State) -> None:
        """Note a statement without dispatches as what may end the window: deliberate, late, or other work."""
        if not state.group:
            return
        if opening := exempt.deliberate(node):
            self._new_phase(state, opening)
            return
        state.steps = (*state.steps, (node, state.gap))
        if isinstance(node, Branch) and any(step.exit for step in tree.steps([node])):
            tests = [arm.test for arm in node.arms if arm.test]
            needed = self._asked(tests, node.arms[0].text, state) & frozenset(state.group)
            if not needed and not all(self._is_decided(arm, state) for arm in node.arms if arm.test):
                self._add(state, Candidate(Cause.BRANCH, node.header, node))
            return
        loud = [call for call in tree.calls([node]) if is_loud(call)]
        if loud or any(
            step.exit is None
            and step.purity is Purity.EFFECT
            and not step.calls
            and not step.actions
            and not step.binds
            for step in tree.steps([node])
        ):
            self._add(state, Candidate(Cause.WORK, exempt.head(node), node))

    def _exit(self, step: Step, state: State, dispatched: Tokens) -> None:
        if step.conditional:
            state.control |= state.carried(step.reads)
            return
        state.control |= state.conditions | dispatched  # whether the flow is left depends on whether these fail
        state.ended = True

    def _fold(self, template: Template, state: State) -> str | None:
        if not template:
            return None
        return "".join(
            part if isinstance(part, str) else state.texts.get(part.name, f"{{{part.name}}}") for part in template
        )

    def _dispatch(self, dispatch: Dispatch, state: State) -> list[int]:
        prompt = self._fold(dispatch.prompt, state) or ""
        outputs = frozenset(self._fold(template, state) or "" for template in dispatch.outputs) - {""}
        written = paths.written(prompt) | outputs
        number = len(self.occurrences)
        shared = frozenset(self._fold(template, state) or "" for template in dispatch.shares)
        links = tuple(link for link in self._links(dispatch, prompt, written | shared, state) if link.tokens)
        self.occurrences.append(Occurrence(dispatch, links, state.phase, state.arms))
        for text in written | shared:
            self.touching.setdefault(text, set()).add(number)
        self.dispatch_of[dispatch.span.start] = dispatch
        self._place(number, state)
        last = state.width + self._times
        member = Member(dispatch, state.width + 1, last, state.arms, prompt, tuple(sorted(written)), self._repeated)
        if not self._quiet:
            self.windows[state.window].members.append(member)
            self.phases[state.phase].occurrences.append(number)
        state.width = last
        state.seen |= {number}
        state.pending = ()
        self._new_gap(state)
        if dispatch.awaited and not dispatch.combined:
            wait = Wait(dispatch.awaited, frozenset(), direct=True)
            self._add(state, Candidate(Cause.AWAIT, dispatch.awaited, wait, frozenset({number})))
        return [number]

    def _links(self, dispatch: Dispatch, prompt: str, written: frozenset[str], state: State) -> Iterator[Link]:
        """Yield what joins a dispatch to the earlier ones: names, tests, files, or its prompt's own words."""
        for name in sorted(dispatch.reads):
            yield Link(DependenceKind.FLOW, state.carried([name]), name)
        yield Link(DependenceKind.CONTROL, state.control)
        if dispatch.resumes:
            yield Link(DependenceKind.FLOW, state.seen, "resume")
        if dispatch.span in self.left_out and not state.wrong:
            kept = state.carried(state.flow)  # what is kept in a name may be used there
            yield Link(DependenceKind.PROSE, kept & self._of_iteration() if self._loops else kept)
        if asks_for_earlier(prompt) or self._takes_unbound_results(dispatch, prompt, state):
            yield Link(DependenceKind.PROSE, state.seen)
            return
        for path in sorted(paths.mentioned(prompt) | written):
            yield Link(DependenceKind.EFFECT, self._writers(path) & state.seen, path)

    def _takes_unbound_results(self, dispatch: Dispatch, prompt: str, state: State) -> bool:
        """Tell whether a prompt has a place for a result by a name that nothing binds and no earlier dispatch reads."""
        return bool(result_places(prompt) - self._told(state))

    def _told(self, state: State) -> frozenset[str]:
        """Return the names that are known without an earlier dispatch: those bound, and those that one is given."""
        function = self.region.function
        known = NO_NAMES if self.fenced and not function else self.region.known
        given = known.union(function.parameters if function else ())
        earlier = (self.occurrences[number].dispatch.reads for number in state.seen)
        return given.union(state.filled, state.flow.keys(), *earlier)

    def _asked(self, tests: Iterable[Step], text: str, state: State) -> Tokens:
        """Return the occurrences whose results tests ask for: by name, or by a free name that speaks of an outcome."""
        names = NO_NAMES.union(*(test.reads for test in tests))
        if text not in state.tested and outcome_names(names) - self._told(state):
            return state.seen
        return state.carried(names)

    def _wait(self, wait: Wait, step: Step, state: State, dispatched: tuple[int, ...]) -> None:
        tokens = state.carried(wait.reads)
        tokens |= {one for one in dispatched if self.occurrences[one].dispatch.span in wait.span}
        if exempt.is_handle_wait(wait) and not tokens:
            return
        if not state.group:
            return
        if name := exempt.deliberate_name(wait.name):
            self._new_phase(state, Opening(name, wait.span))
            return
        held = tokens.union(*(one.tokens for one in state.pending if one.cause is Cause.AWAIT))
        again = not tokens and waits_for_agents(wait.name) and self._is_waited_for(state)
        if len(tokens) > 1 or (tokens and len(held) > 1) or (tokens & self.grouped) or again:
            self._new_phase(state, Opening("phases", wait.span))
            return
        self._add(state, Candidate(Cause.AWAIT, wait.span, wait, tokens))

    def _is_waited_for(self, state: State) -> bool:
        """Tell whether one of a group is waited for already, by a handle that isn't known here."""
        waits = [one.node for one in state.pending if one.cause is Cause.AWAIT and not one.tokens]
        agents = any(isinstance(node, Wait) and waits_for_agents(node.name) for node in waits)
        return agents and len(self._members(state)) > 1

    def _opaque(self, node: Node, state: State) -> None:
        """Run a compound statement without dispatches: it binds and tests, and may wait or do other work."""
        phase = state.phase
        for one in tree.walk([node]):
            if isinstance(one, Loop):
                carried = state.carried(one.header.reads)
                for name in one.targets:
                    state.flow[name] = carried
                    state.texts[name] = f"{{{name}}}"
            for step in tree.headers(one):
                for wait in (action for action in step.actions if isinstance(action, Wait)):
                    if state.phase == phase:
                        self._wait(wait, step, state, ())
                self._bind(step, state, NONE)
        self._opaque_tests(node, state)
        if state.phase == phase:
            self._consider(node, state)

    def _opaque_tests(self, node: Node, state: State) -> None:
        """Note the tests evaluated in a statement without dispatches, and exits that depend on results."""
        for one in tree.walk([node]):
            if not isinstance(one, Branch):
                continue
            for arm in one.arms:
                if arm.test and not arm.test.reads & (tree.binds(node) | tree.changes(node)):
                    tested = state.tested_since if state.group else state.tested
                    tested[arm.text] = arm.test.reads
        exits = [step for step in tree.steps([node]) if step.exit]
        if not exits:
            return
        tests = [step for one in tree.walk([node]) for step in tree.headers(one) if not isinstance(one, Step)]
        tests += [step for step in exits if step.conditional]
        state.control |= self._asked(tests, "", state)
        effects = any(is_loud(call) for step in tests for call in step.calls)
        if isinstance(node, Block) and node.protected:
            effects = True
        if effects and self._loops:
            state.control |= self._of_iteration()
