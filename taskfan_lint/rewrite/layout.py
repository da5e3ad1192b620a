"""Where statements stand: whole lines with their comments, indentation, and new names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.boundaries import boundary
from taskfan_lint.analysis.facts import Comment, Facts, Region
from taskfan_lint.analysis.model import Node
from taskfan_lint.edit import Edit, Lines, Span, apply
from taskfan_lint.rewrite import Declined
from taskfan_lint.source import newline_of

# What may follow a statement on its line, in Python and in a script: a comment.
_TRAILING = (re.compile(r"(?:#.*)?", re.DOTALL), re.compile(r"(?:/\*(?:(?!\*/).)*\*/\s*)?(?://.*)?", re.DOTALL))


class Layout:
    """The lines of a snippet as they were written, asked for by the statements on them."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.code = facts.original or facts.code
        self.lines = Lines(facts.original) if facts.original else facts.lines
        self.newline = newline_of(self.code)
        self._names = facts.names
        self._taken: set[str] = set()
        self._declared: set[str] = set()

    def text(self, span: Span) -> str:
        return self.code[span.start : span.end]

    def indent(self, offset: int) -> str:
        """Return the white space that the line of an offset starts with."""
        start = self.lines.start_of_line(offset)
        found = re.match(r"[ \t\f]*", self.code[start:])
        return found[0] if found else ""

    def stands_alone(self, span: Span) -> bool:
        """Tell whether nothing but a comment shares the lines of a statement."""
        code = self.facts.code  # in which what stands for a comment is one
        before = code[self.lines.start_of_line(span.start) : span.start]
        after = code[span.end : self.lines.end_of_line(span.end)].strip()
        return not before.strip() and bool(_TRAILING[self.facts.is_script].fullmatch(after))

    def rows(self, span: Span) -> Span:
        """Return the whole lines of a statement; raises Declined where others share them."""
        if not self.stands_alone(span):
            raise Declined("other code stands on the same line")
        return Span(self.lines.start_of_line(span.start), self.lines.end_of_line(span.end))

    def block(self, span: Span) -> Span:
        """Return the whole lines of a statement with the comments that belong to it: those right above it.

        A comment that opens a phase or marks an example stays where it is.
        """
        rows = self.rows(span)
        start = rows.start
        for comment in reversed(self.comments_before(rows.start)):
            line = self.lines.start_of_line(comment.span.start)
            same = self.indent(comment.span.start) == self.indent(span.start)
            if self.lines.end_of_line(comment.span.end) != start or not same or boundary(comment):
                break
            if not self.is_whole(comment):
                break
            start = line
        return Span(start, rows.end)

    def with_tail(self, rows: Span) -> Span:
        """Return the lines of a compound statement with the comments right below it that are indented deeper."""
        end = rows.end
        for comment in self.facts.comments:
            deeper = len(self.indent(comment.span.start)) > len(self.indent(rows.start))
            if comment.own_line and deeper and self.lines.start_of_line(comment.span.start) == end:
                end = self.lines.end_of_line(comment.span.end)
        return Span(rows.start, end)

    def is_whole(self, comment: Comment) -> bool:
        """Tell whether a comment is all of what its sign opens, not a line of a block of several lines."""
        text = self.text(comment.span)
        return text.startswith(("#", "//")) or (text.startswith("/*") and text.endswith("*/"))

    def comments_before(self, offset: int) -> list[Comment]:
        return [one for one in self.facts.comments if one.own_line and one.span.end <= offset]

    def comments_in(self, span: Span) -> list[Comment]:
        return [one for one in self.facts.comments if one.span in span]

    def with_newline(self, text: str) -> str:
        """Return the text of whole lines, ended by a line end even where the file's last line has none."""
        return text if text.endswith(("\n", "\r")) or not text else text + self.newline

    def fresh(self, wanted: str, *, shared: bool = False) -> str:
        """Return a name that the snippet doesn't use yet, and take it: `wanted`, or that with a number.

        A script gets it in its own style: `ctx_tester` as `ctxTester`. Two fixes of one pass don't give a scope the
        same name, unless it is `shared`: one that each of them binds anew, and that says nothing of what it holds.
        """
        joint = ""
        if not self.facts.is_script:
            joint = "_"
        elif wanted.strip("_"):
            wanted = re.sub(r"(?<=\w)_+(\w)", lambda found: found[1].upper(), wanted)
        name, number = wanted, 2
        while name in self._names or name in self._taken:
            name, number = f"{wanted}{joint}{number}", number + 1
        self._taken.add(name)
        self._declared |= set() if shared else {name}
        return name

    def declared(self, span: Span) -> frozenset[tuple[int, str]]:
        """Return the names that were taken, with the start of the scope around a span; a script is all one scope."""
        scope = 0 if self.facts.is_script else self.region_of(span).span.start
        return frozenset((scope, name) for name in self._declared)

    def indentation(self, span: Span, old: str, new: str) -> list[Edit]:
        """Return the edits that change the indentation of a statement's later lines.

        Lines that begin inside of a string of several lines are content and stay.
        """
        if old == new:
            return []
        lines = self.facts.lines  # in which text that was written over several lines is one
        first, last = lines.position(span.start)[0], lines.position(span.end)[0]
        starts = [start for start in lines.starts[first:last] if self.code.startswith(old, start)]
        return [
            Edit(Span(start, start + len(old)), new)
            for start in starts
            if not any(string.start < start < string.end for string in self.facts.strings)
        ]

    def rewritten(self, span: Span, edits: Iterable[Edit]) -> str:
        """Return the text of a span with those edits made that lie in it."""
        inside = [edit for edit in edits if edit.span in span]
        moved = [Edit(Span(one.span.start - span.start, one.span.end - span.start), one.content) for one in inside]
        return apply(self.text(span), moved)

    def region_of(self, span: Span) -> Region:
        """Return the innermost region around a span."""
        around = [region for region in self.facts.regions if span in region.span]
        return min(around, key=lambda region: region.span.end - region.span.start)

    def sequence_of(self, span: Span) -> tuple[Node, ...]:
        """Return the innermost sequence of statements one of which holds the span."""
        region = self.region_of(span)
        found = [one for one in tree.sequences(region) if tree.holder(one, span)]
        if not found:
            raise Declined("the statement is not found")
        return min(found, key=lambda nodes: nodes[-1].span.end - nodes[0].span.start)

    def is_global(self, span: Span) -> bool:
        """Tell whether names bound here can be read from other files."""
        return not self.facts.fenced and self.region_of(span) is self.facts.regions[0]


def identifier(text: str) -> str:
    """Return a text as a lower-case identifier: "prp-gen: hunter" gives `prp_gen_hunter`, "" if none is left."""
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_").lower()
    return name if name[:1].isalpha() and len(name) <= 40 else ""
