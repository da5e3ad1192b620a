"""What a front end reads in one snippet: its regions, its comments, and what else a fix has to know of the text."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from taskfan_lint.analysis.model import Node
from taskfan_lint.edit import Lines, Span


class Comment(NamedTuple):
    """One comment: its span with the comment sign, its text without, and whether it stands alone on its line."""

    span: Span
    text: str
    own_line: bool


class Function(NamedTuple):
    """What a function's header says: its parameters in order (of a method without its object), and what it is.

    Those behind a `*` are given by keyword only. `outer` are names that it declares to be of a scope around it.
    """

    parameters: tuple[str, ...] = ()
    asynchronous: bool = False
    generator: bool = False
    method: bool = False
    outer: frozenset[str] = frozenset()


class Lookalike(NamedTuple):
    """A call by a dispatch's name that does not dispatch, and why not."""

    span: Span
    name: str
    reason: str


class Region(NamedTuple):
    """The body of a function, class, module or fence: a sequence of nodes with a scope of its own."""

    span: Span
    body: tuple[Node, ...]
    known: frozenset[str] = frozenset()  # names bound before the body runs
    name: str = ""
    function: Function | None = None


@dataclass(frozen=True)
class Facts:
    """What a front end read in one snippet."""

    code: str
    regions: tuple[Region, ...]
    comments: tuple[Comment, ...]
    headers: tuple[tuple[Span, Span], ...]  # (header, whole compound statement)
    statements: tuple[Span, ...]
    strings: tuple[Span, ...]  # string literals of several lines: white space in them is content
    fenced: bool
    names: Container[str]  # every name in the snippet, so that new ones can avoid them
    language: str = "python"
    hidden: frozenset[str] = frozenset()  # names used in functions that are left out, because they hold no dispatch
    outer: frozenset[str] = frozenset()  # names that a function declares to be of a scope around it
    repaired: tuple[Span, ...] = ()  # what differs from the text as written: no fix touches it
    blocks: tuple[Span, ...] = ()  # where braces make scopes: each block, and each statement that stands for one
    read: str = "parsed"  # or "repaired", or "scanned": tolerantly, without a parser
    repairs: tuple[str, ...] = ()  # the names of the repairs that were made
    original: str = ""  # the code before repairs, where there were any
    lookalikes: tuple[Lookalike, ...] = ()

    @cached_property
    def lines(self) -> Lines:
        """The lines of the code, found once for all that ask."""
        return Lines(self.code)

    @property
    def is_script(self) -> bool:
        """Tell whether the snippet is JavaScript or TypeScript."""
        return self.language == "javascript"

    def written(self, span: Span) -> str:
        """Return the text of a span as it was written."""
        return (self.original or self.code)[span.start : span.end]
