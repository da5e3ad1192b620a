"""The comparison of a session with a prompt file: which dispatches of one window went out in separate responses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from taskfan_lint import surveys
from taskfan_lint.analysis.model import Dispatch
from taskfan_lint.analysis.windows import Member, Window
from taskfan_lint.edit import Lines
from taskfan_lint.session import Session
from taskfan_lint.settings import Settings
from taskfan_lint.source import Document
from taskfan_lint.transcripts.model import Recorded

ALIKE = 0.5

_WORD = re.compile(r"\w{3,}")
_HOLE = re.compile(r"\{[^{}]*\}")  # where a prompt or an agent's name depends on a variable


@dataclass(frozen=True)
class Compared:
    """A window of a prompt file, by the row of its first dispatch, against a session.

    `planned` dispatches stand in the window, more where a loop `repeats` one of them. `responses` are those of the
    session that match them, one tuple for each response, in order; `missing` names the planned ones that match none.
    """

    row: int
    planned: int
    repeats: bool
    responses: tuple[tuple[Recorded, ...], ...]
    missing: tuple[str, ...]

    @property
    def split(self) -> bool:
        """Whether what could have gone out in one response went out in several."""
        return len(self.responses) > 1


def compare(document: Document, settings: Settings, session: Session) -> list[Compared]:
    """Return each window of a document that holds more than one dispatch against a session; needs its prompts.

    A recorded dispatch matches one planned dispatch at most: one with the same agent, or, where one of the two names
    none, with words alike; of several the one whose prompt is most like it, and the earliest of these.
    """
    lines = Lines(document.text)
    free = list(session.dispatches)
    order = {one.key: index for index, one in enumerate(free)}
    compared = []
    for row, window in sorted(_windows(document, settings, lines), key=lambda pair: pair[0]):
        found = [(member, _matches(member, free)) for member in window.members]
        if len(found) > 1 or window.members[0].repeated:
            compared.append(_compared(row, found, order))
    return compared


def _windows(document: Document, settings: Settings, lines: Lines) -> Iterator[tuple[int, Window]]:
    from taskfan_lint.inspection import is_counterexample  # lazy: only where a prompt file is read

    for surveyed in surveys.survey(document, settings):
        for window in surveyed.analysis.windows:
            if window.members:
                span = window.members[0].dispatch.span
                if not is_counterexample(span, surveyed.analysis.facts, surveyed.snippet):
                    yield lines.position(surveyed.snippet.offset(span.start))[0], window


def _compared(row: int, found: list[tuple[Member, list[Recorded]]], order: Mapping[str, int]) -> Compared:
    responses: dict[str, list[Recorded]] = {}
    for one in sorted((one for _, matches in found for one in matches), key=lambda one: order[one.key]):
        responses.setdefault(one.response, []).append(one)
    missing = tuple(_title(member.dispatch) for member, matches in found if not matches)
    repeats = any(member.repeated for member, _ in found)
    return Compared(row, len(found), repeats, tuple(map(tuple, responses.values())), missing)


def _title(dispatch: Dispatch) -> str:
    return dispatch.agent or dispatch.name


def _matches(member: Member, free: list[Recorded]) -> list[Recorded]:
    """Take the recorded dispatches that match a planned one out of those that are still free, and return them."""
    times = member.last - member.position + 1
    scored = [(_likeness(member, one), -index) for index, one in enumerate(free)]
    best = sorted((pair for pair in scored if pair[0] >= 0), reverse=True)
    if member.repeated:
        best = [pair for pair in best if pair[0] >= ALIKE] or best[:1]
    chosen = [free[-index] for _, index in (best if member.repeated else best[:times])]
    for one in chosen:
        free.remove(one)
    return chosen


def _likeness(member: Member, one: Recorded) -> float:
    """Return the share of a planned prompt's words that a recorded one holds; -1 where they can't be the same."""
    agent = member.dispatch.agent
    planned = set(_WORD.findall(_HOLE.sub(" ", member.prompt.lower())))
    recorded = set(_WORD.findall(f"{one.description} {one.prompt}".lower()))
    share = len(planned & recorded) / len(planned) if planned else 0.0
    if agent:
        pattern = ".+".join(map(re.escape, _HOLE.split(agent)))
        return share if re.fullmatch(pattern, one.subagent_type, re.IGNORECASE) else -1
    return share if share >= ALIKE else -1
