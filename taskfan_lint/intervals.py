"""Stretches of time: how much they overlap, how many run at once, and what that is called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

PARALLEL_FROM = 0.8
PARTIAL_FROM = 0.2
EXACT = 9  # decimals: seconds since 1970 as floats are good to less than a microsecond


class Status(Enum):
    """How far several pieces of work ran at once."""

    PARALLEL = "PARALLEL"
    PARTIAL = "PARTIAL"
    SEQUENTIAL = "SEQUENTIAL"
    SINGLE = "SINGLE"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, order=True, slots=True)
class Interval:
    """A stretch of time in seconds from some fixed moment; its end is not before its start."""

    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start

    def overlaps(self, other: Interval) -> bool:
        """Tell whether the two share more than a moment."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of work that ran, times in seconds; None for what is not known.

    `sum_s` is the time that the work takes one after another, `wall_s` the time in which at least one piece ran,
    `speedup` is the one by the other, and `efficiency` is the speedup per piece. `overlap` is 1 where as much as
    possible ran at once, 0 where nothing did.
    """

    status: Status
    overlap: float | None = None
    sum_s: float | None = None
    wall_s: float | None = None
    speedup: float | None = None
    efficiency: float | None = None


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the intervals in order, those that overlap or touch joined into one."""
    result: list[Interval] = []
    for one in sorted(intervals):
        if result and one.start <= result[-1].end:
            result[-1] = Interval(result[-1].start, max(result[-1].end, one.end))
        else:
            result.append(one)
    return result


def union(intervals: Iterable[Interval]) -> float:
    """Return the seconds that at least one interval covers."""
    return sum(one.length for one in merged(intervals))


def overlap(intervals: Sequence[Interval]) -> float | None:
    """Return (sum - union) / (sum - max), None where one interval, or none, has a length."""
    total = sum(one.length for one in intervals)
    avoidable = total - max((one.length for one in intervals), default=0.0)
    if round(avoidable, EXACT) <= 0:
        return None
    return min(max((total - union(intervals)) / avoidable, 0.0), 1.0)


def status_of(share: float | None) -> Status:
    """Return what an overlap is called."""
    if share is None:
        return Status.UNKNOWN
    share = round(share, EXACT)
    return Status.PARALLEL if share >= PARALLEL_FROM else Status.PARTIAL if share >= PARTIAL_FROM else Status.SEQUENTIAL


def figures(known: Sequence[Interval], pieces: int) -> Figures:
    """Return the figures of `pieces` of work, of which the times of some are `known`."""
    if pieces == 0 or not known:
        return Figures(Status.SINGLE if pieces == 1 else Status.UNKNOWN)
    share = overlap(known) if len(known) > 1 else None
    status = Status.SINGLE if pieces == 1 else status_of(share)
    total, wall = sum(one.length for one in known), union(known)
    speedup = total / wall if wall > 0 else None
    return Figures(status, share, total, wall, speedup, speedup and speedup / len(known))


def peak(intervals: Iterable[Interval]) -> int:
    """Return the greatest number of intervals that share more than a moment; an instant counts as one."""
    moments = sorted(
        moment for one in intervals if one.length > 0 for moment in ((one.start, 1), (one.end, -1))
    )  # at one moment ends (-1) come before starts (1)
    most = running = 0
    for _, change in moments:
        running += change
        most = max(most, running)
    return most


def clusters(intervals: Sequence[Interval]) -> list[list[int]]:
    """Return the indices of the intervals in groups: each overlaps another one of its group, and none outside."""
    result: list[list[int]] = []
    end = float("-inf")
    for index in sorted(range(len(intervals)), key=lambda index: intervals[index]):
        if result and intervals[index].start < end:
            result[-1].append(index)
        else:
            result.append([index])
        end = max(end, intervals[index].end)
    return result


def validate_parallelization(tasks: Sequence[float], execution_time: float) -> dict[str, str | float]:
    """Return whether tasks that take these durations ran in parallel, from the time that all of them took together.

    The formula looks at the longest task and the sum only: at most 20 % above the longest is parallel, at most 80 %
    of the sum is partly so. `speedup_percent` is the time saved. Raises ValueError where there is no task.
    """
    sequential, longest = sum(tasks), max(tasks)
    saved = (sequential - execution_time) / sequential * 100 if sequential else 0
    if execution_time <= longest * 1.2:
        status, speedup = "PARALLEL ✅", saved
    elif execution_time <= sequential * 0.8:
        status, speedup = "PARTIAL PARALLELIZATION ⚠️", saved
    else:
        status, speedup = "SEQUENTIAL (FAILED) ❌", 0
    return {
        "status": status,
        "speedup_percent": speedup,
        "execution_time": execution_time,
        "expected_parallel": longest,
        "sequential_baseline": sequential,
    }
