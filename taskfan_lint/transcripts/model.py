"""What one transcript holds: its dispatches as they were recorded, and when each of them ran."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from taskfan_lint.intervals import Interval


class Outcome(Enum):
    """How a dispatch ended; UNKNOWN where the transcript doesn't tell."""

    COMPLETED = "completed"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)  # there may be hundreds of thousands
class Recorded:
    """One dispatch of a session; times are seconds since 1970, None where they are not known.

    `key` names it within its transcript, `id` is the tool use's own, "" where it has none. `response` is the same for
    the calls of one response, `message` its message id. `asked` is when the call was written, which is not when it
    began to run. `agent` is the id of the agent that it started, `parent` the key of the dispatch whose agent sent it,
    "" for the session's own and "?" where that is not known. `phase` counts what the session's own agent did and was
    told in between, `draws_on` holds the keys of earlier dispatches whose results the prompt uses. The prompt is kept
    only where it is asked for; `digest` tells prompts apart.
    """

    key: str
    id: str
    message: str
    response: str
    name: str
    subagent_type: str
    description: str
    asked: float | None = None
    start: float | None = None
    end: float | None = None
    duration_s: float | None = None
    outcome: Outcome = Outcome.UNKNOWN
    background: bool = False
    agent: str = ""
    parent: str = ""
    phase: int = 0
    resumes: bool = False
    prompt: str = ""
    digest: int = 0
    paths: frozenset[str] = frozenset()
    draws_on: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()

    @property
    def interval(self) -> Interval | None:
        """The time in which it ran, None where start or end is not known."""
        if self.start is None or self.end is None or self.end < self.start:
            return None
        return Interval(self.start, self.end)

    @property
    def failed(self) -> bool:
        """Whether it is known to have ended without a result."""
        return self.outcome in (Outcome.FAILED, Outcome.INTERRUPTED)


@dataclass(frozen=True)
class Transcript:
    """What was read from one transcript.

    `dispatches` are in the order of the file, those of sub-agents behind the session's own. `writes` are the files
    that the agent of this file itself wrote, `first` is the time of its first line and `digest` that of its first
    prompt. `lines` were read, `broken` ones held no JSON and `long` ones were too long.
    """

    path: str
    versions: tuple[str, ...] = ()
    dispatches: tuple[Recorded, ...] = ()
    writes: frozenset[str] = frozenset()
    first: float | None = None
    digest: int = 0
    lines: int = 0
    broken: int = 0
    long: int = 0


def began(one: Recorded, first: float | None) -> Recorded:
    """Return a dispatch that is over but doesn't say how long it took, with the time of its agent's first line."""
    if one.start is not None or one.end is None or first is None or first > one.end:
        return one
    return replace(one, start=first, duration_s=one.end - first)


def over(one: Recorded, now: float | None, outcome: Outcome, lasted: float | None) -> Recorded:
    """Return a background dispatch that has ended; where the clock was put back meanwhile, its end is not known."""
    if now is None or one.start is None:
        return replace(one, end=now, outcome=outcome, duration_s=lasted)
    if now < one.start:
        return replace(one, outcome=outcome, duration_s=lasted)
    return replace(one, end=now, outcome=outcome, duration_s=now - one.start)
