"""What happens in an expression of a script: names read, calls, dispatches, waits and choices, in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tree_sitter import Node

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.javascript.calls import Context
from taskfan_lint.analysis.javascript.conditions import COMPARISONS, LOGICAL, compares_names, concatenates, is_names
from taskfan_lint.analysis.javascript.found import Found, Mode, Scopes
from taskfan_lint.analysis.javascript.invocations import await_, create, invoke, yield_
from taskfan_lint.analysis.javascript.names import FUNCTIONS, pattern_names, root_name
from taskfan_lint.analysis.javascript.parse import child, has_word, parts, unwrap, walk
from taskfan_lint.analysis.model import Arm, Block, Branch, Dispatch, Field, Loop, Purity, Step, Use, Wait
from taskfan_lint.analysis.model import Node as Fact


class Expressions:
    """Collects what happens in one expression."""

    def __init__(self, context: Context, scopes: Scopes, mode: Mode = Mode()) -> None:  # noqa: B008  frozen
        self.context = context
        self.source = context.source
        self.scopes = scopes
        self.mode = mode
        self.found = Found()
        self._fields: list[Field] = []
        self.whole: dict[int, str] = {}

    def read(self, node: Node, keyword: str = "") -> Found:
        """Return what happens in `node`, which is all of an argument, value or item."""
        self.whole[unwrap(node).id] = keyword
        self.visit(node)
        return self.found

    def inner(self, node: Node, mode: Mode | None = None, keyword: str = "") -> Found:
        """Return what happens in a part that has actions of its own."""
        one = Expressions(self.context, self.scopes, mode or self.mode)
        one._fields = list(self._fields)
        return one.read(node, keyword)

    def visit(self, node: Node) -> None:
        reader = _READERS.get(node.type)
        if reader is not None:
            reader(self, node)
        elif node.type not in _SKIPPED:
            for one in parts(node):
                self.visit(one)

    def visit_within(self, node: Node, mode: Mode) -> None:
        before, self.mode = self.mode, mode
        self.visit(node)
        self.mode = before

    # names and values

    def _name(self, node: Node) -> None:
        place = self._fields[-1] if self._fields else None
        whole = self.whole.get(node.id)
        self.found.uses.append(
            Use(
                self.source.text(node),
                self.source.span(node),
                place,
                whole is not None,
                keyword=whole or "",
                shorthand=node.type == "shorthand_property_identifier",
            )
        )

    def _member(self, node: Node) -> None:
        self.found.raise_to(Purity.ACCESS)
        for field in ("object", "index"):
            one = child(node, field)
            if one is not None:
                self.visit(one)

    def _spread(self, node: Node) -> None:
        self.found.raise_to(Purity.ACCESS)
        for one in parts(node):
            self.visit(one)

    def _first(self, node: Node) -> None:
        """Read the value of a type assertion."""
        if parts(node):
            self.visit(parts(node)[0])

    def _pair(self, node: Node) -> None:
        key, value = child(node, "key"), child(node, "value")
        if key is not None and key.type == "computed_property_name":
            self.visit(key)
        if value is not None:
            self.visit(value)

    def _template(self, node: Node) -> None:
        function = child(node.parent, "function") if node.parent is not None else None
        tag = self.source.text(function) if function is not None else ""
        for one in node.named_children:
            if one.type == "template_substitution":
                plain = [inner.type for inner in one.named_children] == ["identifier"]
                self._fields.append(Field(self.source.span(one), plain, "`", tag))
                for inner in parts(one):
                    self.visit(inner)
                self._fields.pop()

    def _unary(self, node: Node) -> None:
        operator, operand = child(node, "operator"), child(node, "argument")
        if operator is None or operand is None:
            return
        self.visit(operand)
        if operator.type == "delete":
            self.found.changes |= {root_name(self.source, operand)} - {""}
            self.found.raise_to(Purity.EFFECT)
        elif operator.type not in {"!", "typeof", "void"} and operand.type != "number":
            self.found.raise_to(Purity.ACCESS)

    def _binary(self, node: Node) -> None:
        operator = child(node, "operator")
        left, right = child(node, "left"), child(node, "right")
        if operator is None or left is None or right is None:
            return
        if operator.type in LOGICAL:
            self._choose(node, left, [right])
            return
        self.visit(left)
        self.visit(right)
        pure = compares_names(node) if operator.type in COMPARISONS else concatenates(node)
        self.found.raise_to(Purity.PURE if pure else Purity.ACCESS)

    # assignments

    def _assign(self, node: Node) -> None:
        target, value = child(node, "left"), child(node, "right")
        if target is None or value is None:
            return
        if node.type == "augmented_assignment_expression":
            self.visit(target)
        self.visit(value)
        self.found.raise_to(Purity.EFFECT)
        self.target(target)

    def _update(self, node: Node) -> None:
        target = child(node, "argument")
        if target is not None:
            self.visit(target)
            self.found.raise_to(Purity.EFFECT)
            self.target(target)

    def target(self, target: Node) -> None:
        """Add what assigning to a target binds and changes."""
        target = unwrap(target)
        self.found.binds += pattern_names(self.source, target)
        for one in walk(target) if target.type.endswith("_pattern") else [target]:
            if one.type in {"member_expression", "subscript_expression"}:
                self.found.changes |= {root_name(self.source, one)} - {""}
                if one == target:
                    self.visit(one)
            elif one.type in {"assignment_pattern", "object_assignment_pattern"}:
                default = child(one, "right")
                if default is not None:
                    self.visit(default)

    # functions

    def _function(self, node: Node) -> None:
        """Read a function that is a value: a thunk given to a combiner runs here, any other at another time."""
        held = self.context.count(node)
        if held == 1 and self.mode.combined is not None and node.type in FUNCTIONS:
            self._thunk(node)
            return
        if held:
            self.found.functions.append(node)
        bound = frozenset(name for one in walk(node) for name in _bound_at(self.context, one))
        for one in walk(node):
            name = self.source.text(one) if one.type in {"identifier", "shorthand_property_identifier"} else ""
            if name and name not in bound:
                shorthand = one.type == "shorthand_property_identifier"
                self.found.uses.append(Use(name, self.source.span(one), deferred=True, shorthand=shorthand))

    def _thunk(self, node: Node) -> None:
        body = child(node, "body")
        if body is None:
            return
        nodes = self.body(body, replace(self.mode, blocking=False, own=True))
        local = frozenset(name for one in walk(node) for name in _bound_at(self.context, one))
        self.absorb(nodes, local)
        self.found.actions += _flattened(nodes)

    def body(self, body: Node, mode: Mode) -> tuple[Fact, ...]:
        """Return the nodes of a callback's body: one step for an expression."""
        if body.type == "statement_block":
            return self.scopes.inline(body, mode)
        found = self.inner(body, mode)
        self.found.functions += found.functions
        return (found.step(self.source.span(body)),)

    def absorb(self, nodes: tuple[Fact, ...], local: frozenset[str]) -> None:
        """Take in what the nodes of a callback read and change, its own names left out."""
        for step in tree.steps(nodes):
            self.found.uses += [use for use in step.uses if use.name not in local]
            self.found.changes |= step.changes - local
            self.found.binds += [name for name in step.binds if name not in local]
        self.found.raise_to(Purity.EFFECT)

    # choices

    def _ternary(self, node: Node) -> None:
        test, yes, no = (child(node, field) for field in ("condition", "consequence", "alternative"))
        if test is not None and yes is not None and no is not None:
            self._choose(node, test, [yes, no])

    def _choose(self, node: Node, test: Node, arms: list[Node]) -> None:
        tested, chosen = self.inner(test), [self.inner(arm) for arm in arms]
        for found in (tested, *chosen):
            self.found.add(found)
        if not any(found.actions for found in chosen):
            self.found.actions += tested.actions
            return
        span = self.source.span(test)
        header = tested.step(span)._replace(value=span)
        text, names = self.source.text(unwrap(test)), is_names(test)
        made = tuple(
            Arm(None if index else header, (found.step(self.source.span(arm)),), names, text)
            for index, (found, arm) in enumerate(zip(chosen, arms, strict=True))
        )
        whole = self.source.span(node)
        self.found.actions.append(Branch(whole, whole, made, statement=False, exhaustive=len(arms) > 1))


def _bound_at(context: Context, node: Node) -> list[str]:
    """Return the names that a node inside of a function declares."""
    match node.type:
        case "required_parameter" | "optional_parameter":
            return pattern_names(context.source, child(node, "pattern"))
        case "arrow_function" | "catch_clause":
            return pattern_names(context.source, child(node, "parameter"))
        case "variable_declarator":
            return pattern_names(context.source, child(node, "name"))
        case "for_in_statement" if has_word(node, "const") or has_word(node, "let") or has_word(node, "var"):
            return pattern_names(context.source, child(node, "left"))
    return []


def _flattened(nodes: tuple[Fact, ...]) -> list[Dispatch | Wait | Loop | Branch]:
    """Return the actions of nodes as those of one expression."""
    found: list[Dispatch | Wait | Loop | Branch] = []
    for node in nodes:
        match node:
            case Step():
                found += node.actions
            case Loop() | Branch():
                found.append(node)
            case Block():
                found += _flattened(node.body)
    return found


_SKIPPED = frozenset(
    "type_annotation type_arguments type_parameters string number regex comment property_identifier"
    " private_property_identifier statement_identifier jsx_text import".split()
)

_READERS: dict[str, Callable[[Expressions, Node], None]] = {
    "identifier": Expressions._name,
    "this": Expressions._name,
    "shorthand_property_identifier": Expressions._name,
    "member_expression": Expressions._member,
    "subscript_expression": Expressions._member,
    "spread_element": Expressions._spread,
    "as_expression": Expressions._first,
    "satisfies_expression": Expressions._first,
    "non_null_expression": Expressions._first,
    "pair": Expressions._pair,
    "template_string": Expressions._template,
    "unary_expression": Expressions._unary,
    "binary_expression": Expressions._binary,
    "assignment_expression": Expressions._assign,
    "augmented_assignment_expression": Expressions._assign,
    "update_expression": Expressions._update,
    "arrow_function": Expressions._function,
    "function_expression": Expressions._function,
    "generator_function": Expressions._function,
    "method_definition": Expressions._function,
    "class": Expressions._function,
    "call_expression": invoke,
    "new_expression": create,
    "await_expression": await_,
    "yield_expression": yield_,
    "ternary_expression": Expressions._ternary,
}
