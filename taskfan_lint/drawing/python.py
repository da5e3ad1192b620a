"""Plans as Python: the calls of each group below a comment, ready to stand in a prompt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from taskfan_lint.drawing import Page
from taskfan_lint.drawing.calls import groups
from taskfan_lint.drawing.words import after
from taskfan_lint.planning.model import Plan
from taskfan_lint.report import printable


def draw(plans: Sequence[Plan], page: Page) -> str:
    """Return the calls of the plans as Python source."""
    return "\n\n".join("".join(f"{line}\n" for line in _plan(plan)) for plan in plans)


def _plan(plan: Plan) -> Iterator[str]:
    yield f"# {printable(plan.title)}"
    yield f"# {after(plan)}; all calls of a group go out in one response, then wait for all of them"
    for heading, lines in groups(plan):
        yield ""
        yield f"# {heading}"
        yield from lines
