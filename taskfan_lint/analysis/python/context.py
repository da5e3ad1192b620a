"""What is known around an expression: which calls dispatch, and which call a function that does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import libcst as cst

from taskfan_lint.analysis.facts import Lookalike
from taskfan_lint.analysis.helpers import Helper
from taskfan_lint.analysis.python.calls import shape
from taskfan_lint.analysis.python.literals import Expander
from taskfan_lint.analysis.python.names import Bindings
from taskfan_lint.analysis.python.parse import Source
from taskfan_lint.edit import Span
from taskfan_lint.profile import NO_DISPATCH, Verdict, judge, may_be_named
from taskfan_lint.settings import Settings


@dataclass(frozen=True)
class Context:
    """What reading an expression needs of its surroundings."""

    source: Source
    bindings: Bindings
    expander: Expander
    settings: Settings
    fenced: bool
    foreign: frozenset[str]
    helpers: Mapping[str, Helper] = field(default_factory=dict)
    imported: Callable[[str], Helper | None] = lambda origin: None
    lookalikes: dict[Span, Lookalike] = field(default_factory=dict)

    def helper(self, call: cst.Call) -> Helper | None:
        """Return the function that a call calls, if it is one that dispatches."""
        callee = self.bindings.callee(call.func)
        if callee.origin:
            return self.imported(callee.origin) if self.bindings.is_only_imported(callee.name) else None
        owner, _, name = callee.name.rpartition(".")
        found = self.helpers.get(name)
        if found is None or self.bindings.bound[name] != 1 or found.method is not (owner in ("self", "cls")):
            return None
        return found if not owner or found.method else None

    def verdict(self, call: cst.Call) -> Verdict:
        """Return whether a call dispatches a sub-agent, and why; one that only has such a name is remembered."""
        callee = self.bindings.callee(call.func)
        if not callee.name or not (callee.origin or may_be_named(callee.name, self.settings)):
            return NO_DISPATCH
        foreign = callee.name in self.foreign
        verdict = judge(callee, shape(call), self.settings, fenced=self.fenced, foreign=foreign)
        if not verdict.dispatches and may_be_named((callee.origin or callee.name).rpartition(".")[2], self.settings):
            span = self.source.span(call)
            self.lookalikes[span] = Lookalike(span, callee.name, verdict.reason)
        return verdict
