"""Gates in front of LibCST: does a file hold a dispatch at all, and which of its top-level statements do."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass

from taskfan_lint.analysis.reading import Reading
from taskfan_lint.edit import Edit, Lines, Span, apply
from taskfan_lint.profile import AGENT_KEYWORDS, BUILT_IN_NAMES, gate
from taskfan_lint.settings import Settings


def may_dispatch(tree: ast.AST, settings: Settings) -> bool:
    """Tell whether code can hold a dispatch: a call by a configured name, or by a known one with an agent.

    Names imported from `dispatch-modules` need no agent keyword.
    """
    configured = {name.rpartition(".")[2] for name in settings.dispatch_names}
    imported = bool(settings.dispatch_modules)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = _last_name(node.func)
            if name in configured or (imported and name) or (name in BUILT_IN_NAMES and _names_agent(node)):
                return True
    return False


def _last_name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _names_agent(call: ast.Call) -> bool:
    """Tell whether a call has an agent's keyword, as its own or as a key of an argument that is a dict."""
    keys: set[object] = {keyword.arg for keyword in call.keywords}
    for argument in call.args:
        match argument:
            case ast.Dict():
                keys |= {key.value for key in argument.keys if isinstance(key, ast.Constant)}
            case ast.Call(func=ast.Name(id="dict")):
                keys |= {keyword.arg for keyword in argument.keywords}
    return bool(keys & AGENT_KEYWORDS)


@dataclass(frozen=True)
class Masked:
    """Code with functions and classes blanked; what these define, what they name, and which names they share."""

    code: str
    defined: frozenset[str]
    named: frozenset[str]
    outer: frozenset[str]


def imported_helpers(tree: ast.Module, reading: Reading) -> frozenset[str]:
    """Return the names under which a file imports functions of other files that dispatch, or modules that hold some."""
    if not reading.index.files:
        return frozenset()
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom():
                module = "." * node.level + (node.module or "")
                for alias in node.names:
                    inner = f"{module}.{alias.name}" if node.module else module + alias.name
                    own = alias.name in reading.index.helpers_of(reading.path, module)
                    if own or reading.index.helpers_of(reading.path, inner):
                        found.add(alias.asname or alias.name)
            case ast.Import():
                for alias in node.names:
                    if reading.index.helpers_of(reading.path, alias.name):
                        found.add(alias.asname or alias.name.partition(".")[0])
    return frozenset(found)


def mask(code: str, tree: ast.Module, settings: Settings, helpers: frozenset[str] = frozenset()) -> Masked:
    """Return the code with the functions and classes blanked that hold no gate word, nor a call of one that dispatches.

    Blanking keeps every offset and every line, so the result has the identity map; what is left is all that can hold
    a dispatch or a comment that matters, with every module-level statement around it.
    """
    _, words = gate(settings)
    lines = Lines(code)
    edits: list[Edit] = []
    blanked: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef] = []
    rows = Counter(row for node in tree.body for row in {node.lineno, node.end_lineno})
    calling = _calling(tree, settings, helpers)
    for node in tree.body:
        if not isinstance(node, _NAMED) or node.name in calling:
            continue
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        span = Span(lines.span(first).start, lines.span(node.end_lineno or node.lineno).end)
        text = code[span.start : span.end]
        if not words.search(text) and rows[node.lineno] == rows[node.end_lineno] == 1:
            edits.append(Edit(span, re.sub(r"[^\r\n]", " ", text)))
            blanked.append(node)
    inside = [inner for node in blanked for inner in ast.walk(node)]
    outer = {name for node in inside if isinstance(node, (ast.Global, ast.Nonlocal)) for name in node.names}
    named = {node.id for node in inside if isinstance(node, ast.Name)}
    return Masked(
        apply(code, edits), frozenset(one.name for one in blanked), frozenset(named | outer), frozenset(outer)
    )


_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _calling(tree: ast.Module, settings: Settings, helpers: frozenset[str]) -> set[str]:
    """Return the functions and classes of a module that name a function that dispatches, directly or through others.

    `helpers` are names from other files of which that is known.
    """
    named = [node for node in tree.body if isinstance(node, _NAMED)]
    mentions: dict[str, list[str]] = {}
    for node in named:
        for name in {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}:
            mentions.setdefault(name, []).append(node.name)
    pending = [node.name for node in named if not isinstance(node, ast.ClassDef) and may_dispatch(node, settings)]
    pending += helpers
    found: set[str] = set()
    while pending:
        for name in mentions.get(pending.pop(), ()):
            if name not in found:
                found.add(name)
                pending.append(name)
    return found
