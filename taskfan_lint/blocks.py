"""The blocks of a Markdown text that matter here: fences and headings, with the exact borders of a fence's code."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from taskfan_lint.edit import NEWLINE, Lines

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock

_MATTER = re.compile(r"---[ \t]*$")
_MATTER_END = re.compile(r"(?:---|\.\.\.)[ \t]*$")
_MATTER_KEY = re.compile(r"[\w.\"'-]+[ \t]*:(?:\s|$)")


@dataclass(frozen=True)
class Fence:
    """A fence: the row that opens it, its info string and opening marks, the rows below that belong to it.

    `cuts` holds, for each row of code and for the closing row, how many code points of it are the container's
    (list indentation, block quote marks, the fence's own indentation); a tab that is the container's only in part is
    the code's. Rows count from 1.
    """

    row: int
    info: str
    marks: str
    closed: bool
    cuts: tuple[int, ...]

    @property
    def rows(self) -> range:
        """All rows of the fence, the opening and the closing one included."""
        return range(self.row, self.row + len(self.cuts) + 1)


@dataclass(frozen=True)
class Blocks:
    """The fences and the headings (row and text) of a text, in order, and the rows that are no content or a heading."""

    fences: tuple[Fence, ...]
    headings: tuple[tuple[int, str], ...]
    apart: frozenset[int] = frozenset()


def blocks(text: str) -> Blocks:
    """Return the fences and headings of a text, as CommonMark reads it but for HTML.

    A tag on a line of its own doesn't hide the fences behind it, since the reader of a prompt sees no HTML; only a
    comment does, and only if it ends. YAML front matter is no content.
    """
    skipped = _front_matter(text)
    body = text[Lines(text).starts[skipped] :] if skipped else text
    tokens = _parser().parse(body, {"last comment end": body.rfind("-->")})
    fences = []
    headings = []
    apart = set(range(1, skipped + 1))
    for index, token in enumerate(tokens):
        row = (token.map[0] if token.map else 0) + skipped + 1
        if token.type == "fence":
            fences.append(Fence(row, token.info, token.markup, token.meta["closed"], token.meta["cuts"]))
        elif token.type == "heading_open":
            headings.append((row, tokens[index + 1].content))
        if token.type in ("heading_open", "html_block") and token.map:
            apart.update(range(row, token.map[1] + skipped + 1))
    return Blocks(tuple(fences), tuple(headings), frozenset(apart))


def _front_matter(text: str) -> int:
    """Return how many rows of YAML front matter a text starts with."""
    rows = NEWLINE.split(text) if text.startswith("---") else [""]
    if not _MATTER.match(rows[0]):
        return 0
    key = next((row for row in rows[1:] if row.strip() and not row.startswith("#")), "")
    if not _MATTER_KEY.match(key) and not _MATTER_END.match(key):  # a thematic break
        return 0
    end = next((index for index, row in enumerate(rows[1:], 1) if _MATTER_END.match(row)), None)
    return 0 if end is None else min(end + 1, len(rows) - 1)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # lazy: only where a document can hold a dispatch

    parser = MarkdownIt("commonmark")
    parser.core.ruler.enableOnly(["normalize", "block"])
    parser.block.ruler.disable("reference")
    parser.block.ruler.at("fence", _fence, {"alt": ["paragraph", "blockquote", "list"]})
    parser.block.ruler.at("html_block", _comment, {"alt": ["paragraph", "blockquote"]})
    return parser


def _fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a fence as markdown-it does, and note where the code of each of its rows starts."""
    from markdown_it.rules_block import fence

    if not fence(state, start, end, silent):
        return False
    if not silent:
        indent = state.sCount[start]
        meta: MutableMapping[str, Any] = state.tokens[-1].meta
        meta["closed"] = _is_closed(state, start)
        meta["cuts"] = tuple(_cut(state, row, indent) for row in range(start + 1, state.line))
    return True


def _is_closed(state: StateBlock, start: int) -> bool:
    """Tell whether the last row of the fence just read is its closing row: if it could be, it was."""
    last = state.line - 1
    if last == start or state.is_code_block(last) or state.sCount[last] < state.blkIndent:
        return False
    marks = state.tokens[-1].markup
    text = state.src[state.bMarks[last] + state.tShift[last] : state.eMarks[last]].rstrip(" \t")
    return len(text) >= len(marks) and set(text) == {marks[0]}


def _cut(state: StateBlock, row: int, indent: int) -> int:
    """Return how many code points of a row stand before its code, the way StateBlock.getLines takes them off."""
    start = position = state.bMarks[row]
    column = 0
    while position < state.eMarks[row] and column < indent:
        char = state.src[position]
        if char == "\t":
            column += 4 - (column + state.bsCount[row]) % 4
        elif char == " " or position - start < state.tShift[row]:
            column += 1
        else:
            break
        position += 1
    if column > indent:  # a tab that reaches into the code: getLines makes spaces of the rest, which have no offset
        position -= 1
    return position - (state.src.rfind("\n", 0, start) + 1)


def _comment(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read an HTML comment as a block that holds no other blocks."""
    position = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not state.src.startswith("<!--", position):
        return False
    if position > state.env["last comment end"]:  # or each of many comments left open would be sought to the end
        return False
    close = state.src.find("-->", position + 2)
    if close < 0:
        return False
    if not silent:
        row = start
        while row + 1 < end and state.eMarks[row] < close:
            row += 1
        state.line = row + 1
        token = state.push("html_block", "", 0)
        token.map = [start, state.line]
    return True
