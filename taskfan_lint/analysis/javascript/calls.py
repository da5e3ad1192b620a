"""Which calls of a script dispatch, and what a dispatch is told."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tree_sitter import Node

from taskfan_lint.analysis.handed import Handed
from taskfan_lint.analysis.helpers import Helper
from taskfan_lint.analysis.javascript.literals import TEXTS, Expander, fold, is_sum, key_of
from taskfan_lint.analysis.javascript.names import Bindings, dotted, is_keyword
from taskfan_lint.analysis.javascript.parse import Source, child, function_of, parts, unwrap, walk
from taskfan_lint.analysis.model import Argument, Ref, Template
from taskfan_lint.profile import AGENT_KEYWORDS, OUTPUT_KEYWORDS, PROMPT_KEYWORDS, TOOL_KEYWORDS, Shape, is_dispatch
from taskfan_lint.settings import Settings

WORKFLOW_AGENT = "agent"
WORKFLOW_COMBINERS = frozenset({"parallel", "pipeline"})


@dataclass(frozen=True)
class Context:
    """What reading a part of a script needs of its surroundings."""

    source: Source
    bindings: Bindings
    expander: Expander
    settings: Settings
    fenced: bool
    foreign: frozenset[str]
    workflow: bool
    outer: frozenset[str] = frozenset()  # names that functions assign and scopes around them declare
    helpers: Mapping[str, Helper] = field(default_factory=dict)

    def helper(self, call: Node) -> Helper | None:
        """Return the function of this script that a call calls, if it is one that dispatches."""
        function = function_of(call)
        if call.type != "call_expression" or function is None or not self.helpers:
            return None
        owner, _, name = dotted(self.source, function).rpartition(".")
        found = self.helpers.get(name)
        if found is None or found.method is not (owner == "this") or (owner and not found.method):
            return None
        known = self.methods if found.method else self.bindings.bound
        return found if known[name] == 1 else None

    @cached_property
    def methods(self) -> Counter[str]:
        """How often each name is that of a method."""
        found = (child(one, "name") for one in walk(self.source.root) if one.type == "method_definition")
        return Counter(self.source.text(one) for one in found if one is not None)

    def dispatches(self, call: Node) -> bool:
        """Tell whether a call dispatches a sub-agent; `new Task(...)` never does."""
        function, given = function_of(call), child(call, "arguments")
        if call.type != "call_expression" or function is None or given is None or given.type != "arguments":
            return False
        callee = self.bindings.callee(function)
        if not callee.name:
            return False
        if callee.name == WORKFLOW_AGENT and self.workflow:
            return bool(parts(given)) and _is_told(unwrap(parts(given)[0]))
        shape = shape_of(self.source, given, fenced=self.fenced)
        return is_dispatch(callee, shape, self.settings, fenced=self.fenced, foreign=callee.name in self.foreign)

    @cached_property
    def places(self) -> list[int]:
        """The ends of all dispatches, and of calls of functions that dispatch, in order."""
        calls = (one for one in walk(self.source.root) if one.type == "call_expression")
        return sorted(one.end_byte for one in calls if self.dispatches(one) or self.helper(one))

    def count(self, node: Node) -> int:
        """Return how many dispatches stand at or below a node."""
        return bisect_right(self.places, node.end_byte) - bisect_right(self.places, node.start_byte)


def is_workflow(source: Source, bindings: Bindings) -> bool:
    """Tell whether a script is a workflow, in which `agent(...)` starts a sub-agent.

    It neither imports nor defines `agent`, and it calls `parallel` or `pipeline`, which it doesn't define either, or
    exports what such a script is to have: an object `meta` with a name and a description or phases.
    """
    if bindings.bound[WORKFLOW_AGENT]:
        return False
    free = {name for name in WORKFLOW_COMBINERS if not bindings.bound[name]}
    for node in walk(source.root):
        function = child(node, "function") if node.type == "call_expression" else None
        if function is not None and source.text(function) in free:
            return True
        if node.type == "export_statement" and _exports_meta(source, node):
            return True
    return False


def _exports_meta(source: Source, node: Node) -> bool:
    declaration = child(node, "declaration")
    for one in parts(declaration) if declaration is not None else []:
        name, value = child(one, "name"), child(one, "value")
        if name is not None and value is not None and source.text(name) == "meta" and unwrap(value).type == "object":
            keys = {key_of(source, pair) for pair in parts(unwrap(value))}
            return "name" in keys and bool(keys & {"description", "phases"})
    return False


def _is_told(node: Node) -> bool:
    """Tell whether the first argument of a workflow's `agent` is a text or an object."""
    if is_sum(node):
        return any(_is_told(unwrap(side)) for field in ("left", "right") if (side := child(node, field)) is not None)
    return node.type in TEXTS or node.type == "object"


def shape_of(source: Source, given: Node, *, fenced: bool) -> Shape:
    """Return what evidence the arguments of a call give: the keys of an object argument count as keywords.

    An object behind two texts or more (a name and a prompt) only holds options, and what is left of an elided one
    tells little: of both only the keys of agents and prompts count.
    """
    keywords: set[str] = set()
    strings = objects = False
    nodes = [unwrap(one) for one in parts(given)]
    options = sum(node.type != "object" for node in nodes) > 1
    for node in nodes:
        if node.type == "object":
            objects = True
            keys = {key_of(source, one) for one in parts(node) if one.type != "spread_element"}
            weak = (options and strings) or _is_elided(source, node)
            keywords |= keys & (AGENT_KEYWORDS | TOOL_KEYWORDS) if weak else keys
        elif node.type == "assignment_expression" and is_keyword(node, fenced=fenced):
            left = child(node, "left")
            keywords |= {source.text(left)} if left is not None else set()
        else:
            strings = strings or node.type in TEXTS
    return Shape(frozenset(keywords - {""}), strings, objects)


def _is_elided(source: Source, node: Node) -> bool:
    """Tell whether an object is written with `...` in the place of members, which a repair has taken out."""
    ends = [node.start_byte, *(one.end_byte for one in node.children)]
    starts = [*(one.start_byte for one in node.children), node.end_byte]
    gaps = (source.code[end:start] for end, start in zip(ends, starts, strict=True))
    return any("..." in gap or "…" in gap for gap in gaps)


@dataclass(frozen=True)
class Given:
    """One argument of a dispatch: its name ("" for a positional one), the node it is written as, and its value."""

    name: str
    node: Node
    value: Node


def given_to(source: Source, call: Node, *, fenced: bool) -> list[Given]:
    """Return the arguments of a dispatch, those of its object arguments by their keys."""
    arguments = child(call, "arguments")
    found: list[Given] = []
    for node in parts(arguments) if arguments is not None else []:
        inner = unwrap(node)
        value = child(inner, "right")
        if inner.type == "object":
            found += [_of_pair(source, one) for one in parts(inner)]
        elif inner.type == "assignment_expression" and value is not None and is_keyword(inner, fenced=fenced):
            found.append(Given(source.text(inner).partition("=")[0].strip(), node, value))
        else:
            found.append(Given("*" if inner.type == "spread_element" else "", node, node))
    return found


def handed_to(source: Source, call: Node, helper: Helper, arguments: Sequence[Argument]) -> list[Handed]:
    """Return what a call hands to a helper, by the names of its parameters."""
    given = child(call, "arguments")
    nodes = parts(given) if given is not None else []
    found = []
    for number, (node, argument) in enumerate(zip(nodes, arguments, strict=True)):
        spread = any(one.type == "spread_element" for one in nodes[: number + 1])
        known = number < len(helper.parameters) and helper.parameters[number].isidentifier() and not spread
        found.append(Handed(argument, helper.parameters[number] if known else "", fold(source, node)))
    return found


def _of_pair(source: Source, node: Node) -> Given:
    if node.type == "spread_element":
        return Given("**", node, node)
    value = child(node, "value") if node.type == "pair" else node
    return Given(key_of(source, node), node, value or node)


class Parameters:
    """What a dispatch is told, by the names of its arguments."""

    def __init__(self, source: Source, call: Node, given: list[Given]) -> None:
        self._source = source
        function = function_of(call)
        self.name = dotted(source, function) if function is not None else ""
        self.values = {one.name: one.value for one in given if one.name}
        self.positional = [one.value for one in given if not one.name]

    def template(self, name: str) -> Template:
        value = self.values.get(name)
        if value is None:
            return ()
        if value.type == "shorthand_property_identifier":
            return (Ref(self._source.text(value)),)
        return fold(self._source, value)

    def text(self, name: str) -> str:
        """Return an argument's constant text, its source where it is not constant, "" where it is missing."""
        return "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in self.template(name))

    def flag(self, name: str) -> bool:
        value = self.values.get(name)
        return value is not None and self._source.text(value) in {"true", "True"}

    def agent(self) -> str | None:
        """Return the agent's name, None where the call names none."""
        known = sorted(AGENT_KEYWORDS & self.values.keys()) or sorted({"agentType"} & self.values.keys())
        return self.text(known[0]) if known else None

    def prompt(self) -> Template:
        """Return everything that the agent is told: prompt, description and positional texts."""
        told: list[str | Ref] = []
        for name in PROMPT_KEYWORDS:
            if name in self.values:
                told += [*self.template(name), "\n"]
        for value in self.positional:
            told += [*fold(self._source, value), "\n"]
        return tuple(told)

    def outputs(self) -> tuple[Template, ...]:
        """Return the files that arguments name as outputs."""
        names = (*OUTPUT_KEYWORDS, "outputFile")
        return tuple(self.template(name) for name in names if name in self.values)
