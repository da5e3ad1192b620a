"""Texts on which the regular expressions of the package may take long, made from the expressions themselves."""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
import sys
from collections.abc import Iterator
from re import Pattern
from types import FrameType
from typing import Any

import taskfan_lint

if sys.version_info >= (3, 11):
    from re import _constants as codes  # type: ignore[attr-defined]
    from re import _parser as parser  # type: ignore[attr-defined]
else:
    import sre_constants as codes
    import sre_parse as parser

FEW = 20
LETTERS = "a 1_A.\n\"'`-/=:,;#()[]{}<>*\\\t\r@$é❌|&+!?"


def patterns() -> dict[str, Pattern[Any]]:
    """Return the compiled regular expressions of the package by where they stand."""
    found: dict[str, Pattern[Any]] = {}
    for info in pkgutil.walk_packages(taskfan_lint.__path__, "taskfan_lint."):
        if info.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(info.name)).items():
            for number, one in enumerate(value if isinstance(value, tuple) else (value,)):
                if isinstance(one, Pattern) and one not in found.values():
                    found[f"{info.name}.{name}{number or ''}"] = one
    return found


def attacks(pattern: Pattern[Any], length: int) -> Iterator[Any]:
    """Yield texts of about `length`: what each of the pattern's loops repeats, often, and then what matches nothing."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    texts = {lead + unit * (length // len(unit)) for lead, unit in _loops(tree, "")}
    texts |= {letter * length for letter in LETTERS}
    for text in sorted(texts):
        yield f"{text}\0".encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else f"{text}\0"


def _loops(items: Any, lead: str) -> Iterator[tuple[str, str]]:
    """Yield for each loop a text that leads to it, and one that it may repeat."""
    for code, value in items:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            _, most, inside = value
            unit = _sample(inside)
            if unit and (most is codes.MAXREPEAT or most > FEW):
                yield lead, unit
                for letter in LETTERS:
                    if _may_be(inside, letter):
                        yield lead, letter
                        yield lead, unit + letter
        for inside in _inside(code, value):
            yield from _loops(inside, lead)
        lead += _sample([(code, value)])


def _inside(code: Any, value: Any) -> Iterator[Any]:
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        yield value[2]
    elif code is codes.SUBPATTERN:
        yield value[3]
    elif code is codes.BRANCH:
        yield from value[1]
    elif code in (codes.ASSERT, codes.ASSERT_NOT):
        yield value[1]


def _sample(items: Any) -> str:
    """Return a text that the items match, as far as that is easy to tell."""
    found = ""
    for code, value in items:
        if code is codes.LITERAL:
            found += chr(value)
        elif code in (codes.IN, codes.NOT_LITERAL, codes.ANY):
            found += next((one for one in LETTERS if _may_be([(code, value)], one)), _first(code, value))
        elif code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            found += _sample(value[2]) * max(value[0], 1 if value[1] else 0)
        elif code is codes.SUBPATTERN:
            found += _sample(value[3])
        elif code is codes.BRANCH:
            found += _sample(value[1][0])
    return found


def _first(code: Any, value: Any) -> str:
    """Return the first letter of a set."""
    for kind, one in value if code is codes.IN else ():
        if kind is codes.LITERAL:
            return chr(one)
        if kind is codes.RANGE:
            return chr(one[0])
    return ""


def _may_be(items: Any, letter: str) -> bool:
    """Tell whether items are a single set that holds a letter."""
    if len(items) != 1:
        return False
    code, value = items[0]
    if code is codes.ANY:
        return letter != "\n"
    if code is codes.NOT_LITERAL:
        return chr(value) != letter
    if code is not codes.IN:
        return False
    negated = value[0][0] is codes.NEGATE
    return any(_holds(kind, one, letter) for kind, one in value) != negated


def _holds(kind: Any, value: Any, letter: str) -> bool:
    if kind is codes.LITERAL:
        return chr(value) == letter
    if kind is codes.RANGE:
        return value[0] <= ord(letter) <= value[1]
    if kind is codes.CATEGORY:
        name = str(value).rpartition("_")[2].lower()
        held = {"digit": letter.isdigit(), "space": letter.isspace(), "word": letter.isalnum() or letter == "_"}[name]
        return held != ("NOT" in str(value))
    return False


def slow(length: int, seconds: float) -> list[str]:
    """Return the patterns of the package that need longer for a text of some length, each with its text."""
    found = ((name, endless(pattern, length, seconds)) for name, pattern in patterns().items())
    return [f"{name} is slow on {text}" for name, text in found if text]


def endless(pattern: Pattern[Any], length: int, seconds: float) -> str:
    """Return a text for which a pattern needs more time of the processor than some seconds, empty if there is none."""
    before = signal.signal(signal.SIGVTALRM, _stop)
    try:
        return next((repr(text[:60]) for text in attacks(pattern, length) if not _done(pattern, text, seconds)), "")
    finally:
        signal.signal(signal.SIGVTALRM, before)


def _done(pattern: Pattern[Any], text: Any, seconds: float) -> bool:
    """Look for a pattern at each place of a text, which alone takes the square of its length; tell whether it ends."""
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
        pattern.search(text)
    except TimeoutError:
        return False
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return True


def _stop(number: int, frame: FrameType | None) -> None:
    raise TimeoutError
