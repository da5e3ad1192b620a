"""Tests of the language server: the real process, driven over standard input and output by a real client."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from editor import COMMAND, ENVIRONMENT, SECONDS, Editor, capabilities, connect, disconnect
from lsprotocol import types

from taskfan_lint import fix, pages

LOOP = 'for topic in ["tests", "docs"]:\n    Task(subagent_type="reviewer", prompt=f"Review the {topic}")\n'
UNKNOWN = 'for path in paths:\n    Task(subagent_type="reviewer", prompt=f"Review {path}")\n'
CLEAN = 'Task(subagent_type="reviewer", prompt="Review the tests")\n'
TWO = f'{CLEAN}Task(subagent_type="writer", prompt="Write the notes")\n'
SCRIPT = 'for (const topic of topics) {\n  await Task({ subagent_type: "reviewer", prompt: topic });\n}\n'
IGNORE = "taskfan: ignore[dispatch-in-loop]"
SERIAL = "taskfan: serial -- on purpose"

pytestmark = pytest.mark.asyncio(loop_scope="module")


def fenced(code: str, tag: str = "python") -> str:
    return f"# Review\n\n```{tag}\n{code}```\n"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def old(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    """An old client, which is told diagnostics and can do nothing else."""
    editor = await connect(tmp_path_factory.mktemp("old"), capabilities())
    yield editor
    await disconnect(editor)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def new(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    """A client that can do all that the server makes use of."""
    editor = await connect(tmp_path_factory.mktemp("new"), capabilities(modern=True))
    yield editor
    await disconnect(editor)


def codes(diagnostics: Any) -> list[Any]:
    return [one.code for one in diagnostics]


async def found(editor: Editor, name: str, text: str, language: str = "markdown") -> list[Any]:
    """Return the rules that are reported in a text that is opened and closed again."""
    uri = editor.open(editor.uri(name) if ":" not in name else name, text, language)
    reported = codes(await editor.pushed(uri))
    editor.close(uri)
    assert await editor.pushed(uri) == []
    return reported


# diagnostics


async def test_an_old_client_is_told_the_diagnostics(old: Editor) -> None:
    uri = old.open(old.uri("a.md"), fenced(LOOP))
    (one,) = await old.pushed(uri, old.version)
    assert one.range == types.Range(types.Position(4, 4), types.Position(4, 64))
    assert one.severity is types.DiagnosticSeverity.Warning
    assert (one.source, one.code, one.tags) == ("taskfan-lint", "dispatch-in-loop", None)
    assert one.code_description == types.CodeDescription(pages.file("dispatch-in-loop").as_uri())
    assert one.message == (
        "`Task` goes out once per iteration, and no iteration uses another's result: `topic` only reaches `prompt` "
        "(2 windows, 1 needed)\nhelp: write the calls one below another, without the loop"
    )
    target = types.Location(uri, types.Range(types.Position(3, 4), types.Position(3, 9)))
    note = 'the loop over `["tests", "docs"]` starts a window for each iteration'
    assert one.related_information == (types.DiagnosticRelatedInformation(target, note),)
    assert one.data == {
        "help": "write the calls one below another, without the loop",
        "fix": {"message": "write out the calls, one below another", "applicability": "safe"},
    }


async def test_a_new_client_asks_and_is_told_nothing_unasked(new: Editor) -> None:
    uri = new.open(new.uri("a.md"), fenced(LOOP))
    first = await new.pulled(uri)
    assert (first.kind, codes(first.items)) == ("full", ["dispatch-in-loop"])
    again = await new.pulled(uri, first.result_id)
    assert (again.kind, again.result_id) == ("unchanged", first.result_id)
    new.replace(uri, fenced(CLEAN))
    changed = await new.pulled(uri, first.result_id)
    assert (changed.kind, list(changed.items)) == ("full", [])
    new.close(uri)
    closed = await new.pulled(uri, changed.result_id)
    assert (closed.kind, list(closed.items)) == ("full", [])
    assert new.published.empty()


async def test_a_suppression_that_is_not_needed_is_shown_as_such(old: Editor) -> None:
    uri = old.open(old.uri("unused.py"), CLEAN.replace("\n", f"  # {IGNORE}\n"), "python")
    (one,) = await old.pushed(uri)
    assert (one.code, one.tags) == ("unused-suppression", (types.DiagnosticTag.Unnecessary,))


async def test_errors_and_hints_have_their_severities(old: Editor) -> None:
    first, second = TWO.splitlines()
    uri = old.open(old.uri("severity.py"), f'{first}\nnotify("x")\n{second}\n', "python")
    assert [(each.code, each.severity) for each in await old.pushed(uri)] == [
        ("work-between-dispatches", types.DiagnosticSeverity.Information)
    ]
    old.replace(uri, TWO.replace('")', '. Output: out.md")'))
    assert [(each.code, each.severity) for each in await old.pushed(uri, old.version)] == [
        ("conflicting-outputs", types.DiagnosticSeverity.Error)
    ]


async def test_code_that_is_not_analysable_is_shown_at_its_row(old: Editor) -> None:
    deep = f"Task({'(' * 160}1{')' * 160}, subagent_type='a')"
    uri = old.open(old.uri("odd.md"), fenced("  Task(scout): 'look at it\n") + fenced(LOOP) + fenced(f"{deep}\n"))
    first, finding, second = await old.pushed(uri)
    assert (first.severity, first.message) == (
        types.DiagnosticSeverity.Information,
        "this code is not analysable: no call here has the arguments of a dispatch",
    )
    assert first.range == types.Range(types.Position(3, 2), types.Position(3, 26))
    assert (first.code, first.source, first.data) == (None, "taskfan-lint", None)
    assert finding.code == "dispatch-in-loop"
    assert (second.severity, second.message) == (
        types.DiagnosticSeverity.Warning,
        "this code is not analysable: more than 150 nested brackets",
    )
    assert second.range == types.Range(types.Position(14, 0), types.Position(14, len(deep)))
    old.replace(uri, fenced(CLEAN))
    assert await old.pushed(uri, old.version) == []
    uri = old.open(old.uri("odd.js"), 'if (\nTask({ subagent_type: "reviewer" });\n', "javascript")
    assert [one.message for one in await old.pushed(uri)] == ["this code is not analysable: not valid JavaScript"]


async def test_a_closed_text_has_no_diagnostics(old: Editor) -> None:
    uri = old.open(old.uri("closed.md"), fenced(LOOP))
    assert codes(await old.pushed(uri)) == ["dispatch-in-loop"]
    old.close(uri)
    assert await old.pushed(uri) == []


@pytest.mark.parametrize(
    ("name", "language", "text", "expected"),
    [
        pytest.param("untitled:Untitled-1", "markdown", fenced(LOOP), 1, id="untitled Markdown"),
        pytest.param("untitled:Untitled-2", "python", LOOP, 1, id="untitled Python"),
        pytest.param("untitled:Untitled-3", "javascript", SCRIPT, 1, id="untitled JavaScript"),
        pytest.param("untitled:Untitled-4", "plaintext", fenced(LOOP), 0, id="untitled text"),
        pytest.param("prompt", "markdown", fenced(LOOP), 1, id="without a suffix"),
        pytest.param("prompt.txt", "markdown", fenced(LOOP), 1, id="with an unknown suffix"),
        pytest.param("plan.py", "markdown", LOOP, 1, id="the suffix decides"),
        pytest.param("plan.js", "javascript", SCRIPT, 1, id="JavaScript"),
        pytest.param("plan.tsx", "typescriptreact", SCRIPT, 1, id="TypeScript"),
        pytest.param("é ü.md", "markdown", fenced(LOOP), 1, id="a name that the URI escapes"),
    ],
)
async def test_suffix_or_language_tell_what_a_text_is(
    old: Editor, name: str, language: str, text: str, expected: int
) -> None:
    assert await found(old, name, text, language) == ["dispatch-in-loop"] * expected


async def test_a_text_counts_as_it_stands_in_the_editor_not_as_on_disk(old: Editor) -> None:
    old.write("unsaved.md", fenced(CLEAN))
    assert await found(old, "unsaved.md", fenced(LOOP)) == ["dispatch-in-loop"]


@pytest.mark.parametrize("text", ["(" * 3000 + LOOP, f"x = {'[' * 90}{']' * 90}\n{LOOP}", f"# \ud83d\n{LOOP}"])
async def test_odd_texts_are_survived(old: Editor, text: str) -> None:
    uri = old.open(old.uri("odd.py"), text, "python")
    await old.pushed(uri)
    old.replace(uri, LOOP)
    assert codes(await old.pushed(uri, old.version)) == ["dispatch-in-loop"]


# positions


@pytest.mark.parametrize(
    ("encodings", "encoding", "columns"),
    [
        pytest.param(None, "utf-16", (19, 64), id="none asked for"),
        pytest.param(["utf-8", "utf-16"], "utf-8", (22, 67), id="utf-8"),
        pytest.param(["utf-32", "utf-16"], "utf-32", (18, 63), id="utf-32"),
        pytest.param(["utf-7"], "utf-16", (19, 64), id="unknown"),
    ],
)
async def test_positions_are_in_the_encoding_agreed_on(
    tmp_path: Path, encodings: list[str] | None, encoding: str, columns: tuple[int, int]
) -> None:
    editor = await connect(tmp_path, capabilities(encodings=encodings))
    assert editor.result is not None
    assert editor.result.capabilities.position_encoding == encoding
    code = 'for a in x:\f\n    "🚀é"; Task(); Task(subagent_type="a", prompt=f"Review {a}")\n'
    uri = editor.open(editor.uri("a.md"), fenced(code))
    (one,) = await editor.pushed(uri)
    assert (one.range.start.line, one.range.start.character, one.range.end.character) == (4, *columns)
    start, end = types.Position(4, columns[0]), types.Position(4, columns[1])
    editor.change(uri, types.TextDocumentContentChangePartial(types.Range(start, end), CLEAN.strip()))
    start = types.Position(3, 0)
    editor.change(uri, types.TextDocumentContentChangePartial(types.Range(start, types.Position(4, 0)), "if y:\n"))
    assert await editor.pushed(uri, editor.version) == []
    await disconnect(editor)


# actions


@pytest.mark.parametrize(
    ("code", "title", "preferred"),
    [
        pytest.param(LOOP, "Write out the calls, one below another", True, id="safe"),
        pytest.param(
            UNKNOWN, "Prepare every prompt first, then dispatch them in a loop of its own (unsafe)", None, id="unsafe"
        ),
    ],
)
async def test_a_fix_says_whether_it_is_safe(old: Editor, code: str, title: str, preferred: bool | None) -> None:
    uri = old.open(old.uri("fix.md"), fenced(code))
    action = (await old.actions(uri, 4, "quickfix"))[0]
    assert (action.title, action.is_preferred, codes(action.diagnostics)) == (title, preferred, ["dispatch-in-loop"])
    fixed, _ = fix(fenced(code), "fix.md", unsafe=True)
    assert old.applied(action) == fixed


async def test_a_fix_that_is_only_shown_is_no_action(old: Editor) -> None:
    uri = old.open(old.uri("shown.md"), fenced("FOR EACH topic:\n" + LOOP.partition("\n")[2]))
    (one,) = await old.pushed(uri)
    assert one.code == "dispatch-in-loop"
    titles = [action.title for action in await old.actions(uri, 4, "quickfix")]
    assert titles == ["Ignore dispatch-in-loop on this line", "Mark as serial on purpose"]


MANY = f"# All\n\n{fenced(LOOP)}\n> - x\n>\n>   ```python\n>   {LOOP.replace(chr(10), chr(10) + '>   ', 1)}>   ```\n"


async def test_fix_all_makes_what_the_command_line_makes(old: Editor) -> None:
    uri = old.open(old.uri("all.md"), MANY + fenced(UNKNOWN))
    (action,) = await old.actions(uri, 0, "source.fixAll")
    assert action.kind == "source.fixAll.taskfan-lint"
    fixed, left = fix(MANY + fenced(UNKNOWN), "all.md")
    assert old.applied(action) == fixed
    old.replace(uri, fixed)
    assert codes(await old.pushed(uri, old.version)) == codes(left) == ["dispatch-in-loop"]
    assert await old.actions(uri, 0, "source.fixAll") == []


async def test_a_new_client_asks_for_the_edit_of_fix_all_when_it_needs_it(new: Editor) -> None:
    uri = new.open(new.uri("all.md"), MANY)
    (action,) = await new.actions(uri, 0, "source.fixAll.taskfan-lint")
    assert action.edit is None
    resolved = await new.client.code_action_resolve_async(action)
    assert new.applied(resolved) == fix(MANY, "all.md")[0]
    (change,) = resolved.edit.document_changes
    assert change.text_document == types.OptionalVersionedTextDocumentIdentifier(uri, new.version)


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        pytest.param([], ["quickfix", "source.fixAll.taskfan-lint", "source.plan.taskfan-lint"], id="all"),
        pytest.param(["quickfix"], ["quickfix"], id="quick fixes"),
        pytest.param(["source"], ["source.fixAll.taskfan-lint", "source.plan.taskfan-lint"], id="source"),
        pytest.param(["source.organizeImports", "refactor"], [], id="others"),
    ],
)
async def test_only_the_kinds_asked_for_are_given(new: Editor, only: list[str], expected: list[str]) -> None:
    uri = new.open(new.uri("kinds.md"), fenced(LOOP))
    assert sorted({action.kind for action in await new.actions(uri, 4, *only)}) == expected


TEXT = 'for a in x:\n    Task(subagent_type="a", prompt=f"""\nReview {a}""")\n'
LISTED = LOOP[:-1] + "  # taskfan: ignore[wide-fan-out]\n"
LISTED_TOO = LISTED.replace("out]", "out, dispatch-in-loop]")


def at_end(code: str, comment: str, line: int = 2) -> str:
    rows = code.splitlines()
    rows[line - 1] += comment
    return "\n".join(rows) + "\n"


def above(code: str, comment: str, line: int = 2) -> str:
    rows = code.splitlines()
    rows.insert(line - 1, comment)
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("name", "before", "ignored", "serial"),
    [
        pytest.param("a.py", LOOP, at_end(LOOP, f"  # {IGNORE}"), at_end(LOOP, f"  # {SERIAL}"), id="Python"),
        pytest.param("a.js", SCRIPT, at_end(SCRIPT, f"  // {IGNORE}"), at_end(SCRIPT, f"  // {SERIAL}"), id="script"),
        pytest.param("a.py", TEXT, above(TEXT, f"    # {IGNORE}"), above(TEXT, f"    # {SERIAL}"), id="in a string"),
        pytest.param("a.py", LISTED, LISTED_TOO, above(LISTED, f"    # {SERIAL}"), id="one more rule"),
    ],
)
@pytest.mark.parametrize("place", ["file", "fence", "quoted fence"])
async def test_a_comment_suppresses_a_finding(
    old: Editor, name: str, before: str, ignored: str, serial: str, place: str
) -> None:
    def text(code: str) -> str:
        block = fenced(code, "js" if name == "a.js" else "python")
        quoted = "".join(f"> {line}\n" for line in block.splitlines())
        return {"file": code, "fence": block, "quoted fence": quoted}[place]

    uri = old.open(old.uri(name if place == "file" else "comment.md"), text(before), "unknown")
    given = await old.actions(uri, 1 if place == "file" else 4, "quickfix")
    actions = {action.title: old.applied(action) for action in given}
    assert actions["Ignore dispatch-in-loop on this line"] == text(ignored)
    assert actions["Mark as serial on purpose"] == text(serial)
    old.replace(uri, text(ignored))
    assert "dispatch-in-loop" not in codes(await old.pushed(uri, old.version))


async def test_a_finding_that_no_comment_suppresses_has_no_such_action(old: Editor) -> None:
    uri = old.open(old.uri("broken.py"), f"{CLEAN}x = = 1\n", "python")
    assert codes(await old.pushed(uri)) == ["syntax-error"]
    assert await old.actions(uri, 1, "quickfix") == []


# hover, plan and lenses


async def test_hover_shows_the_page_of_the_rule_and_the_window(old: Editor) -> None:
    uri = old.open(old.uri("hover.md"), fenced(LOOP))
    shown = await old.hover(uri, 4, 10)
    assert shown is not None
    page = pages.page("dispatch-in-loop").strip()
    assert shown.contents == types.MarkupContent(
        types.MarkupKind.Markdown, f"`Task` is 1 of 1 in window 1\n\n---\n\n{page}"
    )
    assert shown.range == types.Range(types.Position(4, 4), types.Position(4, 64))
    assert await old.hover(uri, 0, 0) is None


CHAIN = f'{TWO}await_all = gather()\nTask(subagent_type="editor", prompt=f"Edit {{await_all}}")\n'
STEPS = f'a = {CLEAN}b = {TWO.splitlines()[1]}\nTask(subagent_type="editor", prompt=f"Edit {{a}} and {{b}}")\n'


@pytest.mark.parametrize(
    ("line", "place"), [(0, "1 of 2 in window 1"), (1, "2 of 2 in window 1"), (2, "1 of 1 in window 2")]
)
async def test_hover_shows_the_window_of_a_dispatch(old: Editor, line: int, place: str) -> None:
    uri = old.open(old.uri("windows.py"), STEPS, "python")
    shown = await old.hover(uri, line, 8)
    assert shown is not None
    assert shown.contents == types.MarkupContent(types.MarkupKind.Markdown, f"`Task` is {place}")


SERIES = STEPS.replace("b = ", 'notify("x")\nb = ')
PLAN = """\
# Plan of plan.py

```text
plan.py:1

as written: 3 windows, 3 min
  reviewer  (1 min)
  writer    (1 min)
  editor    (1 min)

planned: 2 groups, at most 6 each, 2 min
  reviewer  (1 min) ⎤ at once: 1 min
  writer    (1 min) ⎦
  editor    (1 min)   after reviewer, writer

  reviewer  ██████████████████████████████████
  writer    ██████████████████████████████████
  editor                                      █████████████████████████████████
            0                                                             2 min

  figures                one after another 3 min, planned 2 min: speedup 1.5,
                         efficiency 0.75 (2 at once), time saved 33%
  parallel-execution.md  speedup 33%, efficiency 17%
  critical path          reviewer → editor, 2 min
  note                   no durations are known, each dispatch counts 1 min
```
"""
NO_PLAN = "# Plan of empty.md\n\nThere is no dispatch to plan in this document.\n"


async def plan(editor: Editor, uri: str) -> Any:
    return await editor.client.workspace_execute_command_async(
        types.ExecuteCommandParams("taskfan-lint.showPlan", [uri])
    )


async def test_a_text_without_dispatches_has_no_plan(old: Editor) -> None:
    assert await plan(old, old.open(old.uri("empty.md"), "Task(s)\n")) == NO_PLAN
    assert await asyncio.wait_for(old.messages.get(), SECONDS) == NO_PLAN
    assert await plan(old, old.uri("closed.md")) is None


async def test_the_plan_is_shown_in_a_message_or_a_document(old: Editor, new: Editor) -> None:
    for editor in (old, new):
        uri = editor.open(editor.uri("plan.py"), SERIES, "python")
        (action,) = await editor.actions(uri, 0, "source.plan")
        assert action.command == types.Command("Show the plan", "taskfan-lint.showPlan", arguments=(uri,))
        assert await plan(editor, uri) == PLAN
    assert await asyncio.wait_for(old.messages.get(), SECONDS) == PLAN
    shown = await asyncio.wait_for(new.shown.get(), SECONDS)
    assert Path(shown.removeprefix("file://")).read_text() == PLAN
    assert Path(shown).name == "plan.py.plan.md"


async def test_lenses_are_off_until_they_are_asked_for(new: Editor) -> None:
    uri = new.open(new.uri("lens.py"), STEPS, "python")
    assert await new.lenses(uri) == []
    new.client.set_configuration({"codeLens": True}, section="taskfan-lint")
    new.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
    assert await asyncio.wait_for(new.refreshed.get(), SECONDS) == "lenses"
    lenses = await new.lenses(uri)
    assert [(lens.range.start.line, lens.command and lens.command.title) for lens in lenses] == [
        (0, "1 of 2 in window 1"),
        (1, "2 of 2 in window 1"),
        (2, "1 of 1 in window 2"),
    ]
    new.client.set_configuration({}, section="taskfan-lint")


async def test_an_old_client_turns_lenses_on_by_its_options(tmp_path: Path) -> None:
    editor = await connect(tmp_path, capabilities(), initialization_options={"codeLens": True})
    uri = editor.open(editor.uri("lens.py"), STEPS, "python")
    assert len(await editor.lenses(uri)) == 3
    settings = {"taskfan-lint": {"codeLens": False}}
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings))
    assert await editor.lenses(uri) == []
    await disconnect(editor)


# configuration


async def test_the_configuration_counts_and_is_read_again_when_it_changes(old: Editor) -> None:
    file = old.write("project/taskfan-lint.toml", 'ignore = ["dispatch-in-loop"]\n')
    uri = old.open(old.uri("project/a.md"), fenced(LOOP))
    assert await old.pushed(uri) == []
    file.write_text('severity = { dispatch-in-loop = "error" }\n')
    assert [one.severity for one in await old.pushed(uri)] == [types.DiagnosticSeverity.Error]
    file.write_text('severity = { dispatch-in-loop = "err')
    warning = f"taskfan-lint: {file}:1: broken TOML: Unterminated string; what counted before still counts"
    assert await asyncio.wait_for(old.messages.get(), SECONDS) == warning
    assert [one.severity for one in await old.pushed(uri)] == [types.DiagnosticSeverity.Error]
    file.write_text('severity = { dispatch-in-loop = "info" }\n')
    assert [one.severity for one in await old.pushed(uri)] == [types.DiagnosticSeverity.Information]
    assert old.messages.empty()


async def test_a_file_that_the_configuration_extends_is_watched_too(old: Editor) -> None:
    base = old.write("base.toml", 'ignore = ["dispatch-in-loop"]\n')
    old.write("extending/taskfan-lint.toml", 'extend = "../base.toml"\n')
    uri = old.open(old.uri("extending/a.md"), fenced(LOOP))
    assert await old.pushed(uri) == []
    base.write_text("")
    assert codes(await old.pushed(uri)) == ["dispatch-in-loop"]


def known(*arguments: str, folder: Path, reason: str) -> str:
    """Return the baseline that the command line writes, with a reason for each finding."""
    subprocess.run(
        [*COMMAND[:-1], "--write-baseline", "known.json", *arguments],
        cwd=folder,
        capture_output=True,
        env=ENVIRONMENT,
        timeout=SECONDS,
        check=True,
    )
    return (folder / "known.json").read_text().replace('"reason": ""', f'"reason": "{reason}"')


async def test_findings_that_the_baseline_knows_are_hints(old: Editor) -> None:
    old.write("known/taskfan-lint.toml", 'baseline = "known.json"\n')
    file = old.write("known/a.md", fenced(LOOP))
    text = known("a.md", folder=file.parent, reason="from before")
    baseline = old.write("known/known.json", text)
    uri = old.open(file.as_uri(), fenced(LOOP) + fenced(UNKNOWN))
    first, second = await old.pushed(uri)
    assert (first.severity, second.severity) == (types.DiagnosticSeverity.Hint, types.DiagnosticSeverity.Warning)
    assert first.message == (
        "`Task` goes out once per iteration, and no iteration uses another's result: `topic` only reaches `prompt` "
        "(2 windows, 1 needed)\nhelp: write the calls one below another, without the loop\nknown: from before"
    )
    baseline.write_text("{")
    warning = f"taskfan-lint: {baseline}:1: broken JSON: expecting property name enclosed in double quotes; "
    assert await asyncio.wait_for(old.messages.get(), SECONDS) == f"{warning}no finding counts as known"
    assert [one.severity for one in await old.pushed(uri)] == [types.DiagnosticSeverity.Warning] * 2
    old.replace(uri, fenced(LOOP))
    assert [one.severity for one in await old.pushed(uri)] == [types.DiagnosticSeverity.Warning]
    baseline.write_text(text)
    assert [one.severity for one in await old.pushed(uri)] == [types.DiagnosticSeverity.Hint]
    assert old.messages.empty()
    assert old.published.empty()


async def test_a_baseline_that_is_missing_is_said(old: Editor) -> None:
    old.write("missing/taskfan-lint.toml", 'baseline = "known.json"\n')
    assert await found(old, "missing/a.md", fenced(LOOP)) == ["dispatch-in-loop"]
    missing = old.folder / "missing/known.json"
    warning = f"taskfan-lint: {missing}: no such baseline, `--write-baseline` makes one; no finding counts as known"
    assert await asyncio.wait_for(old.messages.get(), SECONDS) == warning


async def test_a_new_client_says_which_files_have_changed(new: Editor) -> None:
    (registration,) = new.registered
    assert registration.method == types.WORKSPACE_DID_CHANGE_WATCHED_FILES
    uri = new.open(new.uri("watched/a.md"), fenced(LOOP))
    before = await new.pulled(uri)
    assert codes(before.items) == ["dispatch-in-loop"]
    file = new.write("watched/.taskfan-lint.toml", 'ignore = ["dispatch-in-loop"]\n')
    event = types.FileEvent(file.as_uri(), types.FileChangeType.Created)
    new.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    assert await asyncio.wait_for(new.refreshed.get(), SECONDS) == "diagnostics"
    after = await new.pulled(uri, before.result_id)
    assert (after.kind, list(after.items)) == ("full", [])


async def test_files_that_are_left_out_have_no_diagnostics(old: Editor) -> None:
    old.write("left/taskfan-lint.toml", 'extend-exclude = ["archive/"]\n')
    old.write("left/.gitignore", "*.draft.md\n")
    assert await found(old, "left/a.md", fenced(LOOP)) == ["dispatch-in-loop"]
    assert await found(old, "left/archive/a.md", fenced(LOOP)) == []
    assert await found(old, "left/node_modules/x/a.md", fenced(LOOP)) == []
    assert await found(old, "left/a.draft.md", fenced(LOOP)) == []


async def test_a_text_that_is_too_large_is_said_once(old: Editor) -> None:
    old.write("large/taskfan-lint.toml", "max-file-size = 400\n")
    uri = old.open(old.uri("large/large.md"), fenced(LOOP) + "é" * 180)
    assert await old.pushed(uri) == []
    old.replace(uri, fenced(LOOP) + "é" * 190)
    assert await old.pushed(uri, old.version) == []
    words = "taskfan-lint: large.md: too large: `max-file-size` is 400"
    assert await asyncio.wait_for(old.messages.get(), SECONDS) == words
    assert old.messages.empty()


async def test_rules_are_ignored_by_path_with_or_without_a_suffix(old: Editor) -> None:
    old.write("paths/taskfan-lint.toml", 'per-file-ignores = { "drafts/*" = ["dispatch-in-loop"] }\n')
    assert await found(old, "paths/a", fenced(LOOP)) == ["dispatch-in-loop"]
    assert await found(old, "paths/drafts/a", fenced(LOOP)) == []
    assert await found(old, "paths/drafts/a.md", fenced(LOOP)) == []


async def test_each_folder_of_a_workspace_has_its_own_configuration(tmp_path: Path) -> None:
    build, second = tmp_path / "build", tmp_path / "second"
    for folder in (build, second):
        folder.mkdir()
    (second / "pyproject.toml").write_text('[tool.taskfan-lint]\nignore = ["dispatch-in-loop"]\n')
    editor = await connect(build, capabilities(), second)
    assert await found(editor, (build / "a.md").as_uri(), fenced(LOOP)) == ["dispatch-in-loop"]
    assert await found(editor, (second / "a.md").as_uri(), fenced(LOOP)) == []
    assert await found(editor, "untitled:Untitled-1", fenced(LOOP)) == ["dispatch-in-loop"]
    await disconnect(editor)


# imports

AGENTS = 'def launch(topic):\n    return Task(subagent_type="researcher", prompt=f"Research {topic}")\n'
MIDDLE = "from .agents import launch\n\n\ndef go(topic):\n    return launch(topic)\n"
QUIET = "def launch(topic):\n    return topic\n"
MAIN = 'from lib.agents import launch\n\nfor topic in ["tests", "docs"]:\n    launch(topic)\n'


@pytest.mark.parametrize("module", ["agents", "middle"])
async def test_a_call_of_an_imported_function_that_dispatches_counts(old: Editor, module: str) -> None:
    old.write("calls/lib/agents.py", AGENTS)
    old.write("calls/lib/middle.py", MIDDLE)
    name = "launch" if module == "agents" else "go"
    text = MAIN.replace("lib.agents", f"calls.lib.{module}").replace("launch", name)
    uri = old.open(old.uri("calls/main.py"), text, "python")
    (one,) = await old.pushed(uri)
    assert (one.code, one.range.start) == ("dispatch-in-loop", types.Position(3, 4))
    shown = await old.hover(uri, 3, 8)
    assert shown is not None
    assert isinstance(shown.contents, types.MarkupContent)
    assert shown.contents.value.partition("\n")[0] == f"`{name}` is 1 of 1 in window 1"
    (action,) = await old.actions(uri, 0, "source.fixAll")
    assert old.applied(action) == f'from calls.lib.{module} import {name}\n\n{name}("tests")\n{name}("docs")\n'


async def test_imported_files_count_as_they_are_now(old: Editor) -> None:
    agents = old.write("now/lib/agents.py", QUIET)
    uri = old.open(old.uri("now/main.py"), MAIN, "python")
    assert await old.pushed(uri) == []
    agents.write_text(AGENTS)
    assert codes(await old.pushed(uri)) == ["dispatch-in-loop"]
    opened = old.open(agents.as_uri(), QUIET, "python")
    assert await old.pushed(uri) == []
    old.replace(opened, AGENTS)
    assert codes(await old.pushed(uri)) == ["dispatch-in-loop"]
    old.replace(opened, QUIET)
    assert await old.pushed(uri) == []
    old.close(opened)
    assert codes(await old.pushed(uri)) == ["dispatch-in-loop"]


async def test_files_that_import_each_other_are_read_once_for_each_change(old: Editor) -> None:
    one = old.open(old.uri("ring/one.py"), f"import ring.two\n{AGENTS}ring.two.launch(1)\n", "python")
    two = old.open(old.uri("ring/two.py"), f"import ring.one\n{AGENTS}ring.one.launch(1)\n", "python")
    old.replace(one, f"import ring.two\n{AGENTS}ring.two.launch(2)\n")
    last = old.version
    assert await old.pushed(one, last) == []
    await asyncio.sleep(0.3)  # longer than the pause before an answer
    sent = [old.published.get_nowait().uri for _ in range(old.published.qsize())]
    assert (sent.count(one), sent.count(two) <= 1) == (0, True)


async def test_a_new_client_asks_again_about_what_imports_a_changed_text(new: Editor) -> None:
    assert new.result is not None
    provider = new.result.capabilities.diagnostic_provider
    assert provider is not None
    assert provider.inter_file_dependencies is True
    uri = new.open(new.uri("again/main.py"), MAIN, "python")
    agents = new.open(new.uri("again/lib/agents.py"), AGENTS, "python")
    before = await new.pulled(uri)
    assert codes(before.items) == ["dispatch-in-loop"]
    new.replace(agents, QUIET)
    after = await new.pulled(uri, before.result_id)
    assert (after.kind, list(after.items)) == ("full", [])


# work


def large(name: str) -> str:
    return "".join(fenced(LOOP.replace("topic", f"{name}{number}")) for number in range(200))


async def test_the_server_answers_while_it_analyses(old: Editor) -> None:
    uri = old.open(old.uri("large.md"), large("a"))
    assert await old.lenses(uri) == []
    assert old.published.empty()
    assert len(await old.pushed(uri)) == 200


async def test_only_what_stands_still_is_analysed(old: Editor) -> None:
    uri = old.open(old.uri("typed.md"), large("b"))
    for number in range(50):
        old.replace(uri, large(f"c{number}"))
    old.replace(uri, fenced(LOOP))
    versions = [(await asyncio.wait_for(old.published.get(), SECONDS)).version]
    while versions[-1] != old.version:
        versions.append((await asyncio.wait_for(old.published.get(), SECONDS)).version)
    assert len(versions) < 25
    old.replace(uri, fenced(CLEAN))
    params = await asyncio.wait_for(old.published.get(), SECONDS)
    assert (params.uri, params.version, list(params.diagnostics)) == (uri, old.version, [])


async def test_a_question_about_a_text_that_changes_is_answered_for_what_it_is_then(new: Editor) -> None:
    uri = new.open(new.uri("racing.md"), large("d"))
    asked = asyncio.ensure_future(new.pulled(uri))
    await asyncio.sleep(0)
    new.replace(uri, fenced(CLEAN))
    assert list((await asked).items) == []


# the end


def message(method: str, number: int | None = None, params: str = "null") -> bytes:
    own = f'"id": {number}, ' if number is not None else ""
    body = f'{{"jsonrpc": "2.0", {own}"method": "{method}", "params": {params}}}'
    return f"Content-Length: {len(body)}\r\n\r\n{body}".encode()


INITIALIZE = message("initialize", 1, '{"capabilities": {}, "processId": null}')


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(INITIALIZE + message("shutdown", 2) + message("exit"), 0, id="as agreed"),
        pytest.param(INITIALIZE + message("exit"), 1, id="without shutdown"),
        pytest.param(INITIALIZE, 1, id="end of input"),
        pytest.param(b"", 1, id="nothing"),
    ],
)
async def test_the_server_ends_with_its_client(sent: bytes, status: int) -> None:
    done = subprocess.run(COMMAND, input=sent, capture_output=True, env=ENVIRONMENT, timeout=SECONDS, check=False)
    assert (done.returncode, done.stderr) == (status, b"")


async def test_the_server_does_not_outlive_the_process_of_its_client() -> None:
    client = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    server = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT)
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(message("initialize", 1, f'{{"capabilities": {{}}, "processId": {client.pid}}}'))
    server.stdin.flush()
    assert server.stdout.readline().startswith(b"Content-Length: ")
    client.communicate(b"\n", timeout=SECONDS)
    assert server.wait(SECONDS) == 1  # its standard input is still open
    server.stdin.close()
    server.stdout.close()
