"""Columns in the units that other programs count in: UTF-16 code units and UTF-8 bytes."""

from __future__ import annotations

from taskfan_lint.edit import Lines


def utf16(lines: Lines, offset: int) -> tuple[int, int]:
    """Return the row and the column (in UTF-16 code units) of an offset, both from 1."""
    row, before = _before(lines, offset)
    return row, len(before) + sum(character > "\uffff" for character in before) + 1


def utf8(lines: Lines, offset: int) -> tuple[int, int]:
    """Return the row and the column (in UTF-8 bytes) of an offset, both from 1."""
    row, before = _before(lines, offset)
    return row, len(before.encode("utf-8", "surrogatepass")) + 1


def _before(lines: Lines, offset: int) -> tuple[int, str]:
    row, _ = lines.position(offset)
    return row, lines.text[lines.starts[row - 1] : offset]
