"""Loop statements of a script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tree_sitter import Node as SyntaxNode

from taskfan_lint.analysis.javascript.literals import Value
from taskfan_lint.analysis.javascript.loops import counted, sources
from taskfan_lint.analysis.javascript.names import pattern_names
from taskfan_lint.analysis.javascript.parse import child, has_word, parts, unwrap, walk
from taskfan_lint.analysis.model import Item, Loop, LoopKind
from taskfan_lint.edit import Span

if TYPE_CHECKING:
    from taskfan_lint.analysis.javascript.statements import Statements


def for_in(reader: Statements, node: SyntaxNode) -> None:
    """Read `for...of`, `for...in` and `for await`."""
    target, iterable, body = child(node, "left"), child(node, "right"), child(node, "body")
    operator = child(node, "operator")
    if target is None or iterable is None or body is None or operator is None:
        return
    reader.head(node, body)
    waits = has_word(node, "await")
    expander = reader.context.expander
    values = expander.values(iterable) if operator.type == "of" else expander.keys(iterable)
    reader.add(
        Loop(
            reader.source.span(node),
            LoopKind.FOR,
            reader.test(iterable)._replace(value=None),
            tuple(pattern_names(reader.source, target)),
            reader.body(body, "loop"),
            reader.source.span(body),
            iterable=reader.source.span(iterable),
            items=None if waits else expander.iterations([target], values),
            sources=sources(reader.source, iterable),
            asynchronous=waits,
            target_span=reader.source.span(target),
        )
    )


def for_(reader: Statements, node: SyntaxNode) -> None:
    """Read a loop with a counter; one that tests anything else goes on until its state says stop."""
    initial, condition, body = (child(node, name) for name in ("initializer", "condition", "body"))
    if body is None:
        return
    reader.head(node, body)
    declared = parts(initial) if initial is not None else []
    names = [name for one in declared for name in pattern_names(reader.source, child(one, "name"))]
    tested = {reader.source.text(one) for one in walk(condition)} if condition is not None else set()
    counts = bool(set(names) & tested) and condition is not None and unwrap(condition).type == "binary_expression"
    header = reader.test(condition if condition is not None and condition.type != ";" else None)
    if initial is not None:
        started = reader.read(initial).found
        header = header._replace(uses=(*header.uses, *started.uses))
    header = header._replace(uses=tuple(use for use in header.uses if use.name not in names), value=None)
    values: list[Value] | None = counted(reader.source, reader.context.expander, node)
    reader.add(
        Loop(
            reader.source.span(node),
            LoopKind.FOR if counts else LoopKind.WHILE,
            header._replace(span=_heading(reader, node, body)),
            tuple(names) if counts else (),
            reader.body(body, "loop"),
            reader.source.span(body),
            items=_numbers(reader, declared, body, values),
        )
    )


def _heading(reader: Statements, node: SyntaxNode, body: SyntaxNode) -> Span:
    """Return the span of what stands between the parentheses of a loop's header."""
    text = reader.source.code[node.start_byte : body.start_byte].rstrip()
    opening = text.find("(") + 1
    return Span(node.start_byte + opening, node.start_byte + len(text) - text.endswith(")"))


def _numbers(
    reader: Statements, declared: list[SyntaxNode], body: SyntaxNode, values: list[Value] | None
) -> tuple[Mapping[str, Item], ...] | None:
    """Return the items of a counting loop, None where its body changes the counter."""
    target = child(declared[0], "name") if len(declared) == 1 else None
    if target is None:
        return None
    name = reader.source.text(target)
    for one in walk(body):
        if one.type in {"assignment_expression", "augmented_assignment_expression", "update_expression"}:
            changed = child(one, "left") or child(one, "argument")
            if changed is not None and reader.source.text(changed) == name:
                return None
    return reader.context.expander.iterations([target], values)


def while_(reader: Statements, node: SyntaxNode) -> None:
    """Read `while` and `do`."""
    body = child(node, "body")
    if body is None:
        return
    reader.head(node, body)
    reader.add(
        Loop(
            reader.source.span(node),
            LoopKind.WHILE,
            reader.test(child(node, "condition")),
            (),
            reader.body(body, "loop"),
            reader.source.span(body),
        )
    )
