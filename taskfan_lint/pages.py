"""The rule pages: the documentation of each rule, as Markdown."""

from __future__ import annotations

import re
from pathlib import Path

PACKAGE = Path(__file__).parent
INSTALLED = PACKAGE / "rules" / "pages"
CHECKOUT = PACKAGE.parent / "rules"


def page(rule: str) -> str:
    """Return the page of a rule; raises FileNotFoundError for a rule that has none."""
    return (_folder() / f"{rule}.md").read_text(encoding="utf-8")


def summary(rule: str) -> str:
    """Return what a rule does in one line: the first paragraph under that heading of its page."""
    paragraph = re.search(r"^## What it does\s*\n+(.+?)(?:\n\s*\n|\Z)", page(rule), re.DOTALL | re.MULTILINE)
    return " ".join(paragraph[1].split()) if paragraph else ""


def _folder() -> Path:
    return INSTALLED if INSTALLED.is_dir() else CHECKOUT
