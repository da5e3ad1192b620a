"""Tests of the reader of transcripts: every known version, and files that are broken in all the usual ways."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest
import transcripts
from conftest import ROOT

from taskfan_lint.session import judge
from taskfan_lint.transcripts import agents, lines, places, reader
from taskfan_lint.transcripts.model import Outcome, Recorded, Transcript
from taskfan_lint.transcripts.values import moment

SAMPLES = ROOT / "tests" / "fixtures" / "transcripts"
PER_VERSION = 200
BASE = transcripts.START.timestamp()


def relative(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds - BASE, 3)


def facts(one: Recorded) -> tuple[object, ...]:
    return one.key, relative(one.start), relative(one.end), one.outcome.value, one.background, one.writes


def expected(one: transcripts.Truth) -> tuple[object, ...]:
    return one.key, one.start, one.end, one.outcome, one.background, one.writes


@pytest.mark.parametrize("version", transcripts.VERSIONS)
def test_each_generated_session_is_read_and_judged_as_it_was(version: str, tmp_path: Path) -> None:
    """A thousand sessions in all: their dispatches, and the status of the session and of each response."""
    for seed in range(PER_VERSION):
        made = transcripts.session(version, Random(f"{version} {seed}"))
        folder = tmp_path / str(seed)
        folder.mkdir()
        session = judge(agents.read(made.write(folder, "session")))
        context = f"{version}, seed {seed}"
        assert list(map(facts, session.dispatches)) == list(map(expected, made.truths)), context
        statuses = [group.figures.status.value for group in session.responses]
        assert statuses == list(map(transcripts.status, made.responses())), context
        assert session.status.value == transcripts.status(made.truths), context
        assert session.across == transcripts.across(made.truths), context
        assert session.peak == transcripts.peak(made.truths), context
        nested = [f"n{one.key}" for one in made.truths if version == "2.1.63" and one.writes]
        assert [(one.key, depth) for one, depth in session.nested] == [(key, 2) for key in nested], context


@pytest.mark.parametrize("version", transcripts.VERSIONS)
def test_generated_sessions_cover_every_status(version: str) -> None:
    made = [transcripts.session(version, Random(f"{version} {seed}")) for seed in range(PER_VERSION)]
    statuses = {transcripts.status(one.truths) for one in made}
    assert statuses == {"PARALLEL", "PARTIAL", "SEQUENTIAL", "SINGLE", "UNKNOWN"}
    outcomes = {truth.outcome for one in made for truth in one.truths}
    assert outcomes >= {"completed", "failed", "interrupted"}


@pytest.mark.parametrize(
    ("name", "status", "across"),
    [
        ("parallel3", "PARALLEL", False),
        ("sequential3", "SEQUENTIAL", False),
        ("background3_separate_messages", "PARALLEL", True),
    ],
)
def test_the_samples_are_what_their_names_say(name: str, status: str, across: bool) -> None:
    session = judge(agents.read(SAMPLES / f"{name}.jsonl"))
    assert (session.status.value, session.across) == (status, across)
    assert session.transcript.versions == ("2.1.49",)


# broken files


def read(raw: bytes, *, agent: bool = False) -> Transcript:
    return reader.read(io.BytesIO(raw), "agent-x.jsonl" if agent else "-", agent=agent)


@pytest.mark.parametrize("name", ["parallel3", "background3_separate_messages"])
def test_a_file_that_is_cut_anywhere_is_read_up_to_there(name: str) -> None:
    raw = (SAMPLES / f"{name}.jsonl").read_bytes()
    rows = raw.splitlines(keepends=True)
    for cut in range(0, len(raw), 13):
        whole = sum(1 for index in range(len(rows)) if len(b"".join(rows[: index + 1]).rstrip()) <= cut)
        found, clean = read(raw[:cut]), read(b"".join(rows[:whole]))
        assert found.dispatches == clean.dispatches, cut
        assert found.broken == (found.lines - whole), cut


def test_bytes_turned_at_random_never_fail() -> None:
    random = Random(7)
    sample = bytearray((SAMPLES / "background3_separate_messages.jsonl").read_bytes())
    for _ in range(300):
        raw = bytearray(sample)
        for _ in range(random.randint(1, 20)):
            raw[random.randrange(len(raw))] = random.choice(b'\x00\xff"{}[]:,0\n')
        judge(read(bytes(raw)))


def test_any_value_in_any_place_never_fails() -> None:
    """Each value of each line of a sample is replaced by values of every other type."""
    for row in (SAMPLES / "background3_separate_messages.jsonl").read_text().splitlines()[1:4]:
        for path in walk(json.loads(row)):
            for value in (None, True, -1, 1e400, "", "x", [], [None], [[]], {}, {"id": {}}):
                one = json.loads(row)
                put(one, path, value)
                judge(read(json.dumps(one).encode() + b"\n" + row.encode()))


def walk(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [each for key, item in inner for each in walk(item, (*path, key))]


def put(value: Any, path: tuple[Any, ...], new: Any) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = new


def test_marks_line_ends_blank_lines_and_arrays_are_taken_as_they_come() -> None:
    raw = (SAMPLES / "parallel3.jsonl").read_bytes()
    plain = read(raw).dispatches
    assert read(b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n\r\n")).dispatches == plain
    assert read(b"[" + b",".join(raw.splitlines()) + b"]").dispatches == plain
    assert read(raw + raw).dispatches == plain
    spaced = b"\n".join(json.dumps(json.loads(row)).encode() for row in raw.splitlines())
    assert read(spaced).dispatches == plain


def test_a_line_that_is_too_long_is_counted_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = (SAMPLES / "parallel3.jsonl").read_bytes()
    monkeypatch.setattr(lines, "LONGEST", 2000)
    found = read(b'{"x": "' + b"x" * 5000 + b'"}\n' + raw)
    assert (found.lines, found.long, found.broken) == (raw.count(b"\n") + 1, 1, 0)
    assert found.dispatches == read(raw).dispatches


def test_nesting_that_is_too_deep_is_a_broken_line() -> None:
    deep = b'{"tool_use": ' + b"[" * 100_000 + b'"tool_use"' + b"]" * 100_000 + b"}\n"
    assert read(deep).broken == 1


# what a line means


def call(id_: str | None, second: int, message: str | None = "m", **given: object) -> dict[str, Any]:
    block = {"type": "tool_use", "name": "Task", "input": {"prompt": f"do {id_}", **given}}
    named = {} if message is None else {"id": message}
    content = [{**block, "id": id_} if id_ else block]
    return {"type": "assistant", "uuid": f"u{second}", "timestamp": transcripts.at(second),
            "message": {**named, "content": content}}  # fmt: skip


def result(id_: str | None, second: int, extra: object = None, **fields: object) -> dict[str, Any]:
    block = {"type": "tool_result", "content": "ok", **({"tool_use_id": id_} if id_ else {}), **fields}
    return {
        "type": "user",
        "timestamp": transcripts.at(second),
        "message": {"content": [block]},
        "toolUseResult": extra,
    }


def dispatches(*events: dict[str, Any]) -> tuple[Recorded, ...]:
    return read("".join(json.dumps(event) + "\n" for event in events).encode()).dispatches


DONE = {"status": "completed", "totalDurationMs": 5000}


@pytest.mark.parametrize(
    ("answer", "outcome", "start", "end"),
    [
        pytest.param(result("a", 9, DONE), "completed", 4, 9, id="completed"),
        pytest.param(result("a", 9, {"totalDurationMs": 5000}), "completed", 4, 9, id="an old version has no status"),
        pytest.param(result("a", 9, {"totalDurationMs": 5000, "wasInterrupted": True}), "interrupted", 4, 9, id="old"),
        pytest.param(result("a", 9), "completed", None, 9, id="a duration that is missing is no guess"),
        pytest.param(result("a", 9, "Error: no", is_error=True), "failed", None, 9, id="a string is an error"),
        pytest.param(result("a", 9, "Error: no"), "failed", None, 9, id="a string alone too"),
        pytest.param(result("a", 9, is_error=True), "failed", None, 9, id="an error alone too"),
        pytest.param(
            result("a", 9, "Error: The user doesn't want to proceed with this tool use.", is_error=True),
            "interrupted", None, 9, id="the user refuses",
        ),
        pytest.param(result("a", 9, {"status": "failed", "totalDurationMs": 1000}), "failed", 8, 9, id="failed"),
        pytest.param(result("a", 9, {"status": "odd", "totalDurationMs": 1000}), "failed", 8, 9, id="an odd status"),
        pytest.param(result("other", 9, DONE), "unknown", None, None, id="the result of another call"),
    ],
)  # fmt: skip
def test_results(answer: dict[str, Any], outcome: str, start: float | None, end: float | None) -> None:
    (one,) = dispatches(call("a", 2), answer)
    assert (one.outcome.value, relative(one.start), relative(one.end)) == (outcome, start, end)


def test_the_result_decides_what_runs_in_the_background_not_the_input() -> None:
    foreground, background = dispatches(
        call("a", 2, run_in_background=True),
        call("b", 3),
        result("a", 9, DONE),
        result("b", 4, {"status": "async_launched", "agentId": "x"}),
    )
    assert (foreground.background, foreground.end) == (False, BASE + 9)
    assert (background.background, background.start, background.outcome) == (True, BASE + 4, Outcome.UNKNOWN)


def notice(agent: str, second: int, status: str = "completed") -> dict[str, Any]:
    content = f"<task-notification><task-id>{agent}</task-id><status>{status}</status></task-notification>"
    return {"type": "queue-operation", "operation": "enqueue", "timestamp": transcripts.at(second), "content": content}


def test_a_background_dispatch_ends_at_its_first_notification() -> None:
    launch = result("a", 3, {"status": "async_launched", "agentId": "x"})
    (one,) = dispatches(call("a", 2), launch, notice("y", 4), notice("x", 8), notice("x", 5000, "failed"))
    assert (relative(one.start), relative(one.end), one.outcome.value, one.duration_s) == (3, 8, "completed", 5)


def test_a_clock_that_jumps_back_leaves_the_end_unknown() -> None:
    launch = result("a", 300, {"status": "async_launched", "agentId": "x"})
    (one,) = dispatches(call("a", 299), launch, notice("x", 8))
    assert (one.start, one.end, one.duration_s, one.outcome.value) == (BASE + 300, None, None, "completed")
    assert one.interval is None


def test_results_find_calls_without_ids_by_the_line_that_they_answer() -> None:
    one, other = dispatches(
        call(None, 2, None),
        call(None, 3, None),
        {**result(None, 9, DONE), "sourceToolAssistantUUID": "u3"},
    )
    assert (one.key, one.id, one.outcome.value) == ("#1", "", "unknown")
    assert (other.key, other.start, other.end) == ("#2", BASE + 4, BASE + 9)
    assert one.response == other.response


def test_calls_without_message_id_belong_together_until_something_is_answered() -> None:
    made = dispatches(
        call("a", 2, None), call("b", 3, None), result("unknown", 4), call("c", 5, None),
        {**call("d", 6, None), "requestId": "r"}, {**call("e", 7, None), "requestId": "r"},
    )  # fmt: skip
    a, b, c, d, e = (one.response for one in made)
    assert a == b != c
    assert c != d == e


def test_several_results_of_one_line_have_their_own_durations() -> None:
    both = result("a", 9, [{"totalDurationMs": 5000}, {"totalDurationMs": 1000}])
    both["message"]["content"] += result("b", 9)["message"]["content"]
    assert [one.duration_s for one in dispatches(call("a", 2), call("b", 2), both)] == [5, 1]
    both["toolUseResult"] = DONE
    assert [one.duration_s for one in dispatches(call("a", 2), call("b", 2), both)] == [None, None]


def test_an_interruption_closes_the_calls_that_wait() -> None:
    stop = {"type": "user", "timestamp": transcripts.at(7), "message": {"content": "[Request interrupted by user]"}}
    launch = result("b", 3, {"status": "async_launched", "agentId": "x"})
    one, other = dispatches(call("a", 2), call("b", 2), launch, stop)
    assert (one.outcome.value, one.end) == ("interrupted", BASE + 7)
    assert other.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2026-02-21T10:00:02.000Z", BASE + 2),
        ("2026-02-21T10:00:02Z", BASE + 2),
        ("2026-02-21T10:00:02.1234567Z", BASE + 2.1234567),
        ("2026-02-21 12:00:02,5+02:00", BASE + 2.5),
        ("2026-02-21T05:00:02-0500", BASE + 2),
        ("2026-02-21T10:00:02", BASE + 2),
        (BASE + 2, BASE + 2),
        ((BASE + 2) * 1000, BASE + 2),
        ("2026-02-31T10:00:02Z", None),
        ("yesterday", None),
        (True, None),
        (-1, None),
        (1e300, None),
        (None, None),
    ],
)
def test_moments(value: object, seconds: float | None) -> None:
    assert moment(value) == (None if seconds is None else pytest.approx(seconds))


# where transcripts are


def touch(file: Path, seconds: int, text: str = "{}\n") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    os.utime(file, (seconds, seconds))
    return file


def test_the_newest_session_is_that_of_the_folder_or_of_the_one_above_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "config"))
    project = Path("/home/me/my_app.v2")
    folder = tmp_path / "config" / "projects" / "-home-me-my-app-v2"
    assert places.latest(project) is None
    old, new = touch(folder / "old.jsonl", 1000), touch(folder / "new.jsonl", 2000)
    touch(folder / "agent-abc.jsonl", 3000)
    touch(folder / "old" / "subagents" / "agent-abd.jsonl", 3000)
    assert places.latest(project) == new
    assert places.latest(project / "src" / "inner") == new
    assert places.latest(project.parent) is None
    os.utime(old, (4000, 4000))
    assert places.latest(project) == old


def test_a_folder_is_the_session_beside_it_or_all_sessions_in_it(tmp_path: Path) -> None:
    first, second = touch(tmp_path / "one.jsonl", 1), touch(tmp_path / "two.jsonl", 2)
    touch(tmp_path / "agent-a.jsonl", 3)
    touch(tmp_path / "one" / "subagents" / "agent-b.jsonl", 3)
    assert places.in_folder(tmp_path / "one") == [first]
    assert places.in_folder(tmp_path) == [first, second]


def test_the_transcript_of_an_agent_alone_is_a_session_of_its_own(tmp_path: Path) -> None:
    made = transcripts.session("2.1.63", Random(3))
    name, events = next((name, events) for name, events in made.files.items() if name.endswith(".jsonl"))
    file = touch(tmp_path / Path(name).name, 1, "".join(json.dumps(event) + "\n" for event in events))
    session = judge(agents.read(file))
    assert [one.key[:2] for one in session.dispatches] == ["nt"]


def test_a_dispatch_of_an_agent_whose_own_dispatch_is_not_found_is_not_the_sessions(tmp_path: Path) -> None:
    side = {**call("n", 4, "k"), "isSidechain": True}
    main, nested = dispatches(call("a", 2), side)
    assert (main.parent, nested.parent) == ("", "?")
    (alone,) = dispatches(side)
    assert alone.parent == ""


def test_the_inline_lines_of_an_agent_are_found_by_its_prompt() -> None:
    first = {"type": "user", "uuid": "r", "parentUuid": None, "isSidechain": True, "timestamp": transcripts.at(3),
             "message": {"content": "do b"}}  # fmt: skip
    nested = {**call("n", 4, "k"), "isSidechain": True, "parentUuid": "r"}
    a, b, n = dispatches(call("a", 2), call("b", 2), first, nested, result("b", 9))
    assert (n.parent, b.start, b.duration_s) == ("b", BASE + 3, 6)
    assert a.start is None


def test_the_first_answer_that_tells_the_end_counts_where_no_notification_does() -> None:
    def poll(id_: str, second: int, state: str) -> tuple[dict[str, Any], dict[str, Any]]:
        block = {"type": "tool_use", "id": id_, "name": "TaskOutput", "input": {"task_id": "x"}}
        asked = {"type": "assistant", "timestamp": transcripts.at(second), "message": {"id": id_, "content": [block]}}
        return asked, result(id_, second + 1, {"retrieval_status": "success", "task": {"status": state}})

    launch = result("a", 3, {"status": "async_launched", "agentId": "x"})
    first = (*poll("p1", 5, "running"), *poll("p2", 8, "completed"), *poll("p3", 50, "completed"))
    (one,) = dispatches(call("a", 2), launch, *first)
    assert (relative(one.start), relative(one.end)) == (3, 9)
    (notified,) = dispatches(call("a", 2), launch, *first, notice("x", 7))
    assert relative(notified.end) == 7


def test_tags_in_what_an_agent_wrote_are_not_those_of_its_notification() -> None:
    launch = result("a", 3, {"status": "async_launched", "agentId": "x"})
    queued = notice("x", 8)
    queued["content"] = (
        "<task-notification><task-id>x</task-id><result><status>failed</status></result></task-notification>"
    )
    (one,) = dispatches(call("a", 2), launch, queued)
    assert one.outcome is Outcome.COMPLETED
