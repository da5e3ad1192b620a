"""Facts to fixes: text edits that mend a finding, or the reason why there are none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

from taskfan_lint.analysis.model import Facts
from taskfan_lint.finding import Fix

Given = ParamSpec("Given")


class Declined(ValueError):
    """A rewrite would not be right here; the message is the reason, for a reader."""


@dataclass(frozen=True)
class Mended:
    """A fix, or the reason why there is none."""

    fix: Fix | None = None
    reason: str = ""


def mend(
    rewrite: Callable[Concatenate[Facts, Given], Mended], facts: Facts, *rest: Given.args, **named: Given.kwargs
) -> Mended:
    """Return what a rewrite makes of facts; it writes Python, so it declines for any other language."""
    if facts.language != "python":
        return Mended(reason="fixes for JavaScript are shown, not applied")
    return rewrite(facts, *rest, **named)
