"""Tests of the output formats: exact text for findings made by hand."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from taskfan_lint.edit import Edit, Span
from taskfan_lint.finding import Applicability, Finding, Fix, Note, Severity
from taskfan_lint.report import Look, Report, formats, printable, renderer
from taskfan_lint.source import Document

FOLDER = Path("/home/me/project")
PLAN = """\
# Plan

```python
scan = Agent(
    "scan the tree",
)
first = 1
second = 2


third = 3

log = await wait(scan)

review = Agent("review")
```
"""


def span(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def finding(text: str, words: str, **fields: object) -> Finding:
    values = {"code": "await-between-dispatches", "severity": Severity.WARNING, "message": "it waits", **fields}
    return Finding(span=span(text, words), **values)  # type: ignore[arg-type]


def render(format: str, text: str, *findings: Finding, path: str = "plan.md", color: bool = False) -> str:
    report = Report(Document(FOLDER / path, text), findings)
    return renderer(format)([report], Look(color, FOLDER))


def test_formats_are_the_modules_of_the_package() -> None:
    assert {"concise", "json", "text"} <= set(formats())


def test_text_is_as_the_style_guide_shows() -> None:
    wait = "log = await wait(scan)"
    shown = finding(
        PLAN,
        wait,
        message="`await` holds back 2 later dispatches that don't use its result (2 windows, 1 needed)",
        help="move the `await` below the last dispatch (line 15)",
        notes=(Note(span(PLAN, wait), "the fan-out pauses here"),),
    )
    assert render("text", PLAN, shown) == (
        "plan.md:13:1: warning[await-between-dispatches] `await` holds back 2 later dispatches that don't use its "
        "result (2 windows, 1 needed)\n"
        "   |\n"
        "13 | log = await wait(scan)\n"
        "   | ^^^^^^^^^^^^^^^^^^^^^^ the fan-out pauses here\n"
        "   = help: move the `await` below the last dispatch (line 15)\n"
    )


def test_notes_at_other_places_stand_in_one_excerpt_in_order() -> None:
    shown = finding(
        PLAN,
        "await wait(scan)",
        notes=(
            Note(span(PLAN, "await wait(scan)"), "the fan-out pauses here"),
            Note(span(PLAN, 'Agent("review")'), "doesn't use `log`"),
            Note(span(PLAN, 'Agent(\n    "scan the tree",\n)'), "the window opens here"),
            Note(span(PLAN, "second = 2"), "another"),
            Note(span(PLAN, "first"), ""),
            Note(span(PLAN, "await wait(scan)"), "no fix: `log` is rebound"),
            Note(span(PLAN, "log"), "bound here"),
        ),
    )
    assert render("text", PLAN, shown) == (
        "plan.md:13:7: warning[await-between-dispatches] it waits\n"
        "   |\n"
        " 4 | scan = Agent(\n"
        "   |        ------ the window opens here\n"
        "...\n"
        " 7 | first = 1\n"
        "   | -----\n"
        " 8 | second = 2\n"
        "   | ---------- another\n"
        "...\n"
        "13 | log = await wait(scan)\n"
        "   |       ^^^^^^^^^^^^^^^^ the fan-out pauses here\n"
        "   | --- bound here\n"
        "14 |\n"
        '15 | review = Agent("review")\n'
        "   |          --------------- doesn't use `log`\n"
        "   = note: no fix: `log` is rebound\n"
    )


def test_a_later_note_at_the_same_place_is_a_line_of_its_own() -> None:
    text = "a = 1\nb = 2\n"
    notes = (Note(span(text, "a"), "there"), Note(span(text, "b"), "no fix: it is rebound"))
    assert render("text", text, finding(text, "b", notes=notes)).splitlines()[2:] == [
        "1 | a = 1",
        "  | - there",
        "2 | b = 2",
        "  | ^",
        "  = note: no fix: it is rebound",
    ]


@pytest.mark.parametrize(
    ("text", "words", "excerpt"),
    [
        pytest.param("\tx = Task()\n", "Task()", "1 |     x = Task()\n  |         ^^^^^^\n", id="tab before"),
        pytest.param("a\tb = 1\n", "a\tb", "1 | a    b = 1\n  | ^^^^^^\n", id="tab inside"),
        pytest.param("❌ 漢字 Task()\n", "Task()", "1 | ❌ 漢字 Task()\n  |         ^^^^^^\n", id="wide"),
        pytest.param("e\u0301 Task()\n", "Task()", "1 | e\u0301 Task()\n  |   ^^^^^^\n", id="combining"),
        pytest.param(
            "\x1b[31m Task()\n", "Task()", "1 | \\x1b[31m Task()\n  |          ^^^^^^\n", id="escape sequence"
        ),
        pytest.param("\u202e Task()\n", "Task()", "1 | \\u202e Task()\n  |        ^^^^^^\n", id="right-to-left mark"),
        pytest.param("\x0cTask()\n", "Task()", "1 | \\x0cTask()\n  |     ^^^^^^\n", id="form feed"),
        pytest.param("Task()\r\nx", "Task()", "1 | Task()\n  | ^^^^^^\n", id="CRLF"),
        pytest.param("if (a   \n  and b):\n", "(a   \n  and b)", "1 | if (a\n  |    ^^\n", id="several lines"),
        pytest.param("x = 1", "", "1 | x = 1\n  | ^\n", id="empty span"),
        pytest.param("", "", "1 |\n  | ^\n", id="empty file"),
    ],
)
def test_carets_stand_below_what_they_mark(text: str, words: str, excerpt: str) -> None:
    assert render("text", text, finding(text, words)).partition("\n")[2] == "  |\n" + excerpt


def test_a_span_at_the_end_of_the_text_is_marked() -> None:
    shown = Finding("syntax-error", Severity.ERROR, "it ends", Span(2, 2))
    assert render("text", "a\n", shown) == "plan.md:2:1: error[syntax-error] it ends\n  |\n2 |\n  | ^\n"


def test_long_rows_are_cut_around_the_carets() -> None:
    text = "x = " + "a" * 300 + " Task() " + "b" * 300
    _, _, source, carets = render("text", text, finding(text, "Task()")).splitlines()
    assert source == "1 | …" + "a" * 28 + " Task() " + "b" * 83 + "…"
    assert source.index("Task()") == carets.index("^^^^^^")


@pytest.mark.parametrize(
    ("fix", "lines"),
    [
        (Fix(Applicability.SAFE, "unroll the loop", (Edit(Span(0, 1), "y"),)), "  = fix: unroll the loop (safe)\n"),
        (
            Fix(Applicability.UNSAFE, "sink it", (Edit(Span(0, 1), "y"),)),
            "  = fix: sink it (unsafe: --unsafe-fixes)\n",
        ),
        (
            Fix(Applicability.DISPLAY, "balance it", (Edit(Span(4, 4), "1\r\n"), Edit(Span(6, 7), "  z"))),
            "  = help: balance it\n  + x = 1\n  + 1\n  +   z\n",
        ),
        (
            Fix(Applicability.DISPLAY, "balance it", (Edit(Span(0, 6), "y\n"),)),
            "  = help: balance it\n  + y\n",
        ),
        (
            Fix(Applicability.DISPLAY, "balance it", (Edit(Span(0, 1), "y"), Edit(Span(6, 6), "  "))),
            "  = help: balance it\n  + y = 1\n  +   z\n",
        ),
    ],
    ids=["safe", "unsafe", "display", "display of whole lines", "display of indentation"],
)
def test_a_fix_is_a_hint_and_one_for_display_shows_its_code(fix: Fix, lines: str) -> None:
    text = "x = 1\nz\nw\n"
    assert render("text", text, finding(text, "x", help="do this", fix=fix)) == (
        "plan.md:1:1: warning[await-between-dispatches] it waits\n  |\n1 | x = 1\n  | ^\n  = help: do this\n" + lines
    )


def test_a_long_code_for_display_is_cut() -> None:
    fix = Fix(Applicability.DISPLAY, "do this", (Edit(Span(0, 1), "\n".join("abcdefghijklmnopqrst")),))
    lines = render("text", "x", finding("x", "x", help="do this", fix=fix)).splitlines()
    assert lines[4:6] == ["  = help: do this", "  + a"]
    assert lines[-2:] == ["  + p", "  + ... (4 more lines)"]


def test_text_in_colour_differs_by_escapes_only() -> None:
    shown = finding(PLAN, "await wait(scan)", help="move it", notes=(Note(span(PLAN, "second"), "there"),))
    colored = render("text", PLAN, shown, color=True)
    assert "\x1b[33m" in colored
    assert re.sub(r"\x1b\[\d+m", "", colored) == render("text", PLAN, shown)


def test_blocks_are_parted_by_one_empty_line() -> None:
    text = "a\nb\n"
    assert render("text", text, finding(text, "a"), finding(text, "b")).split("\n\n") == [
        "plan.md:1:1: warning[await-between-dispatches] it waits\n  |\n1 | a\n  | ^",
        "plan.md:2:1: warning[await-between-dispatches] it waits\n  |\n2 | b\n  | ^\n",
    ]


def test_concise_is_the_first_line_with_a_star_for_a_safe_fix() -> None:
    text = "é x\ny z\n"
    edit = (Edit(Span(0, 1), ""),)
    findings = (
        finding(text, "x", fix=Fix(Applicability.SAFE, "", edit)),
        finding(text, "y", fix=Fix(Applicability.UNSAFE, "", edit), severity=Severity.INFO),
        finding(text, "z", message="a\nb\x1b", severity=Severity.ERROR),
    )
    assert render("concise", text, *findings) == (
        "plan.md:1:3: warning[await-between-dispatches] [*] it waits\n"
        "plan.md:2:1: info[await-between-dispatches] it waits\n"
        "plan.md:2:3: error[await-between-dispatches] a\\nb\\x1b\n"
    )


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/home/me/project/a/b.py", "a/b.py"),
        ("/home/me/projects/b.py", "/home/me/projects/b.py"),
        ("/etc/b.py", "/etc/b.py"),
        ("-", "-"),
        ("/home/me/project/a\nb\udcff\x1b[2J.py", "a\\nb\\udcff\\x1b[2J.py"),
    ],
)
def test_paths_are_relative_and_on_one_line(path: str, shown: str) -> None:
    assert Look(folder=FOLDER).path(Path(path)) == shown


def test_paths_below_the_root_folder_are_relative_to_it() -> None:
    assert Look(folder=Path("/")).path(Path("/etc/b.py")) == "etc/b.py"


@pytest.mark.parametrize("text", ["plain", "é漢❌", "👩\u200d💻", "a\u00a0b"])
def test_what_a_reader_can_see_is_printed_as_it_is(text: str) -> None:
    assert printable(text) == text


RANGE = {
    "location": {"$ref": "#/$defs/place"},
    "end_location": {"$ref": "#/$defs/place"},
}


def record(**properties: object) -> dict[str, object]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


SCHEMA = {
    "$defs": {"place": record(row={"type": "integer", "minimum": 1}, column={"type": "integer", "minimum": 1})},
    "type": "array",
    "items": record(
        **RANGE,
        code={"type": "string"},
        severity={"enum": ["error", "warning", "info"]},
        message={"type": "string"},
        help={"type": "string"},
        filename={"type": "string", "pattern": "^/"},
        fix={
            "anyOf": [
                {"type": "null"},
                record(
                    applicability={"enum": ["safe", "unsafe", "display"]},
                    message={"type": "string"},
                    edits={"type": "array", "items": record(content={"type": "string"}, **RANGE)},
                ),
            ]
        },
        notes={"type": "array", "items": record(message={"type": "string"}, **RANGE)},
        counterexample={"type": "boolean"},
        url={"type": "null"},
        cell={"type": "null"},
    ),
}


def test_json_holds_exactly_the_fields_of_the_contract() -> None:
    text = "é = ❌ Task(\n)\r\nx"
    fix = Fix(Applicability.DISPLAY, "do", (Edit(Span(0, 1), "ü"),))
    shown = finding(text, "Task(\n)", help="do", fix=fix, notes=(Note(span(text, "x"), "n"),), counterexample=True)
    entries = json.loads(render("json", text, shown))
    jsonschema.validate(entries, SCHEMA)
    assert entries == [
        {
            "cell": None,
            "code": "await-between-dispatches",
            "counterexample": True,
            "location": {"row": 1, "column": 7},
            "end_location": {"row": 2, "column": 2},
            "filename": "/home/me/project/plan.md",
            "fix": {
                "applicability": "display",
                "edits": [
                    {"content": "ü", "location": {"row": 1, "column": 1}, "end_location": {"row": 1, "column": 2}}
                ],
                "message": "do",
            },
            "help": "do",
            "message": "it waits",
            "notes": [{"message": "n", "location": {"row": 3, "column": 1}, "end_location": {"row": 3, "column": 2}}],
            "severity": "warning",
            "url": None,
        }
    ]


def test_json_without_findings_is_an_empty_array() -> None:
    assert renderer("json")([], Look()) == "[]\n"


def test_json_is_ascii_and_sorted_by_file_place_and_rule() -> None:
    text = "a\nb c\n"
    reports = [
        Report(
            Document(FOLDER / name, text),
            (finding(text, "c"), finding(text, "b", code="z"), finding(text, "b", code="a"), finding(text, "a")),
        )
        for name in ("é.py", "a.py")
    ]
    rendered = renderer("json")(reports, Look(folder=FOLDER))
    rows = [(e["filename"], e["location"]["row"], e["location"]["column"], e["code"]) for e in json.loads(rendered)]
    assert rendered.isascii()
    assert rows == sorted(rows)
    assert len(rows) == 8
