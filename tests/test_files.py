"""Tests of the files: which are found below a path, how they are read, and how they are replaced."""

from __future__ import annotations

import fcntl
import os
import resource
import socket
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from taskfan_lint.config import Configs
from taskfan_lint.files import Problem, Skipped, Source, TooLargeError, find, read, replace, search, tidy
from taskfan_lint.swap import WriteError, beside, put

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes, links and FIFOs are those of POSIX")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def plant(*names: str) -> None:
    for name in names:
        note(name, "x = 1\n")


def note(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def found(*paths: str, force_exclude: bool = False, **layer: Any) -> list[str]:
    """Return the files found, relative to the current folder."""
    entries = find(paths or (".",), Configs(layer), force_exclude=force_exclude)
    return [os.path.relpath(entry.path) for entry in entries if isinstance(entry, Source)]


def test_files_are_found_by_suffix_and_sorted() -> None:
    plant("b.py", "a.pyi", "c.MD", "d.mdx", "e.mdc", "f.markdown", "g.txt", "h.ipynb", "i", "z/a.py", ".claude/x.md")
    assert found() == [".claude/x.md", "a.pyi", "b.py", "c.MD", "d.mdx", "e.mdc", "f.markdown", "z/a.py"]


def test_a_folder_gives_its_scripts() -> None:
    plant("a.js", "b.mjs", "c.cjs", "d.ts", "e.mts", "f.cts", "g.tsx", "H.JSX", "i.json", "j.jsm", ".claude/k.js")
    assert found() == [".claude/k.js", "H.JSX", "a.js", "b.mjs", "c.cjs", "d.ts", "e.mts", "f.cts", "g.tsx"]


def test_a_file_is_found_once() -> None:
    plant("a/b.py")
    assert found("a/b.py", "a", ".", "a/../a/b.py") == ["a/b.py"]


def test_a_file_under_two_names_is_found_under_its_own() -> None:
    plant("z.md")
    Path("a.md").symlink_to("z.md")
    assert found() == ["z.md"]
    assert found("a.md") == ["a.md"]


def test_links_to_one_file_elsewhere_are_found_once() -> None:
    plant("x/a.py", "x/b/c.py", "y/other.py")
    for link, target in (("x/z.py", "y/other.py"), ("x/m.py", "y/other.py"), ("x/0.py", "x/b/c.py")):
        Path(link).symlink_to(Path(target).absolute())
    assert found("x") == ["x/a.py", "x/b/c.py", "x/m.py"]
    assert found(".") == ["x/a.py", "x/b/c.py", "y/other.py"]


def test_files_come_in_order_of_path_however_folders_are_named() -> None:
    plant("a.py", "a/b.py", "a-b/c.py", "a.b/c.py", "aa.py")
    assert found() == ["a-b/c.py", "a.b/c.py", "a.py", "a/b.py", "aa.py"]
    assert [each.file for each in search(["."], Configs()) if isinstance(each, Source)] == [
        os.path.abspath(name) for name in found()
    ]


def test_links_to_folders_are_not_followed_unless_named() -> None:
    plant("a/b.py")
    Path("a/loop").symlink_to(".")
    Path("link").symlink_to("a")
    Path("self.py").symlink_to("self.py")
    Path("gone.py").symlink_to("nowhere.py")
    assert found() == ["a/b.py"]
    assert found("link") == ["link/b.py"]


def test_default_excludes_are_left_out_but_not_where_named() -> None:
    plant("a.py", ".venv/b.py", "x/node_modules/c.md", "build/d.py", "build/build/e.py")
    assert found() == ["a.py"]
    assert found("build", ".venv/b.py") == [".venv/b.py", "build/d.py"]


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        pytest.param({"exclude": ("a.py",)}, ["build/a.md", "d/b.py", "d/e/c.py"], id="exclude replaces the default"),
        pytest.param({"extend_exclude": ("d/*.py",)}, ["a.py", "d/e/a.py", "d/e/c.py"], id="one level"),
        pytest.param({"extend_exclude": ("/a.py", "e/")}, ["d/b.py"], id="anchored, and a folder"),
        pytest.param({"extend_exclude": ("*.py", "!b.py")}, ["d/b.py"], id="a later pattern takes back"),
        pytest.param({"extend_exclude": ("!build",)}, None, id="a default taken back"),
    ],
)
def test_patterns_are_those_of_gitignore(layer: dict[str, Any], expected: list[str] | None) -> None:
    everything = ["a.py", "build/a.md", "d/b.py", "d/e/a.py", "d/e/c.py"]
    plant(*everything)
    assert found(**layer) == (everything if expected is None else expected)


def test_patterns_of_a_configuration_are_relative_to_it() -> None:
    plant("a.py", "d/a.py", "d/e/a.py", "d/e/b.py")
    note("d/taskfan-lint.toml", "extend-exclude = ['/e/a.py']")
    assert found() == ["a.py", "d/a.py", "d/e/b.py"]
    assert found("d/e") == ["d/e/b.py"]


def test_force_exclude_counts_for_named_paths_too() -> None:
    plant("a.py", "build/b.py", "d/c.py")
    assert found("a.py", "build/b.py", "d", force_exclude=True, extend_exclude=("d",)) == ["a.py"]
    entries = find(["build/b.py"], Configs(), force_exclude=True)
    assert entries == [Skipped("build/b.py", "is excluded", wanted=True)]


def test_gitignore_files_are_respected() -> None:
    plant("a.py", "b.py", "d/a.py", "d/b.py", "d/keep/a.py", "out/x.py", "d/out.py")
    note(".gitignore", "# a comment\na.py\nout/\n!\n[\n")
    note("d/.gitignore", "b.py\r\n!/keep/a.py\n")
    assert found() == ["b.py", "d/keep/a.py", "d/out.py"]
    assert found("out", "a.py") == ["a.py", "out/x.py"]


def test_gitignore_files_above_count_up_to_the_root_of_the_repository() -> None:
    plant("r/p/a.py", "r/p/b.py", "r/p/c.py")
    note(".gitignore", "c.py")
    note("r/.gitignore", "/p/b.py\np/a.py")
    note("r/p/.gitignore", "!a.py")
    assert found("r/p") == ["r/p/a.py", "r/p/b.py", "r/p/c.py"]
    Path("r/.git").mkdir()
    assert found("r/p") == ["r/p/a.py", "r/p/c.py"]


def test_a_contents_pattern_does_not_hide_the_folder_from_a_later_one() -> None:
    plant("d/a.py", "d/b.py")
    note(".gitignore", "d/**\n!d/b.py\n")
    assert found() == ["d/b.py"]


def test_what_is_no_regular_file_is_passed_over_in_a_folder_and_an_error_by_name() -> None:
    os.mkfifo("pipe.py")
    server = socket.socket(socket.AF_UNIX)
    server.bind("socket.md")
    server.close()
    assert find(["."], Configs()) == []
    reason = "is not a regular file, `-` reads standard input"
    assert find(["pipe.py", "/dev/null"], Configs()) == [Problem("pipe.py", reason), Problem("/dev/null", reason)]


def test_a_missing_path_is_an_entry_and_the_others_are_still_found() -> None:
    plant("a.py")
    entries = find(["gone.py", "a.py", "gone/"], Configs())
    assert entries[1:] == [
        Problem("gone.py", "no such file or folder"),
        Problem("gone/", "no such file or folder"),
    ]
    assert isinstance(entries[0], Source)


def test_a_named_script_without_suffix_is_python_and_other_files_are_skipped() -> None:
    plant("script", "notes.txt")
    assert found("script") == ["script"]
    assert find(["notes.txt"], Configs()) == [Skipped("notes.txt", "is neither Python, JavaScript nor Markdown")]


def test_a_broken_configuration_is_one_entry_and_other_folders_are_still_done() -> None:
    plant("a/a.py", "a/x/b.py", "a/y/c.py", "z.py")
    note("a/taskfan-lint.toml", "\nmax-fan = 1")
    entries = find(["."], Configs())
    assert [entry for entry in entries if not isinstance(entry, Source)] == [
        Problem(f"{Path.cwd()}/a/taskfan-lint.toml:2", "unknown key `max-fan`, did you mean `max-fan-out`?")
    ]
    assert found() == ["z.py"]


def test_names_that_are_not_utf8_or_hold_a_line_end_are_found() -> None:
    names = [b"\xff.py", b"a\nb.md"]
    for name in names:
        Path(os.fsdecode(name)).write_text("x = 1\n")
    assert [os.fsencode(name) for name in found()] == [b"a\nb.md", b"\xff.py"]


def test_reading_stops_at_the_limit() -> None:
    note("a.py", "12345")
    assert read(Path("a.py"), 5) == b"12345"
    with pytest.raises(TooLargeError, match=r"^too large: 5 bytes, `max-file-size` is 4$"):
        read(Path("a.py"), 4)


def test_replacing_keeps_the_mode_and_leaves_nothing_behind() -> None:
    note("a.py", "old")
    os.chmod("a.py", 0o751)
    replace(Path("a.py"), b"old", b"new")
    assert Path("a.py").read_bytes() == b"new"
    assert stat.S_IMODE(os.stat("a.py").st_mode) == 0o751
    assert os.listdir() == ["a.py"]


def test_replacing_keeps_a_symbolic_link() -> None:
    note("d/real.py", "old")
    Path("link.py").symlink_to("d/real.py")
    replace(Path("link.py"), b"old", b"new")
    assert os.readlink("link.py") == "d/real.py"
    assert Path("d/real.py").read_bytes() == b"new"


def test_a_file_changed_meanwhile_is_left_alone() -> None:
    note("a.py", "theirs")
    with pytest.raises(WriteError, match=r"^was changed by another program meanwhile, left alone$"):
        replace(Path("a.py"), b"old", b"new")
    assert Path("a.py").read_bytes() == b"theirs"
    assert os.listdir() == ["a.py"]


@pytest.mark.parametrize(
    ("path", "mode", "reason"),
    [
        ("d/a.py", 0o444, "cannot be written: the file is read-only"),
        ("d", 0o555, "cannot be written: its folder is read-only"),
    ],
)
def test_what_is_read_only_is_left_alone_even_for_root(path: str, mode: int, reason: str) -> None:
    note("d/a.py", "old")
    os.chmod(path, mode)
    try:
        with pytest.raises(WriteError) as raised:
            replace(Path("d/a.py"), b"old", b"new")
    finally:
        os.chmod(path, 0o755)
    assert str(raised.value) == reason
    assert Path("d/a.py").read_bytes() == b"old"
    assert os.listdir("d") == ["a.py"]


def test_a_file_that_is_gone_is_not_made_anew() -> None:
    with pytest.raises(WriteError, match=r"^cannot be written: no such file or folder$"):
        replace(Path("a.py"), b"old", b"new")
    assert os.listdir() == []


def test_what_a_killed_run_has_left_is_taken_over() -> None:
    note("a.py", "old")
    note(beside("a.py"), "half of the n")
    replace(Path("a.py"), b"old", b"new")
    assert Path("a.py").read_bytes() == b"new"
    assert os.listdir() == ["a.py"]


@pytest.mark.parametrize("locked", [False, True], ids=["left", "still written"])
def test_what_a_killed_run_has_left_is_taken_away_where_nothing_is_to_be_written(locked: bool) -> None:
    note("a.py", "new")
    note(beside("a.py"), "half of the n")
    with open(beside("a.py"), "rb") as other:
        if locked:
            fcntl.flock(other, fcntl.LOCK_EX)
        tidy(Path("a.py"))
    assert sorted(os.listdir()) == ([beside("a.py")] if locked else []) + ["a.py"]


def test_a_link_in_the_place_of_the_new_file_is_not_followed() -> None:
    note("a.py", "old")
    note("secret", "kept")
    os.symlink("secret", beside("a.py"))
    replace(Path("a.py"), b"old", b"new")
    assert Path("secret").read_bytes() == b"kept"
    assert sorted(os.listdir()) == ["a.py", "secret"]
    assert Path("a.py").read_bytes() == b"new"
    assert not Path("a.py").is_symlink()


def test_the_same_bytes_from_another_run_are_no_error() -> None:
    note("a.py", "new")
    replace(Path("a.py"), b"old", b"new")
    assert Path("a.py").read_bytes() == b"new"
    assert os.listdir() == ["a.py"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give a file away")
def test_replacing_keeps_the_owner() -> None:
    note("a.py", "old")
    os.chown("a.py", 12, 34)
    replace(Path("a.py"), b"old", b"new")
    status = os.stat("a.py")
    assert (status.st_uid, status.st_gid) == (12, 34)


def test_a_report_is_put_in_the_place_of_the_last_one_with_its_mode() -> None:
    note("report.txt", "a longer report")
    os.chmod("report.txt", 0o640)
    before = os.stat("report.txt").st_ino
    with open("report.txt", "rb") as reader:
        put("report.txt", b"short")
        assert reader.read() == b"a longer report"
    assert Path("report.txt").read_bytes() == b"short"
    assert os.stat("report.txt").st_ino != before
    assert stat.S_IMODE(os.stat("report.txt").st_mode) == 0o640
    assert os.listdir() == ["report.txt"]


def test_a_new_report_has_the_mode_that_is_usual() -> None:
    mask = os.umask(0o027)
    try:
        put("report.txt", b"new")
    finally:
        os.umask(mask)
    assert stat.S_IMODE(os.stat("report.txt").st_mode) == 0o640
    assert os.listdir() == ["report.txt"]


def test_a_report_goes_through_a_link_and_a_pipe_stays_one() -> None:
    note("real.txt", "old")
    os.symlink("real.txt", "link.txt")
    put("link.txt", b"new")
    assert (os.readlink("link.txt"), Path("real.txt").read_bytes()) == ("real.txt", b"new")
    os.mkfifo("pipe")
    reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        put("pipe", b"piped")
        assert os.read(reader, 10) == b"piped"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(os.stat("pipe").st_mode)


def test_a_report_that_cannot_be_written_leaves_the_last_one() -> None:
    note("report.txt", "old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            put("report.txt", b"x" * 1_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (os.listdir(), Path("report.txt").read_bytes()) == (["report.txt"], b"old")
