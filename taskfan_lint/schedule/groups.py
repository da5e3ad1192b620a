"""Groups that run one after the other, each as long as its longest member: the best ones, or close to it.

A search over sets of finished tasks. A group is a leader, its longest member, with as many tasks beside it as are no
longer: to leave out one that fits never helps. With up to EXACT tasks every such group is tried, so that the result is
the best there is; with more, those that put the critical path or the longest tasks first, from the BEAM most promising
sets of each step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import comb

from taskfan_lint.schedule.graph import Graph, bits

EXACT = 10
BEAM = 3000  # sets per step, divided by the number of tasks
LEADERS = 8
FEW = 40  # ways to choose a group that are all tried, however many tasks there are
TINY = 1e-9


@dataclass(frozen=True)
class _Path:
    """A way to a set of finished tasks: the minutes that it takes, how late what is urgent starts, and its groups."""

    time: float
    delay: float
    groups: tuple[tuple[int, ...], ...]


def groups(graph: Graph) -> list[list[int]]:
    """Return groups of at most `graph.width` tasks whose longest members take the fewest minutes in all."""
    full = (1 << len(graph)) - 1
    layer = {0: _Path(0.0, 0.0, ())}
    fastest: dict[int, float] = {0: 0.0}
    best: _Path | None = None
    while layer:
        after: dict[int, _Path] = {}
        for done, path in layer.items():
            for group in _candidates(graph, done):
                _step(graph, done, path, group, after, fastest)
        if full in after:
            found = after.pop(full)
            best = found if best is None or found.time < best.time - TINY else best
        layer = _kept(graph, after, best)
    return _leveled(graph, [list(group) for group in best.groups]) if best else []


def _step(graph: Graph, done: int, path: _Path, group: int, after: dict[int, _Path], fastest: dict[int, float]) -> None:
    members = tuple(bits(group))
    time = path.time + max(graph.durations[i] for i in members)
    reached = done | group
    known = after.get(reached)
    delay = path.delay + path.time * sum(graph.tails[i] for i in members)
    if time > fastest.get(reached, time) + TINY or (known is None and time >= fastest.get(reached, time + 1) - TINY):
        return
    if known is None or time < known.time - TINY or (time <= known.time + TINY and delay < known.delay - TINY):
        after[reached] = _Path(time, delay, (*path.groups, members))
        fastest[reached] = min(time, fastest.get(reached, time))


def _kept(graph: Graph, after: dict[int, _Path], best: _Path | None) -> dict[int, _Path]:
    """Return the sets from which something better may still come, the most promising ones where there are many."""
    least = {done: path.time + _least(graph, done) for done, path in after.items()}
    alive = [done for done in after if best is None or least[done] < best.time - TINY]
    if len(graph) > EXACT:
        alive.sort(key=lambda done: (least[done], after[done].delay))
        alive = alive[: max(4, BEAM // len(graph))]
    return {done: after[done] for done in alive}


def _least(graph: Graph, done: int) -> float:
    """Return what the rest takes at least: its longest chain, or its longest tasks one in each full group."""
    rest = [i for i in range(len(graph)) if not done >> i & 1]
    lengths = sorted((graph.durations[i] for i in rest), reverse=True)
    return max(max((graph.tails[i] for i in rest), default=0.0), sum(lengths[:: graph.width]))


def _candidates(graph: Graph, done: int) -> Iterator[int]:
    ready = [i for i in graph.priority if not done >> i & 1 and not graph.before[i] & ~done]
    lengths = list(dict.fromkeys(graph.durations[i] for i in ready))
    for length in lengths if len(graph) <= EXACT else [max(lengths), *lengths[:LEADERS]]:
        pool = [i for i in ready if graph.durations[i] <= length]
        if len(graph) <= EXACT or comb(len(pool), min(graph.width, len(pool) // 2)) <= FEW:
            yield from _all_groups(graph, pool, length)
        else:
            for order in (pool, sorted(pool), sorted(pool, key=lambda i: -graph.durations[i])):
                yield _greedy(graph, [next(i for i in pool if graph.durations[i] == length), *order])


def _all_groups(graph: Graph, pool: list[int], length: float) -> Iterator[int]:
    """Yield every group of the pool that has a member of this length, and to which none of the pool can be added."""
    for size in range(min(graph.width, len(pool)), 0, -1):
        for members in combinations(pool, size):
            group = sum(1 << i for i in members)
            if not any(graph.durations[i] == length for i in members):
                continue
            if any(graph.conflicts[i] & group for i in members):
                continue
            if size == graph.width or all(group >> i & 1 or graph.conflicts[i] & group for i in pool):
                yield group


def _greedy(graph: Graph, order: list[int]) -> int:
    """Return the group of the first tasks that go together."""
    group, size = 0, 0
    for i in order:
        if size < graph.width and not group >> i & 1 and not graph.conflicts[i] & group:
            group, size = group | 1 << i, size + 1
    return group


def _leveled(graph: Graph, found: list[list[int]]) -> list[list[int]]:
    """Return the groups with even sizes where only the width has kept them apart: 4 and 3, not 6 and 1."""
    done = 0
    for early, late in pairwise(found):
        if not any(graph.before[i] & ~done for i in late):
            while len(early) > len(late) + 1:
                mover = next((i for i in reversed(early) if _may_join(graph, i, late)), None)
                if mover is None:
                    break
                early.remove(mover)
                late.insert(0, mover)
        done |= sum(1 << i for i in early)
    return [sorted(group) for group in found]


def _may_join(graph: Graph, mover: int, group: list[int]) -> bool:
    longest = max(graph.durations[i] for i in group)
    tied = any(graph.before[i] >> mover & 1 or graph.conflicts[i] >> mover & 1 for i in group)
    return not tied and graph.durations[mover] <= longest
