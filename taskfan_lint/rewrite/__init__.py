"""Facts to fixes: text edits that mend a finding, or the reason why there are none."""

from __future__ import annotations

from dataclasses import dataclass

from taskfan_lint.finding import Fix


class Declined(ValueError):
    """A rewrite would not be right here; the message is the reason, for a reader."""


@dataclass(frozen=True)
class Mended:
    """A fix, or the reason why there is none."""

    fix: Fix | None = None
    reason: str = ""
