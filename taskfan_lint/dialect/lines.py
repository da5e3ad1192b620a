"""Repairs of whole lines: comment signs, labels, pseudo headers, prose, bodies without a statement."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from keyword import iskeyword

from taskfan_lint.dialect.arguments import FLAGS, parses
from taskfan_lint.dialect.canvas import Canvas, Name

MAX_HEADER = 200

KEYWORDS = re.compile(
    r"(?:import|from|return|await|pass|raise|break|continue|del|assert|global|nonlocal|yield)\b(?!\s+(?:the|a|an|for|all)\b)"
)
_HEADER = re.compile(
    r"(?:async\s+)?(?:for|if|elif|else|while|with|try|except|finally|def|class|match|case)\b.*:\s*(?:#.*)?$"
)
ASIDE = r"(?P<aside>\s+\([^()\r\n]{1,120}\)|,\s+[A-Za-z][\w'-]*(?:\s+[\w'-]+){1,10})?"  # "For each x, start one agent:"
_IN_TURN = re.compile(r"sequen|serial|\bin order\b|\bone (?:at a time|by one|after)\b", re.IGNORECASE)
_PSEUDO_FOR = re.compile(
    r"(?P<lead>for\s+(?:each|every|all|the)\s+|for\s+|foreach\s+)"
    r"(?P<target>[\w<>{}\[\]-]+(?:\s+(?!in\b|of\b|from\b)[\w-]+){0,3})"
    rf"(?:(?P<of>\s+(?:in|of|from)\s+)(?P<source>[^:\s][^:]*?))?(?<!\s){ASIDE}\s*(?P<end>:|\bdo\b:?)\s*$",
    re.IGNORECASE,
)
_PSEUDO_IF = re.compile(
    r"(?P<word>if|else\s+if|elif|elseif|when|unless|while|until)\s+(?P<test>[^:\s][^:]*?)(?<!\s)\s*(?P<end>:|\bthen\b:?)\s*$",
    re.IGNORECASE,
)
_ASSIGNMENT = re.compile(r"[\w.\[\]\"', ]*[\w\]\"']\s*(?:[-+*/|&]?=)(?!=)\s*\S")
_CALL = re.compile(r"[\w.]+\(.*\)$")
_PSEUDO_ELSE = re.compile(r"(?:else|otherwise)\s*:\s*$", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:[\s│├└─┌┐┘┤┬┴┼╭╰|+*•▪◦‣·>-]|\d{1,3}[.)](?=\s)|[a-zA-Z][.)](?=\s)|[❌✅🚫⛔✗✘✖✔☑✓]\uFE0F?|[\U0001F300-\U0001FAFF\u2600-\u27BF]\uFE0F?"
    r"|\[[ xX]?\](?=\s)|\*\*[^*\r\n]{1,60}\*\*:?|[A-Za-z][\w #./&'-]{0,48}(?:\([^()\r\n]{0,40}\))?:(?=\s)|→|=>|->)*\s*"
)
_CODE_PREFIX = re.compile(
    r"(?:(?:return|yield|await)\s+)*(?:[A-Za-z_][\w.]*(?:\[[^\]\r\n]*\])?(?:\s*,\s*[A-Za-z_]\w*)*\s*(?::\s*[\w.\[\]]+\s*)?\+?=\s*)?"
    r"(?:(?:await|return)\s+)*(?:[\w.]+\(\s*)?(?:\*?\[\s*)?$"
)
_DECLARED = re.compile(r"(?:const|let|var)\s+(?P<name>[A-Za-z_]\w*)(?P<rest>\s*=\s*)(?P<wait>(?:await\s+)?)$")
_LEADS = {"else": "if 1: pass\n", "elif": "if 1: pass\n", "except": "try: pass\n", "finally": "try: pass\n"}


@dataclass(frozen=True)
class Line:
    """One line of the text: its offsets without the line end, and its indentation."""

    start: int
    end: int
    indent: int

    @property
    def first(self) -> int:
        return self.start + self.indent


def split(text: str) -> list[Line]:
    """Return the lines of a text."""
    found: list[Line] = []
    for match in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n|$)", text):
        content = match[0].rstrip("\r\n")
        if match.start() == len(text) and found:
            break
        found.append(Line(match.start(), match.start() + len(content), len(content) - len(content.lstrip())))
    return found


def is_statement(text: str) -> bool:
    """Tell whether a line is a Python statement that cannot be taken for prose."""
    text = text.strip()
    if not (KEYWORDS.match(text) or _ASSIGNMENT.match(text) or _CALL.match(text)):
        return False
    if KEYWORDS.match(text):
        return _compiles(f"async def f():\n for _ in _:\n  {text}\n")
    return _compiles(text)


def is_header(text: str) -> bool:
    """Tell whether a line is the header of a Python statement."""
    text = text.strip()
    if not _HEADER.match(text):
        return False
    word = text.split()[0].rstrip(":")
    body = text.partition("#")[0].rstrip() if "#" in text else text
    lead = _LEADS.get(word, "")
    if word == "try":
        return _compiles(f"{body} pass\nfinally: pass")
    if word in ("case", "match"):
        return _compiles(f"match 1:\n {body} pass") if word == "case" else _compiles(f"{body}\n case _: pass")
    return _compiles(f"{lead}{body} pass") or _compiles(f"async def f():\n {body} pass")


def _compiles(code: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, "<line>", "exec", FLAGS, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def mend_header(canvas: Canvas, line: Line) -> bool:
    """Turn a pseudo header ("FOR EACH x IN y:") into Python; tell whether it was one."""
    if line.end - line.first > MAX_HEADER:
        return False
    text = canvas.slice(line.first, line.end)
    if loop := _PSEUDO_FOR.match(text):
        return _mend_for(canvas, line, loop)
    if branch := _PSEUDO_IF.match(text):
        return _mend_if(canvas, line, branch)
    if _PSEUDO_ELSE.match(text):
        canvas.write(line.first, "else:" + " " * (len(text) - 5), "pseudo header")
        return True
    return False


def _mend_for(canvas: Canvas, line: Line, loop: re.Match[str]) -> bool:
    """Write a loop with its target and its source where they stand, or, without a source, from the left.

    What is said aside, in brackets or behind a comma, stays part of a name where it tells of sequence.
    """
    aside = loop["aside"] if _IN_TURN.search(loop["aside"] or "") else ""
    if loop["source"] is None:
        name = _identifier(loop["target"] + aside).strip()
        return _fit(canvas, line, f"for {name} in _:")
    source = loop["source"] + aside
    source = source if not aside and parses(source) else _identifier(source)
    of = re.sub(r"\w+", lambda word: "in".ljust(len(word[0])), loop["of"])
    start = "for".ljust(len(loop["lead"])) + _identifier(loop["target"]) + of + source
    return _fit(canvas, line, start.ljust(loop.start("end")) + ":")


def _mend_if(canvas: Canvas, line: Line, branch: re.Match[str]) -> bool:
    """Write a branch with its test where it stands."""
    words = {"while": "while", "until": "while", "if": "if", "when": "if", "unless": "if"}
    word = words.get(branch["word"].lower(), "elif")
    test = branch["test"] if parses(branch["test"]) else _identifier(branch["test"])
    return _fit(canvas, line, (word.ljust(branch.start("test")) + test).ljust(branch.start("end")) + ":")


def _identifier(text: str) -> str:
    """Return words as a name where they stand, with spaces in the place of what surrounds them."""
    words = re.sub(r"\W", "_", text)
    name = words.strip("_") or "_"
    start = words.find(name)
    name = name if name.isidentifier() and not iskeyword(name) else "_" + name[1:]
    return (" " * start + name).ljust(len(text))


def _fit(canvas: Canvas, line: Line, text: str) -> bool:
    room = line.end - line.first
    if len(text) > room:
        return False
    canvas.write(line.first, text + " " * (room - len(text)), "pseudo header")
    return True


def comment(canvas: Canvas, line: Line, repair: Name) -> None:
    """Turn a line into a comment, its sign in the indentation where there is one."""
    if line.end > line.first and canvas.slice(line.first, line.first + 1) != "#":
        canvas.write(line.first - (line.indent > 0), "#", repair)


def open_block(canvas: Canvas, line: Line) -> bool:
    """Turn a line of prose that code is indented under into the header of a neutral block."""
    if line.end - line.first < len("with _:#"):
        return False
    canvas.write(line.first, "with _:#", "prose")
    return True


def label(prefix: str) -> int:
    """Return how many code points of a call's line before the call are a label: list marks, signs, "Message 2:"."""
    found = _LABEL.match(prefix)
    return found.end() if found else 0


def is_code_prefix(prefix: str) -> bool:
    """Tell whether what stands before a call on its line is code: nothing, an assignment, `await`, a list."""
    return bool(_CODE_PREFIX.match(prefix))


def declared(prefix: str) -> re.Match[str] | None:
    """Return the parts of `const name = await ` before a call, None where there is no such declaration."""
    return _DECLARED.match(prefix)


def is_statement_block(text: str) -> bool:
    """Tell whether a statement of several lines parses by itself."""
    return _compiles(f"async def f():\n for _ in _:\n  {text}\n")
