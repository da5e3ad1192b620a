"""Plans as the calls that carry them out, group by group."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from taskfan_lint.durations import shown
from taskfan_lint.planning.model import Origin, Plan
from taskfan_lint.planning.origins import is_expression, literal
from taskfan_lint.report import printable
from taskfan_lint.schedule import Mode, Placed, Schedule, Task

ASK = "Send these agents yourself, all of a group in one response, and wait for a group before you send the next."


def groups(plan: Plan) -> Iterator[tuple[str, list[str]]]:
    """Yield for each group its heading and the lines of its calls."""
    bound: set[str] = set()
    for number, group in enumerate(plan.schedule.groups, 1):
        lines = list(_calls(plan, group))
        yield heading(plan, number, group), [*_context(plan, group, bound), *lines]


def heading(plan: Plan, number: int, group: Sequence[Placed]) -> str:
    """Return the line that separates a group from the one before: when it goes out, and how long it takes."""
    time = shown(max(one.end for one in group) - group[0].start)
    if plan.mode is Mode.GROUPS:
        return f"Group {number} ({time})"
    ended = [one.task.name for one in plan.schedule.placed if one.end == group[0].start]
    when = f", as soon as {', '.join(ended)} {'is' if len(ended) == 1 else 'are'} done" if ended else ""
    return f"Group {number} (at {shown(group[0].start)}{printable(when)})"


def _context(plan: Plan, group: Sequence[Placed], bound: set[str]) -> Iterator[str]:
    """Yield the statements that bind what the calls of a group read, each once in the plan."""
    for one in group:
        for line in plan.origins[one.task.name].context if one.task.name in plan.origins else ():
            if line not in bound:
                bound.add(line)
                yield line


def _calls(plan: Plan, group: Sequence[Placed]) -> Iterator[str]:
    """Yield what has to be known before a group goes out, then its calls, so that nothing comes between them."""
    origins = {one.task.name: plan.origins.get(one.task.name) or _origin(one) for one in group}
    names = {one.task.name: _identifier(one.task.name) for one in group}
    for name, origin in origins.items():
        if origin.conditions and _is_testable(origin):
            yield f"sends_{names[name]} = {_joined(origin.conditions)}"
        if _is_written_loop(origin):
            yield f"{names[name]}_prompts = [{dict(origin.arguments)['prompt']} for {' in '.join(origin.loop or ())}]"
    for name, origin in origins.items():
        yield from _call(origin, names[name], background=plan.mode is Mode.ROLLING)


def _call(origin: Origin, name: str, *, background: bool) -> Iterator[str]:
    arguments = dict(origin.arguments)
    prefix, indent = (f"{origin.binds} = " if origin.binds else ""), ""
    if origin.conditions and _is_testable(origin):
        yield f"if sends_{name}:"
        indent = "    "
    elif origin.conditions:
        yield from (f"# only if {printable(' '.join(one.split()))}" for one in origin.conditions)
    if _is_written_loop(origin):
        yield f"{indent}for prompt in {name}_prompts:"
        indent += "    "
        arguments["prompt"] = "prompt"
    given = [f"{word}={text}" if word else text for word, text in _given(origin, arguments)]
    if background and "run_in_background" not in arguments:
        given.append("run_in_background=True")
    yield f"{indent}{prefix}{origin.name}({', '.join(given)})"


def _given(origin: Origin, arguments: dict[str, str]) -> Iterator[tuple[str, str]]:
    for word, text in origin.arguments:
        yield word, arguments[word] if word else text


def _is_testable(origin: Origin) -> bool:
    return all(map(is_expression, origin.conditions))


def _joined(conditions: Sequence[str]) -> str:
    if len(conditions) == 1 and ":=" not in conditions[0] and "\n" not in conditions[0]:
        return conditions[0]
    return " and ".join(f"({one})" for one in conditions)


def _is_written_loop(origin: Origin) -> bool:
    """Tell whether the loop around a call can be written as prompts first, then calls."""
    if origin.loop is None:
        return False
    targets = set(re.findall(r"\w+", origin.loop[0]))
    others = [text for word, text in origin.arguments if word != "prompt"]
    return "prompt" in dict(origin.arguments) and not any(targets & set(re.findall(r"\w+", text)) for text in others)


def _identifier(name: str) -> str:
    return re.sub(r"\W+", "_", name.lower(), flags=re.ASCII).strip("_") or "agent"


def _origin(one: Placed) -> Origin:
    """Return the call of a task that stands in no code."""
    task = one.task
    prompt = literal(told(task) + (f"\n\n{ASK}\n\n{_nested(one.inside)}" if one.inside else ""))
    return Origin(
        "Task",
        (("subagent_type", literal(task.agent or task.name)), ("description", literal(task.name)), ("prompt", prompt)),
    )


def told(task: Task) -> str:
    """Return what an agent is told, with the files that it reads and writes where its prompt doesn't name them."""
    lines = [task.prompt or task.name]
    reads = [path for path in task.reads if path not in task.prompt]
    writes = [path for path in task.writes if path not in task.prompt]
    lines += [f"Read {', '.join(reads)}."] if reads else []
    lines += [f"Output: {path}" for path in writes]
    return "\n".join(lines)


def _nested(schedule: Schedule) -> str:
    """Return the groups that an orchestrator sends itself, as the end of its prompt."""
    parts = []
    for number, group in enumerate(schedule.groups, 1):
        calls = [line for one in group for line in _call(_origin(one), one.task.name, background=False)]
        parts.append("\n".join([f"Group {number}:", *calls]))
    return "\n\n".join(parts)
