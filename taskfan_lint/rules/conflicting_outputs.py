"""Two dispatches of one window told to write the same file, or one to read what the other writes."""

from __future__ import annotations

from collections.abc import Iterator

from taskfan_lint.analysis import paths
from taskfan_lint.analysis.windows import Analysis, Member, Window
from taskfan_lint.finding import Finding, Note, Severity
from taskfan_lint.settings import Settings

NAME = "conflicting-outputs"
SEVERITY = Severity.ERROR


def check(analysis: Analysis, settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each dispatch that meets a file of an earlier one in its window."""
    for window in analysis.windows:
        yield from _conflicts(window)


def _conflicts(window: Window) -> Iterator[Finding]:
    writers: dict[str, list[Member]] = {}
    readers: dict[str, list[Member]] = {}
    for member in window.members:
        reads = paths.read(member.prompt) - set(member.outputs)
        found = _meeting(member, member.outputs, writers, "write", "both are told to write")
        found = found or _repeated(member)
        found = found or _meeting(member, sorted(reads), writers, "write", "it is told to read what the other writes:")
        found = found or _meeting(member, member.outputs, readers, "read", "it is told to write what the other reads:")
        if found:
            yield found
        for path in member.outputs:
            writers.setdefault(path, []).append(member)
        for path in reads:
            readers.setdefault(path, []).append(member)


def _meeting(
    member: Member, files: tuple[str, ...] | list[str], others: dict[str, list[Member]], verb: str, why: str
) -> Finding | None:
    for path in files:
        for other in others.get(path, ()):
            if member.excludes(other) or member.dispatch.isolation or other.dispatch.isolation:
                continue
            return Finding(
                NAME,
                SEVERITY,
                f"two dispatches of one window meet in one file, {why} `{path}`",
                member.dispatch.span,
                "give each its own file, or put them into windows one after the other",
                notes=(Note(other.dispatch.span, f"the other is told to {verb} it here"),),
            )
    return None


def _repeated(member: Member) -> Finding | None:
    """Return the finding for a dispatch that a gathered loop sends several times with one constant path."""
    same = [path for path in member.outputs if "{" not in path]
    if not member.repeated or member.dispatch.isolation or not same:
        return None
    return Finding(
        NAME,
        SEVERITY,
        f"every call that this loop sends is told to write `{same[0]}`, and all run at once",
        member.dispatch.span,
        "give each its own file",
    )
