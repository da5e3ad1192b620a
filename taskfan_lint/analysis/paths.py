"""Files that a prompt's words tell an agent to write or to read."""

from __future__ import annotations

import re

_PART = r"(?:[\w.@~$+-]|\{[^{}\n]{1,60}\})"
_PATH = rf"[`\"'(\[]?(?P<path>{_PART}*(?:/{_PART}+)*\.[A-Za-z]\w{{0,5}})(?![\w/{{])"
_WRITE_VERBS = (
    r"(?:writ(?:e|ing)|sav(?:e|ing)|stor(?:e|ing)|export(?:ing)?|record(?:ing)?|dump(?:ing)?|put(?:ting)?"
    r"|append(?:ing)?|output(?:ting)?)"
)
_WRITTEN = re.compile(
    rf"(?:\b(?:output|outputs|output (?:file|path)|output_file|output_path)\s*[:=]\s*"
    rf"|\b{_WRITE_VERBS}\b[^.\n;]{{0,50}}?\b(?:to|in|into|as|at)\s+(?:the\s+)?(?:file\s+)?(?:at\s+)?"
    rf"|\bcreat(?:e|ing)\s+(?:the\s+|a\s+)?(?:file\s+)?)" + _PATH,
    re.IGNORECASE,
)
_READ = re.compile(
    r"\b(?:read(?:ing)?|load(?:ing)?|us(?:e|ing)|from|review(?:ing)?|consult(?:ing)?|see|input\s*[:=])\s+"
    r"(?:the\s+)?(?:results?\s+|contents?\s+|findings\s+|file\s+)?(?:of\s+|in\s+|at\s+|from\s+)?" + _PATH,
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\b(?:not|never|n['’]t|without|avoid|instead of)\W+(?:\w+\W+)?$", re.IGNORECASE)
_ANY = re.compile(_PATH)


def written(text: str) -> frozenset[str]:
    """Return the paths that the text says to write: "Output: path", "save the report to path"."""
    return frozenset(
        _clean(found["path"])
        for found in _WRITTEN.finditer(text)
        if not _NEGATED.search(text, max(0, found.start() - 24), found.start())
    )


def read(text: str) -> frozenset[str]:
    """Return the paths that the text says to read."""
    return frozenset(_clean(found["path"]) for found in _READ.finditer(text)) - written(text)


def mentioned(text: str) -> frozenset[str]:
    """Return every path in the text."""
    return frozenset(_clean(found["path"]) for found in _ANY.finditer(text))


def _clean(path: str) -> str:
    return path.removeprefix("./")
