"""Comments that suppress one finding, put where they do so and change nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from taskfan_lint.checked import Checked
from taskfan_lint.edit import Edit, Span, apply
from taskfan_lint.finding import Finding
from taskfan_lint.server.buffers import Answer
from taskfan_lint.source import newline_of
from taskfan_lint.surveys import Surveyed

_LISTED = re.compile(r"taskfan:\s*ignore\s*\[[^\]]*(?=\])")
_INDENT = re.compile(r"[ \t>]*")
_CODE_INDENT = re.compile(r"[ \t]*")


def ignoring(finding: Finding, answer: Answer, surveyed: Sequence[Surveyed]) -> Edit | None:
    """Return the edit that ignores a finding's rule on its line, None where the line takes no comment."""
    row = _row(finding, answer)
    listed = _LISTED.search(answer.positions.text, row.start, row.end)
    if listed:
        edits: Iterator[Edit] = iter([Edit(Span(listed.end(), listed.end()), f", {finding.code}")])
    else:
        edits = _comments(f"taskfan: ignore[{finding.code}]", finding, answer, surveyed)
    return next((edit for edit in edits if _silences(edit, finding, answer, {finding.code})), None)


def declaring_serial(
    finding: Finding, answer: Answer, surveyed: Sequence[Surveyed], order: frozenset[str]
) -> Edit | None:
    """Return the edit that declares a finding's region serial on purpose; `order` are the rules that this is about."""
    if finding.code not in order:
        return None
    edits = _comments("taskfan: serial -- on purpose", finding, answer, surveyed)
    return next((edit for edit in edits if _silences(edit, finding, answer, order)), None)


def _row(finding: Finding, answer: Answer) -> Span:
    """Return the span of the line on which a finding starts, without its line end."""
    lines = answer.positions.lines
    row = lines.position(finding.span.start)[0]
    start = lines.starts[row - 1]
    return Span(start, start + len(lines.row(row)))


def _comments(comment: str, finding: Finding, answer: Answer, surveyed: Sequence[Surveyed]) -> Iterator[Edit]:
    """Yield the places of a comment: at the end of the finding's line, and on a line of its own above it."""
    sign = _sign(finding, surveyed)
    if not sign or answer.document is None:
        return
    text, row = answer.positions.text, _row(finding, answer)
    end = row.start + len(text[row.start : row.end].rstrip())
    yield Edit(Span(end, row.end), f"  {sign} {comment}")
    indent = (_INDENT if answer.document.is_markdown else _CODE_INDENT).match(text, row.start, row.end)
    assert indent is not None
    yield Edit(Span(row.start, row.start), f"{indent[0]}{sign} {comment}{newline_of(text)}")


def _sign(finding: Finding, surveyed: Sequence[Surveyed]) -> str:
    """Return what begins a comment in the language in which the snippet around a finding was read."""
    for one in surveyed:
        if one.snippet.offset(0) <= finding.span.start <= one.snippet.offset(len(one.snippet.code)):
            return "#" if one.analysis.facts.language == "python" else "//"
    return ""


def _silences(edit: Edit, finding: Finding, answer: Answer, rules: set[str] | frozenset[str]) -> bool:
    """Tell whether an edit takes the finding away, and else at most findings of the given rules."""
    after = answer.check(apply(answer.positions.text, [edit]))
    moved = len(edit.content) - (edit.span.end - edit.span.start) if edit.span.start <= finding.span.start else 0
    if any(one.code == finding.code and one.span.start == finding.span.start + moved for one in after.findings):
        return False
    before, left = _codes(answer.checked), _codes(after)
    readable = len(after.unreadable) == len(answer.checked.unreadable) and after.hidden == answer.checked.hidden
    return readable and not left - before and set(before - left) <= rules


def _codes(checked: Checked) -> Counter[str]:
    return Counter(finding.code for finding in checked.findings)
