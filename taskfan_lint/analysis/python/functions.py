"""The headers of functions: parameters, and what a body says of the function."""

from __future__ import annotations

import libcst as cst

from taskfan_lint.analysis.facts import Function


def is_static(decorator: cst.Decorator) -> bool:
    return isinstance(decorator.decorator, cst.Name) and decorator.decorator.value == "staticmethod"


def function(node: cst.FunctionDef, method: bool, body: str) -> Function:
    """Return what the header of a function says, and whether its body yields; `body` is the source of that."""
    own = _Own()
    if any(word in body for word in ("yield", "global", "nonlocal")):  # a visit costs far more than a look
        node.body.visit(own)
    params = node.params
    named = [one.name.value for one in (*params.posonly_params, *params.params)]
    keywords = [one.name.value for one in params.kwonly_params]
    return Function(
        (*named[int(method) :], *(["*"] if keywords or params.star_arg else []), *keywords),
        node.asynchronous is not None,
        own.yields,
        method,
        frozenset(own.outer),
    )


def parameters(node: cst.Parameters) -> frozenset[str]:
    """Return the names of parameters."""
    found = _Parameters()
    node.visit(found)
    return frozenset(found.names)


class _Own(cst.CSTVisitor):
    """Tells of a function's own body whether it yields, and which names it declares to be of a scope around."""

    def __init__(self) -> None:
        self.yields = False
        self.outer: set[str] = set()

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False

    def visit_Yield(self, node: cst.Yield) -> None:
        self.yields = True

    def visit_NameItem(self, node: cst.NameItem) -> None:
        self.outer.add(node.name.value)


class _Parameters(cst.CSTVisitor):
    """Collects the names of parameters."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_Param(self, node: cst.Param) -> bool:
        self.names.add(node.name.value)
        return False
