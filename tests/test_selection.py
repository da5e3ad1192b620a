"""Tests of the selection by Git and by parts, with real repositories, some of them hostile."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Cli
from test_cli import CLEAN, LOOP, UNKNOWN, lines, places, write

from taskfan_lint.edit import Span
from taskfan_lint.finding import Finding, Note, Severity
from taskfan_lint.git import Rows, changes, hunks
from taskfan_lint.selection import part_of
from taskfan_lint.touched import touched

CONCISE = ("--output-format", "concise")
WHO = {f"GIT_{role}_{what}": "a@b" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
NOWHERE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}

Git = Callable[..., str]


@pytest.fixture
def git(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """Run Git in the current folder, which is a repository in an empty folder, without the user's configuration."""
    for name, value in {**WHO, **NOWHERE, "GIT_CEILING_DIRECTORIES": os.fspath(tmp_path.parent)}.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> str:
        command = ["git", "-c", "protocol.file.allow=always", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    run("init", "-q", "-b", "main")
    return run


def commit(git: Git) -> None:
    git("add", "-A")
    git("commit", "-q", "-m", "x")


def files(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    """Return the paths that `--show-files` lists."""
    assert done.returncode == 0, done.stderr
    return lines(done.stdout)


def test_since_checks_what_is_committed_changed_and_untracked(cli: Cli, git: Git) -> None:
    for name in ("same.py", "gone.py", "old.py", "edited.py"):
        write(name, CLEAN)
    write(".gitignore", "ignored.py\n")
    commit(git)
    git("switch", "-q", "-c", "feature")
    write("sub/committed.py", LOOP)
    git("mv", "old.py", "new.py")
    git("rm", "-q", "gone.py")
    commit(git)
    write("edited.py", LOOP)
    write("sub/untracked.py", LOOP)
    write("ignored.py", LOOP)
    write("staged.py", LOOP)
    git("add", "staged.py")
    expected = ["edited.py", "new.py", "staged.py", "sub/committed.py", "sub/untracked.py"]
    assert files(cli("--since", "main", "--show-files")) == expected
    done = cli("--since", "main", *CONCISE)
    assert lines(done.stderr)[-1] == "5 files checked (5 Python), 1 not selected"


def test_since_looks_at_what_came_after_the_work_began_not_at_what_others_did(cli: Cli, git: Git) -> None:
    write("a.py", CLEAN)
    write("b.py", CLEAN)
    commit(git)
    git("switch", "-q", "-c", "feature")
    write("a.py", LOOP)
    commit(git)
    git("switch", "-q", "main")
    write("b.py", LOOP)
    commit(git)
    git("switch", "-q", "feature")
    assert files(cli("--since", "main", "--show-files")) == ["a.py"]


def test_since_a_history_without_anything_in_common_is_all_that_differs(cli: Cli, git: Git) -> None:
    write("a.py", CLEAN)
    write("b.py", CLEAN)
    commit(git)
    git("switch", "-q", "--orphan", "other")
    write("a.py", LOOP)
    write("b.py", CLEAN)
    commit(git)
    assert files(cli("--since", "main", "--show-files")) == ["a.py"]


def test_staged_checks_only_what_is_in_the_index(cli: Cli, git: Git) -> None:
    write("first.py", LOOP)
    write("untracked.py", LOOP)
    git("add", "first.py")
    assert files(cli("--staged", "--show-files")) == ["first.py"]
    commit(git)
    write("first.py", CLEAN)
    write("second.py", LOOP)
    git("add", "second.py")
    assert files(cli("--staged", "--show-files")) == ["second.py"]
    commit(git)
    done = cli("--staged")
    assert (done.returncode, lines(done.stderr)) == (0, ["nothing to check: 3 files not selected"])


def test_a_subfolder_is_a_place_to_start_from(cli: Cli, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.py", "sub/b.py", "sub/c.py"):
        write(name, CLEAN)
    commit(git)
    for name in ("a.py", "sub/b.py"):
        write(name, LOOP)
    write("sub/new.py", LOOP)
    monkeypatch.chdir("sub")
    assert files(cli("--since", "HEAD", "--show-files")) == ["b.py", "new.py"]
    assert places(cli("--since", "HEAD", "--changed-lines", *CONCISE, "..").stdout) == [
        f"{Path.cwd().parent / 'a.py'}:2:5: warning[dispatch-in-loop]",
        "b.py:2:5: warning[dispatch-in-loop]",
        "new.py:2:5: warning[dispatch-in-loop]",
    ]


def test_a_symbolic_link_is_changed_when_its_file_is(cli: Cli, git: Git) -> None:
    write("real/a.py", CLEAN)
    Path("link.py").symlink_to("real/a.py")
    commit(git)
    write("real/a.py", LOOP)
    assert files(cli("--since", "HEAD", "--show-files", "link.py")) == ["link.py"]


def test_files_of_a_submodule_are_left_to_a_run_inside_of_it(
    cli: Cli, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main").mkdir()
    write("inner/a.py", CLEAN)
    subprocess.run(["git", "init", "-q", "inner"], check=True)
    monkeypatch.chdir("inner")
    commit(git)
    monkeypatch.chdir(tmp_path / "main")
    git("init", "-q")
    git("submodule", "add", "-q", "../inner", "sub")
    commit(git)
    write("sub/a.py", LOOP)
    write("b.py", LOOP)
    assert files(cli("--since", "HEAD", "--show-files")) == ["b.py"]
    monkeypatch.chdir("sub")
    assert files(cli("--since", "HEAD", "--show-files")) == ["a.py"]


def test_changed_lines_keeps_only_what_a_change_touched(cli: Cli, git: Git) -> None:
    write("a.py", LOOP + CLEAN + UNKNOWN)
    write("moved.py", LOOP)
    commit(git)
    git("mv", "moved.py", "here.py")
    write("a.py", LOOP + CLEAN + UNKNOWN.replace("Review {path}", "Review the {path}"))
    write("new.py", LOOP)
    done = cli("--since", "HEAD", "--changed-lines", *CONCISE)
    assert places(done.stdout) == ["a.py:5:5: warning[dispatch-in-loop]", "new.py:2:5: warning[dispatch-in-loop]"]
    git("add", "-A")
    assert cli("--staged", "--changed-lines", *CONCISE).stdout == done.stdout


def test_changed_lines_counts_for_the_exit_status_and_comes_after_the_baseline(cli: Cli, git: Git) -> None:
    write("a.py", LOOP)
    commit(git)
    write("a.py", LOOP + CLEAN)
    write("known.json", "")
    Path("known.json").unlink()
    assert cli("--since", "HEAD", "--changed-lines").returncode == 0
    assert cli("--since", "HEAD").returncode == 1
    cli("--write-baseline", "known.json")
    assert lines(cli("--since", "HEAD", "--changed-lines", "--baseline", "known.json").stderr)[0] == "no findings"


@pytest.mark.parametrize(
    "name", ["a b.py", 'q"\\.py', "tab\t.py", "new\nline.py", "é🐍.py", "b/a.py", "+++ b/x.py", "-x.py", "\udcff.py"]
)
def test_odd_names_are_found_with_their_rows(git: Git, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("a\nb\nc\n")
    commit(git)
    file.write_text("a\n++ b/other.py\nc\n@@ -1 +1 @@\n")
    found = changes(tmp_path, since="HEAD", rows=True)
    assert found.files == {os.path.realpath(file): (Rows(2, 1), Rows(4, 1))}


def test_rows_are_read_from_a_patch_whatever_the_lines_look_like() -> None:
    patch = (
        b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,2 @@ def f():\n---- a/y\n++++ b/y\n+@@ -9 +9 @@\n"
        b"@@ -5,2 +6,0 @@\n-a\n-b\n\\ No newline at end of file\ndiff --git a/e b/e\n--- /dev/null\n+++ b/e\t\n"
        b"@@ -0,0 +1 @@\n+x\ndiff --git a/bin b/bin\nBinary files differ\n"
    )
    assert list(hunks(patch)) == [("x", [Rows(1, 2), Rows(6, 0)]), ("e", [Rows(1, 1)])]


ROWS = "1\n2\r\n3\n4\n5\n6\n"


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        pytest.param(Rows(1, 1), False, id="right above"),
        pytest.param(Rows(2, 1), True, id="the note"),
        pytest.param(Rows(3, 1), True, id="between"),
        pytest.param(Rows(4, 1), True, id="the finding"),
        pytest.param(Rows(5, 2), False, id="right below"),
        pytest.param(Rows(1, 0), True, id="deleted above"),
        pytest.param(Rows(3, 0), True, id="deleted between"),
        pytest.param(Rows(4, 0), True, id="deleted below"),
        pytest.param(Rows(0, 0), False, id="deleted at the start"),
        pytest.param(Rows(6, 0), False, id="deleted at the end"),
        pytest.param(Rows(9, 3), False, id="beyond the end"),
    ],
)
def test_a_change_touches_a_finding_from_its_first_to_its_last_place(rows: Rows, kept: bool) -> None:
    place = ROWS.index("4")
    note = Note(Span(ROWS.index("2"), ROWS.index("2") + 1), "n")
    finding = Finding("late-context", Severity.INFO, "m", Span(place, place + 1), notes=(note,))
    assert touched(ROWS, [rows], [finding]) == [finding] * kept


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("color.diff", "always"),
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.interHunkContext", "100"),
        ("diff.relative", "true"),
        ("diff.renames", "false"),
        ("core.quotePath", "true"),
    ],
)
def test_how_a_user_likes_diffs_changes_nothing(git: Git, tmp_path: Path, key: str, value: str) -> None:
    rows = [str(number) for number in range(9)]
    old, new = tmp_path / "b/é.py", tmp_path / "b/ü.py"
    old.parent.mkdir()
    old.write_text("\n".join(rows))
    commit(git)
    old.rename(new)
    new.write_text("\n".join(["x", *rows[1:6], "y", *rows[7:]]))
    git("add", "-A")
    git("config", key, value)
    expected = {os.path.realpath(new): (Rows(1, 1), Rows(7, 1))}
    assert changes(new.parent, since="HEAD", rows=True).files == expected


# errors


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--since", "-x"], "`--since`: `-x` is no Git commit"),
        (["--since", ""], "`--since`: `` is no Git commit"),
        (["--since", "a", "--staged"], "`--since` and `--staged` exclude each other"),
        (["--changed-lines"], "`--changed-lines` goes with `--since` or `--staged`"),
        (
            ["--staged", "--changed-lines", "--fix"],
            "`--changed-lines` goes without `--fix` and `--diff`, which would touch other lines too",
        ),
        (["--staged", "-"], "`--since`, `--staged` and `--shard` go with files, not with `-`"),
        (["--shard", "0/2"], "Invalid value for '--shard': expects a part such as `2/8`, from 1 on, not `0/2`"),
        (["--shard", "3/2"], "Invalid value for '--shard': expects a part such as `2/8`, from 1 on, not `3/2`"),
        (["--shard", "1"], "Invalid value for '--shard': expects a part such as `2/8`, from 1 on, not `1`"),
    ],
)
def test_options_that_cannot_be_used_are_refused(cli: Cli, arguments: list[str], reason: str) -> None:
    done = cli(*arguments)
    assert (done.returncode, done.stdout, lines(done.stderr)[0]) == (2, b"", f"taskfan-lint: error: {reason}")


def test_outside_of_a_repository_there_is_an_error(cli: Cli, tmp_path: Path) -> None:
    write("a.py", LOOP)
    done = cli("--staged", GIT_CEILING_DIRECTORIES=os.fspath(tmp_path.parent), **NOWHERE)
    assert (done.returncode, done.stdout) == (2, b"")
    assert lines(done.stderr) == [f"taskfan-lint: error: {tmp_path} is in no Git repository"]


def test_an_unknown_commit_is_an_error(cli: Cli, git: Git, tmp_path: Path) -> None:
    write("a.py", LOOP)
    commit(git)
    done = cli("--since", "gone")
    assert (done.returncode, done.stdout) == (2, b"")
    assert lines(done.stderr) == [f"taskfan-lint: error: `gone` is no commit in {tmp_path}"]


def test_without_git_there_is_an_error(cli: Cli) -> None:
    done = cli("--staged", PATH="/nowhere")
    assert (done.returncode, lines(done.stderr)) == (2, ["taskfan-lint: error: Git is not installed"])


# hostile repositories


def test_nothing_that_a_repository_names_is_run(cli: Cli, git: Git, tmp_path: Path) -> None:
    trap = write("trap", f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    trap.chmod(0o755)
    write("a.py", CLEAN)
    write("b=c.py", CLEAN)
    commit(git)
    hooks = Path("hooks")
    hooks.mkdir()
    for hook in ("post-index-change", "post-checkout"):
        (hooks / hook).symlink_to(tmp_path / "trap")
    write(".gitattributes", "*.py diff=evil filter=evil\nb* filter=x=y\n")
    for key in ("core.fsmonitor", "diff.external", "diff.evil.command", "diff.evil.textconv", "core.pager"):
        git("config", key, os.fspath(tmp_path / "trap"))
    for name in ("evil", "x=y"):
        for key in ("clean", "smudge", "process"):
            git("config", f"filter.{name}.{key}", os.fspath(tmp_path / "trap"))
        git("config", f"filter.{name}.required", "true")
    git("config", "core.hooksPath", os.fspath(hooks.resolve()))
    Path("sprung").unlink(missing_ok=True)
    write("a.py", CLEAN + LOOP)
    write("b=c.py", CLEAN + LOOP)
    done = cli("--since", "HEAD", "--changed-lines", *CONCISE, "a.py", "b=c.py")
    assert places(done.stdout) == ["a.py:3:5: warning[dispatch-in-loop]", "b=c.py:3:5: warning[dispatch-in-loop]"]
    cli("--staged", "--changed-lines")
    assert not Path("sprung").exists()


def test_the_trap_of_the_test_before_springs_where_nothing_is_switched_off(git: Git, tmp_path: Path) -> None:
    trap = write("trap", f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    trap.chmod(0o755)
    write("a.py", CLEAN)
    commit(git)
    write(".gitattributes", "*.py filter=evil\n")
    git("config", "filter.evil.clean", os.fspath(tmp_path / "trap"))
    write("a.py", CLEAN + LOOP)
    git("diff", "--name-only")
    assert Path("sprung").exists()


# parts


def test_parts_are_stable_cover_all_and_share_nothing() -> None:
    names = [f"prompts/{number}.md" for number in range(200)]
    parts = [[name for name in names if part_of(name, 8) == part] for part in range(1, 9)]
    assert sorted(name for part in parts for name in part) == sorted(names)
    assert min(len(part) for part in parts) > 10
    assert [part_of(name, 8) for name in names[:6]] == [part_of(f"prompts/{number}.md", 8) for number in range(6)]
    assert {part_of(name, 1) for name in names} == {1}


def test_the_part_of_a_file_is_fixed() -> None:
    assert [part_of(f"prompts/{name}.md", 4) for name in "abcd"] == [3, 4, 1, 3]


def test_sarif_parts_merge_to_the_whole(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".git").mkdir()
    for number in range(9):
        write(f"sub/{number}.py", LOOP)

    def runs(*arguments: str) -> dict[str, object]:
        (run,) = json.loads(cli("--output-format", "sarif", *arguments).stdout)["runs"]
        return dict(run)

    whole = runs()
    parts = [runs("--shard", f"{part}/3") for part in (1, 2, 3)]
    merged = {
        **parts[0],
        "results": sorted((result for part in parts for result in part["results"]), key=str),  # type: ignore[attr-defined]
    }
    assert merged == {**whole, "results": sorted(whole["results"], key=str)}  # type: ignore[call-overload]
    monkeypatch.chdir("sub")
    assert runs("--shard", "2/3") == parts[1]
