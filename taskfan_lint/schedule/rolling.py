"""Slots that are refilled at once: list scheduling with the critical path first, improved by a bounded search.

The list schedule alone keeps Graham's bounds (1966, 1969) where no files are in conflict: within 2 - 1/m of the best
with m slots, and within 4/3 - 1/(3m) for independent tasks, where the critical path first means the longest first. The
search only ever replaces it by something shorter.
"""

from __future__ import annotations

from taskfan_lint.schedule.graph import Graph, bits

SEARCHED = 12  # tasks
STEPS = 10_000
TINY = 1e-9


def rolling(graph: Graph) -> list[float]:
    """Return when each task starts."""
    starts = listed(graph)
    if len(graph) <= SEARCHED:
        starts = _Search(graph, starts).run()
    return starts


def listed(graph: Graph) -> list[float]:
    """Return the starts of the list schedule: whenever a slot is free, the first task that may start takes it."""
    starts: list[float] = [0.0] * len(graph)
    running: dict[int, float] = {}
    done, waiting, now = 0, graph.priority, 0.0
    while waiting or running:
        for i in list(waiting):
            busy = sum(1 << j for j in running)
            if len(running) < graph.width and not graph.before[i] & ~done and not graph.conflicts[i] & busy:
                starts[i], running[i] = now, now + graph.durations[i]
                waiting.remove(i)
        now = min(running.values())
        for i in [i for i, end in running.items() if end <= now]:
            del running[i]
            done |= 1 << i
    return starts


def length(graph: Graph, starts: list[float]) -> float:
    """Return when the last task ends."""
    return max((start + graph.durations[i] for i, start in enumerate(starts)), default=0.0)


class _Search:
    """Tries the orders in which tasks are placed, each as early as it fits, and keeps the shortest schedule.

    These are the active schedules, among which there is always a best one.
    """

    def __init__(self, graph: Graph, starts: list[float]) -> None:
        self.graph = graph
        self.best = starts
        self.length = length(graph, starts)
        self.least = max([*graph.tails, sum(graph.durations) / graph.width], default=0.0)
        self.order = graph.priority
        self.steps = STEPS
        self.seen: set[tuple[float | None, ...]] = set()

    def run(self) -> list[float]:
        """Return the starts of the shortest schedule found."""
        self._place(0, [0.0] * len(self.graph))
        return self.best

    def _place(self, placed: int, starts: list[float]) -> None:
        ready = [i for i in self.order if not placed >> i & 1 and not self.graph.before[i] & ~placed]
        if not ready and self.length > length(self.graph, starts) + TINY:
            self.best, self.length = list(starts), length(self.graph, starts)
        for i in ready:
            if self.steps <= 0 or self.length <= self.least + TINY:
                return
            self.steps -= 1
            starts[i] = self._earliest(i, placed, starts)
            reached = placed | 1 << i
            key = tuple(starts[j] if reached >> j & 1 else None for j in range(len(starts)))
            if key not in self.seen and self._promises(reached, starts):
                self.seen.add(key)
                self._place(reached, list(starts))

    def _promises(self, placed: int, starts: list[float]) -> bool:
        """Tell whether what is not placed yet may end before the shortest schedule known does."""
        for i in range(len(self.graph)):
            if placed >> i & 1:
                if starts[i] + self.graph.tails[i] >= self.length - TINY:
                    return False
                continue
            ready = max((self._end(j, starts) for j in bits(self.graph.before[i] & placed)), default=0.0)
            if ready + self.graph.tails[i] >= self.length - TINY:
                return False
        return True

    def _end(self, i: int, starts: list[float]) -> float:
        return starts[i] + self.graph.durations[i]

    def _earliest(self, i: int, placed: int, starts: list[float]) -> float:
        """Return the first time at which a task fits between those that are placed."""
        others = list(bits(placed))
        ready = max((self._end(j, starts) for j in bits(self.graph.before[i])), default=0.0)
        times = sorted({ready, *(self._end(j, starts) for j in others if self._end(j, starts) > ready)})
        return next(time for time in times if self._fits(i, time, others, starts))

    def _fits(self, i: int, time: float, others: list[int], starts: list[float]) -> bool:
        end = time + self.graph.durations[i]
        meeting = [j for j in others if starts[j] < end - TINY and self._end(j, starts) > time + TINY]
        if any(self.graph.conflicts[i] >> j & 1 for j in meeting):
            return False
        moments = [time, *(starts[j] for j in meeting if starts[j] > time)]
        return all(
            sum(starts[j] <= moment + TINY and self._end(j, starts) > moment + TINY for j in meeting) < self.graph.width
            for moment in moments
        )
