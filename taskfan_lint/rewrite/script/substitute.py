"""Substitute: loop targets in the text of a script replaced by what they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from taskfan_lint.analysis.model import Field, Item, ItemKind, Purity, Use
from taskfan_lint.edit import Edit, Span
from taskfan_lint.rewrite import Declined

_SYNTAX = frozenset("`\\$")
_ESCAPE = re.compile(r"(?:^|[^\\])(?:\\\\)*\\(?:[0-7]{0,2}|x[0-9a-fA-F]?|u\{?[0-9a-fA-F]*)$")
_MEMBER = re.compile(r"\s*\.\s*(?P<name>[A-Za-z_$][\w$]*)(?![\w$]|\s*(?:[(=`]|\+\+|--|[-+*/%&|^?]+=)(?!=))")
_NUMBER = re.compile(r"0|[1-9][0-9]*|true|false|null|undefined")


def replacements(code: str, span: Span, uses: Iterable[Use], items: Mapping[str, Item]) -> list[Edit]:
    """Return the edits that replace each use of an item's name inside a span of the code.

    Raises Declined where the text of an item cannot stand in the place of the name.
    """
    inside = sorted({use for use in uses if use.name in items and use.span in span}, key=lambda use: use.span)
    text = code[span.start : span.end]
    for name in {use.name for use in inside}:
        if re.search(rf"\btypeof\s+{re.escape(name)}(?![\w$])|\bfunction\b|=>", text):
            raise Declined(f"`{name}` may mean something else inside of an expression of the loop")
    edits = [_replacement(use, items[use.name], code) for use in inside]
    _check_once(inside, items, edits)
    return sorted(set(edits))


def _check_once(uses: list[Use], items: Mapping[str, Item], edits: list[Edit]) -> None:
    """Raise Declined where an object or array would be made more than once."""
    whole = [use.name for use, edit in zip(uses, edits, strict=True) if _is_made(items[use.name], edit)]
    for name in whole:
        if whole.count(name) > 1:
            raise Declined(f"what `{name}` stands for would be made more than once")


def _is_made(item: Item, edit: Edit) -> bool:
    return item.kind is ItemKind.OTHER and not item.text.startswith(("`", "-")) and item.text in edit.content


def _replacement(use: Use, item: Item, code: str) -> Edit:
    """Return the edit that puts an item in the place of one use of its name."""
    if use.deferred:
        raise Declined(f"`{use.name}` is read by a function later")
    if use.shorthand:
        return Edit(use.span, f"{use.name}: {item.text}")
    span, item = _member(use, item, code)
    if use.field is None:
        return Edit(span, _expression(use, item, code, span))
    field = use.field
    plain = code[field.span.start + 2 : span.start].strip() == code[span.end : field.span.end - 1].strip() == ""
    if plain and not field.prefix and _is_plain(item) and not _is_escaped(field, code):
        return Edit(field.span, item.value)
    text = _expression(use, item, code, span)
    if set("\n\r") & set(text) or "//" in text:
        raise Declined(f"what `{use.name}` stands for cannot be written inside of this text")
    return Edit(span, text)


def _member(use: Use, item: Item, code: str) -> tuple[Span, Item]:
    """Return what a use reads: the item, or the member of it that the code asks for, with its span."""
    if not item.members or item.purity is Purity.EFFECT:
        return use.span, item
    found = _MEMBER.match(code, use.span.end)
    member = dict(item.members).get(found["name"]) if found else None
    if found is None or member is None:
        return use.span, item
    return Span(use.span.start, found.end()), member


def _is_plain(item: Item) -> bool:
    """Tell whether an item is a text that means itself in a template, or prints as it is written."""
    if item.kind is ItemKind.NUMBER:
        return bool(_NUMBER.fullmatch(item.value))
    written = item.value in item.text and (item.value.isprintable() or not item.value)
    return item.kind is ItemKind.STRING and written and not _SYNTAX & set(item.value)


def _is_escaped(field: Field, code: str) -> bool:
    """Tell whether what stands before a field would take in the text put in its place: `\\0${name}`, `$${name}`."""
    before = code[max(0, field.span.start - 80) : field.span.start]
    return before.endswith("$") or bool(_ESCAPE.search(before))


def _expression(use: Use, item: Item, code: str, span: Span) -> str:
    followed = code[span.end : span.end + 1]
    if item.kind is ItemKind.NUMBER and not item.atom:
        return f"({item.text})" if followed == "." else item.text
    if item.atom and not item.text.startswith("{"):
        return item.text
    return item.text if (use.whole and not item.text.startswith("{")) or use.keyword else f"({item.text})"
