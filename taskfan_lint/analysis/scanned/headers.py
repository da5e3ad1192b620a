"""What a line opens: a loop, a choice, a function, or another block, in any notation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from taskfan_lint.analysis.model import LoopKind
from taskfan_lint.dialect.lines import ASIDE

MAX_HEADER = 300  # code points of a line that is read as a header

_TARGETS = r"\(?\[?(?P<targets>[A-Za-z_<{\[][\w<>{}\[\]-]*(?:\s*,\s*[A-Za-z_]\w*)*)\]?\)?"
_FOR = re.compile(
    rf"(?:async\s+)?(?:for\s*each|for|loop\s+(?:over|through)|repeat\s+for\s+each)\s+(?:await\s+)?"
    rf"(?:(?:each|every|all|the)\s+)?(?:{_TARGETS}(?:\s+(?!in\b|of\b|from\b)[\w-]+){{0,3}})"
    rf"(?:\s+(?:in|of|from|:?=)\s+(?P<source>[^:{{\s][^:{{]*?))?(?<!\s){ASIDE}\s*(?::|\{{|(?:;\s*)?\bdo\b:?)\s*$",
    re.IGNORECASE,
)
_OTHER_FOR = re.compile(
    r"(?:para\s+cada|por\s+cada|para\s+todo|pour\s+(?:chaque|tou(?:s|tes)\s+les)|f[üu]r\s+jede[nrs]?|per\s+ogni|voor\s+elke?"
    r"|dla\s+ka[żz]de(?:go|j)|для\s+кажд(?:ого|ой|ых)|对于?每(?:个|一个)?|各)\s*(?P<targets>[\w-]+)?[^\r\n]{0,120}(?:[:：]|\{)\s*$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"for\s*(?:await\s*)?\(\s*(?:(?:const|let|var)\s+)?(?P<pattern>\{[^{}\r\n]{0,80}\}|\[[^\[\]\r\n]{0,80}\]|[\w$]+)"
    r"\s*(?:(?:of|in)\s+(?P<source>[^\s][^\r\n]{0,119}?)|=[^\r\n]{1,160}?)(?<!\s)\s*\)\s*(?:\{\s*)?$"
)
_CALLED_ON = re.compile(r"(?:.{0,80}?[=(\[,.]\s*)?(?P<source>[\w.$()\[\]]{1,80})")
_CALLBACK = re.compile(
    r"(?:forEach|map|flatMap|each)\(\s*(?:async\s+)?(?:function\s*(?:\w+\b\s*)?)?(?:\(\s*)?"
    r"(?:(?P<targets>[\w$,{}\[\]][\w$\s,{}\[\]]{0,79}?)(?<!\s)\s*)??(?:\)\s*)?(?:=>\s*)?(?:[{(\[]+\s*)?"
)
_WHILE = re.compile(
    r"(?:while|until|repeat\s+(?:until|while)|loop\s+(?:until|while))\b\s*(?:(?P<test>[^{\s][^{\r\n]*?)(?<!\s)\s*)??(?::|\{|\bdo\b:?)\s*$",
    re.I,
)
_IF = re.compile(
    r"(?:\}\s*)?(?P<word>if|else\s*if|elif|elseif|when|unless)\b\s*(?:(?P<test>\S[^\r\n]*?)(?<!\s)\s*)??(?::|\{|\bthen\b:?)\s*$",
    re.I,
)
_ELSE = re.compile(r"(?:\}\s*)?(?:else|otherwise|sinon|sonst|si\s+no)\s*(?:[:{]\s*)?$", re.I)
_CASE = re.compile(r"(?:case\b\s*(?P<test>\S[^\r\n]{0,119}?)(?<!\s)|default)\s*:\s*(?:\{\s*)?$", re.I)
_FUNCTION = re.compile(
    r"(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:def|function\*?|fn|func)\s+[\w$]+\s*[(<].*[:{]\s*$"
    r"|(?:export\s+)?(?:const|let|var)\s+[\w$]+\s*=\s*(?:async\s*)?(?:\([^()\r\n]*\)|\w+)\s*=>\s*\{\s*$"
)
_ARM = re.compile(r"(?:\}\s*)?(?:catch|except|finally|rescue)\b[^\r\n]*[:{]\s*$", re.I)
_BLOCK = re.compile(r"(?:try|with|begin|parallel|class|switch|match|async with)\b[^\r\n]*[:{]\s*$", re.I)


class Opens(Enum):
    LOOP = "loop"
    CHOICE = "choice"
    OTHERWISE = "otherwise"
    CASE = "case"
    FUNCTION = "function"
    BLOCK = "block"


@dataclass(frozen=True)
class Header:
    """A line that opens a scope: what it opens, the loop's targets and what it goes over, or a choice's test."""

    opens: Opens
    kind: LoopKind = LoopKind.FOR
    targets: tuple[str, ...] = ()
    over: str = ""
    test: str = ""


def header(text: str) -> Header | None:
    """Return what a line without its indentation opens, None for a line that is no header."""
    if len(text) > MAX_HEADER or not text:
        return None
    if loop := _counted(text) or _callback(text):
        return loop
    for pattern in (_FOR, _OTHER_FOR):
        if found := pattern.match(text):
            return _loop(found)
    if found := _WHILE.match(text):
        return Header(Opens.LOOP, LoopKind.WHILE, test=found["test"] or "")
    if _ELSE.match(text):
        return Header(Opens.OTHERWISE)
    if found := _IF.match(text):
        return Header(Opens.CASE if found["word"].lower()[:2] == "el" else Opens.CHOICE, test=found["test"] or "")
    if found := _CASE.match(text):
        return Header(Opens.CASE, test=found["test"] or "")
    if _FUNCTION.match(text):
        return Header(Opens.FUNCTION)
    if _ARM.match(text) or _BLOCK.match(text):
        return Header(Opens.BLOCK)
    return None


def _counted(text: str) -> Header | None:
    found = _COUNTED.match(text)
    return _loop(found) if found else None


def _callback(text: str) -> Header | None:
    """Return the loop that a line ending in a callback's head is: nothing behind the last dot may hold one."""
    source, dot, rest = text.rpartition(".")
    found = _CALLBACK.fullmatch(rest) if dot else None
    called = _CALLED_ON.fullmatch(source) if found else None
    return _over(found["targets"] or "", called["source"]) if found and called else None


def _loop(found: re.Match[str]) -> Header:
    parts = found.groupdict()
    return _over(parts.get("targets") or parts.get("pattern") or "", parts.get("source") or "")


def _over(written: str, source: str) -> Header:
    targets = tuple(re.findall(r"[A-Za-z_$][\w$]*", written))
    return Header(Opens.LOOP, LoopKind.FOR, targets, source.strip())


def inline_loop(prefix: str) -> Header | None:
    """Return the loop that a call's line starts with before the call: `for (const x of xs) `, `xs.map(x => `."""
    text = prefix.rstrip()
    if len(text) > MAX_HEADER or not text:
        return None
    loop = _counted(text) or (_callback(text) if text.endswith(("=>", "{", "(")) else None)
    if loop:
        return loop
    found = _FOR.match(text if text.endswith(":") else "")
    return _loop(found) if found else None
