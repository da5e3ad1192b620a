"""What calls and awaits do: dispatch, wait, or anything else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from taskfan_lint.analysis.effects import CHANGING_METHODS, TAKING_METHODS
from taskfan_lint.analysis.handed import changed, sent
from taskfan_lint.analysis.helpers import Helper
from taskfan_lint.analysis.model import Argument, Call, Dispatch, Purity, Ref, Template, Wait
from taskfan_lint.analysis.python.calls import Parameters, command, handed_to
from taskfan_lint.analysis.python.names import dotted
from taskfan_lint.edit import Span
from taskfan_lint.profile import BACKGROUND_NAMES, is_combiner, is_handle_waiter, is_starter, is_waiter

if TYPE_CHECKING:
    from taskfan_lint.analysis.python.expressions import Expressions

LAZY_CALLS = frozenset({"any", "all", "next"})


def invoke(reader: Expressions, node: cst.Call) -> None:
    """Read a call."""
    span = reader.span(node)
    reader.found.raise_to(Purity.EFFECT)
    verdict = reader.context.verdict(node)
    if verdict.dispatches:
        _dispatch(reader, node, span, verdict.reason)
        return
    helper = reader.context.helper(node)
    if helper and helper.dispatch:
        _dispatch_through(reader, node, span, helper, helper.dispatch)
        return
    name = dotted(node.func)
    combines = is_combiner(name, reader.context.settings)
    reader.combined.append(span if combines else reader.combined[-1])
    reader.blocking.append(reader.blocking[-1] and not combines and not is_starter(name))
    first = len(reader.found.uses)
    node.func.visit(reader)
    lazy, reader.lazy = reader.lazy, name in LAZY_CALLS or (reader.lazy and name == "")
    _arguments(reader, node)
    reader.lazy = lazy
    reader.combined.pop()
    reader.blocking.pop()
    _call(reader, node, name, span, frozenset(use.name for use in reader.found.uses[first:]))


def _arguments(reader: Expressions, node: cst.Call) -> None:
    for argument in node.args:
        if argument.star:
            reader.found.raise_to(Purity.EFFECT)
        reader.whole[argument.value] = argument.keyword.value if argument.keyword else ""
        argument.value.visit(reader)


def _call(reader: Expressions, node: cst.Call, name: str, span: Span, reads: frozenset[str]) -> None:
    settings = reader.context.settings
    receiver = name.rpartition(".")[0].partition(".")[0]
    if is_waiter(name, settings) or is_combiner(name, settings):
        reader.found.actions.append(Wait(span, reads, combines=is_combiner(name, settings), name=name))
        return
    if is_handle_waiter(name) and not any(isinstance(one.value, cst.SimpleString) for one in node.args):
        reader.found.actions.append(Wait(span, frozenset({receiver}), name=name))
    last = name.rpartition(".")[2] if name else (node.func.attr.value if isinstance(node.func, cst.Attribute) else "")
    if receiver and last in CHANGING_METHODS | TAKING_METHODS:
        reader.found.changes.add(receiver)
    texts = tuple(text for one in node.args if (text := command(one.value)))
    helper = reader.context.helper(node)
    boundary = helper.boundary if helper else ""
    reader.found.calls.append(Call(name or last, span, reads, receiver, texts, boundary))


def _arguments_of(reader: Expressions, node: cst.Call) -> tuple[Argument, ...]:
    """Return the arguments of a dispatch, and take in what happens in them."""
    arguments: list[Argument] = []
    for argument in node.args:
        keyword = argument.keyword.value if argument.keyword else ""
        found = reader.apart(argument.value, keyword)
        reader.found.add(found, actions=True)
        arguments.append(
            Argument(
                argument.star or keyword,
                reader.span(argument),
                reader.context.source.outer(argument.value),
                found.purity,
                not found.reads and found.purity is Purity.PURE,
                found.reads,
            )
        )
    return tuple(arguments)


def _dispatch(reader: Expressions, node: cst.Call, span: Span, evidence: str) -> None:
    arguments = _arguments_of(reader, node)
    facts = Parameters(reader.context.source, node)
    name = dotted(node.func)
    background = facts.flag("run_in_background") or reader.context.settings.background or name in BACKGROUND_NAMES
    reader.found.actions.append(
        Dispatch(
            span,
            name,
            facts.agent(),
            arguments,
            frozenset().union(*(argument.reads for argument in arguments)),
            facts.prompt(),
            facts.text("isolation"),
            combined=reader.combined[-1],
            blocking=reader.blocking[-1] and not background,
            background=background,
            resumes="resume" in facts.values,
            outputs=facts.outputs(),
            shares=(*facts.shares(), *_receiver(reader, name)),
            evidence=evidence,
        )
    )


def _receiver(reader: Expressions, name: str) -> Iterator[Template]:
    """Yield the object whose method a dispatch is, if the code makes that object: it may remember."""
    owner = name.rpartition(".")[0]
    bindings = reader.context.bindings
    if owner and bindings.bound[owner.partition(".")[0]] and not bindings.is_only_imported(owner):
        yield ("receiver=", Ref(owner))


def _dispatch_through(reader: Expressions, node: cst.Call, span: Span, helper: Helper, inner: Dispatch) -> None:
    """Add the dispatch that a call of a helper leads to."""
    handed = handed_to(reader.context.source, node, helper, _arguments_of(reader, node))
    reader.found.changes |= changed(helper, handed)
    blocking = reader.blocking[-1] and inner.blocking and not helper.asynchronous
    dispatch = sent(helper, inner, handed, span, dotted(node.func))
    reader.found.actions.append(dispatch._replace(combined=reader.combined[-1], blocking=blocking))


def await_(reader: Expressions, node: cst.Await) -> None:
    """Read an await."""
    span = reader.span(node)
    reader.found.raise_to(Purity.EFFECT)
    first_use, first_action = len(reader.found.uses), len(reader.found.actions)
    node.expression.visit(reader)
    actions = reader.found.actions
    last = actions[-1] if len(actions) > first_action else None
    if (
        isinstance(last, Dispatch)
        and last.span in span
        and isinstance(node.expression, cst.Call)
        and (last.span == reader.span(node.expression))
    ):
        background = last.through is not None and last.background
        actions[-1] = last._replace(awaited=span, blocking=not background, background=background)
    elif isinstance(last, Wait) and last.span == reader.span(node.expression):
        actions[-1] = last._replace(span=span)
    else:
        name = dotted(node.expression.func) if isinstance(node.expression, cst.Call) else ""
        reads = frozenset(use.name for use in reader.found.uses[first_use:])
        actions.append(Wait(span, reads, name=name))
