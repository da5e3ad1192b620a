"""Plans as one SVG: the windows as written and the plan, one below the other on one scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from taskfan_lint.drawing import Page
from taskfan_lint.drawing.words import after, before
from taskfan_lint.durations import shown
from taskfan_lint.planning.model import Plan
from taskfan_lint.report import printable
from taskfan_lint.schedule import Placed, Schedule

WIDTH, LABEL, ROW, BAR, GAP = 960, 220, 26, 18, 34
LONGEST_NAME = 30
LONGEST_PROMPT = 600
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .heading { font-weight: 600; }
  .scale, .minor { fill: #59636e; font-size: 11px; }
  .grid { stroke: #d1d9e0; }
  .bar { fill: #3b82c4; }
  .critical { fill: #c2571a; }
  .wait { fill: #3b82c4; opacity: .25; }
  .row:hover .bar, .row:hover .critical { opacity: .8; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .scale, .minor { fill: #9198a1; }
    .grid { stroke: #3d444d; }
  }
"""


def draw(plans: Sequence[Plan], page: Page) -> str:
    """Return the plans as one SVG document."""
    parts, top = [], 0
    for plan in plans:
        body, height = chart(plan, titled=True)
        parts.append(f'<g transform="translate(0 {top})">\n{body}</g>\n')
        top += height
    return framed("".join(parts), top, inline=False)


def framed(body: str, height: int, *, inline: bool) -> str:
    """Return an SVG element around a body; one that stands in a page takes its style from there."""
    style = "" if inline else f"<style>{STYLE}</style>\n"
    space = "" if inline else ' xmlns="http://www.w3.org/2000/svg"'
    return f'<svg{space} viewBox="0 0 {WIDTH} {max(height, 1)}" role="img">\n{style}{body}</svg>\n'


def chart(plan: Plan, *, titled: bool) -> tuple[str, int]:
    """Return the two timelines of a plan, and their height."""
    lines, y = [], 0
    if titled:
        lines.append(_text(0, 24, plan.title, "heading"))
        y = 32
    total = max(plan.written.duration, plan.schedule.duration)
    critical = plan.critical_path[0]
    halves = (
        [(after(plan), plan.schedule)] if plan.is_best else [(before(plan), plan.written), (after(plan), plan.schedule)]
    )
    for heading, schedule in halves:
        lines.append(_text(0, y + 22, heading, "heading"))
        y += GAP
        rows = list(_rows(schedule))
        lines += _grid(plan, schedule, total, y, len(rows))
        for depth, one, group in rows:
            lines += _row(one, depth, group, total, y, critical=not depth and one.task.name in critical)
            y += ROW
        y += GAP
    return "\n".join(lines) + "\n", y


def _rows(schedule: Schedule) -> Iterator[tuple[int, Placed, int]]:
    for number, group in enumerate(schedule.groups, 1):
        yield from ((depth, one, number) for depth, one in Schedule((group,)).walk())


def _x(minutes: float, total: float) -> float:
    return round(LABEL + (WIDTH - LABEL - 60) * (minutes / total if total else 0), 1)


def _grid(plan: Plan, schedule: Schedule, total: float, y: int, rows: int) -> Iterator[str]:
    """Yield a line wherever a group starts or the schedule ends, with its time where there is room for it."""
    times = sorted({*(group[0].start for group in schedule.groups), schedule.end})
    last = -100.0
    bottom = y + rows * ROW
    for time in times:
        x = _x(time, total)
        yield f'<line class="grid" x1="{x}" y1="{y - 4}" x2="{x}" y2="{bottom + 4}"/>'
        if x - last > 50:
            yield _text(x, bottom + 17, shown(time), "scale", middle=True)
            last = x


def _row(one: Placed, depth: int, group: int, total: float, y: int, *, critical: bool) -> Iterator[str]:
    name = printable(one.task.name) + (" ×?" if one.task.repeated else "")
    short = name if len(name) <= LONGEST_NAME - 2 * depth else name[: LONGEST_NAME - 2 * depth - 1] + "…"
    start, own, end = (_x(time, total) for time in (one.start, one.own[1], one.end))
    yield '<g class="row">'
    yield f"<title>{escaped(told(one, group))}</title>"
    yield _text(16 * depth, y + 14, short, "")
    if one.inside:
        yield f'<rect class="wait" x="{own}" y="{y}" width="{round(end - own, 1)}" height="{BAR}" rx="3"/>'
    width = max(round(own - start, 1), 0 if one.inside else 2)
    kind = "critical" if critical else "bar"
    yield f'<rect class="{kind}" x="{start}" y="{y}" width="{width}" height="{BAR}" rx="3"/>'
    yield _text(end + 6, y + 13, shown(one.end - one.start), "minor")
    yield "</g>"


def told(one: Placed, group: int) -> str:
    """Return what a reader sees who points at a task: name, time, what it comes after, and its prompt."""
    task = one.task
    lines = [
        f"{task.name}, group {group}",
        f"{shown(one.start)} to {shown(one.end)}, takes {shown(one.end - one.start)}",
    ]
    if task.after:
        lines.append(f"after {', '.join(task.after)}")
    prompt = task.prompt if len(task.prompt) <= LONGEST_PROMPT else task.prompt[:LONGEST_PROMPT] + "…"
    return "\n".join([*lines, "", prompt] if prompt else lines)


def _text(x: float, y: int, text: str, kind: str, *, middle: bool = False) -> str:
    named = f' class="{kind}"' if kind else ""
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text{named} x="{x}" y="{y}"{anchor}>{escaped(text)}</text>'


def escaped(text: str) -> str:
    """Return a text that means itself in HTML and XML, on as many lines as it has."""
    import html  # lazy: only for pages

    return "\n".join(html.escape(printable(line)) for line in text.split("\n"))
