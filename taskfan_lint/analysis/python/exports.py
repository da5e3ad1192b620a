"""The functions of other files that a package passes on: what it imports, others may import from it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from taskfan_lint.analysis.helpers import Helper, Index
from taskfan_lint.analysis.python.gate import nodes
from taskfan_lint.analysis.python.parse import syntax_tree
from taskfan_lint.analysis.reading import Unparsable


def passed_on(code: str, path: str, index: Index) -> dict[str, Helper]:
    """Return the helpers that a package imports at its top, by the names that it gives them and binds once."""
    try:
        tree = syntax_tree(code)
    except Unparsable:
        return {}
    bound = Counter(_bound(tree))
    found: dict[str, Helper] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            helpers = index.helpers_of(path, "." * node.level + (node.module or ""))
            names = ((alias.name, alias.asname or alias.name) for alias in node.names)
            found |= {own: helpers[name] for name, own in names if name in helpers and bound[own] == 1}
    return found


def _bound(tree: ast.Module) -> Iterator[str]:
    """Yield each name as often as something may bind it, in the functions of a module too."""
    for node in nodes(tree):
        match node:
            case ast.Import() | ast.ImportFrom():
                yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
            case ast.Name(ctx=ast.Store() | ast.Del()):
                yield node.id
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
                | ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
            ):
                yield name
