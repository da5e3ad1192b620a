"""A session with the transcripts of its sub-agents: what they wrote, and whom they dispatched themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from taskfan_lint.transcripts import places, reader
from taskfan_lint.transcripts.model import Recorded, Transcript, began
from taskfan_lint.transcripts.values import table, text

MOST_META = 1024 * 1024


def read(file: Path, *, prompts: bool = False) -> Transcript:
    """Return a session's transcript with what its sub-agents' transcripts add, where there are any; raises OSError."""
    alone = places.is_agent(file)
    with file.open("rb") as stream:
        own = reader.read(stream, str(file), agent=alone, prompts=prompts)
    return own if alone else joined(own, file, prompts=prompts)


def joined(session: Transcript, file: Path, *, prompts: bool = False) -> Transcript:
    """Return a session with what the transcripts of its sub-agents add, and of those that these dispatched."""
    every = {one.key: one for one in session.dispatches}
    done: set[Path] = set()
    while new := [one for one in _files(every, file) if one not in done]:
        read_ = [(one, _transcript(one, prompts=prompts)) for one in new]
        done.update(new)
        for _, transcript in read_:  # first whom each dispatched, for the order of files is not that of dispatch
            every |= {one.key: one for one in transcript.dispatches if one.key not in every}
        for place, transcript in read_:
            _hook(every, place, transcript)
    return replace(session, dispatches=tuple(every.values()))


def _files(every: dict[str, Recorded], file: Path) -> list[Path]:
    return list(places.agent_files(file, frozenset(one.agent for one in every.values() if one.agent)))


def _transcript(file: Path, *, prompts: bool) -> Transcript:
    try:
        with file.open("rb") as stream:
            return reader.read(stream, str(file), agent=True, prompts=prompts)
    except OSError:  # a sub-agent's file that cannot be read is as good as none
        return Transcript(str(file))


def _hook(every: dict[str, Recorded], file: Path, transcript: Transcript) -> None:
    """Give a dispatch what its agent's transcript tells of it, and its children their parent."""
    key = _parent(every, file, transcript)
    if not key:
        for one in transcript.dispatches:  # whose agent this is, is not known, but it is not the session's own
            every[one.key] = replace(every[one.key], parent=every[one.key].parent or "?")
        return
    own = every[key]
    every[key] = began(replace(own, writes=own.writes | transcript.writes), transcript.first)
    for one in transcript.dispatches:
        if one.key != key:
            every[one.key] = replace(every[one.key], parent=key)


def _parent(every: dict[str, Recorded], file: Path, transcript: Transcript) -> str:
    """Return the key of the dispatch that started an agent: by its id, by what lies beside it, or by its prompt."""
    agent = file.stem.removeprefix("agent-")
    named = text(table(_meta(file)).get("toolUseId"))
    if named in every:
        return named
    own = {one.key for one in transcript.dispatches}
    others = [one for one in every.values() if one.key not in own]
    by_id = next((one.key for one in others if one.agent == agent), "")
    return by_id or _only([one.key for one in others if not one.agent and one.digest == transcript.digest])


def _only(keys: list[str]) -> str:
    return keys[0] if len(keys) == 1 else ""


def _meta(file: Path) -> object:
    meta = file.with_name(file.stem + ".meta.json")
    try:
        with meta.open("rb") as stream:
            return json.loads(stream.read(MOST_META))
    except (OSError, ValueError, RecursionError):
        return None


def depths(dispatches: tuple[Recorded, ...]) -> Iterator[tuple[Recorded, int]]:
    """Yield each dispatch with its depth (the session's own have 1), those of an agent behind the one that sent it."""
    children: dict[str, list[Recorded]] = {}
    known = {one.key for one in dispatches}
    for one in dispatches:
        children.setdefault(one.parent if one.parent in known else one.parent and "?", []).append(one)
    stack = [(one, 1) for one in reversed(children.get("", []))]
    stack = [(one, 2) for one in reversed(children.get("?", []))] + stack
    seen: set[str] = set()
    while stack:
        one, depth = stack.pop()
        if one.key not in seen:
            seen.add(one.key)
            yield one, depth
            stack += [(child, depth + 1) for child in reversed(children.get(one.key, []))]
