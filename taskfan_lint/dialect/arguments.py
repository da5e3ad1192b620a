"""Repairs inside of a call: elided and `key: value` arguments, text over several lines, placeholders."""

from __future__ import annotations

import ast
import re
import warnings

from taskfan_lint.dialect import scan
from taskfan_lint.dialect.canvas import Canvas

FLAGS = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

_KEY = re.compile(r"(?P<key>[A-Za-z_]\w*|\"[A-Za-z_]\w*\"|'[A-Za-z_]\w*')(?P<gap>\s*)(?P<sign>[:=])(?!=)")
_PREFIX = re.compile(r"[A-Za-z]{0,2}$")
_SPACE = re.compile(r"\s*")
DEEP = 30  # brackets in brackets that are looked into: each level reads all that is inside again


def mend_call(canvas: Canvas, call: scan.Call) -> None:
    """Make the arguments of a call parse."""
    inner = Canvas(canvas.slice(call.opening + 1, call.end - 1))
    _blank_comments(inner, 0, len(inner.original))
    _mend_pieces(inner, 0, len(inner.original), keyword=True)
    canvas.write(call.opening + 1, inner.text, *inner.repairs)


def _blank_comments(canvas: Canvas, start: int, end: int) -> None:
    for first, last in list(scan.comments(canvas.text, start, end)):
        text = canvas.text[first:last]
        if text.startswith("//"):
            canvas.write(first, "# ", "comment")
        elif not text.startswith("#"):
            canvas.blank(first, last, "comment")


def _mend_pieces(canvas: Canvas, start: int, end: int, *, keyword: bool, depth: int = 0) -> None:
    named = False
    for first, last in scan.pieces(canvas.text, start, end):
        first, last = _trim(canvas, first, last)
        if first >= last:
            continue
        text = canvas.text[first:last]
        key = _KEY.match(text)
        if text in ("...", "…"):
            _elide(canvas, first, last, named=named or not keyword)
        elif key and key["key"][0] not in "\"'" and keyword:
            named = True
            _mend_keyword(canvas, first, last, key, depth)
        elif key and not keyword:
            _mend_value(canvas, *_trim(canvas, first + key.end(), last), depth)
        else:
            _mend_value(canvas, first, last, depth)


def _mend_keyword(canvas: Canvas, first: int, last: int, key: re.Match[str], depth: int) -> None:
    if key["sign"] == ":":
        canvas.write(first + key.start("sign"), "=", "key: value")
    start, end = _trim(canvas, first + key.end(), last)
    if start >= end:
        canvas.write(first + key.start("sign"), " ", "key: value")
        return
    _mend_value(canvas, start, end, depth)


def _elide(canvas: Canvas, first: int, last: int, *, named: bool) -> None:
    if last - first == 3:
        if named:
            canvas.write(first, "**_", "elision")
    else:
        canvas.write(first, "_", "elision")


def _trim(canvas: Canvas, start: int, end: int) -> tuple[int, int]:
    """Return a span without white space and comments around what it holds."""
    text = canvas.text
    while start < end:
        space = _SPACE.match(text, start, end)
        start = space.end() if space else start
        if start < end and text[start] == "#":
            line = re.compile(r"[^\r\n]*").match(text, start, end)
            start = line.end() if line else end
        else:
            break
    for first, last in reversed(list(scan.comments(text, start, end))):
        if not text[last:end].strip():
            end = first
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _mend_value(canvas: Canvas, start: int, end: int, depth: int) -> None:
    text = canvas.text[start:end]
    if not text or parses(text):
        return
    prefix = _PREFIX.match(text.partition(text.strip(_LETTERS)[:1])[0]) if text[0] in _LETTERS else None
    quote = start + (len(prefix[0]) if prefix else 0)
    if quote < end and canvas.text[quote] in "\"'`" and scan.string_end(canvas.text, quote) == end:
        _mend_string(canvas, start, quote, end)
    elif depth < DEEP and text[0] in "[{" and scan.closing(canvas.text, start) == end:
        _mend_pieces(canvas, start + 1, end - 1, keyword=False, depth=depth + 1)
    if not parses(canvas.text[start:end]):
        canvas.opaque(start, end, "placeholder")


_LETTERS = "rRbBuUfF"


def _mend_string(canvas: Canvas, start: int, quote: int, end: int) -> None:
    """Make a string of several lines, or with its own quotes inside, one that Python reads."""
    mark = canvas.text[quote]
    if canvas.text.startswith(mark * 3, quote) and mark != "`":
        canvas.blank(start, quote, "text of several lines")
        return
    outside = '"' if mark == "`" else mark
    body = canvas.text[quote + 1 : end - 1]
    body = re.sub(r"[\r\n]", " ", body).replace("\\", "/").replace(outside, " ")
    canvas.blank(start, quote, "text of several lines")
    canvas.write(quote, f"{outside}{body}{outside}", "text of several lines")


def parses(text: str) -> bool:
    """Tell whether a text is a Python expression by itself."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(f"({text}\n)", "<text>", "eval", FLAGS, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
