"""Tests of the judgement of a session: what could have gone out at once, conflicts, nesting, and plans."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import transcripts

from taskfan_lint.against import compare
from taskfan_lint.session import Session, judge
from taskfan_lint.settings import Settings
from taskfan_lint.source import Document
from taskfan_lint.transcripts import agents, reader

Event = dict[str, Any]


class Story:
    """A session that is told event by event; a response ends before the next event."""

    def __init__(self) -> None:
        self.now = 0
        self.events: list[Event] = []
        self.responses = 0
        self.user("Review the change.")

    def add(self, kind: str, content: object, **fields: object) -> None:
        message = {"content": content, "id": f"m{self.responses}"}
        self.events.append({"type": kind, "timestamp": transcripts.at(self.now), "message": message, **fields})

    def user(self, said: str, **fields: object) -> Story:
        self.add("user", said, **fields)
        return self

    def use(self, name: str, **given: object) -> Story:
        """Let the session's own agent call another tool."""
        self.responses += 1
        self.add("assistant", [{"type": "tool_use", "id": f"own{self.responses}", "name": name, "input": given}])
        return self

    def send(self, *calls: dict[str, object], results: str | dict[str, str] = "Done.", seconds: int = 10) -> Story:
        """Send calls in one response; each runs for some seconds and brings its result, or fails with "Error"."""
        self.responses += 1
        for call in calls:
            given = {key: value for key, value in call.items() if key != "id"}
            self.add("assistant", [{"type": "tool_use", "id": call["id"], "name": "Task", "input": given}])
        self.now += seconds
        for call in calls:
            said = results if isinstance(results, str) else results[str(call["id"])]
            done = {"status": "completed", "agentId": f"x{call['id']}", "totalDurationMs": seconds * 1000}
            block = {"type": "tool_result", "tool_use_id": call["id"], "content": said}
            self.add("user", [block], toolUseResult=said if said.startswith("Error") else done)
        return self

    def raw(self) -> bytes:
        return "".join(json.dumps(event) + "\n" for event in self.events).encode()

    def session(self) -> Session:
        return judge(reader.read(io.BytesIO(self.raw()), "-", prompts=True))

    def saved(self) -> list[float]:
        return [missed.saved_s for missed in self.session().missed]


def task(id_: str, prompt: str = "Look at your part.", agent: str = "Explore", **more: object) -> dict[str, object]:
    return {"id": id_, "prompt": prompt, "subagent_type": agent, **more}


# missed parallelism


def test_one_response_would_have_saved_what_the_gaps_add_up_to() -> None:
    story = Story().send(task("a"), seconds=40)
    story.now += 5
    story.send(task("b"), seconds=30)
    story.now += 5
    story.send(task("c"), seconds=50)
    session = story.session()
    assert [(one.after.message, one.before.message, one.saved_s) for one in session.missed] == [
        ("m1", "m2", 35.0),
        ("m2", "m3", 45.0),
    ]
    assert [[each.key for each in one.members] for one in session.missed] == [["a", "b"], ["b", "c"]]


SHARED = "The token parser in `lexer` drops the sign, see src/parse.py and parse_number."


@pytest.mark.parametrize(
    ("first", "result", "second"),
    [
        pytest.param("Look.", SHARED, "Fix src/parse.py.", id="a path of the result"),
        pytest.param("Look.", SHARED, "Fix parse_number.", id="a name of the result"),
        pytest.param("Look.", SHARED, "Repair the `lexer` now.", id="a quoted word of the result"),
        pytest.param("Look.", SHARED, "We know: the token parser in lexer drops something.", id="a phrase of it"),
        pytest.param("Look.", "Done.", "Go on, based on the findings of the first agent.", id="words that ask for it"),
        pytest.param("Write it to out/plan.md.", "Done.", "Read out/plan.md.", id="a file that it was told to write"),
    ],
)
def test_a_prompt_that_uses_an_earlier_result_had_to_wait(first: str, result: str, second: str) -> None:
    assert Story().send(task("a", first), results=result).send(task("b", second)).saved() == []


@pytest.mark.parametrize(
    ("first", "result", "second"),
    [
        pytest.param("Look at src/a.py.", "src/a.py is fine.", "Test src/a.py.", id="a path that both were given"),
        pytest.param("Look.", "All is well, the change is good.", "Count the tests.", id="nothing of it"),
        pytest.param("Read in/spec.md.", "Done.", "Read in/spec.md too.", id="a file that both read"),
    ],
)
def test_a_prompt_that_uses_nothing_of_an_earlier_result_did_not(first: str, result: str, second: str) -> None:
    assert Story().send(task("a", first), results=result).send(task("b", second)).saved() == [10]


def test_what_the_user_has_named_is_nobodys_result() -> None:
    story = Story().user("Review src/parse.py and its tests.")
    assert story.send(task("a"), results="src/parse.py is fine.").send(task("b", "Test src/parse.py.")).saved() == [10]


@pytest.mark.parametrize(
    "between",
    [
        pytest.param(lambda story: story.user("Now the tests."), id="the user asks for more"),
        pytest.param(lambda story: story.use("Bash", command="pytest"), id="a command is run"),
        pytest.param(lambda story: story.use("Read", file_path="/w/a"), id="a file is read"),
        pytest.param(lambda story: story.use("AskUserQuestion"), id="the user is asked"),
    ],
)
def test_what_the_session_itself_does_in_between_may_be_why(between: Any) -> None:
    story = Story().send(task("a"))
    between(story)
    assert story.send(task("b")).saved() == []


@pytest.mark.parametrize(
    "between",
    [
        pytest.param(lambda story: story.use("TodoWrite", todos=[]), id="a list of tasks"),
        pytest.param(lambda story: story.user("a reminder", isMeta=True), id="what the tool adds"),
        pytest.param(
            lambda story: story.user("<task-notification><task-id>z</task-id></task-notification>"), id="news"
        ),
    ],
)
def test_what_is_no_work_in_between_is_no_reason(between: Any) -> None:
    story = Story().send(task("a"))
    between(story)
    assert story.send(task("b")).saved() == [10]


def test_an_agent_that_is_resumed_had_to_wait() -> None:
    assert Story().send(task("a")).send(task("b", resume="xa")).saved() == []


def test_a_second_try_after_a_failure_had_to_wait() -> None:
    assert Story().send(task("a"), results="Error: it broke").send(task("b")).saved() == []


def test_more_than_ten_would_not_have_run_at_once() -> None:
    story = Story().send(*(task(f"a{index}") for index in range(6)))
    assert story.send(*(task(f"b{index}") for index in range(5))).saved() == []
    story = Story().send(*(task(f"a{index}") for index in range(6)))
    assert story.send(*(task(f"b{index}") for index in range(4))).saved() == [10]


def test_a_failed_call_is_in_its_group_but_not_in_the_judgement() -> None:
    results = {"a": "Done.", "b": "Error: it broke", "c": "Done."}
    session = Story().send(task("a"), task("b"), task("c"), results=results).session()
    (group,) = session.responses
    assert [one.key for one in group.members] == ["a", "b", "c"]
    assert (group.figures.status.value, group.figures.sum_s, group.figures.efficiency) == ("PARALLEL", 20, 1)
    two = Story().send(task("a"), task("b"), results=results).session()
    assert two.status.value == "SINGLE"
    assert Story().send(task("b"), results=results).session().status.value == "UNKNOWN"


# files of sub-agents


def write(folder: Path, name: str, *events: Event, meta: Event | None = None) -> None:
    file = folder / f"{name}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps({**event, "isSidechain": True}) + "\n" for event in events))
    if meta:
        file.with_suffix(".meta.json").write_text(json.dumps(meta))


def used(name: str, id_: str = "t", **given: object) -> Event:
    return {
        "type": "assistant",
        "message": {"content": [{"type": "tool_use", "id": id_, "name": name, "input": given}]},
    }


def judged(story: Story, folder: Path) -> Session:
    (folder / "s.jsonl").write_bytes(story.raw())
    return judge(agents.read(folder / "s.jsonl"))


@pytest.mark.parametrize("place", ["", "s/subagents/"])
def test_a_file_that_two_agents_wrote_at_once_is_a_conflict(place: str, tmp_path: Path) -> None:
    write(tmp_path, f"{place}agent-xa", used("Write", file_path="/w/a.py"), used("Edit", "e", file_path="/w/b.py"))
    write(tmp_path, f"{place}agent-xb", used("MultiEdit", file_path="/w/a.py"))
    write(tmp_path, f"{place}agent-xc", used("Write", file_path="/w/b.py"))
    story = Story().send(task("a"), task("b")).send(task("c"))
    session = judged(story, tmp_path)
    assert [(one.path, one.first.key, one.second.key) for one in session.conflicts] == [("/w/a.py", "a", "b")]


def test_agents_that_write_one_file_had_to_wait(tmp_path: Path) -> None:
    story = Story().send(task("a")).send(task("b"))
    assert len(judged(story, tmp_path).missed) == 1
    write(tmp_path, "agent-xa", used("Write", file_path="/w/a.py"))
    write(tmp_path, "agent-xb", used("Write", file_path="/w/a.py"))
    assert judged(story, tmp_path).missed == ()


def test_a_prompt_that_names_a_file_which_an_earlier_agent_wrote_had_to_wait(tmp_path: Path) -> None:
    write(tmp_path, "agent-xa", used("Write", file_path="/w/docs/plan.md"))
    assert judged(Story().send(task("a")).send(task("b", "Check docs/plan.md.")), tmp_path).missed == ()


def test_agents_of_agents_are_nested_and_not_judged(tmp_path: Path) -> None:
    write(tmp_path, "s/subagents/agent-xa", used("Task", "n1", prompt="inner"), meta={"toolUseId": "a"})
    write(tmp_path, "s/subagents/agent-deep", used("Agent", "n2", prompt="innermost"), meta={"toolUseId": "n1"})
    write(tmp_path, "s/subagents/agent-lost", used("Agent", "n3", prompt="whose"))
    session = judged(Story().send(task("a")), tmp_path)
    assert [(one.key, one.parent, depth) for one, depth in session.nested] == [
        ("n1", "a", 2), ("n2", "n1", 3), ("n3", "?", 2),
    ]  # fmt: skip
    assert [one.key for one in session.dispatches] == ["a"]
    assert session.status.value == "SINGLE"


def test_what_an_agent_and_its_own_agent_write_is_no_conflict(tmp_path: Path) -> None:
    nested = used("Task", "n1", prompt="inner")
    done = {"type": "user", "timestamp": transcripts.at(9), "toolUseResult": {"totalDurationMs": 4000, "agentId": "y"},
            "message": {"content": [{"type": "tool_result", "tool_use_id": "n1"}]}}  # fmt: skip
    write(tmp_path, "agent-xa", nested, done, used("Write", file_path="/w/a.py"))
    write(tmp_path, "agent-y", used("Write", file_path="/w/a.py"))
    session = judged(Story().send(task("a")), tmp_path)
    assert [one.writes for one, _ in session.nested] == [{"/w/a.py"}]
    assert session.conflicts == ()


def test_the_first_line_of_an_agent_tells_its_start_where_the_result_does_not(tmp_path: Path) -> None:
    story = Story().send(task("a"))
    story.events[-1]["toolUseResult"] = {"agentId": "xa"}
    assert judged(story, tmp_path).dispatches[0].start is None
    write(tmp_path, "agent-xa", {"type": "user", "timestamp": transcripts.at(3), "message": {"content": "Look."}})
    assert judged(story, tmp_path).dispatches[0].duration_s == 7


# the plan of a prompt file

PLAN = """# Review

```python
Task(subagent_type="security-reviewer", prompt="Review the security of the change")
Task(subagent_type="style-reviewer", prompt=f"Review the style of {change}")
```

Then the rest:

```python
Task(subagent_type="Explore", prompt="Find the callers")
Task(subagent_type="Explore", prompt="Find the tests")
Task(subagent_type="writer", prompt="Write the summary")
```

❌ WRONG:

```python
Task(subagent_type="security-reviewer", prompt="x")
Task(subagent_type="style-reviewer", prompt="y")
```
"""


def compared(story: Story, plan: str = PLAN) -> list[tuple[int, list[list[str]], tuple[str, ...]]]:
    found = compare(Document(Path("plan.md"), plan), Settings(), story.session())
    return [(one.row, [[each.key for each in part] for part in one.responses], one.missing) for one in found]


def test_a_window_that_went_out_in_two_responses_is_split() -> None:
    story = Story().send(task("s", "Review the security of the change", "security-reviewer"))
    story.send(task("t", "Review the style of main.py", "style-reviewer"))
    story.send(task("2", "Find the tests"), task("1", "Find the callers"), task("w", "Write it", "writer"))
    assert compared(story) == [(4, [["s"], ["t"]], ()), (11, [["2", "1", "w"]], ())]


def test_dispatches_that_never_went_out_are_missing() -> None:
    assert compared(Story().send(task("1", "Find the callers"))) == [
        (4, [], ("security-reviewer", "style-reviewer")),
        (11, [["1"]], ("Explore", "writer")),
    ]


def test_an_agent_whose_name_is_computed_matches_by_the_rest_of_it() -> None:
    plan = 'Task(subagent_type=f"{a}-expert", prompt="Do it")\nTask(subagent_type="writer", prompt="Write")\n'
    story = Story().send(task("w", "Write", "writer")).send(task("e", "Do it", "azure-expert"))
    assert compared(story, f"```python\n{plan}```\n") == [(2, [["w"], ["e"]], ())]


def test_a_prompt_and_a_result_without_spaces_take_no_long_time() -> None:
    blob = "aZ" * 15_000
    assert Story().send(task("a", blob), results=blob).send(task("b", blob)).saved() == [10]
