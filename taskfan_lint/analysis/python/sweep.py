"""What one piece of a file tells the others: the names that it binds, imports, changes and reads."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import libcst as cst

from taskfan_lint.analysis.python.gate import NAMED, nodes
from taskfan_lint.analysis.python.names import Bindings
from taskfan_lint.analysis.python.parse import limit_depth, syntax_tree, walk
from taskfan_lint.analysis.python.read import Constants
from taskfan_lint.analysis.reading import Unparsable
from taskfan_lint.edit import NEWLINE


@dataclass(frozen=True)
class Swept:
    """The names of a piece of code; `values` are those that it gives a literal container of constants.

    `functions` are the name and the lines of each function and class, whatever holds it.
    """

    bound: Counter[str]
    imported: Counter[str]
    origins: Mapping[str, str]
    changed: frozenset[str]
    outer: frozenset[str]
    names: frozenset[str]
    values: frozenset[str]
    functions: tuple[tuple[str, str], ...]


@lru_cache(maxsize=256)
def sweep(text: str) -> Swept:
    """Return what the visitors find in a piece of code by itself, just as in the whole; raises Unparsable."""
    tree = syntax_tree(text)
    limit_depth(tree)
    try:
        module = cst.parse_module(text)
    except (cst.ParserSyntaxError, RecursionError, UnicodeError) as error:
        raise Unparsable(1, "cannot be analysed") from error
    bindings, constants, names = Bindings(), Constants(), _Names()
    walk(module, (bindings, constants, names))
    return Swept(
        bindings.bound,
        bindings.imported,
        bindings.imports,
        frozenset(constants.changed),
        frozenset(constants.outer),
        frozenset(names.found),
        frozenset(constants.values),
        tuple(_functions(tree, text)),
    )


def _functions(tree: ast.Module, text: str) -> list[tuple[str, str]]:
    rows = NEWLINE.split(text)
    found = [node for node in nodes(tree) if isinstance(node, NAMED)]
    return [(node.name, "\n".join(rows[node.lineno - 1 : node.end_lineno])) for node in found]


class _Names(cst.CSTVisitor):
    """Collects all names but those of attributes and keywords."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self._other: set[cst.CSTNode] = set()

    def visit_Attribute(self, node: cst.Attribute) -> None:
        self._other.add(node.attr)

    def visit_Arg(self, node: cst.Arg) -> None:
        if node.keyword:
            self._other.add(node.keyword)

    def visit_Name(self, node: cst.Name) -> None:
        if node not in self._other:
            self.found.add(node.value)
