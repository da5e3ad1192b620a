"""The JSON Schema of the configuration: it refuses what the linter refuses, and nothing else."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import Cli

from taskfan_lint.config import ConfigError, Configs
from taskfan_lint.options import OPTIONS, dump
from taskfan_lint.schema import schema
from taskfan_lint.settings import Settings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ACCEPTED = [
    "",
    'select = ["wide-fan-out"]',
    "select = []",
    'exclude = ["docs/", "!docs/a.md", "# said", "", "a\\\\ b", "[a\\\\]"]',
    'per-file-ignores = { "*.md" = ["late-context"], "!a" = [] }',
    'severity = { late-context = "info" }',
    "durations = { reviewer = 0.5, writer = 3 }",
    "max-fan-out = 1",
    "background = true",
    'fail-on = "error"',
    'extend = "base.toml"',
]
REFUSED = [
    "maximum = 1",
    'max-fanout = "6"',
    "max-fan-out = 0",
    "max-fan-out = -1",
    "max-fan-out = true",
    'max-fan-out = "6"',
    "max-unroll = 1.5",
    "max-file-size = []",
    "background = 1",
    'background = "true"',
    'fail-on = "fatal"',
    "fail-on = 1",
    'select = "late-context"',
    'ignore = ["late"]',
    "extend-select = [1]",
    'extend-exclude = ["!"]',
    'exclude = ["a\\\\"]',
    'exclude = ["a\\\\/b"]',
    "exclude = true",
    "dispatch-names = [true]",
    'wait-names = "wait"',
    'severity = "error"',
    'severity = { late = "error" }',
    'severity = { late-context = "fatal" }',
    'per-file-ignores = ["a"]',
    'per-file-ignores = { "a" = "late-context" }',
    'per-file-ignores = { "a" = ["late"] }',
    'per-file-ignores = { "!" = [] }',
    "durations = { reviewer = 0 }",
    'durations = { reviewer = "1" }',
    "durations = { reviewer = true }",
    "durations = 3",
    "extend = 1",
    'extend = ""',
    'extend = "/etc/base.toml"',
]


def validates(content: dict[str, Any]) -> bool:
    return jsonschema.Draft7Validator(schema()).is_valid(content)


def loads(folder: Path, text: str) -> bool:
    (folder / "base.toml").write_text("")
    (folder / "taskfan-lint.toml").write_text(text)
    try:
        Configs().settings(str(folder))
    except ConfigError:
        return False
    return True


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(schema())


def test_every_key_has_a_property() -> None:
    assert list(schema()["properties"]) == ["extend", *OPTIONS]


@pytest.mark.parametrize("text", ACCEPTED)
def test_what_is_read_validates(tmp_path: Path, text: str) -> None:
    assert (loads(tmp_path, text), validates(tomllib.loads(text))) == (True, True)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused_does_not_validate(tmp_path: Path, text: str) -> None:
    assert (loads(tmp_path, text), validates(tomllib.loads(text))) == (False, False)


@pytest.mark.parametrize("key", OPTIONS)
@pytest.mark.parametrize("value", [None, 1, 1.5, True, "x", [], ["x"], {}, {"x": 1}], ids=repr)
def test_a_type_is_refused_by_both_or_by_neither(key: str, value: object) -> None:
    try:
        OPTIONS[key].read(value)
        read = True
    except ValueError:
        read = False
    assert validates({key: value}) == read


def test_the_defaults_validate_and_are_those_that_the_schema_names() -> None:
    content = tomllib.loads(dump(Settings()))
    assert validates(content)
    named = {key: each["default"] for key, each in schema()["properties"].items() if "default" in each}
    assert named == {key: value for key, value in content.items() if key != "select"}


def test_config_prints_the_schema(cli: Cli) -> None:
    done = cli("config", "--schema")
    assert (done.returncode, json.loads(done.stdout), done.stderr) == (0, schema(), b"")
