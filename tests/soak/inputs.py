"""Inputs of every kind that comes from outside, each made by a seeded random generator: sound ones, and damaged."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

from programs import program
from scripts import written

from taskfan_lint.baseline import VERSION
from taskfan_lint.options import OPTIONS
from taskfan_lint.pages import page
from taskfan_lint.rules import rule_names

ROOT = Path(__file__).parent.parent.parent
PIECES = (
    "Task(", "Agent(", "task(", "agent(", 'subagent_type="a"', "prompt=", "prompt: ", "{ subagent_type: 'b', ", "})",
    "for x in xs:\n", "for (const x of xs) {", "while True:\n", "await ", "async def f():\n", "if x:\n", "else:\n",
    "```\n", "```python\n", "````md\n", "~~~\n", "> ", "- ", "1. ", "# ", "\t", "    ", "\r", "\r\n", "\n", "\n\n",
    "❌ WRONG\n", "✅ RIGHT\n", "<bad>\n", "</bad>\n", "BEFORE:\n", "# taskfan: ignore", "[dispatch-in-loop]",
    "// taskfan: serial -- ", "<!-- taskfan: ignore-next-fence -->\n", "taskfan: ignore-file", "...", "…", '"""', "'''",
    '"', "'", "`", "${", "}", "{", "(", ")", "[", "]", ",", ":", "=", "=>", "\\", "\\\n", "#", "//", "/*", "*/",
    "<!--", "-->", "--", "---\n", "|", "&", "\0", "\x0c", "\x1b[2J", "\u2028", "\ufeff", "\u202e", "\ud7ff", "é", "😀",
    "lambda: ", "f'{x}'", "match x:\n    case ", "gather(", "Promise.all([", ".map(x => ", "run_in_background=True",
    "FOR EACH x IN xs:\n", "Phase 2:\n", "wait for all\n", "Message 1:\n", "→ ", "write to out.md", "read out.md",
    "1e9", "import ", "from x import Task\n", "class A:\n", "def Task(", "return ", "yield ", "del x\n", "x = ",
)  # fmt: skip
VALUES = (
    "", "x", "dispatch-in-loop", "all", "*", "**/*.py", "[", "../..", "/etc/passwd", "a\nb", "\x1b[2J", "a" * 300, "é",
    0, 1, -1, 6, 10**9, 10**30, 1.5, float("inf"), True, False, None, [], {}, [[]], ["x"], ["*"], [1], {"x": "error"},
    {"*.py": ["all"]}, {"dispatch-in-loop": "info"}, {"a": {"b": []}},
)  # fmt: skip


def soup(random: Random) -> str:
    """Return pieces of code and prompts in no order."""
    return "".join(random.choices(PIECES, k=random.randint(1, 60)))


def damaged(text: str, random: Random) -> str:
    """Return a text with a few parts gone, doubled, repeated, moved or put in."""
    for _ in range(random.choice((0, 1, 1, 2, 3, 5))):
        start, end = sorted((random.randint(0, len(text)), random.randint(0, len(text))))
        end = min(end, start + random.choice((1, 5, 40, 400)))
        part = text[start:end]
        other = random.choice((
            "", part * 2, part[:8] * random.randint(2, 60), soup(random), random.choice(PIECES) * random.randint(1, 80),
            part[::-1], part.upper(), part.replace("\n", "\r"), part.replace(" ", ""),
        ))  # fmt: skip
        text = text[:start] + other + text[end:]
    return text


def python(random: Random) -> bytes:
    return _encoded(damaged(program(random.getrandbits(64)).text, random), random)


def script(random: Random) -> bytes:
    return _encoded(damaged(written(random.getrandbits(32)).text, random), random)


def markdown(random: Random) -> bytes:
    parts = [_part(random) for _ in range(random.randint(1, 3))]
    return _encoded(damaged("\n".join(parts), random), random)


def _part(random: Random) -> str:
    match random.randrange(5):
        case 0:
            text = page(random.choice(rule_names()))
            start = random.randint(0, len(text))
            return text[start : start + random.randint(100, 3000)]
        case 1:
            return soup(random)
        case 2:
            return written(random.getrandbits(32)).text
        case _:
            label = random.choice(("# Plan", "❌ WRONG", "- a", ""))
            return f"{label}\n\n```python\n{program(random.getrandbits(64)).text}```\n"


def text(random: Random) -> bytes:
    return _encoded(soup(random), random)


def noise(random: Random) -> bytes:
    """Return bytes that are text in some encoding at best."""
    raw = bytearray(_encoded(damaged(f"{_cookie(random)}{program(random.getrandbits(64)).text}", random), random))
    for _ in range(random.randint(0, 20)):
        if raw:
            raw[random.randrange(len(raw))] = random.choice((0, 9, 10, 12, 13, 26, 27, 127, 128, 192, 255))
    return random.choice((b"", b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) + bytes(raw)


def _cookie(random: Random) -> str:
    codec = random.choice(
        ("utf-8", "latin-1", "utf-16", "utf-7", "idna", "hex", "rot13", "cp1252", "shift_jis", "none")
    )
    return random.choice(("", f"# -*- coding: {codec} -*-\n", f"\n# coding={codec}\n"))


def _encoded(text: str, random: Random) -> bytes:
    codec = random.choice(("utf-8",) * 12 + ("latin-1", "utf-16"))
    return text.encode(codec, "replace")


def configuration(random: Random) -> bytes:
    keys = [*OPTIONS, "extend", "selct", "a b", ""]
    lines = []
    for key in random.sample(keys, random.randint(0, 6)):
        value = random.choice(VALUES)
        lines.append(
            f"{key} = {'nan' if value is None else json.dumps(value, ensure_ascii=False).replace('Infinity', 'inf')}"
        )
    text = random.choice(("", "", "[tool.taskfan-lint]\n", "[[tool]]\n")) + "\n".join(lines) + "\n"
    return _encoded(damaged(text, random) if random.random() < 0.5 else text, random)


def tasks_json(random: Random) -> bytes:
    width, tasks = _tasks(random)
    whole = json.dumps({"max-fan-out": width, "tasks": [{"name": name, **task} for name, task in tasks.items()]})
    return _encoded(damaged(whole, random) if random.random() < 0.4 else whole, random)


def tasks_toml(random: Random) -> bytes:
    width, tasks = _tasks(random)
    tables = [f"max-fan-out = {json.dumps(width)}"]
    for name, task in tasks.items():
        tables.append(f"[tasks.{name}]\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in task.items()))
    whole = "\n\n".join(tables) + "\n"
    return _encoded(damaged(whole, random) if random.random() < 0.4 else whole, random)


def _tasks(random: Random) -> tuple[object, dict[str, dict[str, object]]]:
    """Return a width and tasks by name, most of which wait for earlier ones, with an odd value here and there."""

    def some(usual: object) -> object:
        return usual if random.random() < 0.98 else _value(random, 3)

    names = [f"t{number}" for number in range(random.randint(1, 12))]
    tasks = {}
    for number, name in enumerate(names):
        earlier = names[:number] if random.random() < 0.95 else names
        after = random.sample(earlier, min(len(earlier), random.randint(0, 3)))
        tasks[name] = {"duration": some(random.randint(1, 9)), "after": some(after), "agent": some("reader")}
    return some(random.randint(1, 6)), tasks


def json_text(random: Random) -> bytes:
    """Return JSON with the names that baselines, events of agents, and lists of tasks have."""
    value = _value(random, 0) if random.random() < 0.3 else _sound(random)
    whole = json.dumps(value, ensure_ascii=random.random() < 0.5)
    return _encoded(damaged(whole, random) if random.random() < 0.4 else whole, random)


NAMES = (
    "tool_name", "tool_input", "file_path", "cwd", "tool_calls", "findings", "version", "rule", "path", "reason",
    "fingerprint", "tasks", "name", "agent", "prompt", "after", "minutes", "max-fan-out", "mode", "type", "message",
    "content", "timestamp", "uuid", "parentUuid", "isSidechain", "toolUseResult", "agentId", "status", "input", "id",
    "operation", "tool_use_id", "totalDurationMs", "subagent_type", "description", "run_in_background", "text",
)  # fmt: skip
WORDS = (
    "Write", "Edit", "Task", "Agent", "assistant", "user", "tool_use", "tool_result", "async_launched", "completed",
    "queue-operation", "enqueue", "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:09Z", "1e999", "t1", "t2", "a.py",
    "<task-notification><task-id>t1</task-id><status>completed</status></task-notification>", "TaskOutput", "fast",
)  # fmt: skip


def _sound(random: Random) -> object:
    """Return a baseline, an event or a list of tasks, with an odd value here and there."""

    def some(usual: object) -> object:
        return usual if random.random() < 0.95 else _value(random, 3)

    entry = {key: some("x") for key in ("rule", "path", "fingerprint", "text", "reason")}
    path = some(random.choice(("other.py", "..", "/", "gone.md")))
    call = {"tool_name": some("Write"), "tool_input": {"file_path": path}}
    names = [f"t{number}" for number in range(random.randint(1, 8))]
    tasks = [{"name": some(name), "duration": some(random.randint(0, 9)), "after": some([])} for name in names]
    for task in tasks:
        task["after"] = some([random.choice(names) for _ in range(random.randint(0, 2))])
    return random.choice((
        {"version": some(VERSION), "findings": [some(entry)] * random.randint(0, 3)},
        {"cwd": some("."), **call},
        {"cwd": some("."), "tool_calls": [some(call)]},
        {"tasks": some(tasks), "max-fan-out": some(3)},
    ))  # fmt: skip


def _value(random: Random, depth: int) -> object:
    match random.randrange(6 if depth < 5 else 4):
        case 0:
            return random.choice(VALUES)
        case 1 | 2:
            return random.choice(WORDS)
        case 3:
            return random.choice((0, 1, -5, 10**12, 10**25, 0.5, 1e300, True, None))
        case 4:
            return [_value(random, depth + 1) for _ in range(random.randint(0, 4))]
        case _:
            return {random.choice(NAMES): _value(random, depth + 1) for _ in range(random.randint(0, 6))}


def transcript(random: Random) -> bytes:
    """Return a session: lines of sound form with odd values, and odd lines."""
    lines = [_line(random) for _ in range(random.randint(1, 12))]
    whole = "\n".join(lines) + random.choice(("\n", "", "\n\n"))
    return _encoded(damaged(whole, random) if random.random() < 0.5 else whole, random)


def _line(random: Random) -> str:
    def some(*usual: object) -> object:
        return random.choice(usual) if random.random() < 0.9 else _value(random, 3)

    key, stamp = some("t1", "t2", "t3"), some("2026-01-01T00:00:00.000Z", "2026-01-01T00:01:00Z")
    use = {
        "type": "tool_use",
        "id": key,
        "name": some("Task", "Agent"),
        "input": some({"prompt": "p", "subagent_type": "a"}),
    }
    result = {"type": "tool_result", "tool_use_id": key, "content": some("done", [{"type": "text", "text": "x"}])}
    extra = some(
        {"status": "completed", "totalDurationMs": some(1000, 5), "agentId": key}, {"status": "async_launched"}, "no"
    )
    match random.randrange(5):
        case 0 | 1:
            line: object = {
                "type": "assistant",
                "timestamp": stamp,
                "message": {"id": some("m1", "m2"), "content": some([use])},
            }
        case 2 | 3:
            line = {"type": "user", "timestamp": stamp, "message": {"content": some([result])}, "toolUseResult": extra}
        case _:
            line = some({"type": "queue-operation", "operation": "enqueue", "timestamp": stamp, "content": WORDS[18]})
    return json.dumps(line)


Generate = Callable[[Random], bytes]
