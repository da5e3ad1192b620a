"""How much a finding weighs."""

from __future__ import annotations

from enum import IntEnum


class Severity(IntEnum):
    """How much a finding weighs, in rising order."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()
