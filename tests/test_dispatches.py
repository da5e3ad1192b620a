"""The command `dispatches`: each dispatch that was read once, with its place, window and reading."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Cli

PLAN = """# Plan

```python
for topic in topics:
    Task(subagent_type="reader", prompt=f"Read {topic}")
a = await Task(subagent_type="first", prompt="x")
Task(prompt="y")
```

**❌ WRONG**

```
1. Task(subagent_type: "late", prompt: "z", ...)
if (x) {
    return
    Task(subagent_type="never", prompt="z")
}
```

```
for each x in xs {
    Task(subagent_type="odd", prompt="say "x)
}
Task("one", "two")
```
"""
LISTED = """\
plan.md:5:5: Task reader, window 1, parsed
plan.md:6:11: Task first, window 1, parsed
plan.md:7:1: Task, window 2, parsed
plan.md:13:4: Task late, window 3, repaired, counter-example
plan.md:16:5: Task never, window 3, repaired, counter-example
plan.md:22:5: Task odd, window 4, scanned
plan.md:24:1: Task, window 4, scanned
"""

UNREAD = {
    "a.py": 'Task(subagent_type="a", prompt="x"\n',
    "b.md": "```\nTask(scout): 'look at it\n```\n",
    "c.js": 'if (\nTask({ subagent_type: "reviewer" });\n',
    "d.py": f'Task(subagent_type="a", prompt={"(" * 160}1{")" * 160})\n',
    "e.py": f'Task(subagent_type="a", prompt="x")\n#{"x" * 563}\n',
    "f.py": '# taskfan: ignore-file\nTask(subagent_type="a", prompt="x"\n',
}
TOLD = [
    "taskfan-lint: error: a.py:1: this file mentions a dispatch and does not parse: '(' was never closed",
    "taskfan-lint: warning: d.py:1: more than 150 nested brackets",
    "taskfan-lint: warning: e.py: too large: 601 bytes, `max-file-size` is 600",
]


def test_lists_every_dispatch_once(cli: Cli) -> None:
    Path("plan.md").write_text(PLAN, encoding="utf-8")
    done = cli("dispatches", "plan.md")
    assert (done.stdout.decode(), done.returncode) == (LISTED, 0)
    assert done.stderr.decode() == "7 dispatches (3 parsed, 2 repaired, 2 scanned)\n"


def test_the_json_holds_its_contract(cli: Cli) -> None:
    Path("a.md").write_text('```\nTask(subagent_type="a", prompt="b")\nTask(prompt=c)\n```\n', encoding="utf-8")
    entry = {"filename": str(Path("a.md").absolute()), "name": "Task", "window": 1}
    assert json.loads(cli("dispatches", "--output-format", "json").stdout) == [
        {
            **entry,
            "location": {"row": 2, "column": 1},
            "end_location": {"row": 2, "column": 36},
            "agent": "a",
            "read": "parsed",
            "counterexample": False,
        },
        {
            **entry,
            "location": {"row": 3, "column": 1},
            "end_location": {"row": 3, "column": 15},
            "agent": None,
            "read": "parsed",
            "counterexample": False,
        },
    ]


def test_code_behind_a_return_is_listed(cli: Cli) -> None:
    Path("a.py").write_text('def f():\n    return 1\n    Task(subagent_type="a", prompt="b")\n', encoding="utf-8")
    done = cli("dispatches", "-q", "a.py")
    assert (done.stdout, done.stderr) == (b"a.py:3:5: Task a, window 1, parsed\n", b"")


def test_reads_standard_input_under_a_name(cli: Cli) -> None:
    done = cli("dispatches", "-", "--stdin-filename", "a.md", input=b'```\nTask("x")\n```\n')
    assert done.stdout == b"a.md:2:1: Task, window 1, parsed\n"


def test_leaves_out_what_is_excluded(cli: Cli) -> None:
    for name in ("a.md", "b.md"):
        Path(name).write_text('```\nTask("x")\n```\n', encoding="utf-8")
    assert cli("dispatches", "--extend-exclude", "b.md").stdout == b"a.md:2:1: Task, window 1, parsed\n"


def test_says_what_could_not_be_read(cli: Cli) -> None:
    for name, text in UNREAD.items():
        Path(name).write_text(text, encoding="utf-8")
    Path("taskfan-lint.toml").write_text("max-file-size = 600\n")
    done = cli("dispatches")
    assert (done.stdout, done.returncode) == (b"", 2)
    assert done.stderr.decode().splitlines() == [*TOLD, "no dispatches", "not analysable: b.md:2, c.js:2"]
    assert cli("dispatches", "-q").stderr.decode().splitlines() == TOLD[:1]
    assert cli("dispatches", "-v").stderr.decode().splitlines()[-2:] == [
        "not analysable: b.md:2: no call here has the arguments of a dispatch",
        "not analysable: c.js:2: not valid JavaScript",
    ]
    Path("taskfan-lint.toml").write_text('severity = { syntax-error = "warning" }\n')
    done = cli("dispatches", "a.py")
    assert (done.stderr.decode().splitlines()[0], done.returncode) == (TOLD[0].replace("error:", "warning:", 1), 0)
    Path("taskfan-lint.toml").write_text('ignore = ["syntax-error"]\n')
    done = cli("dispatches", "a.py")
    assert (done.stderr, done.returncode) == (b"no dispatches\n", 0)


def test_says_that_there_is_no_file_to_read(cli: Cli) -> None:
    Path("a.txt").write_text("x\n")
    done = cli("dispatches")
    told = b"no Python, JavaScript or Markdown files found under .\n"
    assert (done.stdout, done.stderr, done.returncode) == (b"", told, 0)
    assert cli("dispatches", "-q").stderr == b""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["gone.md"], "taskfan-lint: error: gone.md: no such file or folder\n"),
        (["bad.py"], "taskfan-lint: error: bad.py: cannot be decoded: row 1: byte 0xff is not utf-8 text\n"),
        (["-", "a.md"], "taskfan-lint: error: `-` stands alone, without other paths\ntry `taskfan-lint --help`\n"),
    ],
)
def test_bad_input_is_an_error(cli: Cli, arguments: list[str], words: str) -> None:
    Path("bad.py").write_bytes(b"\xff")
    done = cli("dispatches", "-q", *arguments)
    assert (done.stderr.decode(), done.returncode) == (words, 2)
