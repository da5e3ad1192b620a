"""The format `json`: an array of objects whose fields are those of Ruff, and a few more."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from typing import Any

from taskfan_lint.edit import Lines, Span
from taskfan_lint.finding import Finding, Fix
from taskfan_lint.report import STDIN, Look, Report


def render(reports: Iterable[Report], look: Look) -> str:
    """Return the findings as a JSON array, sorted by filename, row, column and code."""
    return json.dumps(entries(reports, look), indent=2) + "\n"


def entries(reports: Iterable[Report], look: Look) -> list[dict[str, Any]]:
    """Return an object for each finding, sorted by filename, row, column and code."""
    return sorted((entry for report in reports for entry in _entries(report, look)), key=_order)


def _order(entry: dict[str, Any]) -> tuple[str, int, int, str]:
    return entry["filename"], entry["location"]["row"], entry["location"]["column"], entry["code"]


def _entries(report: Report, look: Look) -> Iterator[dict[str, Any]]:
    lines = Lines(report.document.text)
    path = os.fspath(report.document.path)
    filename = path if path == STDIN else os.path.normpath(os.path.join(look.base, path))
    for finding in report.findings:
        yield _entry(finding, filename, lines)


def _entry(finding: Finding, filename: str, lines: Lines) -> dict[str, Any]:
    return {
        "cell": None,
        "code": finding.code,
        "counterexample": finding.counterexample,
        **_range(finding.span, lines),
        "filename": filename,
        "fix": _fix(finding.fix, lines) if finding.fix else None,
        "help": finding.help,
        "message": finding.message,
        "notes": [{"message": note.message, **_range(note.span, lines)} for note in finding.notes],
        "severity": str(finding.severity),
        "url": None,
    }


def _fix(fix: Fix, lines: Lines) -> dict[str, Any]:
    return {
        "applicability": fix.applicability.value,
        "edits": [{"content": edit.content, **_range(edit.span, lines)} for edit in fix.edits],
        "message": fix.message,
    }


def _range(span: Span, lines: Lines) -> dict[str, dict[str, int]]:
    return {"location": _location(span.start, lines), "end_location": _location(span.end, lines)}


def _location(offset: int, lines: Lines) -> dict[str, int]:
    row, column = lines.position(offset)
    return {"row": row, "column": column}
