"""Generated scripts that dispatch the same under node, fixed or not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from scripts import NODE, Recorder, Recording, Script, recorder, scripts, seen

from taskfan_lint import check, fix

EXAMPLES = 70

pytestmark = pytest.mark.skipif(NODE is None, reason="node is not here, so no script can be run")


@pytest.fixture(scope="module")
def node() -> Iterator[Recorder]:
    with recorder() as found:
        yield found


def check_fixed(script: Script, *, unsafe: bool) -> str:
    """Return the fixed text, which reports what it says, does not change again, and keeps every comment."""
    fixed, left = fix(script.text, script.path, unsafe=unsafe)
    assert not [one for one in left if "would not end" in one.help]
    assert seen(fixed) == seen(script.text)
    if fixed != script.text:
        assert left == check(fixed, script.path)
        assert fix(fixed, script.path, unsafe=unsafe)[0] == fixed
    return fixed


def check_same(script: Script, before: Recording, after: Recording, *, ordered: bool) -> None:
    assert not after.failure, script.text
    if ordered:
        assert after == before
    assert sorted(after.calls) == sorted(before.calls)
    assert after.said[-1:] == before.said[-1:]


@settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(script=scripts())
def test_a_fixed_script_dispatches_the_same(node: Recorder, script: Script) -> None:
    safe = check_fixed(script, unsafe=False)
    unsafe = check_fixed(script, unsafe=True)
    if safe == unsafe == script.text:
        return
    before = node.run(script.code(script.text))
    if before.failure:
        return
    if safe != script.text:
        check_same(script, before, node.run(script.code(safe)), ordered=True)
    if unsafe != safe:
        check_same(script, before, node.run(script.code(unsafe)), ordered=False)


def test_the_recorder_tells_what_a_script_does(node: Recorder) -> None:
    code = 'await Task({ prompt: ctx, subagent_type: "a" }); note(level); await agent("x"); missing();'
    calls = ('["Task",{"prompt":"base","subagent_type":"a"}]', '["agent","x"]')
    assert node.run(code) == Recording(calls, ("3",), "ReferenceError")
