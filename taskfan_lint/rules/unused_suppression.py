"""A comment that suppresses nothing."""

from __future__ import annotations

from taskfan_lint.edit import Span
from taskfan_lint.finding import Finding, Severity

NAME = "unused-suppression"
SEVERITY = Severity.WARNING


def report(span: Span, what: str) -> Finding:
    """Return the finding for a comment that spares nothing."""
    return Finding(NAME, SEVERITY, f"{what} suppresses nothing here", span, "delete the comment")
