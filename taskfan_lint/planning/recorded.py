"""How long agents took in a recorded session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from statistics import median

from taskfan_lint.schedule import Task
from taskfan_lint.transcripts import agents
from taskfan_lint.transcripts.model import Outcome


def minutes_of(transcript: Path) -> Mapping[str, float]:
    """Return the median of the minutes that each agent took where it completed; raises OSError."""
    taken: dict[str, list[float]] = defaultdict(list)
    for one in agents.read(transcript).dispatches:
        seconds = one.interval.length if one.interval else one.duration_s
        if one.outcome is Outcome.COMPLETED and seconds is not None and one.subagent_type:
            taken[one.subagent_type].append(seconds / 60)
    return {agent: median(times) for agent, times in taken.items()}


def timed(
    tasks: tuple[Task, ...], guessed: tuple[str, ...], minutes: Mapping[str, float], above: str = ""
) -> tuple[tuple[Task, ...], tuple[str, ...]]:
    """Return the tasks with recorded minutes where they have none of their own, and those still without."""
    found: list[Task] = []
    left: list[str] = []
    for task in tasks:
        path = f"{above}{task.name}"
        known = minutes.get(task.agent or task.name)
        if path in guessed and known is not None:
            task = replace(task, duration=known)
        elif path in guessed:
            left.append(path)
        children, below = timed(task.children, guessed, minutes, f"{path} / ")
        found.append(replace(task, children=children))
        left += below
    return tuple(found), tuple(left)
