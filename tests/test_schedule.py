"""Tests of the scheduler: the figures of `parallel-execution.md` by name, bounds, and the exhaustive optimum."""

from __future__ import annotations

import math
import random
from functools import cache
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfan_lint.schedule import (
    Figures,
    Mode,
    PlanError,
    Schedule,
    Split,
    Task,
    by_level,
    critical_path,
    figures,
    limits,
    one_after_another,
    solve,
    splits,
)
from taskfan_lint.schedule.graph import Graph, graph
from taskfan_lint.schedule.groups import groups
from taskfan_lint.schedule.rolling import length, listed, rolling

FOUNDATION = (Task("Task 1", 5), Task("Task 2", 4), Task("Task 3", 5))
PRP = (
    Task("Researcher", 5),
    Task("Hunter", 4),
    Task("Curator", 5),
    Task("Link Validator", 3),
    Task("Example Extractor", 4),
)
CRITICAL = (
    Task("A", 5),
    Task("C", 10, after=("A",)),
    Task("E", 5, after=("C",)),
    Task("B", 3),
    Task("D", 3, after=("B",)),
)
UNBALANCED = (Task("Task 1", 2), Task("Task 2", 2), Task("Task 3", 20))
BALANCED = (Task("Task 1", 2), Task("Task 2", 2), Task("Task 3a", 10), Task("Task 3b", 10, after=("Task 3a",)))
TWELVE = tuple(Task(f"Task {number}", 1) for number in range(1, 13))
ORCHESTRATORS = tuple(
    Task(f"{name}-orchestrator", 0, children=tuple(Task(f"implementer {number}", 5) for number in range(1, 5)))
    for name in ("terraform", "backend", "frontend")
)


def names(schedule: Schedule) -> list[list[str]]:
    return [[one.task.name for one in group] for group in schedule.groups]


# the figures of parallel-execution.md


def test_three_tasks_of_14_minutes_take_5_and_save_64_percent() -> None:
    schedule = solve(FOUNDATION, 6)
    found = figures(FOUNDATION, schedule)
    assert names(schedule) == [["Task 1", "Task 2", "Task 3"]]
    assert found == Figures(14, 5, 3)
    assert (round(found.speedup, 2), round(found.efficiency, 2), round(found.saved, 2)) == (2.8, 0.93, 0.64)
    assert (round(found.seed_speedup), round(found.seed_efficiency)) == (64, 21)


def test_the_case_study_of_21_minutes_takes_9_in_groups_of_3_and_saves_57_percent() -> None:
    schedule = solve(PRP, 3)
    found = figures(PRP, schedule)
    assert names(schedule) == [["Researcher", "Hunter", "Curator"], ["Link Validator", "Example Extractor"]]
    assert (found, round(found.seed_speedup)) == (Figures(21, 9, 3), 57)


def test_the_measured_case_study_has_a_speedup_of_59_percent_and_an_efficiency_of_20() -> None:
    measured = Figures(22, 9, 3)
    assert (round(measured.seed_speedup), round(measured.seed_efficiency)) == (59, 20)


@pytest.mark.parametrize("mode", Mode, ids=lambda mode: mode.value)
def test_the_critical_path_example_takes_20_minutes(mode: Mode) -> None:
    schedule = solve(CRITICAL, 6, mode)
    assert schedule.duration == 20
    assert critical_path(CRITICAL, schedule, 6) == (("A", "C", "E"), 20)


def test_the_critical_path_goes_first() -> None:
    assert names(solve(CRITICAL, 6)) == [["A", "B"], ["C", "D"], ["E"]]


def test_the_side_branch_first_takes_longer() -> None:
    assert one_after_another(CRITICAL, [["B"], ["A", "D"], ["C"], ["E"]]).duration == 23


def test_12_tasks_are_batched_into_3_groups_of_4() -> None:
    assert names(solve(TWELVE, 4)) == [[f"Task {4 * group + i}" for i in range(1, 5)] for group in range(3)]


def test_nested_orchestrators_take_60_then_20_then_5_minutes() -> None:
    assert by_level(ORCHESTRATORS, 6) == (60, 20, 5)
    found = figures(ORCHESTRATORS, solve(ORCHESTRATORS, 6))
    assert (found, found.speedup) == (Figures(60, 5, 12), 12)


def test_the_balanced_example_takes_as_long_as_the_unbalanced_one() -> None:
    assert solve(UNBALANCED, 6).duration == 20
    schedule = solve(BALANCED, 6)
    assert (names(schedule), schedule.duration) == ([["Task 1", "Task 2", "Task 3a"], ["Task 3b"]], 20)


def test_a_split_into_halves_that_run_at_once_saves_10_minutes() -> None:
    assert splits(UNBALANCED, solve(UNBALANCED, 6), 6, Mode.GROUPS) == (Split(("Task 3",), 20, 10),)


# groups


@pytest.mark.parametrize(
    ("tasks", "width", "expected"),
    [
        pytest.param((), 6, [], id="none"),
        pytest.param((Task("a"),), 1, [["a"]], id="one"),
        pytest.param(TWELVE[:7], 6, [[f"Task {i}" for i in (1, 2, 3, 4)], [f"Task {i}" for i in (5, 6, 7)]], id="even"),
        pytest.param((*TWELVE[:6], Task("z", 1, ("Task 1",))), 6, [[t.name for t in TWELVE[:6]], ["z"]], id="not even"),
        pytest.param((Task("a", writes=("x",)), Task("b", writes=("x",))), 6, [["a"], ["b"]], id="one file"),
        pytest.param((Task("r", reads=("x",)), Task("w", writes=("x",))), 6, [["w"], ["r"]], id="the reader waits"),
        pytest.param(
            (Task("r", reads=("x",)), Task("w", after=("r",), writes=("x",))), 6, [["r"], ["w"]], id="reads the old one"
        ),
        pytest.param(
            (Task("a", 0, children=(Task("b", writes=("x",)),)), Task("c", writes=("x",))),
            6,
            [["a"], ["c"]],
            id="a file of a child",
        ),
        pytest.param((Task("a", 0), Task("b", 0, ("a",))), 6, [["a"], ["b"]], id="no time"),
    ],
)
def test_groups(tasks: tuple[Task, ...], width: int, expected: list[list[str]]) -> None:
    assert names(solve(tasks, width)) == expected


def test_a_slot_is_refilled_at_once_when_rolling() -> None:
    tasks = (Task("a", 3), Task("b", 1), Task("c", 1), Task("d", 1))
    assert (solve(tasks, 2).duration, solve(tasks, 2, Mode.ROLLING).duration) == (4, 3)


# what is wrong


@pytest.mark.parametrize(
    ("tasks", "width", "message"),
    [
        pytest.param((Task("a"),), 0, "at least 1 task has to run at once, not 0", id="no width"),
        pytest.param((Task("a"), Task("a")), 6, "two tasks have the name `a`", id="one name"),
        pytest.param((Task("a", after=("a",)),), 6, "`a` waits for itself", id="itself"),
        pytest.param(
            (Task("scan"), Task("b", after=("scna",))),
            6,
            "`b` waits for `scna`, which is no task beside it, did you mean `scan`?",
            id="unknown",
        ),
        pytest.param(
            (Task("a", after=("c",)), Task("b", after=("a",)), Task("c", after=("b",)), Task("d", after=("c",))),
            6,
            "tasks wait for each other: `a` waits for `c` waits for `b` waits for `a`",
            id="cycle",
        ),
        pytest.param(
            (Task("a", writes=("x",), reads=("y",)), Task("b", writes=("y",), reads=("x",))),
            6,
            "tasks wait for each other: `a` waits for `b` waits for `a`",
            id="cycle of files",
        ),
        pytest.param(
            (Task("a", -1),), 6, "`a`: its duration is -1, minutes from 0 on are expected", id="negative duration"
        ),
        pytest.param(
            (Task("a", math.inf),), 6, "`a`: its duration is inf, minutes from 0 on are expected", id="no end"
        ),
        pytest.param(
            (Task("a", children=(Task("b", after=("a",)),)),),
            6,
            "`b` waits for `a`, which is no task beside it",
            id="another level",
        ),
    ],
)
def test_what_cannot_be_scheduled_says_why(tasks: tuple[Task, ...], width: int, message: str) -> None:
    with pytest.raises(PlanError) as error:
        solve(tasks, width)
    assert str(error.value) == message


# limits of the platform


def test_a_plan_deeper_than_3_levels_is_told() -> None:
    tasks = (Task("a", children=(Task("b", children=(Task("c", children=(Task("d"),)),)),)),)
    assert list(limits.broken(tasks, solve(tasks, 6))) == ["4 levels of agents, more than 3 are refused"]
    assert list(limits.broken(tasks[0].children, solve(tasks[0].children, 6))) == []


@pytest.mark.parametrize(("children", "told"), [(6, []), (7, ["24 agents run at once, more than 20 are refused"])])
def test_a_plan_wider_than_20_agents_is_told_with_its_orchestrators(children: int, told: list[str]) -> None:
    below = tuple(Task(f"{number}") for number in range(children))
    tasks = (Task("a", 0, children=below), Task("b", 0, children=below), Task("c", 0, children=below))[
        : 2 + (children > 6)
    ]
    assert list(limits.broken(tasks, solve(tasks, 8))) == told


def test_a_group_wider_than_10_is_told() -> None:
    assert list(limits.slow(solve(TWELVE, 12))) == ["12 dispatches in one group, more than 10 queue"]
    assert list(limits.slow(solve(TWELVE, 10))) == []


# bounds


@st.composite
def problems(draw: st.DrawFn, most: int = 40, *, edges: bool = True, files: bool = False) -> tuple[list[Task], int]:
    count = draw(st.integers(1, most))
    tasks = []
    for number in range(count):
        after = draw(st.sets(st.integers(0, number - 1), max_size=3)) if edges and number else set()
        writes = draw(st.sets(st.sampled_from("xyz"), max_size=1)) if files else set()
        names_before = tuple(f"t{one}" for one in sorted(after))
        tasks.append(Task(f"t{number}", draw(st.integers(1, 20)), names_before, tuple(sorted(writes))))
    return tasks, draw(st.integers(1, 6))


def graph_of(tasks: list[Task], width: int) -> Graph:
    return graph(tasks, [task.duration for task in tasks], width)


def lower_bound(one: Graph) -> float:
    """Return what no schedule can beat: the longest chain, and all work shared out evenly."""
    return max(max(one.tails), sum(one.durations) / one.width)


@given(problems())
def test_a_list_schedule_is_within_2_minus_1_over_m_of_the_lower_bounds_of_graham(
    problem: tuple[list[Task], int],
) -> None:
    one = graph_of(*problem)
    # Graham's proof bounds the schedule by these two, which are at most the best one.
    assert length(one, listed(one)) <= max(one.tails) * (1 - 1 / one.width) + sum(one.durations) / one.width + 1e-9
    assert length(one, listed(one)) <= (2 - 1 / one.width) * lower_bound(one) + 1e-9


@given(problems(7))
@settings(max_examples=60, deadline=None)
def test_a_rolling_schedule_is_within_2_minus_1_over_m_of_the_best(problem: tuple[list[Task], int]) -> None:
    tasks, width = problem
    one = graph_of([Task(task.name, task.duration % 5 + 1, task.after) for task in tasks], width)
    best = best_rolling(one)
    assert best - 1e-9 <= length(one, rolling(one)) <= length(one, listed(one)) <= (2 - 1 / width) * best + 1e-9


@given(problems(8, edges=False))
@settings(max_examples=60, deadline=None)
def test_the_longest_first_is_within_4_thirds_minus_1_over_3m_of_the_best(problem: tuple[list[Task], int]) -> None:
    one = graph_of(*problem)
    assert length(one, listed(one)) <= (4 / 3 - 1 / (3 * one.width)) * best_sharing(one) + 1e-9


@given(problems(30, files=True), st.sampled_from(Mode))
@settings(max_examples=30, deadline=None)
def test_a_schedule_keeps_to_order_files_and_width(problem: tuple[list[Task], int], mode: Mode) -> None:
    tasks, width = problem
    schedule = solve(tasks, width, mode)
    placed = {one.task.name: one for one in schedule.placed}
    assert sorted(placed) == sorted(task.name for task in tasks)
    for one in placed.values():
        assert all(placed[name].end <= one.start for name in one.task.after)
        meeting = [other for other in placed.values() if other.start < one.end and one.start < other.end]
        assert sum(other.start <= one.start for other in meeting) <= width
        assert not any(set(one.task.writes) & set(other.task.writes) for other in meeting if other is not one)
    if mode is Mode.GROUPS:
        ends = [max(one.end for one in group) for group in schedule.groups]
        assert [group[0].start for group in schedule.groups] == [0, *ends[:-1]]


# the exhaustive optimum


def best_groups(one: Graph) -> float:
    """Return the fewest minutes of any groups: every group that may go out next is tried."""
    full = (1 << len(one)) - 1

    @cache
    def rest(done: int) -> float:
        if done == full:
            return 0
        ready = [i for i in range(len(one)) if not done >> i & 1 and not one.before[i] & ~done]
        return min(
            max(one.durations[i] for i in group) + rest(done | sum(1 << i for i in group))
            for size in range(1, one.width + 1)
            for group in combinations(ready, size)
            if not any(one.conflicts[i] >> j & 1 for i in group for j in group)
        )

    return rest(0)


def best_rolling(one: Graph) -> float:
    """Return the fewest minutes of any schedule: at every minute, every set of tasks that may start is tried."""
    full = (1 << len(one)) - 1

    @cache
    def rest(done: int, running: frozenset[tuple[int, int]]) -> float:
        if done == full:
            return 0
        busy = [i for i, _ in running]
        ready = [
            i
            for i in range(len(one))
            if not done >> i & 1
            and i not in busy
            and not one.before[i] & ~done
            and not any(one.conflicts[i] >> j & 1 for j in busy)
        ]
        found = []
        for size in range(one.width - len(busy) + 1):
            for chosen in combinations(ready, size):
                if any(one.conflicts[i] >> j & 1 for i in chosen for j in chosen) or not (busy or chosen):
                    continue
                now = [*running, *((i, int(one.durations[i])) for i in chosen)]
                step = min(left for _, left in now)
                ended = sum(1 << i for i, left in now if left == step)
                found.append(step + rest(done | ended, frozenset((i, left - step) for i, left in now if left > step)))
        return min(found)

    return rest(0, frozenset())


def best_sharing(one: Graph) -> float:
    """Return the fewest minutes in which independent tasks can be shared out over the slots."""

    @cache
    def rest(number: int, loads: tuple[float, ...]) -> float:
        if number == len(one):
            return max(loads)
        return min(
            rest(number + 1, tuple(sorted((*loads[:slot], loads[slot] + one.durations[number], *loads[slot + 1 :]))))
            for slot in range(one.width)
        )

    return rest(0, (0.0,) * one.width)


def drawn(seed: int, most: int, longest: int, density: float) -> Graph:
    """Return a random problem with dependences and files."""
    chance = random.Random(seed)
    tasks = []
    for number in range(chance.randint(1, most)):
        after = tuple(f"t{other}" for other in range(number) if chance.random() < density)
        writes = tuple(file for file in "xy" if chance.random() < 0.2)
        tasks.append(Task(f"t{number}", chance.randint(1, longest), after, writes))
    return graph_of(tasks, chance.randint(1, 4))


def test_groups_of_up_to_10_tasks_are_the_best_there_are() -> None:
    problems = [drawn(seed, 10, 9, 0.15) for seed in range(200)]
    found = [sum(max(one.durations[i] for i in group) for group in groups(one)) for one in problems]
    assert found == [best_groups(one) for one in problems]


def test_rolling_schedules_of_up_to_10_tasks_are_the_best_there_are() -> None:
    problems = [drawn(seed, 10, 5, 0.15) for seed in range(60)]
    assert [length(one, rolling(one)) for one in problems] == [best_rolling(one) for one in problems]


def test_groups_of_more_tasks_are_within_5_percent_of_the_best() -> None:
    problems = [drawn(seed, 16, 9, 0.1) for seed in range(2000, 2015)]
    problems = [one for one in problems if len(one) > 10]
    found = [sum(max(one.durations[i] for i in group) for group in groups(one)) for one in problems]
    best = [best_groups(one) for one in problems]
    assert max(mine / least for mine, least in zip(found, best, strict=True)) <= 1.05
