"""The picture `text`: a timeline in the width of a terminal, with what stands out below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from click import style

from taskfan_lint.intervals import Status
from taskfan_lint.report import printable
from taskfan_lint.timeline import View
from taskfan_lint.timeline.axis import Axis
from taskfan_lint.timeline.cells import fit
from taskfan_lint.timeline.rows import Row, timeline
from taskfan_lint.timeline.words import clock, counts, figures, label, outcome, remarks, verdict

NARROWEST = 40
INDENT = "  "
LONGEST_LABEL = 36
COLORS = {Status.PARALLEL: "green", Status.PARTIAL: "yellow", Status.SEQUENTIAL: "red"}
BAR, POINT, CUT = "█", "▏", "┊"


def render(views: Sequence[View]) -> str:
    """Return the timelines of the sessions, one empty line between two."""
    return "\n".join("".join(f"{line.rstrip()}\n" for line in _session(view)) for view in views)


def _session(view: View) -> Iterator[str]:
    session = view.session
    yield f"{view.path}: {_painted(view, session.status, figures(session.figures))}"
    if not session.dispatches:
        yield f"{INDENT}no dispatches"
    else:
        yield INDENT + counts(session)
        yield ""
        yield from _timeline(view)
    said = list(remarks(view))
    if said:
        yield ""
    yield from (f"{INDENT}{kind}: {printable(text)}" for kind, text in said)
    yield from _prompts(view)


def _painted(view: View, status: Status, text: str) -> str:
    return style(text, fg=COLORS.get(status), bold=True) if view.look.color else text


def _timeline(view: View) -> Iterator[str]:
    scale, rows = timeline(view.session)
    names = [INDENT * (row.depth - 1) + printable(label(row.dispatch)) for row in rows]
    ends = [outcome(row.dispatch) for row in rows]
    brackets = [mark for _, group in groupby(rows, lambda row: id(row.group)) for mark in _brackets(list(group))]
    left = min(max(map(len, names)), LONGEST_LABEL, max(view.columns, NARROWEST) // 3)
    right = max(map(len, ends))
    tail = max(len(bracket) + 1 for bracket in brackets)
    middle = max(max(view.columns, NARROWEST) - len(INDENT) - left - right - tail - 3, 10)
    for row, name, end, bracket in zip(rows, names, ends, brackets, strict=True):
        painted = _painted(view, row.group.figures.status, bracket)
        yield f"{INDENT}{fit(name, left)} {_bar(row, scale, middle)} {end:>{right}} {painted}"
    if scale is not None:
        first, last = clock(scale.moments[0]), f"{clock(scale.moments[-1])} UTC"
        yield f"{INDENT}{' ' * left} {first}{last:>{max(middle - len(first), len(last) + 1)}}"


def _brackets(rows: Sequence[Row]) -> Iterator[str]:
    """Yield what stands at the end of each row of a response: a bracket over several, the verdict in the middle."""
    said = verdict(rows[0].group.figures)
    for index in range(len(rows)):
        sign = " " if len(rows) == 1 else "⎤" if index == 0 else "⎦" if index == len(rows) - 1 else "⎥"
        if len(rows[0].group.members) == 1:
            yield sign
        else:
            yield f"{sign} {said}" if index == (len(rows) - 1) // 2 else sign


def _bar(row: Row, scale: Axis | None, columns: int) -> str:
    cells = [" "] * columns
    for place in scale.breaks if scale else ():
        cells[min(int(place * columns), columns - 1)] = CUT
    if row.bar is None:
        return "".join(cells)
    start = min(round(row.bar[0] * columns), columns - 1)
    if row.bar[0] == row.bar[1]:
        cells[start] = POINT
        return "".join(cells)
    end = max(round(row.bar[1] * columns), start + 1)
    cells[start:end] = BAR * (end - start)
    return "".join(cells)


def _prompts(view: View) -> Iterator[str]:
    if not view.prompts:
        return
    for row in timeline(view.session)[1]:
        yield ""
        yield f"{INDENT}{printable(label(row.dispatch))}"
        yield from (f"{INDENT * 2}{printable(line)}" for line in row.dispatch.prompt.splitlines() or ["(no prompt)"])
