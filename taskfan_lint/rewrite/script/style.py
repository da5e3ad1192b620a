"""How a script is written: semicolons, indentation, and the text of calls."""

from __future__ import annotations

import re

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.javascript.outline import outlined
from taskfan_lint.analysis.model import Dispatch, Step
from taskfan_lint.edit import NEWLINE, Span
from taskfan_lint.rewrite import Declined
from taskfan_lint.rewrite.layout import Layout
from taskfan_lint.rewrite.runs import WORKFLOW_AGENT

MAX_WIDTH = 100  # code points of a line that is put together

_AWAIT = re.compile(r"await\b\s*")
_WAITS = re.compile(r"\b(?:await|yield)\b")


def semicolon(layout: Layout, *spans: Span) -> str:
    """Return what the statements at some spans end with, or one of them."""
    return ";" if any(layout.text(span).endswith(";") for span in spans) else ""


def unit(layout: Layout) -> str:
    """Return the white space of one level of indentation."""
    leads = [line[: len(line) - len(line.lstrip())] for line in NEWLINE.split(layout.code) if line.strip()]
    if any("\t" in lead for lead in leads):
        return "\t"
    return " " * min((len(lead) for lead in leads if len(lead) > 1), default=2)


def without_end(layout: Layout, span: Span) -> Span:
    """Return the span of a statement without its semicolon."""
    return Span(span.start, span.start + len(layout.text(span).rstrip("; \t\r\n")))


def called(layout: Layout, dispatch: Dispatch) -> Span:
    """Return the span of a dispatch without an `await` in front of it; raises Declined where it waits inside.

    The grammar takes `await f<T>(x)` for a call that starts with its `await`.
    """
    text = layout.text(dispatch.span)
    found = _AWAIT.match(text)
    span = Span(dispatch.span.start + (found.end() if found else 0), dispatch.span.end)
    if _WAITS.search(outlined(layout.text(span))) or ("${" in text and _WAITS.search(text)):
        raise Declined("an argument of the dispatch waits")
    return span


def combiner(layout: Layout, dispatch: Dispatch) -> tuple[str, str]:
    """Return what runs dispatches together, and what has to stand before each of them there."""
    defined = {name for region in layout.facts.regions for node in region.body for name in tree.binds(node)}
    if dispatch.name == WORKFLOW_AGENT and "parallel" not in defined:
        return "parallel", "() => "
    return "Promise.all", ""


def declared(layout: Layout, step: Step, name: str) -> Span | None:
    """Return the span of the name that `const name = ...` or `let name = ...` declares, None for other statements."""
    found = re.match(rf"(?:const|let)\s+(?P<name>{re.escape(name)})(?![\w$])", layout.text(step.span))
    return Span(step.span.start + found.start("name"), step.span.start + found.end("name")) if found else None
