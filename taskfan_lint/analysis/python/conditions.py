"""Which expressions are made of names and literals only: tests, comparisons, joined strings, iterables."""

from __future__ import annotations

import libcst as cst


def concatenates(node: cst.BinaryOperation) -> bool:
    """Tell whether a `+` joins strings: one of its operands is a string literal, or joins strings itself."""
    if not isinstance(node.operator, cst.Add):
        return False
    return any(
        isinstance(side, (cst.SimpleString, cst.FormattedString, cst.ConcatenatedString))
        or (isinstance(side, cst.BinaryOperation) and concatenates(side))
        for side in (node.left, node.right)
    )


def compares_names(node: cst.Comparison) -> bool:
    """Tell whether a comparison is between names and literals with at least one literal, or by identity."""
    operands = [node.left, *(target.comparator for target in node.comparisons)]
    if not all(isinstance(one, cst.Name) or _is_literal(one) for one in operands):
        return False
    identity = all(isinstance(target.operator, (cst.Is, cst.IsNot)) for target in node.comparisons)
    return identity or any(_is_literal(one) for one in operands)


def _is_literal(node: cst.BaseExpression) -> bool:
    match node:
        case cst.SimpleString() | cst.Integer() | cst.Float():
            return True
        case cst.Name("True" | "False" | "None"):
            return True
        case cst.UnaryOperation(operator=cst.Minus(), expression=cst.Integer() | cst.Float()):
            return True
        case cst.Tuple() | cst.List() | cst.Set():
            return all(_is_literal(element.value) for element in node.elements)
    return False


def is_names(node: cst.BaseExpression) -> bool:
    """Tell whether a test is made of names with `not`, `and`, `or`, `is` and comparisons with literals."""
    match node:
        case cst.Name():
            return True
        case cst.UnaryOperation(operator=cst.Not()):
            return is_names(node.expression)
        case cst.BooleanOperation():
            return is_names(node.left) and is_names(node.right)
        case cst.Comparison():
            return compares_names(node)
    return _is_literal(node)


def sources(node: cst.BaseExpression) -> tuple[str, ...]:
    """Return the names that an iterable is made of, through `.items()`, `.values()`, `zip` and `enumerate`."""
    match node:
        case cst.Name():
            return (node.value,)
        case cst.Call(func=cst.Attribute(value=cst.Name() as owner, attr=cst.Name("items" | "values")), args=[]):
            return (owner.value,)
        case cst.Call(func=cst.Name("zip" | "enumerate" | "reversed" | "sorted")):
            inner = [sources(argument.value) for argument in node.args if argument.keyword is None]
            return tuple(name for one in inner for name in one) if all(inner) else ()
    return ()
