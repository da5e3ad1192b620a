"""Lines of a transcript, read one at a time with a bound on their length, and the JSON objects in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

LONGEST = 16 * 1024 * 1024
MARK = b"\xef\xbb\xbf"


@dataclass
class Tally:
    """How many lines were read, how many of them hold no JSON, and how many were too long to be looked at."""

    lines: int = 0
    broken: int = 0
    long: int = 0


def lines(file: BinaryIO, tally: Tally) -> Iterator[bytes]:
    """Yield the lines of a file that are not blank; a line of more than LONGEST bytes is counted and left out."""
    while line := file.readline(LONGEST):
        if len(line) == LONGEST and not line.endswith(b"\n"):
            tally.lines += 1
            tally.long += 1
            while (rest := file.readline(LONGEST)) and not rest.endswith(b"\n"):
                pass
            continue
        line = line.removeprefix(MARK) if not tally.lines else line
        if not line.isspace():
            tally.lines += 1
            yield line


def objects(line: bytes, tally: Tally) -> Iterator[dict[str, Any]]:
    """Yield the object that a line holds, or all those of an array; a line without any is counted as broken."""
    try:
        value = json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):  # cut short, or nested too deep
        tally.broken += 1
        return
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield one
