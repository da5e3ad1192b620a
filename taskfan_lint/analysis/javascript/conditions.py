"""Tests that are made of names: known as soon as their names are."""

from __future__ import annotations

from tree_sitter import Node

from taskfan_lint.analysis.javascript.literals import CONSTANTS, TEXTS, is_sum
from taskfan_lint.analysis.javascript.parse import child, parts, unwrap

LOGICAL = frozenset({"&&", "||", "??"})
COMPARISONS = frozenset({"==", "===", "!=", "!==", "<", "<=", ">", ">="})


def is_names(node: Node) -> bool:
    """Tell whether a test is made of names with `!`, `&&`, `||`, `??` and comparisons with literals."""
    node = unwrap(node)
    operator = child(node, "operator")
    match node.type:
        case "identifier":
            return True
        case "unary_expression" if operator is not None and operator.type == "!":
            inner = child(node, "argument")
            return inner is not None and is_names(inner)
        case "binary_expression" if operator is not None and operator.type in LOGICAL:
            return all(is_names(one) for one in parts(node))
        case "binary_expression" if operator is not None and operator.type in COMPARISONS:
            return compares_names(node)
    return is_literal(node)


def compares_names(node: Node) -> bool:
    """Tell whether a comparison is between names and literals with at least one literal."""
    operands = [unwrap(one) for one in parts(node)]
    literals = [one for one in operands if is_literal(one)]
    return bool(literals) and all(one.type == "identifier" or is_literal(one) for one in operands)


def is_literal(node: Node) -> bool:
    """Tell whether a node is a constant: a string, a number with or without sign, true, false, null, undefined."""
    operand = child(node, "argument")
    if node.type == "unary_expression" and operand is not None and operand.type == "number":
        return True
    return node.type in CONSTANTS


def concatenates(node: Node) -> bool:
    """Tell whether a `+` joins strings: one of its operands is a text, or joins strings itself."""
    while is_sum(node):
        left, right = child(node, "left"), child(node, "right")
        if left is None or right is None:
            return False
        if unwrap(left).type in TEXTS or unwrap(right).type in TEXTS:
            return True
        node = unwrap(left)
    return False
