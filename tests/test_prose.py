"""What lines of words say, by tables of (line, expected)."""

from __future__ import annotations

import pytest

from taskfan_lint import prose
from taskfan_lint.prose import Wait

MARKERS = [
    ("❌ WRONG - Loop creates sequential execution", True),
    ("✅ RIGHT - evaluate BEFORE any call", False),
    ("**❌ WRONG: sequential**", True),
    ("**WRONG PATTERN** - Sequential invocations:", True),
    ("**CORRECT PATTERN** - Multiple invocations in ONE response:", False),
    ("# BAD", True),
    ("// bad: loop", True),
    ("# GOOD", False),
    ("Bad example:", True),
    ("Good code is short", None),
    ("The wrong way:", True),
    ("A bad idea", None),
    ("BAD IDEA", True),
    ("Examples of WRONG sequential execution:", True),
    ("Example of CORRECT usage:", False),
    ("THIS IS WRONG ❌ (Sequential - NEVER DO THIS):", True),
    ("This is good.", None),
    ("> ❌ Loop", True),
    ("1. ✅ Fan out", False),
    ("- [ ] WRONG: x", True),
    ("⚠️ WRONG: x", True),
    ("✔️ Fan out", False),
    ("❌Sequential", True),
    ("❌correct:", True),
    ("❌", True),
    ("✅ NEVER: block", True),
    ("✅ Avoid loops", False),
    ("❌ Don't wait; launch all", True),
    ("Don't wait; launch all", None),
    ("Don't:", True),
    ("DON’T", True),
    ("Don't do this:", True),
    ("🚫 NEVER DO THIS (Sequential = WRONG):", True),
    ("🚫 **NEVER start an agent for context recovery, since it costs ten times what a plain search costs.**", None),
    ("NEVER dispatch reviewers sequentially", None),
    ("NEVER:", True),
    ("DO NOT check status repeatedly. Just wait for responses.", None),
    ("🚫 DO NOT:", True),
    ("Avoid this:", True),
    ("Avoid launching them in a loop:", None),
    ("Do the following", None),
    ("DO:", False),
    ("Do this instead:", False),
    ("Anti-pattern: loop", True),
    ("## Anti-Patterns", True),
    ("Anti-Patterns to Avoid", True),
    ("antipattern", True),
    ("Implementation Anti-Patterns", None),
    ("Red Flags - Never Do These", None),
    ("Good morning", None),
    ("Right now we launch", None),
    ("RIGHT NOW", None),
    ("Right-hand side", None),
    ("right.x = 1", None),
    ("wrong(x)", None),
    ("Better resource utilization", None),
    ("Preferred:", False),
    ("**Before:**", True),
    ("AFTER", False),
    ("before:", None),
    ("Before enforcement", None),
    ("### Before (Manual)", None),
    ("After all agents complete", None),
    ("Data Flow: ✅ CORRECT", None),
    ("Wrongly placed:", None),
    ("Doing: x", None),
    ("", None),
]


@pytest.mark.parametrize(("line", "wrong"), MARKERS, ids=[line for line, _ in MARKERS])
def test_a_marker_is_the_first_word_of_its_line(line: str, wrong: bool | None) -> None:
    assert prose.marker(line) is wrong


PHASES = [
    ("Phase 2: build", True),
    ("### Phase 0.5: Change Impact", True),
    ("# STEP 3.", True),
    ("Group B", True),
    ("Group A few things", False),
    ("Phase Two", True),
    ("--- Phase 2 ---", True),
    ("=== Step 1 ===", True),
    ("**Wave II**", True),
    ("[Stage 3]", True),
    ("Iteration {N} — today", True),
    ("Batch [N]:", True),
    ("🚀 Round 1 (parallel)", True),
    ("Phase 2 Implementation", True),
    ("2. PLANNING PHASE", True),
    ("Map phase: delegate each file", True),
    ("Final wave:", True),
    ("Each phase: one agent", False),
    ("Run specific phase", False),
    ("Step 2 depends on step 1", False),
    ("Stage 1 findings", False),
    ("Batch 12 tasks into 3 groups of 4", False),
    ("Step by step", False),
    ("Part of the plan", False),
    ("Then: verify", True),
    ("Then run the verifier", True),
    ("After that, verify", True),
    ("Next: verify", True),
    ("Next verify", False),
    ("Once all agents complete, verify", True),
    ("After the scout completes", True),
    ("After any significant operation, track", False),
    ("Message 2:", False),
    ("Launch phase 2 agents", False),
    ("", False),
]


@pytest.mark.parametrize(("text", "expected"), PHASES, ids=[text for text, _ in PHASES])
def test_a_phase_is_named_or_follows(text: str, expected: bool) -> None:
    assert prose.is_phase(text) is expected


MESSAGES = [
    ("Message 2:", 2),
    ('Message 13: Task("coder")', 13),
    ("// **Message 1** (parallel)", 1),
    ("[Message 4]:", None),
    ("[Single Message]:", None),
    ("Message 2 of the agent", None),
    ("Messages 2", None),
    ("1 MESSAGE = ALL", None),
]


@pytest.mark.parametrize(("text", "number"), MESSAGES, ids=[text for text, _ in MESSAGES])
def test_a_message_label_has_a_number(text: str, number: int | None) -> None:
    assert prose.message_number(text) == number


WAITS = [
    ("wait", Wait.ONE),
    ("wait...", Wait.ONE),
    ("WAIT", Wait.ONE),
    ("[wait for result]", Wait.ONE),
    ("→ wait →", Wait.ONE),
    ("Task a → wait → Task b", Wait.ONE),
    ("wait for it to finish", Wait.ONE),
    ("Wait for result before launching tasks", Wait.ONE),
    ("wait for each agent to finish", Wait.ONE),
    ("Agent 1 (blocks)", Wait.ONE),
    ("await result", Wait.ONE),
    ("[waiting for result]", Wait.ONE),
    ("You must wait for the scout", Wait.ONE),
    ("STEP 3: WAIT - tell the user", Wait.ONE),
    ("Don't poll. Wait for the result.", Wait.ONE),
    ("Wait for all to complete", Wait.ALL),
    ("wait until all agents complete", Wait.ALL),
    ("Wait for both", Wait.ALL),
    ("Wait for results", Wait.ALL),
    ("⏳ Wait for 3 agents", Wait.ALL),
    ("Collect all results", Wait.ALL),
    ("Gather results from the agents before proceeding:", Wait.ALL),
    ("Await all", Wait.ALL),
    ("once all agents are done", Wait.ALL),
    ("After both agents return, merge", Wait.ALL),
    ("After results return, spotcheck:", Wait.ALL),
    ("don't wait", None),
    ("No need to wait", None),
    ("without waiting", None),
    ("do not wait for the others", None),
    ("Don't do: await result", None),
    ("expert1 waits", None),
    ("Claude waits for all", None),
    ("# Agent 2 (waits for 1)", None),
    ("(A, C, E waiting)", None),
    ("Waiting for results", None),
    ("Launch all three. Wait for all.", None),
    ("Launch both and wait for all", None),
    ("Wait for user approval", None),
    ("Wait 5 seconds", None),
    ("wait for 5 seconds", None),
    ("Wait, what?", None),
    ("wait time", None),
    ("Both collected, then executed in parallel", None),
    ("Gather all requirements", None),
    ("After the scout completes", None),
    ("WRONG: wait for each", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "expected"), WAITS, ids=[text for text, _ in WAITS])
def test_a_wait_is_an_order(text: str, expected: Wait | None) -> None:
    assert prose.waits(text) is expected


SERIAL = [
    ("sequentially on purpose", True),
    ("These must run sequentially", True),
    ("must be sequential: the second reads the first's file", True),
    ("Run one at a time", True),
    ("Several agents in sequence", True),
    ("Several agents in sequence waste time", False),
    ("All three tasks in sequence", True),
    ("This runs all tasks in sequence.", False),
    ("Currently agents in sequence", False),
    ("Launches tasks in sequence", False),
    ("Inefficient: three agents in sequence", False),
    ("Stop running agents in sequence", False),
    ("Why wait for calls in series", False),
    ("Run the agents in sequence, which avoids a problem", True),
    ("intentionally serial", True),
    ("Serial by design", True),
    ("In order, because B reads what A writes", True),
    ("Process the files one by one", True),
    ("Execute the agents in order", True),
    ("Sequential execution required:", True),
    ("Do not run these in parallel", True),
    ("must run sequentially, not in parallel", True),
    ("In order to save time", False),
    ("Claude executes one at a time (3x slower)", False),
    ("Sequential execution", False),
    ("Each iteration = separate response = sequential", False),
    ("NEVER sequentially", False),
    ("don't run sequentially", False),
    ("must not run sequentially", False),
    ("Launch them at once, not one by one", False),
    ("Execute groups sequentially, tasks within groups in parallel", False),
    ("Groups run sequentially", False),
    ("Tasks execute in order", False),
    ("❌ WRONG: must run sequentially", False),
    ("", False),
]


@pytest.mark.parametrize(("text", "expected"), SERIAL, ids=[text for text, _ in SERIAL])
def test_sequence_is_declared_by_an_order_or_a_reason(text: str, expected: bool) -> None:
    assert prose.declares_serial(text) is expected


def test_a_label_says_where_it_ends_and_whether_it_is_loud() -> None:
    assert prose.label("❌ WRONG: x") == prose.Label(True, 7, True)
    assert prose.label("good: x") == prose.Label(False, 4, False)
    assert prose.label("✅ Fan out") == prose.Label(False, 2, True)


LONG = ["*", "after ", "a ", "don't ", "1. ", "(", "[ ] ", "run a ", "must a "]
RUNS = [
    ("phase", " "),
    ("phase 1", "0"),
    ("sequential", "-"),
    ("must", "- "),
    ("wait", "… "),
    ("x = ", "a."),
    ("good", " *"),
]


@pytest.mark.parametrize(("head", "run"), [*(("", run) for run in LONG), *RUNS])
def test_a_long_line_says_nothing_and_is_read_in_no_time(head: str, run: str) -> None:
    line = head + run * 50_000 + "x"  # a regular expression that backtracks takes minutes for it
    assert prose.marker(line) is None
    assert not prose.is_phase(line)
    assert prose.message_number(line) is None
    assert prose.waits(line) is None
    assert not prose.declares_serial(line)
