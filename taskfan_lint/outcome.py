"""What a run is asked to do with each file, and what became of one."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from taskfan_lint.checked import Checked
from taskfan_lint.kinds import KINDS
from taskfan_lint.report import Report
from taskfan_lint.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from taskfan_lint.analysis.helpers import Index
    from taskfan_lint.finding import Finding
    from taskfan_lint.source import Document

NOTHING = Checked(())


class Mode(Enum):
    """What a run does: nothing but check, write the fixes, show them as a diff, or write suppressions."""

    CHECK = "check"
    FIX = "fix"
    DIFF = "diff"
    IGNORE = "ignore"

    @property
    def writes(self) -> bool:
        return self in (Mode.FIX, Mode.IGNORE)


class Job(NamedTuple):
    """What is done with each file: with the unsafe fixes too if `unsafe`; `reason` is that of suppressions.

    `helpers` holds the functions of other files that dispatch.
    """

    mode: Mode = Mode.CHECK
    unsafe: bool = False
    reason: str = ""
    helpers: Index | None = None


class Outcome(NamedTuple):
    """What became of one file; a file that was not looked at has no document.

    `fixed` counts findings that the fixes mended, or that are suppressed now. `text` is what the run makes of the
    document, whether or not it was written. `known` are the findings that a baseline spares, each with the reason that
    it gives.
    """

    path: Path
    document: Document | None = None
    checked: Checked = NOTHING
    text: str = ""
    fixed: int = 0
    fails: bool = False
    refused: str = ""
    error: str = ""
    trace: str = ""
    known: tuple[tuple[Finding, str], ...] = ()

    @property
    def changed(self) -> bool:
        return self.document is not None and self.text != self.document.text

    @property
    def report(self) -> Report | None:
        """The findings that remain, and the known ones, on the text that they are about."""
        if self.document is None or not (self.checked.findings or self.known):
            return None
        from dataclasses import replace  # lazy: not for files that hold nothing

        return Report(replace(self.document, text=self.text), self.checked.findings, self.known)


class Clean(NamedTuple):
    """A file of some kind whose bytes hold nothing that a finding could be about; there are many of them."""

    kind: str


CLEAN = {kind: Clean(kind) for kind in KINDS}
Step = Outcome | Clean


def fails(findings: Iterable[Finding], settings: Settings) -> bool:
    """Tell whether one of the findings makes the exit status 1."""
    return any(finding.severity >= settings.fail_on for finding in findings)
