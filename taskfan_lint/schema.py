"""The JSON Schema of a configuration file, made from the table of its keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from taskfan_lint import options
from taskfan_lint.options import OPTIONS, Option
from taskfan_lint.rules import rule_names
from taskfan_lint.settings import Settings
from taskfan_lint.severity import Severity

DIALECT = "http://json-schema.org/draft-07/schema#"
EXTEND = {
    "description": "a configuration file to start from, relative to this one",
    "type": "string",
    "pattern": "^[^/]",
}

_RULE = {"$ref": "#/definitions/rule"}
_SEVERITY = {"$ref": "#/definitions/severity"}
_PATTERN = {"$ref": "#/definitions/pattern"}
_RULES = {"type": "array", "items": _RULE}
_SHAPES: Mapping[Callable[[object], Any], Mapping[str, Any]] = {
    options.strings: {"type": "array", "items": {"type": "string"}},
    options.text: {"type": "string"},
    options.patterns: {"type": "array", "items": _PATTERN},
    options.rules: _RULES,
    options.level: _SEVERITY,
    options.count: {"type": "integer", "minimum": 1},
    options.flag: {"type": "boolean"},
    options.levels: {"type": "object", "propertyNames": _RULE, "additionalProperties": _SEVERITY},
    options.ignores: {"type": "object", "propertyNames": _PATTERN, "additionalProperties": _RULES},
    options.minutes: {"type": "object", "additionalProperties": {"type": "number", "exclusiveMinimum": 0}},
}


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 7) of `taskfan-lint.toml` and of the table in a `pyproject.toml`.

    It refuses nothing that the linter accepts. The linter refuses besides: numbers such as `6.0`, patterns whose
    ranges in brackets run backwards, and an `extend` that leads nowhere.
    """
    return {
        "$schema": DIALECT,
        "title": "taskfan-lint",
        "type": "object",
        "additionalProperties": False,
        "properties": {"extend": EXTEND, **{key: _property(option) for key, option in OPTIONS.items()}},
        "definitions": {
            "rule": {"enum": list(rule_names())},
            "severity": {"enum": [str(severity) for severity in reversed(Severity)]},
            "pattern": {"type": "string", "pattern": r"^(#.*|.*\[.*|(?!!\s*$)([^\\]|\\[^/])*)$"},
        },
    }


def _property(option: Option) -> dict[str, Any]:
    default = getattr(Settings(), option.field)
    shape = {"description": option.meaning, **_SHAPES[option.read]}
    if "$ref" in shape:  # in draft 7, what stands beside a reference is passed over
        shape = {"description": option.meaning, "allOf": [{"$ref": shape["$ref"]}]}
    return shape if default is None else {**shape, "default": _plain(default)}


def _plain(value: object) -> object:
    """Return a default as JSON has it."""
    match value:
        case Severity():
            return str(value)
        case Mapping():
            return {key: _plain(item) for key, item in value.items()}
        case tuple():
            return list(map(_plain, value))
        case _:
            return value
