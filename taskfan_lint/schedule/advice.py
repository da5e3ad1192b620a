"""Load balance: the task whose split would shorten a schedule most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from taskfan_lint.schedule.model import Mode, Schedule, Task
from taskfan_lint.schedule.solve import solve

CANDIDATES = 4
WORTH = 0.2  # of the schedule: what saves less is not worth the words


@dataclass(frozen=True)
class Split:
    """The advice to split a task into two halves that can run at once, the minutes that it saves, the group it is in.

    `path` names the task from the top level down.
    """

    path: tuple[str, ...]
    duration: float
    saves: float


def splits(tasks: tuple[Task, ...], schedule: Schedule, width: int, mode: Mode) -> tuple[Split, ...]:
    """Return the tasks that are worth splitting, what saves most first."""
    found = []
    longest = sorted(_leaders(schedule), key=lambda one: -one[1].duration)
    for path, task in longest[:CANDIDATES]:
        saves = schedule.duration - solve(_halved(tasks, path), width, mode).duration
        if saves > WORTH * schedule.duration:
            found.append(Split(path, task.duration, saves))
    return tuple(sorted(found, key=lambda one: -one.saves))


def _leaders(schedule: Schedule, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Task]]:
    """Yield the longest task of each group, at every level, that has nothing below it and is sent once."""
    for group in schedule.groups:
        last = max(group, key=lambda one: one.end)
        path = (*above, last.task.name)
        if last.inside:
            yield from _leaders(last.inside, path)
        elif not last.task.repeated and last.task.duration:
            yield path, last.task


def _halved(tasks: Sequence[Task], path: tuple[str, ...]) -> tuple[Task, ...]:
    """Return the tasks with one of them as two halves, and all that waits for it waiting for both."""
    name, *below = path
    split: list[Task] = []
    for task in tasks:
        second = f"{name} (second half)"
        if task.name != name:
            after = (*task.after, second) if name in task.after and not below else task.after
            split.append(replace(task, after=after))
        elif below:
            split.append(replace(task, children=_halved(task.children, tuple(below))))
        else:
            half = replace(task, duration=task.duration / 2)
            split += [half, replace(half, name=second, writes=tuple(f"{path}#2" for path in task.writes))]
    return tuple(split)
