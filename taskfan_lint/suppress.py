"""Comments that suppress findings, and which of them suppressed nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from taskfan_lint.analysis.facts import Comment, Facts
from taskfan_lint.edit import Lines, Span
from taskfan_lint.finding import Finding
from taskfan_lint.rules import rule_names, unused_suppression

ORDER_RULES = frozenset(
    {
        "dispatch-in-loop",
        "await-between-dispatches",
        "branch-between-dispatches",
        "late-context",
        "work-between-dispatches",
    }
)
_COMMENT = re.compile(r"taskfan:\s*(?P<verb>ignore-file|ignore|serial)\b(?:\s*\[(?P<rules>[^\]]*)\])?")


class Suppression(NamedTuple):
    """One comment: the rules it names (None for all), where it counts, and where it stands."""

    span: Span
    rules: frozenset[str] | None
    covers: tuple[Span, ...]
    text: str
    whole: bool = False  # all rules stand or fall together

    def unused(self, used: set[str], asked: frozenset[str]) -> Iterator[Finding]:
        """Yield a finding for each part of the comment that suppressed nothing."""
        if self.whole:
            if not used and self.rules is not None and self.rules <= asked:
                yield unused_suppression.report(self.span, f"`{self.text}`")
            return
        yield from unused_names(self.span, self.text, self.rules, used, asked)

    def suppresses(self, finding: Finding) -> bool:
        """Tell whether a finding starts in what the comment covers, and is of a rule that it names."""
        named = self.rules is None or finding.code in self.rules
        return named and any(span.start <= finding.span.start < span.end for span in self.covers)


def suppressions(facts: Facts) -> list[Suppression]:
    """Return the suppressions among the comments of a snippet."""
    return [found for comment in facts.comments if (found := _parse(comment, facts, facts.lines))]


def _parse(comment: Comment, facts: Facts, lines: Lines) -> Suppression | None:
    found = _COMMENT.match(comment.text)
    if not found:
        return None
    rules = named_rules(found["rules"])
    match found["verb"]:
        case "ignore-file":
            covers: tuple[Span, ...] = (Span(0, len(facts.code) + 1),)
        case "serial":
            rules = ORDER_RULES
            covers = _covered(comment, facts, lines)
        case _:
            covers = _covered(comment, facts, lines)
    verb = found["verb"]
    return Suppression(comment.span, rules, covers, f"taskfan: {verb}", whole=verb == "serial")


def named_rules(text: str | None) -> frozenset[str] | None:
    """Return the rule names of a bracketed list, None where it names all."""
    return None if text is None else frozenset(one.strip() for one in text.split(",") if one.strip())


def _covered(comment: Comment, facts: Facts, lines: Lines) -> tuple[Span, ...]:
    """Return what a comment covers: its line or the next one, with the statements that begin or end there.

    A compound statement is covered where the comment stands in its header or right above it.
    """
    row = lines.position(comment.span.start)[0]
    if comment.own_line:
        row += 1
        while row <= len(lines) and lines.row(row).lstrip().startswith(("#", "//")):
            row += 1
    if row > len(lines):
        return ()
    line = lines.span(row)
    covers = [line]
    compound = {whole for _, whole in facts.headers}
    for span in facts.statements:
        first, last = lines.position(span.start)[0], lines.position(span.end)[0]
        if span not in compound and first <= row <= last:
            covers.append(span)
    covers += [whole for header, whole in facts.headers if header.start < line.end and line.start <= header.end]
    return tuple(covers)


def suppress(
    findings: Iterable[Finding], found: list[Suppression], asked: frozenset[str]
) -> tuple[list[Finding], list[tuple[Finding, Suppression]], list[Finding]]:
    """Return the findings that stay, those that a comment suppresses, and one for each comment that suppressed none.

    `asked` are the rules that ran.
    """
    kept: list[Finding] = []
    suppressed: list[tuple[Finding, Suppression]] = []
    used: dict[Suppression, set[str]] = {one: set() for one in found}
    for finding in findings:
        matching = [one for one in found if one.suppresses(finding)]
        for one in matching:
            used[one].add(finding.code)
        if matching:
            suppressed.append((finding, matching[0]))
        else:
            kept.append(finding)
    unused = [report for one, codes in used.items() for report in one.unused(codes, asked)]
    return kept, suppressed, unused


def unused_names(
    span: Span, what: str, rules: frozenset[str] | None, used: set[str], asked: frozenset[str]
) -> Iterator[Finding]:
    """Yield a finding for a comment that suppressed nothing, or for each name in it that did not, or is none.

    A rule that did not run says nothing about the comment.
    """
    if rules is None:
        if not used:
            yield unused_suppression.report(span, f"`{what}`")
        return
    for name in sorted(rules - used):
        if name not in rule_names():
            yield unused_suppression.report(span, f"`{name}` is no rule, so `{what}`")
        elif name in asked:
            yield unused_suppression.report(span, f"`{what}[{name}]`")
