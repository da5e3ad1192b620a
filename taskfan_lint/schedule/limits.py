"""What the platform makes of a schedule: what it refuses, and what waits in a queue."""

from __future__ import annotations

from collections.abc import Iterator

from taskfan_lint.limits import LEVELS, QUEUES_ABOVE, REFUSED_ABOVE
from taskfan_lint.schedule.model import Schedule, Task


def running(schedule: Schedule) -> int:
    """Return how many agents run at once at most, orchestrators that wait for theirs included."""
    return _peak([(one.start, one.end) for _, one in schedule.walk()])


def working(schedule: Schedule) -> int:
    """Return how many agents work at once at most, without orchestrators that only wait for theirs."""
    return _peak([one.own for _, one in schedule.walk() if one.task.duration or not one.task.children])


def _peak(spans: list[tuple[float, float]]) -> int:
    """Return how many spans overlap at most; one without length counts as a moment of its own."""
    moments = sorted({start for start, _ in spans})
    return max(
        (sum(start <= now < end or start == now == end for start, end in spans) for now in moments),
        default=0,
    )


def broken(tasks: tuple[Task, ...], schedule: Schedule) -> Iterator[str]:
    """Yield what the platform would refuse in a schedule, in words."""
    levels = max((task.levels for task in tasks), default=0)
    if levels > LEVELS:
        yield f"{levels} levels of agents, more than {LEVELS} are refused"
    most = running(schedule)
    if most > REFUSED_ABOVE:
        yield f"{most} agents run at once, more than {REFUSED_ABOVE} are refused"


def slow(schedule: Schedule) -> Iterator[str]:
    """Yield what the platform makes wait in a schedule, in words."""
    widths = [len(group) for each in _schedules(schedule) for group in each.groups]
    if max(widths, default=0) > QUEUES_ABOVE:
        yield f"{max(widths)} dispatches in one group, more than {QUEUES_ABOVE} queue"


def _schedules(schedule: Schedule) -> Iterator[Schedule]:
    yield schedule
    for one in schedule.placed:
        if one.inside:
            yield from _schedules(one.inside)
