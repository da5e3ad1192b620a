"""Tests of the way from dispatches as written to a plan, and to calls again."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from cases import SHOWN
from conftest import ROOT
from hypothesis import example, given
from hypothesis import strategies as st

from taskfan_lint import engine, surveys
from taskfan_lint.drawing import CODE, Page, drawer
from taskfan_lint.pages import page
from taskfan_lint.planning.model import Plan
from taskfan_lint.planning.origins import literal
from taskfan_lint.planning.read import plans_of
from taskfan_lint.rules import rule_names
from taskfan_lint.schedule import Mode, Schedule
from taskfan_lint.settings import Settings
from taskfan_lint.source import Document

A = 'Task(subagent_type="a", prompt="Read the jobs")'
B = 'Task(subagent_type="b", prompt="Read the API")'
C = 'Task(subagent_type="c", prompt="Read the docs")'


def plans(document: Document, name: str, settings: Settings, mode: Mode) -> list[Plan]:
    return list(plans_of(surveys.survey(document, settings), document.text, name, settings, mode))


def planned(code: str, settings: Settings = SHOWN, mode: Mode = Mode.GROUPS, tag: str = "python") -> list[Plan]:
    return plans(Document(Path("a.md"), f"```{tag}\n{code}\n```\n"), "a.md", settings, mode)


def names(schedule: Schedule) -> list[str]:
    """Return the tasks that start together, between blanks."""
    return [" ".join(one.task.name.replace(" ", "") for one in group) for group in schedule.groups]


@pytest.mark.parametrize(
    ("code", "written", "best"),
    [
        pytest.param(f"{A}\n{B}", ["a b"], ["a b"], id="one window"),
        pytest.param(f"await {A}\nawait {B}", ["a", "b"], ["a b"], id="an await without need"),
        pytest.param(
            f"x = {A}\nTask(subagent_type='b', prompt=x)\n{C}", ["a", "b c"], ["a c", "b"], id="a chain beside another"
        ),
        pytest.param(f"# Phase 1\n{A}\n# Phase 2\n{B}", ["a", "b"], ["a", "b"], id="phases stay"),
        pytest.param(f"{A}\n{B}\n# wait for all\n{C}", ["a b", "c"], ["a b", "c"], id="a wait for all stays"),
        pytest.param(f"{A}\nask_user('go on?')\n{B}", ["a", "b"], ["a", "b"], id="a question stays"),
        pytest.param(
            "x = Task(subagent_type='a', prompt='Read')\nif x.failed:\n    raise SystemExit\n" + B,
            ["a", "b"],
            ["a", "b"],
            id="control",
        ),
        pytest.param(
            "Task(subagent_type='a', prompt='Output: out.md')\nTask(subagent_type='b', prompt='Read out.md')",
            ["a b"],
            ["a", "b"],
            id="a file",
        ),
        pytest.param(
            "for x in ['s', 't']:\n    Task(subagent_type=x, prompt=f'Read {x}')",
            ["s", "t"],
            ["s t"],
            id="a loop over a literal",
        ),
        pytest.param(
            "for x in ['s', 't']:\n    Task(subagent_type='a', prompt=f'Read {x}')",
            ["a1", "a2"],
            ["a1 a2"],
            id="numbered",
        ),
        pytest.param(
            "for x in ['s', 't']:\n"
            "    r = Task(subagent_type=f'a-{x}', prompt=x)\n"
            "    Task(subagent_type=f'b-{x}', prompt=r)",
            ["a-s", "b-s", "a-t", "b-t"],
            ["a-s a-t", "b-s b-t"],
            id="chains beside each other",
        ),
        pytest.param(
            "r = ''\nfor x in ['s', 't']:\n    r = Task(subagent_type=x, prompt=f'Go on with {r}')",
            ["s", "t"],
            ["s", "t"],
            id="a chain through a loop",
        ),
        pytest.param(
            "# taskfan: serial -- one database\nfor x in ['s', 't']:\n    Task(subagent_type=x, prompt=f'Read {x}')",
            ["s", "t"],
            ["s", "t"],
            id="serial on purpose",
        ),
        pytest.param(
            "await asyncio.gather(*[Task(subagent_type=x, prompt=x) for x in ['s', 't']])",
            ["s t"],
            ["s t"],
            id="gathered",
        ),
        pytest.param(
            "for x in xs:\n    Task(subagent_type='a', prompt=x)\n" + B, ["a", "b"], ["a b"], id="a loop over a name"
        ),
        pytest.param(f"if full:\n    {A}\n    {B}\nelse:\n    {C}", ["a b"], ["a b"], id="the longest arm"),
        pytest.param(
            "\n".join(f"Task(subagent_type='a', prompt='Read part {i}')" for i in range(7)),
            ["a1 a2 a3 a4 a5 a6 a7"],
            ["a1 a2 a3 a4", "a5 a6 a7"],
            id="wider than advised",
        ),
        pytest.param(
            f"{A}  # 5 min\n{B}  # 1 min\n# wait for both\nTask(subagent_type='d', prompt='Read')  # 2 min",
            ["a b", "d"],
            ["a b", "d"],
            id="timed",
        ),
    ],
)
def test_windows_as_written_and_the_best_groups(code: str, written: list[str], best: list[str]) -> None:
    (plan,) = planned(code)
    assert (names(plan.written), names(plan.schedule)) == (written, best)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("Task('Review it', 'Review the API', 'reviewer')", "reviewer", id="the third text"),
        pytest.param('Task({description: "Review it", prompt: "Review the API"})', "Review it", id="the description"),
        pytest.param("Task('Review it', 'Review the API')", "Review it", id="the title"),
        pytest.param("Task(prompt=p)", "Task", id="nothing"),
    ],
)
def test_a_dispatch_without_an_agent_is_called_by_what_it_says(code: str, expected: str) -> None:
    (plan,) = planned(code, tag="js" if "{" in code else "python")
    assert [task.name for task in plan.tasks] == [expected]


def test_a_loop_over_a_name_counts_once_and_says_so() -> None:
    (plan,) = planned("for x in xs:\n    Task(subagent_type='a', prompt=x)")
    assert plan.notes == ("`a` counts once, though a loop sends it again: how often is not known",)
    assert [task.repeated for task in plan.tasks] == [True]


def test_arms_that_are_left_out_are_counted() -> None:
    (plan,) = planned(f"if full:\n    {A}\n    {B}\nelse:\n    {C}")
    assert plan.notes == ("1 dispatch of other arms of a branch left out, the plan follows the longest",)


def test_durations_come_from_the_call_then_from_the_settings_then_count_1() -> None:
    (plan,) = planned(f"{A}  # 5 min\n{B}\n{C}", Settings(durations={"a": 2.0, "b": 3.0}))
    assert [(task.name, task.duration) for task in plan.tasks] == [("a", 5), ("b", 3), ("c", 1)]
    assert plan.guessed == ("c",)


def test_a_plan_that_takes_longer_says_why_the_windows_cannot_stay() -> None:
    code = "Task(subagent_type='a', prompt='Output: out.md')\nTask(subagent_type='b', prompt='Read out.md')\n" + C
    (plan,) = planned(code, Settings(max_fan_out=2))
    assert plan.objections == (
        "3 dispatches go out in one window, `max-fan-out` is 2",
        "`b` goes out with `a`, which it comes after",
    )


def test_counter_examples_are_planned_only_if_asked_for() -> None:
    code = f"# WRONG\nawait {A}\nawait {B}\n# RIGHT\n{A}\n{B}"
    (shown,) = planned(code)
    (hidden,) = planned(code, Settings())
    assert (names(shown.written), names(hidden.written)) == (["a1", "b1", "a2 b2"], ["a b"])


def test_each_function_has_a_plan_of_its_own() -> None:
    document = Document(Path("a.py"), f"def one():\n    {A}\n    {B}\n\n\ndef two():\n    {C}\n")
    found = plans(document, "a.py", Settings(), Mode.GROUPS)
    assert [(plan.title, names(plan.schedule)) for plan in found] == [
        ("a.py:2 in `one`", ["a b"]),
        ("a.py:7 in `two`", ["c"]),
    ]


# calls again


@pytest.mark.parametrize(
    ("code", "mode", "expected"),
    [
        pytest.param(
            f"bugs = await {A}\nawait {B}\nTask(subagent_type='c', prompt=f'Merge {{bugs}}')",
            Mode.GROUPS,
            f"# Group 1 (1 min)\nbugs = {A}\n{B}\n\n"
            "# Group 2 (1 min)\nTask(subagent_type='c', prompt=f'Merge {bugs}')\n",
            id="results",
        ),
        pytest.param(
            "for x in ['s', 't']:\n    ctx = f\"Read {x} of {y}\"\n    Task(subagent_type=x, prompt=ctx, model='opus')",
            Mode.GROUPS,
            "# Group 1 (1 min)\n"
            "Task(subagent_type='s', prompt=f\"Read s of {y}\", model='opus')\n"
            "Task(subagent_type='t', prompt=f\"Read t of {y}\", model='opus')\n",
            id="a context inside of a loop",
        ),
        pytest.param(
            f"{A}\nctx = f'Read {{y}}'\nTask(subagent_type='b', prompt=ctx)",
            Mode.GROUPS,
            f"# Group 1 (1 min)\nctx = f'Read {{y}}'\n{A}\nTask(subagent_type='b', prompt=ctx)\n",
            id="a late context",
        ),
        pytest.param(
            f"{A}\nif has_ui(x):\n    {B}",
            Mode.GROUPS,
            f"# Group 1 (1 min)\nsends_b = has_ui(x)\n{A}\nif sends_b:\n    {B}\n",
            id="a condition",
        ),
        pytest.param(
            "for x in xs:\n    Task(subagent_type='a', prompt=f'Read {x}')",
            Mode.GROUPS,
            "# Group 1 (1 min)\na_prompts = [f'Read {x}' for x in xs]\nfor prompt in a_prompts:\n"
            "    Task(subagent_type='a', prompt=prompt)\n",
            id="a loop over a name",
        ),
        pytest.param(
            f"{A}  # 2 min\n{B}  # 1 min\n# wait for both\n{C}  # 1 min",
            Mode.ROLLING,
            "# Group 1 (at 0 min)\n"
            f"{A[:-1]}, run_in_background=True)\n{B[:-1]}, run_in_background=True)\n\n"
            f"# Group 2 (at 2 min, as soon as a is done)\n{C[:-1]}, run_in_background=True)\n",
            id="rolling",
        ),
    ],
)
def test_a_plan_is_written_as_python(code: str, mode: Mode, expected: str) -> None:
    text = drawer("python")(planned(code, mode=mode), Page())
    assert text.partition("\n\n")[2] == expected


SOURCES = {
    **{f"{rule}.md": page(rule) for rule in rule_names()},
    **{file.name: file.read_text(encoding="utf-8") for file in sorted((ROOT / "examples").iterdir()) if file.is_file()},
    "README.md": (ROOT / "README.md").read_text(encoding="utf-8"),
}


@pytest.mark.parametrize("mode", Mode, ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", SOURCES)
def test_what_a_plan_is_written_as_parses_and_is_silent(name: str, mode: Mode) -> None:
    for plan in plans(Document(Path(name), SOURCES[name]), name, SHOWN, mode):
        source, markdown = (drawer(code)([plan], Page()) for code in CODE)
        ast.parse(source)
        for document in (Document(Path("plan.py"), source), Document(Path("plan.md"), markdown)):
            checked = engine.check(document, SHOWN)
            assert (checked.findings, checked.unreadable) == ((), ()), document.text


@pytest.mark.parametrize("mode", Mode, ids=lambda mode: mode.value)
def test_the_written_plan_of_a_file_is_its_own_best_plan(mode: Mode) -> None:
    document = Document(Path("a.md"), SOURCES["review-release.md"])
    found = plans(document, "a.md", Settings(), mode)
    again = plans(Document(Path("plan.md"), drawer("markdown")(found, Page())), "plan.md", Settings(), mode)
    assert sum(plan.written.duration for plan in again) == sum(plan.schedule.duration for plan in found)


@given(st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("\"'\\{}\n")))
@example('ends with \\"')
@example('two lines\nand """')
def test_a_literal_means_its_text(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text


def test_a_literal_keeps_the_fields_that_are_known() -> None:
    assert literal('Read {x.y} as {"json": {z}}', frozenset({"x"})) == 'f"Read {x.y} as {{\\"json\\": {{z}}}}"'
