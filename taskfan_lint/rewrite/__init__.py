"""Facts to fixes: text edits that mend a finding, or the reason why there are none."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, NamedTuple, ParamSpec

from taskfan_lint.analysis.facts import Facts
from taskfan_lint.edit import Span
from taskfan_lint.finding import Fix, Note

Given = ParamSpec("Given")


class Declined(ValueError):
    """A rewrite would not be right here; the message is the reason, for a reader."""


class Mended(NamedTuple):
    """A fix, or the reason why there is none."""

    fix: Fix | None = None
    reason: str = ""

    def notes(self, span: Span) -> tuple[Note, ...]:
        """Return the note that says why there is no fix of what is found at a place, none where there is one."""
        return (Note(span, f"no fix: {self.reason}"),) if self.reason else ()


def parsed_only(
    rewrite: Callable[Concatenate[Facts, Given], Mended],
) -> Callable[Concatenate[Facts, Given], Mended]:
    """Return a rewrite that declines where the code was read tolerantly, without a parser."""

    @wraps(rewrite)
    def declining(facts: Facts, /, *rest: Given.args, **named: Given.kwargs) -> Mended:
        if facts.read == "scanned":
            return Mended(reason="code that does not parse is not rewritten")
        return rewrite(facts, *rest, **named)

    return declining
