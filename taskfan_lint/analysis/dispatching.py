"""The functions of a module that dispatch: what a call of each sends, or why it is a group of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from taskfan_lint.analysis import exempt, tree
from taskfan_lint.analysis.facts import Region
from taskfan_lint.analysis.helpers import UNKNOWN, Helper, is_outer
from taskfan_lint.analysis.model import Block, Branch, Call, Dispatch, Loop, Node, Ref, Step, Template
from taskfan_lint.profile import words

MANY = 2
GROUP = "phases"

_PHASE = re.compile(r"(?:^|_)(?:phase|step|stage|wave|round|pipeline|workflow)s?(?:_|\d|$)")


def helpers(regions: Iterable[Region]) -> dict[str, Helper]:
    """Return the functions among the regions that dispatch, by name; names that are defined twice are left out."""
    functions = [region for region in regions if region.function and region.name]
    counts = Counter(region.name for region in functions)
    finder = _Finder({region.name: region for region in functions if counts[region.name] == 1})
    return finder.found()


class _Finder:
    """Follows calls from function to function; a function that comes back to itself is a group."""

    def __init__(self, functions: Mapping[str, Region]) -> None:
        self._functions = functions
        self._known: dict[str, Helper | None] = {}  # None where a function does not dispatch
        self._open: set[str] = set()  # functions that reach a dispatch and are not summed up yet
        self._callers = self._callers_of(functions)

    def found(self) -> dict[str, Helper]:
        """Return the helpers, from those that dispatch themselves to those that call them."""
        pending = [name for name, region in self._functions.items() if next(tree.dispatches(region.body), None)]
        reached: dict[str, None] = {}
        while pending:
            name = pending.pop()
            if name not in reached:
                reached[name] = None
                pending += self._callers.get(name, ())
        self._open = set(reached)
        found = {}
        for name in self._in_order(reached):
            self._known[name] = self._summary(name)
            self._open.discard(name)
            if helper := self._known[name]:
                found[name] = helper
        return found

    def _callers_of(self, functions: Mapping[str, Region]) -> dict[str, list[str]]:
        callers: dict[str, list[str]] = {}
        for name, region in functions.items():
            for called in {target for call in tree.calls(region.body) if (target := self._target(call))}:
                callers.setdefault(called, []).append(name)
        return callers

    def _target(self, call: Call) -> str | None:
        """Return the function of this module that a call calls, by its name or as a method of the same object."""
        owner, _, name = call.name.rpartition(".")
        region = self._functions.get(name)
        if region is None or not region.function or region.function.method is not (owner in ("self", "this", "cls")):
            return None
        return name if not owner or region.function.method else None

    def _in_order(self, names: Iterable[str]) -> list[str]:
        """Return names with those that they call first, without recursion; on a cycle any order will do."""
        wanted = dict.fromkeys(names)
        seen: set[str] = set()
        done: dict[str, None] = {}
        for first in wanted:
            stack = [(first, False)]
            while stack:
                name, left = stack.pop()
                if left:
                    done[name] = None
                elif name not in seen:
                    seen.add(name)
                    stack.append((name, True))
                    calls = tree.calls(self._functions[name].body)
                    stack += [(one, False) for call in calls if (one := self._target(call)) in wanted and one]
        return list(done)

    def _summary(self, name: str) -> Helper | None:
        region = self._functions[name]
        assert region.function is not None
        count = self._most(region.body)
        if not count or region.function.generator:
            return None
        deliberate = next((one for node in region.body if (one := exempt.deliberate(node))), None)
        grouped = count >= MANY or _PHASE.search(words(name))
        boundary = str(deliberate.cause) if deliberate else GROUP if grouped else ""
        sent = next(self._sent(region), None)
        if boundary or sent is None:
            return Helper(name, None, (name,), boundary or GROUP, method=region.function.method)
        return _described(region, *sent)

    def _sent(self, region: Region) -> Iterator[tuple[Dispatch, frozenset[str], tuple[str, ...]]]:
        """Yield each dispatch of a function, with the names read for it and the functions on the way."""
        for step in tree.steps(region.body):
            for action in step.actions:
                if isinstance(action, Dispatch):
                    yield action, action.reads, action.through.functions if action.through else ()
            for call in step.calls:
                helper = self._known.get(self._target(call) or "")
                if helper and helper.dispatch:
                    prompt = tuple(_hidden(part) for part in helper.dispatch.prompt)
                    yield helper.dispatch._replace(prompt=prompt), call.reads, helper.way

    def _most(self, nodes: Iterable[Node]) -> int:
        """Return how many dispatches nodes send on one path, MANY for two or more, and for any in a loop."""
        total = 0
        for node in nodes:
            match node:
                case Step():
                    total += self._in_step(node)
                case Loop():
                    total += MANY if self._most([node.header, *node.body, *node.orelse]) else 0
                case Branch():
                    total += sum(self._in_step(arm.test) for arm in node.arms if arm.test)
                    total += max((self._most(arm.body) for arm in node.arms), default=0)
                case Block():
                    parts = [
                        *node.body,
                        *node.orelse,
                        *node.finalbody,
                        *(one for part in node.handlers for one in part),
                    ]
                    total += self._most([*([node.header] if node.header else []), *parts])
        return min(total, MANY)

    def _in_step(self, step: Step) -> int:
        inner = [action for action in step.actions if isinstance(action, (Loop, Branch))]
        total = sum(isinstance(action, Dispatch) for action in step.actions) + self._most(inner)
        for call in step.calls:
            target = self._target(call)
            if target in self._open:  # it comes back to where it is called from
                return MANY
            if target and (helper := self._known.get(target)):
                total += 1 if helper.dispatch else MANY
        return min(total, MANY)


def _described(region: Region, dispatch: Dispatch, reads: frozenset[str], way: tuple[str, ...]) -> Helper:
    function = region.function
    assert function is not None
    steps = list(tree.steps(region.body))
    bound = {name for step in steps for name in step.binds}
    changed = {name for step in steps for name in step.changes}
    every = {name for step in steps for name in step.reads}
    parameters = frozenset(function.parameters)
    outer = every - bound - parameters
    texts = _texts(steps)
    return Helper(
        region.name,
        dispatch._replace(
            prompt=_resolved(dispatch.prompt, texts, frozenset(bound)),
            outputs=tuple(_resolved(one, texts, frozenset(bound)) for one in dispatch.outputs),
        ),
        (region.name, *way),
        parameters=function.parameters,
        reaches=_reached(steps, reads) & parameters,
        changes=frozenset(changed) & parameters,
        shares=frozenset(outer & (changed | (function.outer & bound))) | (function.outer & bound & every),
        asynchronous=function.asynchronous,
        method=function.method,
    )


def _reached(steps: list[Step], names: frozenset[str]) -> frozenset[str]:
    """Return names with all that their values are made of in a function, whichever way is taken."""
    needed = set(names)
    grown = True
    while grown:
        before = len(needed)
        for step in reversed(steps):
            if needed & {*step.binds, *step.changes}:
                needed |= step.reads
        grown = len(needed) > before
    return frozenset(needed)


def _texts(steps: Iterable[Step]) -> dict[str, Template]:
    """Return the text of the names that are bound once, by a plain assignment."""
    counts = Counter(name for step in steps for name in (*step.binds, *step.changes))
    return {step.binds[0]: step.text for step in steps if step.simple and step.text and counts[step.binds[0]] == 1}


def _resolved(template: Template, texts: Mapping[str, Template], local: frozenset[str], depth: int = 3) -> Template:
    """Return a text with its locals replaced by their own texts as far as these are known."""
    found: list[str | Ref] = []
    for part in template:
        if isinstance(part, Ref) and depth and part.name in texts:
            found += _resolved(texts[part.name], texts, local, depth - 1)
        else:
            found.append(_hidden(part) if isinstance(part, Ref) and not is_outer(part, local) else part)
    return tuple(found)


def _hidden(part: str | Ref) -> str | Ref:
    return part if isinstance(part, str) or part.name.startswith(UNKNOWN) else Ref(UNKNOWN + part.name)
