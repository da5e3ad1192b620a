"""The plans of a document: one for each function, module or fence that dispatches."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter

from taskfan_lint import durations, inspection
from taskfan_lint.analysis.facts import Region
from taskfan_lint.analysis.windows import Analysis
from taskfan_lint.edit import Lines
from taskfan_lint.planning.copies import Copy, Loops, copies
from taskfan_lint.planning.model import Plan
from taskfan_lint.planning.origins import origin
from taskfan_lint.schedule import Mode, Task, one_after_another, solve
from taskfan_lint.settings import Settings
from taskfan_lint.suppress import suppressions
from taskfan_lint.surveys import Surveyed

NEEDED = frozenset({"chain", "early-exit"})  # exemptions that stand for a dependence, which is known by itself


def plans_of(surveyed: Iterable[Surveyed], text: str, name: str, settings: Settings, mode: Mode) -> Iterator[Plan]:
    """Yield the plan of each place that dispatches in a document's text, in order; counter-examples only if asked."""
    lines = Lines(text)
    found: dict[tuple[int, str], Plan] = {}  # by place and name: slices of a file share its own statements
    for one in surveyed:
        for region in one.analysis.facts.regions:
            part = _Part(one, region, settings)
            if part.copies:
                row = lines.position(one.snippet.offset(part.copies[0].dispatch.span.start))[0]
                where = f" in `{region.name}`" if region.name else ""
                place = one.snippet.offset(region.span.start), region.name
                if place not in found:
                    found[place] = part.plan(f"{name}:{row}{where}", mode)
    yield from (plan for _, plan in sorted(found.items(), key=itemgetter(0)))


class _Part:
    """One region on its way to a plan."""

    def __init__(self, surveyed: Surveyed, region: Region, settings: Settings) -> None:
        self.analysis: Analysis = surveyed.analysis
        self.region = region
        self.settings = settings
        self.loops = Loops(surveyed.analysis)
        found = copies(surveyed.analysis, region, self.loops)
        if not settings.include_counterexamples:
            facts, snippet = surveyed.analysis.facts, surveyed.snippet
            found = [one for one in found if not inspection.is_counterexample(one.dispatch.span, facts, snippet)]
        self.copies, self.other_arms = _longest_way(found, self._minutes)
        self.names = _names([copy.agent(surveyed.analysis.facts) for copy in self.copies])
        self.phases = _phases(surveyed.analysis)
        self.pinned = {copy.dispatch.span.start for copy in self.copies if _is_pinned(copy, surveyed.analysis)}
        self.serial = self.pinned | {
            dispatch.span.start
            for one in surveyed.analysis.exemptions
            if one.name == "declared-serial"
            for dispatch in one.dispatches
        }

    def _known(self, copy: Copy) -> float | None:
        known = durations.known(self.analysis.facts, copy.dispatch, self.settings)
        return self.settings.durations.get(copy.agent(self.analysis.facts)) if known is None else known

    def _minutes(self, copy: Copy) -> float:
        known = self._known(copy)
        return 1.0 if known is None else known

    def plan(self, title: str, mode: Mode) -> Plan:
        """Return the plan of the region."""
        after = self._after()
        tasks = tuple(
            Task(
                name,
                self._minutes(copy),
                tuple(self.names[i] for i in sorted(after[number])),
                agent=copy.agent(self.analysis.facts),
                prompt=copy.prompt(),
                repeated=bool(copy.unknown),
            )
            for number, (name, copy) in enumerate(zip(self.names, self.copies, strict=True))
        )
        written = one_after_another(tasks, [[self.names[i] for i in window] for window in self._windows()])
        width = self.settings.max_fan_out
        return Plan(
            title,
            tasks,
            written,
            solve(tasks, width, mode),
            width,
            mode,
            tuple(name for name, copy in zip(self.names, self.copies, strict=True) if self._known(copy) is None),
            tuple(self._notes()),
            {
                name: origin(copy, self.analysis.facts, self.region)
                for name, copy in zip(self.names, self.copies, strict=True)
            },
            from_code=True,
        )

    def _notes(self) -> Iterator[str]:
        repeated = [name for name, copy in zip(self.names, self.copies, strict=True) if copy.unknown]
        if repeated:
            listed = ", ".join(f"`{name}`" for name in repeated)
            verb = "counts" if len(repeated) == 1 else "count"
            yield f"{listed} {verb} once, though a loop sends it again: how often is not known"
        if self.other_arms:
            count = f"{self.other_arms} dispatch{'es' if self.other_arms > 1 else ''}"
            yield f"{count} of other arms of a branch left out, the plan follows the longest"

    def _windows(self) -> list[list[int]]:
        """Return the copies that go out together as written."""
        windows: dict[tuple[object, ...], list[int]] = {}
        for number, copy in enumerate(self.copies):
            around = {loop.span.start: loop for loop in self.loops.around(copy.dispatch, self.region)}
            unknown = ((loop.span.start, -1) for loop in copy.unknown)
            apart = tuple(pair for pair in (*copy.at, *unknown) if not self.loops.is_together(around[pair[0]]))
            alone = number if copy.dispatch.span.start in self.serial else -1
            windows.setdefault((copy.window, apart, alone), []).append(number)
        return list(windows.values())

    def _after(self) -> list[set[int]]:
        """Return for each copy the numbers of those that it comes after."""
        after: list[set[int]] = [set() for _ in self.copies]
        places: dict[int, list[int]] = defaultdict(list)
        for number, copy in enumerate(self.copies):
            places[copy.dispatch.span.start].append(number)
            earlier = range(number)
            if copy.dispatch.span.start in self.serial:
                after[number] |= set(earlier)
            after[number] |= {i for i in earlier if self._is_before(self.copies[i], copy)}
            after[number] |= {i for i in earlier if self.copies[i].dispatch.span.start in self.pinned}
            after[number] |= {i for i in earlier if _meet(self.copies[i], copy)}
        for one in self.analysis.dependences:
            for target in places.get(one.target.span.start, ()):
                for source in places.get(one.source.span.start, ()):
                    if source < target and _leads(self.copies[source], self.copies[target], carried=one.carried):
                        after[target].add(source)
        return _without_detours(after)

    def _is_before(self, one: Copy, other: Copy) -> bool:
        """Tell whether one comes before the other because a phase or the iterations of a loop are kept apart."""
        if self.phases[one.window] < self.phases[other.window] and _same(one.at, other.at):
            return True
        shared = dict(one.at)
        for loop in self.loops.around(other.dispatch, self.region):
            start = loop.span.start
            numbers = dict(other.at)
            if start in shared and start in numbers and shared[start] < numbers[start]:
                if not self.loops.is_free(loop):
                    return True
        return False


def _is_pinned(copy: Copy, analysis: Analysis) -> bool:
    """Tell whether a comment says that a dispatch runs by itself on purpose: `taskfan: serial`."""
    place = copy.dispatch.span
    serial = (one for one in suppressions(analysis.facts) if one.whole)
    return any(place in span for one in serial for span in one.covers)


def _meet(one: Copy, other: Copy) -> bool:
    """Tell whether one of two touches a file that the other one writes."""
    own, others = one.writes(), other.writes()
    return bool(own & (others | other.reads()) or others & one.reads())


def _same(one: tuple[tuple[int, int], ...], other: tuple[tuple[int, int], ...]) -> bool:
    """Tell whether two places stand in one iteration of every loop that they share."""
    shared = dict(one)
    return all(shared.get(loop, number) == number for loop, number in other)


def _leads(source: Copy, target: Copy, *, carried: bool) -> bool:
    """Tell whether a dependence between two dispatches holds between these two copies."""
    return _same(source.at, target.at) is not carried


def _without_detours(after: list[set[int]]) -> list[set[int]]:
    """Return what each task comes after, but for what it comes after by way of others."""
    everything: list[set[int]] = []
    for direct in after:
        everything.append(direct.union(*(everything[i] for i in direct)))
    return [direct.difference(*(everything[i] for i in direct)) for direct in after]


def _phases(analysis: Analysis) -> list[int]:
    """Return for each window the number of its phase along its path."""
    phases: list[int] = []
    for window in analysis.windows:
        before = phases[window.after] if window.after is not None else 0
        cause = window.opening.cause if window.opening and window.after is not None else None
        phases.append(before + (isinstance(cause, str) and cause not in NEEDED))
    return phases


def _names(agents: list[str]) -> list[str]:
    """Return a name for each copy: its agent, numbered where the agent is sent more than once."""
    counts = Counter(agents)
    numbers: Counter[str] = Counter()
    names = []
    for agent in agents:
        numbers[agent] += 1
        names.append(f"{agent} {numbers[agent]}" if counts[agent] > 1 else agent)
    return names


def _longest_way(found: list[Copy], minutes: Callable[[Copy], float]) -> tuple[list[Copy], int]:
    """Return the copies on the way through all branches that takes longest, and how many are not on it."""
    totals: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for copy in found:
        for branch, arm in copy.member.arms:
            totals[branch][arm] += minutes(copy)
    chosen = {branch: max(sorted(arms), key=lambda arm: arms[arm]) for branch, arms in totals.items()}
    way = [copy for copy in found if all(chosen[branch] == arm for branch, arm in copy.member.arms)]
    return way, len(found) - len(way)
