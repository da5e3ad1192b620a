"""Suppressions written for the findings of a document: where each comment goes, and what it says."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from taskfan_lint import engine, surveys
from taskfan_lint.checked import Checked
from taskfan_lint.edit import Edit, Lines, Span, apply
from taskfan_lint.finding import Finding
from taskfan_lint.settings import Settings
from taskfan_lint.source import Document, Snippet, newline_of
from taskfan_lint.surveys import Surveyed

if TYPE_CHECKING:
    from taskfan_lint.analysis.helpers import Index

SIGNS = {"python": "#", "javascript": "//"}

_LIST = re.compile(r"taskfan:\s*(?:ignore-next-fence|ignore)\s*\[(?P<rules>[^\]\r\n]*)\]")
_CONTAINER = re.compile(r"[ \t>]*")


@dataclass(frozen=True)
class Spot:
    """A place for a suppression: what is written before the names of its rules and after them.

    `offset` counts in the code of `snippet`, or in the document where there is none.
    """

    offset: int
    before: str
    after: str
    snippet: Snippet | None = None

    def edit(self, rules: Iterable[str]) -> Edit:
        """Return the edit of the document that suppresses `rules` here."""
        edit = Edit(Span(self.offset, self.offset), self.before + ", ".join(sorted(rules)) + self.after)
        return edit if self.snippet is None else self.snippet.lift_edit(edit)


Chosen = Mapping[Spot, frozenset[str]]
Group = Sequence[Finding]


def ignore_edit(
    document: Document, finding: Finding, settings: Settings, index: Index | None = None, *, reason: str = ""
) -> Edit | None:
    """Return the edit that suppresses one finding of a document and no other, None where there is none."""
    ignorer = _Ignorer(document, settings, index, reason)
    chosen = ignorer.suppressing([[one] for one in ignorer.checked.findings if one == finding])
    return next((spot.edit(rules) for spot, rules in chosen.items()), None)


def add_ignores(
    document: Document, settings: Settings, index: Index | None = None, *, reason: str = ""
) -> tuple[str, Checked]:
    """Return the text with a suppression for each finding that one can suppress, and what remains in it."""
    ignorer = _Ignorer(document, settings, index, reason)
    chosen = ignorer.suppressing(ignorer.groups())
    return ignorer.text(chosen), ignorer.check(chosen)


class _Ignorer:
    """The findings of one document and the spots for suppressions around them.

    A comment is never trusted: the document is checked again with it. What it is for has to be gone, and all the rest
    has to be as it was, so that a line that only looks like a comment, in a string for example, is not taken.
    """

    def __init__(self, document: Document, settings: Settings, index: Index | None, reason: str) -> None:
        self._document = document
        self._lines = Lines(document.text)
        self._settings = settings
        self._index = index
        self._reason = reason
        self.checked = self.check({})
        self._surveyed = list(surveys.survey(document, settings, index)) if self.checked.findings else []
        self._wanted: Counter[tuple[str, str]] = Counter()

    def groups(self) -> list[Group]:
        """Return the findings, those of one simple statement together: one comment is for all of them."""
        grouped: dict[Span, list[Finding]] = defaultdict(list)
        for finding in self.checked.findings:
            around = self._around(finding)
            grouped[around.statement_in_document if around else finding.span].append(finding)
        return list(grouped.values())

    def suppressing(self, groups: Sequence[Group]) -> Chosen:
        """Return the spots that suppress the groups, each with its rules; a group that nothing suppresses has none."""
        self._wanted = Counter(_words(finding) for group in groups for finding in group)
        options = [(group, list(around.spots())) for group in groups if (around := self._around(group[0]))]
        return self._solve(options, {})

    def text(self, chosen: Chosen) -> str:
        """Return the text of the document with the suppressions written."""
        return apply(self._document.text, [spot.edit(rules) for spot, rules in chosen.items()])

    def check(self, chosen: Chosen) -> Checked:
        """Return what the rules find in the document with the suppressions written."""
        return engine.check(replace(self._document, text=self.text(chosen)), self._settings, self._index)

    def _solve(self, options: Sequence[tuple[Group, list[Spot]]], chosen: Chosen) -> Chosen:
        """Return `chosen` with spots for more groups: the first of each where that holds, else found half by half."""
        if not options:
            return chosen
        trial = _joined(chosen, ((group, spots[0]) for group, spots in options))
        if self._holds(trial, [finding for group, _ in options for finding in group]):
            return trial
        if len(options) > 1:
            half = len(options) // 2
            return self._solve(options[half:], self._solve(options[:half], chosen))
        group, spots = options[0]
        trials = (_joined(chosen, [(group, spot)]) for spot in spots[1:])
        return next((one for one in trials if self._holds(one, group)), chosen)

    def _holds(self, trial: Chosen, targets: Iterable[Finding]) -> bool:
        """Tell whether the targets are gone, nothing has come, and nothing has gone that nobody wanted gone."""
        after = self.check(trial)
        left, before = Counter(map(_words, after.findings)), Counter(map(_words, self.checked.findings))
        gone = before - left
        aims = Counter(map(_words, targets))
        return not left - before and aims <= gone <= self._wanted and _shape(after) == _shape(self.checked)

    def _around(self, finding: Finding) -> _Around | None:
        """Return where a finding stands, None where its code could not be read."""
        for one in self._surveyed:
            offset = _offset_in(one.snippet, finding.span.start)
            if offset is not None:
                return _Around(self._lines, one, offset, self._reason)
        return None


def _words(finding: Finding) -> tuple[str, str]:
    return finding.code, finding.message


def _shape(checked: Checked) -> tuple[int, int, int, int]:
    return checked.fences, checked.hidden, len(checked.unreadable), len(checked.refused)


def _joined(chosen: Chosen, more: Iterable[tuple[Group, Spot]]) -> Chosen:
    joined = dict(chosen)
    for group, spot in more:
        joined[spot] = joined.get(spot, frozenset()) | {finding.code for finding in group}
    return joined


def _offset_in(snippet: Snippet, offset: int) -> int | None:
    """Return the offset in the code of a snippet that a document offset stands for, None where it is outside."""
    if offset < snippet.anchors[0][1]:
        return None
    code, document = next(anchor for anchor in reversed(snippet.anchors) if anchor[1] <= offset)
    found = code + offset - document
    return found if found < len(snippet.code) and snippet.offset(found) == offset else None


class _Around:
    """The surroundings of one finding: its snippet, the statement that holds it, and the comments near it."""

    def __init__(self, document: Lines, surveyed: Surveyed, offset: int, reason: str) -> None:
        self._document = document
        self._snippet = surveyed.snippet
        self._facts = surveyed.analysis.facts
        self._code = surveyed.snippet.code
        self._lines = Lines(self._code)
        self._row = self._lines.position(offset)[0]
        self._tail = f" -- {reason}" if reason else ""
        around = [span for span in self._facts.statements if span.start <= offset < span.end]
        self._statement = min(around, key=lambda span: span.end - span.start, default=self._lines.span(self._row))
        compound = any(whole == self._statement for _, whole in self._facts.headers)
        self._near = self._lines.span(self._row) if compound else self._statement

    @property
    def statement_in_document(self) -> Span:
        """The span of the simple statement, or of the line of a compound one, in the document."""
        return self._snippet.lift(self._near)

    def spots(self) -> Iterator[Spot]:
        """Yield the places for a suppression, the best one first."""
        yield from self._lists()
        yield from self._at_end_of_line()
        first = self._lines.position(self._statement.start)[0]
        for row in dict.fromkeys((self._row, first)):
            yield from self._above(row)
        if self._snippet.fenced:
            yield from self._before_fence()

    def _lists(self) -> Iterator[Spot]:
        """Yield the ends of the lists of rules in suppressions that are about this place already."""
        rows = range(self._lines.position(self._near.start)[0], self._lines.position(self._near.end)[0] + 1)
        above = min(rows) - 1
        while above and self._lines.row(above).lstrip().startswith(tuple(SIGNS.values())):
            above -= 1
        for comment in self._facts.comments:
            row = self._lines.position(comment.span.start)[0]
            found = _LIST.search(self._facts.written(comment.span))
            if found and (row in rows or above < row < min(rows)):
                yield _extended(comment.span.start, found, self._snippet)
        if self._snippet.ignore_span:
            start = self._snippet.ignore_span.start
            if found := _LIST.search(self._document.text, start, self._snippet.ignore_span.end):
                yield _extended(0, found, None)

    def _at_end_of_line(self) -> Iterator[Spot]:
        line = self._lines.row(self._row).rstrip()
        end = self._lines.starts[self._row - 1] + len(line)
        commented = any(self._lines.position(one.span.start)[0] == self._row for one in self._facts.comments)
        if not commented and not line.endswith("\\") and not self._in_string(end):
            yield Spot(end, f"  {self._sign()} taskfan: ignore[", f"]{self._tail}", self._snippet)

    def _above(self, row: int) -> Iterator[Spot]:
        start = self._lines.starts[row - 1]
        continued = row > 1 and self._lines.row(row - 1).rstrip().endswith("\\")
        if not continued and not self._in_string(start):
            text = self._lines.row(row)
            margin = text[: len(text) - len(text.lstrip())]
            before, after = f"{margin}{self._sign()} taskfan: ignore[", f"]{self._tail}{newline_of(self._code)}"
            yield Spot(start, before, after, self._snippet)

    def _before_fence(self) -> Iterator[Spot]:
        """Yield the place for a comment above the line that opens the fence."""
        row = self._document.position(self._snippet.anchors[0][1])[0] - 1
        margin = _CONTAINER.match(self._document.row(row))
        before = f"{margin[0] if margin else ''}<!-- taskfan: ignore-next-fence["
        after = f"]{self._tail} -->{newline_of(self._document.text)}"
        yield Spot(self._document.starts[row - 1], before, after)

    def _in_string(self, offset: int) -> bool:
        return any(span.start < offset < span.end for span in self._facts.strings)

    def _sign(self) -> str:
        return SIGNS[self._facts.language]


def _extended(start: int, found: re.Match[str], snippet: Snippet | None) -> Spot:
    """Return the place behind the last rule of a suppression's list."""
    listed = found["rules"].rstrip()
    comma = ", " if listed.strip() and not listed.endswith(",") else " " if listed else ""
    return Spot(start + found.start("rules") + len(listed), comma, "", snippet)
