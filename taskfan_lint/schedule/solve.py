"""Tasks to their schedule, at every level of nesting."""

from __future__ import annotations

from collections.abc import Sequence

from taskfan_lint.schedule.figures import Figures
from taskfan_lint.schedule.graph import graph
from taskfan_lint.schedule.groups import groups
from taskfan_lint.schedule.limits import working
from taskfan_lint.schedule.model import Mode, Placed, Schedule, Task
from taskfan_lint.schedule.rolling import rolling

ALL_LEVELS = 1_000


def solve(tasks: Sequence[Task], width: int, mode: Mode = Mode.GROUPS, levels: int = ALL_LEVELS) -> Schedule:
    """Return a schedule that runs at most `width` tasks of one level at once; below `levels`, one after another.

    Raises PlanError for tasks that cannot be scheduled.
    """
    inside = [solve(task.children, width, mode, max(levels - 1, 0)) if task.children else None for task in tasks]
    durations = [task.duration + (one.duration if one else 0) for task, one in zip(tasks, inside, strict=True)]
    problem = graph(tasks, durations, width if levels else 1)

    def placed(i: int, start: float) -> Placed:
        within = inside[i]
        shifted = within.shifted(start + tasks[i].duration) if within else None
        return Placed(tasks[i], start, start + durations[i], shifted)

    if mode is Mode.ROLLING:
        starts = rolling(problem)
        moments = sorted(set(starts))
        together = [[i for i in range(len(tasks)) if starts[i] == moment] for moment in moments]
        return Schedule(tuple(tuple(placed(i, starts[i]) for i in group) for group in together))
    now, found = 0.0, []
    for group in groups(problem):
        found.append(tuple(placed(i, now) for i in group))
        now += max(durations[i] for i in group)
    return Schedule(tuple(found))


def one_after_another(tasks: Sequence[Task], windows: Sequence[Sequence[str]]) -> Schedule:
    """Return the schedule of windows of named tasks, each of which waits for its slowest member."""
    named = {task.name: task for task in tasks}
    now, found = 0.0, []
    for window in windows:
        found.append(tuple(_sent(named[name], now) for name in window))
        now = max(one.end for one in found[-1])
    return Schedule(tuple(found))


def _sent(task: Task, start: float) -> Placed:
    inside = one_after_another(task.children, [[child.name] for child in task.children]) if task.children else None
    end = start + task.duration
    return Placed(task, start, start + task.work, inside.shifted(end) if inside else None)


def critical_path(tasks: Sequence[Task], schedule: Schedule, width: int) -> tuple[tuple[str, ...], float]:
    """Return the longest chain of tasks that wait for each other, and its minutes."""
    taken = {one.task.name: one.end - one.start for one in schedule.placed}
    durations = [taken[task.name] for task in tasks]
    path = graph(tasks, durations, width).critical_path()
    return tuple(tasks[i].name for i in path), sum(durations[i] for i in path)


def figures(tasks: Sequence[Task], schedule: Schedule) -> Figures:
    """Return what a schedule gains over the same tasks one after another."""
    return Figures(sum(task.work for task in tasks), schedule.duration, working(schedule))


def by_level(tasks: Sequence[Task], width: int, mode: Mode = Mode.GROUPS) -> tuple[float, ...]:
    """Return the minutes without any parallel work, with it at the first level, at the first two, and so on."""
    depth = max((task.levels for task in tasks), default=0)
    return tuple(solve(tasks, width, mode, levels).duration for levels in range(depth + 1))
