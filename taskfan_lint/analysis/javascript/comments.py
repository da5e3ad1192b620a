"""The comments of a script, and its strings of several lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from taskfan_lint.analysis.facts import Comment
from taskfan_lint.analysis.javascript.parse import Source, walk
from taskfan_lint.edit import NEWLINE, Span

_SIGN = re.compile(r"\s*(?://+|/\*+|\*+(?=\s|$)|#+)?")
_END = re.compile(r"\s*\*+/\s*$")


def comments(source: Source) -> Iterator[Comment]:
    """Yield the comments of a script in order of place; a block comment gives one for each of its lines."""
    for node in walk(source.root):
        if node.type in {"comment", "html_comment"}:
            yield from _lines(source, source.span(node))


def _lines(source: Source, whole: Span) -> Iterator[Comment]:
    start = whole.start
    leads = source.leads(start)
    for text in NEWLINE.split(source.code[start : whole.end]):
        end = start + len(text)
        own = leads and not source.trailing(end)
        lead = len(text) - len(text.lstrip())
        said = _END.sub("", text[_sign(text) :]).strip()
        if said or start == whole.start:
            yield Comment(Span(start + lead, end), said, own)
        following = NEWLINE.match(source.code, end)
        start, leads = following.end() if following else end, True


def _sign(text: str) -> int:
    found = _SIGN.match(text)
    return found.end() if found else 0


def long_strings(source: Source) -> Iterator[Span]:
    """Yield the spans of string literals of several lines."""
    for node in walk(source.root):
        if node.type in {"string", "template_string"} and node.start_point.row != node.end_point.row:
            yield source.span(node)
