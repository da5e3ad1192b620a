"""The format `rdjson`: the Reviewdog Diagnostic Format."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from taskfan_lint.columns import utf8
from taskfan_lint.edit import Lines, Span, apply, hull
from taskfan_lint.finding import Applicability, Finding, Fix
from taskfan_lint.report import Look, Report


def render(reports: Iterable[Report], look: Look) -> str:
    """Return the findings as one JSON object; columns count UTF-8 bytes.

    Paths are relative to the current folder: Reviewdog itself puts the way from the root before them.
    """
    diagnostics = [entry for report in reports for entry in _entries(report, look)]
    return json.dumps({"source": {"name": "taskfan-lint"}, "diagnostics": diagnostics}, indent=2) + "\n"


def _entries(report: Report, look: Look) -> Iterator[dict[str, Any]]:
    lines = Lines(report.document.text)
    path = look._replace(root=None).rooted(report.document.path)
    for finding in report.findings:
        yield {
            "message": f"{finding.message}; {finding.help}" if finding.help else finding.message,
            "location": _location(finding.span, path, lines),
            "severity": str(finding.severity).upper(),
            "code": {"value": finding.code},
            "suggestions": list(_suggestions(finding, lines)),
            "related_locations": [
                {"message": note.message, "location": _location(note.span, path, lines)} for note in finding.notes
            ],
        }


def _suggestions(finding: Finding, lines: Lines) -> Iterator[dict[str, Any]]:
    """Yield the fix as one suggestion over its hull, since a reader may take one of several and leave the others."""
    match finding.fix:
        case Fix(Applicability.SAFE | Applicability.UNSAFE, _, edits) if edits:
            whole = hull(edits)
            grown = sum(len(edit.content) - (edit.span.end - edit.span.start) for edit in edits)
            text = apply(lines.text, edits)[whole.start : whole.end + grown]
            yield {"range": _range(whole, lines), "text": text}


def _location(span: Span, path: str, lines: Lines) -> dict[str, Any]:
    return {"path": path, "range": _range(span, lines)}


def _range(span: Span, lines: Lines) -> dict[str, dict[str, int]]:
    start, end = utf8(lines, span.start), utf8(lines, span.end)
    return {"start": {"line": start[0], "column": start[1]}, "end": {"line": end[0], "column": end[1]}}
