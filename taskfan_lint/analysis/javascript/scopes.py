"""The scopes of a script: its blocks, and the names that functions read and write without owning them."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from taskfan_lint.analysis.javascript.calls import Context
from taskfan_lint.analysis.javascript.names import FUNCTIONS, pattern_names
from taskfan_lint.analysis.javascript.parse import Source, child, parts, walk
from taskfan_lint.edit import Span

BLOCKS = frozenset("statement_block switch_case switch_default class_body".split())
DECLARED = frozenset(
    "function_declaration generator_function_declaration class_declaration abstract_class_declaration".split()
)
SCOPES = FUNCTIONS | DECLARED | {"method_definition"}
BODIES = {
    "if_statement": "consequence",
    "for_statement": "body",
    "for_in_statement": "body",
    "while_statement": "body",
    "do_statement": "body",
    "labeled_statement": "body",
    "with_statement": "body",
}


def blocks(source: Source) -> tuple[Span, ...]:
    """Return the spans of all blocks, outermost first: a statement that stands where a block could is one itself."""
    found = [Span(0, len(source.code))]
    for node in walk(source.root):
        body = _body(node)
        if node.type in BLOCKS:
            found.append(source.span(node))
        elif body is not None and body.type != "statement_block":
            found.append(source.span(body))
    return tuple(found)


def _body(node: Node) -> Node | None:
    if node.type == "else_clause":
        return parts(node)[0] if parts(node) else None
    return child(node, BODIES[node.type]) if node.type in BODIES else None


def hidden(context: Context) -> frozenset[str]:
    """Return the names that functions and classes mention which are declared and dispatch nothing.

    A function that is part of an expression tells what it reads as a use of that.
    """
    source = context.source
    return frozenset(
        source.text(inner)
        for node in walk(source.root)
        if (node.type in DECLARED or node.type == "method_definition") and not context.count(node)
        for inner in walk(node)
        if inner.type in {"identifier", "shorthand_property_identifier"}
    )


def outer(source: Source) -> frozenset[str]:
    """Return the names that some function gives a value without declaring them."""
    found: set[str] = set()
    stack: list[tuple[int, frozenset[str]]] = []
    for node in walk(source.root):
        while stack and node.start_byte >= stack[-1][0]:
            stack.pop()
        if node.type in SCOPES:
            stack.append((node.end_byte, _declared(source, node)))
        elif stack:
            found |= set(_assigned(source, node)) - stack[-1][1]
    return frozenset(found)


def _assigned(source: Source, node: Node) -> Iterator[str]:
    match node.type:
        case "assignment_expression" | "augmented_assignment_expression":
            yield from pattern_names(source, child(node, "left"))
        case "update_expression":
            yield from pattern_names(source, child(node, "argument"))


def _declared(source: Source, function: Node) -> frozenset[str]:
    """Return the names that a function declares anywhere inside of it, those of functions in it left out."""
    found: set[str] = set()
    pending = [function]
    while pending:
        node = pending.pop()
        if node is not function and node.type in SCOPES:
            continue
        match node.type:
            case "variable_declarator":
                found |= set(pattern_names(source, child(node, "name")))
            case "required_parameter" | "optional_parameter":
                found |= set(pattern_names(source, child(node, "pattern")))
            case "arrow_function" | "catch_clause":
                found |= set(pattern_names(source, child(node, "parameter")))
            case "for_in_statement":
                found |= set(pattern_names(source, child(node, "left"))) if child(node, "kind") else set()
        pending += node.named_children
    return frozenset(found)
