"""Selection: which files of a run are checked, and which of their findings count, by what has changed and by part."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from taskfan_lint.files import Source
from taskfan_lint.report import Look

if TYPE_CHECKING:
    from pathlib import Path

    from taskfan_lint.finding import Finding
    from taskfan_lint.git import Changes


class SelectionError(Exception):
    """What has changed cannot be told; the message says why."""


class Part(NamedTuple):
    """One of several parts of the files, counted from 1."""

    number: int
    of: int


class Selection(NamedTuple):
    """What the command line asks for; `since` names a commit, `changed_rows` keeps findings in changed rows only."""

    since: str | None = None
    staged: bool = False
    changed_rows: bool = False
    part: Part | None = None

    @property
    def by_change(self) -> bool:
        return self.staged or self.since is not None

    @property
    def asks(self) -> bool:
        """Whether not all files are to be checked."""
        return self.by_change or self.part is not None


class Selected(NamedTuple):
    """The files to check, and what has changed in them where that was asked for."""

    sources: list[Source]
    changes: Changes | None = None

    def touched(self, path: Path, text: str, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Return the findings of a file that a change touched, all of them where rows were not asked for."""
        if self.changes is None or not findings:
            return findings
        from taskfan_lint.touched import touched  # lazy: only where rows are asked for

        rows = self.changes.files.get(os.path.realpath(path))
        return findings if rows is None else tuple(touched(text, rows, findings))


def select(sources: list[Source], selection: Selection, look: Look) -> Selected:
    """Return the files that are selected; raises SelectionError."""
    kept = sources
    found = None
    if selection.by_change:
        found = _changes(selection, look)
        kept = [each for each in kept if os.path.realpath(each.file) in found.files]
    if selection.part is not None:
        number, of = selection.part
        kept = [each for each in kept if part_of(look.rooted(each.file), of) == number]
    return Selected(kept, found)


def _changes(selection: Selection, look: Look) -> Changes:
    from pathlib import Path  # lazy: only where changes are asked for

    from taskfan_lint.git import GitError, changes

    try:
        return changes(Path(look.base), since=selection.since, rows=selection.changed_rows)
    except GitError as error:
        raise SelectionError(str(error)) from error


def part_of(path: str, count: int) -> int:
    """Return the part, from 1, that a path relative to the root belongs to: a new file moves no other one."""
    from hashlib import sha256  # lazy: only where parts are asked for

    return int.from_bytes(sha256(os.fsencode(path)).digest()[:8], "big") % count + 1
