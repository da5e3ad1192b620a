"""The figures as Markdown."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.cases import Case
from bench.measure import Measured, middle

NOTES = Path(__file__).with_name("notes.md")


@dataclass(frozen=True)
class Result:
    """A case and what its rounds took."""

    case: Case
    taken: Sequence[dict[str, Measured]]


def render(results: Sequence[Result], rounds: int, instructions: Sequence[tuple[str, float]]) -> str:
    """Return the page: the table of targets, the times behind it, and what keeps a target from being met.

    `instructions` are millions, by what they are spent on.
    """
    parts = [
        "# Results\n",
        f"Made by `python -m bench`: {rounds} rounds (fewer for the slow cases), the commands of a case in turn, "
        "medians of the ratios within a round.",
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}.\n",
        "## Targets\n",
        "| work | target | measured | met |\n| --- | --- | ---: | --- |",
        *_targets(results),
        "\n## Times\n",
        "Wall and CPU in seconds, of all processes of a command; memory in MiB, of the largest one.\n",
        "| work | command | wall | CPU | memory |\n| --- | --- | ---: | ---: | ---: |",
        *_times(results),
        *_instructions(instructions),
    ]
    notes = NOTES.read_text(encoding="utf-8") if NOTES.exists() else ""
    return "\n".join(parts) + "\n" + (f"\n{notes}" if notes else "")


def _targets(results: Sequence[Result]) -> Iterator[str]:
    for result in results:
        for target in result.case.targets:
            name = f"| {result.case.name} | {target.name} |"
            if any(need not in result.case.commands for need in target.needs):
                yield f"{name} | not installed |"
                continue
            value = target.figure(result.taken)
            met = "no figure" if math.isnan(value) else "yes" if value <= target.bound else "no"
            shown = f"{1 / value:.1f} x faster" if target.name.startswith(">=") else f"{value:.2f} {target.unit}"
            yield f"{name} {shown} | {met} |"


def _times(results: Sequence[Result]) -> Iterator[str]:
    for result in results:
        for name in result.case.commands:
            wall, cpu, memory = (middle(result.taken, name, field) for field in ("wall", "cpu", "memory"))
            yield f"| {result.case.name} | {name} | {wall:.3f} | {cpu:.3f} | {memory:.0f} |"


def _instructions(counts: Sequence[tuple[str, float]]) -> Iterator[str]:
    if counts:
        yield "\n## Instructions\n"
        yield "In millions, counted by callgrind, with byte code written: they hardly differ from run to run.\n"
        yield "| work | instructions |\n| --- | ---: |"
        yield from (f"| {name} | {count:,.0f} |" for name, count in counts)
