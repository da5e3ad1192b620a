"""A long Python file cut at its functions and classes, so that no tree of all of it is ever made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from taskfan_lint.analysis.python.gate import Part, parts
from taskfan_lint.analysis.python.parse import syntax_tree
from taskfan_lint.analysis.reading import Unparsable
from taskfan_lint.edit import Span

MAX_JOINS = 40  # pieces put together until they parse: a string or a bracket may go over several

_START = re.compile(r"^(?=(?:async[ \t]+def|def|class)\b|@)", re.MULTILINE)


@dataclass(frozen=True)
class Statement:
    """A top-level statement, its whole lines in the file, and what is known of it."""

    part: Part
    span: Span


def cut(code: str) -> list[Statement] | None:
    """Return the top-level statements of code, None where it is not cut.

    A piece that parses ends outside of strings, brackets and blocks, so that the next one begins a statement, and the
    code parses as its pieces do, one after another.
    """
    starts = [0, *(match.start() for match in _START.finditer(code) if match.start()), len(code)]
    found: list[Statement] = []
    first = 0
    while first < len(starts) - 1:
        for last in range(first + 1, min(first + 1 + MAX_JOINS, len(starts))):
            inner = _pieces(code[starts[first] : starts[last]])
            if inner is not None:
                break
        else:
            return None
        offset = starts[first]
        found += (Statement(part, Span(part.span.start + offset, part.span.end + offset)) for part in inner)
        first = last
    return found if all(one.part.alone for one in found) else None


@lru_cache(maxsize=512)
def _pieces(code: str) -> tuple[Part, ...] | None:
    """Return the statements of code, None where it does not parse."""
    try:
        return tuple(part.forget() for part in parts(code, syntax_tree(code)))
    except Unparsable:
        return None
