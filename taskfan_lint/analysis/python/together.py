"""Which functions of a file must be read in one slice: those that call each other, and those that share a name."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence

from taskfan_lint.analysis.python.cut import Statement
from taskfan_lint.analysis.python.gate import NAMED, dispatches, may_dispatch, nodes, words_of
from taskfan_lint.analysis.python.sweep import Swept
from taskfan_lint.gates import gate
from taskfan_lint.settings import Settings


def helper_names(swept: Sequence[Swept], settings: Settings) -> frozenset[str]:
    """Return the names of all functions that may dispatch, directly or through others; more where they share words."""
    _, pattern = gate(settings)
    mentions: dict[str, set[str]] = {}
    pending: list[str] = []
    for piece in swept:
        for name, text in piece.functions:
            for word in words_of(text):
                mentions.setdefault(word, set()).add(name)
            if settings.dispatch_modules or pattern.search(text):
                pending.append(name)
    found: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += mentions.pop(name, ())
    return frozenset(found)


def module_matters(
    around: Sequence[Statement], kept: Sequence[Statement], helpers: frozenset[str], settings: Settings
) -> bool:
    """Tell whether the module's own statements may hold a finding: a dispatch, or more than one call of a helper."""
    if any(may_dispatch(one.part, settings) for one in around):
        return True
    calls = 0
    for one in around:
        if one.part.words.isdisjoint(helpers) or one.part.text.startswith(("import ", "from ")):
            continue
        for node in nodes(one.part.node):
            calls += isinstance(node, ast.Name) and node.id in helpers
            calls += isinstance(node, ast.Attribute) and node.attr in helpers
            if isinstance(node, (*NAMED, ast.For, ast.AsyncFor, ast.While, ast.comprehension)):
                return True
    return calls > 1 or any(_header_matters(one, helpers, settings) for one in kept)


def _header_matters(one: Statement, helpers: frozenset[str], settings: Settings) -> bool:
    """Tell whether what runs where a function or class is defined may dispatch."""
    for node in ast.iter_child_nodes(one.part.node):
        if isinstance(node, NAMED):
            headers = [*node.decorator_list, *(node.bases if isinstance(node, ast.ClassDef) else [node.args])]
            named = {inner.id for header in headers for inner in nodes(header) if isinstance(inner, ast.Name)}
            if named & helpers or any(dispatches(header, settings) for header in headers):
                return True
    return False


def together(
    kept: Sequence[Statement], swept: Sequence[Swept], bound: Counter[str], helpers: frozenset[str]
) -> list[list[int]]:
    """Return groups of the functions, by their places, in order of the first of each.

    A function stands with those that mention it, where it may dispatch; what shares its name stands with it too, as
    such a name is no helper's. A name bound to a constant only once in the file, as `bound` tells, stands with those
    that use it.
    """
    users: dict[str, list[int]] = {}
    for index, one in enumerate(kept):
        for word in one.part.words:
            users.setdefault(word, []).append(index)
    parents = list(range(len(kept)))
    for first, others in _links(swept, bound, helpers, users):
        for other in others:
            parents[_root(parents, other)] = _root(parents, first)
    groups: dict[int, list[int]] = {}
    for index in range(len(kept)):
        groups.setdefault(_root(parents, index), []).append(index)
    return list(groups.values())


def _links(
    swept: Sequence[Swept], bound: Counter[str], helpers: frozenset[str], users: dict[str, list[int]]
) -> Iterator[tuple[int, list[int]]]:
    seen: set[str] = set()
    for index, piece in enumerate(swept):
        for name in {name for name, _ in piece.functions if name in helpers} - seen:
            seen.add(name)
            yield index, users.get(name, [])
        for name in piece.values:
            if bound[name] == 1:
                yield index, users.get(name, [])


def _root(parents: list[int], index: int) -> int:
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index
