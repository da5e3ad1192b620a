"""Tests of the gates: what is turned away unread holds nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfan_lint import check
from taskfan_lint.gates import ByteGate, Gates, names_agent, odd_encoding, passes_gate, stems
from taskfan_lint.kinds import MARKDOWN, PYTHON, kind
from taskfan_lint.settings import Settings
from taskfan_lint.source import DecodeError, decode

ENCODINGS = ("utf-8", "latin-1", "cp1252", "koi8-r", "shift_jis", "gbk", "utf-7", "utf-16", "hz", "cp037", "euc-jp")
WORDS = (
    "agent_type",
    "subagent_type=",
    "Task",
    "Agent",
    "task",
    "spawn_agent",
    "taskfan:",
    "ask",
    "gent",
    "(",
    " ",
    "\\\n",
    "x",
    "é",
    "agent",
    "lós",
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param((b"Task", b"task", b"taskfan:"), (b"ask",), id="one end for all"),
        pytest.param((b"Agent", b"spawn_agent", b"Task"), (b"ask", b"gent"), id="the shorter end"),
        pytest.param((b"T", b"Task"), (b"",), id="a word of one letter opens the gate"),
    ],
)
def test_stems_are_the_fewest_ends(words: tuple[bytes, ...], expected: tuple[bytes, ...]) -> None:
    assert stems(words) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"# -*- coding: utf-8 -*-\n", False),
        (b"#!/usr/bin/python\n# vim: set fileencoding=latin_1:\n", False),
        (b"# coding=utf-7\n", True),
        (b"\n# coding: unicode_escape", True),
        (b"\n\n# coding: utf-7", False),
        (b"coding = 1\n", False),
    ],
)
def test_a_cookie_of_an_odd_encoding_is_seen_in_two_lines(head: bytes, expected: bool) -> None:
    assert odd_encoding(head) is expected


@given(
    st.lists(st.sampled_from(WORDS), max_size=8).map("".join),
    st.sampled_from(ENCODINGS),
    st.sampled_from(["a.py", "a.md", "a.ts"]),
    st.sampled_from([(), ("run.launch",), ("lós",)]),
)
def test_what_the_gate_for_bytes_turns_away_the_gate_for_text_does_too(
    text: str, encoding: str, path: str, names: tuple[str, ...]
) -> None:
    settings = Settings(dispatch_names=names)
    raw = f"# coding: {encoding}\n{text}\n".encode(encoding, "ignore")
    try:
        document = decode(Path(path), raw)
    except DecodeError:
        return
    if passes_gate(document.text, settings, script=document.is_script) and (
        kind(path) != PYTHON or names_agent(document.text, settings)
    ):
        assert Gates().open(raw, kind(path), settings)


def test_a_python_file_needs_an_agent_unless_the_settings_name_a_dispatch() -> None:
    raws = (b"Task(title=1)", b"Task(subagent_type=1)", b"Task(agent_type=1)", b"# taskfan: x", b"run(a)")
    assert [ByteGate(Settings(), PYTHON)(raw) for raw in raws] == [False, True, True, True, False]
    named = ByteGate(Settings(dispatch_names=("lib.run",)), PYTHON)
    assert [named(raw) for raw in raws] == [True, True, True, True, True]


def test_the_gate_is_shut_for_most_files() -> None:
    gate = ByteGate(Settings(), MARKDOWN)
    assert [gate(raw) for raw in (b"", b"x = mask(a)", b"Task", b"urgent", b"a.spawn_agent")] == [
        *(False, False, True, False, True)
    ]


@pytest.mark.parametrize(
    "arguments",
    ["subagent_type='a', prompt=x", "**{'subagent_type': 'a', 'prompt': x}", "**dict(subagent_type='a', prompt=x)"],
)
def test_a_python_file_may_name_an_agent_in_a_dict_with_stars(arguments: str) -> None:
    found = check(f"for x in xs:\n    Task({arguments})\n", "a.py")
    assert [one.code for one in found] == ["dispatch-in-loop"]
