"""The dispatches of a document, each with its place in its window, and the windows as a plan in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from taskfan_lint.analysis.model import Analysis, Window
from taskfan_lint.edit import Lines, Span
from taskfan_lint.engine import Surveyed


@dataclass(frozen=True)
class Placed:
    """A dispatch of a document: its span there, and its place among those that can run at once with it.

    `window` counts from 1 along the path that leads to it, `size` is the number of dispatches in that window.
    """

    span: Span
    snippet: int
    window: int
    first: int
    last: int
    size: int
    name: str
    agent: str

    @property
    def place(self) -> str:
        """The place in words: `2 of 3 in window 1`."""
        own = f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"
        return f"{own} of {self.size} in window {self.window}"


def placed(surveyed: Iterable[Surveyed]) -> Iterator[Placed]:
    """Yield the dispatches of the snippets of a document, in order."""
    for index, one in enumerate(surveyed):
        found = [
            Placed(
                one.snippet.lift(member.dispatch.span),
                index,
                _number(one.analysis, window),
                member.position,
                member.last,
                max(other.last for other in window.members),
                member.dispatch.name,
                member.dispatch.agent or "",
            )
            for window in one.analysis.windows
            for member in window.members
        ]
        yield from sorted(found, key=lambda placed: placed.span)


def _number(analysis: Analysis, window: Window) -> int:
    number = 1
    while window.after is not None:
        window = analysis.windows[window.after]
        number += 1
    return number


def plan(name: str, text: str, dispatches: Iterable[Placed]) -> str:
    """Return the windows of a document as Markdown, one table for each snippet with a dispatch."""
    lines = Lines(text)
    parts = [f"# Windows of {name}\n\nThe dispatches of one window can run at once as written.\n"]
    for _, group in groupby(dispatches, key=lambda one: one.snippet):
        found = list(group)
        rows = [(lines.position(one.span.start)[0], one) for one in found]
        first, last = rows[0][0], lines.position(found[-1].span.end)[0]
        parts.append(f"## Line {first}\n" if first == last else f"## Lines {first} to {last}\n")
        table = [f"| {one.window} | {one.first} of {one.size} | {row} | {_cell(one)} |" for row, one in rows]
        parts.append("\n".join(["| window | place | line | dispatch |", "| --- | --- | --- | --- |", *table]) + "\n")
    if len(parts) == 1:
        parts.append("There is none in this document.\n")
    return "\n".join(parts)


def _cell(one: Placed) -> str:
    words = f"{one.name} {one.agent}".strip().replace("|", "\\|")
    return f"`{words}`" if "`" not in words else words
