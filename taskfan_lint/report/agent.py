"""The format `agent`: one terse line for each finding and its fix below, for coding agents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from taskfan_lint.edit import Lines
from taskfan_lint.excerpt import rewrite
from taskfan_lint.finding import Applicability, Finding, Fix
from taskfan_lint.report import Look, Report, printable

WORDS = {
    Applicability.SAFE: "safe, `--fix` makes it",
    Applicability.UNSAFE: "changes the order of effects, `--fix --unsafe-fixes` makes it",
    Applicability.DISPLAY: "by hand",
}


def render(reports: Iterable[Report], look: Look) -> str:
    """Return the findings in order of path and place; a fix is the rows to replace and the lines to put there."""
    return "".join(f"{line}\n" for report in reports for line in _lines(report, look))


def _lines(report: Report, look: Look) -> Iterator[str]:
    lines = Lines(report.document.text)
    path = look.path(report.document.path)
    for finding in report.findings:
        row, column = lines.position(finding.span.start)
        help_ = f"; {finding.help}" if finding.help else ""
        yield printable(f"{path}:{row}:{column} {finding.severity} {finding.code}: {finding.message}{help_}")
        yield from _fix(finding, lines)


def _fix(finding: Finding, lines: Lines) -> Iterator[str]:
    match finding.fix:
        case Fix(applicability, _, edits) as fix if edits:
            change = rewrite(fix, lines).trimmed()
            where = f"rows {change.first}-{change.last}" if change.before else f"before row {change.first}"
            yield f"  fix ({WORDS[applicability]}): {where} {'become' if change.before else 'insert'}"
            yield from (f"  + {printable(line.expandtabs(4))}".rstrip() for line in change.after)
