"""A dependence between two dispatches silences a finding, whichever way it goes; without it the finding is back."""

from __future__ import annotations

import keyword
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfan_lint import check


@dataclass(frozen=True)
class Way:
    """How a second dispatch can depend on `x`, the result of the first: lines between, and the second's arguments.

    A line that ends with a colon opens a block around the second dispatch.
    """

    prompt: str = '"Look at the printer"'
    between: tuple[str, ...] = ()
    first: str = '"Look at the parser"'
    more: str = ""


FLOW = {
    "a name": Way("x"),
    "an f-string": Way('f"Mend {x}"'),
    "a concatenation": Way('"Mend " + x'),
    "a join": Way('", ".join([x, "y"])'),
    "an attribute of it": Way("x.text"),
    "an item of it": Way('x["text"]'),
    "a method of it": Way("x.strip()"),
    "a tuple": Way("a", ("a, b = x, 1",)),
    "a nested tuple": Way("b", ("(a, b), c = x",)),
    "a list": Way("a[0]", ("a = [x]",)),
    "a dict": Way('a["k"]', ('a = {"k": x}',)),
    "an item": Way('a["k"]', ("a = {}", 'a["k"] = x')),
    "an attribute": Way("a.text", ("a.text = x",)),
    "an augmented assignment": Way("a", ('a = ""', "a += x")),
    "append": Way('"".join(a)', ("a = []", "a.append(x)")),
    "extend": Way("str(a)", ("a = []", "a.extend(x)")),
    "update": Way("str(a)", ("a = {}", "a.update(x)")),
    "add": Way("str(a)", ("a = set()", "a.add(x)")),
    "a comprehension": Way('"".join(a)', ("a = [one.strip() for one in x]",)),
    "a comprehension's condition": Way("str(a)", ("a = [one for one in names if one in x]",)),
    "a call": Way("a", ("a = summarise(x)",)),
    "two names": Way("b", ("a = x", "b = a")),
    "a conditional expression": Way("a", ('a = x if x else "nothing"',)),
    "an annotated assignment": Way("a", ("a: str = x",)),
    "a loop over it": Way("str(a)", ("a = []", "for one in x: a.append(one)")),
}
CONTROL = {
    "if": Way(between=("if x:",)),
    "an elif": Way(between=("if flag: pass", "elif x:")),
    "return": Way(between=("if not x: return",)),
    "raise": Way(between=("if x == 'bad': raise ValueError",)),
    "assert": Way(between=("assert x",)),
    "while": Way(between=("while x:",)),
}
EFFECT = {
    "a file that it writes": Way('"Read docs/x.md and mend it"', first='"Write the plan to docs/x.md"'),
    "both write a file": Way('"Append the risks to docs/x.md"', first='"Write the plan to docs/x.md"'),
    "an output": Way('"Read docs/x.md"', first='"Plan", output="docs/x.md"'),
    "a session": Way(first='"Plan", session="x"', more=', session="x"'),
    "a worktree": Way(first='"Plan", worktree="../x"', more=', worktree="../x"'),
    "resume": Way(more=", resume=x"),
    "its words": Way('"Mend what the previous agent\'s findings name x"'),
}
WAYS = {**FLOW, **CONTROL, **EFFECT}
OTHER = "other"
NAMES = st.from_regex(r"[a-z][a-z0-9_]{2,8}", fullmatch=True).filter(lambda name: not keyword.iskeyword(name))


def program(way: Way, source: str = "x") -> str:
    """Return a function with two awaited dispatches, of which the second depends on `source`."""
    depth, lines = 1, ["async def run(names, flag, other, a):", f"    x = await {dispatch('one', way.first)}"]
    for line in way.between:
        lines.append("    " * depth + replaced(line, source))
        depth += line.endswith(":")
    more = replaced(way.more, source)
    lines.append("    " * depth + f"y = await {dispatch('two', replaced(way.prompt, source) + more)}")
    return "\n".join([*lines, "    return x, y", ""])


def dispatch(agent: str, prompt: str) -> str:
    return f'Task(subagent_type="{agent}", prompt={prompt})'


def replaced(text: str, source: str) -> str:
    """Return code that depends on another name, another file or another session than `x`."""
    if source == "x":
        return text
    for old, new in (("docs/x", "docs/z"), ('"x"', '"z"'), ("../x", "../z"), ("previous agent's findings", "tests")):
        text = text.replace(old, new)
    words = {"resume=x": f"name={source}", " x ": f" {source} "}
    for old, new in words.items():
        text = text.replace(old, new)
    return "".join(source if part == "x" else part for part in split(text))


def split(text: str) -> list[str]:
    """Return the words of code and what stands between them."""
    parts: list[str] = []
    for character in text:
        if parts and character.isidentifier() and parts[-1][-1].isidentifier():
            parts[-1] += character
        else:
            parts.append(character)
    return parts


def codes(code: str, name: str = "a.py") -> list[str]:
    return [one.code for one in check(code, name)]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_dependence_silences_the_finding_and_nothing_else_does(way: Way) -> None:
    assert codes(program(way)) == []
    assert codes(program(way, OTHER)) != []


LOOPED = {name: way for name, way in FLOW.items() if name not in ("a call", "a loop over it")}


@pytest.mark.parametrize("way", LOOPED.values(), ids=LOOPED)
def test_a_dependence_from_iteration_to_iteration_silences_the_loop(way: Way) -> None:
    before = [line for line in way.between if line.endswith(("[]", "{}", "()", '""'))]
    body = [line for line in way.between if line not in before]
    start = ["other = x = a = b = c = ''", *before, "for part in names:"]
    chained = [*body, f"x = {dispatch('one', way.prompt)}"]
    loose = [*(replaced(line, OTHER) for line in body), f"y = {dispatch('one', replaced(way.prompt, OTHER))}"]
    assert codes("\n    ".join(["async def run(names):", *start, *(f"    {line}" for line in chained)])) == []
    assert codes("\n    ".join(["async def run(names):", *start, *(f"    {line}" for line in loose)])) != []


def test_a_dependence_may_take_several_iterations() -> None:
    code = """\
async def run(names):
    first = second = third = ""
    for name in names:
        new = await Task(subagent_type="one", prompt=f"{name}, after {first}")
        first, second, third = second, third, new
"""
    assert codes(code) == []
    assert codes(code.replace("after {first}", "after {names}")) == ["dispatch-in-loop"]


@settings(max_examples=50)
@given(st.sampled_from(sorted(WAYS)), st.lists(NAMES, min_size=6, max_size=6, unique=True))
def test_other_names_change_nothing(way: str, names: list[str]) -> None:
    for source in ("x", OTHER):
        code = program(WAYS[way], source)
        table = dict(zip(["x", "y", "a", "b", "c", OTHER], names, strict=True))
        renamed = "".join(table.get(part, part) for part in split(code) if part)
        assert codes(renamed) == codes(code)


@settings(max_examples=50)
@given(st.sampled_from(sorted(WAYS)), st.sampled_from(["tabs", "breaks", "blanks", "comments", "crlf"]))
def test_another_layout_changes_nothing(way: str, layout: str) -> None:
    for source in ("x", OTHER):
        code = program(WAYS[way], source)
        changed = {
            "tabs": code.replace("    ", "\t"),
            "breaks": code.replace("Task(", "Task(\n").replace(", prompt=", ",\n    prompt="),
            "blanks": code.replace("\n    ", "\n\n\n    "),
            "comments": code.replace("\n    ", "\n    # a word about it\n    "),
            "crlf": code.replace("\n", "\r\n"),
        }[layout]
        assert changed != code
        assert codes(changed) == codes(code)
