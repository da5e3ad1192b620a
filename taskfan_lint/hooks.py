"""Hooks of a coding agent: which files its event says were edited, and what to tell it about them."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from taskfan_lint.config import Configs
from taskfan_lint.files import Problem, Skipped, Source, find
from taskfan_lint.finding import Applicability
from taskfan_lint.outcome import Mode, Outcome
from taskfan_lint.report import Look, Report, renderer
from taskfan_lint.run import each

EDITING = frozenset({"Edit", "MultiEdit", "Write"})
PROJECT = "CLAUDE_PROJECT_DIR"
FORMAT = "agent"


class EventError(ValueError):
    """Standard input holds no event of the kind that a hook is for; the message says what it holds."""


@dataclass(frozen=True)
class Event:
    """What the agent says: the folder it works in, and the files that it has edited, in order."""

    folder: Path
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Answer:
    """What to tell the agent, empty if nothing, and why files were not checked."""

    message: str = ""
    reasons: tuple[str, ...] = ()


def event(raw: bytes) -> Event:
    """Return the event that a hook got on standard input, of one tool call or of a batch; raises EventError."""
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise EventError("standard input is not JSON") from error
    if not isinstance(content, dict):
        raise EventError("standard input is not a JSON object")
    folder = content.get("cwd")
    calls = content.get("tool_calls", [content])
    base = Path(folder if isinstance(folder, str) and folder else os.curdir).absolute()
    names = _edited(calls if isinstance(calls, list) else [])
    return Event(base, tuple(dict.fromkeys(base / name for name in names)))


def _edited(calls: Iterable[object]) -> Iterator[str]:
    for call in calls:
        match call:
            case {"tool_name": str(tool), "tool_input": {"file_path": str(path)}} if tool in EDITING and path:
                yield path


def answer(asked: Event, variables: Mapping[str, str]) -> Answer:
    """Return what there is to say about the files of an event that belong to the project."""
    roots = [asked.folder, *(Path(variables[name]) for name in [PROJECT] if variables.get(name))]
    inside = [path for path in asked.files if _is_inside(path, roots)]
    outside = [f"{path}: is outside of the project" for path in asked.files if path not in inside]
    folders = [path for path in inside if os.path.isdir(path)]  # all below one may be the whole disk
    configs = Configs()
    found = find([os.fspath(path) for path in inside if path not in folders], configs, force_exclude=True)
    sources = [one for one in found if isinstance(one, Source)]
    outcomes = each(sources, Mode.CHECK, configs.settings)
    reports = [report for each in zip(sources, outcomes, strict=True) if (report := _weighty(*each))]
    left = [f"{one.path}: {one.reason}" for one in found if isinstance(one, (Problem, Skipped))]
    failed = [f"{one.path}: {one.error or one.refused}" for one in outcomes if one.error or one.refused]
    named = [f"{path}: is a folder" for path in folders]
    return Answer(_message(reports, asked.folder), (*outside, *named, *left, *failed))


def _weighty(source: Source, outcome: Outcome) -> Report | None:
    """Return the findings of a file that make a check fail, None where there are none."""
    findings = tuple(one for one in outcome.checked.findings if one.severity >= source.settings.fail_on)
    return outcome.report._replace(findings=findings) if outcome.report and findings else None


def _is_inside(path: Path, roots: Iterable[Path]) -> bool:
    try:
        real = path.resolve()
        return any(real.is_relative_to(root.resolve()) for root in roots)
    except (OSError, RuntimeError, ValueError):  # a loop of links, or a name that no file can have
        return False


def _message(reports: list[Report], folder: Path) -> str:
    """Return what to tell the agent: how many findings, each with its fix, and what to do about them."""
    findings = [finding for report in reports for finding in report.findings]
    if not findings:
        return ""
    look = Look(folder=folder)
    count = f"{len(findings)} finding{'' if len(findings) == 1 else 's'}"
    text = f"taskfan-lint: {count} in what was just written\n{renderer(FORMAT)(reports, look)}"
    if any(finding.fix and finding.fix.applicability is Applicability.SAFE for finding in findings):
        paths = " ".join(shlex.quote(look.path(report.document.path)) for report in reports)
        text += f"`taskfan-lint --fix {paths}` makes the safe fixes\n"
    return text + "where the order is meant, say so on the line above: `# taskfan: ignore[RULE] -- REASON`\n"


def context(name: str, message: str) -> str:
    """Return the JSON that hands a message to the agent beside the result of the event `name`."""
    return json.dumps({"hookSpecificOutput": {"hookEventName": name, "additionalContext": message}}) + "\n"
