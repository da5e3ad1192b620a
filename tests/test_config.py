"""Tests of the configuration: which file counts, how files and command line join, what is said of mistakes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from taskfan_lint.config import ConfigError, Configs, overlay
from taskfan_lint.finding import Severity
from taskfan_lint.options import OPTIONS, dump
from taskfan_lint.settings import Settings

LOOP, AWAIT, LATE = "dispatch-in-loop", "await-between-dispatches", "late-context"
TABLE = "[tool.taskfan-lint]\n"


def settings(folder: Path, **choices: Any) -> Settings:
    return Configs(**choices).settings(os.fspath(folder))


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_every_key_is_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        "taskfan-lint.toml",
        """\
select = ["dispatch-in-loop", "late-context"]
ignore = ["late-context"]
extend-select = ["wide-fan-out"]
exclude = ["gen/"]
extend-exclude = ["*.pyi"]
dispatch-names = ["launch"]
dispatch-modules = ["agents"]
wait-names = ["collect"]
max-fan-out = 4
max-unroll = 3
background = true
max-file-size = 100
fail-on = "info"
[per-file-ignores]
"docs/**" = ["dispatch-in-loop"]
[severity]
late-context = "error"
[durations]
reviewer = 2
scout = 0.5
""",
    )
    assert settings(tmp_path) == Settings(
        select=("dispatch-in-loop", "late-context"),
        ignore=("late-context",),
        extend_select=("wide-fan-out",),
        exclude=("gen/",),
        extend_exclude=("*.pyi",),
        per_file_ignores={"docs/**": ("dispatch-in-loop",)},
        severity={"late-context": Severity.ERROR},
        dispatch_names=("launch",),
        dispatch_modules=("agents",),
        wait_names=("collect",),
        max_fan_out=4,
        max_unroll=3,
        background=True,
        durations={"reviewer": 2.0, "scout": 0.5},
        max_file_size=100,
        fail_on=Severity.INFO,
        root=tmp_path,
    )


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({}, 6, id="no file"),
        pytest.param({"pyproject.toml": TABLE + "max-fan-out = 2"}, 2, id="pyproject.toml"),
        pytest.param({"pyproject.toml": "[tool.ruff]\n# taskfan-lint\n"}, 6, id="pyproject.toml without the table"),
        pytest.param({"pyproject.toml": "not [ TOML"}, 6, id="pyproject.toml that is broken but silent on the linter"),
        pytest.param(
            {"pyproject.toml": TABLE + "max-fan-out = 2", "taskfan-lint.toml": "max-fan-out = 3"},
            3,
            id="taskfan-lint.toml before pyproject.toml",
        ),
        pytest.param(
            {"taskfan-lint.toml": "max-fan-out = 3", ".taskfan-lint.toml": "max-fan-out = 4"},
            4,
            id=".taskfan-lint.toml before taskfan-lint.toml",
        ),
    ],
)
def test_one_file_of_a_folder_counts(tmp_path: Path, files: dict[str, str], expected: int) -> None:
    for name, text in files.items():
        write(tmp_path, name, text)
    assert settings(tmp_path).max_fan_out == expected


def test_the_closest_file_wins_alone(tmp_path: Path) -> None:
    write(tmp_path, "taskfan-lint.toml", "max-fan-out = 3\nmax-unroll = 5")
    write(tmp_path, "a/b/taskfan-lint.toml", "max-unroll = 7")
    (tmp_path / "a/b/c").mkdir()
    configs = Configs()
    found = [configs.settings(os.fspath(tmp_path / folder)) for folder in ("a/b/c", "a/b", "a")]
    assert [(each.max_fan_out, each.max_unroll, each.root) for each in found] == [
        (6, 7, tmp_path / "a/b"),
        (6, 7, tmp_path / "a/b"),
        (3, 5, tmp_path),
    ]


def test_extend_starts_from_another_file(tmp_path: Path) -> None:
    write(tmp_path, "pyproject.toml", TABLE + 'max-fan-out = 3\nmax-unroll = 5\nseverity = {late-context = "info"}')
    write(
        tmp_path,
        "a/taskfan-lint.toml",
        'extend = "../pyproject.toml"\nmax-unroll = 7\nseverity = {wide-fan-out = "info"}',
    )
    found = settings(tmp_path / "a")
    assert (found.max_fan_out, found.max_unroll, found.root) == (3, 7, tmp_path / "a")
    assert found.severity == {"late-context": Severity.INFO, "wide-fan-out": Severity.INFO}


def test_isolated_and_a_named_file_look_at_no_other(tmp_path: Path) -> None:
    write(tmp_path, "taskfan-lint.toml", "max-fan-out = 3")
    other = write(tmp_path, "other/mine.toml", "max-fan-out = 4")
    assert settings(tmp_path, isolated=True).max_fan_out == 6
    named = settings(tmp_path, file=other)
    assert (named.max_fan_out, named.root) == (4, Path.cwd())


@pytest.mark.parametrize(
    ("layers", "enabled"),
    [
        pytest.param([], {LOOP, AWAIT, LATE}, id="all by default"),
        pytest.param([{"ignore": (LOOP,)}], {AWAIT, LATE}, id="ignore"),
        pytest.param([{"select": (LOOP,)}], {LOOP}, id="select"),
        pytest.param([{"select": (LOOP,), "extend_select": (LATE,)}], {LOOP, LATE}, id="extend-select"),
        pytest.param([{"select": (LOOP, LATE), "ignore": (LOOP,)}], {LATE}, id="ignore wins within a layer"),
        pytest.param([{"ignore": (LOOP,)}, {"select": (LOOP,)}], {LOOP}, id="a later select starts anew"),
        pytest.param([{"ignore": (LOOP,)}, {"ignore": (LATE,)}], {AWAIT}, id="ignores add up"),
        pytest.param([{"ignore": (LOOP,)}, {"extend_select": (LOOP,)}], {LOOP, AWAIT, LATE}, id="a later one wins"),
        pytest.param([{"select": (LOOP, LATE)}, {"ignore": (LATE,)}], {LOOP}, id="a later ignore"),
    ],
)
def test_later_layers_select_as_in_ruff(layers: list[dict[str, Any]], enabled: set[str]) -> None:
    found = Settings()
    for layer in layers:
        found = overlay(found, layer)
    assert {rule for rule in (LOOP, AWAIT, LATE) if found.enables(rule)} == enabled


def test_later_patterns_and_tables_add_up() -> None:
    first = overlay(Settings(), {"extend_exclude": ("a",), "durations": {"x": 1.0, "y": 1.0}})
    assert overlay(first, {"extend_exclude": ("b",), "durations": {"y": 2.0}}) == Settings(
        extend_exclude=("a", "b"), durations={"x": 1.0, "y": 2.0}
    )


@pytest.mark.parametrize(
    ("text", "row", "reason"),
    [
        ("a = 1\nmax-fanout = 3", 1, "unknown key `a`"),
        ("\nmax-fanout = 3", 2, "unknown key `max-fanout`, did you mean `max-fan-out`?"),
        ("# max_unroll\nmax_unroll = 3", 2, "unknown key `max_unroll`, did you mean `max-unroll`?"),
        ("exclude = [\n'a'\nmax-unroll = 3", 3, "broken TOML: Unclosed array"),
        ("max-unroll = 3\nmax-unroll = 4", 2, "broken TOML: Cannot overwrite a value"),
        ("max-fan-out = '3'", 1, '`max-fan-out`: expects a whole number above 0, not `"3"`'),
        ("max-fan-out = true", 1, "`max-fan-out`: expects a whole number above 0, not `true`"),
        ("max-fan-out = 0", 1, "`max-fan-out`: expects a whole number above 0, not `0`"),
        ("background = 1", 1, "`background`: expects `true` or `false`, not `1`"),
        ("select = 'late-context'", 1, '`select`: expects a list of strings, not `"late-context"`'),
        ("wait-names = ['a', 1]", 1, "`wait-names`: expects a list of strings, not a list"),
        (
            "select = [\n  'late-context',\n  'dispatch-in-lop',\n]",
            3,
            "`select`: unknown rule `dispatch-in-lop`, did you mean `dispatch-in-loop`?",
        ),
        ("ignore = ['E501']", 1, "`ignore`: unknown rule `E501`"),
        ("severity = 'error'", 1, '`severity`: expects a table, not `"error"`'),
        (
            "[severity]\nlate-contxt = 'error'",
            2,
            "`severity`: unknown rule `late-contxt`, did you mean `late-context`?",
        ),
        (
            "[severity]\nlate-context = 'warn'",
            2,
            '`severity`: expects `error`, `warning` or `info`, not `"warn"`, did you mean `warning`?',
        ),
        ("fail-on = 3", 1, "`fail-on`: expects `error`, `warning` or `info`, not `3`"),
        ("[durations]\na = 1\nb = -1", 3, "`durations`: expects minutes above 0 for `b`, not `-1`"),
        ("[per-file-ignores]\n'*' = ['late']", 2, "`per-file-ignores`: unknown rule `late`"),
        ("extend-exclude = ['ok', '!']", 1, "`extend-exclude`: `!` is not a pattern in .gitignore syntax"),
        ("extend = 3", 1, "`extend`: expects a path relative to this file"),
        ("extend = '/etc/taskfan-lint.toml'", 1, "`extend`: expects a path relative to this file"),
        ("extend = 'nowhere.toml'", 1, "`extend`: no such file: `nowhere.toml`"),
    ],
)
def test_a_mistake_is_named_with_its_row(tmp_path: Path, text: str, row: int, reason: str) -> None:
    file = write(tmp_path, "taskfan-lint.toml", text)
    with pytest.raises(ConfigError) as raised:
        settings(tmp_path)
    assert (raised.value.path, raised.value.reason) == (f"{file}:{row}", reason)


def test_a_row_is_counted_in_the_whole_pyproject_toml(tmp_path: Path) -> None:
    file = write(tmp_path, "pyproject.toml", "[tool.other]\nmax-fan = 1\n" + TABLE + "max-fan = 2")
    with pytest.raises(ConfigError) as raised:
        settings(tmp_path)
    assert raised.value.path == f"{file}:4"


def test_extend_in_a_circle_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "taskfan-lint.toml", 'extend = "a.toml"')
    last = write(tmp_path, "a.toml", 'extend = "taskfan-lint.toml"')
    with pytest.raises(ConfigError) as raised:
        settings(tmp_path)
    assert (raised.value.path, raised.value.reason) == (os.fspath(last), "`extend` leads back to `taskfan-lint.toml`")


@pytest.mark.parametrize(
    ("raw", "row", "reason"),
    [(b"a = 1\nb = '\xff'", 2, "is not UTF-8 text"), (b"\n\x00", 2, "broken TOML: Invalid statement")],
    ids=["bytes", "NUL"],
)
def test_bytes_that_are_not_text_are_an_error(tmp_path: Path, raw: bytes, row: int, reason: str) -> None:
    file = tmp_path / "taskfan-lint.toml"
    file.write_bytes(raw)
    with pytest.raises(ConfigError) as raised:
        settings(tmp_path)
    assert (raised.value.path, raised.value.reason) == (f"{file}:{row}", reason)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("pyproject.toml", "[tool.ruff]", "has no table `[tool.taskfan-lint]`"),
        ("missing.toml", None, "No such file or directory"),
    ],
)
def test_a_named_file_must_configure(tmp_path: Path, name: str, text: str | None, reason: str) -> None:
    if text is not None:
        write(tmp_path, name, text)
    with pytest.raises(ConfigError) as raised:
        Configs(file=tmp_path / name)
    assert (raised.value.path, raised.value.reason) == (os.fspath(tmp_path / name), reason)


def test_what_is_printed_as_defaults_reads_back_as_them(tmp_path: Path) -> None:
    write(tmp_path, "taskfan-lint.toml", dump(Settings()))
    found = settings(tmp_path)
    assert dump(found) == dump(Settings())


def test_settings_and_keys_are_the_same_set() -> None:
    fields = set(Settings._fields) - {"root", "include_counterexamples"}
    assert {option.field for option in OPTIONS.values()} == fields
