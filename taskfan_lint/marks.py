"""How examples are marked around and inside a fence: by tags such as `<Bad>`, and by bare marker lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from taskfan_lint import prose
from taskfan_lint.edit import NEWLINE

_OPENING = re.compile(r"[\s>]*<(?P<name>[A-Za-z][\w.-]*)(?P<attributes>(?:\s[^<>]*)?)>")
_CLOSING = re.compile(r"</(?P<name>[A-Za-z][\w.-]*)\s*>")
_NAME_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_VALUE = re.compile(r"=\s*[\"']?([\w-]+)")
_EXAMPLE = frozenset({"example", "examples", "sample", "case"})
_NEUTRAL = _EXAMPLE | {"pattern", "patterns", "practice", "code", "usage", "way", "approach", "response", "output"}
_WRONG = frozenset({"wrong", "bad", "incorrect", "anti", "counter", "antipattern", "counterexample", "negative"})
_RIGHT = frozenset({"right", "correct", "good", "better", "preferred", "positive"})

_TOKEN = re.compile(r"\\.|\"\"\"|'''|[\"'`#(\[{)\]}]|//|\r\n|\r|\n")
_COMMENT = re.compile(r"\s*(?:#|//|/\*|\*/)")
_CODE = re.compile(
    r"[\s*_`\"':.!–—→-]*(?:\([^()]*\)[\s*_:–—-]*)?"
    r"(?:(?:const|let|var|return|yield)\s+(?:[\w.]+\s*=\s*)?(?:await\s+)?|await\s+"
    r"|(?<![._])(?:[\w.]+\s*=\s*(?:await\s+)?|(?:(?<!\))\.+)?))[A-Za-z_][\w.]*\((?!\s*\))"
)


def marking_tags(rows: Iterable[tuple[int, str]]) -> Iterator[tuple[int, int, bool]]:
    """Yield first row, last row and verdict of each pair of tags such as `<Bad>`, `<example type="good">`."""
    opened: list[tuple[str, int, bool | None]] = []
    names: Counter[str] = Counter()
    for row, text in rows:
        if (tag := _OPENING.match(text)) and _may_mark(tag["name"]):
            opened.append((tag["name"].lower(), row, _tag_verdict(tag["name"], tag["attributes"])))
            names[opened[-1][0]] += 1
        for tag in _CLOSING.finditer(text):
            closed = tag["name"].lower()
            while names[closed]:
                name, start, wrong = opened.pop()
                names[name] -= 1
                if name != closed:
                    continue
                if wrong is not None:
                    yield start, row, wrong
                break


def _name_words(name: str) -> list[str]:
    return [word.lower() for word in _NAME_WORD.findall(name)]


def _may_mark(name: str) -> bool:
    words = _name_words(name)
    return bool(words) and set(words) <= _NEUTRAL | _WRONG | _RIGHT


def _tag_verdict(name: str, attributes: str) -> bool | None:
    """Tell what a tag marks by its name, or an example by the value of one of its attributes."""
    words = _name_words(name)
    if set(words) <= _EXAMPLE:
        words = [word for value in _VALUE.findall(attributes) for word in value.lower().replace("_", "-").split("-")]
    return next((word in _WRONG for word in words if word in _WRONG | _RIGHT), None)


def comment_markers(code: str) -> str:
    """Return code of equal length whose bare marker lines ("❌ WRONG - in a loop") are comments.

    A line within a string, within brackets, or with a call behind its marker ("❌ Task(...)") stays as it is.
    """
    parts: list[str] = []
    last = 0
    for start, end in _free_lines(code):
        line = code[start:end]
        found = None if _COMMENT.match(line) else prose.label(line)
        if found and found.loud and not _CODE.match(line[found.end :]):
            comment = _commented(line, wrong=found.wrong)
            if prose.marker(comment) is found.wrong:  # or one odd line would mark the code behind it the other way
                parts += code[last:start], comment
                last = end
    return "".join([*parts, code[last:]])


def _commented(line: str, *, wrong: bool) -> str:
    """Return a marker line as a comment of equal length: `#` and a sign take the place of its first two letters."""
    first = len(line) - len(line.lstrip())
    comment = "#❌" if wrong else "#✅"
    return line[:first] + comment[: len(line) - first] + line[first + 2 :]


def _free_lines(code: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each line that starts neither in a string nor in brackets."""
    state = _State()
    start = 0
    free = True
    for token in _TOKEN.finditer(code):
        state.read(code, token)
        if NEWLINE.match(token[0]):
            if free:
                yield start, token.start()
            start, free = token.end(), state.is_free
    if free:
        yield start, len(code)


class _State:
    """Where a reader of pseudo-code stands: in which quotes, how deep in brackets, in a comment or not."""

    def __init__(self) -> None:
        self._quote = ""
        self._runs_on = False
        self._depth = 0
        self._in_comment = False

    @property
    def is_free(self) -> bool:
        return not self._quote and not self._depth

    def read(self, code: str, token: re.Match[str]) -> None:
        """Take in the next token of the code."""
        text = token[0]
        if NEWLINE.match(text):
            self._in_comment = False
            if self._quote and not self._runs_on:
                self._quote = ""
        elif self._quote:
            self._quote = "" if text == self._quote else self._quote
        elif self._in_comment or text[0] == "\\":
            return
        elif text in "([{":
            self._depth += 1
        elif text in ")]}":
            self._depth = max(0, self._depth - 1)
        elif text[0] in "\"'`":
            self._open(code, token)
        else:
            before = code[token.start() - 1 : token.start()]
            self._in_comment = text == "#" or before != ":"

    def _open(self, code: str, token: re.Match[str]) -> None:
        """Open a string; an apostrophe within a word opens none, and only some strings run on to the next line."""
        before = code[max(0, token.start() - 2) : token.start()]
        if token[0] == "'" and before[-1:].isalnum() and (before[:1].isalnum() or before[-1:] not in "rbfuRBFU"):
            return
        self._quote = token[0]
        self._runs_on = len(token[0]) == 3 or self._depth > 0 or before.rstrip()[-1:] in tuple("=(,:+[{")
