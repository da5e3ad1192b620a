"""Standard output and error: colour, escapes, progress, and pipes that close early."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Iterator
from typing import TextIO, TypeVar

from taskfan_lint.report import printable

Item = TypeVar("Item")
PATIENCE = 1.0
REFRESH = 0.1


def prepare() -> None:
    """Make standard output print what its encoding cannot as an escape, instead of failing."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def out(text: str | bytes) -> None:
    """Write to standard output; bytes go out as they are."""
    _write(sys.stdout, text)


def standard_input() -> bytes:
    """Return all of standard input."""
    if sys.stdin is None:
        raise OSError(0, "standard input is closed")
    return sys.stdin.buffer.read()


def err(text: str) -> None:
    """Write lines to standard error; the last one needs no line end."""
    _write(sys.stderr, text if text.endswith("\n") or not text else text + "\n")


def tell(kind: str, reason: str) -> None:
    """Say an error or a warning on standard error, in one line."""
    err(f"taskfan-lint: {kind}: {printable(reason)}")


def _write(stream: TextIO | None, text: str | bytes) -> None:
    if stream is None or not text:  # None: the descriptor was closed before the start
        return
    try:
        if isinstance(text, bytes):
            stream.flush()
            stream.buffer.write(text)
        else:
            stream.write(text)
        stream.flush()
    except BrokenPipeError:  # the reader has seen enough, and the flush at exit must not complain either
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def colors(when: str) -> bool:
    """Tell whether to colour: as `--color` says, else FORCE_COLOR and NO_COLOR, else where a terminal listens."""
    if when != "auto":
        return when == "always"
    if os.environ.get("NO_COLOR"):
        return False
    terminal = sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    return bool(os.environ.get("FORCE_COLOR")) or terminal


def progress(items: Iterator[Item], total: int | None, *, silent: bool) -> Iterator[Item]:
    """Yield the items; where a terminal listens on standard error and it takes long, say there how many are done.

    `total` is None where it is not known how many will come.
    """
    if silent or sys.stderr is None or not sys.stderr.isatty():
        yield from items
        return
    due = time.monotonic() + PATIENCE
    shown = False
    for done, item in enumerate(items, 1):
        if time.monotonic() >= due:
            _write(sys.stderr, f"\r{done} files" if total is None else f"\r{done} of {total} files")
            due, shown = time.monotonic() + REFRESH, True
        yield item
    if shown:
        _write(sys.stderr, "\r\x1b[K")
