"""Plans as Markdown: a heading and a fence with its calls for each group."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from taskfan_lint.drawing import Page
from taskfan_lint.drawing.calls import groups
from taskfan_lint.drawing.words import after
from taskfan_lint.planning.model import Plan
from taskfan_lint.report import printable
from taskfan_lint.schedule import Mode

SEND = "Send all of these in one response, and wait for all of them."
START = "Start all of these in the background, in one response."


def draw(plans: Sequence[Plan], page: Page) -> str:
    """Return the plans as Markdown."""
    return "\n".join("".join(f"{line}\n" for line in _plan(plan)) for plan in plans)


def _plan(plan: Plan) -> Iterator[str]:
    yield f"## {plain(plan.title)}"
    yield ""
    yield f"{after(plan)[0].upper()}{after(plan)[1:]}."
    for heading, lines in groups(plan):
        yield from ["", f"### {plain(heading)}", "", START if plan.mode is Mode.ROLLING else SEND, ""]
        yield from fence("python", lines)
    yield ""


def fence(tag: str, lines: Sequence[str]) -> list[str]:
    """Return lines in a fence that none of them ends."""
    mark = "`" * max(3, _longest_run("\n".join(lines)) + 1)
    return [f"{mark}{tag}", *lines, mark]


def _longest_run(text: str) -> int:
    """Return how many backticks follow each other at most."""
    return max(map(len, re.findall("`+", text)), default=0)


def plain(text: str) -> str:
    """Return a text that means itself in a heading."""
    return "".join(f"\\{one}" if one in "\\*_<>[]#|&" else one for one in printable(text))
