"""Generated transcripts of each known version, each with the truth about its dispatches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

VERSIONS = ("1.0.35", "2.0.76", "2.1.14", "2.1.63", "export")
START = datetime(2026, 2, 21, 10, tzinfo=timezone.utc)
NOISE: tuple[dict[str, Any], ...] = (
    {"type": "summary", "summary": "what was done", "leafUuid": "x"},
    {"type": "file-history-snapshot", "messageId": "m", "snapshot": {"trackedFileBackups": {}}},
    {"type": "system", "subtype": "turn_duration", "durationMs": 12.5, "content": None},
    {"type": "tomorrow", "message": [{"type": "tool_use", "name": "Task", "id": 7}]},
    {"type": "queue-operation", "operation": "dequeue", "content": "<task-notification><task-id>a0</task-id>"},
    {"type": "assistant", "message": "a string"},
    {"type": "assistant", "message": {"content": [None, 3, {"type": "tool_use", "name": 5, "input": []}]}},
    {"type": "user", "message": {"content": [{"type": "tool_result", "tool_use_id": ["x"]}]}, "toolUseResult": 4},
    {"type": "progress", "data": {"message": {"type": "assistant", "message": {
        "content": [{"type": "tool_use", "id": "toolu_p", "name": "Task", "input": {"prompt": "x"}}]}}}},
)  # fmt: skip


@dataclass
class Truth:
    """What is true of one dispatch; seconds from START, None for what the transcript doesn't tell."""

    key: str
    response: int
    start: int | None
    end: int | None
    outcome: str
    background: bool
    writes: set[str] = field(default_factory=set)

    @property
    def seconds(self) -> set[int]:
        """Each second in which it surely ran."""
        return set() if self.start is None or self.end is None else set(range(self.start, self.end))


@dataclass
class Generated:
    """The lines of a session, those of its agents by the path of their file, and the truth."""

    version: str
    events: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    files: dict[str, list[Any]] = field(default_factory=dict)
    truths: list[Truth] = field(default_factory=list)
    tail: bytes = b""

    def write(self, folder: Path, name: str) -> Path:
        """Write the session and its agents' files into a folder, and return its path."""
        for path, events in self.files.items():
            file = folder / path.replace("SESSION", name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("".join(json.dumps(event) + "\n" for event in events))
        session = folder / f"{name}.jsonl"
        session.write_bytes(self.raw())
        return session

    def raw(self) -> bytes:
        """Return the bytes of the session's own file, its lines in the order of time."""
        ordered = sorted(self.events, key=lambda pair: pair[0])
        return b"".join(json.dumps(event, separators=(",", ":")).encode() + b"\n" for _, event in ordered) + self.tail

    def responses(self) -> Iterator[list[Truth]]:
        """Yield the truth of each response."""
        for number in sorted({one.response for one in self.truths}):
            yield [one for one in self.truths if one.response == number]


def status(members: list[Truth]) -> str:
    """Return the status of dispatches, by counting seconds."""
    candidates = [one for one in members if one.outcome not in ("failed", "interrupted")]
    if len(candidates) < 2:
        return "SINGLE" if candidates else "UNKNOWN"
    ran = [one.seconds for one in candidates if one.outcome == "completed" and one.seconds]
    total, longest = sum(map(len, ran)), max(map(len, ran), default=0)
    if len(ran) < 2:
        return "UNKNOWN"
    overlap = Fraction(total - len(set().union(*ran)), total - longest)
    return "PARALLEL" if overlap * 5 >= 4 else "PARTIAL" if overlap * 5 >= 1 else "SEQUENTIAL"


def across(truths: list[Truth]) -> bool:
    """Tell whether dispatches of two responses ran in the same second."""
    return any(one.response != other.response and one.seconds & other.seconds for one, other in combinations(truths, 2))


def peak(truths: list[Truth]) -> int:
    """Return the most dispatches that ran in one second."""
    every = set().union(*(one.seconds for one in truths)) if truths else set()
    return max((sum(second in one.seconds for one in truths) for second in every), default=0)


def at(second: int, milliseconds: bool = True) -> str:
    """Return a moment as a transcript writes it."""
    moment = (START + timedelta(seconds=second)).isoformat(timespec="milliseconds" if milliseconds else "seconds")
    return moment.replace("+00:00", "Z")


def session(version: str, random: Random) -> Generated:
    """Return a session of a version: up to five responses of up to five dispatches."""
    made = Generated(version)
    made.events.append((0, _user("Do it", 0, version)))
    now, dispatched = 2, 0
    for number in range(random.randint(0, 5)):
        count = random.choice([1, 1, 2, 3, 5])
        background = version.startswith("2.") and random.random() < 0.4
        blocks = [_block(dispatched + index, version, background) for index in range(count)]
        now = _response(made, number, blocks, now, background, random)
        dispatched += count
    for event in random.sample(NOISE, random.randint(0, 4)):
        made.events.append((random.randint(0, now), event))
    if random.random() < 0.3:
        made.tail = json.dumps(_assistant("msg_end", [_block(99, version, False)], now, version))[:-9].encode()
    return made


def _block(number: int, version: str, background: bool) -> dict[str, Any]:
    given = {"description": f"d{number}", "prompt": f"Look at part {number}.", "subagent_type": "Explore"}
    more = {"run_in_background": True} if background else {}
    name = "Agent" if version == "2.1.63" else "Task"
    return {"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": {**given, **more}}


def _line(kind: str, second: int, version: str, **fields: Any) -> dict[str, Any]:
    line = {"type": kind, "uuid": f"u{kind}{second}", "isSidechain": False, "timestamp": at(second), **fields}
    return line if version == "export" else {**line, "version": version, "cwd": "/w", "sessionId": "s"}


def _user(content: Any, second: int, version: str, **fields: Any) -> dict[str, Any]:
    return _line("user", second, version, message={"role": "user", "content": content}, **fields)


def _assistant(message: str, blocks: list[Any], second: int, version: str, **fields: Any) -> dict[str, Any]:
    named = {} if version == "export" else {"id": message}
    return _line("assistant", second, version, message={**named, "role": "assistant", "content": blocks}, **fields)


def _response(
    made: Generated, number: int, blocks: list[dict[str, Any]], now: int, background: bool, random: Random
) -> int:
    """Add a response and what becomes of its dispatches; return when the next one may go out."""
    if made.version == "export":
        made.events.append((now, _assistant("", [{"type": "text", "text": "Go."}, *blocks], now, made.version)))
    else:
        for index, block in enumerate(blocks):
            made.events.append((now + index, _assistant(f"msg_{number}", [block], now + index, made.version)))
    begun = now + len(blocks)
    run = _background if background else _foreground
    ends = [run(made, number, block, begun, random) for block in blocks]
    return (begun if background else max(ends)) + random.randint(2, 30)


def _foreground(made: Generated, number: int, block: dict[str, Any], begun: int, random: Random) -> int:
    start = begun + random.choice([0, 0, 1, 3, 40])
    end, version = start + random.randint(1, 120), made.version
    kind = random.choice(["completed"] * 6 + ["failed", "interrupted", "untold"])
    truth = Truth(block["id"], number, start, end, "completed", False)
    extra: Any = {"status": "completed", "agentId": f"a{block['id']}", "totalDurationMs": (end - start) * 1000}
    result: dict[str, Any] = {"type": "tool_result", "tool_use_id": block["id"], "content": "Done."}
    if version == "1.0.35":
        del extra["status"], extra["agentId"]
    if kind in ("failed", "interrupted"):
        extra = "Error: it broke" if kind == "failed" else "[Request interrupted by user for tool use]"
        result |= {"is_error": True, "content": extra}
        truth.start, truth.outcome = None, kind
    elif kind == "untold" and version == "export":
        truth.start, extra = None, None
    elif kind == "untold":
        truth.end, truth.start, truth.outcome = None, None, "unknown"
    if kind != "untold" or version == "export":
        made.events.append((end, _user([result], end, version, toolUseResult=extra)))
    made.truths.append(truth)
    if kind == "completed" or version == "1.0.35":
        _agent(made, truth, block, start, end)
    return end


def _agent(made: Generated, truth: Truth, block: dict[str, Any], start: int, end: int) -> None:
    """Add what the agent of a dispatch did: it writes one file, and fails to write another one."""
    version, path = made.version, f"/w/{block['id']}.md"
    if version == "export":
        return
    truth.writes = {path}
    side = {"isSidechain": True, "agentId": f"a{block['id']}"}
    name = f"side-{block['id']}"
    write = [
        {"type": "tool_use", "id": f"w{block['id']}", "name": "Write", "input": {"file_path": path}},
        {"type": "tool_use", "id": f"e{block['id']}", "name": "Edit", "input": {"file_path": "/w/not.md"}},
    ]
    error = {"type": "tool_result", "tool_use_id": f"e{block['id']}", "is_error": True, "content": "no match"}
    lines = [
        _user(block["input"]["prompt"], start, version, **side) | {"uuid": name, "parentUuid": None},
        _assistant(f"m{name}", write, start, version, **side) | {"uuid": name + "w", "parentUuid": name},
        _user([error], end, version, **side) | {"uuid": name + "e", "parentUuid": name + "w"},
    ]
    if version == "1.0.35":
        made.events += [(start, line) for line in lines]
        if truth.start is None and truth.end is not None:
            truth.start = start  # the lines of the agent tell when it began
        return
    place = "" if version == "2.0.76" else "SESSION/subagents/"
    file = f"{place}agent-a{block['id']}"
    if version == "2.1.63":
        nested = {**block, "id": f"n{block['id']}"}
        lines.append(_assistant(f"n{name}", [nested], start, version, **side))
        made.files[f"{file}.meta.json"] = [{"toolUseId": block["id"], "spawnDepth": 1}]
    made.files[f"{file}.jsonl"] = lines


def _background(made: Generated, number: int, block: dict[str, Any], begun: int, random: Random) -> int:
    version, agent, end = made.version, f"a{block['id']}", begun + random.randint(1, 120)
    kind = random.choice(["completed"] * 6 + ["failed", "killed", "unknown", "polled", "clock"])
    launch = {"status": "async_launched", "isAsync": True, "agentId": agent}
    said = {"type": "tool_result", "tool_use_id": block["id"], "content": f"Async agent launched.\nagentId: {agent}"}
    made.events.append((begun, _user([said], begun, version, toolUseResult=launch)))
    outcome = {"killed": "interrupted", "polled": "completed", "clock": "completed"}.get(kind, kind)
    truth = Truth(block["id"], number, begun, end, outcome, True)
    made.truths.append(truth)
    if kind in ("unknown", "clock"):
        truth.end = None
    if kind == "polled":
        _poll(made, agent, begun, end, version)
    elif kind != "unknown":
        stamp = begun - 1000 if kind == "clock" else end
        note = (f"<task-notification>\n<task-id>{agent}</task-id>\n<status>{kind if kind != 'clock' else 'completed'}"
                f"</status>\n<result>It said <status>failed</status>.</result>\n</task-notification>")  # fmt: skip
        queued = {"type": "queue-operation", "operation": "enqueue", "timestamp": at(stamp), "content": note}
        late = {**queued, "timestamp": at(end + 9000)}
        made.events += [(end, queued), (end + 9000, late), (end + 9001, _user(note, end + 9001, version))]
    return end


def _poll(made: Generated, agent: str, begun: int, end: int, version: str) -> None:
    """Add two questions for an agent's output: one while it runs, one that its end answers."""
    name, key = ("AgentOutputTool", "agentId") if version == "2.0.76" else ("TaskOutput", "task_id")
    for moment, state in ((begun + 1, "running"), (end, "completed")):
        block = {"type": "tool_use", "id": f"{agent}-{state}", "name": name, "input": {key: agent, "block": True}}
        result = {"type": "tool_result", "tool_use_id": block["id"], "content": f"<status>{state}</status>"}
        extra = {"retrieval_status": "success", "task": {"task_id": agent, "status": state}}
        made.events.append((begun, _assistant(f"m{agent}-{state}", [block], begun, version)))
        made.events.append((moment, _user([result], moment, version, toolUseResult=extra)))
