"""The command `rule`: pages and facts of the rules, as text and as JSON."""

from __future__ import annotations

import json
import re

import pytest
from conftest import ROOT, Cli

from taskfan_lint import pages
from taskfan_lint.rules import rule, rule_names

ROW = re.compile(
    r"^\| \[(?P<name>[\w-]+)\]\([^)]*\) \| [^|]* \| (?P<severity>\w+) \| (?P<fix>[\w ]+) \|$", re.MULTILINE
)


def test_all_pages_are_printed_one_below_another(cli: Cli) -> None:
    done = cli("rule", "--all")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == "\n".join(pages.page(name) for name in rule_names())


def test_one_rule_as_json(cli: Cli) -> None:
    done = cli("rule", "wide-fan-out", "--output-format", "json")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout) == {
        "name": "wide-fan-out",
        "code": "wide-fan-out",
        "summary": pages.summary("wide-fan-out"),
        "severity": "warning",
        "fix": "Fix is not available.",
        "fix_availability": "None",
        "fix_applicability": [],
        "explanation": pages.page("wide-fan-out"),
    }


@pytest.mark.parametrize("arguments", [["--all"], []], ids=["all", "none-named"])
def test_all_rules_as_json_are_a_list_in_order(cli: Cli, arguments: list[str]) -> None:
    done = cli("rule", *arguments, "--output-format=json")
    rules = json.loads(done.stdout)
    assert [each["name"] for each in rules] == list(rule_names())
    assert [each["severity"] for each in rules] == [str(rule(name).severity) for name in rule_names()]


def test_the_kinds_of_fixes_are_those_that_the_readme_names() -> None:
    rows = ROW.finditer((ROOT / "README.md").read_text(encoding="utf-8"))
    said = {row["name"]: row["fix"].replace("none", "") for row in rows}
    assert {name: " or ".join(kind.value for kind in pages.fixes(name)) for name in rule_names()} == said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["late-context", "--all"], "`--all` goes without the name of a rule"),
        (["late-contxt"], "unknown rule `late-contxt`, did you mean `late-context`?"),
        (["--output-format", "xml"], "Invalid value for '--output-format': 'xml' is not one of 'text', 'json'."),
    ],
)
def test_a_mistake_is_named(cli: Cli, arguments: list[str], message: str) -> None:
    done = cli("rule", *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == f"taskfan-lint: error: {message}\ntry `taskfan-lint --help`\n"
