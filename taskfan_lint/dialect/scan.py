"""Strings, brackets and calls in text that need not be any language: string-aware, tolerant, linear."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_CALL = 12_000  # code points that one call may span
MAX_QUOTES = 64  # quotes that a string may hold before its own end is given up
MAX_UNCLOSED = 50  # calls without an end, after which a text is no code

_TRIPLE = re.compile(r'"""|\'\'\'')
_AFTER_STRING = re.compile(r"[ \t]*(?:[,)\]};:+]|\r|\n|$|//|#|→|->|\.\w+\()")
_COMMENT = re.compile(r"(?<![:\w])//[^\r\n]*|(?<![\w&])#(?!\d)[^\r\n]*|/\*.{0,4000}?\*/|<!--.{0,4000}?-->", re.DOTALL)
_HIDDEN = re.compile(rf"{_COMMENT.pattern}|\"\"\".*?\"\"\"|'''.*?'''|\"[^\"\r\n]*\"|`[^`\r\n]*`", re.DOTALL)
_NEXT = re.compile(r"[()\[\]{}\"'`]|//|#|/\*|<!--")
CLOSING = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True)
class Call:
    """A call found in text: its name, and the offsets of the name, the opening bracket, and behind the closing one."""

    name: str
    start: int
    opening: int
    end: int


def string_end(text: str, start: int) -> int:
    """Return the offset behind the string that opens at `start`.

    A single quote may hold line ends and quotes of its own kind, as people write prompts: it closes at the first one
    behind which an argument can end. Where none does, the string ends with its line.
    """
    if triple := _TRIPLE.match(text, start):
        end = text.find(triple[0], start + 3)
        return len(text) if end < 0 else end + 3
    quote, position, first = text[start], start + 1, -1
    for _ in range(MAX_QUOTES):
        position = text.find(quote, position, start + MAX_CALL)
        if position < 0:
            break
        if text[position - 1] != "\\" or text[position - 2 : position] == "\\\\":
            if _AFTER_STRING.match(text, position + 1):
                return position + 1
            first = position if first < 0 else first
        position += 1
    if first >= 0:
        return first + 1
    line = re.compile(r"[\r\n]|$").search(text, start)
    return line.start() if line else len(text)


def opens_string(text: str, offset: int) -> bool:
    """Tell whether the quote at an offset opens a string: an apostrophe inside of a word does not."""
    if text[offset] != "'":
        return True
    return not (offset and (text[offset - 1].isalnum() or text[offset - 1] == ")"))


def marks(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Yield the brackets between two offsets with their places, what stands in strings and comments left out."""
    position = start
    while found := _NEXT.search(text, position, end):
        token = found[0]
        position = found.end()
        if token in "\"'`":
            if opens_string(text, found.start()):
                position = string_end(text, found.start())
        elif token in "()[]{}":
            yield found.start(), token
        elif comment := _COMMENT.match(text, found.start()):
            position = comment.end()


def closing(text: str, opening: int) -> int | None:
    """Return the offset behind the bracket that closes the one at `opening`, None where none does."""
    depth = 0
    for offset, token in marks(text, opening, min(len(text), opening + MAX_CALL)):
        depth += 1 if token in "([{" else -1
        if depth == 0:
            return offset + 1
    return None


def calls(text: str, names: Iterable[str]) -> tuple[list[Call], list[int]]:
    """Return the calls of these names in order, and the offsets of those that nothing closes.

    Calls inside of others, in strings and in comments are left out.
    """
    pattern = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, sorted(names, reverse=True)))})[ \t]*\(")
    found: list[Call] = []
    open_ones: list[int] = []
    hidden = list(_hidden(text))
    position = index = 0
    while match := pattern.search(text, position):
        position = match.end()
        while index < len(hidden) and hidden[index][1] <= match.start():
            index += 1
        if index < len(hidden) and hidden[index][0] <= match.start():
            continue
        end = closing(text, match.end() - 1)
        if end is None:
            open_ones.append(match.start())
            if len(open_ones) > MAX_UNCLOSED:
                break
        else:
            found.append(Call(match[0][:-1].rstrip(), match.start(), match.end() - 1, end))
            position = end
    return found, open_ones


def _hidden(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of comments, and of strings that close on their line or are triple-quoted."""
    for found in _HIDDEN.finditer(text):
        yield found.span()


def pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans between the top-level commas of a bracket's content."""
    cuts = [start]
    depth = 0
    position = start
    for offset, token in [*marks(text, start, end), (end, "")]:
        if depth == 0:
            cuts += _commas(text, position, offset)
        depth += (token in CLOSING.values()) - (token in CLOSING) if token else 0
        position = offset + 1
    return [(cut + (i > 0), after) for i, (cut, after) in enumerate(zip(cuts, [*cuts[1:], end], strict=True))]


def _commas(text: str, start: int, end: int) -> Iterator[int]:
    position = start
    while position < end:
        token = re.compile(r"[,\"'`]|//|#|/\*|<!--").search(text, position, end)
        if not token:
            return
        position = token.end()
        if token[0] == ",":
            yield token.start()
        elif token[0] in "\"'`":
            if opens_string(text, token.start()):
                position = string_end(text, token.start())
        elif comment := _COMMENT.match(text, token.start()):
            position = comment.end()


def comments(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of comments between two offsets, those in strings left out."""
    position = start
    while found := _NEXT.search(text, position, end):
        position = found.end()
        if found[0] in "\"'`":
            if opens_string(text, found.start()):
                position = string_end(text, found.start())
        elif comment := _COMMENT.match(text, found.start()):
            yield comment.span()
            position = comment.end()
