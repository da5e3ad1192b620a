"""The format `azure`: logging commands of Azure Pipelines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from taskfan_lint.edit import Lines
from taskfan_lint.finding import Finding, Severity
from taskfan_lint.report import Look, Report, encoded

VALUE = {"%": "%AZP25", "\r": "%0D", "\n": "%0A"}
PROPERTY = {**VALUE, ";": "%3B", "]": "%5D"}


def render(reports: Iterable[Report], look: Look) -> str:
    """Return one `task.logissue` command for each finding, with its path relative to the root of the repository."""
    return "".join(f"{line}\n" for report in reports for line in _commands(report, look))


def _commands(report: Report, look: Look) -> Iterator[str]:
    lines = Lines(report.document.text)
    path = look.rooted(report.document.path)
    for finding in report.findings:
        row, column = lines.position(finding.span.start)
        values = {"type": _type(finding), "sourcepath": path, "linenumber": row, "columnnumber": column}
        properties = {**values, "code": finding.code}
        shown = "".join(f"{name}={encoded(str(value), PROPERTY)};" for name, value in properties.items())
        help_ = f"; {finding.help}" if finding.help else ""
        yield f"##vso[task.logissue {shown}]{encoded(finding.message + help_, VALUE)}"


def _type(finding: Finding) -> str:
    """Return the level: there is none below a warning."""
    return "error" if finding.severity is Severity.ERROR else "warning"
