"""Loops: what each statement of a loop over a literal does, and why the loop cannot be written out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.model import Block, Branch, Item, ItemKind, Loop, Node, Purity, Step
from taskfan_lint.rewrite import Declined
from taskfan_lint.rewrite.layout import Layout
from taskfan_lint.rewrite.names import check_private, dispatch_of, in_class, used_after
from taskfan_lint.settings import Settings

Items = Mapping[str, Item]
COLLECTING = frozenset({"append", "add", "extend", "insert", "update", "setdefault", "push", "unshift", "set"})


class Role(Enum):
    """What a statement in the body of a loop does."""

    CONTEXT = "builds a context"
    DISPATCH = "dispatches, and keeps the result at most"
    COLLECTION = "puts a result into a container"


def items_of(loop: Loop) -> tuple[Items, ...]:
    """Return what each iteration binds; raises Declined for an iterable that is not written out."""
    if loop.items is None:
        raise Declined("what the loop goes over is not written out here")
    if not loop.items:
        raise Declined("the loop goes over nothing")
    return loop.items


def check_count(count: int, settings: Settings) -> None:
    if count > settings.max_unroll:
        raise Declined(f"{count} calls are more than `max-unroll` ({settings.max_unroll})")


def check_items(loop: Loop, reads: list[str]) -> None:
    """Raise Declined where making the items in the place of their names would run them more or less than once.

    `reads` are the names read in one iteration, each as often as it is read.
    """
    if loop.header.binds or loop.header.actions:
        raise Declined("what the loop goes over binds a name or waits")
    for name in loop.targets:
        effect = any(one[name].purity is Purity.EFFECT for one in items_of(loop) if name in one)
        if effect and reads.count(name) != 1:
            raise Declined(f"the call that `{name}` stands for would not run exactly once")


class Body:
    """The body of a `for` statement over a literal, with the loops inside it, by what its names are for.

    `contexts` are the names that get a new value in each iteration before a dispatch, `results` those bound to what
    dispatches return, `own` all that are of one iteration only once the loop is written out.
    """

    def __init__(self, layout: Layout, loop: Loop) -> None:
        self.layout = layout
        self.loop = loop
        self.region = layout.region_of(loop.span)
        self.loops = (loop, *(one for one in tree.walk(loop.body) if isinstance(one, Loop)))
        self.targets = frozenset(name for one in self.loops for name in one.targets)
        self.steps = list(tree.steps(loop.body))
        sending = [step for step in self.steps if tree.holds_dispatch(step)]
        self.results = frozenset(name for step in sending for name in step.binds) - self.targets
        self.collects = any(self._collects(step) for step in self.steps)
        others = (step for step in self.steps if not tree.holds_dispatch(step))
        self.contexts = frozenset(name for step in others for name in step.binds) - self.targets
        self.own = self.targets | self.contexts | (self.results if self.collects else frozenset())

    def _collects(self, step: Step) -> bool:
        collecting = all(call.name.rpartition(".")[2] in COLLECTING for call in step.calls)
        return bool(step.changes and step.reads & self.results) and collecting and not (step.binds or step.actions)

    def role(self, step: Step) -> Role:
        """Return what a statement does; raises Declined for one that does anything else."""
        if dispatch_of(step) is not None and (step.keeps or not step.calls):
            return Role.DISPATCH
        if step.actions:
            raise Declined("the body waits, or holds more than contexts and dispatches")
        if self._collects(step):
            return Role.COLLECTION
        if not step.binds and any(tree.holds_dispatch(one) for one in self.steps if one.span.end <= step.span.start):
            raise Declined("the body does more after its dispatch")
        if not step.simple and not step.changes:
            raise Declined("the body holds more than contexts and dispatches")
        return Role.CONTEXT

    def calls(self, loop: Loop) -> int:
        """Return how many dispatches a loop makes."""
        once = sum(
            self.calls(node) if isinstance(node, Loop) else len(list(tree.dispatches([node]))) for node in loop.body
        )
        return once * len(items_of(loop))

    def check(self) -> None:
        """Raise Declined where writing the loop out could change what runs."""
        self._check_flow()
        self._check_names()
        self._check_order()
        for one in self.loops:
            check_items(one, list(self._reads_in(one)))

    def _check_flow(self) -> None:
        if any(one.orelse or one.asynchronous for one in self.loops):
            raise Declined("the loop has an `else` or is asynchronous")
        if any(step.exit for step in self.steps):
            raise Declined("the loop can be left or cut short")
        if in_class(self.layout.facts, self.loop.span):
            raise Declined("a class keeps what its loop binds")

    def _check_names(self) -> None:
        rebound = self.targets & {name for step in self.steps for name in (*step.binds, *step.changes)}
        inner = [name for one in self.loops for name in one.targets]
        again = sorted(rebound | {name for name in inner if inner.count(name) > 1})
        if again:
            raise Declined(f"`{again[0]}` is bound again in the loop")
        check_private(self.layout.facts, self.region, self.own)
        for one in self.loops:
            own = {name for step in tree.steps(one.body) for name in step.binds} | set(one.targets)
            left = used_after(self.region, one, self.own & own)
            if left:
                raise Declined(f"`{min(left)}` is read after the loop")
        self._check_accumulation()

    def _check_accumulation(self) -> None:
        bound: list[str] = []
        made = self.own - self.targets
        for step in self.steps:
            for name in sorted(step.reads & made - set(bound)):
                raise Declined(f"`{name}` carries over from one iteration to the next")
            for name in sorted(set(step.binds) & made & set(bound)):
                raise Declined(f"`{name}` is bound twice in the loop")
            bound += step.binds

    def _check_order(self) -> None:
        """Raise Declined where contexts, dispatches and collections cannot run one kind after the other."""
        roles = [(self.role(step), step) for step in self._plain(self.loop.body)]
        contexts = [step for role, step in roles if role is Role.CONTEXT]
        dispatches = [step for role, step in roles if role is Role.DISPATCH]
        collections = [step for role, step in roles if role is Role.COLLECTION]
        if _reads(contexts) & _writes(dispatches) or _reads(contexts) & self.results:
            raise Declined("a context is built from a result")
        shared = _writes(contexts) - self.own
        touched = shared & (_reads(dispatches) | _writes(dispatches) | _reads(collections))
        touched |= _writes(collections) & (_reads(dispatches) | _reads(contexts) | _writes(contexts))
        if touched:
            raise Declined(f"`{min(touched)}` changes with each iteration")
        self._check_items_keep(_writes(dispatches) | _writes(collections) | shared)

    def _plain(self, nodes: tuple[Node, ...]) -> Iterator[Step]:
        """Yield the statements of a body and of the loops inside it; raises Declined for any other compound one."""
        for node in nodes:
            match node:
                case Step():
                    yield node
                case Loop():
                    yield from self._plain(node.body)
                case Branch() | Block():
                    raise Declined("the body holds more than contexts and dispatches")

    def _check_items_keep(self, written: frozenset[str]) -> None:
        """Raise Declined where an item reads what the body writes: the loop has read it before its first iteration."""
        for items in (items for one in self.loops for items in items_of(one)):
            for item in items.values():
                bound = {name for step in self.steps for name in step.binds} - self.own
                stale = item.reads & (bound if item.kind is ItemKind.NAME else bound | written)
                if stale:
                    raise Declined(f"`{min(stale)}` is written in the loop that goes over it")

    def _reads_in(self, loop: Loop) -> Iterator[str]:
        """Yield the names that one iteration reads, those of loops inside it as often as these run."""
        for node in loop.body:
            match node:
                case Step():
                    yield from (use.name for use in node.uses)
                case Loop():
                    yield from (use.name for use in node.header.uses)
                    yield from [*self._reads_in(node)] * len(items_of(node))


def _reads(steps: list[Step]) -> frozenset[str]:
    return frozenset(name for step in steps for name in step.reads)


def _writes(steps: list[Step]) -> frozenset[str]:
    return frozenset(name for step in steps for name in (*step.binds, *step.changes))
