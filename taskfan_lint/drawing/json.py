"""Plans for programs: JSON with all times in minutes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from taskfan_lint.drawing import Page
from taskfan_lint.drawing.words import windows
from taskfan_lint.planning.model import Plan
from taskfan_lint.schedule import Schedule


def draw(plans: Sequence[Plan], page: Page) -> str:
    """Return the plans as one JSON object."""
    return json.dumps({"plans": [_plan(plan) for plan in plans]}, indent=2, ensure_ascii=False) + "\n"


def _plan(plan: Plan) -> dict[str, Any]:
    found, (path, minutes) = plan.figures, plan.critical_path
    return {
        "title": plan.title,
        "mode": plan.mode.value,
        "max_fan_out": plan.width,
        "written": {"windows": windows(plan.written), "duration": plan.written.duration},
        "planned": {"groups": windows(plan.schedule), "duration": plan.schedule.duration},
        "tasks": list(_tasks(plan.schedule, (), plan.guessed)),
        "critical_path": {"tasks": list(path), "duration": minutes},
        "figures": {
            "sequential": found.sequential,
            "parallel": found.parallel,
            "at_once": found.at_once,
            "speedup": found.speedup,
            "efficiency": found.efficiency,
            "time_saved": found.saved,
        },
        "seed": {"speedup_percent": found.seed_speedup, "efficiency_percent": found.seed_efficiency},
        "levels": list(plan.levels),
        "splits": [{"task": list(one.path), "duration": one.duration, "saves": one.saves} for one in plan.splits],
        "refused": list(plan.broken),
        "notes": [*plan.slow, *plan.objections, *plan.notes],
    }


def _tasks(schedule: Schedule, above: tuple[str, ...], guessed: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for number, group in enumerate(schedule.groups, 1):
        for one in group:
            task, path = one.task, (*above, one.task.name)
            yield {
                "name": task.name,
                "path": list(path),
                "agent": task.agent or task.name,
                "prompt": task.prompt,
                "duration": task.duration,
                "duration_known": " / ".join(path) not in guessed,
                "repeated": task.repeated,
                "after": list(task.after),
                "reads": list(task.reads),
                "writes": list(task.writes),
                "group": number,
                "start": one.start,
                "end": one.end,
            }
            if one.inside:
                yield from _tasks(one.inside, path, guessed)
