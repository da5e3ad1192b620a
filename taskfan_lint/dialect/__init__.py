"""Pseudo-code to parseable Python: repairs of equal length, so that every offset stays where it is."""

from __future__ import annotations

from taskfan_lint.dialect.canvas import NAMES
from taskfan_lint.dialect.repair import Label, Repaired, repair
from taskfan_lint.dialect.steps import steps

__all__ = ["NAMES", "Label", "Repaired", "repair", "steps"]
