"""Which findings of a file a change touched."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from taskfan_lint.edit import Lines, Span
from taskfan_lint.finding import Finding

if TYPE_CHECKING:
    from taskfan_lint.git import Rows


def touched(text: str, rows: Iterable[Rows], findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings of which a row from the first to the last place that they name has changed.

    Rows deleted right before, between or right after these count as a change.
    """
    starts = [0, *(found.end() for found in re.finditer("\n", text))]  # Git knows no other end

    def offset(row: int) -> int:
        return starts[row - 1] if row <= len(starts) else len(text)

    changed = [
        Span(offset(each.first), offset(each.first + each.count)) if each.count else _border(offset(each.first + 1))
        for each in rows
    ]
    lines = Lines(text)
    extents = ((finding, _extent(finding, lines)) for finding in findings)
    return [finding for finding, extent in extents if any(_meet(extent, span) for span in changed)]


def _border(offset: int) -> Span:
    return Span(offset, offset)


def _meet(extent: Span, changed: Span) -> bool:
    if changed.start == changed.end:
        return extent.touches(changed)
    return extent.start < changed.end and changed.start < extent.end


def _extent(finding: Finding, lines: Lines) -> Span:
    spans = [finding.span, *(note.span for note in finding.notes)]
    start, end = min(span.start for span in spans), max(span.end for span in spans)
    return Span(lines.start_of_line(start), lines.end_of_line(max(start, end - 1)))
