"""The gates in front of everything: what bytes or a text must hold for anything to be found in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from taskfan_lint.kinds import MARKDOWN, PYTHON, SCRIPT
from taskfan_lint.settings import Settings

SIMPLE_NAMES = frozenset({"Task", "Agent"})
MARKED_NAMES = frozenset({"task", "spawn_agent"})
BUILT_IN_NAMES = SIMPLE_NAMES | MARKED_NAMES
TYPE_ARGUMENTS = r"<[^()]{0,200}?>"  # of a call in TypeScript
AGENT_KEYWORDS = frozenset({"subagent_type", "agent_type"})
OWN = "taskfan:"  # what our own comments begin with
_AGENT_WORDS = (*sorted(AGENT_KEYWORDS), OWN)

# Encodings in which each word of the gate has the bytes that it has in UTF-8, if it is ASCII.
_PLAIN = rb"utf-?8|latin-?\d+|ascii|us-ascii|iso-?8859-\d+|(?:cp|windows-)125\d|euc-?\w+|koi8-\w"
_COOKIE = rb"coding[:=][ \t]*([-\w.]+)"


def dispatch_words(settings: Settings) -> frozenset[str]:
    """Return the last parts of the names by which a dispatch can be called."""
    return BUILT_IN_NAMES | {name.rpartition(".")[2] for name in settings.dispatch_names}


def gate(settings: Settings, *, script: bool = False) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """Return the words of which a text must hold one, and what one must look like, for anything to be found in it.

    That is a call by a dispatch's name (white space, a line's continuation, the bracket around a name, `?.` and type
    arguments may stand before the call's bracket), or our own comment. A script may be a workflow, in which `agent(` is
    a dispatch.
    """
    names = _names(settings, script)
    return (*names, OWN), _called(names)


def passes_gate(text: str, settings: Settings, *, script: bool = False) -> bool:
    """Tell whether a text holds that without which nothing is ever found in it; a script may be a workflow."""
    return text_gate(settings, script=script)(text)


def text_gate(settings: Settings, *, script: bool = False) -> Callable[[str], bool]:
    """Return the function that tells of texts whether they pass the gate."""
    words, pattern = gate(settings, script=script)

    def passes(text: str) -> bool:
        first = min((place for word in words if (place := text.find(word)) >= 0), default=None)
        return first is not None and pattern.search(text, first) is not None

    return passes


def _names(settings: Settings, script: bool) -> tuple[str, ...]:
    names = dispatch_words(settings)
    return tuple(sorted({*names, "agent"} if script else names))


@cache
def _called(names: tuple[str, ...]) -> re.Pattern[str]:
    call = rf"(?:{'|'.join(map(re.escape, names))})(?:[\s\\)]*|\s*(?:\?\.|{TYPE_ARGUMENTS})\s*)\("
    return re.compile(rf"{call}|{OWN}")


def names_agent(text: str, settings: Settings) -> bool:
    """Tell whether a Python file can hold a dispatch, or a comment of ours.

    There a call by a dispatch's name must have an agent's keyword, unless the settings name it or its module.
    """
    named = bool(settings.dispatch_names or settings.dispatch_modules)
    return named or any(word in text for word in _AGENT_WORDS)


class ByteGate:
    """Tells for a file's bytes whether it must be decoded; what is turned away cannot yield a finding.

    Words that are not ASCII have other bytes in other encodings, so with one of these everything passes.
    """

    def __init__(self, settings: Settings, kind: str) -> None:
        words: tuple[str, ...] = (*_names(settings, kind is SCRIPT), OWN)
        if kind is PYTHON and not names_agent("", settings):
            words = _AGENT_WORDS
        self._words = tuple(word.encode() for word in words)
        self._stems = stems(self._words)
        self._open = not all(map(str.isascii, words))

    def __call__(self, raw: bytes) -> bool:
        """Tell whether bytes may hold a finding, if their encoding is UTF-8 or has its ASCII."""
        # Most files hold no stem, and looking for the few stems takes half the time of looking for the words.
        for stem in self._stems:
            if stem in raw:
                return any(word in raw for word in self._words) or self._open
        return self._open


class Gates:
    """The gates for files of any kind and any settings; most files of a run have the settings of the one before."""

    def __init__(self) -> None:
        self._settings: Settings | None = None
        self._gates: dict[str, ByteGate] = {}

    def open(self, raw: bytes, kind: str, settings: Settings) -> bool:
        """Tell whether the bytes of a file must be decoded."""
        if settings is not self._settings:
            self._settings = settings
            self._gates = {each: ByteGate(settings, each) for each in (PYTHON, MARKDOWN, SCRIPT)}
        return self._gates[kind](raw) or (kind is PYTHON and odd_encoding(raw))


def stems(words: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Return the fewest ends of the words, each without its first letter, such that each word holds one."""
    ends = {word[1:] for word in words}
    return tuple(sorted(end for end in ends if not any(other in end for other in ends - {end})))


def odd_encoding(raw: bytes) -> bool:
    """Tell whether a coding cookie in the first two lines names an encoding in which ASCII may have other bytes."""
    end = raw.find(b"\n", raw.find(b"\n") + 1)
    head = raw if end < 0 else raw[:end]
    if b"coding" not in head:
        return False
    cookie = re.search(_COOKIE, head)
    return cookie is not None and re.fullmatch(_PLAIN, cookie[1].lower().replace(b"_", b"-")) is None
