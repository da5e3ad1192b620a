"""Tests of the formats for services and programs: exact output, schemas, and paths and texts that try to break out."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import jsonschema
import pytest
import xmlschema
from conftest import ROOT
from hypothesis import given
from hypothesis.strategies import text
from lsprotocol import converters, types

from taskfan_lint import engine
from taskfan_lint.edit import Edit, Span, apply
from taskfan_lint.finding import Applicability, Finding, Fix, Note, Severity
from taskfan_lint.fingerprint import fingerprints
from taskfan_lint.report import Look, Report, formats, renderer, uri
from taskfan_lint.report.github import job_summary
from taskfan_lint.rules import rule_names
from taskfan_lint.settings import Settings
from taskfan_lint.source import Document

FOLDER = Path("/home/me/project/prompts")
LOOK = Look(folder=FOLDER, root=FOLDER.parent)
SCHEMAS = ROOT / "tests/schemas"
TEXT = "# 🐍\r\nscan = '🐍é'; x = Agent(\r\n  'y')\r\nreview = 1\r\n"
HOSTILE = [
    "plain.py",
    "a,b:c%.py",
    "a\nb\r\n::error::c.py",
    "%0A%25%AZP25%3B;]x.py",
    "🐍 é.md",
    "q\"uo'te & <script>alert(1)</script>.md",
    "-leading.py",
    "a:b/c.py",
]


def span(words: str, text: str = TEXT) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def sample(**fields: object) -> Finding:
    values: dict[str, object] = {
        "code": "late-context",
        "severity": Severity.WARNING,
        "message": "`x` waits: 100%, of 2",
        "span": span("Agent(\r\n  'y')"),
        "help": "move it",
        "fix": Fix(Applicability.SAFE, "move", (Edit(span("x = "), ""), Edit(span("review"), "🐍"))),
        "notes": (Note(span("review"), "it goes out here"),),
    }
    return Finding(**{**values, **fields})  # type: ignore[arg-type]


ONE_ROW = {"span": span("x = "), "notes": (), "fix": None}


def render(format: str, *findings: Finding, path: str = "plan.md", known: tuple[Finding, ...] = ()) -> str:
    spared = tuple((finding, "it is on purpose") for finding in known)
    return renderer(format)([Report(Document(FOLDER / path, TEXT), findings, spared)], LOOK)


def every_report() -> list[Report]:
    """Return what the rules find in their own pages, counter-examples too: each rule, with fixes of each kind."""
    settings = Settings(include_counterexamples=True)
    files = [
        *sorted((ROOT / "rules").glob("*.md")),
        *sorted(file for file in (ROOT / "examples").rglob("*") if file.is_file()),
    ]
    documents = [Document(FOLDER / file.name, file.read_text(encoding="utf-8")) for file in files]
    reports = [Report(document, engine.check(document, settings).findings) for document in documents]
    return [report for report in reports if report.findings]


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    return every_report()


def schema(name: str) -> Callable[[object], None]:
    """Return the function that raises where an instance breaks a schema, or a URI in it is none."""
    content = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    checker = jsonschema.FormatChecker(["uri", "uri-reference"])
    return jsonschema.Draft202012Validator(content, format_checker=checker).validate


def test_each_format_is_there() -> None:
    assert formats() == (
        *("agent", "azure", "concise", "github", "gitlab", "html", "json", "json-lines", "junit", "lsp", "pylint"),
        *("rdjson", "sarif", "text"),
    )


def test_the_documentation_lists_each_format() -> None:
    page = (ROOT / "docs/output-formats.md").read_text(encoding="utf-8").partition("\n## ")[0]
    rows = re.findall(r"^\| ((?:`[a-z-]+`(?:, )?)+) \| .* \| .* \| .* \|$", page, re.MULTILINE)
    assert sorted(re.findall(r"[a-z-]+", " ".join(rows))) == [*formats()]
    sentence = re.search(r"`--output-format` is one of ([^;]*);", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert sentence
    assert sorted(re.findall(r"`([a-z-]+)`", sentence[1])) == [*formats()]


@pytest.mark.parametrize("format", formats())
def test_a_format_is_the_same_each_time_and_ends_with_a_line_end(format: str, reports: list[Report]) -> None:
    assert renderer(format)(reports, LOOK) == renderer(format)(iter(reports), LOOK)
    assert renderer(format)(reports, LOOK).endswith("\n")


# paths


@pytest.mark.parametrize(
    ("folder", "root", "path", "rooted"),
    [
        ("/r/sub", "/r", "/r/sub/a.py", "sub/a.py"),
        ("/r/sub", "/r", "b/../a.py", "sub/a.py"),
        ("/r/sub", None, "/r/sub/a.py", "a.py"),
        ("/r/sub", None, "/r/a.py", "/r/a.py"),
        ("/r", "/r", "/rest/a.py", "/rest/a.py"),
        ("/", "/", "/etc/a.py", "etc/a.py"),
        ("/r", "/r", "-", "-"),
    ],
)
def test_paths_are_relative_to_the_root(folder: str, root: str | None, path: str, rooted: str) -> None:
    assert Look(folder=Path(folder), root=Path(root) if root else None).rooted(path) == rooted


@pytest.mark.parametrize(
    ("path", "reference"),
    [("a b/c.py", "a%20b/c.py"), ("a:b", "a%3Ab"), ("é%", "%C3%A9%25"), ("a\udcff", "a%FF"), ("/x y", "file:///x%20y")],
)
def test_a_uri_holds_the_bytes_of_the_path(path: str, reference: str) -> None:
    assert uri(path) == reference


# fingerprints


def prints(text: str, *places: Span, path: str = "a.md", code: str = "late-context") -> list[str]:
    return fingerprints(path, text, [Finding(code, Severity.INFO, "m", place) for place in places])


def test_a_line_above_and_other_indentation_change_no_fingerprint() -> None:
    before, after = "a\nTask(x)\nb\n", "new\n\na\r\n\t Task(x)  \r\nb\n"
    assert prints(before, span("Task", before)) == prints(after, span("Task", after))


def test_other_rules_paths_and_lines_have_other_fingerprints() -> None:
    text = "Task(x)\nTask(y)\n"
    first = span("Task(x)", text)
    others = [
        prints(text, first),
        prints(text, span("Task(y)", text)),
        prints(text, first, path="b.md"),
        prints(text, first, code="wide-fan-out"),
    ]
    assert len({one for found in others for one in found}) == 4


def test_equal_findings_have_distinct_fingerprints_in_order_of_place() -> None:
    text = "Task(x)\nTask(x)\n"
    first, second = Span(0, 7), Span(8, 15)
    assert prints(text, second, first) == prints(text, first, second)[::-1]
    assert len(set(prints(text, first, second))) == 2
    assert prints(text, first, first)[0] != prints(text, first, first)[1]


# sarif


def sarif_results(rendered: str) -> list[dict[str, object]]:
    found = json.loads(rendered)["runs"][0]["results"]
    assert isinstance(found, list)
    return found


def test_sarif_of_all_rules_keeps_to_the_schema(reports: list[Report]) -> None:
    rendered = json.loads(renderer("sarif")(reports, LOOK))
    schema("sarif/sarif-2.1.0.json")(rendered)
    assert {result["ruleId"] for result in rendered["runs"][0]["results"]} >= set(rule_names()) - {"syntax-error"}


def test_sarif_without_findings_has_the_rules_with_their_pages() -> None:
    rendered = json.loads(renderer("sarif")([], LOOK))
    schema("sarif/sarif-2.1.0.json")(rendered)
    driver = rendered["runs"][0]["tool"]["driver"]
    assert [rule["id"] for rule in driver["rules"]] == list(rule_names())
    for rule in driver["rules"]:
        assert rule["help"]["markdown"] == (ROOT / f"rules/{rule['id']}.md").read_text(encoding="utf-8")
        assert "```" not in rule["help"]["text"]


def test_a_sarif_result_is_complete_and_counts_utf_16() -> None:
    artifact = {"uri": "prompts/plan.md", "uriBaseId": "%SRCROOT%"}

    def region(start: tuple[int, int], end: tuple[int, int]) -> dict[str, int]:
        return {"startLine": start[0], "startColumn": start[1], "endLine": end[0], "endColumn": end[1]}

    note = {"artifactLocation": artifact, "region": region((4, 1), (4, 7))}
    assert sarif_results(render("sarif", sample())) == [
        {
            "ruleId": "late-context",
            "level": "warning",
            "message": {"text": "`x` waits: 100%, of 2; move it"},
            "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region((2, 19), (3, 7))}}],
            "relatedLocations": [{"id": 1, "message": {"text": "it goes out here"}, "physicalLocation": note}],
            "fixes": [
                {
                    "description": {"text": "move (safe)"},
                    "artifactChanges": [
                        {
                            "artifactLocation": artifact,
                            "replacements": [
                                {"deletedRegion": region((2, 15), (2, 19)), "insertedContent": {"text": ""}},
                                {"deletedRegion": region((4, 1), (4, 7)), "insertedContent": {"text": "🐍"}},
                            ],
                        }
                    ],
                }
            ],
            "ruleIndex": rule_names().index("late-context"),
            "partialFingerprints": {
                "taskfanFinding/v1": fingerprints("prompts/plan.md", TEXT, [sample()])[0],
            },
        }
    ]


def test_a_fix_for_display_is_no_sarif_fix() -> None:
    shown = sample(fix=Fix(Applicability.DISPLAY, "move", (Edit(span("x = "), ""),)))
    assert ["fixes" in result for result in sarif_results(render("sarif", shown))] == [False]


def test_what_a_baseline_spares_is_suppressed_in_sarif_and_gone_elsewhere() -> None:
    known = sample(**ONE_ROW)
    results = sarif_results(render("sarif", sample(), known=(known,)))
    assert [result.get("suppressions") for result in results] == [
        [{"kind": "external", "status": "accepted", "justification": "it is on purpose"}],
        None,
    ]
    for format in set(formats()) - {"sarif"}:
        assert render(format, sample(), known=(known,)) == render(format, sample())


def test_a_spared_finding_of_the_same_lines_keeps_its_fingerprint_from_others() -> None:
    first, second = sample(**ONE_ROW), sample()
    alone = json.loads(render("gitlab", first, second))
    assert json.loads(render("gitlab", second, known=(first,)))[0]["fingerprint"] == alone[1]["fingerprint"]


@pytest.mark.parametrize("path", HOSTILE)
def test_sarif_uris_lead_back_to_the_path(path: str) -> None:
    rendered = json.loads(render("sarif", sample(), path=path))
    schema("sarif/sarif-2.1.0.json")(rendered)
    place = rendered["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote_to_bytes(place).decode() == f"prompts/{path}"
    assert ":" not in place


def test_sarif_names_a_file_outside_of_the_root_by_its_absolute_uri() -> None:
    rendered = renderer("sarif")([Report(Document(Path("/else/a b.py"), TEXT), (sample(),))], LOOK)
    place = json.loads(rendered)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "file:///else/a%20b.py"}


# github: a line is a command if it starts with `::`; its properties end at the next `::`, and are parted by commas


def runner(line: str) -> tuple[str, dict[str, str], str]:
    """Return command, properties and message, read as the runner does."""
    assert line.startswith("::")
    end = line.index("::", 2)
    command, _, rest = line[2:end].partition(" ")
    pairs = (pair.split("=", 1) for pair in rest.strip().split(",") if pair)
    properties = {
        name: unescaped(value, {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}) for name, value in pairs
    }
    return command, properties, unescaped(line[end + 2 :], {"%0D": "\r", "%0A": "\n", "%25": "%"})


def unescaped(text: str, table: dict[str, str]) -> str:
    for escape, character in table.items():
        text = text.replace(escape, character)
    return text


def test_a_github_command_is_one_line_that_says_all() -> None:
    assert render("github", sample(**ONE_ROW)) == (
        "::warning file=prompts/plan.md,line=2,endLine=2,col=14,endColumn=18,title=taskfan-lint (late-context)"
        "::`x` waits: 100%25, of 2%0Ahelp: move it\n"
    )


@pytest.mark.parametrize("path", HOSTILE)
@pytest.mark.parametrize("message", ["plain", "::error::x", "a\r\n::stop-commands::b", "100%25 %0A, 🐍"])
def test_the_runner_reads_back_path_and_message(path: str, message: str) -> None:
    rendered = render("github", sample(message=message, severity=Severity.INFO), path=path)
    assert rendered.count("\n") == 1
    assert "\r" not in rendered
    assert runner(rendered[:-1]) == (
        "notice",
        {"file": f"prompts/{path}", "line": "2", "endLine": "3", "title": "taskfan-lint (late-context)"},
        f"{message}\nline 4: it goes out here\nhelp: move it",
    )


@given(text())
def test_no_message_gets_out_of_its_command(message: str) -> None:
    shown = sample(**ONE_ROW, message=message, help="")
    assert runner(render("github", shown)[:-1])[2] == message
    assert agent(render("azure", shown)[:-1])[2] == message


def test_all_findings_are_github_commands(reports: list[Report]) -> None:
    read = [runner(line) for line in renderer("github")(reports, LOOK).splitlines()]
    assert len(read) == sum(len(report.findings) for report in reports)
    assert {command for command, _, _ in read} == {"error", "warning", "notice"}


def test_the_job_summary_is_markdown_that_nothing_breaks_out_of() -> None:
    report = Report(Document(FOLDER / "a|<b>`.md", TEXT), (sample(**ONE_ROW, message="[x](y) | `z`\n# *h*"),))
    assert job_summary([report], LOOK) == (
        "### taskfan-lint: 1 finding\n\n| rule | findings |\n|---|---:|\n| late-context | 1 |\n\n"
        "| place | rule | message |\n|---|---|---|\n"
        "| prompts/a&#124;&lt;b&gt;&#96;.md:2:14 | late-context | "
        "&#91;x&#93;(y) &#124; &#96;z&#96;&#92;n&#35; &#42;h&#42; |\n"
    )
    assert job_summary([], LOOK) == "### taskfan-lint: no findings\n"


def test_a_long_job_summary_is_cut_and_says_so() -> None:
    report = Report(Document(FOLDER / "a.md", TEXT), (sample(**ONE_ROW),) * 203)
    assert job_summary([report], LOOK).splitlines()[-2:] == ["", "3 more are not shown here."]


# azure


def agent(line: str) -> tuple[str, dict[str, str], str]:
    """Return command, properties and message of a logging command, read as the agent of Azure Pipelines does."""
    found = re.fullmatch(r"##vso\[([a-z.]+) ([^\]]*)\](.*)", line)
    assert found
    table = {"%3B": ";", "%0D": "\r", "%0A": "\n", "%5D": "]", "%AZP25": "%"}
    pairs = (pair.split("=", 1) for pair in found[2].split(";") if pair)
    return found[1], {name: unescaped(value, table) for name, value in pairs}, unescaped(found[3], table)


@pytest.mark.parametrize("path", HOSTILE)
def test_azure_reads_back_path_and_message(path: str) -> None:
    rendered = render("azure", sample(message="a]b;c\r\n##vso[x]y%0A"), path=path)
    assert rendered.count("\n") == 1
    properties = {"type": "warning", "sourcepath": f"prompts/{path}", "linenumber": "2", "columnnumber": "18"}
    assert agent(rendered[:-1]) == (
        "task.logissue",
        {**properties, "code": "late-context"},
        "a]b;c\r\n##vso[x]y%0A; move it",
    )


def test_azure_knows_errors_and_warnings_only() -> None:
    types_ = [agent(render("azure", sample(severity=severity))[:-1])[1]["type"] for severity in Severity]
    assert types_ == ["warning", "warning", "error"]


# gitlab, rdjson, junit, lsp


def test_gitlab_of_all_rules_keeps_to_the_schema_with_unique_fingerprints(reports: list[Report]) -> None:
    entries = json.loads(renderer("gitlab")(reports, LOOK))
    schema("gitlab.json")(entries)
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)


def test_a_gitlab_entry_is_complete() -> None:
    assert json.loads(render("gitlab", sample())) == [
        {
            "check_name": "late-context",
            "description": "`x` waits: 100%, of 2",
            "fingerprint": fingerprints("prompts/plan.md", TEXT, [sample()])[0],
            "location": {
                "path": "prompts/plan.md",
                "positions": {"begin": {"line": 2, "column": 18}, "end": {"line": 3, "column": 7}},
            },
            "severity": "major",
        }
    ]


def test_rdjson_of_all_rules_keeps_to_the_schema(reports: list[Report]) -> None:
    schema("rdjson.json")(json.loads(renderer("rdjson")(reports, LOOK)))


def test_an_rdjson_entry_counts_bytes_and_makes_the_fix_one_suggestion() -> None:
    (entry,) = json.loads(render("rdjson", sample()))["diagnostics"]
    assert entry["location"] == {
        "path": "plan.md",
        "range": {"start": {"line": 2, "column": 22}, "end": {"line": 3, "column": 7}},
    }
    assert entry["suggestions"] == [
        {
            "range": {"start": {"line": 2, "column": 18}, "end": {"line": 4, "column": 7}},
            "text": "Agent(\r\n  'y')\r\n🐍",
        }
    ]
    assert (entry["severity"], entry["code"]) == ("WARNING", {"value": "late-context"})


def test_rdjson_suggestions_do_what_the_fixes_do(reports: list[Report]) -> None:
    done = 0
    for report in reports:
        raw = report.document.text.encode().split(b"\n")
        for finding, entry in zip(
            report.findings, json.loads(renderer("rdjson")([report], LOOK))["diagnostics"], strict=True
        ):
            for suggestion in entry["suggestions"]:
                start, end = (suggestion["range"][key] for key in ("start", "end"))
                before = b"\n".join([*raw[: start["line"] - 1], raw[start["line"] - 1][: start["column"] - 1]])
                after = b"\n".join([raw[end["line"] - 1][end["column"] - 1 :], *raw[end["line"] :]])
                assert finding.fix
                fixed = (before + suggestion["text"].encode() + after).decode()
                assert fixed == apply(report.document.text, finding.fix.edits)
                done += 1
    assert done > 10


def test_junit_of_all_rules_keeps_to_the_schema(reports: list[Report]) -> None:
    validator = xmlschema.XMLSchema(SCHEMAS / "junit.xsd")
    for some in (reports, []):
        validator.validate(renderer("junit")(some, LOOK))


def test_a_junit_case_is_complete() -> None:
    assert render("junit", sample()) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<testsuites name="taskfan-lint" tests="1" failures="1" errors="0">\n'
        '  <testsuite name="prompts/plan.md" package="taskfan-lint" tests="1" failures="1" errors="0">\n'
        '    <testcase name="late-context at 2:18" classname="prompts/plan.md" file="prompts/plan.md" line="2">\n'
        '      <failure message="`x` waits: 100%, of 2" type="warning">prompts/plan.md:2:18: `x` waits: 100%, of 2\n'
        "line 4: it goes out here\n"
        "help: move it</failure>\n"
        "    </testcase>\n  </testsuite>\n</testsuites>\n"
    )


@pytest.mark.parametrize("path", [*HOSTILE, "a\x00\x1b\udcff\ufffe.py"])
def test_junit_stays_xml(path: str) -> None:
    root = ElementTree.fromstring(render("junit", sample(message="]]>\x0b<!--&"), path=path))
    shown = re.sub("[\x00\x1b\udcff\ufffe]", lambda found: found[0].encode("unicode_escape").decode(), path)
    assert [case.get("file") for case in root.iter("testcase")] == [f"prompts/{shown}"]
    assert [failure.get("message") for failure in root.iter("failure")] == ["]]>\\x0b<!--&"]


def test_junit_without_findings_has_a_case_that_passes() -> None:
    root = ElementTree.fromstring(renderer("junit")([], LOOK))
    assert [(case.get("name"), len(case)) for case in root.iter("testcase")] == [("no findings", 0)]


def test_lsp_of_all_rules_is_read_by_lsprotocol(reports: list[Report]) -> None:
    converter = converters.get_converter()
    parameters = json.loads(renderer("lsp")(reports, LOOK))
    read = [converter.structure(one, types.PublishDiagnosticsParams) for one in parameters]
    assert [len(one.diagnostics) for one in read] == [len(report.findings) for report in reports]
    assert [converter.unstructure(one) for one in read] == parameters


def test_lsp_counts_utf_16_units_from_zero() -> None:
    (parameters,) = json.loads(render("lsp", sample(), path="a b.md"))
    place = "file:///home/me/project/prompts/a%20b.md"
    note = {"start": {"line": 3, "character": 0}, "end": {"line": 3, "character": 6}}
    assert parameters == {
        "uri": place,
        "diagnostics": [
            {
                "range": {"start": {"line": 1, "character": 18}, "end": {"line": 2, "character": 6}},
                "severity": 2,
                "code": "late-context",
                "source": "taskfan-lint",
                "message": "`x` waits: 100%, of 2\nhelp: move it",
                "relatedInformation": [{"location": {"uri": place, "range": note}, "message": "it goes out here"}],
            }
        ],
    }


def test_standard_input_has_names_of_its_own() -> None:
    report = Report(Document(Path("-"), TEXT), (sample(),))
    assert json.loads(renderer("lsp")([report], LOOK))[0]["uri"] == "untitled:stdin"
    assert json.loads(renderer("gitlab")([report], LOOK))[0]["location"]["path"] == "-"


# json-lines, pylint, agent


def test_json_lines_are_the_entries_of_json(reports: list[Report]) -> None:
    entries = json.loads(renderer("json")(reports, LOOK))
    assert [json.loads(line) for line in renderer("json-lines")(reports, LOOK).splitlines()] == entries
    assert renderer("json-lines")([], LOOK) == ""


def test_pylint_has_path_row_rule_and_message() -> None:
    assert render("pylint", sample(message="a\nb")) == "plan.md:2: [late-context] a\\nb\n"


def test_agent_says_a_finding_in_one_line_and_its_fix_below() -> None:
    text = "for t in ['a', 'b']:\n    Task(t)\nx = 1\n"
    loop = Finding(
        "dispatch-in-loop",
        Severity.WARNING,
        "one by one",
        span("Task(t)", text),
        "write the calls out",
        Fix(Applicability.SAFE, "", (Edit(Span(0, text.index("x")), "Task('a')\nTask('b')\n"),)),
    )
    late = Finding(
        "late-context",
        Severity.WARNING,
        "late",
        span("x = 1", text),
        fix=Fix(Applicability.UNSAFE, "", (Edit(Span(0, 0), "x = 1\n"), Edit(span("x = 1\n", text), ""))),
    )
    above = Finding(
        "wide-fan-out",
        Severity.INFO,
        "wide",
        Span(0, 3),
        fix=Fix(Applicability.DISPLAY, "", (Edit(Span(0, 0), "# 1\n"),)),
    )
    assert renderer("agent")([Report(Document(FOLDER / "a.py", text), (loop, late, above))], LOOK) == (
        "a.py:2:5 warning dispatch-in-loop: one by one; write the calls out\n"
        "  fix (safe, `--fix` makes it): rows 1-2 become\n"
        "  + Task('a')\n"
        "  + Task('b')\n"
        "a.py:3:1 warning late-context: late\n"
        "  fix (changes the order of effects, `--fix --unsafe-fixes` makes it): rows 1-3 become\n"
        "  + x = 1\n"
        "  + for t in ['a', 'b']:\n"
        "  +     Task(t)\n"
        "a.py:1:1 info wide-fan-out: wide\n"
        "  fix (by hand): before row 1 insert\n"
        "  + # 1\n"
    )


def numbered(rendered: str) -> Iterator[tuple[int, int, list[str]]]:
    for found in re.finditer(
        r"^  fix \(.*\): (?:before row (\d+) insert|rows (\d+)-(\d+) become)\n((?:  \+.*\n)*)", rendered, re.M
    ):
        first, last = (int(found[1]), int(found[1]) - 1) if found[1] else (int(found[2]), int(found[3]))
        yield first, last, [line[4:] for line in found[4].splitlines()]


def test_what_agent_says_is_what_the_fix_does(reports: list[Report]) -> None:
    done = 0
    for report in reports:
        fixes = [finding.fix for finding in report.findings if finding.fix and finding.fix.edits]
        told = list(numbered(renderer("agent")([report], LOOK)))
        for fix, (first, last, code) in zip(fixes, told, strict=True):
            rows = report.document.text.split("\n")
            rows[first - 1 : last] = code
            fixed = apply(report.document.text, fix.edits)
            assert [row.rstrip() for row in rows] == [row.rstrip() for row in fixed.split("\n")]
            done += 1
    assert done > 10


# the SARIF Multitool, which knows the format's own rules and those of GitHub


@pytest.fixture(scope="module")
def multitool(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., None]:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, so the SARIF Multitool is not either")
    folder = tmp_path_factory.mktemp("multitool")
    install = [npm, "install", "--silent", "--no-audit", "--no-fund", "@microsoft/sarif-multitool-linux@5.7.0"]
    if subprocess.run(install, cwd=folder, capture_output=True, check=False, timeout=300).returncode:
        pytest.skip("npm does not get the SARIF Multitool")
    program = folder / "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"
    program.chmod(0o755)

    def run(*arguments: str) -> None:
        variables = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
        subprocess.run([program, *arguments], check=True, capture_output=True, timeout=120, env=variables)

    return run


@pytest.mark.e2e
def test_the_multitool_finds_nothing_wrong_by_its_own_rules_and_githubs(
    multitool: Callable[..., None], reports: list[Report], tmp_path: Path
) -> None:
    file, judged = tmp_path / "all.sarif", tmp_path / "judged.sarif"
    file.write_text(renderer("sarif")(reports, LOOK), encoding="utf-8")
    multitool("validate", str(file), "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "-o", str(judged))
    found = {result["ruleId"] for result in sarif_results(judged.read_text(encoding="utf-8-sig"))}
    assert found == {"SARIF2005"}  # no page to name: there is no address of the project yet


@pytest.mark.e2e
def test_the_multitool_merges_parts_to_one_run(
    multitool: Callable[..., None], reports: list[Report], tmp_path: Path
) -> None:
    parts = [tmp_path / "1.sarif", tmp_path / "2.sarif"]
    for number, part in enumerate(parts):
        part.write_text(renderer("sarif")(reports[number::2], LOOK), encoding="utf-8")
    multitool("merge", *map(str, parts), "-o", str(tmp_path), "--output-file", "merged.sarif")
    (run,) = json.loads((tmp_path / "merged.sarif").read_text(encoding="utf-8-sig"))["runs"]
    prints = [result["partialFingerprints"] for result in run["results"]]
    expected = [result["partialFingerprints"] for result in sarif_results(renderer("sarif")(reports, LOOK))]
    assert sorted(map(str, prints)) == sorted(map(str, expected))
