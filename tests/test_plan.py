"""Tests of the command `plan`: what it prints in each format, driven as a real process."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path

import pytest
from cases import parts
from conftest import ROOT, Cli

from taskfan_lint.drawing import FORMATS, Page, drawer
from taskfan_lint.planning.model import plan_of_tasks
from taskfan_lint.schedule import Mode, Task

PRP = """\
max-fan-out = 3
tasks.Researcher = {duration = 5}
tasks.Hunter = {duration = 4}
tasks.Curator = {duration = 5}
tasks."Link Validator" = {duration = 3}
tasks."Example Extractor" = {duration = 4}
"""
PRP_TEXT = """\
plan.toml

one after another: 5 tasks, 21 min
  Researcher         (5 min)
  Hunter             (4 min)
  Curator            (5 min)
  Link Validator     (3 min)
  Example Extractor  (4 min)

planned: 2 groups, at most 3 each, 9 min
  Researcher         (5 min) ⎤ at once: 5 min
  Hunter             (4 min) ⎥
  Curator            (5 min) ⎦
  Link Validator     (3 min) ⎤ at once: 4 min
  Example Extractor  (4 min) ⎦

  Researcher         ██████████████████████
  Hunter             ██████████████████
  Curator            ██████████████████████
  Link Validator                           ██████████████
  Example Extractor                        ██████████████████
                     0                                  9 min

  figures                one after another 21 min, planned 9
                         min: speedup 2.3, efficiency 0.78 (3
                         at once), time saved 57%
  parallel-execution.md  speedup 57%, efficiency 19%
  critical path          Researcher, 5 min
"""
LOOP = 'for topic in ["tests", "docs"]:\n    Task(subagent_type="reviewer", prompt=f"Review the {topic}")\n'
LOOP_TEXT = """\
a.py:2

as written: 2 windows, 2 min
  reviewer 1  (1 min)
  reviewer 2  (1 min)

planned: 1 group, at most 6 each, 1 min
  reviewer 1  (1 min) ⎤ at once: 1 min  Review the tests
  reviewer 2  (1 min) ⎦ Review the docs

  reviewer 1  ███████████████████████████████████████████████
  reviewer 2  ███████████████████████████████████████████████
              0                                         1 min

  figures                one after another 2 min, planned 1
                         min: speedup 2, efficiency 1.00 (2 at
                         once), time saved 50%
  parallel-execution.md  speedup 50%, efficiency 25%
  critical path          reviewer 1, 1 min
  note                   no durations are known, each dispatch
                         counts 1 min
"""
NESTED = (
    Task("build", 1, children=(Task("api", 4), Task("jobs", 12), Task("docs", 2, after=("api",)))),
    Task("scan", 6, prompt="Scan </title><script>alert(1)</script> & \x1b[31m"),
    Task("<script>", 2, after=("build", "scan")),
)
DEEP = '[{"name": "a", "children": [{"name": "b", "children": [{"name": "c", "children": [{"name": "d"}]}]}]}]'


def write(name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")


def test_a_list_of_tasks_is_planned(cli: Cli) -> None:
    write("plan.toml", PRP)
    done = cli("plan", "--tasks", "plan.toml", COLUMNS="62")
    assert (done.stdout.decode(), done.stderr, done.returncode) == (PRP_TEXT, b"", 0)


def test_the_dispatches_of_a_file_are_planned(cli: Cli) -> None:
    write("a.py", LOOP)
    done = cli("plan", "a.py", COLUMNS="62")
    assert (done.stdout.decode(), done.stderr, done.returncode) == (LOOP_TEXT, b"", 0)


def test_standard_input_and_scripts_are_planned(cli: Cli) -> None:
    done = cli("plan", "-", "--stdin-filename", "x.py", input=LOOP.encode())
    assert done.stdout.decode().splitlines()[0] == "x.py:2"
    write("a.js", 'await Task({subagent_type: "reader", prompt: "Read"}) // 5 min\n')
    assert cli("plan", "a.js").stdout.decode() == "a.js:1: `reader` alone (5 min), nothing to plan\n"


def test_the_width_and_the_mode_of_the_command_line_win(cli: Cli) -> None:
    write("plan.toml", PRP)
    done = cli("plan", "--tasks", "plan.toml", "--max-fan-out", "2", "--mode", "rolling", "--output-format", "json")
    (plan,) = json.loads(done.stdout)["plans"]
    assert (plan["max_fan_out"], plan["mode"], plan["planned"]["duration"]) == (2, "rolling", 11)


def test_the_configuration_gives_width_and_durations(cli: Cli) -> None:
    write("a.py", LOOP)
    write("taskfan-lint.toml", "max-fan-out = 1\ndurations = {reviewer = 3}\n")
    (plan,) = json.loads(cli("plan", "a.py", "--output-format", "json").stdout)["plans"]
    assert (plan["max_fan_out"], plan["planned"]["duration"]) == (1, 6)
    (plan,) = json.loads(cli("plan", "a.py", "--isolated", "--output-format", "json").stdout)["plans"]
    assert (plan["max_fan_out"], plan["planned"]["duration"]) == (6, 1)


def test_a_plan_goes_to_a_file(cli: Cli) -> None:
    write("plan.toml", PRP)
    done = cli("plan", "--tasks", "plan.toml", "--output-format", "svg", "--output-file", "plan.svg")
    assert (done.stdout, done.returncode) == (b"", 0)
    assert ElementTree.parse("plan.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"
    done = cli("plan", "--tasks", "plan.toml", "--output-file", "gone/plan.txt")
    assert (done.stderr, done.returncode) == (
        b"taskfan-lint: error: gone/plan.txt: cannot be written: no such file or directory\n",
        2,
    )


SESSION = ROOT / "tests" / "fixtures" / "transcripts" / "parallel3.jsonl"


def test_durations_come_from_a_recorded_session(cli: Cli) -> None:
    call = 'Task(subagent_type="general-purpose", prompt=p)'
    write("a.md", f'```python\n{call}\n{call}  # 9 min\nTask(subagent_type="other", prompt=p)\n```\n')
    write("taskfan-lint.toml", "durations = {general-purpose = 7, other = 8}")
    arguments = ("--durations-from", str(SESSION), "--output-format", "json")
    (plan,) = json.loads(cli("plan", "a.md", *arguments).stdout)["plans"]
    assert [task["duration"] for task in plan["tasks"]] == [40 / 60, 9, 8]  # the session says 40 s


def test_a_recorded_session_fills_in_a_list_of_tasks(cli: Cli) -> None:
    agent = "general-purpose"
    tasks = [{"name": "a", "agent": agent}, {"name": "b", "agent": agent, "duration": 9}, {"name": "c"}]
    write("plan.json", json.dumps(tasks))
    arguments = ("--durations-from", str(SESSION), "--output-format", "json")
    (plan,) = json.loads(cli("plan", "--tasks", "plan.json", *arguments).stdout)["plans"]
    assert [(task["name"], task["duration"], task["duration_known"]) for task in plan["tasks"]] == [
        ("a", 40 / 60, True),
        ("b", 9, True),
        ("c", 1, False),
    ]


def test_a_session_that_is_not_there_is_an_error(cli: Cli) -> None:
    write("a.md", "```python\nTask(prompt=p)\n```\n")
    done = cli("plan", "a.md", "--durations-from", "gone.jsonl")
    assert (done.stderr, done.returncode) == (b"taskfan-lint: error: gone.jsonl: no such file or directory\n", 2)


def test_a_session_without_durations_is_told(cli: Cli) -> None:
    write("a.md", "```python\nTask(prompt=p)\n```\n")
    write("s.jsonl", "{}\n")
    done = cli("plan", "a.md", "--durations-from", "s.jsonl")
    expected = b"taskfan-lint: warning: s.jsonl: holds no agent whose duration is known\n"
    assert (done.stderr, done.returncode) == (expected, 0)


# what is wrong


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param([], "name files, or one list of tasks with `--tasks`", id="nothing"),
        pytest.param(["a.py", "--tasks", "b.toml"], "name files, or one list of tasks with `--tasks`", id="both"),
        pytest.param(["-", "a.py"], "`-` stands alone, without other paths", id="stdin and more"),
        pytest.param(["a.py", "--stdin-filename", "b.py"], "`--stdin-filename` goes with `-`", id="no stdin"),
        pytest.param(
            ["a.py", "--emit", "python", "--output-format", "svg"],
            "`--emit` and `--output-format` exclude each other",
            id="two outputs",
        ),
        pytest.param(
            ["a.py", "--isolated", "--config", "x"],
            "`--config` and `--isolated` exclude each other",
            id="no configuration",
        ),
    ],
)
def test_options_that_do_not_go_together(cli: Cli, arguments: list[str], error: str) -> None:
    done = cli("plan", *arguments)
    assert (done.stderr.decode().splitlines()[0], done.returncode) == (f"taskfan-lint: error: {error}", 2)


@pytest.mark.parametrize(
    ("name", "text", "arguments", "error"),
    [
        pytest.param("a.py", "", ["gone.py"], "gone.py: no such file or folder", id="a missing file"),
        pytest.param(
            "a.json", "[]", ["--tasks", "gone.json"], "gone.json: no such file or directory", id="missing tasks"
        ),
        pytest.param(
            "a.json",
            "{",
            ["--tasks", "a.json"],
            "a.json:1: broken JSON: expecting property name enclosed in double quotes",
            id="broken",
        ),
        pytest.param(
            "a.json",
            '[{"name": "a", "after": ["b"]}, {"name": "b", "after": ["a"]}]',
            ["--tasks", "a.json"],
            "a.json: tasks wait for each other: `a` waits for `b` waits for `a`",
            id="a cycle",
        ),
    ],
)
def test_bad_input_is_an_error(cli: Cli, name: str, text: str, arguments: list[str], error: str) -> None:
    write(name, text)
    done = cli("plan", *arguments)
    assert (done.stdout, done.stderr.decode(), done.returncode) == (b"", f"taskfan-lint: error: {error}\n", 2)


def test_a_file_that_is_no_text_is_an_error(cli: Cli) -> None:
    Path("a.md").write_bytes(b"\xff\n")
    done = cli("plan", "a.md")
    assert done.stderr.decode() == "taskfan-lint: error: a.md: cannot be decoded: row 1: byte 0xff is not utf-8 text\n"
    assert done.returncode == 2


def test_a_file_without_a_dispatch_is_told(cli: Cli) -> None:
    write("a.md", "# Nothing\n")
    done = cli("plan", "a.md")
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"a.md: no dispatch found\n", 0)


def test_a_folder_without_files_to_plan_is_told(cli: Cli) -> None:
    write("a.txt", "x\n")
    done = cli("plan", ".")
    told = b"no Python, JavaScript or Markdown files found under .\n"
    assert (done.stdout, done.stderr, done.returncode) == (b"", told, 0)
    assert cli("plan", "-q", ".").stderr == b""


def test_code_that_cannot_be_read_is_told(cli: Cli) -> None:
    write("a.py", 'Task(subagent_type="a", prompt="x"\n')
    write("b.md", "```\nTask(scout): 'look at it\n```\n")
    write("c.py", f'Task(subagent_type="a", prompt={"(" * 160}1{")" * 160})\n')
    write("d.py", "#" * 601)
    write("taskfan-lint.toml", "max-file-size = 600\n")
    done = cli("plan", ".")
    error = "taskfan-lint: error: a.py:1: this file mentions a dispatch and does not parse: '(' was never closed\n"
    assert (done.stdout, done.returncode) == (b"", 2)
    assert done.stderr.decode() == (
        "taskfan-lint: warning: d.py: too large: 601 bytes, `max-file-size` is 600\n"
        f"{error}taskfan-lint: warning: c.py:1: more than 150 nested brackets\nnot analysable: b.md:2\n"
    )
    assert cli("plan", "-q", ".").stderr.decode() == error
    write("taskfan-lint.toml", 'severity = { syntax-error = "warning" }\n')
    done = cli("plan", "a.py")
    assert (done.stderr.decode(), done.returncode) == (error.replace(" error:", " warning:"), 0)


def test_a_plan_that_the_platform_refuses_exits_with_1(cli: Cli) -> None:
    write("a.json", DEEP)
    done = cli("plan", "--tasks", "a.json")
    assert done.stderr == b"taskfan-lint: warning: a.json: 4 levels of agents, more than 3 are refused\n"
    assert done.returncode == 1


# formats


def draw(format: str, mode: Mode = Mode.GROUPS) -> str:
    return drawer(format)([plan_of_tasks("plan.toml", NESTED, 6, mode)], Page(60))


def test_nested_tasks_stand_inside_of_their_orchestrator() -> None:
    lines = draw("text").splitlines()
    assert lines[10:16] == [
        "planned: 2 groups, at most 6 each, 17 min",
        "  build     (15 min) ⎤ at once: 15 min",
        "    api      (4 min) ⎥⎤ at once: 12 min",
        "    jobs    (12 min) ⎥⎦",
        "    docs     (2 min) ⎥  after api",
        "  scan       (6 min) ⎦",
    ]
    assert lines[18:21] == [
        "  build     ███░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░",
        "    api        ███████████",
        "    jobs       █████████████████████████████████",
    ]


def test_a_rolling_plan_tells_when_each_task_starts() -> None:
    lines = draw("text", Mode.ROLLING).splitlines()
    assert lines[10:17] == [
        "planned: 2 starts, 6 slots, 15 min",
        "  build     (13 min) ⎤ from 0 min",
        "    api      (4 min) ⎥⎤ from 1 min",
        "    jobs    (12 min) ⎥⎦ from 1 min",
        "    docs     (2 min) ⎥  from 5 min  after api",
        "  scan       (6 min) ⎦ from 0 min",
        "  <script>   (2 min)   from 13 min  after build, scan",
    ]


def test_json_tells_everything_in_minutes() -> None:
    (plan,) = json.loads(draw("json"))["plans"]
    tasks = plan.pop("tasks")
    assert plan == {
        "title": "plan.toml",
        "mode": "groups",
        "max_fan_out": 6,
        "written": {"windows": [["build"], ["scan"], ["<script>"]], "duration": 27.0},
        "planned": {"groups": [["build", "scan"], ["<script>"]], "duration": 17.0},
        "critical_path": {"tasks": ["build", "<script>"], "duration": 17.0},
        "figures": {
            "sequential": 27,
            "parallel": 17.0,
            "at_once": 3,
            "speedup": 27 / 17,
            "efficiency": 27 / 17 / 3,
            "time_saved": 10 / 27,
        },
        "seed": {"speedup_percent": 1000 / 27, "efficiency_percent": 1000 / 27 / 3},
        "levels": [27.0, 21.0, 17.0],
        "splits": [{"task": ["build", "jobs"], "duration": 12, "saves": 6.0}],
        "refused": [],
        "notes": [],
    }
    assert [(task["path"], task["group"], task["start"], task["end"]) for task in tasks] == [
        (["build"], 1, 0.0, 15.0),
        (["build", "api"], 1, 1.0, 5.0),
        (["build", "jobs"], 1, 1.0, 13.0),
        (["build", "docs"], 2, 13.0, 15.0),
        (["scan"], 1, 0.0, 6.0),
        (["<script>"], 2, 15.0, 17.0),
    ]
    assert tasks[3] == {
        "name": "docs",
        "path": ["build", "docs"],
        "agent": "docs",
        "prompt": "",
        "duration": 2,
        "duration_known": True,
        "repeated": False,
        "after": ["api"],
        "reads": [],
        "writes": [],
        "group": 2,
        "start": 13.0,
        "end": 15.0,
    }


MERMAID = """\
## plan.toml

planned: 2 groups, at most 6 each, 17 min

```mermaid
gantt
    title plan.toml
    dateFormat YYYY-MM-DD HH:mm:ss
    axisFormat %H:%M
    section Group 1
    build :crit, 2001-01-01 00:00:00, 900s
    · api :2001-01-01 00:01:00, 240s
    · jobs :2001-01-01 00:01:00, 720s
    · docs :2001-01-01 00:13:00, 120s
    scan :2001-01-01 00:00:00, 360s
    section Group 2
    ‹script› :crit, 2001-01-01 00:15:00, 120s
```

```mermaid
flowchart LR
    subgraph g1["Group 1"]
        subgraph t1["build (15 min)"]
            t1_1["api (4 min)"]
            t1_2["jobs (12 min)"]
            t1_3["docs (2 min)"]
        end
        t2["scan (6 min)"]
    end
    subgraph g2["Group 2"]
        t3["‹script› (2 min)"]
    end
    t1 --> t3
    t2 --> t3
    t1_1 --> t1_3
```
"""


def test_mermaid_shows_a_gantt_chart_and_a_graph() -> None:
    assert draw("mermaid") == MERMAID


class Elements(HTMLParser):
    """Collects the elements of a page, and the text of its titles."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.titles: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.links += [name for name, _ in attrs if name in ("src", "href") or name.startswith("on")]
        if tag == "title":
            self.titles.append("")

    def handle_data(self, data: str) -> None:
        if self.titles and self.get_starttag_text() == "<title>" and not self.titles[-1]:
            self.titles[-1] = data


def test_a_page_needs_nothing_else_and_runs_nothing() -> None:
    page = Elements()
    page.feed(draw("html"))
    assert page.names == {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "h1",
        "h2",
        "p",
        "section",
        "ul",
        "li",
        "b",
        "svg",
        "g",
        "text",
        "line",
        "rect",
        "dl",
        "dt",
        "dd",
    }
    assert page.links == []


def test_a_bar_tells_its_times_and_its_prompt() -> None:
    page = Elements()
    page.feed(draw("html"))
    assert page.titles[0] == "Fan-out plan"
    assert page.titles[-2:] == [
        "scan, group 1\n0 min to 6 min, takes 6 min\n\nScan </title><script>alert(1)</script> & \\x1b[31m",
        "<script>, group 2\n15 min to 17 min, takes 2 min\nafter build, scan",
    ]


def test_an_svg_is_well_formed_and_draws_each_task_twice() -> None:
    root = ElementTree.fromstring(draw("svg"))
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert [text for text in texts if text in ("build", "api", "jobs", "docs", "scan", "<script>")] == [
        *("build", "api", "jobs", "docs", "scan", "<script>"),
        *("build", "api", "jobs", "docs", "scan", "<script>"),
    ]


PYTHON = '''\
# plan.toml
# planned: 2 groups, at most 6 each, 2 min; all calls of a group go out in one response, then wait for all of them

# Group 1 (1 min)
Task(subagent_type="build", description="build", prompt="""build
Read a.md.
Output: b.md

Send these agents yourself, all of a group in one response, and wait for a group before you send the next.

Group 1:
Task(subagent_type="api", description="api", prompt="api")""")

# Group 2 (1 min)
Task(subagent_type="tester", description="test", prompt="Test b.md")
'''


def test_a_list_of_tasks_is_written_as_calls() -> None:
    tasks = (
        Task("build", 0, reads=("a.md",), writes=("b.md",), children=(Task("api"),)),
        Task("test", reads=("b.md",), agent="tester", prompt="Test b.md"),
    )
    assert drawer("python")([plan_of_tasks("plan.toml", tasks, 6, Mode.GROUPS)], Page()) == PYTHON


@pytest.mark.parametrize("format", FORMATS)
def test_every_example_can_be_drawn(cli: Cli, format: str) -> None:
    done = cli("plan", "--output-format", format, *map(str, sorted((ROOT / "examples").glob("*.*"))))
    assert (done.stderr, done.returncode) == (b"", 0)
    assert len(re.findall("nightly.py:9", done.stdout.decode().replace("꞉", ":"))) >= 1


def test_the_documentation_shows_what_the_command_prints(cli: Cli) -> None:
    shown = parts((ROOT / "docs" / "plan.md").read_text(encoding="utf-8"))
    tasks, output = (next(one.code for one in shown if one.kind == kind) for kind in ("plan", "output"))
    write("plan.toml", tasks)
    assert cli("plan", "--tasks", "plan.toml", COLUMNS="100").stdout.decode() == output
