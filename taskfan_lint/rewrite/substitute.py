"""Substitute: loop targets in source text replaced by what they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from taskfan_lint.analysis.model import Field, Item, ItemKind, Use
from taskfan_lint.edit import Edit, Span
from taskfan_lint.rewrite import Declined

_SYNTAX = frozenset("{}\\\"'")
_NUMBER = re.compile(r"0|[1-9][0-9]*|True|False|None")
_OPEN_ESCAPE = re.compile(r"(?:^|[^\\])(?:\\\\)*\\[0-7]{0,2}$")
_SCOPE = re.compile(r"\b(?:for|lambda)\b")


def replacements(code: str, span: Span, uses: Iterable[Use], items: Mapping[str, Item]) -> list[Edit]:
    """Return the edits that replace each use of an item's name inside a span of the code.

    Raises Declined where the text of an item cannot stand in the place of the name.
    """
    inside = {use for use in uses if use.name in items and use.span in span}
    for use in inside:
        _check_scopes(code[span.start : span.end], items[use.name])
    return sorted({_replacement(use, items[use.name], code) for use in inside})


def _check_scopes(text: str, item: Item) -> None:
    """Raise Declined where a comprehension or lambda may bind a name that an item reads."""
    if not _SCOPE.search(text):
        return
    for name in sorted(item.reads):
        if re.search(rf"\b{name}\b", text):
            raise Declined(f"`{name}` may mean something else inside of an expression of the loop")


def _replacement(use: Use, item: Item, code: str) -> Edit:
    """Return the edit that puts an item in the place of one use of its name."""
    if use.deferred:
        raise Declined(f"`{use.name}` is read by a function later")
    if use.field is None:
        return Edit(use.span, _expression(use, item, code))
    if code[use.span.end : use.field.span.end].lstrip().startswith("="):
        raise Declined(f"`{use.name}` is printed with its name")
    if use.field.plain and _is_plain(item) and not _is_escaped(use.field, code):
        return Edit(use.field.span, item.value)
    return Edit(use.span, _in_field(use, use.field, item, code))


def _is_plain(item: Item) -> bool:
    """Tell whether an item is a text that means itself in any f-string, or prints as it is written."""
    if item.kind is ItemKind.NUMBER:
        return bool(_NUMBER.fullmatch(item.value))
    return item.kind is ItemKind.STRING and _is_written_out(item) and not _SYNTAX & set(item.value)


def _is_written_out(item: Item) -> bool:
    """Tell whether a string holds no escapes: its text, in whatever encoding, stands in the source already."""
    return item.value in item.text and (item.value.isprintable() or not item.value)


def _is_escaped(field: Field, code: str) -> bool:
    """Tell whether a field follows an escape that would take in the text put in its place: `f"\\\\1{name}"`."""
    raw = "r" in field.prefix.lower()
    return not raw and bool(_OPEN_ESCAPE.search(code[max(0, field.span.start - 80) : field.span.start]))


def _expression(use: Use, item: Item, code: str) -> str:
    followed = code[use.span.end : use.span.end + 1]
    if item.kind is ItemKind.NUMBER and not item.atom:
        return f"({item.text})" if followed == "." else item.text
    if item.atom:
        return item.text
    return item.text if use.whole and item.kind is not ItemKind.OTHER else f"({item.text})"


def _in_field(use: Use, field: Field, item: Item, code: str) -> str:
    """Return an item's text for a replacement field: before Python 3.12 without the string's quotes and backslashes."""
    text = _quoted(item, field.quote) if item.kind is ItemKind.STRING else _expression(use, item, code)
    if set("\\\n\r#") & set(text) or set(field.quote) & set(text):
        raise Declined(f"what `{use.name}` stands for cannot be written inside of this f-string")
    return text if not text.startswith("{") else f" {text}"


def _quoted(item: Item, used: str) -> str:
    """Return a string literal whose delimiter differs from those in use."""
    for quote in "'\"":
        if quote not in used and quote not in item.value and _is_written_out(item):
            return f"{quote}{item.value}{quote}"
    return item.text
