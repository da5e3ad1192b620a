"""Which earlier results a prompt uses: by words that it takes from them, or files that they leave."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from taskfan_lint.analysis import paths
from taskfan_lint.profile import asks_for_earlier

RECENT = 32
LONGEST = 32 * 1024
MOST_MARKS = 20_000
PHRASE = 5

_BLOB = re.compile(r"\S{300,}")  # no word that anyone repeats; patterns that look for a path in one take very long
_TOKEN = re.compile(r"[\w@~][\w./@~-]{2,}")
_TELLING = re.compile(r"[_/]|\w\.\w|[a-z][A-Z]|(?=.*\d).*[A-Za-z]")
_QUOTED = re.compile(r"`([^`\s]{3,80})`")
_WORD = re.compile(r"[^\W_]+(?:['’]\w+)?")


@dataclass(frozen=True)
class Trace:
    """What is new in the result of one dispatch: marks (names, paths, numbers), phrases, and files it was to write."""

    key: str
    agent: str
    marks: frozenset[str]
    phrases: frozenset[int]
    files: frozenset[str]


class Traces:
    """The results of the last dispatches of a session, against what its user has said."""

    def __init__(self) -> None:
        self._recent: deque[Trace] = deque(maxlen=RECENT)
        self._said: set[str | int] = set()

    def hear(self, said: str) -> None:
        """Remember what the user says: a prompt that repeats it takes it from no agent."""
        if len(self._said) < MOST_MARKS:
            said = legible(said)
            self._said.update(marks(said), phrases(said))

    def add(self, key: str, agent: str, prompt: str, result: str) -> None:
        """Remember the result of a dispatch with a legible prompt."""
        result = legible(result)
        new_marks = set(marks(result)) - set(marks(prompt)) - self._said
        new_phrases = set(phrases(result)) - set(phrases(prompt)) - self._said
        files = paths.written(prompt) if "." in prompt else frozenset[str]()
        self._recent.append(Trace(key, agent, frozenset(new_marks), frozenset(new_phrases), files))

    def sources(self, prompt: str, own_paths: frozenset[str], agent: str) -> frozenset[str]:
        """Return the keys of those results that a legible prompt uses; all of them where its words ask for some."""
        if not self._recent:
            return frozenset()
        if asks_for_earlier(prompt):
            return frozenset(trace.key for trace in self._recent)
        own_marks, own_phrases = set(marks(prompt)), set(phrases(prompt))
        return frozenset(
            trace.key
            for trace in self._recent
            if not trace.marks.isdisjoint(own_marks)
            or not trace.phrases.isdisjoint(own_phrases)
            or touches(own_paths, trace.files)
            or (trace.agent != agent and re.search(r"[_-]", trace.agent) and trace.agent in prompt)
        ) - {""}


def legible(said: str) -> str:
    """Return the beginning of a text, without words that are too long to be any."""
    return _BLOB.sub(" ", said[:LONGEST])


def marks(said: str) -> Iterator[str]:
    """Yield the words of a text that stand for one thing only: names, paths, identifiers, what is in backticks."""
    for found in _TOKEN.finditer(said):
        token = found[0]
        if token.isalpha() and token[1:].islower():  # most words: the pattern below takes longer to say no
            continue
        token = token.rstrip("./-").removeprefix("./")
        if len(token) > 3 and _TELLING.search(token):
            yield token
    yield from (found[1] for found in _QUOTED.finditer(said))


def phrases(said: str) -> Iterator[int]:
    """Yield a number for each run of PHRASE words of a text."""
    spoken = [found[0].lower() for found in _WORD.finditer(said)]
    for index in range(len(spoken) - PHRASE + 1):
        yield hash(tuple(spoken[index : index + PHRASE]))


def touches(some: frozenset[str], others: frozenset[str]) -> bool:
    """Tell whether two sets of paths meet, be they absolute or relative to some folder."""
    return any(
        one == other or one.endswith("/" + other) or other.endswith("/" + one) for one in some for other in others
    )
