"""Where the names of a module come from: imports, definitions, and names bound once to a literal."""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Iterator

import libcst as cst

from taskfan_lint.profile import Callee

BUILTINS = frozenset(dir(builtins))


def dotted(node: cst.BaseExpression) -> str:
    """Return `a.b.c` for a chain of attributes on a name, "" for anything else."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return ""
    return ".".join([node.value, *reversed(parts)])


def target_names(node: cst.BaseExpression) -> Iterator[str]:
    """Yield the names that an assignment target binds."""
    match node:
        case cst.Name():
            yield node.value
        case cst.Tuple() | cst.List():
            for element in node.elements:
                yield from target_names(element.value)
        case cst.StarredElement():
            yield from target_names(node.value)


def captures(pattern: cst.MatchPattern) -> list[str]:
    """Return the names that a pattern of a `match` binds."""
    found = _Captures()
    pattern.visit(found)
    return found.names


class _Captures(cst.CSTVisitor):
    """Collects the names that a pattern binds."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def visit_MatchAs(self, node: cst.MatchAs) -> None:
        if node.name:
            self.names.append(node.name.value)

    def visit_MatchStar(self, node: cst.MatchStar) -> None:
        if node.name:
            self.names.append(node.name.value)


class Bindings(cst.CSTVisitor):
    """Collects every name that a module binds anywhere, with its origin where it is imported."""

    def __init__(self) -> None:
        self.imports: dict[str, str] = {}
        self.imported: Counter[str] = Counter()
        self.bound: Counter[str] = Counter()

    def visit_Import(self, node: cst.Import) -> bool:
        for alias in node.names:
            name = dotted(alias.name) if isinstance(alias.name, cst.Attribute) else alias.name.value
            if alias.asname and isinstance(alias.asname.name, cst.Name):
                self._import(alias.asname.name.value, name)
            else:
                first = name.partition(".")[0]
                self._import(first, first)
                self.bound[first] += 1
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        module = "." * len(node.relative) + (dotted(node.module) if node.module else "")
        for alias in node.names if not isinstance(node.names, cst.ImportStar) else ():
            name = str(alias.name.value)
            local = alias.asname.name if alias.asname else alias.name
            if isinstance(local, cst.Name):
                self.bound[local.value] += alias.asname is None  # a name behind `as` is counted where it stands
                self._import(local.value, f"{module}.{name}" if module.strip(".") else module + name)
        return False

    def _import(self, local: str, origin: str) -> None:
        self.imports[local] = origin
        self.imported[local] += 1

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self.bound[node.name.value] += 1

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        self.bound[node.name.value] += 1

    def visit_Param(self, node: cst.Param) -> None:
        self.bound[node.name.value] += 1

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self.bound.update(target_names(node.target))

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self.bound.update(target_names(node.target))

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self.bound.update(target_names(node.target))

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:
        self.bound.update(target_names(node.target))

    def visit_For(self, node: cst.For) -> None:
        self.bound.update(target_names(node.target))

    def visit_CompFor(self, node: cst.CompFor) -> None:
        self.bound.update(target_names(node.target))

    def visit_AsName(self, node: cst.AsName) -> None:
        self.bound.update(target_names(node.name))

    def is_only_imported(self, name: str) -> bool:
        """Tell whether a dotted name begins with one that nothing but imports binds."""
        first = name.partition(".")[0]
        return self.bound[first] == self.imported[first]

    def callee(self, function: cst.BaseExpression) -> Callee:
        """Return what is known of the function of a call."""
        name = dotted(function)
        first, dot, rest = name.partition(".")
        if first in self.imports:
            return Callee(name, self.imports[first] + dot + rest)
        return Callee(name, None if first in self.bound else "")
