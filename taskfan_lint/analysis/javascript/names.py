"""Where the names of a script come from: imports, definitions, and names bound once to a literal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tree_sitter import Node

from taskfan_lint.analysis.facts import Function
from taskfan_lint.analysis.javascript.parse import Source, child, parts, unwrap, walk
from taskfan_lint.profile import Callee

GLOBALS = frozenset(
    "Array Boolean Date Error JSON Map Math Number Object Promise RegExp Set String Symbol console fetch globalThis"
    " process setTimeout structuredClone undefined".split()
)
DEFINITIONS = frozenset(
    "function_declaration generator_function_declaration function_signature function_expression class class_declaration"
    " abstract_class_declaration interface_declaration type_alias_declaration enum_declaration internal_module"
    " module".split()
)
FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function"})
PURE_CALLS = frozenset(
    "Array.from Array.isArray Array.of Boolean Date.now JSON.parse JSON.stringify Number Number.isInteger"
    " Object.assign Object.entries Object.freeze Object.fromEntries Object.keys Object.values Promise.resolve String"
    " encodeURIComponent parseFloat parseInt structuredClone".split()
)
PURE_METHODS = frozenset(
    "at charAt concat endsWith entries every filter find findIndex flat flatMap get has includes indexOf join keys map"
    " match matchAll padEnd padStart reduce repeat replace replaceAll slice some split startsWith substring toFixed"
    " toISOString toLowerCase toSorted toString toUpperCase trim trimEnd trimStart values".split()
)
PURE_CLASSES = frozenset("Array Date Error Map RegExp Set TypeError URL WeakMap WeakSet".split())
CHANGING_METHODS = frozenset("add clear copyWithin delete fill pop push reverse set shift sort splice unshift".split())


def dotted(source: Source, node: Node) -> str:
    """Return `a.b.c` for a chain of members on a name, "" for anything else."""
    names: list[str] = []
    node = unwrap(node)
    while node.type == "member_expression":
        owner, name = child(node, "object"), child(node, "property")
        if owner is None or name is None:
            return ""
        names.append(source.text(name))
        node = unwrap(owner)
    if node.type not in {"identifier", "this", "super"}:
        return ""
    return ".".join([source.text(node), *reversed(names)])


def is_pure_call(name: str) -> bool:
    """Tell whether a call by this name has no effect that others see."""
    owner, _, last = name.rpartition(".")
    return name in PURE_CALLS or owner == "Math" or bool(owner and last in PURE_METHODS)


def root_name(source: Source, node: Node) -> str:
    """Return the name that a chain of members and subscripts starts from, "" for anything else."""
    node = unwrap(node)
    while node.type in {"member_expression", "subscript_expression"}:
        owner = child(node, "object")
        if owner is None:
            return ""
        node = unwrap(owner)
    return source.text(node) if node.type in {"identifier", "this"} else ""


def pattern_names(source: Source, node: Node | None) -> list[str]:
    """Return the names that an assignment target, parameter list or destructuring pattern binds, in order."""
    return [source.text(one) for one in _bound(node)]


def _bound(node: Node | None) -> Iterator[Node]:
    if node is None:
        return
    match node.type:
        case "identifier" | "shorthand_property_identifier_pattern":
            yield node
        case "pair_pattern":
            yield from _bound(child(node, "value"))
        case "required_parameter" | "optional_parameter":
            yield from _bound(child(node, "pattern"))
        case "assignment_pattern" | "object_assignment_pattern":
            yield from _bound(child(node, "left"))
        case "object_pattern" | "array_pattern" | "rest_pattern" | "formal_parameters":
            for one in parts(node):
                yield from _bound(one)


def parameters(source: Source, function: Node) -> list[list[str]]:
    """Return the names that each parameter of a function binds."""
    return [pattern_names(source, one) for one in parameter_nodes(function)]


def function_header(source: Source, node: Node, outer: frozenset[str]) -> Function:
    """Return what the header of a function says; a parameter that is taken apart has a name that no argument has.

    `outer` are names that functions assign and scopes around them declare.
    """
    names = []
    for number, pattern in enumerate(parameter_nodes(node)):
        plain = pattern.type in ("identifier", "assignment_pattern") and pattern_names(source, pattern)
        names.append(next(iter(plain)) if plain else f"{{{number}}}")
    words = {one.type for one in node.children}
    generator = "generator" in node.type or "*" in words
    return Function(tuple(names), "async" in words, generator, node.type == "method_definition", outer)


def parameter_nodes(function: Node) -> list[Node]:
    """Return the patterns of a function's parameters."""
    single = child(function, "parameter")
    if single is not None:
        return [single]
    several = child(function, "parameters")
    found = parts(several) if several is not None else []
    return [child(one, "pattern") or one for one in found]


class Bindings:
    """Every name that a script binds anywhere, with its origin where it is imported."""

    def __init__(self, source: Source, *, fenced: bool) -> None:
        self.imports: dict[str, str] = {}
        self.bound: Counter[str] = Counter()
        self._source = source
        self._fenced = fenced
        ambient = 0  # the end of a `declare`, which names what other code defines
        for node in walk(source.root):
            if node.type == "ambient_declaration":
                ambient = max(ambient, node.end_byte)
            if node.start_byte >= ambient:
                self._collect(node)

    def _collect(self, node: Node) -> None:
        if node.type in DEFINITIONS:
            name = child(node, "name")
            self.bound.update([self._source.text(name)] if name is not None else [])
            return
        match node.type:
            case "import_statement":
                self._import(node)
            case "variable_declarator":
                self._declare(node)
            case "required_parameter" | "optional_parameter":
                self._bind(child(node, "pattern"))
            case "arrow_function" | "catch_clause":
                self._bind(child(node, "parameter"))
            case "for_in_statement" | "augmented_assignment_expression":
                self._bind(child(node, "left"))
            case "assignment_expression" if not is_keyword(node, fenced=self._fenced):
                self._bind(child(node, "left"))
            case "update_expression":
                self._bind(child(node, "argument"))

    def _bind(self, target: Node | None) -> None:
        self.bound.update(pattern_names(self._source, target))

    def _import(self, node: Node) -> None:
        module = child(node, "source")
        origin = self._source.text(module)[1:-1] if module is not None else ""
        for one in walk(node):
            name = child(one, "name") if one.type == "import_specifier" else None
            if name is not None:
                local = child(one, "alias") or name
                self._from(self._source.text(local), f"{origin}.{self._source.text(name)}")
            elif one.type == "identifier" and one.parent and one.parent.type in {"import_clause", "namespace_import"}:
                self._from(self._source.text(one), origin or "?")

    def _from(self, local: str, origin: str) -> None:
        self.imports[local] = origin
        self.bound[local] += 1

    def _declare(self, node: Node) -> None:
        target, value = child(node, "name"), child(node, "value")
        module = self._required(value) if value is not None else ""
        if not module or target is None or target.type != "object_pattern":
            self._bind(target)
            return
        for one in parts(target):
            key = child(one, "key") or one
            for local in pattern_names(self._source, one):
                self._from(local, f"{module}.{self._source.text(key)}")

    def _required(self, value: Node) -> str:
        """Return the module of `require("x")` or `await import("x")`, "" for other values."""
        value = unwrap(value)
        if value.type == "await_expression":
            value = unwrap(parts(value)[0])
        function, arguments = child(value, "function"), child(value, "arguments")
        if value.type != "call_expression" or function is None or arguments is None:
            return ""
        given = parts(arguments)
        known = self._source.text(function) in {"require", "import"} and len(given) == 1
        return self._source.text(given[0])[1:-1] if known and given[0].type == "string" else ""

    def callee(self, function: Node) -> Callee:
        """Return what is known of the function of a call."""
        name = dotted(self._source, function)
        first, dot, rest = name.partition(".")
        if first in self.imports:
            return Callee(name, self.imports[first] + dot + rest)
        return Callee(name, None if first in self.bound else "")


def is_keyword(node: Node, *, fenced: bool) -> bool:
    """Tell whether an assignment is the `key=value` argument of a call in pseudo-code.

    Formatters put parentheses around it: `Task((key = value))`.
    """
    left, around = child(node, "left"), node.parent
    while around is not None and around.type == "parenthesized_expression":
        around = around.parent
    within = around is not None and around.type == "arguments"
    return fenced and within and left is not None and left.type == "identifier"
