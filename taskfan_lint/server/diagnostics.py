"""Findings as the diagnostics of a client."""

from __future__ import annotations

from lsprotocol import types

from taskfan_lint import pages
from taskfan_lint.checked import Place
from taskfan_lint.edit import Span
from taskfan_lint.finding import Finding, Severity
from taskfan_lint.rules import unused_suppression
from taskfan_lint.server.buffers import Answer

SOURCE = "taskfan-lint"
SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}


def diagnostics(answer: Answer) -> list[types.Diagnostic]:
    """Return the diagnostics of an answer in order of place: its findings, and the code that is not analysable."""
    found = [diagnostic(finding, answer) for finding in answer.checked.findings]
    found += [_unread(place, types.DiagnosticSeverity.Information, answer) for place in answer.checked.unreadable]
    found += [_unread(place, types.DiagnosticSeverity.Warning, answer) for place in answer.checked.refused]
    return sorted(found, key=lambda one: one.range.start)


def _unread(place: Place, severity: types.DiagnosticSeverity, answer: Answer) -> types.Diagnostic:
    """Return a place with code that is not analysable as a diagnostic of its row; there is no rule about it."""
    text, start = answer.positions.lines.row(place.row), answer.positions.lines.starts[place.row - 1]
    span = Span(start + len(text) - len(text.lstrip()), start + len(text.rstrip()))
    message = f"this code is not analysable: {place.reason}"
    return types.Diagnostic(answer.positions.range(span), message, severity, source=SOURCE)


def diagnostic(finding: Finding, answer: Answer) -> types.Diagnostic:
    """Return a finding as a diagnostic, a hint if the baseline knows it; `data` holds its help, and who may fix it."""
    reason = next((reason for known, reason in answer.known if known == finding), None)
    parts = (("help", finding.help), ("known", reason))
    return types.Diagnostic(
        range=answer.positions.range(finding.span),
        message="\n".join([finding.message, *(f"{label}: {text}" for label, text in parts if text)]),
        severity=SEVERITIES[finding.severity] if reason is None else types.DiagnosticSeverity.Hint,
        code=finding.code,
        code_description=types.CodeDescription(pages.file(finding.code).as_uri()),
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if finding.code == unused_suppression.NAME else None,
        related_information=_related(finding, answer) or None,
        data={
            "help": finding.help,
            "fix": finding.fix and {"message": finding.fix.message, "applicability": finding.fix.applicability.value},
        },
    )


def _related(finding: Finding, answer: Answer) -> list[types.DiagnosticRelatedInformation]:
    return [
        types.DiagnosticRelatedInformation(types.Location(answer.uri, answer.positions.range(note.span)), note.message)
        for note in finding.notes
    ]
