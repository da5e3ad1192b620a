"""Gates in front of LibCST: does a file hold a dispatch at all, and which of its top-level statements do."""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple
from unicodedata import normalize

from taskfan_lint.analysis.reading import Reading
from taskfan_lint.edit import Edit, Lines, Span, apply
from taskfan_lint.gates import text_gate
from taskfan_lint.profile import AGENT_KEYWORDS, BUILT_IN_NAMES
from taskfan_lint.settings import Settings
from taskfan_lint.source import newline_of

_WORD = re.compile(r"[^\W\d]\w*")
NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Part:
    """A top-level statement, its whole lines with those of its decorators, and the words in them.

    `rows` are its first row, without decorators, and its last; `name` is that of a function or class, else empty.
    """

    def __init__(self, node: ast.stmt, code: str, lines: Lines) -> None:
        decorators = node.decorator_list if isinstance(node, NAMED) else []
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        self.rows = node.lineno, node.end_lineno or node.lineno
        self.name = node.name if isinstance(node, NAMED) else ""
        self.is_class = isinstance(node, ast.ClassDef)
        self.span = Span(lines.span(first).start, lines.span(self.rows[1]).end)
        self.text = code[self.span.start : self.span.end]
        self.alone = False  # on its lines
        self._node: ast.AST | None = node

    @cached_property
    def words(self) -> frozenset[str]:
        """The words in the text, names in it as the parser reads them."""
        return words_of(self.text)

    @property
    def node(self) -> ast.AST:
        """The tree of the statement; made anew where it was forgotten, of its whole lines."""
        return self._node or _tree(self.text)

    def forget(self) -> Part:
        """Return this part without its tree, which takes a hundred times the room of its text."""
        self._node = None
        return self

    @property
    def names(self) -> frozenset[str]:
        """The names that the code reads or binds, of which each is a word of it."""
        return _names(self.text) if self._node is None else _names_in(self._node)

    @property
    def free(self) -> frozenset[str]:
        """The names of the module that the functions in the code read."""
        return _free(self.text)


# A file is read several times, by each pass of its fixes and while it is edited, and most of its functions stay.
_remembered = lru_cache(maxsize=1024)


def words_of(text: str) -> frozenset[str]:
    """Return the words of code, names in it as the parser reads them."""
    return frozenset(_WORD.findall(text if text.isascii() else normalize("NFKC", text)))


def _tree(text: str) -> ast.Module:
    with warnings.catch_warnings():  # of escapes in strings, for one
        warnings.simplefilter("ignore")
        tree = compile(text, "<code>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    return tree


@_remembered
def _names(text: str) -> frozenset[str]:
    return _names_in(_tree(text))


def _names_in(tree: ast.AST) -> frozenset[str]:
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
    found = [Part(node, code, lines) for node in tree.body]
    rows = Counter(row for part in found for row in set(part.rows))
    for part in found:
        part.alone = rows[part.rows[0]] == rows[part.rows[1]] == 1
    return found


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
    return dispatches(part.node, settings)


def dispatches(tree: ast.AST, settings: Settings) -> bool:
    """Tell whether a tree holds a call that may be a dispatch."""
    configured = {name.rpartition(".")[2] for name in settings.dispatch_names}
    imported = bool(settings.dispatch_modules)
    for node in nodes(tree):
        if isinstance(node, ast.Call):
            name = last_name(node.func)
            if name in configured or (imported and name) or (name in BUILT_IN_NAMES and _names_agent(node)):
                return True
    return False


def last_name(function: ast.expr) -> str:
    """Return the name that is called, the last one of a chain of attributes, "" for any other function."""
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _names_agent(call: ast.Call) -> bool:
    """Tell whether a call has an agent's keyword, as its own or as a key of an argument that is a dict, with stars too.

    A name that is such a key counts as well, as it does where the call is read.
    """
    keys: set[object] = {keyword.arg for keyword in call.keywords}
    values = [one.value if isinstance(one, ast.Starred) else one for one in call.args]
    for value in (*values, *(keyword.value for keyword in call.keywords if keyword.arg is None)):
        match value:
            case ast.Dict():
                keys |= {key.value for key in value.keys if isinstance(key, ast.Constant)}
                keys |= {key.id for key in value.keys if isinstance(key, ast.Name)}
            case ast.Call(func=ast.Name(id="dict")):
                keys |= {keyword.arg for keyword in value.keywords}
    return bool(keys & AGENT_KEYWORDS)


class Masked(NamedTuple):
    """Code with functions and classes blanked: what these define and name, what of the module they read or share.

    `gaps` are the lines that are blank for that.
    """

    code: str
    gaps: tuple[Span, ...]
    defined: frozenset[str]
    named: Container[str]
    free: frozenset[str]
    outer: frozenset[str]


class _Named:
    """The names that functions read or bind, with some others: hardly any is ever asked about."""

    def __init__(self, parts: Sequence[Part], others: frozenset[str]) -> None:
        self._parts = parts
        self._others = others

    def __contains__(self, name: object) -> bool:
        return name in self._others or any(name in part.words and name in part.names for part in self._parts)


def imported_helpers(tree: ast.AST, reading: Reading) -> frozenset[str]:
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


def idle(every: list[Part], settings: Settings, helpers: frozenset[str]) -> list[Part]:
    """Return the functions and classes that hold no gate word, nor a call of one that dispatches."""
    passes, calling = text_gate(settings), _calling(every, settings, helpers)
    return [part for part in every if part.name and part.name not in calling and part.alone and not passes(part.text)]


def mask(code: str, every: list[Part], settings: Settings, helpers: frozenset[str] = frozenset()) -> Masked:
    """Return the code with the functions and classes blanked that hold no gate word, nor a call of one that dispatches.

    Blanking keeps every offset, so the result has the identity map; what is left is all that can hold a dispatch or a
    comment that matters, with every module-level statement around it.
    """
    blanked = idle(every, settings, helpers)
    outer = declared(blanked)
    outside = _dispatches_outside(every, blanked, text_gate(settings), helpers)
    return Masked(
        apply(code, [Edit(part.span, _blank(part.text)) for part in blanked]),
        tuple(_gaps(code, every, blanked)),
        frozenset(part.name for part in blanked),
        _Named([part.forget() for part in blanked], outer),
        frozenset().union(*(part.free for part in blanked)) if outside else frozenset(),
        outer,
    )


def _gaps(code: str, every: list[Part], blanked: list[Part]) -> Iterator[Span]:
    """Yield the lines of what is blanked, with the blank ones up to the next statement.

    Those that a line before them is continued in stay.
    """
    gone = {id(part) for part in blanked}
    starts = [*(part.span.start for part in every[1:]), len(code)]
    for part, following in zip(every, starts, strict=False):
        if id(part) in gone and not code[max(0, part.span.start - 3) : part.span.start].rstrip("\r\n").endswith("\\"):
            between = code[part.span.end : following]
            yield Span(part.span.start, part.span.end if between.strip(" \t\r\n") else following)


def declared(blanked: list[Part]) -> frozenset[str]:
    """Return the names that functions declare to be of a scope around them."""
    inside = [part for part in blanked if not part.words.isdisjoint(("global", "nonlocal"))]
    found = [node for part in inside for node in nodes(part.node) if isinstance(node, (ast.Global, ast.Nonlocal))]
    return frozenset(name for node in found for name in node.names)


def _dispatches_outside(
    every: list[Part], blanked: list[Part], passes: Callable[[str], bool], helpers: frozenset[str]
) -> bool:
    """Tell whether the module's own statements may dispatch; only then does it matter what functions read from it."""
    kept = ({part.name for part in every if part.name} | helpers) - {part.name for part in blanked}
    own = (part for part in every if not part.name)
    return any(passes(part.text) or not part.words.isdisjoint(kept) for part in own)


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
    names = helpers | {part.name for part in every}
    for part in every:
        if part.name:
            for word in part.words & names:
                mentions.setdefault(word, []).append(part)
            if not part.is_class and may_dispatch(part, settings):
                pending.append(part.name)
    found: set[str] = set()
    while pending:
        name = pending.pop()
        for part in mentions.pop(name, ()):
            if part.name not in found and name in part.names:
                found.add(part.name)
                pending.append(part.name)
    return found
