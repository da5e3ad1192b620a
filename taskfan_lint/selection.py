"""Selection: which files of a run are checked, and which of their findings count, by what has changed and by part."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from taskfan_lint.edit import Lines, Span
from taskfan_lint.files import Source
from taskfan_lint.finding import Finding
from taskfan_lint.report import Look

if TYPE_CHECKING:
    from taskfan_lint.git import Changes, Rows


class SelectionError(Exception):
    """What has changed cannot be told; the message says why."""


@dataclass(frozen=True)
class Part:
    """One of `count` parts of the files, counted from 1."""

    number: int
    count: int


@dataclass(frozen=True)
class Selection:
    """What the command line asks for; `since` names a commit, `changed_rows` keeps findings in changed rows only."""

    since: str | None = None
    staged: bool = False
    changed_rows: bool = False
    part: Part | None = None

    @property
    def by_change(self) -> bool:
        return self.staged or self.since is not None


@dataclass(frozen=True)
class Selected:
    """The files to check, and what has changed in them where that was asked for."""

    sources: list[Source]
    changes: Changes | None = None

    def touched(self, path: Path, text: str, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Return the findings of a file that a change touched, all of them where rows were not asked for."""
        if self.changes is None or not findings:
            return findings
        rows = self.changes.files.get(os.path.realpath(path))
        return findings if rows is None else tuple(touched(text, rows, findings))


def select(sources: list[Source], selection: Selection, look: Look) -> Selected:
    """Return the files that are selected; raises SelectionError."""
    kept = sources
    found = None
    if selection.by_change:
        found = _changes(selection, look)
        kept = [each for each in kept if os.path.realpath(each.path) in found.files]
    if selection.part is not None:
        kept = [each for each in kept if part_of(look.rooted(each.path), selection.part.count) == selection.part.number]
    return Selected(kept, found)


def _changes(selection: Selection, look: Look) -> Changes:
    from taskfan_lint.git import GitError, changes  # lazy: only where changes are asked for

    try:
        return changes(look.folder, since=selection.since, rows=selection.changed_rows)
    except GitError as error:
        raise SelectionError(str(error)) from error


def part_of(path: str, count: int) -> int:
    """Return the part, from 1, that a path relative to the root belongs to: a new file moves no other one."""
    from hashlib import sha256  # lazy: only where parts are asked for

    return int.from_bytes(sha256(os.fsencode(path)).digest()[:8], "big") % count + 1


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
