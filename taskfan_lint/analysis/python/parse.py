"""Python code to a LibCST tree with positions, guarded against what kills the parser."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields

import libcst as cst

from taskfan_lint.analysis.python.kept import Kept
from taskfan_lint.analysis.python.offsets import offsets
from taskfan_lint.analysis.reading import Unparsable
from taskfan_lint.edit import NEWLINE, Lines, Span

MAX_DEPTH = 150  # nested brackets; LibCST's native parser dies at 2,000, its visitors need 5 Python frames a level
MAX_TREE_DEPTH = 300
MAX_OPERATORS = 1_500  # in one logical line; the native parser dies at 8,000 terms

_TOKEN = re.compile(
    r"#[^\r\n]*"
    r"|[rRbBuUfFtT]{0,2}(?:'''(?:[^\\']|\\.|'(?!''))*(?:'''|\Z)|\"\"\"(?:[^\\\"]|\\.|\"(?!\"\"))*(?:\"\"\"|\Z)"
    r"|'(?:[^\\'\r\n]|\\.)*'?|\"(?:[^\\\"\r\n]|\\.)*\"?)"
    r"|[()\[\]{}]|\w+|[-+*/%|&^<>=.!~@]+|[\r\n]+",
    re.DOTALL,
)


class Source:
    """A parsed module and the offsets of its nodes."""

    def __init__(self, code: str, module: cst.Module, spans: Mapping[cst.CSTNode, tuple[int, int]], kept: Kept) -> None:
        self.code = code
        self.lines = Lines(code)
        self.module = module
        self._spans = spans
        self._lifted = kept.span if kept.has_gaps else Span

    def span(self, node: cst.CSTNode) -> Span:
        """Return the span of a node without its own parentheses."""
        return self._lifted(*self._spans[node])

    def outer(self, node: cst.BaseExpression) -> Span:
        """Return the span of an expression with its own parentheses."""
        span = self.span(node)
        if not node.lpar:
            return span
        return Span(self.span(node.lpar[0]).start, self.span(node.rpar[-1]).end)

    def text(self, node: cst.CSTNode) -> str:
        """Return the source of a node without its own parentheses."""
        span = self.span(node)
        return self.code[span.start : span.end]


def syntax_tree(code: str) -> ast.Module:
    """Return the standard library's tree of the code; raises Unparsable for what is too deep or no Python."""
    _limit_nesting(code)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = compile(
                code, "<code>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True
            )
    except SyntaxError as error:
        raise Unparsable(error.lineno or 1, error.msg.replace("\n", " ")) from error
    except (RecursionError, MemoryError) as error:
        raise Unparsable(1, "nested too deeply to be analysed", deep=True) from error
    except ValueError as error:
        raise Unparsable(1, str(error)) from error
    assert isinstance(tree, ast.Module)
    return tree


def parse(code: str, gaps: Sequence[Span] = ()) -> Source:
    """Return the LibCST tree of code that `syntax_tree` accepted, or that is newer than this interpreter.

    LibCST, which makes several nodes of each line, does not see the gaps: blank lines between statements. Raises
    Unparsable where it refuses the code too, or does not give it back unchanged.
    """
    kept = Kept(code, gaps)
    read = _trimmed(kept.code)
    _limit_nesting(read)
    try:
        module = cst.parse_module(read)
    except cst.ParserSyntaxError as error:
        row = Lines(code).position(kept.start(Lines(read).offset(error.editor_line, 1)))[0]
        raise Unparsable(row, "cannot be analysed") from error
    except (RecursionError, UnicodeError, cst.CSTValidationError) as error:
        raise Unparsable(1, "cannot be analysed", deep=True) from error
    with deep_recursion():
        written, spans = offsets(module)
    if written != read:
        raise Unparsable(1, "cannot be analysed without changing it", deep=True)
    return Source(_trimmed(code), module, spans, kept)


def _trimmed(code: str) -> str:
    """Return the code without what LibCST 1.9 loses at its end: white space of blank lines, and a lone `\\r`."""
    end = NEWLINE.search(code, len(code.rstrip(" \t\f\r\n")))
    return code[: end.end()].removesuffix("\r") if end else code


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Allow the recursion that visiting a tree of the greatest permitted depth needs."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 20 * MAX_TREE_DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def _limit_nesting(code: str) -> None:
    """Raise Unparsable for brackets or operator chains that the native parser does not survive."""
    if _is_shallow(code):
        return
    depth = operators = 0
    for token in _TOKEN.finditer(code):
        first = token[0][0]
        if first in "([{":
            depth += 1
            if depth > MAX_DEPTH:
                row = len(Lines(code[: token.start()]))
                raise Unparsable(row, f"more than {MAX_DEPTH} nested brackets", deep=True)
        elif first in ")]}":
            depth = max(0, depth - 1)
        elif first in "\r\n":
            operators = operators if depth else 0
        elif first in "-+*/%|&^<>=.!~@" or token[0] in {"and", "or", "not", "if", "else", "lambda", "await"}:
            operators += 1
            if operators > MAX_OPERATORS:
                row = len(Lines(code[: token.start()]))
                raise Unparsable(row, f"more than {MAX_OPERATORS} operators in one statement", deep=True)


_OPERATOR = re.compile(r"[-+*/%|&^<>=.!~@]+|\b(?:and|or|not|if|else|lambda|await)\b")
_TOP = re.compile(r"[\r\n](?=[^\s)\]}])")


def _is_shallow(code: str) -> bool:
    """Tell at a glance whether no statement comes near the limits, which is so for nearly all code.

    The code is cut before each line that starts at its margin, so a piece holds no more than one statement, unless it
    is a line of a string.
    """
    return all(_is_flat(piece) for piece in _TOP.split(code))


def _is_flat(piece: str) -> bool:
    """Tell whether code is too short to reach the limits, or has too few brackets and operators for them."""
    if len(piece) <= MAX_DEPTH:
        return True
    if sum(map(piece.count, "([{")) > MAX_DEPTH:
        return False
    return len(piece) <= MAX_OPERATORS or len(_OPERATOR.findall(piece)) <= MAX_OPERATORS


def limit_depth(tree: ast.Module) -> None:
    """Raise Unparsable where the tree is deeper than visiting it allows."""
    level: list[ast.AST] = [tree]
    for _ in range(MAX_TREE_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    row = next((node.lineno for node in level if isinstance(node, (ast.expr, ast.stmt))), 1)
    raise Unparsable(row, f"nested more than {MAX_TREE_DEPTH} levels deep", deep=True)


def walk(module: cst.Module, visitors: Iterable[cst.CSTVisitor]) -> None:
    """Show every node of a tree to each visitor, in order of place.

    `CSTNode.visit` builds each node anew, even for a visitor that changes nothing, which costs ten times as much as
    looking at it; what a visitor's methods return does not matter here.
    """
    stack: list[cst.CSTNode] = [module]
    methods: dict[type[cst.CSTNode], list[Callable[[cst.CSTNode], object]]] = {}
    names: dict[type[cst.CSTNode], tuple[str, ...]] = {}
    plain = {str, type(None), cst.MaybeSentinel}  # asking whether one is a node takes longer
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind not in methods:
            found = [getattr(visitor, f"visit_{kind.__name__}", None) for visitor in visitors]
            methods[kind] = [method for method in found if method]
            names[kind] = tuple(reversed([one.name for one in fields(node)]))
        for method in methods[kind]:
            method(node)
        for name in names[kind]:
            value = getattr(node, name)
            if value.__class__ in plain:
                continue
            if isinstance(value, (list, tuple)):
                stack += [one for one in reversed(value) if isinstance(one, cst.CSTNode)]
            elif isinstance(value, cst.CSTNode):
                stack.append(value)
