"""The format `concise`: one line for each finding."""

from __future__ import annotations

from collections.abc import Iterable

from taskfan_lint.edit import Lines
from taskfan_lint.finding import Applicability, Finding
from taskfan_lint.report import Look, Report, printable


def render(reports: Iterable[Report], look: Look) -> str:
    """Return the findings as `path:row:column: severity[rule] message`, `[*]` before a message that has a safe fix."""
    return "".join(_lines(report, look) for report in reports)


def _lines(report: Report, look: Look) -> str:
    lines = Lines(report.document.text)
    path = look.path(report.document.path)
    return "".join(f"{path}:{_place(finding, lines)}: {_words(finding)}\n" for finding in report.findings)


def _place(finding: Finding, lines: Lines) -> str:
    row, column = lines.position(finding.span.start)
    return f"{row}:{column}"


def _words(finding: Finding) -> str:
    fixable = finding.fix is not None and finding.fix.applicability is Applicability.SAFE
    star = "[*] " if fixable else ""
    return f"{finding.severity}[{finding.code}] {star}{printable(finding.message)}"
