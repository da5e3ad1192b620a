"""What the result of a dispatch says: whether it runs on in the background, how it ended, and how long it took."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from taskfan_lint.transcripts.model import Outcome
from taskfan_lint.transcripts.values import number, table, text, words

LAUNCHED = frozenset({"async_launched", "remote_launched", "teammate_spawned"})
COMPLETED = frozenset({"completed", "success", "succeeded", "done", "finished"})
INTERRUPTED = frozenset({"aborted", "canceled", "cancelled", "interrupted", "killed", "rejected", "stopped"})
RUNNING = frozenset({"not_ready", "pending", "queued", "running", "timeout", "in_progress"})

_STOPPED = re.compile(
    r"interrupted by (?:the )?user|doesn['’]t want to (?:proceed|take this action)|was rejected", re.I
)
_LAUNCHED = re.compile(r"\s*async agent launched", re.I)
_AGENT = re.compile(r"\bagentId:\s*([\w-]+)")
_NOTE = re.compile(r"<(task|agent)-notification>(.*?)(?:</\1-notification>|\Z)", re.DOTALL)
_BODY = re.compile(r"<(?:result|summary)>.*", re.DOTALL)
LONGEST = 366 * 24 * 3600 * 1000  # milliseconds; what claims to be longer is no duration


@dataclass(frozen=True)
class Result:
    """The result of one tool use; `duration_s` counts seconds."""

    launched: bool
    outcome: Outcome
    duration_s: float | None
    agent: str
    said: str


@dataclass(frozen=True)
class Notice:
    """What a notification says about the end of an agent that ran in the background."""

    agent: str
    tool_use: str
    outcome: Outcome
    duration_s: float | None
    said: str


def read(block: Mapping[str, Any], extra: object) -> Result:
    """Return the result that a block and the `toolUseResult` of its line hold; that one is a string on errors."""
    more, content = table(extra), words(block.get("content"))
    said = "\n".join(filter(None, (content, words(more.get("content")), text(extra))))
    agent = text(more.get("agentId")) or (found[1] if (found := _AGENT.search(content)) else "")
    milliseconds = number(more.get("totalDurationMs"))
    if milliseconds is not None and not 0 <= milliseconds <= LONGEST:
        milliseconds = None
    launched = text(more.get("status")) in LAUNCHED or more.get("isAsync") is True
    if not more and block.get("is_error") is not True:
        launched = _LAUNCHED.match(said) is not None
    outcome = Outcome.UNKNOWN if launched else _ended(block, more, extra, said)
    return Result(launched, outcome, None if milliseconds is None else milliseconds / 1000, agent, said)


def _ended(block: Mapping[str, Any], more: Mapping[str, Any], extra: object, said: str) -> Outcome:
    status = text(more.get("status")).lower()
    if status in INTERRUPTED or more.get("wasInterrupted") is True:
        return Outcome.INTERRUPTED
    if block.get("is_error") is True or isinstance(extra, str):
        return Outcome.INTERRUPTED if _STOPPED.search(said) else Outcome.FAILED
    return called(status) if status else Outcome.COMPLETED


def called(status: str) -> Outcome:
    """Return the outcome that a status stands for; a word that is not known is no success."""
    status = status.strip().lower()
    if status in COMPLETED:
        return Outcome.COMPLETED
    if status in RUNNING:
        return Outcome.UNKNOWN
    return Outcome.INTERRUPTED if status in INTERRUPTED else Outcome.FAILED


def notices(content: str) -> list[Notice]:
    """Return what the notifications in a text say, in order."""
    return [_notice(found[2]) for found in _NOTE.finditer(content)]


def _notice(note: str) -> Notice:
    head = _BODY.sub("", note)  # what an agent wrote may hold such tags itself
    status = _tag("status", head)
    duration = re.search(r"<duration_ms>\s*(\d{1,12})\s*</duration_ms>(?!.*<duration_ms>)", note, re.DOTALL)
    return Notice(
        _tag("task-id", head) or _tag("agent-id", head),
        _tag("tool-use-id", head),
        called(status) if status else Outcome.COMPLETED,
        float(duration[1]) / 1000 if duration else None,
        note,
    )


def _tag(name: str, note: str) -> str:
    found = re.search(rf"<{name}>([^<]*)</{name}>", note)
    return found[1].strip() if found else ""


def polled(extra: object, content: str) -> tuple[Outcome, bool]:
    """Return how an agent ended that was asked for its output, and whether it has ended at all."""
    more = table(extra)
    task = table(more.get("task")) or next(iter(map(table, table(more.get("agents")).values())), {})
    said = (
        text(more.get("retrieval_status")),
        text(task.get("status")),
        *re.findall(r"<(?:retrieval_)?status>(\w+)", content),
    )
    states = [one.strip().lower() for one in said if one.strip()]
    if any(state in RUNNING for state in states):
        return Outcome.UNKNOWN, False
    outcomes = [called(state) for state in states]
    return next((one for one in outcomes if one is not Outcome.COMPLETED), Outcome.COMPLETED), True


def was_stopped(said: str) -> bool:
    """Tell whether a text is the line that is left where a user interrupts the agent."""
    return said.lstrip().startswith("[Request interrupted by user")
