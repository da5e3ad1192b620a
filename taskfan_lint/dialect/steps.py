"""Numbered lists in a fence whose items are steps: words at some numbers, calls at others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from taskfan_lint.dialect import scan
from taskfan_lint.dialect.repair import Label
from taskfan_lint.edit import Span

_ITEM = re.compile(r"^[ \t]*(?P<mark>(?P<number>\d{1,3})[.)])[ \t]+(?=\S)", re.MULTILINE)


def steps(code: str, calls: Sequence[scan.Call]) -> Iterator[Label]:
    """Yield the numbers of a list of steps as labels "Step n".

    A list whose items all are calls only counts them. What stands inside of a call is its text.
    """
    items = list(_items(code, calls))
    starts = {call.start for call in calls}
    lines = [_line_end(code, item.end()) for item in items]
    called = [any(start in starts for start in range(item.end(), end)) for item, end in zip(items, lines, strict=True)]
    if len(items) < 2 or all(called):
        return
    for item in items:
        yield Label(Span(*item.span("mark")), f"Step {item['number']}")


def _items(code: str, calls: Sequence[scan.Call]) -> Iterator[re.Match[str]]:
    index = 0
    for item in _ITEM.finditer(code):
        while index < len(calls) and calls[index].end <= item.start("mark"):
            index += 1
        if index == len(calls) or item.start("mark") < calls[index].start:
            yield item


def _line_end(code: str, start: int) -> int:
    end = re.compile(r"[\r\n]|$").search(code, start)
    return end.start() if end else len(code)
