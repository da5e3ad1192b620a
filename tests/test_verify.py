"""Tests of the command `verify`, driven as a real process, and of its pictures."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest
import transcripts
from conftest import ROOT, Cli
from test_session import Story, task, used, write

from taskfan_lint.intervals import Interval
from taskfan_lint.timeline.axis import axis
from taskfan_lint.timeline.cells import fit, width
from taskfan_lint.timeline.words import lasting

SAMPLES = ROOT / "tests" / "fixtures" / "transcripts"
PARALLEL, SEQUENTIAL = SAMPLES / "parallel3.jsonl", SAMPLES / "sequential3.jsonl"
BACKGROUND = SAMPLES / "background3_separate_messages.jsonl"


def shown(output: bytes) -> list[str]:
    return output.decode().splitlines()


# the text


def test_the_text_shows_one_response_with_a_bracket(cli: Cli) -> None:
    shutil.copy(PARALLEL, "s.jsonl")
    done = cli("verify", "s.jsonl", COLUMNS="72")
    assert (done.returncode, done.stderr) == (0, b"")
    assert shown(done.stdout) == [
        "s.jsonl: PARALLEL, overlap 1.00, speedup 2.40, efficiency 0.80",
        "  3 dispatches in 1 response, 2 min of work in 50 s, at most 3 at once (Claude Code 2.1.49)",
        "",
        "  general-purpose: d1 ██████████████████████       40 s ⎤",
        "  general-purpose: d2 █████████████████            30 s ⎥ PARALLEL 1.00",
        "  general-purpose: d3 ████████████████████████████ 50 s ⎦",
        "                      10:00:04        10:00:54 UTC",
    ]


def test_the_text_tells_what_one_response_would_have_saved(cli: Cli) -> None:
    shutil.copy(SEQUENTIAL, "s.jsonl")
    assert shown(cli("verify", "s.jsonl", COLUMNS="60").stdout) == [
        "s.jsonl: SEQUENTIAL, overlap 0.00, speedup 1.00, efficiency 0.33",
        "  3 dispatches in 3 responses, 2 min of work in 2 min, at most 1 at once (Claude Code 2.1.49)",
        "",
        "  general-purpose: d1 █████████                      40 s",
        "  general-purpose: d2           ███████              30 s",
        "  general-purpose: d3                   ████████████ 50 s",
        "                      10:00:02          10:02:12 UTC",
        "",
        "  missed: `general-purpose: d2` shares no data with `general-purpose: d1` before it: one response saves 35 s",
        "  missed: `general-purpose: d3` shares no data with `general-purpose: d2` before it: one response saves 45 s",
        "  missed: 1 min 20 s in all",
    ]


def test_failed_calls_pauses_nesting_and_conflicts_are_shown(cli: Cli) -> None:
    story = Story().send(task("a", description="one"), task("b", description="two"), seconds=20)
    story.now += 4000
    results = {"c": "Done.", "d": "Error: it broke"}
    story.user("More.").send(task("c", description="three"), task("d", description="four"), results=results, seconds=20)
    Path("s.jsonl").write_bytes(story.raw() + b'{"type": "assistant", "tool_use')
    write(Path(), "s/subagents/agent-xa", used("Write", file_path="/w/a"), used("Task", "n", description="in"))
    write(Path(), "s/subagents/agent-xb", used("Write", file_path="/w/a"))
    assert shown(cli("verify", "s.jsonl", COLUMNS="66").stdout) == [
        "s.jsonl: PARTIAL, overlap 0.50, speedup 1.50, efficiency 0.50",
        "  4 dispatches in 2 responses, 1 failed, 1 min of work in 40 s, at most 2 at once, 1 nested",
        "",
        "  Explore: one          ██████┊              20 s ⎤",
        "    general-purpose: in       ┊       end unknown ⎥ PARALLEL 1.00",
        "  Explore: two          ██████┊              20 s ⎦",
        "  Explore: three              ┊██████        20 s ⎤ SINGLE",
        "  Explore: four               ┊     ▏      failed ⎦",
        "                        10:00:00 11:07:20 UTC",
        "",
        "  conflict: /w/a was written by `Explore: one` and `Explore: two` while both ran",
        "  note: agents dispatched agents, 2 levels deep",
        "  note: 1 of 11 lines could not be read",
    ]


def test_prompts_are_shown_only_if_asked_for(cli: Cli) -> None:
    Path("s.jsonl").write_bytes(Story().send(task("a", "the secret\nof two lines")).raw())
    for format in ("text", "json", "svg", "html"):
        assert b"secret" not in cli("verify", "s.jsonl", "--output-format", format).stdout
        assert b"secret" in cli("verify", "s.jsonl", "--output-format", format, "--show-prompts").stdout
    assert shown(cli("verify", "s.jsonl", "--show-prompts").stdout)[-3:] == [
        "  Explore", "    the secret", "    of two lines",
    ]  # fmt: skip


def test_a_session_without_dispatches_says_so(cli: Cli) -> None:
    Path("s.jsonl").write_bytes(Story().raw())
    assert shown(cli("verify", "s.jsonl").stdout) == ["s.jsonl: UNKNOWN", "  no dispatches"]


def test_names_that_no_terminal_can_show_are_escaped(cli: Cli) -> None:
    Path("s.jsonl").write_bytes(Story().send(task("a", agent="a\x1b[2J\n\u202eb\udc00")).raw())
    text = cli("verify", "s.jsonl").stdout.decode()
    assert "\x1b" not in text
    assert shown(text.encode())[3].startswith("  a\\x1b[2J\\n\\u202eb\\udc00")
    for format in ("json", "svg", "html"):
        assert cli("verify", "s.jsonl", "--output-format", format).returncode == 0


def test_colour_is_as_asked_for(cli: Cli) -> None:
    assert b"\x1b[" in cli("verify", str(PARALLEL), "--color", "always").stdout
    assert b"\x1b[" not in cli("verify", str(PARALLEL)).stdout
    assert json.loads(cli("verify", str(PARALLEL), "--color", "always", "--output-format", "json").stdout)


# json

SCHEMA = json.loads((Path(__file__).parent / "verify.schema.json").read_text())


def entry(cli: Cli, *arguments: str) -> dict[str, Any]:
    done = cli("verify", *arguments, "--output-format", "json")
    report = json.loads(done.stdout)
    jsonschema.validate(report, SCHEMA)
    (session,) = report["sessions"]
    assert isinstance(session, dict)
    return session


def test_json_of_three_at_once(cli: Cli) -> None:
    session = entry(cli, str(PARALLEL))
    figures = {"status": "PARALLEL", "overlap": 1.0, "sum_s": 120.0, "wall_s": 50.0, "speedup": 2.4, "efficiency": 0.8}
    ids = ["toolu_1", "toolu_2", "toolu_3"]
    assert session["dispatches"][0] == {
        "tool_use_id": "toolu_1",
        "message_id": "msg_A",
        "name": "Task",
        "subagent_type": "general-purpose",
        "background": False,
        "start": "2026-02-21T10:00:04.000Z",
        "end": "2026-02-21T10:00:44.000Z",
        "duration_s": 40.0,
        "status": "completed",
    }
    response, overlap = session["groups"]
    assert response == {"kind": "response", "message_id": "msg_A", "tool_use_ids": ids, **figures}
    assert {**overlap, "tool_use_ids": sorted(overlap["tool_use_ids"])} == {
        **response, "kind": "overlap", "message_id": None,
    }  # fmt: skip
    rest = {
        key: session[key] for key in ("path", "versions", "missed", "status", "across_messages", "peak_concurrency")
    }
    assert rest == {
        "path": str(PARALLEL),
        "versions": ["2.1.49"],
        "missed": [],
        "status": "PARALLEL",
        "across_messages": False,
        "peak_concurrency": 3,
    }


def test_json_of_one_after_another(cli: Cli) -> None:
    session = entry(cli, str(SEQUENTIAL))
    assert (session["status"], session["across_messages"], session["peak_concurrency"]) == ("SEQUENTIAL", False, 1)
    assert [(group["kind"], group["status"], group["overlap"]) for group in session["groups"]] == [
        ("response", "SINGLE", None)
    ] * 3
    assert session["missed"] == [
        {"after": "msg_A", "before": "msg_B", "tool_use_ids": ["toolu_1", "toolu_2"], "saved_s": 35.0},
        {"after": "msg_B", "before": "msg_C", "tool_use_ids": ["toolu_2", "toolu_3"], "saved_s": 45.0},
    ]


def test_json_of_background_calls_in_separate_responses(cli: Cli) -> None:
    session = entry(cli, str(BACKGROUND))
    assert (session["status"], session["across_messages"], session["peak_concurrency"]) == ("PARALLEL", True, 3)
    assert [group["kind"] for group in session["groups"]] == ["response"] * 3 + ["overlap"]
    assert [one["end"] for one in session["dispatches"]] == [
        "2026-02-21T10:00:42.000Z", "2026-02-21T10:00:38.000Z", "2026-02-21T10:01:04.000Z",
    ]  # fmt: skip


def test_unknown_values_are_null(cli: Cli) -> None:
    call: dict[str, Any] = {"type": "tool_use", "name": "Task", "input": {}}
    Path("s.jsonl").write_text(json.dumps({"type": "assistant", "message": {"content": [call, call]}}) + "\n")
    session = entry(cli, "s.jsonl")
    assert session["versions"] == []
    assert session["dispatches"][0] == {
        "tool_use_id": None, "message_id": None, "name": "Task", "subagent_type": "general-purpose",
        "background": False, "start": None, "end": None, "duration_s": None, "status": "unknown",
    }  # fmt: skip
    assert session["groups"] == [
        {"kind": "response", "message_id": None, "tool_use_ids": [None, None], "status": "UNKNOWN", "overlap": None,
         "sum_s": None, "wall_s": None, "speedup": None, "efficiency": None}
    ]  # fmt: skip


@pytest.mark.parametrize("version", transcripts.VERSIONS)
def test_json_of_generated_sessions_keeps_to_the_schema(cli: Cli, version: str) -> None:
    for seed in range(20):
        transcripts.session(version, Random(f"json {seed}")).write(Path(), f"s{seed}")
    report = json.loads(cli("verify", ".", "--output-format", "json").stdout)
    jsonschema.validate(report, SCHEMA)
    assert len(report["sessions"]) == 20


# pictures


def hostile() -> Story:
    name = '<script>document.title = "run"</script><img src=x onerror=alert(1)>'
    return Story().send(task("a", f"{name}\n]]>", agent=name, description="\"&'</svg></style>"), task("<b>"))


def test_svg_is_well_formed_and_holds_names_as_text(cli: Cli) -> None:
    Path("s.jsonl").write_bytes(hostile().raw())
    done = cli("verify", "s.jsonl", str(PARALLEL), "--output-format", "svg", "--show-prompts")
    root = ElementTree.fromstring(done.stdout)
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names == {"svg", "style", "rect", "g", "text", "title", "path", "line"}
    assert sum(element.tag.endswith("rect") for element in root.iter()) == 1 + 2 + 3


def test_html_stands_alone_and_holds_names_as_text(cli: Cli) -> None:
    Path("s.jsonl").write_bytes(hostile().raw())
    page = cli("verify", "s.jsonl", "--output-format", "html", "--show-prompts").stdout.decode()
    assert re.findall(r"<(?:script|img|link|iframe)\b|(?:src|href)=\"", page) == []
    assert page.count("&lt;script&gt;") == 5  # the row, its hint with the prompt, the table with the prompt
    assert "default-src 'none'" in page


@pytest.mark.e2e
def test_a_browser_runs_nothing_that_stands_in_a_name(cli: Cli) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("needs chromium")
    Path("s.jsonl").write_bytes(hostile().raw())
    Path("page.html").write_bytes(cli("verify", "s.jsonl", "--output-format", "html", "--show-prompts").stdout)
    command = [
        browser,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--dump-dom",
        Path("page.html").absolute().as_uri(),
    ]
    shot = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "<title>Sessions verified</title>" in shot.stdout
    assert re.findall(r"<img|<script", shot.stdout) == []


# what is read


def test_standard_input_folders_and_several_sessions(cli: Cli) -> None:
    assert shown(cli("verify", "-", input=PARALLEL.read_bytes()).stdout)[0].startswith("-: PARALLEL, ")
    done = cli("verify", str(SAMPLES), str(PARALLEL))
    heads = [line.rpartition("/")[2] for line in shown(done.stdout) if line.startswith("/")]
    assert [head.partition(",")[0] for head in heads] == [
        "background3_separate_messages.jsonl: PARALLEL", "parallel3.jsonl: PARALLEL", "sequential3.jsonl: SEQUENTIAL",
        "parallel3.jsonl: PARALLEL",
    ]  # fmt: skip


def test_latest_is_the_newest_session_of_the_folder(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "config" / "projects" / re.sub(r"[^A-Za-z0-9]", "-", str(tmp_path))
    none = cli("verify", "--latest", CLAUDE_CONFIG_DIR=str(tmp_path / "config"))
    assert (none.returncode, none.stdout) == (2, b"")
    assert none.stderr.decode() == (
        f"taskfan-lint: error: no session of this folder below {tmp_path}/config/projects\n"
    )
    folder.mkdir(parents=True)
    shutil.copy(SEQUENTIAL, folder / "old.jsonl")
    shutil.copy(PARALLEL, folder / "new.jsonl")
    os.utime(folder / "old.jsonl", (1, 1))
    done = cli("verify", "--latest", CLAUDE_CONFIG_DIR=str(tmp_path / "config"))
    assert shown(done.stdout)[0].partition(",")[0].endswith("/new.jsonl: parallel".replace("parallel", "PARALLEL"))


def test_against_names_the_windows_that_were_split(cli: Cli) -> None:
    Path("s.jsonl").write_bytes(Story().send(task("a", agent="one")).send(task("b", agent="two")).raw())
    calls = 'Task(subagent_type="one", prompt="x")\nTask(subagent_type="two", prompt="y")\n'
    Path("plan.md").write_text(f"# Plan\n\n```python\n{calls}```\n")
    assert shown(cli("verify", "s.jsonl", "--against", "plan.md").stdout)[-1] == (
        "  split: plan.md:4: the window of 2 went out in 2 responses: `one` | `two`"
    )
    session = json.loads(cli("verify", "s.jsonl", "--against", "plan.md", "--output-format", "json").stdout)[
        "sessions"
    ][0]
    assert session["against"] == [
        {"filename": "plan.md", "row": 4, "planned": 2, "responses": [["a"], ["b"]], "missing": [], "split": True}
    ]


# durations


def test_durations_are_validated_with_the_seeds_formula(cli: Cli) -> None:
    done = cli("verify", "--durations", "5,4,5", "--measured", "6")
    assert shown(done.stdout) == [
        "PARALLEL ✅: 57 % saved",
        "  measured 6, in parallel 5, one after another 14",
        "  by durations alone: at most 1.2 times the longest is parallel, at most 0.8 times the sum is partly so",
    ]
    report = json.loads(cli("verify", "--durations", "5, 4, 5", "--measured", "6", "--output-format", "json").stdout)
    assert report == {
        "status": "PARALLEL ✅",
        "speedup_percent": (14 - 6) / 14 * 100,
        "execution_time": 6,
        "expected_parallel": 5,
        "sequential_baseline": 14,
    }


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param("[tasks]\na = 5\nb = 4\nc = 5\n", id="durations alone"),
        pytest.param("[tasks.a]\nduration = 5\n[tasks.b]\nduration = 4.0\n[tasks.c]\nduration = 5\n", id="a table"),
        pytest.param(
            "[[tasks]]\nname = 'a'\nduration = 5\n[[tasks]]\nduration = 4\n[[tasks]]\nduration = 5\n", id="array"
        ),
    ],
)
def test_durations_come_from_a_plan(cli: Cli, plan: str) -> None:
    Path("plan.toml").write_text(plan)
    expected = cli("verify", "--durations", "5,4,5", "--measured", "6").stdout
    assert cli("verify", "--durations", "plan.toml", "--measured", "6").stdout == expected
    assert cli("verify", "plan.toml", "--measured", "6").stdout == expected
    Path("plan.toml").write_text("measured = 6\n" + plan)
    assert cli("verify", "plan.toml").stdout == expected


def test_a_plan_whose_tasks_wait_for_others_says_what_the_formula_ignores(cli: Cli) -> None:
    Path("plan.toml").write_text("[tasks]\na = {duration = 5}\nb = {duration = 4, after = ['a']}\n")
    assert cli("verify", "plan.toml", "--measured", "9").stderr.decode() == (
        "taskfan-lint: note: plan.toml: tasks wait for others (`after`), which this formula does not look at\n"
    )


# exit status


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ([str(SEQUENTIAL)], 0),
        ([str(SEQUENTIAL), "--fail-on", "sequential"], 1),
        ([str(SEQUENTIAL), "--fail-on", "partial"], 1),
        ([str(PARALLEL), "--fail-on", "partial"], 0),
        ([str(BACKGROUND), "--fail-on", "partial"], 0),
        ([str(PARALLEL), str(SEQUENTIAL), "--fail-on", "sequential", "--output-format", "json"], 1),
        (["partial.jsonl", "--fail-on", "sequential"], 0),
        (["partial.jsonl", "--fail-on", "partial"], 1),
        (["--durations", "5,4,5", "--measured", "14", "--fail-on", "sequential"], 1),
        (["--durations", "5,4,5", "--measured", "11", "--fail-on", "sequential"], 0),
        (["--durations", "5,4,5", "--measured", "11", "--fail-on", "partial"], 1),
        ([str(SEQUENTIAL), "gone.jsonl", "--fail-on", "sequential"], 2),
    ],
)
def test_exit_status(cli: Cli, arguments: list[str], status: int) -> None:
    story = Story().send(task("a"), task("b"), seconds=30).user("More.").send(task("c"), seconds=30)
    Path("partial.jsonl").write_bytes(story.raw())
    assert cli("verify", *arguments).returncode == status


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "needs a transcript, or `--latest`, or `--durations`"),
        (["gone.jsonl"], "gone.jsonl: no such file or folder"),
        (["empty"], "empty: holds no transcripts (`.jsonl`)"),
        (["words.txt"], "words.txt: is no transcript, none of its lines is JSON"),
        (["s.jsonl", "--against", "gone.md"], "gone.md: no such file or directory"),
        (["--measured", "6"], "`--measured` goes with `--durations`, or with a plan in TOML"),
        (["--durations", "5,x", "--measured", "6"], "5,x: expects a duration above 0 for `x`"),
        (["--durations", "5,4"], "5,4: has no `measured` time, and there is no `--measured`"),
        (["--durations", "5", "s.jsonl"], "`--durations` goes without transcripts"),
        (["--durations", "5", "--measured", "1", "--output-format", "svg"], "durations are shown as text or json only"),
        (["none.toml", "--measured", "6"], "none.toml: has no tasks: expects a table `[tasks]` or tables `[[tasks]]`"),
        (["bad.toml", "--measured", "6"], "bad.toml: expects a duration above 0 for `task a`"),
        (["gone.toml", "--measured", "6"], "gone.toml: no such file or directory"),
    ],
)
def test_what_cannot_be_used_is_one_clear_error(cli: Cli, arguments: list[str], reason: str) -> None:
    Path("empty").mkdir()
    Path("words.txt").write_text("not\na transcript\n")
    Path("none.toml").write_text("x = 1\n")
    Path("bad.toml").write_text("[tasks.a]\nduration = -1\n")
    shutil.copy(PARALLEL, "s.jsonl")
    done = cli("verify", *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert shown(done.stderr)[0] == f"taskfan-lint: error: {reason}"


# parts of the pictures


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0.4 s"), (9, "9 s"), (59.6, "1 min"), (100, "1 min 40 s"), (3600, "1 h"), (66140, "18 h 22 min")],
)
def test_durations_in_words(seconds: float, words: str) -> None:
    assert lasting(seconds) == words


def test_a_long_pause_is_cut_and_a_short_one_is_not() -> None:
    scale = axis([Interval(0, 10), Interval(10.5, 20.5), Interval(5000, 5010)])
    assert scale is not None
    assert [round(scale.at(moment), 3) for moment in (0, 10, 10.5, 20.5, 5000, 5010)] == [
        0, 0.304, 0.319, 0.623, 0.696, 1,
    ]  # fmt: skip
    assert [round(place, 2) for place in scale.breaks] == [0.66]
    assert axis([]) is None
    assert axis([Interval(3, 3)]) is None


def test_text_is_cut_by_columns_not_by_characters() -> None:
    assert fit("数据库", 4) == "数… "
    assert fit("ab\n", 5) == "ab\\n "
    assert width(fit("e\u0301数", 3)) == 3
