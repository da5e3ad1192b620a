"""The tasks of one level as a graph: checked, numbered, with what follows from the files that they touch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from taskfan_lint.schedule.model import PlanError, Task


@dataclass(frozen=True)
class Graph:
    """Numbered tasks, sets of them as bit masks.

    `before` holds for each task what has to be done before it starts, `conflicts` what must not run while it does,
    `tails` how long it takes from its start to the end of the longest chain behind it.
    """

    durations: tuple[float, ...]
    before: tuple[int, ...]
    conflicts: tuple[int, ...]
    tails: tuple[float, ...]
    width: int

    def __len__(self) -> int:
        return len(self.durations)

    @property
    def priority(self) -> list[int]:
        """The tasks with the critical path first, then the longest, then as given."""
        return sorted(range(len(self)), key=lambda i: (-self.tails[i], -self.durations[i], i))

    def critical_path(self) -> list[int]:
        """Return the longest chain of tasks that wait for each other, in order."""
        if not self.durations:
            return []
        path = [self.priority[0]]
        while True:
            rest = self.tails[path[-1]] - self.durations[path[-1]]
            followers = [i for i in self.priority if self.before[i] >> path[-1] & 1 and _equal(self.tails[i], rest)]
            if not followers:
                return path
            path.append(followers[0])


def graph(tasks: Sequence[Task], durations: Sequence[float], width: int) -> Graph:
    """Return the graph of the tasks of one level; raises PlanError for what cannot be scheduled."""
    if width < 1:
        raise PlanError(f"at least 1 task has to run at once, not {width}")
    check(tasks)
    numbers = {task.name: i for i, task in enumerate(tasks)}
    before = [sum(1 << numbers[name] for name in set(task.after)) for task in tasks]
    conflicts = _add_files(tasks, before)
    order = _ordered(tasks, before)
    tails = [0.0] * len(tasks)
    for i in reversed(order):
        behind = (tails[j] for j in range(len(tasks)) if before[j] >> i & 1)
        tails[i] = durations[i] + max(behind, default=0.0)
    return Graph(tuple(durations), tuple(before), tuple(conflicts), tuple(tails), width)


def with_files(tasks: Sequence[Task]) -> tuple[Task, ...]:
    """Return the tasks with what follows from their files in `after`, at every level; raises PlanError."""
    found = graph(tasks, [task.duration for task in tasks], 1)
    return tuple(
        replace(
            task,
            after=(
                *task.after,
                *(name for i in bits(found.before[number]) if (name := tasks[i].name) not in task.after),
            ),
            children=with_files(task.children),
        )
        for number, task in enumerate(tasks)
    )


def check(tasks: Sequence[Task]) -> None:
    """Raise PlanError for names, times and dependences that make no sense."""
    names: set[str] = set()
    for task in tasks:
        if task.name in names:
            raise PlanError(f"two tasks have the name `{task.name}`")
        names.add(task.name)
        if not math.isfinite(task.duration) or task.duration < 0:
            raise PlanError(f"`{task.name}`: its duration is {task.duration:g}, minutes from 0 on are expected")
    for task in tasks:
        for name in task.after:
            if name == task.name:
                raise PlanError(f"`{task.name}` waits for itself")
            if name not in names:
                raise PlanError(f"`{task.name}` waits for `{name}`, which is no task beside it{_near(name, names)}")


def _near(name: str, names: Iterable[str]) -> str:
    import difflib  # lazy: only for messages

    close = difflib.get_close_matches(name, list(names), 1)
    return f", did you mean `{close[0]}`?" if close else ""


def files(task: Task) -> tuple[frozenset[str], frozenset[str]]:
    """Return the files that a task and everything below it write, and those that they only read."""
    below = [files(child) for child in task.children]
    writes = frozenset(task.writes).union(*(one[0] for one in below))
    return writes, frozenset(task.reads).union(*(one[1] for one in below)) - writes


def _add_files(tasks: Sequence[Task], before: list[int]) -> list[int]:
    """Add to `before` what reads wait for, and return what must not run at once.

    A reader comes after the writers, unless it is known to come before: then it reads what was there.
    """
    touched = [files(task) for task in tasks]
    above = _above(tasks, before)
    conflicts = [0] * len(tasks)
    for i, (writes, reads) in enumerate(touched):
        for j, (others, _) in enumerate(touched):
            if i == j:
                continue
            if writes & others:
                conflicts[i] |= 1 << j
            if reads & others and not above[j] >> i & 1:
                before[i] |= 1 << j
    return conflicts


def _above(tasks: Sequence[Task], before: Sequence[int]) -> list[int]:
    """Return for each task everything that has to be done before it, at any distance."""
    above = list(before)
    for i in _ordered(tasks, before):
        for j in bits(before[i]):
            above[i] |= above[j]
    return above


def _ordered(tasks: Sequence[Task], before: Sequence[int]) -> list[int]:
    """Return the tasks in an order in which each comes after what it waits for; raises PlanError for a cycle."""
    order: list[int] = []
    done = 0
    while len(order) < len(tasks):
        ready = [i for i in range(len(tasks)) if not done >> i & 1 and not before[i] & ~done]
        if not ready:
            raise PlanError(f"tasks wait for each other: {_cycle(tasks, before, done)}")
        order += ready
        done |= sum(1 << i for i in ready)
    return order


def _cycle(tasks: Sequence[Task], before: Sequence[int], done: int) -> str:
    """Return one cycle among the tasks that are not done, in words."""
    path = [next(i for i in range(len(tasks)) if not done >> i & 1)]
    while path.count(path[-1]) == 1:
        path.append(next(bits(before[path[-1]] & ~done)))
    cycle = path[path.index(path[-1]) :]
    return " waits for ".join(f"`{tasks[i].name}`" for i in cycle)


def bits(mask: int) -> Iterator[int]:
    """Yield the numbers in a bit mask, in rising order."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _equal(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
