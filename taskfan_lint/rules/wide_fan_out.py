"""More dispatches in one window than advised."""

from __future__ import annotations

from collections.abc import Iterator

from taskfan_lint.analysis.windows import Analysis
from taskfan_lint.finding import Finding, Note, Severity
from taskfan_lint.limits import QUEUES_ABOVE, REFUSED_ABOVE
from taskfan_lint.settings import Settings

NAME = "wide-fan-out"
SEVERITY = Severity.WARNING


def check(analysis: Analysis, settings: Settings) -> Iterator[Finding]:
    """Yield a finding at the first dispatch too many of each window."""
    for window in analysis.windows:
        extra = next((one for one in window.members if one.last > settings.max_fan_out), None)
        if extra is None:
            continue
        width = max(one.last for one in window.members)
        yield Finding(
            NAME,
            SEVERITY,
            f"{width} dispatches in one window, {settings.max_fan_out} are advised{_limit(width)}",
            extra.dispatch.span,
            f"send them in groups of {_groups(width, settings.max_fan_out)}",
            notes=(Note(window.members[0].dispatch.span, "the window starts here"),),
        )


def _limit(width: int) -> str:
    if width > REFUSED_ABOVE:
        return f"; more than {REFUSED_ABOVE} running at once are refused"
    return f"; more than {QUEUES_ABOVE} queue" if width > QUEUES_ABOVE else ""


def _groups(width: int, most: int) -> str:
    """Return balanced group sizes: 8 in groups of at most 6 gives "4 and 4"."""
    count = -(-width // most)
    sizes = [str(width // count + (i < width % count)) for i in range(count)]
    if len(sizes) > 4:
        return f"at most {sizes[0]}, {count} groups"
    return ", ".join(sizes[:-1]) + f" and {sizes[-1]}"
