"""Code of a Python snippet to facts."""

from __future__ import annotations

import ast
from collections.abc import Container, Sequence
from contextlib import suppress
from dataclasses import replace

import libcst as cst

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.boundaries import separate
from taskfan_lint.analysis.dispatching import helpers
from taskfan_lint.analysis.facts import Facts
from taskfan_lint.analysis.python.comments import Comments, Strings
from taskfan_lint.analysis.python.context import Context
from taskfan_lint.analysis.python.gate import NAMED, Masked, imported_helpers, mask, may_dispatch, parts
from taskfan_lint.analysis.python.literals import Expander
from taskfan_lint.analysis.python.names import BUILTINS, Bindings
from taskfan_lint.analysis.python.parse import Source, deep_recursion, limit_depth, parse, syntax_tree, walk
from taskfan_lint.analysis.python.statements import Statements
from taskfan_lint.analysis.reading import Reading, Unparsable
from taskfan_lint.outside import Outside


def read(code: str, reading: Reading) -> Facts | None:
    """Return the facts of a snippet, None where it can hold neither a dispatch nor a suppression.

    Raises Unparsable.
    """
    try:
        module = syntax_tree(code)
    except Unparsable as error:
        if error.deep:
            raise
        return _newer(code, reading, error)  # LibCST may know syntax that this interpreter does not
    if not reading.fenced and not reading.whole and reading.outside is None:
        imported = imported_helpers(module, reading)
        every = parts(code, module)
        alone = any(may_dispatch(part, reading.settings) for part in every)
        if not alone and not imported and "taskfan:" not in code:
            return None
        with suppress(Unparsable):  # LibCST may refuse what a line's continuation or a comment is left alone with
            return _masked(mask(code, every, reading.settings, imported), module, reading)
    limit_depth(module)
    try:
        source = parse(code)
    except Unparsable as error:  # it is Python all the same
        raise Unparsable(error.row, error.reason, deep=error.deep or not reading.fenced) from error
    return facts(source, reading)


def _masked(masked: Masked, module: ast.Module, reading: Reading) -> Facts:
    kept = [node for node in module.body if not (isinstance(node, NAMED) and node.name in masked.defined)]
    limit_depth(ast.Module(kept, []))
    defined = reading.defined | masked.defined
    return facts(
        parse(masked.code, masked.gaps),
        replace(reading, defined=defined, hidden=masked.named, free=masked.free, outer=masked.outer),
    )


def _newer(code: str, reading: Reading, error: Unparsable) -> Facts:
    try:
        return facts(parse(code), reading)
    except Unparsable:
        raise error from None


def facts(source: Source, reading: Reading) -> Facts:
    """Return what the visitors find in a parsed module."""
    with deep_recursion():
        return _collect(source, reading)


def _collect(source: Source, reading: Reading) -> Facts:
    bindings, constants = Bindings(), Constants()
    comments, strings = Comments(source, reading.original), Strings(source)
    walk(source.module, (bindings, comments, strings, constants))
    bindings.bound.update(reading.defined)
    if reading.outside:
        _add(reading.outside, bindings, constants)

    def lookup(name: str) -> cst.BaseExpression | None:
        fixed = bindings.bound[name] == 1 and name not in constants.changed and name not in reading.hidden
        return constants.values.get(name) if fixed else None

    context = Context(
        source,
        bindings,
        Expander(source, lookup),
        reading.settings,
        reading.fenced,
        reading.foreign,
        imported=lambda origin: reading.index.lookup(reading.path, origin),
    )
    statements = Statements(context)
    source.module.visit(statements)
    found = helpers(statements.regions)
    if any(call.name.rpartition(".")[2] in found for region in statements.regions for call in tree.calls(region.body)):
        statements = Statements(replace(context, helpers=found))  # once more: now these calls dispatch
        source.module.visit(statements)
    defined = reading.outside.defined if reading.outside else reading.defined
    every = [region._replace(known=region.known | defined) for region in statements.regions]
    names = set(bindings.bound) | (reading.outside.names if reading.outside else set())
    for region in every:
        names |= region.known - BUILTINS
        names |= {name for step in tree.steps(region.body) for name in (*step.reads, *step.binds)}
    words = sorted([*comments.found, *reading.labels], key=lambda comment: comment.span)
    regions = separate(tuple(every), words, source.code)
    return Facts(
        source.code,
        regions,
        tuple(words),
        tuple(statements.headers),
        tuple(statements.statements),
        tuple(strings.found),
        reading.fenced,
        _Either(names, reading.hidden),
        hidden=reading.free,
        outer=reading.outer | constants.outer,
        lookalikes=tuple(context.lookalikes.values()),
    )


class _Either:
    """What is in one of two containers."""

    def __init__(self, one: Container[str], other: Container[str]) -> None:
        self._one = one
        self._other = other

    def __contains__(self, name: object) -> bool:
        return name in self._one or name in self._other


def _add(outside: Outside, bindings: Bindings, constants: Constants) -> None:
    """Count in what the rest of a file binds and changes."""
    bindings.imports = {**outside.origins, **bindings.imports}
    bindings.imported.update(outside.imported)
    bindings.bound.update(outside.bound)
    constants.changed |= outside.changed


class Constants(cst.CSTVisitor):
    """Collects names assigned a literal container of constants, and the names that anything may change.

    A name is changed by a method call on it, an assignment into it, or where it is handed on: only iterating over it,
    reading an item and asking for its length leave it alone.
    """

    def __init__(self) -> None:
        self.values: dict[str, cst.BaseExpression] = {}
        self.changed: set[str] = set()
        self.outer: set[str] = set()
        self._harmless: set[cst.CSTNode] = set()

    def visit_Assign(self, node: cst.Assign) -> None:
        if len(node.targets) != 1 or not isinstance(node.targets[0].target, cst.Name):
            return
        self._harmless.add(node.targets[0].target)
        if isinstance(node.value, (cst.List, cst.Tuple, cst.Set, cst.Dict)) and _is_constant(node.value):
            self.values[node.targets[0].target.value] = node.value

    def visit_For(self, node: cst.For) -> None:
        self._harmless.add(node.iter)

    def visit_CompFor(self, node: cst.CompFor) -> None:
        self._harmless.add(node.iter)

    def visit_Subscript(self, node: cst.Subscript) -> None:
        self._harmless.add(node.value)

    def visit_FormattedStringExpression(self, node: cst.FormattedStringExpression) -> None:
        self._harmless.add(node.expression)

    def visit_Call(self, node: cst.Call) -> None:
        match node.func:
            case cst.Name("len" | "range" | "enumerate" | "zip" | "reversed" | "print" | "list" | "tuple" | "sorted"):
                self._harmless.update(argument.value for argument in node.args)
            case cst.Attribute(value=cst.Name() as owner, attr=cst.Name("items" | "values" | "keys")):
                self._harmless.add(owner)

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self._change(node.target)

    def _change(self, target: cst.BaseExpression) -> None:
        """Note the object that a target is a part of as changed."""
        while isinstance(target, (cst.Subscript, cst.Attribute)):
            target = target.value
            if isinstance(target, cst.Name):
                self.changed.add(target.value)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self._change(node.target)
        if isinstance(node.target, cst.Name):
            self.changed.add(node.target.value)

    def visit_Del(self, node: cst.Del) -> None:
        self._change(node.target)

    def visit_Global(self, node: cst.Global) -> None:
        self._declare(node.names)

    def visit_Nonlocal(self, node: cst.Nonlocal) -> None:
        self._declare(node.names)

    def _declare(self, names: Sequence[cst.NameItem]) -> None:
        found = {item.name.value for item in names}
        self.changed |= found
        self.outer |= found

    def visit_Name(self, node: cst.Name) -> None:
        if node not in self._harmless:
            self.changed.add(node.value)


def _is_constant(node: cst.BaseExpression) -> bool:
    match node:
        case cst.SimpleString() | cst.Integer() | cst.Float() | cst.Name("True" | "False" | "None"):
            return True
        case cst.Tuple() | cst.List() | cst.Set():
            return all(isinstance(one, cst.Element) and _is_constant(one.value) for one in node.elements)
        case cst.Dict():
            return all(
                isinstance(one, cst.DictElement) and _is_constant(one.key) and _is_constant(one.value)
                for one in node.elements
            )
    return False
