"""The rules: one module for each, found by its name, `rules/<name>.md` its page."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from taskfan_lint.modules import names

if TYPE_CHECKING:
    from taskfan_lint.analysis.windows import Cause
    from taskfan_lint.finding import Rule


@cache
def rule_names() -> tuple[str, ...]:
    """Return the names of all rules in order, without loading any."""
    return names(__path__)


@cache
def rule(name: str) -> Rule:
    """Return the rule of a name; raises KeyError for a name that no rule has."""
    if name not in rule_names():
        raise KeyError(name)
    from taskfan_lint.finding import Rule  # lazy: names of rules are asked for at every start, rules are not

    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    return Rule(name, module.SEVERITY, getattr(module, "check", None), getattr(module, "CAUSE", None))


def rules() -> Iterator[Rule]:
    """Yield every rule in order of name."""
    return map(rule, rule_names())


@cache
def name_of(cause: Cause) -> str:
    """Return the name of the rule that reports interruptions with this cause."""
    return next(one.name for one in rules() if one.cause is cause)
