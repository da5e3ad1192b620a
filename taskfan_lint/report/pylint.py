"""The format `pylint`: one line for each finding, as the parsers for Pylint's reports read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from taskfan_lint.edit import Lines
from taskfan_lint.report import Look, Report, printable


def render(reports: Iterable[Report], look: Look) -> str:
    """Return the findings as `path:row: [rule] message`."""
    return "".join(line for report in reports for line in _lines(report, look))


def _lines(report: Report, look: Look) -> Iterator[str]:
    lines = Lines(report.document.text)
    path = look.path(report.document.path)
    for finding in report.findings:
        row, _ = lines.position(finding.span.start)
        yield f"{path}:{row}: [{finding.code}] {printable(finding.message)}\n"
