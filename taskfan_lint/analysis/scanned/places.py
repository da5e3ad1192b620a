"""What stands around a call on its line: whether it is code, what it binds, what it opens and awaits."""

from __future__ import annotations

import re
from dataclasses import dataclass

from taskfan_lint.analysis.scanned.headers import Header, header, inline_loop
from taskfan_lint.dialect import lines

MAX_PREFIX = 400  # code points of a line before its first call

_MARKS = re.compile(r"(?:[\s│├└─|+*•▪◦‣·>-]|\d{1,3}[.)](?=\s))*")
_BINDS = re.compile(
    r"(?:(?:export\s+)?(?:const|let|var)\s+)?(?P<target>[A-Za-z_$][\w$]*(?:\s*,\s*[A-Za-z_$][\w$]*)*|[{\[][\w\s,:$]{1,120}[}\]])"
    r"(?:\s*:\s*(?:[\w.\[\]<>][\w.\[\]<> ]{0,39}(?<!\s)\s*)?|\s*)(?:[+:]?=)(?![=>])\s*"
)
_CALLED = re.compile(r"(?:new\s+)?(?P<name>[A-Za-z_$][\w.$]*)\(\s*[\[{]?\s*$")
_REST = re.compile(
    r"(?:(?:return|yield|await)\s+)*(?:(?:new\s+)?[A-Za-z_$][\w.$]*\(\s*)?\$?(?:[*.]{0,3}[\[{(]\s*)*"
    r"(?:(?:async\s+)?(?:\([\w\s,:{}]{0,60}\)|[A-Za-z_]\w*)\s*=>\s*[({]*\s*)?(?:(?:return|await)\s+)*$"
)
_KEY = re.compile(r"[\"'][\w -]{1,60}[\"']\s*[:=]\s*$")
_BETWEEN = re.compile(r"[\s,;&|+)\]}]*(?:(?:\([\w\s,]{0,40}\)|\w+)\s*=>\s*)?(?:await\s+)?$")
_AWAIT = re.compile(r"\bawait\s+$")


_SENTENCE = re.compile(r"[ \t]+(?:is|are|was|were|will|would|should|must|may|can|could|does|did|has|have|had|means)\b")


@dataclass(frozen=True)
class Place:
    """How a call stands in code.

    `label` is the length of what is no code before it, `binds` are the names its result goes to, `awaited` tells
    that `await` stands directly before it, `opens` is a header on the same line, `within` the name of a call that
    takes it as an argument.
    """

    label: int = 0
    binds: tuple[str, ...] = ()
    awaited: bool = False
    opens: Header | None = None
    within: str = ""


def place(prefix: str) -> Place | None:
    """Return how a call stands behind what its line starts with, None where it stands in a sentence."""
    if len(prefix) > MAX_PREFIX:
        return None
    awaited = bool(_AWAIT.search(prefix))
    marks = _MARKS.match(prefix)
    lead = prefix[marks.end() :] if marks else prefix
    opens = _header(lead)
    if opens is not None:
        return Place(len(prefix) - len(lead), awaited=awaited, opens=opens)
    length = lines.label(prefix)
    for label in dict.fromkeys((0, length, marks.end() if marks else 0)):
        rest = prefix[label:]
        bound = _BINDS.match(rest)
        tail = rest[bound.end() :] if bound else rest
        if _REST.match(tail) or (not bound and _KEY.match(rest)):
            called = _CALLED.search(re.sub(r"(?:\(\))?\s*=>\s*$", "", tail))
            names = tuple(re.findall(r"[A-Za-z_$][\w$]*", bound["target"])) if bound else ()
            return Place(label, names, awaited, within=called["name"] if called else "")
    return None


def _header(lead: str) -> Header | None:
    text = re.sub(r"(?:\b(?:return|await)\s+)*$", "", lead).rstrip()
    if text.endswith((":", "{", "do", "then")):
        return header(text)
    return inline_loop(text)


def between(text: str) -> bool:
    """Tell whether what stands between two calls of a line keeps the second one code."""
    return bool(_BETWEEN.match(text))


def is_words(line: str, rest: str) -> bool:
    """Tell whether a line that starts with a call is a row of a table, or a sentence by the `rest` behind the call."""
    text = line.strip()
    return (text.startswith("|") and text.endswith("|")) or bool(_SENTENCE.match(rest))
