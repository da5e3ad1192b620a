"""The files that open texts import: read once, and again when they have changed."""

from __future__ import annotations

import os
from pathlib import Path

from taskfan_lint.imports import from_disk
from taskfan_lint.source import Document

Status = tuple[int, int, int]


class Library:
    """The documents of files by path, each as it was when it was last read."""

    def __init__(self) -> None:
        self._read: dict[Path, tuple[Status | None, Document | None]] = {}

    def read(self, path: Path, limit: int) -> Document | None:
        """Return the document in a file, None where there is none of at most `limit` bytes."""
        status = _status(path)
        before = self._read.get(path)
        if before is not None and before[0] == status:
            return before[1]
        document = from_disk(path, limit)
        self._read[path] = status, document
        return document

    def changed(self) -> bool:
        """Tell whether a file has changed that was read."""
        return any(status != _status(path) for path, (status, _) in self._read.items())

    def forget(self) -> None:
        """Drop what was read; what is still imported is read again."""
        self._read.clear()


def _status(path: Path) -> Status | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
