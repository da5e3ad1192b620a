"""Another statement with an effect between two independent dispatches."""

from __future__ import annotations

from collections.abc import Iterator

from taskfan_lint.analysis.windows import Analysis, Cause
from taskfan_lint.finding import Finding, Note, Severity
from taskfan_lint.settings import Settings

NAME = "work-between-dispatches"
SEVERITY = Severity.INFO
CAUSE = Cause.WORK


def check(analysis: Analysis, settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each statement that stands between two dispatches and serves neither."""
    for one in analysis.of(CAUSE):
        yield Finding(
            NAME,
            SEVERITY,
            f"this statement ends the window, though the next dispatch doesn't need it ({one.windows} windows, "
            f"{one.needed} needed)",
            one.span,
            "move it above the first dispatch or below the last one",
            notes=(Note(one.after.span, f"`{one.after.name}` goes out after it"),),
        )
