"""The hooks for a coding agent, as the agent calls them: an event on standard input, an answer or silence."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from conftest import Cli

LOOP = 'for topic in ["tests", "docs"]:\n    Task(subagent_type="reviewer", prompt=f"Review the {topic}")\n'
FIXED = (
    'Task(subagent_type="reviewer", prompt=f"Review the tests")\n'
    'Task(subagent_type="reviewer", prompt=f"Review the docs")\n'
)
SAID = (
    "taskfan-lint: 1 finding in what was just written\n"
    "run.py:2:5 warning dispatch-in-loop: `Task` goes out once per iteration, and no iteration uses another's result:"
    " `topic` only reaches `prompt` (2 windows, 1 needed); write the calls one below another, without the loop\n"
    "  fix (safe, `--fix` makes it): rows 1-2 become\n"
    '  + Task(subagent_type="reviewer", prompt=f"Review the tests")\n'
    '  + Task(subagent_type="reviewer", prompt=f"Review the docs")\n'
    "`taskfan-lint --fix run.py` makes the safe fixes\n"
    "where the order is meant, say so on the line above: `# taskfan: ignore[RULE] -- REASON`\n"
)


def call(path: object, tool: str = "Write") -> dict[str, object]:
    return {"tool_name": tool, "tool_input": {"file_path": path, "content": "..."}, "tool_response": {"type": "update"}}


def event(*calls: dict[str, object], batch: bool = False, **more: object) -> bytes:
    own = {"tool_calls": list(calls)} if batch else calls[0]
    common = {"session_id": "s", "transcript_path": "/t.jsonl", "cwd": os.getcwd(), "hook_event_name": "PostToolUse"}
    return json.dumps({**common, **own, **more}).encode()


def test_an_edit_with_findings_is_told_to_the_agent(cli: Cli) -> None:
    Path("run.py").write_text(LOOP)
    for path in ("run.py", os.path.abspath("run.py")):
        done = cli("hook", "post-edit", input=event(call(path)))
        assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", SAID)


@pytest.mark.parametrize("tool", ["Edit", "MultiEdit"])
def test_each_editing_tool_is_known(cli: Cli, tool: str) -> None:
    Path("run.py").write_text(LOOP)
    assert cli("hook", "post-edit", input=event(call("run.py", tool))).stderr.decode() == SAID


def test_a_gentle_hook_hands_the_findings_over_as_context(cli: Cli) -> None:
    Path("run.py").write_text(LOOP)
    done = cli("hook", "post-edit", "--gentle", input=event(call("run.py")))
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout) == {
        "hookSpecificOutput": {"hookEventName": "PostToolUse", "additionalContext": SAID}
    }


def test_a_batch_is_told_once_about_each_file_that_it_edited(cli: Cli) -> None:
    Path("run.py").write_text(LOOP)
    Path("plan.md").write_text(f"```python\n{LOOP}```\n")
    calls = [call("run.py"), call("plan.md", "Edit"), call("run.py", "Edit"), call("run.py", "Read"), call("good.py")]
    done = cli("hook", "post-batch", input=event(*calls, batch=True))
    assert (done.returncode, done.stderr) == (0, b"")
    said = json.loads(done.stdout)["hookSpecificOutput"]
    assert said["hookEventName"] == "PostToolBatch"
    lines = said["additionalContext"].splitlines()
    assert lines[0] == "taskfan-lint: 2 findings in what was just written"
    assert [line.partition(" ")[0] for line in lines[1:-2] if not line.startswith("  ")] == [
        "plan.md:3:5",
        "run.py:2:5",
    ]
    assert lines[-2] == "`taskfan-lint --fix plan.md run.py` makes the safe fixes"


def test_paths_are_quoted_for_the_shell(cli: Cli) -> None:
    Path("run it.py").write_text(LOOP)
    lines = cli("hook", "post-edit", input=event(call("run it.py"))).stderr.decode().splitlines()
    assert lines[-2] == "`taskfan-lint --fix 'run it.py'` makes the safe fixes"


def test_the_configuration_next_to_the_file_counts(cli: Cli) -> None:
    Path("docs").mkdir()
    Path("docs/run.py").write_text(LOOP)
    Path("docs/taskfan-lint.toml").write_text('fail-on = "error"\n')
    done = cli("hook", "post-edit", input=event(call("docs/run.py")))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize("folder", ["inner", "/"])
def test_the_project_of_the_agent_is_inside_as_well(cli: Cli, tmp_path: Path, folder: str) -> None:
    Path("inner").mkdir()
    Path("run.py").write_text(LOOP)
    asked = event(call(os.path.abspath("run.py")), cwd=os.path.join(tmp_path, folder))
    done = cli("hook", "post-edit", input=asked, CLAUDE_PROJECT_DIR=os.fspath(tmp_path))
    assert done.returncode == 2


HOOKS = [["post-edit"], ["post-edit", "-v"], ["post-batch"]]
SILENT = {
    "no-input": (b"", "standard input is not JSON"),
    "no-json": (b"{", "standard input is not JSON"),
    "no-text": (b"\xff\xfe\x00", "standard input is not JSON"),
    "deep-json": (b"[" * 100_000, "standard input is not JSON"),
    "no-object": (b"[1]", "standard input is not a JSON object"),
    "nothing-known": (b'{"cwd": 1, "tool_name": 2, "tool_input": 3}', ""),
    "no-calls": (b'{"tool_calls": {"a": 1}}', ""),
    "no-path": (b'{"tool_name": "Write", "tool_input": {}}', ""),
    "empty-path": (b'{"tool_name": "Write", "tool_input": {"file_path": ""}}', ""),
}


@pytest.mark.parametrize("hook", HOOKS, ids=" ".join)
@pytest.mark.parametrize(("raw", "reason"), SILENT.values(), ids=SILENT)
def test_what_is_no_event_does_not_disturb_the_agent(cli: Cli, hook: list[str], raw: bytes, reason: str) -> None:
    done = cli("hook", *hook, input=raw)
    said = f"taskfan-lint: warning: {reason}\n" if reason and "-v" in hook else ""
    assert (done.returncode, done.stdout, done.stderr.decode()) == (0, b"", said)


PASSED_OVER = {
    "good": ("good.py", "Write", None),
    "another-tool": ("run.py", "Read", None),
    "missing": ("gone.py", "Write", "{0}/gone.py: no such file or folder"),
    "folder": ("folder", "Write", "{0}/folder: is a folder"),
    "another-kind": ("run.txt", "Write", "{0}/run.txt: is neither Python, JavaScript nor Markdown"),
    "excluded": ("build/run.py", "Write", "{0}/build/run.py: is excluded"),
    "outside": ("../outside.py", "Write", "{0}/../outside.py: is outside of the project"),
    "link-to-outside": ("link.py", "Write", "{0}/link.py: is outside of the project"),
    "no-text": ("binary.py", "Write", "{0}/binary.py: cannot be decoded: row 1: byte 0xff is not utf-8 text"),
    "too-large": ("large.py", "Write", "{0}/large.py: too large: 200 bytes, `max-file-size` is 190"),
    "no-name-of-a-file": ("a\x00b.py", "Write", "{0}/a\\x00b.py: is outside of the project"),
    "half-a-character": ("\ud800.py", "Write", "{0}/\\ud800.py: is outside of the project"),
}


@pytest.mark.parametrize("hook", HOOKS, ids=" ".join)
@pytest.mark.parametrize(("path", "tool", "reason"), PASSED_OVER.values(), ids=PASSED_OVER)
def test_what_is_no_file_to_check_does_not_disturb_the_agent(
    cli: Cli, tmp_path: Path, hook: list[str], path: str, tool: str, reason: str | None
) -> None:
    project = tmp_path / "project"
    for folder in (project, project / "folder", project / "build"):
        folder.mkdir()
    for name in ("run.py", "run.txt", "folder/run.py", "build/run.py", "../outside.py"):
        (project / name).write_text(LOOP)
    (project / "good.py").write_text(FIXED)
    (project / "link.py").symlink_to("../outside.py")
    (project / "binary.py").write_bytes(b"Task(\xff)")
    (project / "large.py").write_text(LOOP.ljust(200))
    (project / "taskfan-lint.toml").write_text("max-file-size = 190\n")
    asked = event(call(path, tool), cwd=os.fspath(project))
    done = cli("hook", *hook, input=asked)
    said = f"taskfan-lint: warning: {reason.format(project)}\n" if reason and "-v" in hook else ""
    assert (done.returncode, done.stdout, done.stderr.decode()) == (0, b"", said)


def test_a_broken_configuration_does_not_disturb_the_agent(cli: Cli) -> None:
    Path("run.py").write_text(LOOP)
    Path("taskfan-lint.toml").write_text("select = [\n")
    done = cli("hook", "post-edit", input=event(call("run.py")))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing command."),
        (["start"], "No such command 'start'."),
    ],
    ids=["nothing", "unknown"],
)
def test_a_wrong_call_is_an_error(cli: Cli, arguments: list[str], message: str) -> None:
    done = cli("hook", *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == f"taskfan-lint: error: {message}\ntry `taskfan-lint --help`\n"
