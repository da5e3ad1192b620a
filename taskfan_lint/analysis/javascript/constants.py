"""Names that a script binds to a literal, and the names whose object anything may change."""

from __future__ import annotations

from tree_sitter import Node

from taskfan_lint.analysis.javascript.literals import is_constant
from taskfan_lint.analysis.javascript.names import dotted
from taskfan_lint.analysis.javascript.parse import Source, child, parts, unwrap, walk

HARMLESS_MEMBERS = frozenset(
    "at concat entries every filter find findIndex flat flatMap forEach includes indexOf join keys length map reduce"
    " size slice some values".split()
)
HARMLESS_CALLS = frozenset(
    "Array.from JSON.stringify Object.entries Object.keys Object.values String console.log".split()
)


class Constants:
    """Collects names declared with a literal array or object of constants, and the names that anything may change.

    A name is changed by a method call on it, an assignment into it, or where it is handed on: only iterating over it,
    reading an item and asking for its length leave it alone.
    """

    def __init__(self, source: Source) -> None:
        self.values: dict[str, Node] = {}
        self.changed: set[str] = set()
        self._source = source
        self._harmless: set[int] = set()
        for node in walk(source.root):
            self._collect(node)

    def _collect(self, node: Node) -> None:
        match node.type:
            case "variable_declarator":
                self._declare(node)
            case "for_in_statement":
                self._spare(child(node, "right"))
            case "member_expression":
                name = child(node, "property")
                if name is not None and self._source.text(name) in HARMLESS_MEMBERS:
                    self._spare(child(node, "object"))
            case "subscript_expression":
                if not _is_target(node):
                    self._spare(child(node, "object"))
            case "spread_element" | "template_substitution":
                self._spare(*parts(node))
            case "call_expression":
                function, given = child(node, "function"), child(node, "arguments")
                if function is not None and given is not None and dotted(self._source, function) in HARMLESS_CALLS:
                    self._spare(*parts(given))
            case "identifier" | "shorthand_property_identifier" if node.id not in self._harmless:
                self.changed.add(self._source.text(node))

    def _declare(self, node: Node) -> None:
        target, value = child(node, "name"), child(node, "value")
        if target is None or target.type != "identifier":
            return
        self._spare(target)
        if value is not None and unwrap(value).type in {"array", "object"} and is_constant(self._source, value):
            self.values[self._source.text(target)] = unwrap(value)

    def _spare(self, *nodes: Node | None) -> None:
        self._harmless.update(unwrap(one).id for one in nodes if one is not None)


def _is_target(node: Node) -> bool:
    """Tell whether a subscript is assigned to, or deleted."""
    parent = node.parent
    if parent is None:
        return False
    operator = child(parent, "operator")
    deletes = operator is not None and operator.type == "delete"
    return deletes or parent.type == "update_expression" or child(parent, "left") == node
