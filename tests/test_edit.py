"""Spans, edits and lines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfan_lint.edit import Edit, Lines, Span, apply, hull

TEXT = "a\r\nbc\rd\n\ne\u2028\x0cf"


@pytest.mark.parametrize(
    ("offset", "position"),
    [(0, (1, 1)), (2, (1, 3)), (3, (2, 1)), (5, (2, 3)), (6, (3, 1)), (8, (4, 1)), (9, (5, 1)), (13, (5, 5))],
)
def test_only_crlf_cr_and_lf_end_a_line(offset: int, position: tuple[int, int]) -> None:
    lines = Lines(TEXT)
    assert lines.position(offset) == position
    assert lines.offset(*position) == offset


def test_rows_are_without_their_line_end() -> None:
    lines = Lines(TEXT)
    assert [lines.row(row) for row in range(1, len(lines) + 1)] == ["a", "bc", "d", "", "e\u2028\x0cf"]
    assert "".join(TEXT[span.start : span.end] for span in map(lines.span, range(1, len(lines) + 1))) == TEXT


def test_a_line_starts_and_ends_around_its_offset() -> None:
    lines = Lines(TEXT)
    assert [(lines.start_of_line(at), lines.end_of_line(at)) for at in (0, 4, 13)] == [(0, 3), (3, 6), (9, 13)]


def test_spans_touch_at_their_borders() -> None:
    assert Span(1, 3).touches(Span(3, 4))
    assert not Span(1, 3).touches(Span(4, 5))
    assert Span(1, 1) in Span(1, 3)
    assert Span(0, 2) not in Span(1, 3)


def test_a_hull_goes_from_the_first_start_to_the_last_end() -> None:
    assert hull([Edit(Span(5, 6), ""), Edit(Span(1, 9), ""), Edit(Span(2, 2), "x")]) == Span(1, 9)


APPLIED = [
    ("none", [], "abcd"),
    ("insert", [Edit(Span(4, 4), "x")], "abcdx"),
    ("delete", [Edit(Span(0, 4), "")], ""),
    ("any order", [Edit(Span(3, 4), "y"), Edit(Span(0, 1), "x")], "xbcy"),
    ("touching", [Edit(Span(0, 2), "x"), Edit(Span(2, 4), "y")], "xy"),
    ("insert before a replacement", [Edit(Span(1, 3), "y"), Edit(Span(1, 1), "x")], "axyd"),
]


@pytest.mark.parametrize(("edits", "expected"), [row[1:] for row in APPLIED], ids=[row[0] for row in APPLIED])
def test_edits_are_applied_together(edits: list[Edit], expected: str) -> None:
    assert apply("abcd", edits) == expected


@pytest.mark.parametrize(
    ("edits", "at"),
    [
        ([Edit(Span(0, 2), ""), Edit(Span(1, 3), "")], "1:3"),
        ([Edit(Span(4, 5), "")], "4:5"),
        ([Edit(Span(3, 2), "")], "3:2"),
        ([Edit(Span(-1, 0), "")], "-1:0"),
    ],
    ids=["overlap", "behind the end", "backwards", "before the start"],
)
def test_edits_that_cannot_be_applied_together_are_refused(edits: list[Edit], at: str) -> None:
    with pytest.raises(ValueError, match=f"^edit at {at} overlaps another or lies outside the text$"):
        apply("abcd", edits)


@settings(derandomize=True, deadline=None)
@given(st.text("a\r\n\u2028", max_size=20), st.integers(0, 20))
def test_position_and_offset_are_each_other_s_reverse(text: str, offset: int) -> None:
    lines = Lines(text)
    offset = min(offset, len(text))
    row, column = lines.position(offset)
    assert lines.offset(row, column) == offset
    assert lines.start_of_line(offset) <= offset <= lines.end_of_line(offset)
