"""Literals of a script: constant texts, and what each loop target stands for in each iteration."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tree_sitter import Node

from taskfan_lint.analysis.javascript.names import dotted
from taskfan_lint.analysis.javascript.parse import Source, child, parts, unwrap, walk
from taskfan_lint.analysis.model import Item, ItemKind, Purity, Ref, Template

MAX_ITEMS = 64
TEXTS = frozenset({"string", "template_string"})
ATOMS = frozenset("string number identifier array object template_string member_expression".split())
CONSTANTS = frozenset({"string", "number", "true", "false", "null", "undefined"})

_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL)
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


def string_value(source: Source, node: Node) -> str:
    """Return the text of a string literal."""
    return _unescaped(source.text(node)[1:-1])


def _unescaped(text: str) -> str:
    def replaced(found: re.Match[str]) -> str:
        code = found[1] or found[2] or found[3]
        if code:
            return chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else ""
        return "" if found[4][0] in "\r\n" else _CONTROLS.get(found[4], found[4])

    return _ESCAPE.sub(replaced, text)


def fold(source: Source, node: Node) -> Template:
    """Return the text of an expression with what is not constant as Refs."""
    node = unwrap(node)
    match node.type:
        case "string":
            return (string_value(source, node),)
        case "template_string":
            return tuple(_pieces(source, node))
        case "identifier":
            return (Ref(source.text(node)),)
        case "binary_expression" if is_sum(node):
            left, right = child(node, "left"), child(node, "right")
            return (fold(source, left) if left else ()) + (fold(source, right) if right else ())
    return (Ref(source.text(node)),)


def _pieces(source: Source, node: Node) -> list[str | Ref]:
    found: list[str | Ref] = []
    last = node.start_byte + 1
    for one in node.named_children:
        if one.type == "template_substitution":
            found += [_unescaped(source.code[last : one.start_byte]), Ref(source.text(one)[2:-1].strip())]
            last = one.end_byte
    found.append(_unescaped(source.code[last : node.end_byte - 1]))
    return [one for one in found if one] or [""]


def is_sum(node: Node) -> bool:
    operator = child(node, "operator")
    return node.type == "binary_expression" and operator is not None and operator.type == "+"


def key_of(source: Source, node: Node) -> str:
    """Return the name under which an object holds a pair or shorthand, "" for a computed one."""
    key = child(node, "key") if node.type == "pair" else node
    if key is None or key.type == "computed_property_name":
        return ""
    return string_value(source, key) if key.type == "string" else source.text(key)


def pairs(source: Source, node: Node) -> list[tuple[str, Node]] | None:
    """Return the names and values of an object literal, None where it holds anything but plain pairs."""
    found = []
    for one in parts(node):
        value = child(one, "value") if one.type == "pair" else one
        if one.type not in {"pair", "shorthand_property_identifier"} or value is None or not key_of(source, one):
            return None
        found.append((key_of(source, one), value))
    return found


def is_constant(source: Source, node: Node) -> bool:
    """Tell whether an expression is made of literals only."""
    node = unwrap(node)
    if node.type in CONSTANTS:
        return True
    if node.type == "array":
        return all(is_constant(source, one) for one in parts(node))
    if node.type == "object":
        inner = pairs(source, node)
        return inner is not None and all(is_constant(source, value) for _, value in inner)
    return node.type == "template_string" and not any(one.type == "template_substitution" for one in parts(node))


@dataclass(frozen=True)
class Made:
    """A value that stands nowhere in the source: a key, an index, a number, or a pair of values."""

    text: str = ""
    kind: ItemKind = ItemKind.OTHER
    value: str = ""
    pair: tuple[Value, ...] = ()


Value = Node | Made


def _key(name: str) -> Made:
    return Made(json.dumps(name, ensure_ascii=False), ItemKind.STRING, name)


def _number(number: int) -> Made:
    return Made(str(number), ItemKind.NUMBER, str(number))


class Expander:
    """Reads literal iterables; `lookup` gives the literal that a name is bound to once."""

    def __init__(self, source: Source, lookup: Callable[[str], Node | None]) -> None:
        self._source = source
        self._lookup = lookup

    def iterations(self, targets: list[Node], values: list[Value] | None) -> tuple[Mapping[str, Item], ...] | None:
        """Return for each value what each target name stands for; a second target is the index."""
        if values is None or len(values) > MAX_ITEMS or not 1 <= len(targets) <= 2:
            return None
        found = []
        for index, value in enumerate(values):
            bound = self._unpack(targets[0], value)
            if bound is None:
                return None
            if len(targets) == 2:
                bound |= self._unpack(targets[1], _number(index)) or {}
            found.append(bound)
        return tuple(found)

    def keys(self, node: Node) -> list[Value] | None:
        """Return what `for...in` goes through."""
        node = self._literal(node)
        if node.type == "object":
            inner = pairs(self._source, node)
            return None if inner is None else [_key(name) for name, _ in inner]
        values = self.values(node)
        return None if values is None else [_key(str(index)) for index in range(len(values))]

    def values(self, node: Node) -> list[Value] | None:
        """Return what `for...of` goes through, None where it is not literal."""
        node = self._literal(node)
        if node.type == "array":
            values = parts(node)
            holes = self._source.text(node).count(",") and any(
                one.type == "," and one.prev_sibling is not None and one.prev_sibling.type in {"[", ","}
                for one in node.children
            )
            plain = not holes and all(one.type != "spread_element" for one in values)
            return list(values) if plain else None
        return self._of_call(node) if node.type == "call_expression" else None

    def counted(self, start: int, stop: int) -> list[Value]:
        """Return the numbers of a counting loop, one more than are ever expanded where there are too many."""
        return [_number(number) for number in range(start, min(stop, start + MAX_ITEMS + 1))]

    def _literal(self, node: Node) -> Node:
        node = unwrap(node)
        found = self._lookup(self._source.text(node)) if node.type == "identifier" else None
        return unwrap(found) if found is not None else node

    def _of_call(self, call: Node) -> list[Value] | None:
        function, arguments = child(call, "function"), child(call, "arguments")
        if function is None or arguments is None:
            return None
        given = parts(arguments)
        name, member = dotted(self._source, function), child(unwrap(function), "property")
        owner, last = child(unwrap(function), "object"), self._source.text(member) if member is not None else ""
        if name in {"Object.keys", "Object.values", "Object.entries"} and len(given) == 1:
            return self._of_object(self._literal(given[0]), last)
        if owner is not None and last == "entries" and not given:
            values = self.values(owner)
            return None if values is None else [Made(pair=(_number(i), one)) for i, one in enumerate(values)]
        return None

    def _of_object(self, node: Node, what: str) -> list[Value] | None:
        inner = pairs(self._source, node) if node.type == "object" else None
        if inner is None or len({name for name, _ in inner}) != len(inner):
            return None
        if any(name.isdigit() for name, _ in inner):  # integer keys come first, in rising order
            return None
        match what:
            case "keys":
                return [_key(name) for name, _ in inner]
            case "values":
                return [value for _, value in inner]
        return [Made(pair=(_key(name), value)) for name, value in inner]

    def _unpack(self, target: Node, value: Value) -> dict[str, Item] | None:
        match target.type:
            case "identifier":
                return {self._source.text(target): self._item(value)}
            case "array_pattern":
                return self._unpack_array(parts(target), value)
            case "object_pattern" if isinstance(value, Node) and unwrap(value).type == "object":
                return self._unpack_object(parts(target), unwrap(value))
        return None

    def _unpack_array(self, targets: list[Node], value: Value) -> dict[str, Item] | None:
        inner = list(value.pair) if isinstance(value, Made) else self.values(value)
        if inner is None or len(inner) < len(targets):
            return None
        bound: dict[str, Item] = {}
        for target, one in zip(targets, inner, strict=False):
            found = self._unpack(target, one)
            if found is None:
                return None
            bound |= found
        return bound

    def _unpack_object(self, targets: list[Node], value: Node) -> dict[str, Item] | None:
        inner = dict(pairs(self._source, value) or ())
        bound: dict[str, Item] = {}
        for target in targets:
            key = child(target, "key") or target
            found = inner.get(self._source.text(key))
            name = child(target, "value") or target
            if found is None or name.type not in {"identifier", "shorthand_property_identifier_pattern"}:
                return None
            bound[self._source.text(name)] = self._item(found)
        return bound

    def _item(self, value: Value) -> Item:
        if isinstance(value, Made):
            if value.pair:
                both = [self._item(one) for one in value.pair]
                text, purity = ", ".join(one.text for one in both), max(one.purity for one in both)
                reads = frozenset[str]().union(*(one.reads for one in both))
                return Item(f"[{text}]", ItemKind.OTHER, purity=purity, reads=reads)
            return Item(value.text, value.kind, value.value, atom=value.kind is ItemKind.STRING)
        inner = unwrap(value)
        text = self._source.text(inner if inner.type in ATOMS else value)
        match inner.type:
            case "string":
                return Item(text, ItemKind.STRING, string_value(self._source, inner))
            case "number":
                return Item(text, ItemKind.NUMBER, text, atom=False)
            case "true" | "false" | "null" | "undefined":
                return Item(text, ItemKind.NUMBER, text)
            case "identifier" | "shorthand_property_identifier":
                return Item(text, ItemKind.NAME, reads=frozenset({text}))
        atom = inner.type in {"array", "object", "template_string", "member_expression"}
        members = self._members(inner)
        return Item(text, ItemKind.OTHER, "", atom, self._purity(value), self._reads(value), members)

    def _members(self, value: Node) -> tuple[tuple[str, Item], ...]:
        inner = pairs(self._source, value) if value.type == "object" else None
        return tuple((name, self._item(one)) for name, one in dict(inner or ()).items())

    def _reads(self, value: Node) -> frozenset[str]:
        names = {"identifier", "shorthand_property_identifier"}
        return frozenset(self._source.text(one) for one in walk(value) if one.type in names)

    def _purity(self, value: Node) -> Purity:
        kinds = {one.type for one in walk(value)}
        if kinds & {"call_expression", "new_expression", "await_expression", "yield_expression"}:
            return Purity.EFFECT
        return Purity.ACCESS if kinds & {"member_expression", "subscript_expression", "spread_element"} else Purity.PURE
