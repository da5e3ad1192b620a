"""What calls and awaits of a script do: dispatch, wait, loop over callbacks, or anything else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tree_sitter import Node

from taskfan_lint.analysis.handed import changed, sent
from taskfan_lint.analysis.helpers import Helper
from taskfan_lint.analysis.javascript.calls import WORKFLOW_COMBINERS, Given, Parameters, given_to, handed_to
from taskfan_lint.analysis.javascript.found import Mode
from taskfan_lint.analysis.javascript.literals import TEXTS
from taskfan_lint.analysis.javascript.loops import callback_loop, pipeline_loop
from taskfan_lint.analysis.javascript.names import CHANGING_METHODS, PURE_CLASSES, dotted, is_pure_call
from taskfan_lint.analysis.javascript.parse import awaits_first, child, function_of, parts, unwrap
from taskfan_lint.analysis.model import Argument, Call, Dispatch, Loop, LoopKind, Purity, Wait
from taskfan_lint.edit import Span
from taskfan_lint.profile import BACKGROUND_NAMES, is_combiner, is_handle_waiter, is_starter, is_waiter

if TYPE_CHECKING:
    from taskfan_lint.analysis.javascript.expressions import Expressions

WAITING_METHODS = frozenset({"result", "wait"})  # of a handle; `get` and `join` are those of maps and arrays
SLEEP = "sleep"


def invoke(reader: Expressions, node: Node) -> None:
    """Read a call."""
    span = reader.source.span(node)
    if awaits_first(node):
        _hold(reader, node, span, lambda one: _called(reader, one))
    else:
        _called(reader, node)


def _called(reader: Expressions, node: Node) -> None:
    function, given = function_of(node), child(node, "arguments")
    if function is None or given is None:
        return
    reader.found.raise_to(Purity.EFFECT)
    span = reader.source.span(node)
    if reader.context.dispatches(node):
        _dispatch(reader, node, span)
    elif (helper := reader.context.helper(node)) is not None and helper.dispatch is not None:
        _dispatch_through(reader, node, span, helper, helper.dispatch)
    elif (loop := callback_loop(reader, node) or _pipeline(reader, node)) is not None:
        reader.found.actions.append(loop)
        if loop.kind is LoopKind.GENERATOR:
            reader.found.actions.append(Wait(span, loop.header.reads, combines=True, name="pipeline"))
    else:
        _call(reader, node, function, given, span, helper.boundary if helper else "")


def _pipeline(reader: Expressions, node: Node) -> Loop | None:
    function = function_of(node)
    known = reader.context.workflow and function is not None and reader.source.text(function) == "pipeline"
    return pipeline_loop(reader, node) if known else None


def _call(reader: Expressions, node: Node, function: Node, given: Node, span: Span, boundary: str) -> None:
    settings = reader.context.settings
    name = dotted(reader.source, function)
    combines = is_combiner(name, settings) or (reader.context.workflow and name in WORKFLOW_COMBINERS)
    first = len(reader.found.uses)
    reader.visit(function)
    starts = combines or is_starter(name)
    inside = Mode(span, False) if combines else replace(reader.mode, blocking=reader.mode.blocking and not starts)
    for one in parts(given) if given.type == "arguments" else [given]:
        reader.whole[unwrap(one).id] = ""
        reader.visit_within(one, inside)
    reads = frozenset(use.name for use in reader.found.uses[first:])
    if combines or is_waiter(name, settings):
        reader.found.actions.append(Wait(span, reads, combines=combines, name=name))
        return
    if boundary:
        reader.found.calls.append(Call(name, span, reads, boundary=boundary))
        return
    _note(reader, name, function, given, span, reads)


def _note(reader: Expressions, name: str, function: Node, given: Node, span: Span, reads: frozenset[str]) -> None:
    """Add a call that is neither a dispatch nor a wait for what it is given."""
    receiver = name.rpartition(".")[0].partition(".")[0]
    member = child(unwrap(function), "property")
    last = name.rpartition(".")[2] or (reader.source.text(member) if member is not None else "")
    if is_handle_waiter(name) and last in WAITING_METHODS:
        reader.found.actions.append(Wait(span, frozenset({receiver}), name=name))
    if receiver and last in CHANGING_METHODS:
        reader.found.changes.add(receiver)
    if is_pure_call(name or f".{last}") or (not name and is_pure_call(f"_.{last}")):
        return
    texts = tuple(reader.source.text(one)[1:-1] for one in parts(given) if one.type in TEXTS)
    reader.found.calls.append(Call(name or last, span, reads, receiver, texts))


def create(reader: Expressions, node: Node) -> None:
    """Read `new Name(...)`, which is a call but never a dispatch."""
    reader.found.raise_to(Purity.EFFECT)
    first = len(reader.found.uses)
    for one in parts(node):
        reader.visit(one)
    constructor = child(node, "constructor")
    name = dotted(reader.source, constructor) if constructor is not None else ""
    if name not in PURE_CLASSES and name != "Promise":
        reads = frozenset(use.name for use in reader.found.uses[first:])
        reader.found.calls.append(Call(name, reader.source.span(node), reads))


def _argument(reader: Expressions, one: Given) -> Argument:
    found = reader.inner(one.value, Mode(), one.name)
    reader.found.add(found, actions=True)
    constant = not found.reads and found.purity is Purity.PURE
    node, value = reader.source.span(one.node), reader.source.span(one.value)
    return Argument(one.name, node, value, found.purity, constant, found.reads)


def _dispatch(reader: Expressions, node: Node, span: Span) -> None:
    given = given_to(reader.source, node, fenced=reader.context.fenced)
    arguments = [_argument(reader, one) for one in given]
    told = Parameters(reader.source, node, given)
    background = told.flag("run_in_background") or reader.context.settings.background or told.name in BACKGROUND_NAMES
    reader.found.actions.append(
        Dispatch(
            span,
            told.name,
            told.agent(),
            tuple(arguments),
            frozenset[str]().union(*(one.reads for one in arguments)),
            told.prompt(),
            told.text("isolation"),
            combined=reader.mode.combined,
            blocking=reader.mode.blocking and reader.context.fenced and not background,
            background=background,
            resumes="resume" in told.values,
            outputs=told.outputs(),
        )
    )


def _dispatch_through(reader: Expressions, node: Node, span: Span, helper: Helper, inner: Dispatch) -> None:
    """Add the dispatch that a call of a helper leads to."""
    given = child(node, "arguments")
    arguments = [_argument(reader, Given("", one, one)) for one in (parts(given) if given is not None else [])]
    handed = handed_to(reader.source, node, helper, arguments)
    reader.found.changes |= changed(helper, handed)
    blocking = reader.mode.blocking and inner.blocking and not helper.asynchronous
    function = function_of(node)
    dispatch = sent(helper, inner, handed, span, dotted(reader.source, function) if function is not None else "")
    reader.found.actions.append(dispatch._replace(combined=reader.mode.combined, blocking=blocking))


def await_(reader: Expressions, node: Node) -> None:
    """Read an await."""
    if parts(node):
        _hold(reader, unwrap(parts(node)[0]), reader.source.span(node), reader.visit)


def _hold(reader: Expressions, inner: Node, span: Span, visit: Callable[[Node], None]) -> None:
    """Read an expression and the await around it, which stands at `span`."""
    reader.found.raise_to(Purity.EFFECT)
    first_use, first_action = len(reader.found.uses), len(reader.found.actions)
    before, reader.mode = reader.mode, reader.mode if reader.mode.own else Mode()
    visit(inner)
    reader.mode = before
    last = reader.found.actions[-1] if len(reader.found.actions) > first_action else None
    if isinstance(last, Dispatch) and last.span == reader.source.span(inner):
        reader.found.actions[-1] = _awaited(reader, last, span)
    elif isinstance(last, Wait) and last.span == reader.source.span(inner):
        reader.found.actions[-1] = last._replace(span=span)
    else:
        reads = frozenset(use.name for use in reader.found.uses[first_use:])
        reader.found.actions.append(Wait(span, reads, name=_awaited_name(reader, inner)))


def _awaited(reader: Expressions, dispatch: Dispatch, span: Span) -> Dispatch:
    """Return a dispatch that is awaited; a launch in the background returns at once all the same."""
    if reader.mode.own or dispatch.background:
        return dispatch
    return dispatch._replace(awaited=span, blocking=True)


def _awaited_name(reader: Expressions, node: Node) -> str:
    function = function_of(node)
    if node.type == "call_expression" and function is not None:
        return dotted(reader.source, function)
    timed = node.type == "new_expression" and "setTimeout" in reader.source.text(node)
    return SLEEP if timed else ""


def yield_(reader: Expressions, node: Node) -> None:
    """Read a `yield`."""
    reader.found.raise_to(Purity.EFFECT)
    for one in parts(node):
        reader.visit(one)
