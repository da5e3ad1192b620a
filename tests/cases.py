"""The cases of the rule pages: fences of code with what the linter is to say about each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from taskfan_lint import engine
from taskfan_lint.blocks import Fence, blocks
from taskfan_lint.config import overlay
from taskfan_lint.edit import Edit, Lines, Span, apply
from taskfan_lint.options import OPTIONS
from taskfan_lint.pages import CHECKOUT, page
from taskfan_lint.report import Look, Report
from taskfan_lint.report.text import render
from taskfan_lint.rules import rule_names
from taskfan_lint.settings import Settings
from taskfan_lint.source import Document

SHOWN = Settings(include_counterexamples=True)
SUFFIXES = {"python": "py", "javascript": "js", "typescript": "ts"}
OPTION = re.compile(r"([a-z-]+)=(\S+)")


@dataclass(frozen=True)
class Part:
    """A fence of a page: its kind (`bad`, `good`, `report`, `fixed`, or none), its words, and where its code is."""

    row: int
    tag: str
    words: tuple[str, ...]
    span: Span
    code: str

    @property
    def kind(self) -> str:
        return self.words[0] if self.words else ""


@dataclass(frozen=True)
class Case:
    """A `bad` or `good` fence of a page with the `report` and the `fixed` fence that follow it.

    It is a fence of its own in `example.md`; a file with the word `file`, `example.py` or `example.js` by its tag;
    `example.md` itself where its tag is `markdown`. With the word `unsafe` the fix needs `--unsafe-fixes`; `key=value`
    sets an option.
    """

    rule: str
    main: Part
    report: Part | None = None
    fixed: Part | None = None

    @property
    def name(self) -> str:
        return f"{self.rule}:{self.main.row}"

    @property
    def unsafe(self) -> bool:
        return "unsafe" in self.main.words

    @property
    def as_fence(self) -> Case:
        """The case as a fence of its page, which is read without the words that make it a file or set options."""
        return replace(self, main=replace(self.main, words=(self.main.kind,)))

    @property
    def settings(self) -> Settings:
        found = filter(None, map(OPTION.fullmatch, self.main.words))
        return overlay(SHOWN, {OPTIONS[one[1]].field: OPTIONS[one[1]].read(_value(one[2])) for one in found})

    def document(self, code: str) -> Document:
        """Return the file that code stands in."""
        if "file" in self.main.words:
            return Document(Path(f"example.{SUFFIXES[self.main.tag]}"), code)
        return Document(Path("example.md"), code if self.main.tag == "markdown" else f"{self._opening}{code}```\n")

    @property
    def _opening(self) -> str:
        return f"```{self.main.tag}\n"

    def reported(self) -> str:
        """Return what the linter prints for the code."""
        document = self.document(self.main.code)
        return render([Report(document, engine.check(document, self.settings).findings)], Look())

    def mended(self, *, unsafe: bool) -> str:
        """Return the code with its fixes made."""
        text = engine.fix(self.document(self.main.code), self.settings, unsafe=unsafe)[0]
        fenced = self.document("").text.endswith("```\n")
        return text[len(self._opening) : -len("```\n")] if fenced else text


def _value(text: str) -> Any:
    return json.loads(text) if text[0] in '["{0123456789' or text in ("true", "false") else text


def parts(text: str) -> list[Part]:
    """Return the fences of a page."""
    lines = Lines(text)
    return [_part(lines, fence) for fence in blocks(text).fences]


def _part(lines: Lines, fence: Fence) -> Part:
    tag, *words = fence.info.split() or [""]
    span = Span(lines.span(fence.row).end, lines.span(fence.rows[-1]).start)
    return Part(fence.row, tag, tuple(words), span, lines.text[span.start : span.end])


def cases(rule: str, text: str) -> list[Case]:
    """Return the cases of a page in order; `report` and `fixed` belong to the nearest `bad` before them."""
    found: list[Case] = []
    for part in parts(text):
        match part.kind:
            case "bad" | "good":
                found.append(Case(rule, part))
            case "report":
                found[-1] = replace(found[-1], report=part)
            case "fixed":
                found[-1] = replace(found[-1], fixed=part)
    return found


def all_cases() -> Iterator[Case]:
    """Yield the cases of every rule."""
    for rule in rule_names():
        if (CHECKOUT / f"{rule}.md").is_file():
            yield from cases(rule, page(rule))


def accept(rule: str) -> None:
    """Rewrite the `report` and `fixed` fences of a page with what the linter prints and does now."""
    file = CHECKOUT / f"{rule}.md"
    text = file.read_text(encoding="utf-8")
    edits = []
    for case in cases(rule, text):
        if case.report:
            edits.append(Edit(case.report.span, case.reported()))
        if case.fixed:
            edits.append(Edit(case.fixed.span, case.mended(unsafe=case.unsafe)))
    file.write_text(apply(text, edits), encoding="utf-8", newline="")
