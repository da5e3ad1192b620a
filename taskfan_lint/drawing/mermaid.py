"""Plans as Mermaid: a gantt chart and a graph each, in Markdown fences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from taskfan_lint.drawing import Page
from taskfan_lint.drawing.words import after
from taskfan_lint.durations import shown
from taskfan_lint.planning.model import Plan
from taskfan_lint.report import printable
from taskfan_lint.schedule import Mode, Placed, Schedule

# Mermaid reads times of day and shows them in the same time zone, so that any day without a clock change does.
DAY = "2001-01-01"
_LOOKALIKES = {":": "꞉", ";": "⁏", "#": "＃", "`": "'", '"': "″", "<": "‹", ">": "›", ",": "‚"}  # what has no escape


def draw(plans: Sequence[Plan], page: Page) -> str:
    """Return the plans as Markdown with two diagrams each."""
    return "\n".join(_plan(plan) for plan in plans)


def _plan(plan: Plan) -> str:
    title = _plain(plan.title)
    gantt = "\n".join(_gantt(plan))
    graph = "\n".join(_graph(plan))
    return f"## {title}\n\n{after(plan)}\n\n```mermaid\n{gantt}\n```\n\n```mermaid\n{graph}\n```\n"


def _gantt(plan: Plan) -> Iterator[str]:
    yield "gantt"
    yield f"    title {_plain(plan.title)}"
    yield "    dateFormat YYYY-MM-DD HH:mm:ss"
    yield "    axisFormat %H:%M"
    critical = plan.critical_path[0]
    for number, group in enumerate(plan.schedule.groups, 1):
        if plan.mode is Mode.GROUPS or number == 1:
            yield f"    section {'Slots' if plan.mode is Mode.ROLLING else f'Group {number}'}"
        for depth, one in Schedule((group,)).walk():
            start = f"{DAY} {_clock(one.start)}"
            flag = "crit, " if not depth and one.task.name in critical else ""
            yield f"    {'· ' * depth}{_plain(one.task.name)} :{flag}{start}, {round((one.end - one.start) * 60)}s"


def _clock(minutes: float) -> str:
    seconds = round(minutes * 60)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _graph(plan: Plan) -> Iterator[str]:
    word = "Start" if plan.mode is Mode.ROLLING else "Group"
    yield "flowchart LR"
    edges: list[str] = []
    placed = 0
    for number, group in enumerate(plan.schedule.groups, 1):
        yield f'    subgraph g{number}["{word} {number}"]'
        for one in group:
            placed += 1
            yield from _node(one, f"t{placed}", 2, edges)
        yield "    end"
    yield from _edges(plan.schedule, "t")
    yield from edges


def _node(one: Placed, key: str, depth: int, edges: list[str]) -> Iterator[str]:
    """Yield a task, an orchestrator as a box around its own; what waits for what in there is added to `edges`."""
    indent = "    " * depth
    label = f'{key}["{_plain(one.task.name)} ({shown(one.end - one.start)})"]'
    if one.inside is None:
        yield f"{indent}{label}"
        return
    yield f"{indent}subgraph {label}"
    for number, child in enumerate(one.inside.placed, 1):
        yield from _node(child, f"{key}_{number}", depth + 1, edges)
    yield f"{indent}end"
    edges += _edges(one.inside, f"{key}_")


def _edges(schedule: Schedule, prefix: str) -> Iterator[str]:
    keys = {one.task.name: f"{prefix}{number}" for number, one in enumerate(schedule.placed, 1)}
    for one in schedule.placed:
        yield from (f"    {keys[name]} --> {keys[one.task.name]}" for name in one.task.after)


def _plain(text: str) -> str:
    """Return a text without what ends a line or a label, or a fence."""
    return "".join(_LOOKALIKES.get(character, character) for character in printable(text))
