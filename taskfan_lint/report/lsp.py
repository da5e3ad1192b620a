"""The format `lsp`: the parameters of `textDocument/publishDiagnostics`, as a language server sends them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any

from taskfan_lint.columns import utf16
from taskfan_lint.edit import Lines, Span
from taskfan_lint.finding import Finding, Severity
from taskfan_lint.report import STDIN, Look, Report, uri

LEVELS = {Severity.ERROR: 1, Severity.WARNING: 2, Severity.INFO: 3}


def render(reports: Iterable[Report], look: Look) -> str:
    """Return a JSON array of parameters, one for each file; columns count UTF-16 code units."""
    return json.dumps([_parameters(report, look) for report in reports], indent=2) + "\n"


def _parameters(report: Report, look: Look) -> dict[str, Any]:
    lines = Lines(report.document.text)
    path = os.fspath(report.document.path)
    place = "untitled:stdin" if path == STDIN else uri(os.path.normpath(os.path.join(look.base, path)))
    return {"uri": place, "diagnostics": [_diagnostic(finding, place, lines) for finding in report.findings]}


def _diagnostic(finding: Finding, place: str, lines: Lines) -> dict[str, Any]:
    return {
        "range": _range(finding.span, lines),
        "severity": LEVELS[finding.severity],
        "code": finding.code,
        "source": "taskfan-lint",
        "message": f"{finding.message}\nhelp: {finding.help}" if finding.help else finding.message,
        "relatedInformation": [
            {"location": {"uri": place, "range": _range(note.span, lines)}, "message": note.message}
            for note in finding.notes
        ],
    }


def _range(span: Span, lines: Lines) -> dict[str, dict[str, int]]:
    return {"start": _position(span.start, lines), "end": _position(span.end, lines)}


def _position(offset: int, lines: Lines) -> dict[str, int]:
    row, column = utf16(lines, offset)
    return {"line": row - 1, "character": column - 1}
