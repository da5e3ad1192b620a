"""What a front end found in one expression, on its way to a step."""

from __future__ import annotations

from dataclasses import dataclass, field

from taskfan_lint.analysis.model import Action, Call, Purity, Step, Use
from taskfan_lint.edit import Span


@dataclass
class Found:
    """What one expression holds, in order of evaluation."""

    actions: list[Action] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    binds: list[str] = field(default_factory=list)
    changes: set[str] = field(default_factory=set)
    purity: Purity = Purity.PURE

    def raise_to(self, purity: Purity) -> None:
        self.purity = max(self.purity, purity)

    @property
    def reads(self) -> frozenset[str]:
        return frozenset(use.name for use in self.uses)

    def add(self, other: Found, *, without: frozenset[str] = frozenset(), actions: bool = False) -> None:
        """Take in what another expression holds, but for the uses of some names, and its actions only if asked."""
        self.uses += [use for use in other.uses if use.name not in without]
        self.calls += other.calls
        self.binds += other.binds
        self.changes |= other.changes - without
        self.raise_to(other.purity)
        if actions:
            self.actions += other.actions

    def step(self, span: Span) -> Step:
        """Return the expression as a step of its own."""
        return Step(
            span,
            tuple(self.actions),
            tuple(self.uses),
            tuple(self.binds),
            frozenset(self.changes),
            self.purity,
            tuple(self.calls),
            alone=False,
        )
