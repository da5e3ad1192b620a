"""The kinds of files, told by their suffix."""

from __future__ import annotations

import os

PYTHON_SUFFIXES = frozenset({".py", ".pyi"})
MARKDOWN_SUFFIXES = frozenset({".md", ".mdx", ".mdc", ".markdown"})
SCRIPT_SUFFIXES = frozenset({".cjs", ".cts", ".js", ".jsx", ".mjs", ".mts", ".ts", ".tsx"})

KINDS = PYTHON, MARKDOWN, SCRIPT = "python", "markdown", "script"


def kind(path: str) -> str:
    """Return the kind of a file; one without a suffix of ours is Python."""
    if path.endswith(".py"):  # most files, told at once
        return PYTHON
    suffix = os.path.splitext(path)[1].lower()
    return MARKDOWN if suffix in MARKDOWN_SUFFIXES else SCRIPT if suffix in SCRIPT_SUFFIXES else PYTHON
