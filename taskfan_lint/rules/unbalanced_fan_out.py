"""One dispatch of a window that takes much longer than the others, which wait for it."""

from __future__ import annotations

from collections.abc import Iterator

from taskfan_lint import durations
from taskfan_lint.analysis.windows import Analysis, Member, Window
from taskfan_lint.durations import shown
from taskfan_lint.finding import Finding, Note, Severity
from taskfan_lint.settings import Settings

NAME = "unbalanced-fan-out"
SEVERITY = Severity.INFO
FACTOR = 2  # times the mean of the others


def check(analysis: Analysis, settings: Settings) -> Iterator[Finding]:
    """Yield a finding for the longest dispatch of each window whose durations are all known."""
    for window in analysis.windows:
        known = [(one, durations.known(analysis.facts, one.dispatch, settings)) for one in window.members]
        times = [(one, minutes) for one, minutes in known if minutes is not None]
        if len(times) == len(known):
            yield from _unbalanced(window, times)


def _unbalanced(window: Window, times: list[tuple[Member, float]]) -> Iterator[Finding]:
    longest, most = max(times, key=lambda one: one[1])
    rest = [
        minutes
        for one, minutes in times
        for _ in range(one.last - one.position + (one is not longest))
        if not longest.excludes(one)
    ]
    if not rest:
        return
    from statistics import fmean  # lazy: it takes long to load

    if most <= FACTOR * fmean(rest):
        return
    others = "the other dispatch" if len(rest) == 1 else f"the other {len(rest)} dispatches"
    average = "" if len(rest) == 1 else " on average"
    dispatch = longest.dispatch
    yield Finding(
        NAME,
        SEVERITY,
        f"`{dispatch.agent or dispatch.name}` takes {shown(most)} and {others} of its window"
        f" {shown(fmean(rest))}{average}, so results wait up to {shown(most - min(rest))}",
        dispatch.span,
        f"split it into parts that can run at once (two halves save {shown(most - max(most / 2, *rest))}),"
        " or send it beside dispatches that take as long",
        notes=tuple(
            Note(one.dispatch.span, "the window starts here") for one in window.members[:1] if one is not longest
        ),
    )
