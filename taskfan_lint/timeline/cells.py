"""Text in the columns of a terminal."""

from __future__ import annotations

from unicodedata import category, east_asian_width

from taskfan_lint.report import printable


def width(text: str) -> int:
    """Return how many columns a text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def fit(text: str, columns: int) -> str:
    """Return a text on one line that takes exactly so many columns, filled up or cut."""
    text = printable(text)
    if width(text) > columns:
        kept, used = "", 0
        for character in text:
            used += _columns(character)
            if used > columns - 1:
                break
            kept += character
        text = kept + "…" if columns > 0 else ""
    return text + " " * (columns - width(text))


def _columns(character: str) -> int:
    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
