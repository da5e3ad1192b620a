"""Tasks with durations and dependences, and the schedule that a plan makes of them; all times are minutes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum


class PlanError(ValueError):
    """Tasks that cannot be scheduled; the message says which, and why."""


class Mode(Enum):
    """When a slot is filled again: once its whole group is done (foreground calls), or at once (background calls)."""

    GROUPS = "groups"
    ROLLING = "rolling"


@dataclass(frozen=True)
class Task:
    """One piece of work for one agent.

    `name` is unique among its siblings, and `after` names siblings. A task that `reads` a file comes after those that
    write it, and two that write one file never run at once. `children` are the tasks that an orchestrator sends itself
    once its own work of `duration` minutes is done. `repeated` tells that nobody knows how often it is sent.
    """

    name: str
    duration: float = 1.0
    after: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    children: tuple[Task, ...] = ()
    agent: str = ""
    prompt: str = ""
    repeated: bool = False

    @property
    def work(self) -> float:
        """The minutes of work in the task and everything below it."""
        return self.duration + sum(child.work for child in self.children)

    @property
    def levels(self) -> int:
        """How many levels of agents the task is, itself included."""
        return 1 + max((child.levels for child in self.children), default=0)


@dataclass(frozen=True)
class Placed:
    """A task with the time at which it starts and ends, and the schedule of its children in between."""

    task: Task
    start: float
    end: float
    inside: Schedule | None = None

    @property
    def own(self) -> tuple[float, float]:
        """When the task's own work starts and ends, without that of its children."""
        return self.start, self.start + self.task.duration

    def shifted(self, by: float) -> Placed:
        """Return the same, `by` minutes later."""
        inside = self.inside.shifted(by) if self.inside else None
        return replace(self, start=self.start + by, end=self.end + by, inside=inside)


@dataclass(frozen=True)
class Schedule:
    """Groups of tasks that start together, in order of their start."""

    groups: tuple[tuple[Placed, ...], ...] = ()

    @property
    def placed(self) -> Iterator[Placed]:
        """The tasks of this level, in order of their start."""
        return (one for group in self.groups for one in group)

    @property
    def start(self) -> float:
        return min((one.start for one in self.placed), default=0.0)

    @property
    def end(self) -> float:
        return max((one.end for one in self.placed), default=0.0)

    @property
    def duration(self) -> float:
        return self.end - self.start

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Placed]]:
        """Yield every task with its depth, an orchestrator before its children."""
        for one in self.placed:
            yield depth, one
            if one.inside:
                yield from one.inside.walk(depth + 1)

    def shifted(self, by: float) -> Schedule:
        """Return the same, `by` minutes later."""
        return Schedule(tuple(tuple(one.shifted(by) for one in group) for group in self.groups))
