"""Where sequence is right: loops that open no windows, and statements that separate groups on purpose."""

from __future__ import annotations

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.effects import TAKING_METHODS, is_loud
from taskfan_lint.analysis.facts import Region
from taskfan_lint.analysis.model import (
    Block,
    Boundary,
    BoundaryKind,
    Branch,
    Call,
    Dispatch,
    Loop,
    LoopKind,
    Node,
    Step,
    Wait,
)
from taskfan_lint.analysis.windows import Opening
from taskfan_lint.edit import Span
from taskfan_lint.profile import asks_user, checks, holds_promises, is_handle_waiter, limits_rate

# Why sequence is right, or is none, by the name under which it is shown.
EXEMPTIONS = {
    "asks-user": "a person is asked in between",
    "bounded-batches": "the loop goes over batches, each of which is a full group",
    "chain": "a later dispatch needs an earlier one's result",
    "checked-in-between": "what was done is checked before the next dispatch",
    "convergence": "the loop goes on until a result says that it is done",
    "declared-serial": "a name, a branch or a comment says that sequence is meant",
    "early-exit": "a result decides whether the next dispatch runs at all",
    "gathered": "one combiner runs all of the calls together",
    "phases": "a phase, a marker or a wait for a whole group ends the window on purpose",
    "poll": "the loop asks again and again, with a pause in between",
    "pure-dispatch-loop": "the loop only sends prompts that were prepared before",
    "rate-limited": "the pace is limited on purpose",
    "retry": "the loop tries the same again",
    "start-all-then-wait": "every call returns at once, and one wait follows for all of them",
    "stream": "the loop takes its items as they come",
}

RETRY_TARGETS = frozenset(
    ("attempt attempts retry retries tries trial round iteration epoch cycle turn _attempt").split()
)


def head(node: Node) -> Span:
    """Return what a finding about a node points at: a statement, or the header of a compound one."""
    match node:
        case Branch():
            return node.header
        case Loop():
            return Span(node.span.start, node.header.span.end)
        case Block() if node.header:
            return Span(node.span.start, node.header.span.end)
        case Block():
            return Span(node.span.start, node.span.start + len("try"))
    return node.span


def deliberate_name(name: str) -> str | None:
    """Return the exemption by which a call of this name stands between dispatches on purpose, None if it does not."""
    if asks_user(name):
        return "asks-user"
    if limits_rate(name):
        return "rate-limited"
    return "checked-in-between" if checks(name) else None


def deliberate(node: Node) -> Opening | None:
    """Return where and why a statement asks a person, slows down, checks what was done, or sends a group of its own."""
    for call in tree.calls([node]):
        name = call.boundary or deliberate_name(call.name)
        if name is None and checks("", [_command(call)]):
            name = "checked-in-between"
        if name:
            return Opening(name, call.span)
    return None


def _command(call: Call) -> str:
    """Return a call as a command line: `git("commit")` and `run("git commit")` both speak of `git commit`."""
    return " ".join((call.name, *call.texts))


def is_handle_wait(wait: Wait) -> bool:
    """Tell whether a wait is only one if its receiver is what a dispatch returned."""
    return is_handle_waiter(wait.name)


def handed_to_combiners(region: Region) -> frozenset[str]:
    """Return the names that a region hands to a combiner, or awaits one by one in a loop over them."""
    found: set[str] = set()
    for node in tree.walk(region.body):
        if isinstance(node, Loop):
            targets = frozenset(node.targets)
            if any(wait.reads & targets and not wait.combines for wait in tree.waits(node.body)):
                found |= node.header.reads
    for wait in tree.waits(region.body):
        if wait.combines:
            found |= wait.reads
    return frozenset(found)


def promised(region: Region) -> frozenset[str]:
    """Return the names of a script that say that what they hold still runs.

    In Python a call that is put into a list of `futures` has returned before.
    """
    bound = (name for step in tree.steps(region.body) for name in (*step.binds, *step.changes))
    return frozenset(name for name in bound if holds_promises(name))


def reason(
    loop: Loop, outer: frozenset[str], handed: frozenset[str], prepared: frozenset[str], *, gathered: bool, waited: bool
) -> str | None:
    """Return the name of the exemption that a loop falls under, None if each iteration is a window of its own.

    `outer` are the targets of the loops around it, `handed` the names given to combiners, `prepared` the names that
    the region filled before the group's first dispatch; `waited` tells that something waits after the loop.
    """
    if gathered or loop.combined:
        return "gathered"
    if waited and _starts_all(loop, waited=True):
        return "start-all-then-wait"
    if _is_gathered(loop, handed):
        return "gathered"
    if loop.lazy:
        return "early-exit"
    if _is_pure(loop, prepared):
        return "pure-dispatch-loop"
    if outer and loop.header.reads and loop.header.reads <= outer:
        return "bounded-batches"
    if loop.asynchronous:
        return "stream"
    if loop.kind is LoopKind.WHILE and not _drains(loop):
        return _repetition(loop)
    if frozenset(loop.targets) & RETRY_TARGETS:
        return "retry"
    if _starts_all(loop, waited=waited):
        return "start-all-then-wait"
    return _deliberate(loop)


def _repetition(loop: Loop) -> str:
    """Return what a `while` that tests what its body does is for: polling, trying again, or coming closer."""
    if any(limits_rate(call.name) for call in tree.calls(loop.body)):
        return "poll"
    counted = frozenset(name for step in tree.steps(loop.body) for name in step.changes) & loop.header.reads
    return "retry" if counted or loop.header.reads & RETRY_TARGETS else "convergence"


def _deliberate(loop: Loop) -> str | None:
    """Return the exemption by which a person, a limit or a check stands between the iterations on purpose."""
    first = next(tree.dispatches(loop.body))
    for node in tree.walk(loop.body):
        settled = isinstance(node, Boundary) and node.kind is BoundaryKind.SETTLED
        if settled and node.span.start > first.span.end:
            return "checked-in-between"
    dispatched = False
    for step in tree.steps(loop.body):
        for call in step.calls:
            if asks_user(call.name):
                return "asks-user"
            if limits_rate(call.name):
                return "rate-limited"
            if dispatched and (checks(call.name) or checks("", [_command(call)])):
                return "checked-in-between"
        for action in step.actions:
            if isinstance(action, Wait) and (name := deliberate_name(action.name)):
                return name
        dispatched = dispatched or any(isinstance(action, Dispatch) for action in step.actions)
    contexts = [node.header for node in tree.walk(loop.body) if isinstance(node, Block) and node.header]
    if any(limits_rate(name) for step in contexts for name in step.reads):
        return "rate-limited"
    if _holds_full_groups(loop):
        return "bounded-batches"
    return None


def _is_gathered(loop: Loop, handed: frozenset[str]) -> bool:
    """Tell whether a loop only collects calls that are handed to one combiner afterwards, by themselves or by name."""
    steps = list(tree.steps(loop.body))
    named = frozenset(use.name for step in steps if step.changes & handed for use in step.uses)
    for step in steps:
        inner = [action for action in step.actions if isinstance(action, Dispatch)]
        if inner and not ({*step.changes, *step.binds} & (handed | named) and not any(one.awaited for one in inner)):
            return False
    return bool(handed)


def _is_pure(loop: Loop, prepared: frozenset[str]) -> bool:
    """Tell whether a loop is nothing but a dispatch over prompts that were prepared in a container before.

    The prompt argument itself is a loop target, and the iterable is made of the containers' names.
    """
    if loop.kind is not LoopKind.FOR or loop.orelse or not loop.sources or not set(loop.sources) <= prepared:
        return False
    if len(loop.body) != 1 or not isinstance(loop.body[0], Step):
        return False
    step = loop.body[0]
    dispatch = step.actions[0] if len(step.actions) == 1 else None
    if not isinstance(dispatch, Dispatch) or dispatch.awaited or (step.calls and not step.keeps):
        return False
    return any(use.whole and use.keyword == "prompt" and use.name in loop.targets for use in step.uses)


def _starts_all(loop: Loop, *, waited: bool) -> bool:
    """Tell whether every dispatch of a loop returns at once and nothing in its body waits.

    Launches in the background cost a model turn each: they are spared where one wait follows for all.
    """
    inner = list(tree.dispatches(loop.body))
    if any(one.blocking for one in inner) or any(True for _ in tree.waits(loop.body)):
        return False
    return waited or not any(one.background for one in inner)


def _holds_full_groups(loop: Loop) -> bool:
    """Tell whether all dispatches in a loop's body stand in combiners: each iteration is a full group."""
    inner = list(tree.dispatches(loop.body))
    return all(one.combined and one.combined in loop.span for one in inner)


def _drains(loop: Loop) -> bool:
    """Tell whether a `while` takes its items from a container that nothing in the loop fills."""
    test = loop.header.reads
    if not test or (loop.header.calls and any(is_loud(call) for call in loop.header.calls)):
        return False
    body = list(tree.steps(loop.body))
    if any(set(step.binds) & test for step in body):
        return False
    changing = [call.name.rpartition(".")[2] for step in body for call in step.calls if call.receiver in test]
    return bool(changing) and all(name in TAKING_METHODS for name in changing)
