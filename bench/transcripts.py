"""Reads generated transcripts of rising size, and tells the time and the most memory that each one takes.

usage: python bench/transcripts.py [MEGABYTES]

The largest has MEGABYTES (500 without), the others a half, a quarter and an eighth of it. Half of each is what tools
return (up to 200 KB a line), the rest are words, tool uses, and about 20 dispatches per megabyte with their results.
Each is read by `taskfan-lint verify` in a process of its own; the file is deleted afterwards. Exits with 1 where a run
takes 200 MB or more, or where the time per megabyte of the largest is more than 1.5 times that of the smallest.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from random import Random

MEGABYTE = 1_000_000
MOST_MEMORY = 200  # MB
MOST_GROWTH = 1.5
START = datetime(2026, 2, 21, tzinfo=timezone.utc)
WORDS = [
    f"{stem}{end}" for stem in ("pars", "read", "chang", "sort", "count", "list") for end in ("e", "ing", "er", "s")
]


def line(kind: str, second: float, content: object, **fields: object) -> str:
    stamp = (START + timedelta(seconds=second)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    head = {"parentUuid": None, "isSidechain": False, "cwd": "/w", "version": "2.1.49", "timestamp": stamp}
    message = {"id": f"msg_{int(second)}", "role": kind, "content": content}
    return json.dumps({**head, "message": message, "type": kind, **fields}, separators=(",", ":")) + "\n"


def words(random: Random, size: int) -> str:
    return " ".join(random.choices(WORDS, k=size // 6))


def lines(random: Random) -> Iterator[str]:
    """Yield the lines of a session without end."""
    yield line("user", 0, "Go")
    second = 1.0
    number = 0
    while True:
        for size in (2_000, 200_000, 20_000, 3_000):
            number += 1
            use = {"type": "tool_use", "id": f"toolu_r{number}", "name": "Read", "input": {"file_path": "/w/a.py"}}
            back = {"type": "tool_result", "tool_use_id": use["id"], "content": words(random, size)}
            yield line("assistant", second, [{"type": "text", "text": words(random, 1_000)}])
            yield line("assistant", second + 1, [use])
            yield line("user", second + 2, [back], toolUseResult={"file": {"content": back["content"][: size // 4]}})
            second += 3
        calls = [f"toolu_t{number}_{index}" for index in range(6)]
        for call in calls:
            given = {"description": "look", "prompt": words(random, 2_000), "subagent_type": "Explore"}
            yield line("assistant", second, [{"type": "tool_use", "id": call, "name": "Task", "input": given}])
        for call in calls:
            back = {"type": "tool_result", "tool_use_id": call, "content": words(random, 4_000)}
            extra = {"status": "completed", "agentId": call[6:], "totalDurationMs": 40_000}
            yield line("user", second + 60, [back], toolUseResult=extra)
        second += 100


def write(path: str, megabytes: float) -> None:
    """Write a transcript of about so many megabytes."""
    size = 0
    with open(path, "w", encoding="ascii") as file:
        for text in lines(Random(0)):
            file.write(text)
            size += len(text)
            if size >= megabytes * MEGABYTE:
                return


def measured(path: str) -> tuple[float, float]:
    """Return the seconds of processor time and the megabytes of memory that reading a transcript takes."""
    command = [sys.executable, "-m", "taskfan_lint", "verify", "--output-format", "json", path]
    child = os.posix_spawn(
        sys.executable, command, dict(os.environ), file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    )
    _, status, usage = os.wait4(child, 0)
    if status:
        sys.exit(f"`{' '.join(command)}` failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / MEGABYTE


def main() -> None:
    most = float(sys.argv[1]) if len(sys.argv) > 1 else 500.0
    rates, fits = [], True
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "session.jsonl")
        for part in (8, 4, 2, 1):
            write(path, most / part)
            size = os.path.getsize(path) / MEGABYTE
            seconds, memory = measured(path)
            rates.append(seconds / size)
            fits = fits and memory < MOST_MEMORY
            print(
                f"{size:7.1f} MB  {seconds:6.2f} s  {size / seconds:6.1f} MB/s  {memory:6.1f} MB of memory", flush=True
            )
    linear = rates[-1] <= rates[0] * MOST_GROWTH
    sys.exit(not (fits and linear))


if __name__ == "__main__":
    main()
