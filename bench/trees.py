"""Trees of files to measure on, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

WORDS = (
    "account batch cache client config context cursor data event field file filter graph handler index item job key "
    "label limit line list load log map message model name node offset order page parser path plan point queue range "
    "record request result row rule schema score session slot source state step store stream table target text token "
    "tree update user value view window worker"
).split()
AGENTS = ("researcher", "reviewer", "tester", "writer", "security")
MIB = 1 << 20

Maker = Callable[[random.Random, int], tuple[str, str]]


def grow(folder: Path, count: int, make: Maker, seed: int) -> None:
    """Write `count` files below `folder`, forty in a folder; `make` gives each one's suffix and text."""
    chance = random.Random(seed)
    for number in range(count):
        suffix, text = make(chance, number)
        place = folder / f"part_{number // 1600}" / f"group_{number // 40}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{chance.choice(WORDS)}_{number}{suffix}").write_text(text, encoding="utf-8")


def bare(size: int) -> Maker:
    """Return a maker of files of about `size` bytes without any word of a dispatch: three of Python, one of prose."""

    def make(chance: random.Random, number: int) -> tuple[str, str]:
        if number % 4 == 3:
            return ".md", _filled(size, _prose(chance))
        return ".py", _filled(size, _functions(chance))

    return make


def with_finding(chance: random.Random, number: int) -> tuple[str, str]:
    """Return a Python file of some 400 lines in which one function dispatches in a loop."""
    parts = list(_take(_functions(chance), 45))
    parts.insert(chance.randrange(len(parts)), _loop(chance, number))
    return ".py", "import asyncio\nimport json\n\n\n" + "".join(parts)


def with_words(chance: random.Random, number: int) -> tuple[str, str]:
    """Return a Python file that is full of calls by a dispatch's name and holds no dispatch."""
    parts = list(_take(_functions(chance), 6))
    for place in range(0, 12, 3):
        name = chance.choice(WORDS)
        parts.insert(
            place,
            f"def {name}_{number}_{place}(session, {name}):\n"
            f"    session.add(Task(title={name}, state='open'))\n"
            f"    return asyncio.Task({name}.run()), Agent(model={name}, tools=[])\n\n\n",
        )
    return ".py", "import asyncio\n\nfrom board.models import Agent, Task\n\n\n" + "".join(parts)


def dispatches(size: int, count: int, seed: int) -> str:
    """Return a module of about `size` bytes with `count` dispatches, one to a function, between other functions."""
    chance = random.Random(seed)
    share = size // count
    parts = []
    for number in range(count):
        call = _loop(chance, number)
        parts.append(call + _filled(share - len(call), _functions(chance)))
    return "".join(parts)


def helpers(functions: int, calls: int, lines: int) -> str:
    """Return a module of `lines` lines: helpers that call each other, `calls` dispatches in them."""
    each, tall = calls // functions, lines // functions
    parts = []
    for number in range(functions):
        body = [f"def helper_{number}(topic, depth=0):\n", f'    """Return step {number}."""\n']
        if number:
            body.append(f"    base = helper_{number - 1}(topic, depth + 1)\n")
        body += [
            f'    part_{k} = Task(subagent_type="{AGENTS[k % 5]}", prompt=f"step {number}.{k} of {{topic}}")\n'
            for k in range(each)
        ]
        body += [f"    value_{k} = topic + str({k})\n" for k in range(tall - len(body) - 3)]
        parts.append("".join(body) + f"    return part_{each - 1}\n\n\n")
    return "".join(parts)


def _filled(size: int, parts: Iterator[str]) -> str:
    text: list[str] = []
    length = 0
    while length < size:
        text.append(next(parts))
        length += len(text[-1])
    return "".join(text)


def _take(parts: Iterator[str], count: int) -> Iterator[str]:
    for _ in range(count):
        yield next(parts)


def _functions(chance: random.Random) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        one, two, three = chance.sample(WORDS, 3)
        yield (
            f"def {one}_{two}_{number}({two}, {three}=None):\n"
            f'    """Return the {one} of each {two}, without the {three}."""\n'
            f"    {one} = []\n"
            f"    for {three}_{number} in {two}.items():\n"
            f"        if {three}_{number} is not None and len({three}_{number}) > {chance.randrange(90)}:\n"
            f"            {one}.append(({three}_{number}[0], '{chance.choice(WORDS)}'))\n"
            f"    return sorted({one}, key=lambda pair: (pair[1], {chance.randrange(9)}))\n\n\n"
        )


def _prose(chance: random.Random) -> Iterator[str]:
    while True:
        line = " ".join(chance.choices(WORDS, k=14))
        yield f"## {line[:20].strip()}\n\nThe {line}.\n\n```python\n{chance.choice(WORDS)} = 1\n```\n\n"


def _loop(chance: random.Random, number: int) -> str:
    one, two = chance.sample(WORDS, 2)
    return (
        f"async def fan_out_{number}({one}s):\n"
        f"    for {one} in {one}s:\n"
        f'        {two} = Task(subagent_type="{chance.choice(AGENTS)}", prompt=f"look at {{{one}.name}} of {number}")\n'
        f"        print({two})\n"
        f"    return None\n\n\n"
    )
