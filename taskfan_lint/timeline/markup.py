"""Text in XML and HTML, and the drawing of one session that the pictures `svg` and `html` share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby

from taskfan_lint.intervals import Status
from taskfan_lint.report import printable
from taskfan_lint.timeline import View
from taskfan_lint.timeline.axis import Axis
from taskfan_lint.timeline.cells import fit
from taskfan_lint.timeline.rows import Row, timeline
from taskfan_lint.timeline.words import clock, label, outcome, verdict

WIDTH, LEFT, RIGHT = 960, 240, 260
BRACKET = 130  # pixels right of the bars
ROW, BAR, TOP, BOTTOM = 24, 14, 6, 26
LONGEST_LABEL = 34
COLORS = {
    Status.PARALLEL: "#2e9e6b",
    Status.PARTIAL: "#d19a1f",
    Status.SEQUENTIAL: "#d1495b",
    Status.SINGLE: "#4c7dbf",
    Status.UNKNOWN: "#8a8f98",
}
FAILED = "#b8bcc4"
STYLE = """
text { font: 12px system-ui, sans-serif; fill: var(--ink, #24292f); }
.dim { fill: var(--dim, #6e7781); }
.line { stroke: var(--line, #d0d7de); }
.cut { stroke: var(--dim, #6e7781); stroke-dasharray: 2 3; }
"""


def safe(text: str) -> str:
    """Return a text as it stands in markup, as content or in a quoted attribute; line ends stay as they are."""
    return "\n".join(escape(printable(line)) for line in text.splitlines())


@dataclass(frozen=True)
class Drawing:
    """The elements of a drawing, and its height in pixels; it is WIDTH wide."""

    elements: str
    height: int


def drawing(view: View) -> Drawing:
    """Return the timeline of a session: a row for each dispatch, a bracket around each response of several."""
    scale, rows = timeline(view.session)
    height = TOP + ROW * len(rows) + BOTTOM
    parts = [*_scale(scale, TOP + ROW * len(rows)), *_groups(rows)]
    for index, row in enumerate(rows):
        parts += _row(row, TOP + ROW * index, view)
    return Drawing("\n".join(parts), height)


def _x(place: float) -> float:
    return round(LEFT + place * (WIDTH - LEFT - RIGHT), 1)


def _scale(scale: Axis | None, bottom: int) -> Iterator[str]:
    if scale is None:
        return
    for place in scale.breaks:
        yield f'<line class="cut" x1="{_x(place)}" x2="{_x(place)}" y1="{TOP}" y2="{bottom}"/>'
    yield f'<line class="line" x1="{_x(0)}" x2="{_x(1)}" y1="{bottom}" y2="{bottom}"/>'
    for place, moment, anchor in ((0, scale.moments[0], "start"), (1, scale.moments[-1], "end")):
        said = clock(moment) + (" UTC" if place else "")
        yield f'<text class="dim" x="{_x(place)}" y="{bottom + 16}" text-anchor="{anchor}">{said}</text>'


def _groups(rows: list[Row]) -> Iterator[str]:
    index = 0
    for _, members in groupby(rows, lambda row: id(row.group)):
        several = list(members)
        top, bottom = TOP + ROW * index + 3, TOP + ROW * (index + len(several)) - 3
        index += len(several)
        group = several[0].group
        if len(group.members) > 1:
            color, x = COLORS[group.figures.status], WIDTH - RIGHT + BRACKET
            yield f'<path d="M{x} {top}h5V{bottom}h-5" fill="none" stroke="{color}" stroke-width="2"/>'
            yield f'<text x="{x + 12}" y="{(top + bottom) // 2 + 4}">{safe(verdict(group.figures))}</text>'


def _row(row: Row, top: int, view: View) -> Iterator[str]:
    one, middle = row.dispatch, top + ROW // 2
    indent = 14 * (min(row.depth, 6) - 1)
    name = fit(label(one), LONGEST_LABEL - 2 * (min(row.depth, 6) - 1)).rstrip()
    yield "<g>"
    yield f"<title>{safe(_hint(row, view))}</title>"
    yield f'<text x="{8 + indent}" y="{middle + 4}">{safe(name)}</text>'
    if row.bar is not None:
        color = FAILED if one.failed else COLORS[row.group.figures.status]
        start, end = map(_x, row.bar)
        wide = max(round(end - start, 1), 2)
        yield f'<rect x="{start}" y="{middle - BAR // 2}" width="{wide}" height="{BAR}" rx="2" fill="{color}"/>'
    yield f'<text class="dim" x="{WIDTH - RIGHT + 10}" y="{middle + 4}">{safe(outcome(one))}</text>'
    yield "</g>"


def _hint(row: Row, view: View) -> str:
    """Return what is shown while the pointer rests on a row."""
    one = row.dispatch
    times = [clock(moment) for moment in (one.start, one.end) if moment is not None]
    lines = [label(one), f"{' to '.join(times)}: {outcome(one)}" if times else outcome(one)]
    lines += [f"{one.name} {one.id}".rstrip()]
    return "\n".join([*lines, *([one.prompt] if view.prompts and one.prompt else [])])
