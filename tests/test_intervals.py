"""Tests of the figures: overlap, status, peak, groups, and the validation by durations alone."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import taskfan_lint
from taskfan_lint.intervals import Figures, Interval, Status, clusters, figures, merged, overlap, peak, status_of, union

PAIRS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), max_size=8)


def spans(*pairs: tuple[float, float]) -> list[Interval]:
    return [Interval(start, end) for start, end in pairs]


@pytest.mark.parametrize(
    ("intervals", "expected"),
    [
        pytest.param([(0, 5), (0, 4), (0, 5)], 1.0, id="at once"),
        pytest.param([(0, 5), (5, 9), (9, 14)], 0.0, id="one after another"),
        pytest.param([(0, 5), (7, 9)], 0.0, id="with a pause"),
        pytest.param([(0, 10), (5, 15)], 0.5, id="half"),
        pytest.param([(0, 100), (99, 101)], 0.5, id="one long task does not hide the short one"),
        pytest.param([(0, 10), (4, 4)], None, id="only one has a length"),
        pytest.param([(0, 10)], None, id="one"),
        pytest.param([], None, id="none"),
    ],
)
def test_overlap(intervals: list[tuple[float, float]], expected: float | None) -> None:
    assert overlap(spans(*intervals)) == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (1.0, Status.PARALLEL),
        (0.8, Status.PARALLEL),
        (0.1 * 8 - 1e-12, Status.PARALLEL),
        (0.79, Status.PARTIAL),
        (0.2, Status.PARTIAL),
        (0.19, Status.SEQUENTIAL),
        (0.0, Status.SEQUENTIAL),
        (None, Status.UNKNOWN),
    ],
)
def test_status(share: float | None, expected: Status) -> None:
    assert status_of(share) is expected


def test_the_figures_of_three_at_once() -> None:
    known = figures(spans((0, 5), (0, 4), (0, 5)), 3)
    assert known == Figures(Status.PARALLEL, 1.0, 14, 5, 14 / 5, 14 / 5 / 3)


def test_one_piece_is_single_and_has_no_overlap() -> None:
    assert figures(spans((2, 5)), 1) == Figures(Status.SINGLE, None, 3, 3, 1.0, 1.0)
    assert figures([], 1) == Figures(Status.SINGLE)


def test_several_pieces_of_which_one_is_known_are_unknown() -> None:
    assert figures(spans((2, 5)), 2).status is Status.UNKNOWN
    assert figures([], 0).status is Status.UNKNOWN


def test_what_touches_is_no_overlap() -> None:
    touching = spans((0, 2), (2, 4))
    assert not touching[0].overlaps(touching[1])
    assert peak(touching) == 1
    assert clusters(touching) == [[0], [1]]
    assert merged(touching) == spans((0, 4))


@given(PAIRS)
def test_counting_seconds_gives_the_same(pairs: list[tuple[int, int]]) -> None:
    intervals = spans(*((start, start + length) for start, length in pairs))
    seconds = [set(range(start, start + length)) for start, length in pairs]
    covered = set().union(*seconds)
    assert union(intervals) == len(covered)
    assert peak(intervals) == max((sum(second in each for each in seconds) for second in covered), default=0)
    total, longest = sum(map(len, seconds)), max(map(len, seconds), default=0)
    if total == longest:
        assert overlap(intervals) is None
    else:
        assert overlap(intervals) == pytest.approx(float(Fraction(total - len(covered), total - longest)))


@given(PAIRS)
def test_a_cluster_overlaps_itself_and_nothing_else(pairs: list[tuple[int, int]]) -> None:
    intervals = spans(*((start, start + length) for start, length in pairs if length))
    groups = clusters(intervals)
    assert sorted(index for group in groups for index in group) == list(range(len(intervals)))
    for group in groups:
        inside = [intervals[index] for index in group]
        outside = [one for index, one in enumerate(intervals) if index not in group]
        assert not any(one.overlaps(other) for one in inside for other in outside)
        assert len(group) == 1 or all(any(a.overlaps(b) for b in inside if b is not a) for a in inside)


# the seed's figures


def test_validate_parallelization_of_5_4_5_in_6_is_parallel_with_57_percent() -> None:
    result = taskfan_lint.validate_parallelization([5, 4, 5], 6)
    assert result == {
        "status": "PARALLEL ✅",
        "speedup_percent": (14 - 6) / 14 * 100,
        "execution_time": 6,
        "expected_parallel": 5,
        "sequential_baseline": 14,
    }
    assert int(float(result["speedup_percent"])) == 57


@pytest.mark.parametrize(
    ("time", "status", "speedup"),
    [
        (5, "PARALLEL ✅", 900 / 14),
        (6.1, "PARTIAL PARALLELIZATION ⚠️", 790 / 14),
        (11, "PARTIAL PARALLELIZATION ⚠️", 300 / 14),
        (11.3, "SEQUENTIAL (FAILED) ❌", 0),
        (14, "SEQUENTIAL (FAILED) ❌", 0),
    ],
)
def test_validate_parallelization(time: float, status: str, speedup: float) -> None:
    result = taskfan_lint.validate_parallelization([5, 4, 5], time)
    assert (result["status"], result["speedup_percent"]) == (status, pytest.approx(speedup))


def test_14_minutes_become_5_which_saves_64_percent() -> None:
    result = taskfan_lint.validate_parallelization([5, 4, 5], 5)
    assert (result["sequential_baseline"], result["expected_parallel"]) == (14, 5)
    assert round(float(result["speedup_percent"])) == 64


def test_no_task_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="empty"):
        taskfan_lint.validate_parallelization([], 6)
