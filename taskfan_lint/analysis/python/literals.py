"""Literal iterables: what each loop target stands for in each iteration, and the constant text of expressions."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence

import libcst as cst

from taskfan_lint.analysis.model import Item, ItemKind, Purity, Ref, Template
from taskfan_lint.analysis.python.names import dotted
from taskfan_lint.analysis.python.parse import Source

MAX_ITEMS = 64

Values = Sequence[cst.BaseExpression]
Lookup = Callable[[str], "cst.BaseExpression | None"]


class Expander:
    """Reads literal iterables; `lookup` gives the literal that a name is bound to once."""

    def __init__(self, source: Source, lookup: Lookup) -> None:
        self._source = source
        self._lookup = lookup

    def iterations(
        self, target: cst.BaseExpression, iterable: cst.BaseExpression
    ) -> tuple[Mapping[str, Item], ...] | None:
        """Return for each iteration what each target name stands for, None where the iterable is not literal."""
        values = self._values(iterable)
        if values is None or len(values) > MAX_ITEMS:
            return None
        found: list[Mapping[str, Item]] = []
        for value in values:
            bound = self._unpack(target, value)
            if bound is None:
                return None
            found.append(bound)
        return tuple(found)

    def _values(self, node: cst.BaseExpression) -> list[cst.BaseExpression] | None:
        match node:
            case cst.List() | cst.Tuple():
                return _elements(node.elements)
            case cst.Set():
                values = _elements(node.elements)
                return _in_set_order(values) if values is not None and _distinct(values) else None
            case cst.Dict():
                pairs = _pairs(node)
                return None if pairs is None else [key for key, _ in pairs]
            case cst.Name():
                value = self._lookup(node.value)
                return None if value is None else self._values(value)
            case cst.Call():
                return self._called(node)
        return None

    def _called(self, call: cst.Call) -> list[cst.BaseExpression] | None:
        if any(argument.star for argument in call.args):
            return None
        if isinstance(call.func, cst.Attribute) and not call.args:
            return self._items_of(call.func)
        positional = [argument.value for argument in call.args if argument.keyword is None]
        keywords = {argument.keyword.value: argument.value for argument in call.args if argument.keyword}
        match dotted(call.func):
            case "range" if not keywords:
                return _range(positional)
            case "enumerate" if positional and not set(keywords) - {"start"}:
                return self._enumerate(positional, keywords.get("start"))
            case "zip" if positional and not keywords:
                return self._zip(positional)
            case "list" | "tuple" if len(positional) == 1 and not keywords:
                return self._values(positional[0])
            case "reversed" if len(positional) == 1 and not keywords:
                values = self._values(positional[0])
                return None if values is None else values[::-1]
        return None

    def _items_of(self, function: cst.Attribute) -> list[cst.BaseExpression] | None:
        owner: cst.BaseExpression | None = function.value
        if isinstance(owner, cst.Name):
            owner = self._lookup(owner.value)
        pairs = _pairs(owner) if isinstance(owner, cst.Dict) else None
        if pairs is None:
            return None
        match function.attr.value:
            case "items":
                return [_tuple(pair) for pair in pairs]
            case "values":
                return [value for _, value in pairs]
            case "keys":
                return [key for key, _ in pairs]
        return None

    def _enumerate(self, positional: Values, start: cst.BaseExpression | None) -> list[cst.BaseExpression] | None:
        if len(positional) == 2 and start is None:
            start = positional[1]
        first = 0 if start is None else _integer(start)
        values = self._values(positional[0])
        if values is None or first is None or len(positional) > 2:
            return None
        return [_tuple((cst.Integer(str(first + i)), value)) for i, value in enumerate(values) if first + i >= 0]

    def _zip(self, positional: Values) -> list[cst.BaseExpression] | None:
        columns = [self._values(one) for one in positional]
        if any(column is None for column in columns):
            return None
        return [_tuple(row) for row in zip(*(column for column in columns if column is not None), strict=False)]

    def _unpack(self, target: cst.BaseExpression, value: cst.BaseExpression) -> dict[str, Item] | None:
        match target:
            case cst.Name():
                return {target.value: self.item(value)}
            case cst.Tuple() | cst.List():
                parts = _elements(value.elements) if isinstance(value, (cst.Tuple, cst.List)) else None
                if parts is None or len(parts) != len(target.elements):
                    return None
                bound: dict[str, Item] = {}
                for element, part in zip(target.elements, parts, strict=True):
                    inner = self._unpack(element.value, part) if isinstance(element, cst.Element) else None
                    if inner is None or inner.keys() & bound.keys():
                        return None
                    bound |= inner
                return bound
        return None

    def item(self, value: cst.BaseExpression) -> Item:
        """Return what stands in the place of a loop target whose value is this expression."""
        text = self._text(value)
        match value:
            case cst.SimpleString():
                plain = string_value(value)
                if plain is not None:
                    return Item(text, ItemKind.STRING, plain)
            case cst.Integer():
                return Item(text, ItemKind.NUMBER, text, atom=False)
            case cst.Name():
                if value.value in {"True", "False", "None"}:
                    return Item(text, ItemKind.NUMBER, value.value)
                return Item(text, ItemKind.NAME, reads=frozenset({value.value}))
        purity, reads = _purity(value)
        atom = isinstance(value, (cst.List, cst.Dict, cst.Set, cst.FormattedString)) or bool(value.lpar)
        return Item(text, ItemKind.OTHER, atom=atom, purity=purity, reads=reads)

    def _text(self, value: cst.BaseExpression) -> str:
        """Return the source of a value; values made here (of `range`, `enumerate`, `zip`) have no position."""
        try:
            span = self._source.outer(value)
        except KeyError:
            return cst.Module([]).code_for_node(value)
        return self._source.code[span.start : span.end]


def string_value(node: cst.SimpleString) -> str | None:
    """Return the text of a string literal, None for bytes, and for an escape that Python refuses and LibCST reads."""
    if "b" in node.prefix.lower():
        return None
    try:
        with warnings.catch_warnings():  # of escapes such as `\d`
            warnings.simplefilter("ignore")
            value = ast.literal_eval(node.value)
    except (SyntaxError, ValueError):
        return None
    return value if isinstance(value, str) else None


def _elements(elements: Iterable[cst.BaseElement]) -> list[cst.BaseExpression] | None:
    values = [element.value for element in elements if isinstance(element, cst.Element)]
    return values if len(values) == len(list(elements)) else None


def _pairs(node: cst.Dict) -> list[tuple[cst.BaseExpression, cst.BaseExpression]] | None:
    """Return the keys and values of a dict display with distinct constant keys."""
    pairs = [(element.key, element.value) for element in node.elements if isinstance(element, cst.DictElement)]
    if len(pairs) != len(node.elements) or not _distinct([key for key, _ in pairs]):
        return None
    return pairs


def _distinct(values: Values) -> bool:
    """Tell whether all values are constants and no two are equal."""
    seen: set[object] = set()
    for value in values:
        constant = _constant(value)
        if constant is None or constant in seen:
            return False
        seen.add(constant)
    return True


def _in_set_order(values: list[cst.BaseExpression]) -> list[cst.BaseExpression]:
    """Return the elements of a set display as CPython iterates over them.

    Integers hash to themselves, so their order is fixed; that of strings changes with each process, so the order as
    written is one of those that the program has.
    """
    numbers = {_constant(value): value for value in values}
    if not all(isinstance(number, int) for number in numbers):
        return values
    return [numbers[number] for number in set(numbers)]


def _constant(node: cst.BaseExpression) -> object | None:
    match node:
        case cst.SimpleString():
            return string_value(node)
        case cst.Integer():
            return int(node.value.replace("_", ""), 0)
        case cst.Tuple():
            parts = [_constant(element.value) for element in node.elements]
            return None if None in parts else tuple(parts)
    return None


def _integer(node: cst.BaseExpression) -> int | None:
    match node:
        case cst.Integer():
            return int(node.value.replace("_", ""), 0)
        case cst.UnaryOperation(operator=cst.Minus(), expression=cst.Integer() as inner):
            return -int(inner.value.replace("_", ""), 0)
    return None


def _range(positional: Values) -> list[cst.BaseExpression] | None:
    bounds = [_integer(one) for one in positional]
    if not 1 <= len(bounds) <= 3 or None in bounds:
        return None
    numbers = [bound for bound in bounds if bound is not None]
    if len(numbers) == 3 and numbers[2] == 0:
        return None
    values = range(*numbers)
    if len(values) > MAX_ITEMS:
        return None
    return [_number(value) for value in values]


def _number(value: int) -> cst.BaseExpression:
    if value < 0:
        return cst.UnaryOperation(cst.Minus(whitespace_after=cst.SimpleWhitespace("")), cst.Integer(str(-value)))
    return cst.Integer(str(value))


def _tuple(values: Iterable[cst.BaseExpression]) -> cst.Tuple:
    return cst.Tuple([cst.Element(value) for value in values])


def _purity(node: cst.BaseExpression) -> tuple[Purity, frozenset[str]]:
    match node:
        case cst.Name():
            return Purity.PURE, frozenset({node.value})
        case cst.SimpleString() | cst.Integer() | cst.Float() | cst.Ellipsis():
            return Purity.PURE, frozenset()
        case cst.UnaryOperation(operator=cst.Minus(), expression=cst.Integer() | cst.Float()):
            return Purity.PURE, frozenset()
        case cst.Tuple() | cst.List():
            parts = [_purity(element.value) for element in node.elements]
            return max((part[0] for part in parts), default=Purity.PURE), frozenset().union(*(p[1] for p in parts))
        case cst.Dict():
            values = [_purity(element.value) for element in node.elements if isinstance(element, cst.DictElement)] + [
                _purity(element.key) for element in node.elements if isinstance(element, cst.DictElement)
            ]
            if len(values) == 2 * len(node.elements):
                purity = max((value[0] for value in values), default=Purity.PURE)
                return purity, frozenset().union(*(value[1] for value in values))
    names = _Names()
    node.visit(names)
    purity = Purity.EFFECT if names.calls else Purity.ACCESS
    return purity, frozenset(names.found)


class _Names(cst.CSTVisitor):
    """Collects every name below an expression, and whether it calls, awaits, yields or binds."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self.calls = False

    def visit_Name(self, node: cst.Name) -> None:
        self.found.add(node.value)

    def visit_Call(self, node: cst.Call) -> None:
        self.calls = True

    def visit_Await(self, node: cst.Await) -> None:
        self.calls = True

    def visit_Yield(self, node: cst.Yield) -> None:
        self.calls = True

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:
        self.calls = True


def fold(source: Source, node: cst.BaseExpression) -> Template:
    """Return the text of an expression with what is not constant as Refs."""
    match node:
        case cst.SimpleString():
            value = string_value(node)
            return () if value is None else (value,)
        case cst.ConcatenatedString():
            return fold(source, node.left) + fold(source, node.right)
        case cst.FormattedString():
            return tuple(_part(source, part) for part in node.parts)
        case cst.BinaryOperation(operator=cst.Add()):
            return fold(source, node.left) + fold(source, node.right)
        case cst.Name():
            return (Ref(node.value),)
    return (Ref(source.text(node)),)


def _part(source: Source, part: cst.BaseFormattedStringContent) -> str | Ref:
    match part:
        case cst.FormattedStringText():
            return part.value.replace("{{", "{").replace("}}", "}")
        case cst.FormattedStringExpression():
            return Ref(source.text(part.expression))
    return ""
