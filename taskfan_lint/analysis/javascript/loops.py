"""Loops of a script: callbacks of `forEach` and `map`, stages of a pipeline, and what loops go through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from taskfan_lint.analysis.javascript.found import Mode
from taskfan_lint.analysis.javascript.literals import Expander, Value
from taskfan_lint.analysis.javascript.names import FUNCTIONS, dotted, parameter_nodes, parameters, pattern_names
from taskfan_lint.analysis.javascript.parse import Source, child, function_of, has_word, parts, unwrap, walk
from taskfan_lint.analysis.model import Loop, LoopKind, Step, Use
from taskfan_lint.analysis.model import Node as Fact
from taskfan_lint.edit import Span

if TYPE_CHECKING:
    from taskfan_lint.analysis.javascript.expressions import Expressions

METHODS = {"forEach": LoopKind.FOR, "map": LoopKind.COMPREHENSION, "flatMap": LoopKind.COMPREHENSION}
STAGE = "<stage>"  # what a stage of a pipeline hands to the next one


def callback_loop(reader: Expressions, node: Node) -> Loop | None:
    """Return `xs.forEach(...)` or `xs.map(...)` with a callback that dispatches as a loop, None for other calls."""
    function, given = function_of(node), child(node, "arguments")
    member = unwrap(function) if function is not None else node
    owner, method = child(member, "object"), child(member, "property")
    if owner is None or method is None or given is None or not parts(given):
        return None
    kind, callback = METHODS.get(reader.source.text(method)), unwrap(parts(given)[0])
    body = child(callback, "body")
    if kind is None or callback.type not in FUNCTIONS or body is None or not reader.context.count(callback):
        return None
    span = reader.source.span(node)
    combined, mode = _mode(reader, callback, span)
    header = reader.inner(owner, Mode())
    reader.found.add(header, actions=True)
    nodes = reader.body(body, mode)
    reader.absorb(nodes, frozenset(_local(reader.source, callback)))
    targets = parameter_nodes(callback)
    names = tuple(name for one in parameters(reader.source, callback) for name in one)
    expander, place = reader.context.expander, reader.source.span(body)
    return Loop(
        span,
        kind,
        header.step(reader.source.span(owner))._replace(actions=()),
        names,
        nodes,
        place,
        iterable=reader.source.span(owner),
        items=expander.iterations(targets, expander.values(owner)),
        sources=sources(reader.source, owner),
        combined=combined,
        element=place,
        brackets="" if kind is LoopKind.FOR else "[]",
        target_span=reader.source.span(targets[0]) if targets else None,
    )


def _mode(reader: Expressions, callback: Node, span: Span) -> tuple[Span | None, Mode]:
    """Return what combines the iterations of a callback, and the mode in which its body is read.

    The calls of an async callback run at once with those of the other iterations. Where it holds several dispatches,
    its own awaits put these in order.
    """
    around = reader.mode.combined
    if not has_word(callback, "async"):
        return around, Mode(around, reader.mode.blocking and around is None)
    combined = around or span
    return combined, Mode(combined, False, own=reader.context.count(callback) == 1)


def _local(source: Source, callback: Node) -> list[str]:
    found = [name for one in parameters(source, callback) for name in one]
    for one in walk(callback):
        if one.type == "variable_declarator":
            found += pattern_names(source, child(one, "name"))
    return found


def pipeline_loop(reader: Expressions, node: Node) -> Loop | None:
    """Return `pipeline(items, stage, ...)` as a loop over its items, each stage using what the one before returned."""
    given = child(node, "arguments")
    stages = [unwrap(one) for one in parts(given)[1:]] if given is not None else []
    stages = [one for one in stages if one.type in FUNCTIONS and child(one, "body") is not None]
    if given is None or not any(reader.context.count(one) for one in stages):
        return None
    items, span = parts(given)[0], reader.source.span(node)
    header = reader.inner(items, Mode())
    reader.found.add(header, actions=True)
    nodes: tuple[Fact, ...] = ()
    for number, stage in enumerate(stages):
        nodes += _stage(reader, stage, span, first=number == 0)
    return Loop(
        span,
        LoopKind.GENERATOR,
        header.step(reader.source.span(items))._replace(actions=()),
        tuple(parameters(reader.source, stages[0])[0]) if parameters(reader.source, stages[0]) else (),
        nodes,
        Span(stages[0].start_byte, stages[-1].end_byte),
        iterable=reader.source.span(items),
        sources=sources(reader.source, items),
        combined=span,
    )


def _stage(reader: Expressions, stage: Node, span: Span, *, first: bool) -> tuple[Fact, ...]:
    body, place = child(stage, "body"), reader.source.span(stage)
    assert body is not None
    nodes = reader.body(body, Mode(span, False, own=reader.context.count(stage) == 1))
    reader.absorb(nodes, frozenset(_local(reader.source, stage)))
    if nodes and isinstance(nodes[-1], Step):
        nodes = (*nodes[:-1], nodes[-1]._replace(binds=(*nodes[-1].binds, STAGE)))
    if first:
        return nodes
    names = tuple(name for one in parameters(reader.source, stage) for name in one)
    return (Step(place, uses=(Use(STAGE, place),), binds=names, alone=False), *nodes)


def counted(source: Source, expander: Expander, node: Node) -> list[Value] | None:
    """Return the numbers of `for (let i = 0; i < 3; i++)`, None for other loops."""
    name, start = _start(node)
    condition, increment = child(node, "condition"), child(node, "increment")
    if name is None or start is None or condition is None or increment is None:
        return None
    condition, operator = unwrap(condition), child(unwrap(condition), "operator")
    left, right = child(condition, "left"), child(condition, "right")
    if operator is None or operator.type not in {"<", "<="} or left is None or right is None:
        return None
    text = source.text(name)
    rising = source.text(increment).replace(" ", "") in {f"{text}++", f"++{text}", f"{text}+=1"}
    numbers = [source.text(start), source.text(right)]
    if source.text(left) != text or not rising or not all(one.isdecimal() for one in numbers):
        return None
    return expander.counted(int(numbers[0]), int(numbers[1]) + (operator.type == "<="))


def _start(node: Node) -> tuple[Node | None, Node | None]:
    """Return the only name that a loop declares, and its value."""
    initial = child(node, "initializer")
    declared = [one for one in parts(initial) if one.type == "variable_declarator"] if initial is not None else []
    if len(declared) != 1:
        return None, None
    return child(declared[0], "name"), child(declared[0], "value")


def sources(source: Source, node: Node) -> tuple[str, ...]:
    """Return the names that an iterable is made of, through `Object.entries`, `.entries()` and the like."""
    node = unwrap(node)
    if node.type == "identifier":
        return (source.text(node),)
    function, given = child(node, "function"), child(node, "arguments")
    if node.type != "call_expression" or function is None or given is None:
        return ()
    name, inner = dotted(source, function), parts(given)
    if name in {"Object.entries", "Object.values", "Object.keys"} and len(inner) == 1:
        return sources(source, inner[0])
    owner = child(unwrap(function), "object")
    if owner is not None and not inner and name.rpartition(".")[2] in {"entries", "values", "keys"}:
        return sources(source, owner)
    return ()
