"""Which lines of a transcript matter, told from their bytes, so that most of them are never parsed."""

from __future__ import annotations

import re
from collections.abc import Container

HEAD = 4096

_ANSWERS = re.compile(rb'"tool_use_id"\s*:\s*"([^"\\]*)"')
_VERSION = re.compile(rb'"version"\s*:\s*"([^"\\]{1,40})"')
_SIDE = re.compile(rb'"isSidechain"\s*:\s*true')
_ERROR = re.compile(rb'"is_error"\s*:\s*true')
_USER = re.compile(rb'"(?:type|role)"\s*:\s*"user"')

# A quote inside of a JSON string is escaped, so these bytes are always a key or a value of their own.


def holds_notice(line: bytes) -> bool:
    """Tell whether a line may queue the notification that an agent has ended."""
    return b'"queue-operation"' in line and b"-notification>" in line


def holds_use(line: bytes) -> bool:
    """Tell whether a line may hold a tool use."""
    return b'"tool_use"' in line


def answers(line: bytes, dispatches: Container[str], others: Container[str]) -> bool:
    """Tell whether a line holds the result of a known dispatch, or an error of another known tool use."""
    if b'"tool_use_id"' not in line:
        return False
    ids = [found.decode("utf-8", "replace") for found in _ANSWERS.findall(line)]
    return any(one in dispatches for one in ids) or (
        any(one in others for one in ids) and _ERROR.search(line) is not None
    )


def is_answer(line: bytes) -> bool:
    """Tell whether a line holds the result of some tool use."""
    return b'"tool_use_id"' in line


def is_side(line: bytes) -> bool:
    """Tell whether a line belongs to a sub-agent."""
    return b'"isSidechain"' in line and _SIDE.search(line) is not None


def is_user(line: bytes) -> bool:
    """Tell whether a line may be what the user, or a tool, says."""
    return b'"user"' in line and _USER.search(line) is not None


def version(line: bytes, last: bytes) -> bytes:
    """Return the version that a line names near its beginning, the last one where it names none."""
    if last and line.find(last, 0, HEAD) >= 0:
        return last
    found = _VERSION.search(line, 0, HEAD)
    return found[1] if found else last
