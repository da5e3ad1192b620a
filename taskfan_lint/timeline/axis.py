"""The axis of a timeline: where a moment stands, with long pauses cut short."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from taskfan_lint.intervals import Interval, merged, union

LONGEST_PAUSE = 0.08  # of the time in which something runs


@dataclass(frozen=True)
class Axis:
    """The moments between a first and a last one, as places from 0 to 1.

    `moments` and `places` are the corners of the map, in order; `breaks` are the places at which a pause is cut.
    """

    moments: tuple[float, ...]
    places: tuple[float, ...]
    breaks: tuple[float, ...] = ()

    def at(self, moment: float) -> float:
        """Return the place of a moment; what lies outside stands at the border."""
        if moment <= self.moments[0]:
            return 0.0
        if moment >= self.moments[-1]:
            return 1.0
        index = bisect_right(self.moments, moment)
        before, after = self.moments[index - 1], self.moments[index]
        left, right = self.places[index - 1], self.places[index]
        return left + (right - left) * (moment - before) / (after - before)


def axis(intervals: Iterable[Interval]) -> Axis | None:
    """Return the axis on which all intervals have a place, None where there is no time to show."""
    busy = merged(intervals)
    if not busy or busy[-1].end <= busy[0].start:
        return None
    longest = union(busy) * LONGEST_PAUSE
    moments, widths, cuts = [busy[0].start], [0.0], []
    for before, after in zip([None, *busy], busy, strict=False):
        if before is not None:
            pause = after.start - before.end
            if pause > longest > 0:
                cuts.append(widths[-1] + longest / 2)
                pause = longest
            moments.append(after.start)
            widths.append(widths[-1] + pause)
        moments.append(after.end)
        widths.append(widths[-1] + after.length)
    total = widths[-1] or 1.0
    return Axis(tuple(moments), tuple(one / total for one in widths), tuple(one / total for one in cuts))
