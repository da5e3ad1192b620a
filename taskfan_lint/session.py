"""The judgement of a recorded session: its groups, what ran at once, and what could have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from taskfan_lint.intervals import Figures, Interval, Status, clusters, figures, peak
from taskfan_lint.transcripts.agents import depths
from taskfan_lint.transcripts.model import Outcome, Recorded, Transcript
from taskfan_lint.transcripts.traces import touches

MOST_AT_ONCE = 10  # calls of one response; what is more waits in a queue


@dataclass(frozen=True, slots=True)
class Group:
    """Dispatches that went out in one response, or that ran at once.

    `message` is the id of the response, "" where it has none or where the group is one of overlap. `figures` judge
    those that didn't fail.
    """

    kind: str
    message: str
    members: tuple[Recorded, ...]
    figures: Figures


@dataclass(frozen=True, slots=True)
class Missed:
    """A response that waited for another one without need, and the seconds that it cost to send them apart."""

    after: Group
    before: Group
    saved_s: float

    @property
    def members(self) -> tuple[Recorded, ...]:
        return self.after.members + self.before.members


@dataclass(frozen=True)
class Conflict:
    """A file that two agents wrote while both ran."""

    path: str
    first: Recorded
    second: Recorded


@dataclass(frozen=True)
class Session:
    """One session, judged by the dispatches that its own agent sent.

    `nested` are the others, each with its depth (2 and more). `across` tells that dispatches of different responses
    ran at once, `peak` is the most that ran at once.
    """

    transcript: Transcript
    dispatches: tuple[Recorded, ...]
    nested: tuple[tuple[Recorded, int], ...]
    groups: tuple[Group, ...]
    missed: tuple[Missed, ...]
    conflicts: tuple[Conflict, ...]
    figures: Figures
    across: bool
    peak: int

    @property
    def status(self) -> Status:
        return self.figures.status

    @property
    def responses(self) -> tuple[Group, ...]:
        """The groups of kind `response`, in the order in which they went out."""
        return tuple(group for group in self.groups if group.kind == "response")


def judge(transcript: Transcript) -> Session:
    """Return what a transcript tells about its session."""
    every = tuple(depths(transcript.dispatches))
    own = tuple(one for one in transcript.dispatches if not one.parent)
    responses = tuple(_responses(own))
    return Session(
        transcript,
        own,
        tuple((one, depth) for one, depth in every if depth > 1),
        (*responses, *_overlapping(own)),
        tuple(_missed(responses)),
        tuple(_conflicts([one for one, _ in every])),
        _judged(own),
        _across(own),
        peak(one.interval for one in own if one.interval),
    )


def _judged(members: Iterable[Recorded]) -> Figures:
    """Return the figures of those that are not known to have failed; of them only what completed has known times."""
    candidates = [one for one in members if not one.failed]
    completed = [one for one in candidates if one.outcome is Outcome.COMPLETED]
    return figures([one.interval for one in completed if one.interval], len(candidates))


def _responses(dispatches: Iterable[Recorded]) -> Iterator[Group]:
    responses: dict[str, list[Recorded]] = {}
    for one in dispatches:
        responses.setdefault(one.response, []).append(one)
    for members in responses.values():
        yield Group("response", members[0].message, tuple(members), _judged(members))


def _overlapping(dispatches: Iterable[Recorded]) -> Iterator[Group]:
    """Yield the groups of completed dispatches that ran at once, each connected with the others by overlaps."""
    timed = [(one, one.interval) for one in dispatches if one.interval and one.outcome is Outcome.COMPLETED]
    for indices in clusters([interval for _, interval in timed]):
        if len(indices) > 1:
            members = tuple(timed[index][0] for index in indices)
            yield Group("overlap", "", members, _judged(members))


def _across(dispatches: Iterable[Recorded]) -> bool:
    """Tell whether dispatches of two responses ran at once."""
    timed = sorted(((one.interval, one.response) for one in dispatches if one.interval), key=lambda pair: pair[0])
    ends: list[tuple[float, str]] = []  # the latest ends so far, of two different responses at most
    for interval, response in timed:
        if any(end > interval.start and other != response and interval.length for end, other in ends):
            return True
        latest = {other: end for end, other in ends}
        latest[response] = max(interval.end, latest.get(response, interval.end))
        ends = sorted(((end, other) for other, end in latest.items()), reverse=True)[:2]
    return False


@dataclass
class _Run:
    """Responses, one after another, that could have been one: the last of them, all their calls, and times."""

    last: Group
    end: float
    longest: float
    members: list[Recorded] = field(default_factory=list)


def _missed(responses: Iterable[Group]) -> Iterator[Missed]:
    """Yield where a response waited for those before it, although it shares no data with any of them.

    What is not known is taken to be shared. The saved seconds of several gaps add up to what one response in place of
    all would have saved.
    """
    run: _Run | None = None
    for group in responses:
        interval = _whole(group)
        if interval is None:
            run = None
        elif run is not None and _could_join(run, group, interval):
            longest = max(run.longest, interval.length)
            saved = interval.end - run.end - (longest - run.longest)
            if saved > 0:
                yield Missed(run.last, group, saved)
            run = _Run(group, interval.end, longest, run.members + list(group.members))
        else:
            run = _Run(group, interval.end, interval.length, list(group.members))


def _whole(group: Group) -> Interval | None:
    """Return the time from a group's first start to its last end, None where a member failed or isn't known."""
    known = [one.interval for one in group.members if one.outcome is Outcome.COMPLETED and one.interval]
    if len(known) < len(group.members):
        return None
    return Interval(min(one.start for one in known), max(one.end for one in known))


def _could_join(run: _Run, group: Group, interval: Interval) -> bool:
    earlier = {one.key for one in run.members}
    return (
        interval.start >= run.end
        and len(run.members) + len(group.members) <= MOST_AT_ONCE
        and run.members[0].phase == group.members[-1].phase
        and not any(one.resumes or one.draws_on & earlier for one in group.members)
        and not any(_share_files(before, after) for before in run.members for after in group.members)
    )


def _share_files(before: Recorded, after: Recorded) -> bool:
    """Tell whether one writes a file that the other is told of, or writes too."""
    return touches(before.writes, after.paths | after.writes) or touches(after.writes, before.paths)


def _conflicts(dispatches: list[Recorded]) -> Iterator[Conflict]:
    """Yield the files that two agents wrote while both ran, neither of them waiting for the other."""
    writers: dict[str, list[Recorded]] = {}
    for one in dispatches:
        for path in one.writes if one.interval else ():
            writers.setdefault(path, []).append(one)
    parents = {one.key: one.parent for one in dispatches}
    for path in sorted(writers):
        for first, second in combinations(writers[path], 2):
            if first.interval and second.interval and first.interval.overlaps(second.interval):
                if first.key not in _above(second.key, parents) and second.key not in _above(first.key, parents):
                    yield Conflict(path, first, second)


def _above(key: str, parents: dict[str, str]) -> set[str]:
    seen: set[str] = set()
    while (key := parents.get(key, "")) and key not in seen:
        seen.add(key)
    return seen
