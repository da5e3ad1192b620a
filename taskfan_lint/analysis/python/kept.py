"""Code without the lines that are left out of it, and the way back to the offsets of all of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise

from taskfan_lint.edit import Span


class Kept:
    """What is kept of code once some gaps are taken out, each of whole lines between two statements.

    Offsets in it are lifted to the code as it was; one at a gap starts behind it, or ends in front of it.
    """

    def __init__(self, code: str, gaps: Sequence[Span]) -> None:
        gaps = [gap for gap in gaps if gap.end <= len(code)]
        ends = [Span(0, 0), *gaps, Span(len(code), len(code))]
        parts = [code[one.end : other.start] for one, other in pairwise(ends)]
        self.code = "".join(parts)
        self._places = list(accumulate(map(len, parts[:-1])))
        self._shifts = [0, *accumulate(gap.end - gap.start for gap in gaps)]

    @property
    def has_gaps(self) -> bool:
        return bool(self._places)

    def span(self, start: int, end: int) -> Span:
        """Return the span in all of the code of what goes from `start` to `end`."""
        start = self.start(start)
        return Span(start, max(start, self.end(end)))

    def start(self, offset: int) -> int:
        """Return where in all of the code something starts."""
        return offset + self._shifts[bisect_right(self._places, offset)]

    def end(self, offset: int) -> int:
        """Return where in all of the code something ends."""
        return offset + self._shifts[bisect_left(self._places, offset)]
