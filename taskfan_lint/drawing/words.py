"""What several drawings say in the same words."""

from __future__ import annotations

from collections.abc import Iterator

from taskfan_lint.durations import shown
from taskfan_lint.planning.model import Plan
from taskfan_lint.report import printable
from taskfan_lint.schedule import Mode, Schedule

SOURCE = "parallel-execution.md"


def of(count: int, noun: str) -> str:
    """Return a count with its noun: `1 group`, `2 dispatches`."""
    plural = f"{noun}es" if noun.endswith("ch") else f"{noun}s"
    return f"{count} {noun if count == 1 else plural}"


def unit(plan: Plan) -> str:
    return "dispatch" if plan.from_code else "task"


def before(plan: Plan) -> str:
    """Return the heading of what is written."""
    if plan.from_code:
        return f"as written: {of(len(plan.written.groups), 'window')}, {shown(plan.written.duration)}"
    return f"one after another: {of(plan.count, 'task')}, {shown(plan.written.duration)}"


def after(plan: Plan) -> str:
    """Return the heading of the plan."""
    count = of(len(plan.schedule.groups), "start" if plan.mode is Mode.ROLLING else "group")
    wide = of(plan.width, "slot") if plan.mode is Mode.ROLLING else f"at most {plan.width} each"
    return f"planned: {count}, {wide}, {shown(plan.schedule.duration)}"


def chain(names: tuple[str, ...]) -> str:
    return " → ".join(printable(name) for name in names)


def facts(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield what is to be said about a plan, each with its label."""
    found = plan.figures
    yield (
        "figures",
        f"one after another {shown(found.sequential)}, planned {shown(found.parallel)}: speedup {found.speedup:.2g},"
        f" efficiency {found.efficiency:.2f} ({found.at_once} at once), time saved {found.saved:.0%}",
    )
    yield SOURCE, f"speedup {found.seed_speedup:.0f}%, efficiency {found.seed_efficiency:.0f}%"
    path, minutes = plan.critical_path
    yield "critical path", f"{chain(path)}, {shown(minutes)}"
    if len(plan.levels) > 2:
        yield (
            "by level",
            " → ".join(shown(one) for one in plan.levels) + " with parallel work at no level, one, two, ...",
        )
    for split in plan.splits:
        yield (
            "balance",
            f"split `{' / '.join(map(printable, split.path))}` ({shown(split.duration)}) into two halves that run at"
            f" once: saves {shown(split.saves)}",
        )
    yield from (("refused", one) for one in plan.broken)
    yield from (("slow", one) for one in plan.slow)
    yield from (("as written", printable(one)) for one in plan.objections)
    yield from (("note", printable(one)) for one in (*plan.notes, *_guessed(plan)))


def _guessed(plan: Plan) -> Iterator[str]:
    leaves = sum(not one.task.children for _, one in plan.schedule.walk())
    if not plan.guessed:
        return
    if len(plan.guessed) == leaves:
        yield f"no durations are known, each {unit(plan)} counts 1 min"
    elif len(plan.guessed) == 1:
        yield f"the duration of `{plan.guessed[0]}` is not known and counts 1 min"
    else:
        yield f"the durations of {', '.join(f'`{name}`' for name in plan.guessed)} are not known and count 1 min each"


def windows(schedule: Schedule) -> list[list[str]]:
    """Return the names of the tasks that start together."""
    return [[one.task.name for one in group] for group in schedule.groups]
