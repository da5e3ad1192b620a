"""Code outside of fences: runs of lines that start with a call and hold nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from taskfan_lint.dialect import scan
from taskfan_lint.dialect.lines import is_header
from taskfan_lint.edit import Lines

MAX_TRIES = 60  # lines that start like a call and are none, after which a text holds no code outside of fences

_CONTAINER = re.compile(r"(?:[ \t]*>)*[ \t]*")
_MARK = re.compile(r"(?P<mark>[-*+•]|\d{1,3}[.)])[ \t]+")
_ASSIGNED = r"(?:(?:(?:const|let|var)[ \t]+)?[A-Za-z_]\w*[ \t]*=[ \t]*|return[ \t]+)?(?:await[ \t]+)?"
_GIVEN = re.compile(r"\s*(?:[\"'`{]|[A-Za-z_]\w*\s*[=:])")
_AGENT = re.compile(r"\b(?:subagent_type|agent_type)\b")
_END = re.compile(r"[ \t]*(?:[;,][ \t]*)?(?:(?:#|//|→|<!--)[^\r\n]*)?(?:[\r\n]|$)")
_NEXT = re.compile(r"[ \t]*[;,][ \t]*")
_SCRIPT_HEADER = re.compile(
    r"(?:for|while)[ \t]*\([^\r\n]{1,200}\)[ \t]*\{?[ \t]*$|[\w.]{1,80}\.forEach\([^\r\n]{1,80}=>[ \t]*\{?[ \t]*$"
)
_CLOSERS = re.compile(r"[ \t]*[)\]}]+;?[ \t]*$")
_COMMENT = re.compile(r"//(?!/)")
_GOES_ON = re.compile(r"[a-zà-þ(,]|[A-Z]?[a-z]+[ \t]")
_SENTENCE_OPEN = re.compile(r"[\w,)\]\"'`]\s*$")


@dataclass(frozen=True)
class Run:
    """Rows of a text, counted from 1, that hold code, and how many code points of each are its container's."""

    row: int
    cuts: tuple[int, ...]


@dataclass(frozen=True)
class _Statement:
    """One call with its rows, both included; `mark` is the list mark before it, `indent` the column of the code."""

    first: int
    last: int
    mark: str
    indent: int


def runs(lines: Lines, rows: Mapping[int, str], names: Iterable[str]) -> Iterator[Run]:
    """Yield the runs of code among `rows`, which are those of a text that may hold some; `names` are those of calls."""
    words = frozenset(names)
    if not words:
        return
    found = list(_statements(lines, rows, _call(words)))
    while found:
        count = next((i for i in range(1, len(found)) if not _joined(rows, found[i - 1], found[i])), len(found))
        yield _run(rows, found[:count])
        found = found[count:]


@cache
def _call(names: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"{_ASSIGNED}(?:{'|'.join(map(re.escape, sorted(names, reverse=True)))})[ \t]*\(")


def _statements(lines: Lines, rows: Mapping[int, str], call: re.Pattern[str]) -> Iterator[_Statement]:
    done = tries = 0
    for row, text in rows.items():
        if tries > MAX_TRIES:
            return
        if row <= done or "(" not in text:
            continue
        container = _CONTAINER.match(text)
        cut = container.end() if container else 0
        mark = _MARK.match(text, cut)
        start = mark.end() if mark else cut
        if not call.match(text, start):
            continue
        last = _last_row(lines, rows, row, start, call, listed=mark is not None)
        tries += last is None
        if last is not None and not _is_sentence(rows, row, last):
            yield _Statement(row, last, mark["mark"] if mark else "", start)
            done = last


def _last_row(
    lines: Lines, rows: Mapping[int, str], row: int, cut: int, call: re.Pattern[str], *, listed: bool
) -> int | None:
    """Return the row on which the calls of a line end, None where they are not all that stands there."""
    text = lines.text
    offset = lines.starts[row - 1] + cut
    while found := call.match(text, offset):
        end = scan.closing(text, found.end() - 1)
        if end is None or not _GIVEN.match(text, found.end()):
            return None
        if listed and not _AGENT.search(text, found.end(), end):
            return None
        if _END.match(text, end):
            last = lines.position(end)[0]
            return last if all(one in rows for one in range(row, last + 1)) else None
        following = _NEXT.match(text, end)
        if following is None:
            return None
        offset = following.end()
    return None


def _is_sentence(rows: Mapping[int, str], first: int, last: int) -> bool:
    """Tell whether rows are the middle of a paragraph: words lead into them, or go on behind them."""
    before, after = rows.get(first - 1, "").strip(" \t>"), rows.get(last + 1, "").strip(" \t>")
    leads = bool(_SENTENCE_OPEN.search(before)) and " " in before and not is_header(before) and "(" not in before
    return leads or bool(_GOES_ON.match(after) and " " in after and "(" not in after and "=" not in after)


def _joined(rows: Mapping[int, str], one: _Statement, other: _Statement) -> bool:
    """Tell whether nothing stands between two statements but empty rows and comments; numbers set them apart."""
    if one.mark[:-1].isdigit() or other.mark[:-1].isdigit() or bool(one.mark) != bool(other.mark):
        return False
    between = (rows.get(row) for row in range(one.last + 1, other.first))
    return all(text is not None and (not text.strip(" \t>") or _COMMENT.match(text.strip(" \t>"))) for text in between)


def _run(rows: Mapping[int, str], statements: list[_Statement]) -> Run:
    first, last = statements[0].first, statements[-1].last
    indent = min(one.indent for one in statements)
    header = rows.get(first - 1, "")
    if not statements[0].mark and _opens(header, statements[0].indent):
        first -= 1
        container = _CONTAINER.match(header)
        indent = min(indent, container.end() if container else 0)
        if "{" in header and _CLOSERS.match(rows.get(last + 1, "x")):
            last += 1
    starts = {one.first: one.indent for one in statements if one.mark}
    return Run(first, tuple(_cut(rows[row], starts.get(row, indent)) for row in range(first, last + 1)))


def _opens(header: str, indent: int) -> bool:
    """Tell whether the row above a call is the header of a loop or a choice in code, less indented than the call."""
    container = _CONTAINER.match(header)
    text = header[container.end() :] if container else header
    if not text or (container and container.end() >= indent):
        return False
    return is_header(text) or bool(_SCRIPT_HEADER.match(text))


def _cut(text: str, indent: int) -> int:
    """Return how many code points of a row its container takes, at most `indent` and no code."""
    container = _CONTAINER.match(text)
    mark = _MARK.match(text, container.end() if container else 0)
    if mark and mark.end() == indent:
        return indent
    return min(indent, container.end() if container else 0)
