"""A Python file that does not parse."""

from __future__ import annotations

from taskfan_lint.edit import Span
from taskfan_lint.finding import Finding, Severity

NAME = "syntax-error"
SEVERITY = Severity.ERROR


def report(span: Span, reason: str) -> Finding:
    """Return the finding for code that neither parser reads."""
    return Finding(
        NAME,
        SEVERITY,
        f"this file mentions a dispatch and does not parse: {reason}",
        span,
        "mend the syntax, so that its fan-outs can be read",
    )
