"""Unified diffs, exact to the byte: what `--fix` would write."""

from __future__ import annotations

from collections.abc import Iterator

from taskfan_lint.source import Document

NO_NEWLINE = b"\n\\ No newline at end of file\n"


def unified(document: Document, text: str, name: str) -> bytes:
    """Return the diff from a document's text to another, in the document's encoding, empty where they are equal."""
    import difflib  # lazy: only where something changed

    old, new = _lines(document, document.text), _lines(document, text)
    header = (f"{name}\t" if " " in name else name).encode()  # a tab ends a name with blanks, as git writes it
    return b"".join(_ended(difflib.diff_bytes(difflib.unified_diff, old, new, header, header)))


def _lines(document: Document, text: str) -> list[bytes]:
    """Return the lines as tools that apply a diff see them: ended by a line feed and nothing else."""
    lines = document.encode(text).split(b"\n")
    return [*(line + b"\n" for line in lines[:-1]), *filter(None, lines[-1:])]


def _ended(lines: Iterator[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield line if line.endswith(b"\n") else line + NO_NEWLINE
