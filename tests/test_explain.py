"""What `--why` and `--show-exempt` say, and that it agrees with what is reported."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest
from cases import SHOWN, all_cases
from conftest import ROOT, Cli

from taskfan_lint import Settings, engine, surveys
from taskfan_lint.analysis.exempt import EXEMPTIONS
from taskfan_lint.edit import Lines
from taskfan_lint.explain import explain, spared
from taskfan_lint.gates import passes_gate
from taskfan_lint.source import Document, decode

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "files"
LOOP = """\
# taskfan: serial -- the quota is one agent
for part in parts:
    Task(subagent_type="reviewer", prompt=f"Review {part}")
for area in ["api", "web"]:
    Task(subagent_type="reviewer", prompt=f"Review {area}")
draft = Task(subagent_type="writer", prompt="Write a draft")
Task(subagent_type="editor", prompt=f"Mend {draft}")
"""


def agrees(document: Document, settings: Settings, step: int = 1) -> None:
    """Check that each dispatch and finding of a document, or every `step`th, is explained as it is reported."""
    lines = Lines(document.text)
    findings = engine.check(document, settings).findings
    places = {lines.position(finding.span.start)[0] for finding in findings}
    told = cache(lambda row: explain(document, settings, row))  # each reads the whole document
    spans = [
        one.snippet.lift(member.dispatch.span)
        for one in surveys.survey(document, settings)
        for window in one.analysis.windows
        for member in window.members
    ]
    for span in spans[::step]:
        row, column = lines.position(span.start)
        [decision] = [each for each in told(row) if each.name and each.column == column]
        meeting = [each for each in findings if each.span.start < span.end and span.start < each.span.end]
        assert sorted(decision.reported) == sorted(each.code for each in meeting)
        assert decision.dispatches
    for row in sorted(places)[::step]:
        here = {each.code for each in findings if lines.position(each.span.start)[0] == row}
        codes = {code for decision in told(row) for code in decision.reported}
        assert here - {"unused-suppression", "syntax-error"} <= codes | {"unused-suppression", "syntax-error"}


@pytest.mark.parametrize("case", list(all_cases()), ids=lambda case: case.name)
def test_the_last_line_agrees_with_what_is_reported(case) -> None:  # type: ignore[no-untyped-def]
    agrees(case.document(case.main.code), case.settings)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real files is not here")
@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.e2e)])
def test_it_agrees_on_real_files(step: int) -> None:
    for file in sorted(CORPUS.rglob("*.md"))[::step]:
        document = decode(file, file.read_bytes())
        if passes_gate(document.text, SHOWN):
            agrees(document, SHOWN, step)


def test_every_exemption_is_told_in_words() -> None:
    source = Path(engine.__file__).parent / "analysis"
    text = "".join(file.read_text(encoding="utf-8") for file in sorted(source.rglob("*.py")))
    named = set(re.findall(r'return "([a-z-]+)"|_spare\("([a-z-]+)"|Opening\("([a-z-]+)"', text))
    assert {name for found in named for name in found if "-" in name or name in EXEMPTIONS} - {""} <= set(EXEMPTIONS)


def test_why_tells_every_decision(cli: Cli) -> None:
    Path("a.md").write_text(f"```python\n{LOOP}```\n")
    done = cli("--why", "a.md:8")
    assert done.stdout.decode() == (
        "a.md:8:1: `Task` dispatches: nothing here imports or defines its name, and it names an agent by "
        "`subagent_type`\n"
        "  window: 1 of 1 in window 2 (line 8)\n"
        "  window begins: line 8, chain: a later dispatch needs an earlier one's result\n"
        "  window ends: nothing more is sent after it\n"
        "  needs: line 7, flow through `draft`\n"
        "  spared: line 8, chain: a later dispatch needs an earlier one's result\n"
        "  asked: await-between-dispatches, branch-between-dispatches, conflicting-outputs, dispatch-in-loop, "
        "late-context, unbalanced-fan-out, wide-fan-out, work-between-dispatches\n"
        "  not reported\n"
    )


def test_why_is_complete_as_json(cli: Cli) -> None:
    Path("a.py").write_text(LOOP)
    [one] = json.loads(cli("--why", "a.py:5", "--output-format", "json").stdout)
    assert (one["row"], one["dispatches"], one["reported"]) == (5, True, ["dispatch-in-loop"])
    assert one["ended"] == {
        "row": 4,
        "column": 1,
        "text": "dispatch-in-loop: each iteration is a window of its own, without need",
    }


def test_why_names_the_strongest_cause(cli: Cli) -> None:
    code = (
        'Task(subagent_type="lead", prompt=a)\nfor t in ts:\n    c = build(t)\n    Task(subagent_type="b", prompt=c)\n'
    )
    Path("a.py").write_text(code)
    told = "line 2, dispatch-in-loop: it ends here without need"
    assert f"  window ends: {told}\n" in cli("--why", "a.py:1").stdout.decode()
    assert f"  window begins: {told}\n" in cli("--why", "a.py:4").stdout.decode()


def test_why_tells_what_a_comment_suppresses(cli: Cli) -> None:
    Path("a.py").write_text(LOOP)
    last = cli("--why", "a.py:3").stdout.decode().splitlines()[-2:]
    assert last[0].endswith("suppressed by `taskfan: serial` in line 1")
    assert last[1] == "  not reported"


def test_why_tells_that_a_file_does_not_parse(cli: Cli) -> None:
    Path("a.py").write_text("def f(:\n    Task(subagent_type='x')\n")
    told = cli("--why", "a.py:1").stdout.decode().splitlines()
    assert told[1].startswith("  error[syntax-error] ")
    assert told[-1] == "  reported: syntax-error"


def test_show_exempt_says_that_nothing_is_spared(cli: Cli) -> None:
    Path("a.py").write_text("x = 1\n")
    done = cli("--show-exempt", "a.py")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"nothing is spared\n")


def test_why_tells_what_the_baseline_knows(cli: Cli) -> None:
    Path("a.py").write_text(LOOP)
    cli("a.py", "--write-baseline", "known.json")
    last = cli("--why", "a.py:5", "--baseline", "known.json").stdout.decode().splitlines()[-2:]
    assert last[0].endswith("(2 windows, 1 needed): known to the baseline")
    assert last[1] == "  not reported"


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        pytest.param("a.py", "Task(description='x', agent=a)\n", "outside of prompts only a call", id="no agent"),
        pytest.param(
            "a.py", "from x import Task\nTask(subagent_type='x')\n", "it is imported as `x.Task`", id="imported"
        ),
        pytest.param("a.py", "def Task(**x): ...\nTask(subagent_type='x')\n", "its name is defined here", id="defined"),
        pytest.param("a.md", "```python\nTask(role='x')\n```\n", "`role` is an argument of another", id="foreign"),
        pytest.param("a.md", "```python\nTask()\n```\n", "it tells an agent nothing", id="empty"),
        pytest.param("a.md", "Task(prompt='x') in running text\n", "the line is not part of any code", id="prose"),
        pytest.param("a.py", "x = 1\n", "no call that could dispatch stands here", id="no call"),
    ],
)
def test_why_tells_what_is_no_dispatch(cli: Cli, name: str, code: str, told: str) -> None:
    Path(name).write_text(code)
    row = len(code.splitlines()) - (1 if "```" in code else 0)
    done = cli("--why", f"{name}:{row}")
    assert (done.returncode, done.stdout.decode().splitlines()[-1]) == (0, "  not reported")
    assert told in done.stdout.decode()


@pytest.mark.parametrize(
    ("place", "told"),
    [
        pytest.param("a.py", "`--why` takes PATH:LINE, not `a.py`", id="no line"),
        pytest.param("a.py:x", "`--why` takes PATH:LINE, not `a.py:x`", id="no number"),
        pytest.param("a.py:0", "`--why` takes PATH:LINE, not `a.py:0`", id="line 0"),
        pytest.param("a.py:99", "a.py has no line 99", id="beyond the end"),
        pytest.param("gone.py:1", "gone.py: no such file or directory", id="no file"),
    ],
)
def test_a_wrong_place_is_an_error(cli: Cli, place: str, told: str) -> None:
    Path("a.py").write_text(LOOP)
    done = cli("--why", place)
    assert (done.returncode, done.stderr.decode()) == (2, f"taskfan-lint: error: {told}\n")


def test_show_exempt_lists_what_is_spared(cli: Cli) -> None:
    Path("a.py").write_text(LOOP)
    assert cli("--show-exempt", "a.py").stdout.decode() == (
        "a.py:1:1: spared[declared-serial] a name, a branch or a comment says that sequence is meant "
        "(dispatch in line 3) -- the quota is one agent\n"
        "a.py:7:1: spared[chain] a later dispatch needs an earlier one's result (dispatches in lines 6, 7)\n"
    )


def test_every_exemption_can_be_shown() -> None:
    shown = {one.name for case in all_cases() for one in spared(case.document(case.main.code), case.settings)}
    assert shown == set(EXEMPTIONS)


def test_the_documentation_names_every_exemption_with_its_meaning() -> None:
    text = (ROOT / "docs" / "why.md").read_text(encoding="utf-8").partition("## Exemptions")[2]
    assert dict(re.findall(r"^\| `([a-z-]+)` \| (.+?) \|$", text, re.MULTILINE)) == EXEMPTIONS
