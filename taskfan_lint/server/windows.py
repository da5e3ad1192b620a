"""The dispatches of a document, each with its place in its window, and its plan in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from taskfan_lint.analysis.windows import Analysis, Window
from taskfan_lint.edit import Span
from taskfan_lint.server.buffers import Answer, name_of
from taskfan_lint.surveys import Surveyed

WIDTH = 80  # characters of a line of a plan


@dataclass(frozen=True)
class Placed:
    """A dispatch of a document: its span there, and its place among those that can run at once with it.

    `window` counts from 1 along the path that leads to it, `size` is the number of dispatches in that window.
    """

    span: Span
    window: int
    first: int
    last: int
    size: int
    name: str

    @property
    def place(self) -> str:
        """The place in words: `2 of 3 in window 1`."""
        own = f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"
        return f"{own} of {self.size} in window {self.window}"


def placed(surveyed: Iterable[Surveyed]) -> Iterator[Placed]:
    """Yield the dispatches of the snippets of a document, in order."""
    for one in surveyed:
        found = [
            Placed(
                one.snippet.lift(member.dispatch.span),
                _number(one.analysis, window),
                member.position,
                member.last,
                max(other.last for other in window.members),
                member.dispatch.name,
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


def plan(answer: Answer, surveyed: Iterable[Surveyed]) -> str:
    """Return the plans of a document as Markdown: the windows as written beside the best schedule."""
    from taskfan_lint.drawing import Page, drawer  # lazy: only for who asks for a plan
    from taskfan_lint.drawing.markdown import fence, plain
    from taskfan_lint.planning.read import plans_of
    from taskfan_lint.schedule import Mode

    name = name_of(answer.uri)
    plans = list(plans_of(surveyed, answer.positions.text, name, answer.settings, Mode.GROUPS))
    drawn = drawer("text")(plans, Page(WIDTH)).splitlines()
    lines = fence("text", drawn) if plans else ["There is no dispatch to plan in this document."]
    return "\n".join([f"# Plan of {plain(name)}", "", *lines, ""])
