"""The comments of a module, and its strings of several lines."""

from __future__ import annotations

import libcst as cst

from taskfan_lint.analysis.facts import Comment
from taskfan_lint.analysis.python.parse import Source
from taskfan_lint.edit import Span


class Comments(cst.CSTVisitor):
    """Collects the comments of a module in order of place, their words taken from the text before any repair."""

    def __init__(self, source: Source, original: str | None = None) -> None:
        self._source = source
        self._original = source.code if original is None else original
        self.found: list[Comment] = []

    def visit_Comment(self, node: cst.Comment) -> None:
        span = self._source.span(node)
        before = self._source.code[self._source.lines.start_of_line(span.start) : span.start]
        text = self._original[span.start : span.end].lstrip("#/").strip()
        self.found.append(Comment(span, text, not before.strip()))


class Strings(cst.CSTVisitor):
    """Collects the spans of string literals of several lines."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.found: list[Span] = []

    def _add(self, node: cst.CSTNode) -> None:
        span = self._source.span(node)
        if self._source.lines.position(span.start)[0] != self._source.lines.position(span.end)[0]:
            self.found.append(span)

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        self._add(node)

    def visit_FormattedString(self, node: cst.FormattedString) -> None:
        self._add(node)
