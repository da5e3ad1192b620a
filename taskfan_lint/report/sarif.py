"""The format `sarif`: SARIF 2.1.0, as code scanning services and viewers read it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import taskfan_lint
from taskfan_lint import pages
from taskfan_lint.columns import utf16
from taskfan_lint.edit import Lines, Span
from taskfan_lint.finding import Applicability, Finding, Fix, Severity
from taskfan_lint.fingerprint import fingerprints
from taskfan_lint.report import Look, Report, uri
from taskfan_lint.rules import rules

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
ROOT = "%SRCROOT%"
FINGERPRINT = "taskfanFinding/v1"


def render(reports: Iterable[Report], look: Look) -> str:
    """Return the findings as one run with all rules, so that the results of several parts can be joined."""
    run = {
        "tool": {"driver": _driver()},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "results": [result for report in reports for result in _results(report, look)],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _driver() -> dict[str, Any]:
    described = [_rule(rule.name, rule.severity) for rule in rules()]
    return {"name": "taskfan-lint", "version": str(taskfan_lint.__version__), "rules": described}


def _rule(name: str, severity: Severity) -> dict[str, Any]:
    page = pages.page(name)
    summary = pages.summary(name)
    return {
        "id": name,
        "name": "".join(word.capitalize() for word in name.split("-")),
        "shortDescription": {"text": summary},
        "fullDescription": {"text": summary},
        "help": {"text": _plain(page), "markdown": page},
        "defaultConfiguration": {"level": LEVELS[severity]},
        "properties": {"tags": ["sub-agents"]},
    }


def _plain(page: str) -> str:
    """Return a page as plain text: without the marks of headings and fences."""
    return re.sub(r"^(?:#+ |`{3,}.*\n?)", "", page, flags=re.MULTILINE)


def _results(report: Report, look: Look) -> Iterator[dict[str, Any]]:
    """Yield a result for each finding, and one for each that a baseline spares, which is marked as suppressed."""
    lines = Lines(report.document.text)
    path = look.rooted(report.document.path)
    reasons = dict(report.known)
    findings = sorted((*report.findings, *reasons), key=lambda one: (one.span, one.code))
    names = [rule.name for rule in rules()]
    for finding, print_ in zip(findings, fingerprints(path, lines.text, findings), strict=True):
        result = _result(finding, uri(path), lines)
        result["ruleIndex"] = names.index(finding.code)
        result["partialFingerprints"] = {FINGERPRINT: print_}
        if finding in reasons:
            justification = {"justification": reasons[finding]} if reasons[finding] else {}
            result["suppressions"] = [{"kind": "external", "status": "accepted", **justification}]
        yield result


def _result(finding: Finding, place: str, lines: Lines) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": LEVELS[finding.severity],
        "message": {"text": f"{finding.message}; {finding.help}" if finding.help else finding.message},
        "locations": [{"physicalLocation": _location(finding.span, place, lines)}],
    }
    if finding.notes:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": note.message}, "physicalLocation": _location(note.span, place, lines)}
            for number, note in enumerate(finding.notes, 1)
        ]
    if finding.fix and finding.fix.applicability is not Applicability.DISPLAY:
        result["fixes"] = [_fix(finding.fix, place, lines)]
    return result


def _fix(fix: Fix, place: str, lines: Lines) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": _region(edit.span, lines), "insertedContent": {"text": edit.content}} for edit in fix.edits
    ]
    return {
        "description": {"text": f"{fix.message} ({fix.applicability.value})"},
        "artifactChanges": [{"artifactLocation": _artifact(place), "replacements": replacements}],
    }


def _location(span: Span, place: str, lines: Lines) -> dict[str, Any]:
    return {"artifactLocation": _artifact(place), "region": _region(span, lines)}


def _artifact(place: str) -> dict[str, str]:
    return {"uri": place} if place.startswith("file:") else {"uri": place, "uriBaseId": ROOT}


def _region(span: Span, lines: Lines) -> dict[str, int]:
    row, column = utf16(lines, span.start)
    last, end = utf16(lines, span.end)
    return {"startLine": row, "startColumn": column, "endLine": last, "endColumn": end}
