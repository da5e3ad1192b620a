"""Simple statements: what an assignment, a return, an import and the like say beyond their expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypedDict

import libcst as cst

from taskfan_lint.analysis.found import Found
from taskfan_lint.analysis.model import Exit, Purity, Template
from taskfan_lint.analysis.python.literals import fold
from taskfan_lint.analysis.python.names import target_names
from taskfan_lint.edit import Span

if TYPE_CHECKING:
    from taskfan_lint.analysis.python.statements import Statements


class Extra(TypedDict, total=False):
    """What a kind of simple statement says beyond its expressions."""

    value: Span
    text: Template
    simple: bool
    exit: Exit
    conditional: bool


def simple(reader: Statements, node: cst.BaseSmallStatement, found: Found) -> Extra:
    """Add what a simple statement holds to `found`, and return what its kind says beyond that."""
    read = _READERS.get(type(node))
    return read(reader, node, found) if read else {}


def _target(reader: Statements, found: Found, target: cst.BaseExpression) -> None:
    """Add what assigning to a target binds and changes."""
    found.binds += target_names(target)
    match target:
        case cst.Subscript() | cst.Attribute():
            found.add(reader.read(target), actions=True)
            root: cst.BaseExpression = target
            while isinstance(root, (cst.Subscript, cst.Attribute)):
                root = root.value
            if isinstance(root, cst.Name):
                found.changes.add(root.value)
        case cst.Tuple() | cst.List():
            for element in target.elements:
                if not isinstance(element.value, cst.Name):
                    _target(reader, found, element.value)


def _assign(reader: Statements, node: cst.Assign, found: Found) -> Extra:
    found.add(reader.read(node.value), actions=True)
    for target in node.targets:
        _target(reader, found, target.target)
    return {
        "value": reader.context.source.outer(node.value),
        "text": _text(reader, node.value),
        "simple": len(node.targets) == 1 and isinstance(node.targets[0].target, cst.Name),
    }


def _text(reader: Statements, value: cst.BaseExpression) -> Template:
    return fold(reader.context.source, value)


def _annotated(reader: Statements, node: cst.AnnAssign, found: Found) -> Extra:
    if node.value is None:
        return {}
    found.add(reader.read(node.value), actions=True)
    _target(reader, found, node.target)
    return {"value": reader.context.source.outer(node.value), "text": _text(reader, node.value)}


def _augmented(reader: Statements, node: cst.AugAssign, found: Found) -> Extra:
    found.add(reader.read(node.target), actions=True)
    found.add(reader.read(node.value), actions=True)
    _target(reader, found, node.target)
    found.changes |= set(target_names(node.target))
    found.raise_to(Purity.ACCESS)
    return {}


def _expression(reader: Statements, node: cst.Expr, found: Found) -> Extra:
    found.add(reader.read(node.value), actions=True)
    return {}


def _return(reader: Statements, node: cst.Return, found: Found) -> Extra:
    found.add(reader.read(node.value), actions=True)
    return {"exit": Exit.RETURN}


def _raise(reader: Statements, node: cst.Raise, found: Found) -> Extra:
    found.add(reader.read(node.exc), actions=True)
    return {"exit": Exit.RAISE}


def _assert(reader: Statements, node: cst.Assert, found: Found) -> Extra:
    found.add(reader.read(node.test), actions=True)
    found.raise_to(Purity.EFFECT)
    return {"exit": Exit.RAISE, "conditional": True}


def _del(reader: Statements, node: cst.Del, found: Found) -> Extra:
    _target(reader, found, node.target)
    found.raise_to(Purity.EFFECT)
    return {}


def _import(reader: Statements, node: cst.Import | cst.ImportFrom, found: Found) -> Extra:
    if not isinstance(node.names, cst.ImportStar):
        for alias in node.names:
            found.binds.append(_imported_name(alias))
    found.raise_to(Purity.EFFECT)
    return {}


def _imported_name(alias: cst.ImportAlias) -> str:
    """Return the name that an import binds: the alias, or the first part of a dotted name."""
    return (alias.evaluated_alias or alias.evaluated_name).partition(".")[0]


def _break(reader: Statements, node: cst.BaseSmallStatement, found: Found) -> Extra:
    return {"exit": Exit.BREAK}


def _continue(reader: Statements, node: cst.BaseSmallStatement, found: Found) -> Extra:
    return {"exit": Exit.CONTINUE}


_READERS: dict[type[cst.BaseSmallStatement], Callable[..., Extra]] = {
    cst.Assign: _assign,
    cst.AnnAssign: _annotated,
    cst.AugAssign: _augmented,
    cst.Expr: _expression,
    cst.Return: _return,
    cst.Raise: _raise,
    cst.Assert: _assert,
    cst.Del: _del,
    cst.Import: _import,
    cst.ImportFrom: _import,
    cst.Break: _break,
    cst.Continue: _continue,
}
