"""Repairs of JavaScript as people write it in prompts: of equal length, so that every offset stays where it is.

Each repair yields what to write over which offset. It sees the code, and its outline, in which the content of strings
and comments is blank; none writes into these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from taskfan_lint.analysis.facts import Comment
from taskfan_lint.analysis.javascript.outline import blank, outlined
from taskfan_lint.edit import Span

Change = tuple[int, str]

_LONG_TEXT = re.compile(r"(?P<lead>[:=(,\[]\s*)\"(?P<body>[^\"\r\n]*[\r\n][^\"]*)\"(?=\s*(?:[,)}\];]|[\r\n]|\Z))")
_DOTS = re.compile(r"(?:\.{3,}|…)(?=[ \t]*(?P<next>[,)\]};\r\n]|\Z))")
_HASH = re.compile(r"^[ \t]*(#)(?!!)[^\r\n]*", re.MULTILINE)
_SIGN_LINE = re.compile(r"^[ \t]*(?P<sign>(?:[^\x00-\x7f\w\s“”‘’]\ufe0f?|->|-->|=>)[ \t]*)(?P<rest>[^\r\n]*)", re.M)
_BRACKET_LABEL = re.compile(r"^[ \t]*(?P<label>\[[A-Za-z][^\[\]\r\n\"'`]*\][ \t]*:?)[ \t]*$", re.MULTILINE)
_LABEL = re.compile(
    r"^[ \t]*(?:[-*•][ \t]+)?(?P<label>[A-Za-z]\w*[ \t]+(?:[A-Za-z]+[ \t]+)?#?\d{1,4}[a-z]?[ \t]*:)(?=[ \t])",
    re.MULTILINE,
)
_BULLET = re.compile(
    r"^[ \t]*(?P<mark>[-*•+]|\d{1,3}[.)])[ \t]+(?=(?:await[ \t]+)?[A-Za-z_][\w.@-]*[ \t]*[({\"])", re.MULTILINE
)
_PLACEHOLDER = re.compile(
    r"(?<=[:=(,\[ ])(?:<[A-Za-z][^<>\r\n\"'`=]{0,80}>|\{\{[^{}\r\n]{1,80}\}\})(?=[ \t]*(?:[,)\]}\r\n]|\Z))"
)
_PROSE_LIST = re.compile(r"(?<=[:=(,] )\[(?P<words>[^\[\]{}\"'`,:;\r\n]*\w[ \t]+\w[^\[\]{}\"'`,:;\r\n]*)\]")
_TOOL = re.compile(r"^[ \t]*(?P<name>[A-Za-z_][\w@-]*)(?:(?P<gap>[ \t]+)(?=[{\"'])|(?=[ \t]*$))", re.MULTILINE)
_BRACKET = re.compile(r"[()\[\]{},]")
_KEY = re.compile(r"\s*[A-Za-z_]\w*[ \t]*(:)")
_KEYWORDS = frozenset(
    "abstract async await break case catch class const continue debugger declare default delete do else enum export"
    " extends finally for from function get if implements import in instanceof interface let module namespace new of"
    " private public return set static super switch this throw try type typeof var void while with yield".split()
)


@dataclass(frozen=True)
class Repaired:
    """Code of the same length, the spans that were changed, the names of the repairs, and the labels taken off."""

    code: str
    spans: tuple[Span, ...]
    repairs: tuple[str, ...]
    labels: tuple[Comment, ...]


def repaired(code: str, names: Iterable[str]) -> Iterator[Repaired]:
    """Yield code with one repair after the other made, as far as each changes anything."""
    work, spans, done = code, [], []
    labels: list[Comment] = []
    calls = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, sorted(names, reverse=True)))})[ \t]*\(")
    for name, repair in REPAIRS.items():
        outline = outlined(work)
        changes = list(repair(work, outline, calls))
        if not changes:
            continue
        if name == "label":
            labels += [_label(code, start, text) for start, text in changes]
        work = _written(work, changes)
        spans += [Span(start, start + len(text)) for start, text in changes]
        done.append(name)
        yield Repaired(work, tuple(sorted(spans)), tuple(done), tuple(labels))


def _label(code: str, start: int, text: str) -> Comment:
    return Comment(Span(start, start + len(text)), code[start : start + len(text)], True)


def _written(code: str, changes: Iterable[Change]) -> str:
    """Return code with changes made, a later one left out where it would write over an earlier one."""
    parts: list[str] = []
    last = 0
    for start, text in sorted(changes):
        if start >= last:
            parts += code[last:start], text
            last = start + len(text)
    return "".join([*parts, code[last:]])


def long_texts(code: str, outline: str, calls: re.Pattern[str]) -> Iterator[Change]:
    """Make a template of text that runs over several lines inside of double quotes."""
    for found in _LONG_TEXT.finditer(code):
        quote = found.end("lead")
        if outline[quote] == '"':
            yield quote, "`" + found["body"].replace("`", "'").replace("${", "_{").replace("\\", "/") + "`"


def elisions(code: str, outline: str, calls: re.Pattern[str]) -> Iterator[Change]:
    """Take `...` out where it stands for an argument, a member, an element or a statement, with the comma behind it."""
    for found in _DOTS.finditer(outline):
        before = outline[max(0, found.start() - 400) : found.start()].rstrip()[-1:]
        if before in {":", "="} or outline[max(0, found.start() - 3) : found.start()].strip().endswith("=>"):
            yield found.start(), '""'.ljust(len(found[0])) if len(found[0]) > 1 else "0"
            continue
        end = found.end("next") if found["next"] == "," else found.end()
        yield found.start(), " " * (end - found.start())


def hash_comments(code: str, outline: str, calls: re.Pattern[str]) -> Iterator[Change]:
    """Make `//` comments of lines that start with `#`; a private member of a class stays."""
    private = re.search(r"\bclass\b", outline)
    for found in _HASH.finditer(outline):
        start = found.start(1)
        if not (private and re.match(r"#\w", code[start : start + 2])):
            yield start, "//" if found.end() - start > 1 else " "


def sign_lines(code: str, outline: str, calls: re.Pattern[str]) -> Iterator[Change]:
    """Make comments of lines that start with a picture or an arrow; before a call only that sign goes."""
    for found in _SIGN_LINE.finditer(outline):
        start, length = found.start("sign"), found.end() - found.start("sign")
        if calls.search(found["rest"]):
            yield start, blank(found["sign"])
        else:
            yield start, "//" if length > 1 else " "


def bracket_labels(code: str, outline: str, calls: re.Pattern[str]) -> Iterator[Change]:
    """Make comments of labels in brackets: "[Single Message]:"."""
    for found in _BRACKET_LABEL.finditer(outline):
        if found["label"].endswith(":") or re.search(r"\w[ \t]+\w", found["label"]):
            yield found.start("label"), "//"


def labels(code: str, outline: str, calls: re.Pattern[str]) -> Iterator[Change]:
    """Take numbered labels off the statements behind them: "Message 2:"."""
    for found in _LABEL.finditer(outline):
        if found["label"].split()[0] not in _KEYWORDS:
            yield found.start("label"), blank(found["label"])


def bullets(code: str, outline: str, calls: re.Pattern[str]) -> Iterator[Change]:
    """Take list marks off calls."""
    for found in _BULLET.finditer(outline):
        yield found.start("mark"), blank(found["mark"])


def placeholders(code: str, outline: str, calls: re.Pattern[str]) -> Iterator[Change]:
    """Make names of placeholders such as `<prompt of agent 1>`, and nothing of a list whose content is prose."""
    for found in _PLACEHOLDER.finditer(outline):
        if not (found[0].startswith("<") and "/" in found[0]):
            yield found.start(), re.sub(r"\W", "_", found[0])
    for found in _PROSE_LIST.finditer(outline):
        yield found.start("words"), blank(found["words"])


def keyword_colons(code: str, outline: str, calls: re.Pattern[str]) -> Iterator[Change]:
    """Make `key=value` of the `key: value` arguments of a dispatch."""
    dispatches = {found.end() - 1 for found in calls.finditer(outline)}
    open_brackets: list[bool] = []  # those around, innermost last, each with whether a dispatch opens it
    for found in _BRACKET.finditer(outline):
        if found[0] in "([{":
            open_brackets.append(found.start() in dispatches)
        elif found[0] in ")]}" and open_brackets:
            open_brackets.pop()
        named = _KEY.match(outline, found.end())
        if named and found[0] in "(," and open_brackets and open_brackets[-1]:
            yield named.start(1), "="


def tool_lines(code: str, outline: str, calls: re.Pattern[str]) -> Iterator[Change]:
    """Make assignments of tool calls without parentheses (`TodoWrite { ... }`), and names of tools named alone."""
    for found in _TOOL.finditer(outline):
        name = found["name"]
        if name in _KEYWORDS or calls.match(f"{name}("):
            continue
        if found["gap"]:
            yield found.start("name"), re.sub(r"\W", "_", name) + "=".ljust(len(found["gap"]))
        elif re.search(r"\W", name):
            yield found.start("name"), re.sub(r"\W", "_", name)


REPAIRS: dict[str, Callable[[str, str, re.Pattern[str]], Iterator[Change]]] = {
    "text of several lines": long_texts,
    "elision": elisions,
    "comment": hash_comments,
    "arrow": sign_lines,
    "bracket label": bracket_labels,
    "label": labels,
    "list mark": bullets,
    "placeholder": placeholders,
    "key: value": keyword_colons,
    "tool call": tool_lines,
}
