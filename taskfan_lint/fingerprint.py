"""Fingerprints: what a finding is by its content, so that it is known again after lines have moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from taskfan_lint.edit import Lines
from taskfan_lint.finding import Finding


def fingerprints(path: str, text: str, findings: Iterable[Finding]) -> list[str]:
    """Return a fingerprint of 32 hexadecimal digits for each finding of a document, no two alike.

    It is made of the rule, the path (relative to a folder that the caller fixes), the text of the finding's lines
    without regard to white space, and, where several findings have all that in common, of their order in the document.
    """
    lines = Lines(text)
    every = list(findings)
    contents = [f"{one.code}\0{path}\0{content(one, lines)}" for one in every]
    seen: Counter[str] = Counter()
    found = [""] * len(every)
    for index in sorted(range(len(every)), key=lambda index: every[index].span):
        key = contents[index]
        seen[key] += 1
        found[index] = _digest(key, seen[key])
    return found


def content(finding: Finding, lines: Lines) -> str:
    """Return the text of the lines of a finding, each run of white space as one blank."""
    span = finding.span
    end = lines.end_of_line(max(span.start, span.end - 1))
    return " ".join(lines.text[lines.start_of_line(span.start) : end].split())


def _digest(key: str, occurrence: int) -> str:
    from hashlib import sha256  # lazy: slow to import, and most runs need no fingerprint

    return sha256(f"{key}\0{occurrence}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
