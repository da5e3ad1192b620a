"""The format `github`: workflow commands of GitHub Actions, which become annotations; and the summary of a job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from taskfan_lint.edit import Lines
from taskfan_lint.finding import Finding, Severity
from taskfan_lint.report import Look, Report, encoded, printable

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
VALUE = {"%": "%25", "\r": "%0D", "\n": "%0A"}
PROPERTY = {**VALUE, ":": "%3A", ",": "%2C"}
MARKUP = {"|": "&#124;", "<": "&lt;", ">": "&gt;", "&": "&amp;", "`": "&#96;", "*": "&#42;", "_": "&#95;"}
MARKUP |= {"[": "&#91;", "]": "&#93;", "\\": "&#92;", "~": "&#126;", "@": "&#64;", "#": "&#35;", "$": "&#36;"}
MOST_ROWS = 200


def render(reports: Iterable[Report], look: Look) -> str:
    """Return one command for each finding, with its path relative to the root of the repository."""
    return "".join(f"{line}\n" for report in reports for line in _commands(report, look))


def _commands(report: Report, look: Look) -> Iterator[str]:
    lines = Lines(report.document.text)
    path = look.rooted(report.document.path)
    for finding in report.findings:
        properties = {"file": path, **_place(finding, lines), "title": f"taskfan-lint ({finding.code})"}
        shown = ",".join(f"{name}={encoded(str(value), PROPERTY)}" for name, value in properties.items())
        yield f"::{LEVELS[finding.severity]} {shown}::{encoded(_words(finding, lines), VALUE)}"


def _place(finding: Finding, lines: Lines) -> dict[str, int]:
    """Return rows and columns; a finding of several rows has no columns, for the runner refuses them there."""
    row, column = lines.position(finding.span.start)
    last, end = lines.position(finding.span.end)
    if row != last:
        return {"line": row, "endLine": last}
    return {"line": row, "endLine": row, "col": column, "endColumn": max(end, column + 1)}


def _words(finding: Finding, lines: Lines) -> str:
    notes = [f"line {lines.position(note.span.start)[0]}: {note.message}" for note in finding.notes]
    help_ = [f"help: {finding.help}"] if finding.help else []
    return "\n".join([finding.message, *notes, *help_])


def job_summary(reports: Iterable[Report], look: Look) -> str:
    """Return the findings as Markdown for the summary page of a job: a table of counts, and one of places."""
    rows = [row for report in reports for row in _rows(report, look)]
    if not rows:
        return "### taskfan-lint: no findings\n"
    counts = Counter(code for _, code, _ in rows)
    plural = "" if len(rows) == 1 else "s"
    shown = [f"| {place} | {code} | {message} |\n" for place, code, message in rows[:MOST_ROWS]]
    more = f"\n{len(rows) - MOST_ROWS} more are not shown here.\n" if len(rows) > MOST_ROWS else ""
    return (
        f"### taskfan-lint: {len(rows)} finding{plural}\n\n| rule | findings |\n|---|---:|\n"
        + "".join(f"| {code} | {count} |\n" for code, count in sorted(counts.items()))
        + "\n| place | rule | message |\n|---|---|---|\n"
        + "".join(shown)
        + more
    )


def _rows(report: Report, look: Look) -> Iterator[tuple[str, str, str]]:
    lines = Lines(report.document.text)
    path = printable(look.rooted(report.document.path))
    for finding in report.findings:
        row, column = lines.position(finding.span.start)
        yield encoded(f"{path}:{row}:{column}", MARKUP), finding.code, encoded(printable(finding.message), MARKUP)
