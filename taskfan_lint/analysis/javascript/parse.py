"""JavaScript and TypeScript code to a tree-sitter tree whose offsets are code points."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser, Tree

from taskfan_lint.analysis.reading import Unparsable
from taskfan_lint.edit import Lines, Span

MAX_DEPTH = 300  # levels of the tree: a nested call takes two of them, so 150 brackets
MAX_OPEN = 500  # comments left open: the parser seeks the end of each anew
MAX_INDENT = 400  # code points of a line that are looked at: those of minified code are as long as the file
GRAMMARS = {"tsx": tree_sitter_typescript.language_tsx, "typescript": tree_sitter_typescript.language_typescript}
WRAPPERS = frozenset({"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"})

PATIENCE = 1000
CHUNK = 1 << 16
_ODD = re.compile(r"[^\x01-\x7f]")  # a NUL ends what the parser reads


class Source:
    """A parsed snippet: its code as written, and the tree of the code as it was read."""

    def __init__(self, code: str, root: Node, written: str | None = None) -> None:
        self.code = code if written is None else written
        self.lines = Lines(self.code)
        self.root = root

    def span(self, node: Node) -> Span:
        return Span(node.start_byte, node.end_byte)

    def text(self, node: Node) -> str:
        return self.code[node.start_byte : node.end_byte]

    def leads(self, offset: int) -> bool:
        """Tell whether only white space stands before an offset on its line."""
        start = self.lines.start_of_line(offset)
        return offset - start <= MAX_INDENT and not self.code[start:offset].strip()

    def trailing(self, offset: int) -> str:
        """Return what follows an offset on its line, without white space around it, as far as it matters."""
        return self.code[offset : min(self.lines.end_of_line(offset), offset + MAX_INDENT)].strip()


@cache
def _parser(dialect: str) -> Parser:
    return Parser(Language(GRAMMARS[dialect]()))


def _narrow(found: re.Match[str]) -> str:
    """Return one ASCII character that the grammar reads as it would read this one."""
    if ("a" + found[0]).isidentifier():
        return "x"
    return " " if found[0].isspace() or found[0] == "\ufeff" else "\x01"


def parse(code: str, dialect: str, written: str | None = None) -> Source:
    """Return the tree of code without syntax errors; `written` is the original of repaired code.

    tree-sitter counts bytes. Each character outside of ASCII, and a NUL, is parsed as one ASCII character of its kind,
    so that its offsets are code points. Raises Unparsable.
    """
    if code.rpartition("*/")[2].count("/*") > MAX_OPEN:
        raise Unparsable(1, "too many comments that do not end", deep=True)
    root = _tree(_ODD.sub(_narrow, code).encode("ascii"), dialect).root_node
    if root.has_error:
        raise Unparsable(_error_row(root), "not valid JavaScript")
    _limit_depth(root)
    return Source(code, root, written)


def _tree(code: bytes, dialect: str) -> Tree:
    """Return the tree of code; raises Unparsable where the parser, which weighs ways out of an error, finds no end.

    It tells of its progress every so many steps: once for 20 to 60 bytes of sound code.
    """
    parser, left = _parser(dialect), PATIENCE + len(code) // 8

    def is_lost(offset: int, has_error: bool) -> bool:
        nonlocal left
        left -= 1
        return left < 0

    try:
        return parser.parse(lambda offset, point: code[offset : offset + CHUNK], progress_callback=is_lost)
    except ValueError as error:
        parser.reset()
        raise Unparsable(1, "takes too long to parse", deep=True) from error


def _error_row(root: Node) -> int:
    """Return the row of the first error of a tree, counted from 1."""
    node = root
    while not node.is_error and not node.is_missing:
        inner = next((child for child in node.children if child.has_error or child.is_missing), None)
        if inner is None:
            break
        node = inner
    return node.start_point.row + 1


def _limit_depth(root: Node) -> None:
    for node, depth in levels(root):
        if depth > MAX_DEPTH:
            row = node.start_point.row + 1
            raise Unparsable(row, f"nested more than {MAX_DEPTH} levels deep", deep=True)


def levels(root: Node) -> Iterator[tuple[Node, int]]:
    """Yield every node at or below `root` in order of place, each with its depth; needs no recursion."""
    cursor = root.walk()
    depth = 0
    while cursor.node is not None:
        yield cursor.node, depth
        if cursor.goto_first_child():
            depth += 1
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            depth -= 1


def walk(root: Node) -> Iterator[Node]:
    """Yield every node at or below `root` in order of place."""
    return (node for node, _ in levels(root))


def child(node: Node, field: str) -> Node | None:
    """Return the child in a field."""
    return node.child_by_field_name(field)


def parts(node: Node) -> list[Node]:
    """Return the named children, comments left out."""
    return [one for one in node.named_children if one.type != "comment"]


def unwrap(node: Node) -> Node:
    """Return an expression without parentheses and type assertions around it."""
    while node.type in WRAPPERS and parts(node):
        node = parts(node)[0]
    return node


def function_of(call: Node) -> Node | None:
    """Return the function of a call; the grammar takes `await f<T>(x)` for a call of `await f`."""
    function = child(call, "function")
    return parts(function)[0] if function is not None and awaits_first(call) else function


def awaits_first(call: Node) -> bool:
    """Tell whether a call is one whose `await` the grammar has put inside of its function."""
    function = child(call, "function")
    return function is not None and function.type == "await_expression" and child(call, "type_arguments") is not None


def has_word(node: Node, word: str) -> bool:
    """Tell whether a keyword such as `async` is a child of a node."""
    return any(one.type == word for one in node.children)


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Allow the recursion that reading a tree of the greatest permitted depth needs."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 20 * MAX_DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
