"""What a client can do about the findings of a range: fix, suppress, look at the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lsprotocol import types

from taskfan_lint.edit import Edit, Span
from taskfan_lint.finding import Applicability, Finding
from taskfan_lint.server import remarks
from taskfan_lint.server.buffers import Answer
from taskfan_lint.server.diagnostics import diagnostic
from taskfan_lint.server.positions import line_edits
from taskfan_lint.server.windows import placed
from taskfan_lint.suppress import ORDER_RULES
from taskfan_lint.surveys import Surveyed

QUICK_FIX = types.CodeActionKind.QuickFix.value
FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.taskfan-lint"
PLAN = f"{types.CodeActionKind.Source.value}.plan.taskfan-lint"
KINDS = (QUICK_FIX, FIX_ALL, PLAN)
SHOW_PLAN = "taskfan-lint.showPlan"


def wants(only: Sequence[str] | None, kind: str) -> bool:
    """Tell whether a client that asks for some kinds only, or for all, asks for this one."""
    return only is None or any(kind == one or kind.startswith(f"{one}.") or not one for one in only)


def in_range(answer: Answer, range_: types.Range) -> list[Finding]:
    """Return the findings that share a place with a range."""
    span = answer.positions.span(range_)
    return [one for one in answer.checked.findings if one.span.touches(span)]


def workspace_edit(edits: Iterable[Edit], answer: Answer, *, versioned: bool) -> types.WorkspaceEdit:
    """Return edits of a document; a versioned one is refused by the client if the text has changed meanwhile."""
    changes = answer.positions.edits(edits)
    if not versioned:
        return types.WorkspaceEdit(changes={answer.uri: changes})
    document = types.OptionalVersionedTextDocumentIdentifier(answer.uri, answer.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, list(changes))])


def fixes(findings: Iterable[Finding], answer: Answer, *, versioned: bool) -> Iterator[types.CodeAction]:
    """Yield the fixes that can be applied; safe ones are preferred, unsafe ones say what they are."""
    for finding in findings:
        fix = finding.fix
        if fix is None or fix.applicability is Applicability.DISPLAY:
            continue
        safe = fix.applicability is Applicability.SAFE
        yield types.CodeAction(
            title=_title(fix.message) + ("" if safe else " (unsafe)"),
            kind=QUICK_FIX,
            diagnostics=[diagnostic(finding, answer)],
            is_preferred=True if safe else None,
            edit=workspace_edit(fix.edits, answer, versioned=versioned),
        )


def _title(words: str) -> str:
    return words[:1].upper() + words[1:]


def is_fixable(answer: Answer) -> bool:
    """Tell whether a document has a safe fix."""
    return any(one.fix and one.fix.applicability is Applicability.SAFE for one in answer.checked.findings)


def fix_all(answer: Answer, *, versioned: bool) -> types.CodeAction:
    """Return the action that makes of a document what `--fix` makes of it."""
    action = unresolved_fix_all(answer)
    edits = line_edits(answer.positions.text, answer.fixed())
    action.edit = workspace_edit(edits, answer, versioned=versioned)
    return action


def unresolved_fix_all(answer: Answer) -> types.CodeAction:
    """Return the action `fix_all` without its edit, which a client asks for when it is chosen."""
    return types.CodeAction("Fix all that taskfan-lint can fix safely", kind=FIX_ALL, data={"uri": answer.uri})


def suppressions(
    findings: Iterable[Finding], answer: Answer, surveyed: Sequence[Surveyed], *, versioned: bool
) -> Iterator[types.CodeAction]:
    """Yield the comments that suppress each finding, where its line takes one."""
    for finding in findings:
        ignored = remarks.ignoring(finding, answer, surveyed)
        serial = remarks.declaring_serial(finding, answer, surveyed, ORDER_RULES)
        for title, edit in (
            (f"Ignore {finding.code} on this line", ignored),
            ("Mark as serial on purpose", serial),
        ):
            if edit is not None:
                yield types.CodeAction(
                    title=title,
                    kind=QUICK_FIX,
                    diagnostics=[diagnostic(finding, answer)],
                    edit=workspace_edit([edit], answer, versioned=versioned),
                )


def show_plan(answer: Answer, surveyed: Sequence[Surveyed], range_: types.Range) -> Iterator[types.CodeAction]:
    """Yield the action that shows the plan, where the lines of a range hold a dispatch or a finding."""
    start, end = answer.positions.offset(range_.start), answer.positions.offset(range_.end)
    lines = answer.positions.lines
    rows = Span(lines.start_of_line(start), lines.end_of_line(end))
    spans = [one.span for one in answer.checked.findings] + [one.span for one in placed(surveyed)]
    if any(rows.start <= span.end and span.start < rows.end for span in spans):
        command = types.Command("Show the plan", SHOW_PLAN, arguments=[answer.uri])
        yield types.CodeAction("Show the plan", kind=PLAN, command=command)
