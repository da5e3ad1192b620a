"""A plan: the tasks of one place as they are written, beside their best schedule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from taskfan_lint.schedule import (
    Figures,
    Mode,
    Schedule,
    Split,
    Task,
    by_level,
    critical_path,
    figures,
    one_after_another,
    solve,
    splits,
    with_files,
)
from taskfan_lint.schedule.limits import broken, slow


@dataclass(frozen=True)
class Origin:
    """The call that a task stands for, as Python source.

    `context` are the statements that bind the names it reads, `conditions` the tests that have to hold for it to go
    out. `arguments` are pairs of keyword ("" for none) and text; `loop` is the text of targets and iterable of a loop
    over what is not known, `binds` the name that the result is bound to.
    """

    name: str
    arguments: tuple[tuple[str, str], ...]
    conditions: tuple[str, ...] = ()
    loop: tuple[str, str] | None = None
    binds: str = ""
    context: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Tasks as written and as scheduled.

    `guessed` are those whose duration nobody has said; `notes` say what the plan takes for granted; `origins` belong
    to the tasks by name, for tasks that stand somewhere as calls.
    """

    title: str
    tasks: tuple[Task, ...]
    written: Schedule
    schedule: Schedule
    width: int
    mode: Mode
    guessed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)
    from_code: bool = False

    @cached_property
    def figures(self) -> Figures:
        return figures(self.tasks, self.schedule)

    @cached_property
    def critical_path(self) -> tuple[tuple[str, ...], float]:
        return critical_path(self.tasks, self.schedule, self.width)

    @cached_property
    def splits(self) -> tuple[Split, ...]:
        """What to split; none where durations are guessed, since all advice would be a guess."""
        return () if self.guessed else splits(self.tasks, self.schedule, self.width, self.mode)

    @cached_property
    def levels(self) -> tuple[float, ...]:
        """Minutes without parallel work, with it at the first level, at the first two, and so on."""
        return by_level(self.tasks, self.width, self.mode)

    @cached_property
    def broken(self) -> tuple[str, ...]:
        """What the platform would refuse."""
        return tuple(broken(self.tasks, self.schedule))

    @cached_property
    def slow(self) -> tuple[str, ...]:
        """What the platform makes wait."""
        return tuple(slow(self.schedule))

    @cached_property
    def objections(self) -> tuple[str, ...]:
        """Why the windows as written cannot stay, where they would take less time than the plan."""
        if self.written.duration >= self.schedule.duration:
            return ()
        found = []
        widest = max((len(group) for group in self.written.groups), default=0)
        if widest > self.width:
            found.append(f"{widest} dispatches go out in one window, `max-fan-out` is {self.width}")
        for group in self.written.groups:
            names = {one.task.name for one in group}
            meeting = ((one.task.name, name) for one in group for name in one.task.after if name in names)
            found += [f"`{name}` goes out with `{other}`, which it comes after" for name, other in meeting]
        return tuple(found)

    @property
    def is_best(self) -> bool:
        """Tell whether the windows as written are the groups of the plan."""
        return _names(self.written) == _names(self.schedule)

    @property
    def count(self) -> int:
        """The number of tasks at all levels."""
        return sum(1 for _ in self.schedule.walk())


def plan_of_tasks(
    title: str, tasks: tuple[Task, ...], width: int, mode: Mode, *, guessed: tuple[str, ...] = ()
) -> Plan:
    """Return the plan of tasks that stand in a file: written are they one after another."""
    tasks = with_files(tasks)
    schedule = solve(tasks, width, mode)
    order = sorted(schedule.placed, key=lambda one: one.start)
    written = one_after_another(tasks, [[one.task.name] for one in order])
    return Plan(title, tasks, written, schedule, width, mode, guessed)


def _names(schedule: Schedule) -> list[list[str]]:
    return [sorted(one.task.name for one in group) for group in schedule.groups]
