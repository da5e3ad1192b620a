"""The rows of a timeline: one for each dispatch, those of an agent below the one that started it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from taskfan_lint.intervals import Interval
from taskfan_lint.session import Group, Session
from taskfan_lint.timeline.axis import Axis, axis
from taskfan_lint.transcripts.agents import depths
from taskfan_lint.transcripts.model import Recorded


@dataclass(frozen=True, slots=True)
class Row:
    """One dispatch in a timeline: its depth from 1, its response, and from where to where its bar reaches (0 to 1).

    A dispatch of which only one moment is known has a bar without length, one of which none is has no bar.
    """

    dispatch: Recorded
    depth: int
    group: Group
    bar: tuple[float, float] | None


def timeline(session: Session) -> tuple[Axis | None, list[Row]]:
    """Return the axis and the rows of a session, in the order of its responses."""
    every = [(one, depth) for one, depth in depths(session.transcript.dispatches)]
    scale = axis(span for one, _ in every for span in _spans(one))
    return scale, list(_rows(session, every, scale))


def _rows(session: Session, every: list[tuple[Recorded, int]], scale: Axis | None) -> Iterator[Row]:
    group_of = {one.key: group for group in session.responses for one in group.members}
    below: dict[str, list[tuple[Recorded, int]]] = {}
    top = ""
    for one, depth in every:
        top = one.key if depth == 1 else "" if one.parent == "?" else top
        below.setdefault(top, []).append((one, depth))
    for group in session.responses:
        for member in group.members:
            for one, depth in below.get(member.key, ()):
                yield Row(one, depth, group_of[member.key], _bar(one, scale))


def _spans(one: Recorded) -> Iterator[Interval]:
    if one.interval:
        yield one.interval
    else:
        yield from (Interval(moment, moment) for moment in (one.start, one.end) if moment is not None)


def _bar(one: Recorded, scale: Axis | None) -> tuple[float, float] | None:
    spans = list(_spans(one))
    if scale is None or not spans:
        return None
    return scale.at(spans[0].start), scale.at(spans[0].end)
