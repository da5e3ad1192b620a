"""The rule pages are documentation, specification and test: each of their fences is executed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cases import SHOWN, Case, all_cases, cases

from taskfan_lint import dialect, engine
from taskfan_lint.analysis.exempt import EXEMPTIONS
from taskfan_lint.analysis.javascript.repairs import REPAIRS
from taskfan_lint.edit import Edit, apply
from taskfan_lint.explain import spared
from taskfan_lint.pages import CHECKOUT, page, summary
from taskfan_lint.rules import rule_names
from taskfan_lint.source import Document

SECTIONS = [
    "What it does",
    "Why is this bad",
    "Example",
    "Use instead",
    "When this is fine",
    "Fix safety",
    "Options",
]  # fmt: skip
CASES = list(all_cases())
BAD = [case for case in CASES if case.main.kind == "bad"]
GOOD = [case for case in CASES if case.main.kind == "good"]


def name(case: Case) -> str:
    return case.name


def silent(case: Case, code: str) -> bool:
    return not engine.check(case.document(code), case.settings).findings


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert sorted(file.stem for file in CHECKOUT.iterdir()) == list(rule_names())


@pytest.mark.parametrize("rule", rule_names())
def test_a_page_has_all_sections(rule: str) -> None:
    lines = page(rule).splitlines()
    assert lines[0] == f"# {rule}"
    assert [line[3:] for line in lines if line.startswith("## ")] == SECTIONS
    assert 0 < len(summary(rule)) <= 120


@pytest.mark.parametrize("rule", rule_names())
def test_a_page_shows_what_is_reported_and_what_is_not(rule: str) -> None:
    kinds = [case.main.kind for case in cases(rule, page(rule))]
    assert kinds.count("bad") >= 4
    assert kinds.count("good") >= 4


@pytest.mark.parametrize("case", BAD, ids=name)
def test_a_bad_fence_yields_its_rule_only(case: Case) -> None:
    checked = engine.check(case.document(case.main.code), case.settings)
    assert {finding.code for finding in checked.findings} == {case.rule}
    assert not checked.unreadable
    assert not checked.refused


@pytest.mark.parametrize("case", [case for case in BAD if case.report], ids=name)
def test_a_report_is_exact(case: Case) -> None:
    assert case.report
    assert case.reported() == case.report.code


@pytest.mark.parametrize("case", [case for case in BAD if case.fixed], ids=name)
def test_a_fixed_fence_is_what_the_fix_makes(case: Case) -> None:
    assert case.fixed
    assert case.mended(unsafe=False) == (case.main.code if case.unsafe else case.fixed.code)
    assert case.mended(unsafe=True) == case.fixed.code


@pytest.mark.parametrize("case", [case for case in BAD if not case.fixed], ids=name)
def test_the_fix_declines_where_none_is_shown(case: Case) -> None:
    assert case.mended(unsafe=True) == case.main.code


@pytest.mark.parametrize("case", [case for case in BAD if case.fixed], ids=name)
def test_a_fixed_fence_is_silent(case: Case) -> None:
    assert case.fixed
    assert silent(case, case.fixed.code)


@pytest.mark.parametrize("case", GOOD, ids=name)
def test_a_good_fence_is_silent(case: Case) -> None:
    assert silent(case, case.main.code)


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
@pytest.mark.parametrize("rule", rule_names())
def test_fixing_a_page_turns_bad_into_fixed_and_changes_nothing_else(rule: str, unsafe: bool) -> None:
    text = page(rule)
    edits = [Edit(case.main.span, shown(case, unsafe)) for case in cases(rule, text) if case.main.kind == "bad"]
    assert engine.fix(Document(Path(f"{rule}.md"), text), SHOWN, unsafe=unsafe)[0] == apply(text, edits)


def shown(case: Case, unsafe: bool) -> str:
    """Return what fixing the page leaves in a `bad` fence: what stands in its `fixed` fence, if it is of that kind."""
    if case.as_fence.settings != case.settings or "file" in case.main.words:
        return case.as_fence.mended(unsafe=unsafe)
    return case.fixed.code if case.fixed and (unsafe or not case.unsafe) else case.main.code


def repairs(case: Case) -> set[str]:
    """Return the repairs that a case is read with, none if it parses."""
    read = engine.check(case.document(case.main.code), case.settings).read
    return {repair for one in read if one.how == "repaired" for repair in one.repairs}


READ = [(case, repairs(case)) for case in CASES]


@pytest.mark.parametrize("repair", dialect.NAMES)
def test_a_repair_of_pseudo_code_has_a_case(repair: str) -> None:
    assert [case.name for case, made in READ if repair in made and case.main.tag == "python"]


@pytest.mark.parametrize("repair", REPAIRS)
def test_a_repair_of_scripts_has_a_case(repair: str) -> None:
    assert [case.name for case, made in READ if repair in made and case.main.tag == "javascript"]


FORMS = {
    "elided arguments": r", \.\.\.\)",
    "an elided list": r"\[\.\.\.\]",
    "an elided object": r"\{ ?\.\.\. ?\}",
    "a comment behind slashes": r"\)[;,]?  // ",
    "a comment between signs": r"^/\* .+ \*/$",
    "a comment inside of a call": r", /\* .+ \*/",
    "a comment of Markdown": r"^<!-- .+ -->$",
    "a line between arrows": r"^ *→ .+ →$",
    "an arrow behind a call": r"\) → ",
    "a numbered call": r"^1\. Task\(",
    "a bullet": r"^- Task\(",
    "a message's label": r"^Message 2: Task\(",
    "another label": r"^Reviewer: Task\(",
    "text over lines": r'"[A-Z][^"\n]*\n[^"\n]*"',
    "keys with colons": r"Task\(\w+: ",
    "a body of words": r"^if .+:\n    #.*\nelse:",
    "a loop over something": r"^FOR EACH \w+ IN .+:$",
    "a loop in words": r"^For each \w+:$",
    "a condition in words": r"^IF \w+ \w+.*:$",
    "a placeholder": r"=<\w+>",
    "a placeholder in braces": r"=\{\{\w+\}\}",
    "a placeholder in brackets": r"=\[[A-Z ]+\]",
    "a sentence": r"^[A-Z][a-z ]+\.$",
}


# What Python or JavaScript reads as it stands: an ellipsis is a value, a label is one of a statement.
NATIVE = {
    "an elided list",
    "an elided object",
    "a comment between signs",
    "a comment inside of a call",
    "another label",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_pseudo_code_has_a_case(form: str) -> None:
    pattern = re.compile(FORMS[form], re.MULTILINE)
    assert [case.name for case, made in READ if (made or form in NATIVE) and pattern.search(case.main.code)]


def section(exemption: str) -> list[Case]:
    """Return the cases of the section about an exemption, on whichever page it is."""
    found = []
    for rule in rule_names():
        rows = {number: line for number, line in enumerate(page(rule).splitlines(), 1) if re.match(r"##+ ", line)}
        for row in (row for row, line in rows.items() if line.startswith(f"### `{exemption}`")):
            end = min((other for other in rows if other > row), default=10**9)
            found += [case for case in cases(rule, page(rule)) if row < case.main.row < end]
    return found


@pytest.mark.parametrize("exemption", [*EXEMPTIONS, "background"])
def test_an_exemption_has_a_section_with_silent_cases_and_a_look_alike(exemption: str) -> None:
    own = section(exemption)
    good = [case for case in own if case.main.kind == "good"]
    assert len(good) >= 3
    assert len(good) < len(own)
    for case in good if exemption in EXEMPTIONS else []:
        document = case.document(case.main.code)
        assert exemption in {one.name for one in spared(document, case.settings)}, case.name
