"""Tests of the command line, driven as a real process in an empty folder."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Cli

from taskfan_lint import Settings, check, fix
from taskfan_lint.examining import examine
from taskfan_lint.outcome import Job
from taskfan_lint.report import formats
from taskfan_lint.rules import rule_names

LOOP = 'for topic in ["tests", "docs"]:\n    Task(subagent_type="reviewer", prompt=f"Review the {topic}")\n'
UNKNOWN = 'for path in paths:\n    Task(subagent_type="reviewer", prompt=f"Review {path}")\n'
CLEAN = 'Task(subagent_type="reviewer", prompt="Review the tests")\n'


def write(name: str, text: str) -> Path:
    file = Path(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())
    return file


def lines(output: bytes) -> list[str]:
    return output.decode().splitlines()


def places(output: bytes) -> list[str]:
    """Return path, row, column and rule of findings in the concise format."""
    return [line.partition("]")[0] + "]" for line in lines(output)]


# exit status


@pytest.mark.parametrize(
    ("text", "arguments", "status"),
    [
        pytest.param(CLEAN, [], 0, id="clean"),
        pytest.param(LOOP, [], 1, id="a finding"),
        pytest.param(LOOP, ["--exit-zero"], 0, id="exit-zero"),
        pytest.param(LOOP, ["--fail-on", "error"], 0, id="below fail-on"),
        pytest.param(LOOP, ["--fail-on", "info"], 1, id="above fail-on"),
        pytest.param(LOOP, ["--ignore", "dispatch-in-loop"], 0, id="ignored"),
        pytest.param(LOOP, ["--select", "late-context,wide-fan-out"], 0, id="not selected"),
        pytest.param(LOOP, ["--select", "late-context", "--extend-select", "dispatch-in-loop"], 1, id="extended"),
        pytest.param(LOOP, ["gone.py"], 2, id="a missing path"),
        pytest.param(LOOP, ["gone.py", "--exit-zero"], 2, id="exit-zero keeps 2"),
        pytest.param(LOOP, ["--nothing"], 2, id="an unknown option"),
        pytest.param(LOOP, ["--select", "E501"], 2, id="an unknown rule"),
        pytest.param(LOOP, ["--config", "gone.toml"], 2, id="a missing configuration"),
        pytest.param(LOOP, ["--diff"], 1, id="a diff"),
        pytest.param(CLEAN, ["--diff"], 0, id="no diff"),
        pytest.param(LOOP, ["--fix"], 0, id="fixed"),
        pytest.param(UNKNOWN, ["--fix"], 1, id="not fixed"),
        pytest.param(UNKNOWN, ["--fix", "--unsafe-fixes"], 0, id="fixed unsafely"),
        pytest.param(UNKNOWN, ["--unsafe-fixes"], 1, id="unsafe-fixes alone changes nothing"),
    ],
)
def test_exit_status(cli: Cli, text: str, arguments: list[str], status: int) -> None:
    write("a.py", text)
    assert cli("a.py", *arguments).returncode == status
    assert (Path("a.py").read_text() == text) is ("--fix" not in arguments or status == 1)


# paths


def test_check_is_the_default_command_and_here_the_default_path(cli: Cli) -> None:
    write("a.py", LOOP)
    write("d/b.py", LOOP)
    expected = ["a.py:2:5: warning[dispatch-in-loop]", "d/b.py:2:5: warning[dispatch-in-loop]"]
    for arguments in ([], ["."], ["check"], ["check", "."], ["d", "a.py"]):
        assert places(cli(*arguments, "--output-format", "concise").stdout) == expected
    assert places(cli("--output-format", "concise", "d").stdout) == expected[1:]


def test_a_file_whose_bytes_hold_no_dispatch_is_not_decoded(cli: Cli) -> None:
    Path("bytes.py").write_bytes(b"x = 1\ny = '\xff'\n")
    Path("nul.md").write_bytes(b"\n\n\x00")
    done = cli("bytes.py", "nul.md")
    assert (done.returncode, done.stdout) == (0, b"")
    assert lines(done.stderr) == ["no findings", "2 files checked (1 Python, 1 Markdown with 0 fences)"]


def test_bad_paths_are_said_in_one_line_each_and_the_others_are_still_done(cli: Cli) -> None:
    write("a.py", LOOP)
    Path("bytes.py").write_bytes(b"x = 1\ny = '\xff'\nTask(subagent_type=x)\n")
    Path("nul.md").write_bytes(b"\n\n\x00 Task(x)")
    done = cli("gone.py", "a.py", "bytes.py", "nul.md", "--output-format", "concise")
    assert places(done.stdout) == ["a.py:2:5: warning[dispatch-in-loop]"]
    assert lines(done.stderr)[:3] == [
        "taskfan-lint: error: gone.py: no such file or folder",
        "taskfan-lint: error: bytes.py: cannot be decoded: row 2: byte 0xff is not utf-8 text",
        "taskfan-lint: error: nul.md: cannot be decoded: row 3: holds a NUL byte, so it is not text",
    ]
    assert done.returncode == 2


def test_a_large_file_is_refused_without_failing(cli: Cli) -> None:
    write("a.py", CLEAN)
    write("b.py", CLEAN + "#" * 200)
    write("taskfan-lint.toml", "max-file-size = 200")
    done = cli()
    assert done.returncode == 0
    assert lines(done.stderr) == [
        f"taskfan-lint: warning: b.py: too large: {len(CLEAN) + 200} bytes, `max-file-size` is 200",
        "no findings",
        "1 file checked (1 Python), 1 skipped",
    ]


def test_a_run_that_looked_at_nothing_says_so(cli: Cli) -> None:
    write("a.txt", LOOP)
    done = cli()
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr == b"no Python, JavaScript or Markdown files found under .\n"
    assert lines(cli("a.txt").stderr) == [
        "taskfan-lint: warning: a.txt: is neither Python, JavaScript nor Markdown, skipped",
        "no Python, JavaScript or Markdown files found under a.txt, 1 skipped",
    ]


def test_the_summary_counts_each_language_and_what_it_cannot_read(cli: Cli) -> None:
    write("a.py", CLEAN)
    write("b.ts", 'Task({ subagent_type: "reviewer", prompt: "go" });\n')
    write("c.js", 'if (\nTask({ subagent_type: "reviewer" });\n')
    write("d.md", "```js\nTask({ prompt: 'go' })\n```\n")
    done = cli()
    assert (done.returncode, done.stdout) == (0, b"")
    assert lines(done.stderr) == [
        "no findings",
        "4 files checked (1 Python, 2 JavaScript, 1 of them not analysable, 1 Markdown with 1 fence)",
        "not analysable: c.js:2",
    ]
    assert lines(cli("-v").stderr)[-1] == "not analysable: c.js:2: not valid JavaScript"


def test_a_script_is_checked_and_suppressed(cli: Cli) -> None:
    loop = 'for (const topic of topics) {\n  await Task({ subagent_type: "reviewer", prompt: `Review ${topic}` });\n}\n'
    write("a.mjs", loop)
    write("b.tsx", "// taskfan: ignore-file\n" + loop)
    write("c.cts", "// taskfan: ignore[dispatch-in-loop] -- one at a time\n" + loop)
    write("d.jsx", "// taskfan: serial\n" + loop)
    done = cli("--output-format", "concise")
    assert (done.returncode, places(done.stdout)) == (1, ["a.mjs:2:9: warning[dispatch-in-loop]"])
    assert lines(done.stderr) == ["1 finding (1 fixable with `--fix --unsafe-fixes`)", "4 files checked (4 JavaScript)"]


def test_a_broken_configuration_is_one_message(cli: Cli) -> None:
    write("a.py", LOOP)
    write("pyproject.toml", "[tool.taskfan-lint]\nselct = []\n")
    done = cli()
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"taskfan-lint: error: pyproject.toml:2: unknown key `selct`, did you mean `select`?\n"
    assert cli("--isolated").returncode == 1
    write("good.toml", 'ignore = ["dispatch-in-loop"]')
    assert cli("--config", "good.toml").returncode == 0
    assert cli("--config", "pyproject.toml").stderr == done.stderr


def test_names_that_no_terminal_can_show_are_escaped(cli: Cli) -> None:
    name = os.fsdecode(b"a\n\x1b[2J\xff.py")
    write(name, LOOP)
    done = cli("--output-format", "concise", PYTHONIOENCODING="ascii")
    assert places(done.stdout) == ["a\\n\\x1b[2J\\udcff.py:2:5: warning[dispatch-in-loop]"]
    entries = json.loads(cli("--output-format", "json").stdout)
    assert entries[0]["filename"] == os.path.abspath(name)


def test_files_and_settings_are_shown(cli: Cli) -> None:
    write("b.md", "")
    write("d/a.py", LOOP)
    write("taskfan-lint.toml", "max-unroll = 3")
    assert cli("--show-files").stdout == b"b.md\nd/a.py\n"
    assert cli("--show-files", "--exclude", "*.md").stdout == b"d/a.py\n"
    shown = lines(cli("--show-settings", "d").stdout)
    assert shown[0] == "# the settings of d/a.py"
    assert "max-unroll = 3" in shown


def test_force_exclude_passes_over_named_files_quietly(cli: Cli) -> None:
    write("build/a.py", LOOP)
    assert cli("build/a.py").returncode == 1
    done = cli("build/a.py", "--force-exclude")
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr == b"no Python, JavaScript or Markdown files found under build/a.py, 1 skipped\n"


# fixes


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_diff_is_exactly_what_fix_writes(cli: Cli, newline: str) -> None:
    raw = ("# é\n" + LOOP + "x = 1").replace("\n", newline).encode()
    Path("a b.py").write_bytes(raw)
    diff = cli("--diff").stdout
    assert Path("a b.py").read_bytes() == raw
    assert b"\\ No newline at end of file\n" in diff
    assert cli("--fix").returncode == 0
    fixed = Path("a b.py").read_bytes()
    assert fixed != raw
    Path("a b.py").write_bytes(raw)
    subprocess.run(["patch", "-p0", "--binary", "--quiet"], input=diff, check=True)
    assert Path("a b.py").read_bytes() == fixed


def test_a_diff_speaks_the_encoding_of_its_file(cli: Cli) -> None:
    Path("a.py").write_bytes(b"# coding: latin-1\n# \xe9\n" + LOOP.encode())
    assert b" # \xe9\n" in cli("--diff").stdout


def test_fix_reports_what_remains_and_a_second_run_changes_nothing(cli: Cli) -> None:
    file = write("a.py", LOOP + UNKNOWN)
    os.chmod(file, 0o640)
    done = cli("--fix", "--output-format", "concise")
    fixed = file.read_bytes()
    row = fixed.count(b"\n")
    assert places(done.stdout) == [f"a.py:{row}:5: warning[dispatch-in-loop]"]
    assert lines(done.stderr) == ["1 finding fixed in 1 file, 1 left", "1 file checked (1 Python)"]
    assert file.stat().st_mode & 0o777 == 0o640
    cli("--fix")
    assert file.read_bytes() == fixed


def test_a_read_only_file_is_an_error_under_fix_and_shows_its_findings(cli: Cli) -> None:
    file = write("a.py", LOOP)
    write("b.py", LOOP)
    file.chmod(0o444)
    done = cli("--fix", "--output-format", "concise")
    assert done.returncode == 2
    assert places(done.stdout) == ["a.py:2:5: warning[dispatch-in-loop]"]
    assert lines(done.stderr)[0] == "taskfan-lint: error: a.py: cannot be written: the file is read-only"
    assert file.read_text() == LOOP
    assert Path("b.py").read_text() != LOOP
    assert sorted(os.listdir()) == ["a.py", "b.py"]


# standard input


def test_standard_input_is_checked_under_its_name(cli: Cli) -> None:
    text = f"# Plan\n\n```python\n{LOOP}```\n".encode()
    done = cli("--stdin-filename", "d/plan.md", "--output-format", "concise", "-", input=text)
    assert places(done.stdout) == ["d/plan.md:5:5: warning[dispatch-in-loop]"]
    assert lines(done.stderr)[-1] == "1 file checked (1 Markdown with 1 fence)"
    assert places(cli("-", "--output-format", "concise", input=LOOP.encode()).stdout) == [
        "-:2:5: warning[dispatch-in-loop]"
    ]


def test_fix_of_standard_input_goes_to_standard_output(cli: Cli) -> None:
    raw = (LOOP + UNKNOWN).replace("\n", "\r\n").encode()
    done = cli("--fix", "-", "--output-format", "concise", input=raw)
    assert done.stdout == fix(raw.decode(), "a.py")[0].encode()
    row = done.stdout.count(b"\r\n")
    assert places(done.stderr)[0] == f"-:{row}:5: warning[dispatch-in-loop]"
    assert done.returncode == 1
    assert cli("--fix", "-", input=b"\xff").stdout == b"\xff"
    excluded = cli("--fix", "--stdin-filename", "build/a.py", "--force-exclude", input=raw)
    assert (excluded.stdout, excluded.returncode) == (raw, 0)


# output


def test_outputs_go_to_several_places(cli: Cli) -> None:
    write("a.py", LOOP)
    done = cli("--output", "concise", "--output", "json:all.json", "--output", "text:all.txt", "--color", "always")
    assert done.stdout.startswith(b"a.py:2:5: warning[dispatch-in-loop] ")
    assert [entry["code"] for entry in json.loads(Path("all.json").read_text())] == ["dispatch-in-loop"]
    assert Path("all.txt").read_text().startswith("a.py:2:5: warning[dispatch-in-loop] ")
    done = cli("--output-format", "json", "--output-file", "short.json")
    assert done.stdout == b""
    assert Path("short.json").read_bytes() == Path("all.json").read_bytes()
    done = cli("--output", "json:no/folder.json")
    assert done.returncode == 2
    assert lines(done.stderr)[0] == "taskfan-lint: error: no/folder.json: cannot be written: no such file or directory"


def test_json_on_standard_output_stands_alone(cli: Cli) -> None:
    write("a.py", LOOP)
    done = cli("--output-format", "json")
    assert json.loads(done.stdout)[0]["filename"] == os.path.abspath("a.py")
    assert done.stderr == b""


def test_statistics_count_by_rule(cli: Cli) -> None:
    write("a.py", LOOP)
    write("b.py", LOOP)
    assert cli("--statistics").stdout == b"    2  [*]  dispatch-in-loop\n"
    done = cli("--statistics", "--output-format", "json")
    assert len(json.loads(done.stdout)) == 2
    assert lines(done.stderr) == ["    2  [*]  dispatch-in-loop"]


def test_statistics_tell_how_fences_were_read(cli: Cli) -> None:
    fences = [
        LOOP,
        CLEAN,
        '1. Task(subagent_type: "a", prompt: "b")\n2. Task(subagent_type: "c", prompt: "d", ...)\n',
        '• Task("a", "b")\n',
        'Task("say "a)\nTask("b")\n',
        "Task(scout): 'look\n",
        "Nothing.\n",
    ]
    write("a.md", "".join(f"```\n{fence}```\n" for fence in fences))
    assert lines(cli("--statistics").stdout) == [
        "    1  [*]  dispatch-in-loop",
        "    2       fences parsed, with 2 dispatches",
        "    2       fences repaired, with 3 dispatches",
        "    2         by the repair `label`",
        "    1         by the repair `elision`",
        "    1         by the repair `key: value`",
        "    1       fence scanned, with 2 dispatches",
        "    1       fence not analysable",
    ]


def test_quiet_and_verbose(cli: Cli) -> None:
    write("a.py", LOOP)
    assert lines(cli().stderr) == ["1 finding (1 fixable with `--fix`)", "1 file checked (1 Python)"]
    assert cli("-q").stderr == b""
    assert cli("-q", "gone.py").stderr == b"taskfan-lint: error: gone.py: no such file or folder\n"


def test_the_summary_is_honest(cli: Cli) -> None:
    broken = "```python\nTask(scout): 'look at it\n```\n"
    write("a.md", f"# Plan\n\n**❌ WRONG: one after another**\n\n```python\n{LOOP}```\n")
    write("b.md", broken * 7)
    write("c.py", CLEAN)
    write("d.txt", "")
    done = cli(".", "d.txt")
    assert (done.returncode, done.stdout) == (0, b"")
    assert lines(done.stderr)[1:] == [
        "no findings",
        "3 files checked (1 Python, 2 Markdown with 8 fences, 7 of them not analysable), 1 skipped, "
        "1 finding in marked counter-examples not shown",
        "not analysable: b.md:2, b.md:5, b.md:8, b.md:11, b.md:14 and 2 more, `-v` names them",
    ]
    named = [line for line in lines(cli("-v").stderr) if line.startswith("not analysable: ")]
    reason = "no call here has the arguments of a dispatch"
    assert named == [f"not analysable: b.md:{row}: {reason}" for row in range(2, 22, 3)]
    assert places(cli("--include-counterexamples", "a.md", "--output-format", "concise").stdout) == [
        "a.md:7:5: warning[dispatch-in-loop]"
    ]


@pytest.mark.parametrize(
    ("arguments", "variables", "colored"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_is_as_asked_for(cli: Cli, arguments: list[str], variables: dict[str, str], colored: bool) -> None:
    write("a.py", LOOP)
    assert (b"\x1b[" in cli(*arguments, **variables).stdout) is colored


def test_a_terminal_gets_colour(cli: Cli) -> None:
    write("a.py", LOOP)
    controller, terminal = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": os.fspath(ROOT), "TERM": "xterm"}
    environment = {name: value for name, value in environment.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    command = [sys.executable, "-m", "taskfan_lint", "-q"]
    subprocess.run(command, stdout=terminal, stderr=subprocess.DEVNULL, env=environment, check=False)
    assert b"\x1b[" in os.read(controller, 1000)
    os.close(terminal)
    os.close(controller)


def test_a_pipe_that_closes_early_ends_quietly(cli: Cli) -> None:
    write("a.py", LOOP)
    environment = {**os.environ, "PYTHONPATH": os.fspath(ROOT)}
    command = [sys.executable, "-m", "taskfan_lint", "-q", "--output-format", "json", "a.py"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_an_interrupt_ends_quietly_with_130(cli: Cli) -> None:
    environment = {**os.environ, "PYTHONPATH": os.fspath(ROOT)}
    command = [sys.executable, "-m", "taskfan_lint", "-"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        process.stdin.write(b"#" * 1_000_000)  # returns once the process reads, for no pipe holds as much
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, output, errors.strip()) == (130, b"", b"")


# other commands


def test_help_shows_commands_and_options_in_groups(cli: Cli) -> None:
    shown = lines(cli("--help").stdout)
    headings = [line for line in shown if line.endswith(":") and not line.startswith(" ")]
    assert headings == [
        "Commands:", "Fixes:", "Rule selection:", "Output:", "Files:", "Configuration:", "General:",
    ]  # fmt: skip
    assert lines(cli("check", "-h").stdout)[0] == "Usage: taskfan-lint check [OPTIONS] [PATHS]..."


def test_version(cli: Cli) -> None:
    assert cli("--version").stdout.startswith(b"taskfan-lint ")


def test_rule_lists_all_rules_and_shows_one(cli: Cli) -> None:
    listed = lines(cli("rule").stdout)
    assert [line.split()[0] for line in listed] == list(rule_names())
    assert all(len(line.split()) > 3 for line in listed)
    page = ROOT / "rules" / "dispatch-in-loop.md"
    assert cli("rule", "dispatch-in-loop").stdout == page.read_bytes()
    done = cli("rule", "dispatch-in-lop")
    assert done.returncode == 2
    assert lines(done.stderr)[0] == (
        "taskfan-lint: error: unknown rule `dispatch-in-lop`, did you mean `dispatch-in-loop`?"
    )


def test_config_prints_a_configuration(cli: Cli) -> None:
    write("taskfan-lint.toml", cli("config").stdout.decode())
    write("a.py", LOOP)
    assert cli().returncode == 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--config", "a", "--isolated"], "`--config` and `--isolated` exclude each other"),
        (["-", "a.py"], "`-` stands alone, without other paths"),
        (["--stdin-filename", "a.py", "b.py"], "`--stdin-filename` goes with `-`"),
        (["--output", "sarf"], "unknown format `sarf`, did you mean `sarif`?"),
        (["--output", "jsn:x"], "unknown format `jsn`, did you mean `json`?"),
        (["--output", "json", "--output", "text"], "two outputs go to the same place"),
        (
            ["--fail-on", "warn"],
            "Invalid value for '--fail-on': expects `error`, `warning` or `info`, not `\"warn\"`, "
            "did you mean `warning`?",
        ),
        (
            ["--ignore", "late-context,lat-context"],
            "Invalid value for '--ignore': unknown rule `lat-context`, did you mean `late-context`?",
        ),
    ],
)
def test_options_that_cannot_be_used_are_refused(cli: Cli, arguments: list[str], reason: str) -> None:
    done = cli(*arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert lines(done.stderr) == [f"taskfan-lint: error: {reason}", "try `taskfan-lint --help`"]


@pytest.mark.parametrize("module", ["libcst", "markdown_it", "pathspec", "tomllib", "tomli", "difflib", "tempfile"])
def test_the_command_line_starts_without_heavy_modules(module: str) -> None:
    code = f"import sys, taskfan_lint.cli; sys.exit({module!r} in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.fspath(ROOT)}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0


# below the command line


class Fault(tuple[str, ...]):
    """A selection that breaks whoever asks it."""

    def __contains__(self, rule: object) -> bool:
        raise ZeroDivisionError("a\nfault")


def test_an_internal_error_costs_one_file_only() -> None:
    outcome = examine(Path("a.py"), LOOP.encode(), Settings(select=Fault()), Job())
    assert outcome.error == "internal error: ZeroDivisionError: a\nfault"
    assert outcome.trace.startswith("Traceback (most recent call last):\n")
    assert outcome.document is None


def test_the_library_checks_and_fixes_a_text() -> None:
    assert [finding.code for finding in check(LOOP, "a.py")] == ["dispatch-in-loop"]
    assert check(LOOP, "a.py", Settings(ignore=("dispatch-in-loop",))) == []
    fixed, findings = fix(LOOP + UNKNOWN, Path("a.py"))
    assert [finding.code for finding in findings] == ["dispatch-in-loop"]
    assert fixed.endswith(UNKNOWN)
    assert fix(UNKNOWN, "a.py", unsafe=True)[1] == []


def test_formats_have_names_that_the_command_line_can_split() -> None:
    assert all(":" not in name and "_" not in name for name in formats())


# places of outputs


def test_formats_for_services_name_paths_from_the_root_of_the_repository(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("prompts/a.py", LOOP)
    monkeypatch.chdir("prompts")
    assert json.loads(cli("--output-format", "gitlab").stdout)[0]["location"]["path"] == "a.py"
    Path("../.git").mkdir()
    assert json.loads(cli("--output-format", "gitlab").stdout)[0]["location"]["path"] == "prompts/a.py"


def test_the_github_format_adds_to_the_summary_of_the_job(cli: Cli) -> None:
    write("a.py", LOOP)
    summary = write("summary.md", "before\n")
    cli("--output-format", "github", GITHUB_STEP_SUMMARY="summary.md")
    assert summary.read_text().splitlines()[:6] == [
        "before",
        "### taskfan-lint: 1 finding",
        "",
        "| rule | findings |",
        "|---|---:|",
        "| dispatch-in-loop | 1 |",
    ]
    before = summary.read_text()
    cli("--output-format", "concise", GITHUB_STEP_SUMMARY="summary.md")
    assert summary.read_text() == before


def test_a_job_summary_that_cannot_be_written_is_an_error(cli: Cli) -> None:
    done = cli("--output-format", "github", GITHUB_STEP_SUMMARY="gone/summary.md")
    assert done.returncode == 2
    assert lines(done.stderr)[0] == (
        "taskfan-lint: error: gone/summary.md: cannot be written: no such file or directory"
    )
