"""What is said about a session, in words: labels, durations, remarks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone

from taskfan_lint.intervals import Figures, Status
from taskfan_lint.session import Group, Session
from taskfan_lint.timeline import View
from taskfan_lint.transcripts.model import Outcome, Recorded

LONGEST_LIST = 8


def label(one: Recorded) -> str:
    """Return what a dispatch is called: its agent, and what it is to do in a few words."""
    return f"{one.subagent_type}: {one.description}" if one.description else one.subagent_type


def lasting(seconds: float) -> str:
    """Return a duration in words: `40 s`, `1 min 40 s`, `2 h 5 min`."""
    if seconds < 10:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{rest} s"


def clock(moment: float) -> str:
    """Return the time of day of a moment, in UTC."""
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%H:%M:%S")


def counted(number: int, word: str) -> str:
    """Return a number with a word for what is counted."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def outcome(one: Recorded) -> str:
    """Return how long a dispatch took, and how it ended where that is not with a result."""
    lasted = lasting(one.duration_s) if one.duration_s is not None else ""
    match one.outcome:
        case Outcome.COMPLETED:
            return lasted or "time unknown"
        case Outcome.UNKNOWN:
            return "end unknown"
        case other:
            return f"{other.value}, {lasted}" if lasted else other.value


def verdict(figures: Figures) -> str:
    """Return the status of a group with its overlap, where there is one."""
    return figures.status.value + (f" {figures.overlap:.2f}" if figures.overlap is not None else "")


def figures(known: Figures) -> str:
    """Return the figures of a session in one line, its status first."""
    parts = [known.status.value]
    if known.status is not Status.SINGLE and known.overlap is not None:
        parts.append(f"overlap {known.overlap:.2f}")
        parts += [f"speedup {known.speedup:.2f}"] if known.speedup is not None else []
        parts += [f"efficiency {known.efficiency:.2f}"] if known.efficiency is not None else []
    return ", ".join(parts)


def counts(session: Session) -> str:
    """Return how many dispatches of which kinds there were, and in how much time."""
    own, known = session.dispatches, session.figures
    parts = [f"{counted(len(own), 'dispatch').replace('dispatchs', 'dispatches')} in "
             f"{counted(len(session.responses), 'response')}"]  # fmt: skip
    for kind in (Outcome.FAILED, Outcome.INTERRUPTED, Outcome.UNKNOWN):
        number = sum(one.outcome is kind for one in own)
        parts += [f"{number} {'with no known end' if kind is Outcome.UNKNOWN else kind.value}"] if number else []
    if known.sum_s is not None and known.wall_s is not None:
        parts.append(f"{lasting(known.sum_s)} of work in {lasting(known.wall_s)}")
    parts += [f"at most {session.peak} at once"] if session.peak else []
    parts += [f"{len(session.nested)} nested"] if session.nested else []
    versions = session.transcript.versions
    return ", ".join(parts) + (f" (Claude Code {', '.join(versions[-LONGEST_LIST:])})" if versions else "")


def remarks(view: View) -> Iterator[tuple[str, str]]:
    """Yield what stands out in a session, each remark with the word for its kind."""
    session = view.session
    for missed in session.missed:
        before, after = named(missed.before), named(missed.after)
        yield "missed", f"{before} shares no data with {after} before it: one response saves {lasting(missed.saved_s)}"
    if len(session.missed) > 1:
        yield "missed", f"{lasting(sum(one.saved_s for one in session.missed))} in all"
    if session.across:
        yield "note", "dispatches of different responses ran at once"
    for conflict in session.conflicts:
        pair = f"`{label(conflict.first)}` and `{label(conflict.second)}`"
        yield "conflict", f"{view.look.path(conflict.path)} was written by {pair} while both ran"
    deepest = max((depth for _, depth in session.nested), default=1)
    if deepest > 1:
        yield "note", f"agents dispatched agents, {deepest} levels deep"
    unread = session.transcript.broken + session.transcript.long
    if unread:
        yield "note", f"{unread} of {counted(session.transcript.lines, 'line')} could not be read"
    yield from _compared(view)


def named(group: Group) -> str:
    """Return the members of a group by their labels, the number of the rest where there are many."""
    labels = [f"`{label(one)}`" for one in group.members]
    more = len(labels) - LONGEST_LIST
    return ", ".join(labels[:LONGEST_LIST]) + (f" and {more} more" if more > 0 else "")


def _compared(view: View) -> Iterator[tuple[str, str]]:
    for one in view.compared:
        window = f"{view.plan}:{one.row}: the window of {one.planned}{' or more' if one.repeats else ''}"
        if one.split:
            parts = " | ".join(", ".join(f"`{label(each)}`" for each in part) for part in one.responses)
            yield "split", f"{window} went out in {len(one.responses)} responses: {parts}"
        elif one.responses:
            yield "as planned", f"{window} went out in one response"
        if one.missing:
            yield (
                "not found",
                f"{window} holds {', '.join(f'`{each}`' for each in one.missing)}, not seen in the session",
            )
    if view.plan and not view.compared:
        yield "note", f"{view.plan} holds no window of two dispatches"
