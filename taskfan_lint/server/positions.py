"""Positions as a client counts them, in the units of the encoding that it has asked for."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types

from taskfan_lint.edit import NEWLINE, Edit, Lines, Span

Change = types.TextDocumentContentChangeEvent


class Positions:
    """The way between offsets in a text and a client's positions, whose lines and characters count from 0."""

    def __init__(self, text: str, encoding: str) -> None:
        self.text = text
        self.encoding = encoding
        self.lines = Lines(text)

    def position(self, offset: int) -> types.Position:
        """Return the position of an offset."""
        row, column = self.lines.position(offset)
        start = self.lines.starts[row - 1]
        return types.Position(row - 1, units(self.text[start : start + column - 1], self.encoding))

    def range(self, span: Span) -> types.Range:
        """Return the range of a span."""
        return types.Range(self.position(span.start), self.position(span.end))

    def offset(self, position: types.Position) -> int:
        """Return the offset of a position; one behind the end of its line or of the text is that end."""
        if position.line >= len(self.lines):
            return len(self.text)
        start = self.lines.starts[position.line]
        row = self.lines.row(position.line + 1)
        return start + _column(row, position.character, self.encoding)

    def span(self, range_: types.Range) -> Span:
        """Return the span of a range."""
        return Span(self.offset(range_.start), self.offset(range_.end))

    def edits(self, edits: Iterable[Edit]) -> list[types.TextEdit]:
        """Return edits as a client applies them."""
        return [types.TextEdit(self.range(edit.span), edit.content) for edit in edits]


def units(text: str, encoding: str) -> int:
    """Return the length of a text in the units of an encoding; half a surrogate pair counts as one code point."""
    if text.isascii() or encoding == types.PositionEncodingKind.Utf32:
        return len(text)
    if encoding == types.PositionEncodingKind.Utf8:
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _column(row: str, character: int, encoding: str) -> int:
    if row.isascii() or encoding == types.PositionEncodingKind.Utf32:
        return min(character, len(row))
    passed = 0
    for column, letter in enumerate(row):
        if passed >= character:
            return column
        passed += units(letter, encoding)
    return len(row)


def changed(text: str, changes: Iterable[Change], encoding: str) -> str:
    """Return a text after the changes of a client, each of them made in what the one before has left."""
    for change in changes:
        if isinstance(change, types.TextDocumentContentChangePartial):
            span = Positions(text, encoding).span(change.range)
            text = text[: span.start] + change.text + text[max(span.start, span.end) :]
        else:
            text = change.text
    return text


def line_edits(before: str, after: str) -> list[Edit]:
    """Return the edits, of whole lines, that turn one text into another."""
    from difflib import SequenceMatcher  # lazy: only where everything is fixed at once

    old, new = _lines(before), _lines(after)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        Edit(Span(starts[first], starts[last]), "".join(new[low:high]))
        for kind, first, last, low, high in matcher.get_opcodes()
        if kind != "equal"
    ]


def _lines(text: str) -> list[str]:
    ends = [*(match.end() for match in NEWLINE.finditer(text)), len(text)]
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False) if start < end]
