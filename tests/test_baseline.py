"""Tests of baselines: known findings are not reported, what is no longer there is said and taken out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli
from test_cli import CLEAN, LOOP, UNKNOWN, lines, places, write

from taskfan_lint import baseline
from taskfan_lint.baseline import Baseline
from taskfan_lint.config import ConfigError
from taskfan_lint.edit import Span
from taskfan_lint.finding import Finding, Severity

CONCISE = ("--output-format", "concise")
FIRST, SECOND = "a.py:2:5: warning[dispatch-in-loop]", "a.py:4:5: warning[dispatch-in-loop]"


def read(name: str = "known.json") -> list[dict[str, Any]]:
    found = json.loads(Path(name).read_text(encoding="utf-8"))["findings"]
    assert isinstance(found, list)
    return found


def explain(reason: str, name: str = "known.json") -> None:
    """Give each entry of a baseline a reason, as a person would."""
    whole = json.loads(Path(name).read_text(encoding="utf-8"))
    whole["findings"] = [{**entry, "reason": reason} for entry in whole["findings"]]
    Path(name).write_text(json.dumps(whole), encoding="utf-8")


def test_known_findings_are_not_reported_and_new_ones_are(cli: Cli) -> None:
    write("a.py", LOOP)
    done = cli("--write-baseline", "known.json", *CONCISE)
    assert (done.returncode, done.stdout) == (0, b"")
    assert lines(done.stderr) == [
        "known.json: 1 known finding, 1 new, 0 taken out",
        "no findings",
        "1 file checked (1 Python), 1 finding of the baseline not shown",
    ]
    assert cli("--baseline", "known.json", *CONCISE).returncode == 0
    write("a.py", UNKNOWN + LOOP)
    done = cli("--baseline", "known.json", *CONCISE)
    assert (done.returncode, places(done.stdout)) == (1, [FIRST])


def test_a_baseline_is_json_for_people_and_the_same_each_time(cli: Cli) -> None:
    write("é/a.py", LOOP)
    cli("--write-baseline", "known.json")
    before = Path("known.json").read_bytes()
    assert read() == [
        {
            "path": "é/a.py",
            "rule": "dispatch-in-loop",
            "text": 'Task(subagent_type="reviewer", prompt=f"Review the {topic}")',
            "reason": "",
            "fingerprint": read()[0]["fingerprint"],
        }
    ]
    cli("--write-baseline", "known.json")
    assert Path("known.json").read_bytes() == before


def test_reasons_are_kept_and_shown_in_sarif(cli: Cli) -> None:
    write("a.py", LOOP)
    cli("--write-baseline", "known.json")
    explain("the service takes one at a time")
    write("a.py", f"# a line above\n{UNKNOWN}{LOOP}")
    cli("--write-baseline", "known.json")
    assert sorted(entry["reason"] for entry in read()) == ["", "the service takes one at a time"]
    (run,) = json.loads(cli("--baseline", "known.json", "--output-format", "sarif").stdout)["runs"]
    assert [result["suppressions"][0].get("justification") for result in run["results"]] == [
        None,
        "the service takes one at a time",
    ]


def test_entries_that_match_nothing_are_said_and_taken_out(cli: Cli) -> None:
    write("a.py", UNKNOWN + LOOP)
    write("b.py", LOOP)
    cli("--write-baseline", "known.json")
    write("a.py", LOOP)
    Path("b.py").unlink()
    done = cli("--baseline", "known.json")
    assert done.returncode == 0
    assert lines(done.stderr)[0] == (
        "taskfan-lint: warning: known.json: 2 known findings are no longer there, `--write-baseline` takes them out"
    )
    assert lines(cli("--write-baseline", "known.json").stderr)[0] == "known.json: 1 known finding, 0 new, 2 taken out"
    assert [entry["path"] for entry in read()] == ["a.py"]
    assert len(lines(cli("--baseline", "known.json").stderr)) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["b.py"], id="a file that was not checked"),
        pytest.param(["--ignore", "dispatch-in-loop"], id="a rule that did not run"),
    ],
)
def test_entries_about_what_did_not_run_stay(cli: Cli, arguments: list[str]) -> None:
    write("a.py", LOOP)
    write("b.py", CLEAN)
    cli("--write-baseline", "known.json")
    before = Path("known.json").read_bytes()
    assert lines(cli("--baseline", "known.json", *arguments).stderr)[0] == "no findings"
    cli("--write-baseline", "known.json", *arguments)
    assert Path("known.json").read_bytes() == before


def test_entries_about_counterexamples_stay_while_these_are_not_shown(cli: Cli) -> None:
    write("a.md", f"# ❌ WRONG\n\n```python\n{LOOP}```\n")
    cli("--write-baseline", "known.json", "--include-counterexamples")
    before = Path("known.json").read_bytes()
    assert b"a.md" in before
    cli("--write-baseline", "known.json")
    assert Path("known.json").read_bytes() == before


@pytest.mark.parametrize("arguments", [("--baseline", "known.json"), ()], ids=["named", "configured"])
def test_entries_about_a_file_that_dispatches_no_more_are_stale(cli: Cli, arguments: tuple[str, ...]) -> None:
    for name in ("a.py", "b.py", "c.py"):
        write(name, LOOP)
    cli("--write-baseline", "known.json")
    if not arguments:
        write("taskfan-lint.toml", 'baseline = "known.json"\n')
    write("a.py", "x = 1\n")
    write("c.py", "x = 1\n")
    gone = "no longer there, `--write-baseline` takes them out"
    for paths, first in [
        ((), f"taskfan-lint: warning: known.json: 2 known findings are {gone}"),
        (("a.py",), f"taskfan-lint: warning: known.json: 1 known finding is {gone}"),
        (("b.py",), "no findings"),
        (("a.py", "--ignore", "dispatch-in-loop"), "no findings"),
    ]:
        assert lines(cli(*arguments, *paths).stderr)[0] == first
    Path("c.py").write_bytes(b'Task(subagent_type="\xff")\n')  # not looked at: it cannot be decoded
    cli("--write-baseline", "known.json")
    assert [entry["path"] for entry in read()] == ["b.py", "c.py"]


def test_each_of_equal_findings_is_known_by_itself(cli: Cli) -> None:
    write("a.py", LOOP)
    cli("--write-baseline", "known.json")
    write("a.py", LOOP + LOOP)
    assert places(cli("--baseline", "known.json", *CONCISE).stdout) == [SECOND]


def test_paths_are_relative_to_the_baseline_not_to_the_current_folder(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("sub/a.py", LOOP)
    write("lists/note", "")
    cli("--write-baseline", "lists/known.json")
    assert [entry["path"] for entry in read("lists/known.json")] == ["../sub/a.py"]
    monkeypatch.chdir("sub")
    assert cli("--baseline", "../lists/known.json").returncode == 0


def test_severity_comes_before_the_baseline_and_the_threshold_after(cli: Cli) -> None:
    write("a.py", LOOP)
    cli("--write-baseline", "known.json", "--fail-on", "error")
    write(
        "taskfan-lint.toml",
        'severity = { dispatch-in-loop = "error" }\nper-file-ignores = { "b.py" = ["late-context"] }',
    )
    assert cli("--baseline", "known.json", "--fail-on", "error").returncode == 0
    assert cli("--fail-on", "error").returncode == 1


def test_the_configuration_names_a_baseline_beside_it(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    write("taskfan-lint.toml", 'baseline = "known.json"')
    write("sub/a.py", LOOP)
    done = cli()
    assert (done.returncode, lines(done.stderr)) == (
        2,
        ["taskfan-lint: error: known.json: no such baseline, `--write-baseline` makes one"],
    )
    assert cli("--write-baseline", "known.json").returncode == 0
    monkeypatch.chdir("sub")
    assert cli().returncode == 0
    assert cli("--isolated").returncode == 1


def test_standard_input_is_known_by_its_name(cli: Cli) -> None:
    write("a.py", LOOP)
    cli("--write-baseline", "known.json")
    assert cli("-", "--stdin-filename", "a.py", "--baseline", "known.json", input=LOOP.encode()).returncode == 0
    assert cli("-", "--stdin-filename", "b.py", "--baseline", "known.json", input=LOOP.encode()).returncode == 1


def test_fixes_mend_known_findings_too(cli: Cli) -> None:
    write("a.py", LOOP)
    cli("--write-baseline", "known.json")
    done = cli("--fix", "--baseline", "known.json")
    assert (done.returncode, Path("a.py").read_text() == LOOP) == (0, False)


def test_nothing_is_fixed_where_the_baseline_is_missing(cli: Cli) -> None:
    write("a.py", LOOP)
    done = cli("--fix", "--baseline", "gone.json")
    assert (done.returncode, Path("a.py").read_text()) == (2, LOOP)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "known.json:1: broken JSON: expecting property name enclosed in double quotes"),
        ("[]", "known.json: is no baseline: has no list `findings`"),
        ('{"findings": []}', "known.json: is no baseline: its version is not 1"),
        ('{"version": 1, "findings": [1]}', "known.json: is no baseline: an entry is not an object"),
        ('{"version": 1, "findings": [{"rule": 1}]}', "known.json: is no baseline: `rule` is no text"),
        (
            '{"version": 1, "findings": [{"row": ""}]}',
            "known.json: is no baseline: `row` of an entry is no field of it",
        ),
        (
            '{"version": 1, "findings": [{"rule": "", "path": ""}]}',
            "known.json: is no baseline: an entry has no `fingerprint`",
        ),
        ("[" * 200_000, "known.json: is no baseline: maximum recursion depth exceeded"),
    ],
    ids=["broken", "a list", "no version", "a number", "a number inside", "a row", "no fingerprint", "deep"],
)
def test_what_is_no_baseline_is_not_read(tmp_path: Path, content: str, reason: str) -> None:
    file = tmp_path / "known.json"
    file.write_text(content)
    with pytest.raises(ConfigError) as raised:
        baseline.read(file)
    said = f"{raised.value.path}: {raised.value.reason}".removeprefix(f"{tmp_path}/")
    assert said.partition(" while ")[0] == reason


@pytest.mark.parametrize("option", ["--baseline", "--write-baseline"])
def test_what_is_no_baseline_is_refused_and_left_alone(cli: Cli, option: str) -> None:
    write("a.py", LOOP)
    write("known.json", "{}")
    done = cli(option, "known.json")
    assert (done.returncode, done.stdout) == (2, b"")
    assert lines(done.stderr) == ["taskfan-lint: error: known.json: is no baseline: has no list `findings`"]
    assert Path("known.json").read_text() == "{}"


def test_a_baseline_that_cannot_be_written_is_an_error(cli: Cli) -> None:
    write("a.py", LOOP)
    done = cli("--write-baseline", "gone/known.json")
    assert done.returncode == 2
    assert lines(done.stderr) == ["taskfan-lint: error: gone/known.json: no such file or directory"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (
            ["--baseline", "a", "--write-baseline", "b"],
            "`--write-baseline` reads its file too, it goes without `--baseline`",
        ),
        (["--diff", "--write-baseline", "b"], "`--diff` writes nothing, so it goes without `--write-baseline`"),
    ],
)
def test_options_that_contradict_are_refused(cli: Cli, arguments: list[str], reason: str) -> None:
    done = cli(*arguments)
    assert (done.returncode, lines(done.stderr)[0]) == (2, f"taskfan-lint: error: {reason}")


# the functions


def one(text: str, words: str) -> Finding:
    start = text.index(words)
    return Finding("late-context", Severity.INFO, "m", Span(start, start + len(words)))


def test_a_baseline_reads_back_what_it_writes(tmp_path: Path) -> None:
    text = "a 🐍 \x7f\nb\n" + "c" * 300
    file = tmp_path / "known.json"
    path = tmp_path / "x\udcff\n.py"
    found = baseline.entries(Baseline(file), path, text, [one(text, "a 🐍"), one(text, "ccc")])
    whole = Baseline(file, {entry.fingerprint: entry for entry in found})
    file.write_text(baseline.dump(whole), encoding="utf-8")
    assert baseline.read(file) == whole
    assert [len(entry.text) for entry in found] == [5, 120]


def test_split_parts_new_from_known(tmp_path: Path) -> None:
    text = "a\nb\n"
    file = tmp_path / "known.json"
    (entry,) = baseline.entries(Baseline(file), tmp_path / "x.py", text, [one(text, "a")])
    known = Baseline(file, {entry.fingerprint: entry})
    parts = baseline.split(known, tmp_path / "x.py", text, [one(text, "a"), one(text, "b")])
    assert (parts.new, parts.known) == ((one(text, "b"),), ((one(text, "a"), entry),))


def test_a_folder_is_no_baseline(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: is a directory"):
        baseline.read(tmp_path)
