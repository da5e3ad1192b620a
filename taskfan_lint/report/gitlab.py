"""The format `gitlab`: a Code Quality report of GitLab."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from taskfan_lint.edit import Lines, Span
from taskfan_lint.finding import Severity
from taskfan_lint.fingerprint import fingerprints
from taskfan_lint.report import Look, Report, printable

LEVELS = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}


def render(reports: Iterable[Report], look: Look) -> str:
    """Return the findings as a JSON array, with paths relative to the root of the repository."""
    return json.dumps([entry for report in reports for entry in _entries(report, look)], indent=2) + "\n"


def _entries(report: Report, look: Look) -> Iterator[dict[str, Any]]:
    lines = Lines(report.document.text)
    path = look.rooted(report.document.path)
    every = [*report.findings, *(finding for finding, _ in report.known)]
    for finding, print_ in zip(report.findings, fingerprints(path, lines.text, every), strict=False):
        yield {
            "check_name": finding.code,
            "description": finding.message,
            "fingerprint": print_,
            "location": {"path": printable(path), "positions": _positions(finding.span, lines)},
            "severity": LEVELS[finding.severity],
        }


def _positions(span: Span, lines: Lines) -> dict[str, dict[str, int]]:
    begin, end = (lines.position(offset) for offset in (span.start, span.end))
    return {"begin": {"line": begin[0], "column": begin[1]}, "end": {"line": end[0], "column": end[1]}}
