"""The scheduler: tasks with durations and dependences to groups, a timeline and figures; it knows no linter."""

from __future__ import annotations

from taskfan_lint.schedule.advice import Split, splits
from taskfan_lint.schedule.figures import Figures
from taskfan_lint.schedule.graph import with_files
from taskfan_lint.schedule.model import Mode, Placed, PlanError, Schedule, Task
from taskfan_lint.schedule.solve import by_level, critical_path, figures, one_after_another, solve

__all__ = [
    "Figures",
    "Mode",
    "Placed",
    "PlanError",
    "Schedule",
    "Split",
    "Task",
    "by_level",
    "critical_path",
    "figures",
    "one_after_another",
    "solve",
    "splits",
    "with_files",
]
