"""Functions that dispatch: what a call of one means where it is called.

A function that dispatches one agent each time counts as a dispatch where it is called; one that dispatches several,
or that asks, checks or slows down besides, is a group of its own and separates what stands around its call.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from taskfan_lint.analysis import exempt, tree
from taskfan_lint.analysis.facts import Region
from taskfan_lint.analysis.model import (
    Argument,
    Block,
    Branch,
    Call,
    Dispatch,
    Loop,
    Node,
    Ref,
    Step,
    Template,
    Through,
)
from taskfan_lint.edit import Span
from taskfan_lint.profile import words

MANY = 2
UNKNOWN = "?"  # stands before the name of a local whose text is not known: it differs from call to call
GROUP = "phases"

_PHASE = re.compile(r"(?:^|_)(?:phase|step|stage|wave|round|pipeline|workflow)s?(?:_|\d|$)")


@dataclass(frozen=True)
class Helper:
    """A function that dispatches.

    `dispatch` is what one call sends, None where a call is a group of its own, named by `boundary` as the exemptions
    are. `way` are the functions on the way to the dispatch, this one first; `place` is the file and the row of the
    dispatch where it stands in another file. Of the `parameters`, `reaches` get into the dispatch and `changes` are
    changed; `shares` are the names outside that it both reads and changes, so that a call depends on the one before.
    """

    name: str
    dispatch: Dispatch | None
    way: tuple[str, ...]
    boundary: str = ""
    parameters: tuple[str, ...] = ()
    reaches: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    shares: frozenset[str] = frozenset()
    asynchronous: bool = False
    method: bool = False
    place: str = ""


@dataclass(frozen=True)
class Index:
    """The helpers of the files of a project: file to name to helper, and the files that may call one of another."""

    files: Mapping[str, Mapping[str, Helper]] = field(default_factory=dict)
    callers: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """The names of all helpers: no file that holds none of them calls one."""
        return frozenset(name for helpers in self.files.values() for name in helpers)

    def lookup(self, path: str, origin: str) -> Helper | None:
        """Return the helper that a file at `path` imports as `origin`, such as `.agents.launch` or `lib.launch`.

        None where that is no helper.
        """
        if not self.files:
            return None
        module, _, name = origin.lstrip(".").rpartition(".")
        return self.helpers_of(path, "." * (len(origin) - len(origin.lstrip("."))) + module).get(name)

    def helpers_of(self, path: str, module: str) -> Mapping[str, Helper]:
        """Return the helpers of a module as a file at `path` imports it; leading dots are levels of a relative import.

        An absolute import is looked for in the folders above the file, the closest first, and in their `src`.
        """
        return next((self.files[file] for file in places(path, module) if file in self.files), {})


def places(path: str, module: str) -> Iterator[str]:
    """Yield the files that a module can be when a file at `path` imports it, the first choice first."""
    dots = len(module) - len(module.lstrip("."))
    parts = [part for part in module.lstrip(".").split(".") if part]
    folders = list(PurePath(path).parents)
    for folder in folders[dots - 1 : dots] if dots else folders:
        for root in (folder,) if dots else (folder, folder / "src"):
            yield str(root.joinpath(*parts, "__init__.py"))
            if parts:
                yield f"{root.joinpath(*parts)}.py"


NO_INDEX = Index()


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
                    yield replace(helper.dispatch, prompt=prompt), call.reads, helper.way

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
        replace(
            dispatch,
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
            found.append(_hidden(part) if isinstance(part, Ref) and not _is_outer(part, local) else part)
    return tuple(found)


def _hidden(part: str | Ref) -> str | Ref:
    return part if isinstance(part, str) or part.name.startswith(UNKNOWN) else Ref(UNKNOWN + part.name)


def _is_outer(part: Ref, local: Collection[str]) -> bool:
    """Tell whether a part of a text is a name from outside of the function, which is the same for each call."""
    return part.name.isidentifier() and part.name not in local


@dataclass(frozen=True)
class Handed:
    """What a call hands to a helper: an argument, its parameter ("" where that is not known), and its text."""

    argument: Argument
    parameter: str
    text: Template


def sent(helper: Helper, inner: Dispatch, handed: Sequence[Handed], span: Span, name: str) -> Dispatch:
    """Return the dispatch that a call of a helper, at `span` and by `name`, leads to; `inner` is the helper's own."""
    texts = {one.parameter: one.text for one in handed if one.parameter}
    reaching = (one.argument.reads for one in handed if not one.parameter or one.parameter in helper.reaches)
    agent = inner.agent[1:-1] if inner.agent else ""
    return replace(
        inner,
        span=span,
        name=name,
        agent=text_of(texts[agent]) if agent in texts else inner.agent,
        arguments=tuple(one.argument for one in handed),
        reads=helper.shares.union(*reaching),
        prompt=_called(helper, inner.prompt, texts, span.start),
        outputs=tuple(_called(helper, one, texts, span.start) for one in inner.outputs),
        awaited=None,
        through=Through(helper.way, None if helper.place else inner.span, helper.place),
        evidence=f"`{helper.name}()` is a function that dispatches",
    )


def changed(helper: Helper, handed: Iterable[Handed]) -> frozenset[str]:
    """Return the names whose objects a call of a helper changes."""
    return helper.shares.union(*(one.argument.reads for one in handed if one.parameter in helper.changes))


def text_of(template: Template) -> str:
    """Return a text with the source of what is not constant in braces."""
    return "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in template)


def _called(helper: Helper, template: Template, arguments: Mapping[str, Template], number: int) -> Template:
    """Return a text of a helper's dispatch as one call of it sends it; `number` tells this call from others."""
    found: list[str | Ref] = []
    for part in template:
        if isinstance(part, str):
            found.append(part)
        elif part.name in arguments:
            found += arguments[part.name]
        else:
            known = _is_outer(part, helper.parameters)
            found.append(part if known else Ref(f"{part.name.lstrip(UNKNOWN)}@{number}"))
    return tuple(found)
