"""Excerpts: the lines that a fix touches, and what it leaves in place of them."""

from __future__ import annotations

from dataclasses import dataclass

from taskfan_lint.edit import NEWLINE, Lines, apply, hull
from taskfan_lint.finding import Fix


@dataclass(frozen=True)
class Rewrite:
    """The rows `first` to `last` (from 1) that a fix touches, their text before, and the lines in place of them."""

    first: int
    last: int
    before: tuple[str, ...]
    after: tuple[str, ...]

    def trimmed(self) -> Rewrite:
        """Return the rewrite without the lines at both ends that stay as they are."""
        first, before, after = self.first, self.before, self.after
        while before and after and before[-1] == after[-1]:
            before, after = before[:-1], after[:-1]
        while before and after and before[0] == after[0]:
            first, before, after = first + 1, before[1:], after[1:]
        return Rewrite(first, first + len(before) - 1, before, after)


def rewrite(fix: Fix, lines: Lines) -> Rewrite:
    """Return what a fix changes, as whole lines without their ends; blank lines at the end are left out.

    So is the line at whose start the last edit ends, where nothing is written in front of it.
    """
    touched = hull(fix.edits)
    start, end = lines.start_of_line(touched.start), lines.end_of_line(touched.end)
    grown = sum(len(edit.content) - (edit.span.end - edit.span.start) for edit in fix.edits)
    before = tuple(NEWLINE.split(lines.text[start:end].rstrip()))
    after = tuple(NEWLINE.split(apply(lines.text, fix.edits)[start : end + grown].rstrip()))
    ends_before = touched.start < touched.end == lines.start_of_line(touched.end)
    if ends_before and lines.text[touched.end : end].strip() and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    first = lines.position(start)[0]
    return Rewrite(first, first + len(before) - 1, before, after)
