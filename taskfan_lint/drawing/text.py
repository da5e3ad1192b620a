"""Plans for a terminal: brackets around what runs at once, and a timeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from taskfan_lint.drawing import Page
from taskfan_lint.drawing.words import after, before, facts
from taskfan_lint.durations import shown
from taskfan_lint.planning.model import Plan
from taskfan_lint.report import printable
from taskfan_lint.schedule import Mode, Placed, Schedule

LONGEST_NAME = 32
LEAST_BAR = 20
LABEL = 21
LONGEST_PROMPT = 40
MOST_NAMES = 3


def draw(plans: Sequence[Plan], page: Page) -> str:
    """Return the plans as text, those with a single dispatch in one line."""
    single = [plan for plan in plans if plan.count == 1]
    several = [plan for plan in plans if plan.count > 1]
    parts = ["".join(f"{line}\n" for line in _plan(plan, page)) for plan in several]
    if single:
        parts.append("".join(f"{line}\n" for line in _single(single)))
    return "\n".join(parts)


def _single(plans: Sequence[Plan]) -> Iterator[str]:
    for plan in plans:
        (task,) = plan.tasks
        times = ", sent again and again" if task.repeated else ""
        yield f"{printable(plan.title)}: `{printable(task.name)}` alone ({shown(task.work)}{times}), nothing to plan"


def _plan(plan: Plan, page: Page) -> Iterator[str]:
    yield printable(plan.title)
    yield ""
    if plan.is_best:
        yield f"as written is as planned: {after(plan).removeprefix('planned: ')}"
    else:
        yield before(plan)
        yield from _brackets(plan.written, plan, waits=False)
        yield ""
        yield after(plan)
    yield from _brackets(plan.schedule, plan, waits=True)
    yield ""
    yield from timeline(plan.schedule, page.width)
    yield ""
    for label, text in facts(plan):
        yield from _wrapped(f"  {label:<{LABEL}}  ", text, page.width)


def _wrapped(label: str, text: str, width: int) -> list[str]:
    import textwrap  # lazy: only for text

    hang = " " * (LABEL + 4)
    return textwrap.wrap(
        text,
        max(width, 40),
        initial_indent=label,
        subsequent_indent=hang,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _brackets(schedule: Schedule, plan: Plan, *, waits: bool) -> Iterator[str]:
    names = [_name(one, depth) for depth, one in schedule.walk()]
    times = [f"({shown(one.end - one.start)})" for _, one in schedule.walk()]
    wide = max(map(len, names)), max(map(len, times))
    yield from _groups(schedule, plan, wide, 0, waits)


def _groups(
    schedule: Schedule, plan: Plan, wide: tuple[int, int], depth: int, waits: bool, outer: str = ""
) -> Iterator[str]:
    for group in schedule.groups:
        for place, one in enumerate(group):
            name, time = _name(one, depth), f"({shown(one.end - one.start)})"
            marks = outer + _bracket(place, len(group))
            yield f"  {name:<{wide[0]}}  {time:>{wide[1]}} {marks} {_words(group, place, plan, waits)}".rstrip()
            if one.inside:
                beside = "⎥" if place < len(group) - 1 else " "
                yield from _groups(one.inside, plan, wide, depth + 1, waits, outer + beside)


def _name(one: Placed, depth: int) -> str:
    name = "  " * depth + printable(one.task.name) + (" ×?" if one.task.repeated else "")
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def _bracket(place: int, size: int) -> str:
    if size == 1:
        return " "
    return "⎤" if place == 0 else "⎦" if place == size - 1 else "⎥"


def _words(group: tuple[Placed, ...], place: int, plan: Plan, waits: bool) -> str:
    """Return what stands behind a task: how long its group takes, and what it comes after."""
    words = []
    if place == 0 and len(group) > 1 and not (waits and plan.mode is Mode.ROLLING):
        words.append(f"at once: {shown(max(one.end for one in group) - group[0].start)}")
    if waits and plan.mode is Mode.ROLLING:
        words.append(f"from {shown(group[place].start)}")
    if waits and group[place].task.after:
        words.append(_after(group[place].task.after))
    if waits and group[place].task.agent not in ("", group[place].task.name):
        words.append(_shortened(group[place].task.prompt))
    return "  ".join(words)


def _after(names: tuple[str, ...]) -> str:
    shown_names = ", ".join(map(printable, names[:MOST_NAMES]))
    more = len(names) - MOST_NAMES
    return f"after {shown_names}" + (f" and {more} more" if more > 0 else "")


def _shortened(prompt: str) -> str:
    line = printable(" ".join(prompt.split()))
    return line if len(line) <= LONGEST_PROMPT else f"{line[: LONGEST_PROMPT - 1]}…"


def timeline(schedule: Schedule, width: int) -> Iterator[str]:
    """Yield a line with a bar for each task, and the scale below them."""
    rows = [(_name(one, depth), one) for depth, one in schedule.walk()]
    label = max(len(name) for name, _ in rows)
    cells = max(width - label - 5, LEAST_BAR)
    scale = cells / schedule.duration if schedule.duration else 0.0
    for name, one in rows:
        start, end = round(one.start * scale), round(one.end * scale)
        own = max(round(one.own[1] * scale), start + (not one.inside))
        bar = " " * start + "█" * (own - start) + "░" * (end - own)
        yield f"  {name:<{label}}  {bar}".rstrip()
    total = shown(schedule.duration)
    yield f"  {'':<{label}}  0{total:>{cells - 1}}"
