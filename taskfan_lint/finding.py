"""What a rule says: findings with their notes and fixes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from taskfan_lint.edit import Edit, Span
from taskfan_lint.severity import Severity as Severity

if TYPE_CHECKING:
    from taskfan_lint.analysis.windows import Analysis, Cause
    from taskfan_lint.settings import Settings


class Applicability(Enum):
    """Who may apply a fix: `--fix`, only `--unsafe-fixes`, or nobody (it is shown)."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


class Note(NamedTuple):
    """A second place that matters, or the reason why a fix was declined."""

    span: Span
    message: str


@dataclass(frozen=True)
class Fix:
    """A set of edits that mends one finding, applied together or not at all.

    `names` are those that it declares, each behind the offset at which its scope starts: another fix that declares one
    of them in the same scope has to wait for the next pass.
    """

    applicability: Applicability
    message: str
    edits: tuple[Edit, ...]
    names: frozenset[tuple[int, str]] = frozenset()


@dataclass(frozen=True)
class Finding:
    """One place that a rule reports; spans are offsets in the snippet until the engine has lifted them.

    The engine adds to `help` the line of `place`, where it has one.
    """

    code: str
    severity: Severity
    message: str
    span: Span
    help: str = ""
    fix: Fix | None = None
    notes: tuple[Note, ...] = ()
    counterexample: bool = False
    place: Span | None = None


Check = Callable[["Analysis", "Settings"], Iterator[Finding]]


@dataclass(frozen=True)
class Rule:
    """A named pattern: its default severity and the pure function that finds it in the facts.

    `check` is None for the two rules that the engine itself speaks: they are about the file, not about its facts.
    `cause` is what ends a window for a rule about the order of dispatches, None for the others.
    """

    name: str
    severity: Severity
    check: Check | None = field(compare=False)
    cause: Cause | None = None
