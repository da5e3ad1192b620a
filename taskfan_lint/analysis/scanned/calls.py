"""The calls of a text that need not be any language, and what is known of their arguments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from taskfan_lint.analysis.model import Argument, Dispatch, Purity, Ref, Template
from taskfan_lint.dialect import scan
from taskfan_lint.edit import NEWLINE, Span
from taskfan_lint.profile import (
    AGENT_KEYWORDS,
    BACKGROUND_NAMES,
    OUTPUT_KEYWORDS,
    PROMPT_KEYWORDS,
    TOOL_KEYWORDS,
    Shape,
)
from taskfan_lint.settings import Settings

NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
MAX_DEPTH = 2  # objects inside of an object's members say nothing about a dispatch

_KEY = re.compile(
    r"(?:(?P<bare>[A-Za-z_][\w-]*)|(?P<quote>[\"'])(?P<quoted>[\w-]+)(?P=quote))\s*(?:=(?![=>])|:(?!:))\s*"
)
_PREFIX = re.compile(r"[rRbBuUfF]{0,2}(?=[\"'`])")
_PLACE = re.compile(
    r"\$?\{+\s*(?P<name>[A-Za-z_]\w*)[^{}\r\n]{0,80}\}+|\$(?P<shell>[A-Za-z_]\w*)|<(?P<angle>[A-Za-z_][\w -]{0,60})>"
    r"|\[(?P<square>[A-Za-z_][\w -]{0,60})\]"
)
_CONSTANT = re.compile(r"(?:True|False|None|true|false|null|[-+]?\d[\w.]*)$")
_LEAD = (
    r"[ \t]*(?:[-*•][ \t]+|\d{1,3}[.)][ \t]+|[A-Z][\w #]{0,30}:[ \t]+)?"
    r"(?:(?:(?:const|let|var)[ \t]+)?[A-Za-z_]\w*[ \t]*=[ \t]*)?(?:await[ \t]+)?"
)
_STRING = re.compile(r"\"\"\".*?\"\"\"|'''.*?'''|\"[^\"\r\n]*\"|'[^'\r\n]*'|`[^`]*`", re.DOTALL)


@dataclass(frozen=True)
class Given:
    """One argument, or one member of an object argument: its name ("" without), the whole of it, and its value."""

    keyword: str
    span: Span
    value: Span
    member: bool = False


def found_calls(code: str, names: Iterable[str]) -> list[scan.Call]:
    """Return the calls of these names in order, those that nothing closes up to where their lines seem to end."""
    words = sorted(names, reverse=True)
    line = re.compile(rf"^{_LEAD}(?P<call>(?:{'|'.join(map(re.escape, words))})[ \t]*\()", re.MULTILINE)
    closed, unclosed = scan.calls(code, words)
    calls = [_recovered(code, offset) for offset in unclosed]
    for call in closed:
        calls += _split(code, call, line) if _swallows(code, call, line) else [call]
    return _apart(calls)


def _split(code: str, call: scan.Call, line: re.Pattern[str]) -> Iterator[scan.Call]:
    """Yield the calls that begin on the lines of a call that swallows them, each up to the next one."""
    inner = [found.start("call") for found in line.finditer(code, call.opening, call.end)]
    for start, end in pairwise([call.start, *inner, call.end]):
        opening = code.index("(", start)
        closed = scan.closing(code[start:end], opening - start)
        if closed is None:
            yield _recovered(code, start)
        else:
            yield scan.Call(code[start:opening].rstrip(), start, opening, start + closed)


def _apart(calls: list[scan.Call]) -> list[scan.Call]:
    """Return calls in order without those that begin inside of another one."""
    found: list[scan.Call] = []
    for call in sorted(calls, key=lambda one: one.start):
        if not found or call.start >= found[-1].end:
            found.append(call)
    return found


def _swallows(code: str, call: scan.Call, line: re.Pattern[str]) -> bool:
    """Tell whether a call holds a line that begins with another one no further in: a quote too many joined them."""
    inner = line.search(code, call.opening, call.end)
    if inner is None or any(quote in code[call.opening : inner.start()] for quote in ('"""', "'''", "`")):
        return False
    return _indent(code, inner.start()) <= _indent(code, call.start)


def _indent(code: str, offset: int) -> int:
    """Return how many blanks the line of an offset starts with."""
    start = max(code.rfind("\n", 0, offset), code.rfind("\r", 0, offset)) + 1
    return next(index for index in range(start, len(code) + 1) if code[index : index + 1] not in (" ", "\t")) - start


def _recovered(code: str, start: int) -> scan.Call:
    """Return a call that no bracket closes: up to a line that closes it by its look, or to an empty line."""
    opening = code.index("(", start)
    indent = _indent(code, start)
    position = opening
    for row in re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)").finditer(code, opening, opening + scan.MAX_CALL):
        text = row[0].rstrip()
        own = len(text) - len(text.lstrip())
        if not text or (row.start() > opening and own <= indent and not text.lstrip().startswith((")", "}", '"', "'"))):
            break
        position = row.start() + len(text)
        if text.endswith((")", ");", "),")) and (row.start() == opening or own <= indent):
            position -= len(text) - text.rindex(")") - 1
            break
    return scan.Call(code[start:opening].rstrip(), start, opening, max(position, opening + 1))


def given(code: str, start: int, end: int, depth: int = 0) -> Iterator[Given]:
    """Yield the arguments between two brackets; the members of an object take its place."""
    for first, last in scan.pieces(code, start, end):
        first, last = _trimmed(code, first, last)
        if first >= last:
            continue
        if code[first] == "{" and depth < MAX_DEPTH and scan.closing(code[first:last], 0) == last - first:
            yield from given(code, first + 1, last - 1, depth + 1)
            continue
        key = _KEY.match(code, first, last)
        keyword = (key["bare"] or key["quoted"]) if key else ""
        yield Given(keyword, Span(first, last), Span(key.end() if key else first, last), depth > 0)


def _trimmed(code: str, start: int, end: int) -> tuple[int, int]:
    """Return a span without white space and comments at its ends."""
    for first, last in scan.comments(code, start, end):
        if not code[start:first].strip():
            start = last
        elif not code[last:end].strip():
            end = first
    text = code[start:end]
    return start + len(text) - len(text.lstrip()), end - (len(text) - len(text.rstrip()))


def shape(code: str, arguments: list[Given]) -> Shape:
    """Return the evidence that a call's arguments give.

    An object behind two texts or more only holds options, and one with members left out tells little: of both only the
    keys of agents and prompts count.
    """
    members = [one for one in arguments if one.member]
    positional = [one for one in arguments if not one.keyword and not one.member]
    texts = any(string(code, one.value) is not None for one in positional)
    elided = any(code[one.span.start : one.span.end] in ("...", "…") for one in members)
    keywords = {one.keyword for one in arguments if one.keyword and not one.member}
    keys = {one.keyword for one in members if one.keyword}
    keywords |= keys & (AGENT_KEYWORDS | TOOL_KEYWORDS) if elided or (texts and len(positional) > 1) else keys
    return Shape(frozenset(keywords), texts, bool(members))


def string(code: str, span: Span) -> str | None:
    """Return the content of a span that is one string, None for anything else."""
    prefix = _PREFIX.match(code, span.start, span.end)
    if prefix is None:
        return None
    quote = prefix.end()
    end = scan.string_end(code, quote)
    if end < span.end:
        return None
    width = 3 if code.startswith(code[quote] * 3, quote) and code[quote] != "`" else 1
    text = code[quote + width : span.end]
    mark = code[quote] * width
    return text[:-width] if text.endswith(mark) else text


def template(code: str, span: Span) -> Template:
    """Return a value as text, the names in it as references."""
    text = string(code, span)
    if text is None:
        source = code[span.start : span.end]
        if _CONSTANT.match(source):
            return (source,)
        return (Ref(source),)
    parts: list[str | Ref] = []
    last = 0
    for place in _PLACE.finditer(text):
        if name := place["name"] or place["shell"]:
            parts += text[last : place.start()], Ref(name)
            last = place.end()
    return tuple(part for part in (*parts, text[last:]) if part)


def names(code: str, span: Span) -> frozenset[str]:
    """Return the names that a piece of code reads, those in the placeholders of its strings too."""
    text = code[span.start : span.end]
    found = set(NAME.findall(_STRING.sub(" ", text))) if string(code, span) is None else set()
    for place in _PLACE.finditer(text):
        words = place["name"] or place["shell"] or place["angle"] or place["square"]
        found |= {words, re.sub(r"[ -]+", "_", words.strip()).lower()}
        found |= set(NAME.findall(place[0]))
    return frozenset(found)


def purity(code: str, span: Span) -> Purity:
    """Return what evaluating a value can do, by its look."""
    if string(code, span) is not None:
        return Purity.PURE
    text = _STRING.sub('""', code[span.start : span.end])
    if "(" in text:
        return Purity.EFFECT
    return Purity.ACCESS if re.search(r"[.\[]", text) else Purity.PURE


def dispatch(code: str, call: scan.Call, arguments: list[Given], awaited: Span | None, settings: Settings) -> Dispatch:
    """Return a call as a dispatch."""
    values = {one.keyword: one.value for one in arguments if one.keyword}
    given = tuple(_argument(code, one) for one in arguments)
    background = _is_true(code, values.get("run_in_background"))
    background = background or settings.background or call.name in BACKGROUND_NAMES
    return Dispatch(
        Span(call.start, call.end),
        call.name,
        _agent(code, values),
        given,
        frozenset[str]().union(*(one.reads for one in given)),
        _prompt(code, values, arguments),
        _text(code, values.get("isolation")),
        awaited=None if background else awaited,
        blocking=not background,
        background=background,
        resumes="resume" in values,
        outputs=tuple(template(code, values[name]) for name in OUTPUT_KEYWORDS if name in values),
    )


def _argument(code: str, one: Given) -> Argument:
    reads, pure = names(code, one.value), purity(code, one.value)
    return Argument(one.keyword, one.span, one.value, pure, not reads and pure is Purity.PURE, reads)


def _agent(code: str, values: dict[str, Span]) -> str | None:
    known = sorted(AGENT_KEYWORDS & values.keys())
    return _text(code, values[known[0]]) if known else None


def _text(code: str, span: Span | None) -> str:
    parts = template(code, span) if span else ()
    text = "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in parts)
    return " ".join(NEWLINE.sub(" ", text).split())


def _is_true(code: str, span: Span | None) -> bool:
    return span is not None and code[span.start : span.end].lower() == "true"


def _prompt(code: str, values: dict[str, Span], arguments: list[Given]) -> Template:
    parts: list[str | Ref] = []
    for name in PROMPT_KEYWORDS:
        if name in values:
            parts += [*template(code, values[name]), "\n"]
    for one in arguments:
        if not one.keyword:
            parts += [*template(code, one.value), "\n"]
    return tuple(parts)
