"""Values of a JSON object that may be missing or of another type than expected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

LATEST = 253402300799.0  # the last second of the year 9999
MILLISECONDS_FROM = 1e11

_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9})\d*)?\s*(?:Z|([+-])(\d\d):?(\d\d))?", re.IGNORECASE
)


def table(value: object) -> Mapping[str, Any]:
    """Return an object as a mapping, an empty one where it is none."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """Return an array as a list, an empty one where it is none."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """Return a string, an empty one where it is none."""
    return value if isinstance(value, str) else ""


def number(value: object) -> float | None:
    """Return a finite number that is not negative, None where it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < float("inf"):
        return None
    return float(value)


def words(content: object) -> str:
    """Return the text of a message's content, which is a string or an array of blocks."""
    if isinstance(content, str):
        return content
    return "\n".join(filter(None, (text(table(block).get("text")) or text(block) for block in items(content))))


def moment(value: object) -> float | None:
    """Return a time as seconds since 1970: from ISO 8601 text (UTC where it names no zone), or from a number.

    Numbers above a hundred thousand million count milliseconds.
    """
    if isinstance(value, str):
        return _parsed(value)
    seconds = number(value)
    if seconds is not None and seconds >= MILLISECONDS_FROM:
        seconds /= 1000
    return seconds if seconds is not None and seconds <= LATEST else None


def _parsed(value: str) -> float | None:
    found = _MOMENT.fullmatch(value.strip())
    if found is None:
        return None
    date, time, fraction, sign, hours, minutes = found.groups()
    try:
        whole = datetime.fromisoformat(f"{date}T{time}").replace(tzinfo=timezone.utc).timestamp()
    except ValueError:  # the 31st of February
        return None
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)).total_seconds()
    return whole + float(f"0.{fraction or 0}") - (-offset if sign == "-" else offset)
