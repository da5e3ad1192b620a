"""What a script forbids that Python has no word for: scopes of blocks, and lines that join the one before."""

from __future__ import annotations

import re

from taskfan_lint.analysis.javascript.outline import outlined
from taskfan_lint.analysis.model import Node, Step
from taskfan_lint.edit import Edit, Span, apply
from taskfan_lint.rewrite import Declined
from taskfan_lint.rewrite.layout import Layout
from taskfan_lint.rewrite.script.style import declared

_PLAIN = re.compile(
    r"(?:const|let|await)\b|(?!var\b|function\b|class\b|import\b|export\b)[A-Za-z_$][\w$.]*\s*(?:\(|=(?![=>]))"
)
_JOINS = frozenset("([`+-*/,.<=&|?:%^")


def check_same_block(layout: Layout, *spans: Span) -> None:
    """Raise Declined where not all statements stand in one block, or one stands where a block could."""
    found = {_block(layout, span) for span in spans}
    if len(found) > 1:
        raise Declined("it stands in another block than the first dispatch")
    if any(span in layout.facts.blocks[1:] for span in spans):
        raise Declined("it stands alone where a block could")


def _block(layout: Layout, span: Span) -> Span:
    """Return the innermost block around a statement, or around an offset between statements."""
    whole, *inner = layout.facts.blocks
    around = [one for one in inner if span in one and span != one and (span.end > span.start or one.start < span.start)]
    return min([whole, *around], key=lambda one: one.end - one.start)


def check_movable(layout: Layout, node: Node, at: int) -> None:
    """Raise Declined where a statement cannot stand at an offset of its block, for what scripts are."""
    check_same_block(layout, node.span)
    if _block(layout, node.span) != _block(layout, Span(at, at)):
        raise Declined("it stands in another block than the first dispatch")
    if not isinstance(node, Step) or not _PLAIN.match(layout.text(node.span)):
        raise Declined("it is more than a plain statement")
    if at > node.span.start or not node.binds or any(declared(layout, node, name) is None for name in node.binds):
        check_seen(layout, frozenset(node.binds) | node.changes)
    check_declared(layout, node.reads | frozenset(node.binds), Span(min(at, node.span.start), max(at, node.span.start)))


def check_seen(layout: Layout, names: frozenset[str]) -> None:
    """Raise Declined where a function that is declared may read or write one of the names at any time.

    One that reads a `const` too early fails, so what does not fail is not seen: that can move up.
    """
    shared = names & (layout.facts.hidden | layout.facts.outer)
    if shared:
        raise Declined(f"`{min(shared)}` is used by a function")


def check_declared(layout: Layout, names: frozenset[str], span: Span) -> None:
    """Raise Declined where one of the names is declared without a value in a span."""
    text = layout.text(span)
    for name in sorted(names):
        if re.search(rf"\b(?:let|var)\s[^=;]*(?<![\w$]){re.escape(name)}(?![\w$])", text):
            raise Declined(f"`{name}` is declared on the way")


def checked(layout: Layout, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """Return edits of a script; raises Declined where two lines would become one statement for want of a semicolon."""
    if not layout.facts.is_script:
        return edits
    code = outlined(apply(layout.code, edits))
    shift = 0
    for edit in sorted(edits, key=lambda one: one.span):
        start = edit.span.start + shift
        for place in (start, start + len(edit.content)):
            _check_line(code, place)
        shift += len(edit.content) - (edit.span.end - edit.span.start)
    return edits


def _check_line(code: str, place: int) -> None:
    before, after = code[:place].rstrip(), code[place:].lstrip()
    if before and before[-1] not in ";{" and after and after[0] in _JOINS and re.search(r"[\r\n]", _gap(code, place)):
        raise Declined("a line would join the one before it for want of a semicolon")


def _gap(code: str, place: int) -> str:
    """Return the white space around an offset."""
    start, end = len(code[:place].rstrip()), len(code) - len(code[place:].lstrip())
    return code[start:end]
