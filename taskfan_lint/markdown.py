"""The fences of a Markdown document as snippets of code, with what their surroundings say about them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from taskfan_lint import prose
from taskfan_lint.blocks import Blocks, Fence, blocks
from taskfan_lint.edit import NEWLINE, Lines, Span
from taskfan_lint.loose import runs
from taskfan_lint.marks import comment_markers, marking_tags
from taskfan_lint.source import Document, Snippet

DATA_TAGS = frozenset(
    {
        "bib", "cfg", "conf", "css", "csv", "diff", "dockerfile", "dot", "env", "graphql", "graphviz", "hcl", "html",
        "http", "ini", "json", "json5", "jsonc", "jsonl", "latex", "less", "log", "logs", "makefile", "mermaid",
        "ndjson", "patch", "plantuml", "properties", "proto", "protobuf", "puml", "regex", "sass", "scss", "sql", "svg",
        "terraform", "tex", "tf", "toml", "tsv", "xhtml", "xml", "yaml", "yml",
    }
)  # fmt: skip
CODE_TAGS = frozenset(
    {
        "bash", "javascript", "js", "jsx", "mjs", "py", "python", "python3", "sh", "shell", "ts", "tsx", "typescript",
        "zsh",
    }
)  # fmt: skip
MARKDOWN_TAGS = frozenset({"markdown", "md", "mdx"})
MAX_NESTING = 8

_TAG = re.compile(r"[\w+#.-]+")
_IGNORE = re.compile(r"<!--\s*taskfan:\s*ignore-next-fence\b(?:\[(?P<rules>[\w\s,*-]*)\])?(?P<end>\s*(?=--))?")
_COMMENT_ROW = re.compile(r"[\s>]*<!--(?:[^-]|-(?!->))*-->\s*$")


@dataclass(frozen=True)
class Fences:
    """The snippets of a document, and the spans of its ignore comments that no snippet follows."""

    snippets: tuple[Snippet, ...] = ()
    dangling_ignores: tuple[Span, ...] = ()


@dataclass(frozen=True)
class _Ignore:
    """A comment that switches rules off for the next fence: its row, its span, the names of the rules."""

    row: int
    span: Span
    rules: tuple[str, ...]


def fences(document: Document, names: Iterable[str] = ()) -> Fences:
    """Return the snippets of a document and its ignore comments that met none.

    `names` are those of calls that make code of lines outside of fences.
    """
    return _read(document.text, MAX_NESTING, None, frozenset(names))


def _read(text: str, depth: int, wrong: bool | None, names: frozenset[str]) -> Fences:
    """Return the fences of a text that is marked from outside as `wrong` says; the spans are offsets in the text."""
    lines = Lines(text)
    found = blocks(text)
    surroundings = _Surroundings(lines, found)
    waiting = list(reversed(surroundings.ignores()))
    read: list[Snippet] = []
    dangling: list[Span] = []
    for fence in sorted([*found.fences, *surroundings.loose(names)], key=lambda one: one.rows[-1]):
        first = fence.row + isinstance(fence, _Loose)
        passed = [waiting.pop() for _ in range(len(waiting)) if waiting[-1].row < first]
        own = surroundings.verdict(first)
        inner = _snippets(lines, fence, depth, wrong if own is None else own, names)
        used = [each for each in passed if each.rules and inner.snippets][-1:]
        dangling += [each.span for each in passed if each not in used] + list(inner.dangling_ignores)
        read += [_ignoring(each, used) for each in inner.snippets]
    return Fences(tuple(read), tuple(sorted([*dangling, *(each.span for each in waiting)])))


@dataclass(frozen=True)
class _Loose(Fence):
    """A run of code outside of fences, as a fence that the row before it opens and nothing closes."""


def _snippets(lines: Lines, fence: Fence, depth: int, wrong: bool | None, names: frozenset[str]) -> Fences:
    """Return a fence as one snippet, those of the fences in it, or none if it holds data."""
    tag = _tag(fence)
    if tag in DATA_TAGS:
        return Fences()
    snippet = _snippet(lines, fence)
    holds_text = tag in MARKDOWN_TAGS or (len(fence.marks) > 3 and tag not in CODE_TAGS)
    if depth and holds_text and blocks(snippet.code).fences:
        inner = _read(snippet.code, depth - 1, wrong, names)
        nested = tuple(_nested(snippet, each) for each in inner.snippets)
        return Fences(nested, tuple(map(snippet.lift, inner.dangling_ignores)))
    code = comment_markers(snippet.code)
    rewritten = dict(_rewritten(snippet.code, code))
    return Fences((replace(snippet, code=code, tag=tag, counterexample=wrong is True, rewritten=rewritten),))


def _rewritten(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Yield each line that differs, as it is and as it was, without indentation."""
    if before == after:
        return
    for old, new in zip(NEWLINE.split(before), NEWLINE.split(after), strict=True):
        if old != new:
            yield new.lstrip(), old.lstrip()


def _tag(fence: Fence) -> str:
    """Return the first word of a fence's info string in lower case: `python` of "Python title=x", "{.python}"."""
    word = _TAG.search(fence.info.split(maxsplit=1)[0]) if fence.info.strip() else None
    return word[0].lstrip(".").lower() if word else ""


def _snippet(lines: Lines, fence: Fence) -> Snippet:
    """Return the code of a fence with its map; the last line end of a fence that nothing closes is not of the code."""
    code: list[str] = []
    anchors: list[tuple[int, int]] = []
    prefixes: list[str] = []
    length = 0
    for row, cut in enumerate(fence.cuts, fence.row + 1):
        span = lines.span(row)
        anchors.append((length, span.start + cut))
        prefixes.append(lines.text[span.start : span.start + cut])
        if row == fence.rows[-1]:
            code.append("" if fence.closed else lines.row(row)[cut:])
        else:
            code.append(lines.text[span.start + cut : span.end])
        length += len(code[-1])
    if not anchors:
        anchors, prefixes = [(0, lines.span(fence.row).start + len(lines.row(fence.row)))], [""]
    return Snippet("".join(code), tuple(anchors), tuple(prefixes), fenced=True, loose=isinstance(fence, _Loose))


def _nested(outer: Snippet, inner: Snippet) -> Snippet:
    """Return a snippet of an outer fence's code as a snippet of the document."""
    prefixes = (outer.prefix(document) for _, document in inner.anchors)
    return replace(
        inner,
        anchors=tuple((code, outer.offset(document)) for code, document in inner.anchors),
        prefixes=tuple(before + own for before, own in zip(prefixes, inner.prefixes, strict=True)),
        ignore_span=outer.lift(inner.ignore_span) if inner.ignore_span else None,
    )


def _ignoring(snippet: Snippet, used: list[_Ignore]) -> Snippet:
    if not used or snippet.ignore_span:
        return snippet
    return replace(snippet, ignores=used[0].rules, ignore_span=used[0].span)


class _Surroundings:
    """What the rows outside of the fences of a text say about the fences."""

    def __init__(self, lines: Lines, found: Blocks) -> None:
        self._lines = lines
        fenced = {row for fence in found.fences for row in fence.rows}
        self._outside = {row: lines.row(row) for row in range(1, len(lines) + 1) if row not in fenced}
        self._headings = found.headings
        self._apart = found.apart
        self._tags = sorted(marking_tags(self._outside.items()))

    def loose(self, names: frozenset[str]) -> Iterator[_Loose]:
        """Yield the runs of code outside of fences."""
        rows = {row: text for row, text in self._outside.items() if row not in self._apart}
        for run in runs(self._lines, rows, names):
            yield _Loose(run.row - 1, "", "", False, run.cuts)

    def verdict(self, row: int) -> bool | None:
        """Tell whether code is marked as wrong (True) or right (False): by the line before, a tag, the heading."""
        for verdict in (self._line_before(row), self._tag_around(row), self._heading_above(row)):
            if verdict is not None:
                return verdict
        return None

    def _line_before(self, row: int) -> bool | None:
        row -= 1
        while row in self._outside and (not self._outside[row].strip(" \t>") or _COMMENT_ROW.match(self._outside[row])):
            row -= 1
        return prose.marker(self._outside[row]) if row in self._outside else None

    def _tag_around(self, row: int) -> bool | None:
        around = [wrong for start, end, wrong in self._tags if start < row < end]
        return around[-1] if around else None

    def _heading_above(self, row: int) -> bool | None:
        index = bisect_left(self._headings, (row, ""))
        return prose.marker(self._headings[index - 1][1]) if index else None

    def ignores(self) -> list[_Ignore]:
        """Return the comments that switch rules off for the next fence, in order; one not well-formed has no rules."""
        return [found for row, text in self._outside.items() for found in self._ignores_of(row, text)]

    def _ignores_of(self, row: int, text: str) -> Iterator[_Ignore]:
        for comment in _IGNORE.finditer(text):
            end = text.find("-->", comment.end())
            if end < 0:
                return
            if text.count("`", 0, comment.start()) % 2:  # inline code speaks of such a comment
                continue
            start = self._lines.starts[row - 1]
            listed = "*" if comment["rules"] is None else comment["rules"]
            rules = tuple(name.strip() for name in listed.split(",") if name.strip())
            well_formed = comment["end"] is not None
            yield _Ignore(row, Span(start + comment.start(), start + end + 3), rules if well_formed else ())
