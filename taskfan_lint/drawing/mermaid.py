"""Plans as Mermaid: a gantt chart and a graph each, in Markdown fences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from taskfan_lint.drawing import Page
from taskfan_lint.drawing.words import after
from taskfan_lint.durations import shown
from taskfan_lint.planning.model import Plan
from taskfan_lint.report import printable
from taskfan_lint.schedule import Mode, Schedule

# Mermaid reads times of day and shows them in the same time zone, so that any day without a clock change does.
DAY = "2001-01-01"
_LOOKALIKES = {":": "꞉", ";": "⁏", "#": "＃", "`": "'", "<": "‹", ">": "›", ",": "‚"}  # what gantt charts cannot escape


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
    yield "flowchart LR"
    ids: dict[str, str] = {}
    for number, group in enumerate(plan.schedule.groups, 1):
        yield f'    subgraph g{number}["{"Start" if plan.mode is Mode.ROLLING else "Group"} {number}"]'
        for one in group:
            ids[one.task.name] = f"t{len(ids) + 1}"
            yield from _node(one.task.name, shown(one.end - one.start), ids[one.task.name], one.inside, 2)
        yield "    end"
    for task in plan.tasks:
        yield from (f"    {ids[name]} --> {ids[task.name]}" for name in task.after)


def _node(name: str, time: str, key: str, inside: Schedule | None, depth: int) -> Iterator[str]:
    indent = "    " * depth
    if inside is None:
        yield f'{indent}{key}["{_quoted(name)} ({time})"]'
        return
    yield f'{indent}subgraph {key}["{_quoted(name)} ({time})"]'
    for number, one in enumerate(inside.placed, 1):
        yield from _node(one.task.name, shown(one.end - one.start), f"{key}_{number}", one.inside, depth + 1)
    yield f"{indent}end"


def _plain(text: str) -> str:
    """Return a text without what ends a line of a gantt chart, or a fence."""
    return "".join(_LOOKALIKES.get(character, character) for character in printable(text))


def _quoted(text: str) -> str:
    """Return a text for a label in quotes."""
    named = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "\\": "#92;"}
    return "".join(named.get(character, character) for character in printable(text))
