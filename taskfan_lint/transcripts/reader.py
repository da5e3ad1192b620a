"""The reader of one transcript: a line at a time, in memory that grows with its dispatches only."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from sys import intern
from typing import Any, BinaryIO

from taskfan_lint.analysis import paths
from taskfan_lint.transcripts import results, sieve
from taskfan_lint.transcripts.lines import Tally, lines, objects
from taskfan_lint.transcripts.model import Outcome, Recorded, Transcript, began, over
from taskfan_lint.transcripts.results import Notice
from taskfan_lint.transcripts.traces import Traces, legible
from taskfan_lint.transcripts.values import items, moment, table, text, words

DISPATCHES = frozenset({"Task", "Agent"})
POLLS = frozenset({"TaskOutput", "AgentOutputTool"})
WRITERS = frozenset({"Write", "Edit", "MultiEdit", "NotebookEdit"})
NEUTRAL = frozenset({"TodoWrite", "TaskCreate", "TaskGet", "TaskList", "TaskUpdate", "ToolSearch"}) | DISPATCHES | POLLS
DEFAULT_AGENT = "general-purpose"
MOST_PATHS = 32
MOST_LINKS = 10_000
LONGEST_PROMPT = 32 * 1024

Event = Mapping[str, Any]


def read(file: BinaryIO, path: str, *, agent: bool = False, prompts: bool = False) -> Transcript:
    """Return what a transcript holds; `agent` where it is that of a sub-agent, `prompts` keeps the prompts' text."""
    tally = Tally()
    reader = _Reader(os.path.basename(path) if agent else "", prompts)
    for line in lines(file, tally):
        reader.look(line, tally)
    return reader.transcript(path, tally)


class _Reader:
    """What is known at one line of a transcript, and is still needed further down."""

    def __init__(self, agent: str, prompts: bool) -> None:
        self._agent, self._prompts = agent, prompts
        self._version, self._versions = b"", dict[str, None]()
        self._dispatches: dict[str, Recorded] = {}
        self._agents: dict[str, str] = {}  # agent id -> key
        self._lines: dict[str, str] = {}  # uuid of an assistant line without tool use ids -> key
        self._polls: dict[str, str] = {}  # tool use id -> agent id
        self._polled: dict[str, tuple[float | None, Outcome]] = {}
        self._writes: dict[str, tuple[str, str]] = {}  # tool use id -> key of the agent's dispatch, path
        self._chains: OrderedDict[str, str] = OrderedDict()  # uuid of a sub-agent's line -> key of its dispatch
        self._unclaimed: dict[int, list[str]] = {}  # digest of a prompt -> open keys whose agent's lines are not found
        self._began: dict[str, float] = {}  # key -> when its agent's first line was written
        self._open: dict[str, str] = {}  # key of a dispatch that runs -> its prompt
        self._launched: set[str] = set()
        self._awaited: set[str] = set()  # tool use ids whose results matter
        self._traces = Traces()
        self._turn = self._phase = 0
        self._first: float | None = None
        self._digest = 0
        self._main = False  # whether a line of the session's own was seen: a sub-agent's transcript has none

    def look(self, line: bytes, tally: Tally) -> None:
        """Take what matters from a line, parsing it only where it may matter."""
        version = sieve.version(line, self._version)
        if version != self._version:
            self._version = version
            self._versions.setdefault(version.decode("utf-8", "replace"))
        if self._matters(line):
            for one in objects(line, tally):
                self._event(one)
        elif not line[-16:].rstrip().endswith((b"}", b"]")):
            tally.broken += 1
        elif sieve.is_answer(line):
            self._turn += 1

    def _matters(self, line: bytes) -> bool:
        if sieve.holds_use(line) or sieve.holds_notice(line):
            return True
        if (not self._agent or self._first is None) and sieve.is_side(line):
            return True
        if sieve.is_answer(line):
            return sieve.answers(line, self._awaited, self._writes)
        return sieve.is_user(line)

    def _event(self, event: Event) -> None:
        side = event.get("isSidechain") is True and not self._agent
        if self._first is None:
            self._first = moment(event.get("timestamp"))
        owner = self._owner(event) if side else ""
        self._main = self._main or not side
        match event.get("type"):
            case "assistant":
                self._uses(event, owner, side=side)
            case "user":
                self._said(event, owner, side=side)
            case "queue-operation" if event.get("operation") == "enqueue":
                for notice in results.notices(words(event.get("content"))):
                    self._notified(notice, moment(event.get("timestamp")))

    # what the agents call

    def _uses(self, event: Event, owner: str, *, side: bool) -> None:
        message = table(event.get("message"))
        for block in map(table, items(message.get("content"))):
            if block.get("type") != "tool_use":
                continue
            name, given = text(block.get("name")), table(block.get("input"))
            if name in DISPATCHES:
                self._dispatched(event, message, block, owner, side=side)
            elif name in POLLS:
                self._polls[text(block.get("id"))] = text(given.get("task_id")) or text(given.get("agentId"))
                self._awaited.add(text(block.get("id")))
            elif name in WRITERS and (side or self._agent):
                self._wrote(event, block, owner)
            if name not in NEUTRAL and not side:
                self._phase += 1

    def _dispatched(self, event: Event, message: Event, block: Event, owner: str, *, side: bool) -> None:
        id_ = text(block.get("id"))
        key = id_ or f"{self._agent}#{len(self._dispatches) + 1}"
        if key in self._dispatches:  # a line that is written twice, or history copied from another session
            return
        if not id_:
            self._lines.setdefault(text(event.get("uuid")), key)
        given = table(block.get("input"))
        prompt = text(given.get("prompt"))[:LONGEST_PROMPT]
        read = legible(prompt)
        named_paths = paths.mentioned(read) if "." in read else frozenset[str]()
        agent = text(given.get("subagent_type")) or text(given.get("agent_type")) or DEFAULT_AGENT
        named = text(message.get("id"))
        self._open[key] = read
        self._awaited.add(key)
        self._unclaimed.setdefault(hash(prompt), []).append(key)
        self._dispatches[key] = Recorded(
            key, id_, named, named or text(event.get("requestId")) or f"#{self._turn}",
            intern(text(block.get("name"))), intern(agent),
            text(given.get("description"))[:200],
            asked=moment(event.get("timestamp")),
            background=given.get("run_in_background") is True,
            parent=owner or ("?" if side and self._main else ""),
            phase=self._phase,
            resumes=bool(given.get("resume")),
            prompt=prompt if self._prompts else "",
            digest=hash(prompt),
            paths=frozenset(sorted(named_paths)[:MOST_PATHS]),
            draws_on=self._traces.sources(read, named_paths, agent),
        )  # fmt: skip

    def _wrote(self, event: Event, block: Event, owner: str) -> None:
        given = table(block.get("input"))
        path = text(given.get("file_path")) or text(given.get("notebook_path"))
        if path:
            path = os.path.normpath(os.path.join(text(event.get("cwd")), path))
            self._writes[text(block.get("id")) or f"#{len(self._writes)}"] = (owner, path)

    # what they are told

    def _said(self, event: Event, owner: str, *, side: bool) -> None:
        content = table(event.get("message")).get("content")
        answered = [block for block in map(table, items(content)) if block.get("type") == "tool_result"]
        for block, extra in _paired(answered, event.get("toolUseResult")):
            self._answered(event, block, extra)
        self._turn += not side
        said = words(content)
        if not self._digest:
            self._digest = hash(said[:LONGEST_PROMPT])
        if answered or side or event.get("isMeta") is True or results.notices(said):
            return
        if results.was_stopped(said):
            self._interrupted(moment(event.get("timestamp")))
        self._phase += 1
        self._traces.hear(said)

    def _answered(self, event: Event, block: Event, extra: object) -> None:
        id_ = text(block.get("tool_use_id"))
        key = id_ if id_ in self._dispatches else self._lines.get(text(event.get("sourceToolAssistantUUID")), "")
        now = moment(event.get("timestamp"))
        if key in self._dispatches:
            self._ended(key, block, extra, now)
        elif id_ in self._polls:
            outcome, has_ended = results.polled(extra, words(block.get("content")))
            if has_ended:
                key = self._agents.get(self._polls[id_], "")
                self._polled.setdefault(self._polls[id_], (now, outcome))
                self._traces.add(key, "", self._open.get(key, ""), words(block.get("content")))
        elif block.get("is_error") is True:
            self._writes.pop(id_, None)

    def _ended(self, key: str, block: Event, extra: object, now: float | None) -> None:
        before = self._dispatches[key]
        if key in self._launched or key not in self._open:
            return
        result = results.read(block, extra)
        if result.agent:
            self._agents.setdefault(result.agent, key)
        if result.launched:
            self._launched.add(key)
            self._dispatches[key] = replace(before, background=True, start=now, agent=result.agent)
            return
        lasted = result.duration_s
        start = now - lasted if now is not None and lasted is not None else None
        self._dispatches[key] = replace(
            before, background=False, start=start, end=now, duration_s=lasted, outcome=result.outcome,
            agent=result.agent,
        )  # fmt: skip
        self._trace(key, result.said)

    def _notified(self, notice: Notice, now: float | None) -> None:
        key = self._agents.get(notice.agent) or notice.tool_use
        if key not in self._open or notice.outcome is Outcome.UNKNOWN:
            return
        before = replace(self._dispatches[key], background=True)
        self._dispatches[key] = over(before, now, notice.outcome, notice.duration_s)
        self._trace(key, notice.said)

    def _interrupted(self, now: float | None) -> None:
        """Close the calls that the user's interruption leaves without a result."""
        for key in [key for key in self._open if key not in self._launched]:
            self._dispatches[key] = replace(self._dispatches[key], end=now, outcome=Outcome.INTERRUPTED)
            del self._open[key]

    def _trace(self, key: str, said: str) -> None:
        """Remember what a dispatch that is over, or was asked for its output, has brought."""
        if key not in self._dispatches:
            return
        one = self._dispatches[key]
        self._traces.add(key, one.subagent_type, self._open.pop(key, ""), said)
        self._awaited.discard(key)
        keys = self._unclaimed.get(one.digest, [])
        if key in keys:
            keys.remove(key)
        if not keys:
            self._unclaimed.pop(one.digest, None)

    # whose a line is

    def _owner(self, event: Event) -> str:
        """Return the key of the dispatch whose agent a line belongs to; "" where that is not known."""
        parent = text(event.get("parentUuid"))
        owner = self._chains.get(parent, "")
        if not owner and event.get("type") == "user":
            owner = self._claim(hash(words(table(event.get("message")).get("content"))[:LONGEST_PROMPT]))
        if owner:
            if (now := moment(event.get("timestamp"))) is not None:
                self._began.setdefault(owner, now)
            self._chains[text(event.get("uuid"))] = owner
            if len(self._chains) > MOST_LINKS:
                self._chains.popitem(last=False)
        return owner

    def _claim(self, digest: int) -> str:
        """Return the first dispatch with this prompt for which no agent's lines were found yet."""
        keys = self._unclaimed.get(digest)
        return keys.pop(0) if keys else ""

    def transcript(self, path: str, tally: Tally) -> Transcript:
        """Return what was read."""
        own = frozenset(file for owner, file in self._writes.values() if not owner)
        return Transcript(
            path, tuple(self._versions), tuple(self._finished()), own, self._first, self._digest,
            tally.lines, tally.broken, tally.long,
        )  # fmt: skip

    def _finished(self) -> Iterator[Recorded]:
        written: dict[str, set[str]] = {}
        for owner, file in self._writes.values():
            written.setdefault(owner, set()).add(file)
        for key, one in self._dispatches.items():
            if one.background and one.outcome is Outcome.UNKNOWN and one.agent in self._polled:
                one = over(one, *self._polled[one.agent], None)
            one = began(one, self._began.get(key))
            yield replace(one, writes=frozenset(written[key])) if key in written else one


def _paired(blocks: list[Event], extra: object) -> Iterator[tuple[Event, object]]:
    """Yield each result of a line with what the line says beside it: one of an array, else what is the only one's."""
    several = items(extra)
    if len(several) == len(blocks):
        yield from zip(blocks, several, strict=True)
    else:
        yield from ((block, extra if len(blocks) == 1 else None) for block in blocks)
