"""What is said about a place: the window of the dispatch there, and the page of the rule that reports it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lsprotocol import types

from taskfan_lint import pages
from taskfan_lint.finding import Finding
from taskfan_lint.server.buffers import Answer
from taskfan_lint.server.windows import Placed, placed
from taskfan_lint.surveys import Surveyed


def hover(answer: Answer, surveyed: Sequence[Surveyed], position: types.Position) -> types.Hover | None:
    """Return the hover at a position, None where neither a dispatch nor a finding is."""
    offset = answer.positions.offset(position)
    dispatches = [one for one in placed(surveyed) if one.span.start <= offset <= one.span.end]
    findings = [one for one in answer.checked.findings if one.span.start <= offset <= one.span.end]
    spans = [one.span for one in findings] + [one.span for one in dispatches]
    if not spans:
        return None
    span = min(spans, key=lambda span: span.end - span.start)
    content = "\n\n---\n\n".join([*_places(dispatches[-1:]), *_pages(findings)])
    markdown = types.MarkupContent(types.MarkupKind.Markdown, content)
    return types.Hover(markdown, answer.positions.range(span))


def _places(dispatches: Iterable[Placed]) -> list[str]:
    return [f"`{one.name}` is {one.place}" for one in dispatches]


def _pages(findings: Sequence[Finding]) -> list[str]:
    """Return the pages of the rules that findings are of, each once."""
    return [pages.page(code).strip() for code in dict.fromkeys(one.code for one in findings)]


def lenses(answer: Answer, surveyed: Sequence[Surveyed], command: str) -> list[types.CodeLens]:
    """Return a lens above each dispatch, with its place in its window."""
    return [
        types.CodeLens(answer.positions.range(one.span), types.Command(one.place, command, arguments=[answer.uri]))
        for one in placed(surveyed)
    ]
