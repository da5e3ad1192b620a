"""Gates in front of LibCST: does a file hold a dispatch at all, and which of its top-level statements do."""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from taskfan_lint.analysis.reading import Reading
from taskfan_lint.edit import Edit, Lines, Span, apply
from taskfan_lint.profile import AGENT_KEYWORDS, BUILT_IN_NAMES, gate
from taskfan_lint.settings import Settings
from taskfan_lint.source import newline_of

_WORD = re.compile(r"[^\W\d]\w*")
_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Part:
    """A top-level statement, its whole lines with those of its decorators, and the words in them."""

    def __init__(self, node: ast.stmt, code: str, lines: Lines) -> None:
        decorators = node.decorator_list if isinstance(node, _NAMED) else []
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        self.node = node
        self.span = Span(lines.span(first).start, lines.span(node.end_lineno or node.lineno).end)
        self.text = code[self.span.start : self.span.end]
        plain = self.text if self.text.isascii() else normalize("NFKC", self.text)  # as the parser reads names
        self.words = frozenset(_WORD.findall(plain))

    @property
    def names(self) -> frozenset[str]:
        """The names that the code reads or binds, of which each is a word of it."""
        return _names(self.text)

    @property
    def free(self) -> frozenset[str]:
        """The names of the module that the functions in the code read."""
        return _free(self.text)


# A file is read several times, by each pass of its fixes and while it is edited, and most of its functions stay.
_remembered = lru_cache(maxsize=1024)


@_remembered
def _names(text: str) -> frozenset[str]:
    with warnings.catch_warnings():  # of escapes in strings, for one
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    return frozenset(node.id for node in nodes(tree) if isinstance(node, ast.Name))


@_remembered
def _free(text: str) -> frozenset[str]:
    import symtable  # lazy: only where something is blanked

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tables = [symtable.symtable(text, "<code>", "exec")]
    except SyntaxError:  # what only a compiler refuses, such as a name that is global and a parameter
        return _names(text)
    found: set[str] = set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        if table.get_type() != "module":
            found |= {one.get_name() for one in table.get_symbols() if one.is_global() and one.is_referenced()}
    return frozenset(found)


def parts(code: str, tree: ast.Module) -> list[Part]:
    """Return the top-level statements of a module in order."""
    lines = Lines(code)
    return [Part(node, code, lines) for node in tree.body]


def nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield every node of a tree but the marks of context; three times as fast as `ast.walk`."""
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        for value in node.__dict__.values():
            if value.__class__ is list:
                stack += [one for one in value if isinstance(one, ast.AST)]
            elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                stack.append(value)


def may_dispatch(part: Part, settings: Settings) -> bool:
    """Tell whether code can hold a dispatch: a call by a configured name, or by a known one with an agent.

    Names imported from `dispatch-modules` need no agent keyword.
    """
    configured = {name.rpartition(".")[2] for name in settings.dispatch_names}
    imported = bool(settings.dispatch_modules)
    if not imported and part.words.isdisjoint(configured) and not part.words & AGENT_KEYWORDS:
        return False  # a key of an object is a word too, as it is a call's keyword or a string's text
    for node in nodes(part.node):
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
    """Code with functions and classes blanked: what these define and name, what of the module they read or share."""

    code: str
    defined: frozenset[str]
    named: frozenset[str]
    free: frozenset[str]
    outer: frozenset[str]


def imported_helpers(tree: ast.Module, reading: Reading) -> frozenset[str]:
    """Return the names under which a file imports functions of other files that dispatch, or modules that hold some."""
    if not reading.index.files:
        return frozenset()
    found: set[str] = set()
    for node in nodes(tree):
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


def mask(code: str, every: list[Part], settings: Settings, helpers: frozenset[str] = frozenset()) -> Masked:
    """Return the code with the functions and classes blanked that hold no gate word, nor a call of one that dispatches.

    Blanking keeps every offset, so the result has the identity map; what is left is all that can hold a dispatch or a
    comment that matters, with every module-level statement around it. What is blanked becomes one line, as LibCST
    makes several nodes of each.
    """
    _, words = gate(settings)
    rows = Counter(row for part in every for row in {part.node.lineno, part.node.end_lineno})
    calling = _calling(every, settings, helpers)
    blanked = [
        part
        for part in every
        if isinstance(part.node, _NAMED)
        and part.node.name not in calling
        and rows[part.node.lineno] == rows[part.node.end_lineno] == 1
        and not words.search(part.text)
    ]
    inside = [part for part in blanked if not part.words.isdisjoint(("global", "nonlocal"))]
    declared = [node for part in inside for node in nodes(part.node) if isinstance(node, (ast.Global, ast.Nonlocal))]
    outer = frozenset(name for node in declared for name in node.names)
    outside = _dispatches_outside(every, blanked, words, helpers)
    return Masked(
        apply(code, [Edit(part.span, _blank(part.text)) for part in blanked]),
        frozenset(part.node.name for part in blanked if isinstance(part.node, _NAMED)),
        outer.union(*(part.names for part in blanked)),
        frozenset().union(*(part.free for part in blanked)) if outside else frozenset(),
        outer,
    )


def _dispatches_outside(
    every: list[Part], blanked: list[Part], words: re.Pattern[str], helpers: frozenset[str]
) -> bool:
    """Tell whether the module's own statements may dispatch; only then does it matter what functions read from it."""
    kept = {part.node.name for part in every if isinstance(part.node, _NAMED)} | helpers
    kept -= {part.node.name for part in blanked if isinstance(part.node, _NAMED)}
    own = (part for part in every if not isinstance(part.node, _NAMED))
    return any(words.search(part.text) or not part.words.isdisjoint(kept) for part in own)


def _blank(text: str) -> str:
    """Return white space of the length of some lines, that ends as their last one."""
    body = text.rstrip("\r\n")
    end = newline_of(text[len(body) :]) if len(body) < len(text) else ""
    return " " * (len(text) - len(end)) + end


def _calling(every: list[Part], settings: Settings, helpers: frozenset[str]) -> set[str]:
    """Return the functions and classes of a module that name a function that dispatches, directly or through others.

    `helpers` are names from other files of which that is known.
    """
    mentions: dict[str, list[Part]] = {}
    pending = [*helpers]
    for part in every:
        if isinstance(part.node, _NAMED):
            for word in part.words:
                mentions.setdefault(word, []).append(part)
            if not isinstance(part.node, ast.ClassDef) and may_dispatch(part, settings):
                pending.append(part.node.name)
    found: set[str] = set()
    while pending:
        name = pending.pop()
        for part in mentions.pop(name, ()):
            assert isinstance(part.node, _NAMED)
            if part.node.name not in found and name in part.names:
                found.add(part.node.name)
                pending.append(part.node.name)
    return found
