"""The rule pages: the documentation of each rule, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from taskfan_lint.finding import Applicability
from taskfan_lint.rules import rule

PACKAGE = Path(__file__).parent
INSTALLED = PACKAGE / "rules" / "pages"
CHECKOUT = PACKAGE.parent / "rules"

_CASE = re.compile(r"^`{3,}python (.*)$", re.MULTILINE)


def page(name: str) -> str:
    """Return the page of a rule; raises FileNotFoundError for a rule that has none."""
    return file(name).read_text(encoding="utf-8")


def file(name: str) -> Path:
    """Return the file of a rule's page."""
    return _folder() / f"{name}.md"


def summary(name: str) -> str:
    """Return what a rule does in one line: the first paragraph under that heading of its page."""
    paragraph = re.search(r"^## What it does\s*\n+(.+?)(?:\n\s*\n|\Z)", page(name), re.DOTALL | re.MULTILINE)
    return " ".join(paragraph[1].split()) if paragraph else ""


def fixes(name: str) -> tuple[Applicability, ...]:
    """Return the kinds of fixes that a rule has: those that its page shows a fixed fence for."""
    kinds = [Applicability.UNSAFE if "unsafe" in case[1].split() else Applicability.SAFE for case in _fixed(page(name))]
    return tuple(kind for kind in Applicability if kind in kinds)


def described(name: str) -> dict[str, Any]:
    """Return what is known of a rule, under the names that Ruff uses for it where it has one."""
    kinds = [kind.value for kind in fixes(name)]
    return {
        "name": name,
        "code": name,
        "summary": summary(name),
        "severity": str(rule(name).severity),
        "fix": "Fix is sometimes available." if kinds else "Fix is not available.",
        "fix_availability": "Sometimes" if kinds else "None",
        "fix_applicability": kinds,
        "explanation": page(name),
    }


def _fixed(text: str) -> Iterator[re.Match[str]]:
    """Yield the info strings of the `bad` fences of a page that a `fixed` fence follows."""
    bad: re.Match[str] | None = None
    for fence in _CASE.finditer(text):
        if "bad" in fence[1].split():
            bad = fence
        elif "fixed" in fence[1].split() and bad:
            yield bad


def _folder() -> Path:
    return INSTALLED if INSTALLED.is_dir() else CHECKOUT
