"""The registry of drawings: how a plan is shown, one module for each format, found by its name."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from taskfan_lint.planning.model import Plan

FORMATS = ("text", "json", "mermaid", "svg", "html")
CODE = ("python", "markdown")


@dataclass(frozen=True)
class Page:
    """How wide a drawing may be, in characters of a terminal."""

    width: int = 80


Drawer = Callable[[Sequence[Plan], Page], str]


def drawer(format: str) -> Drawer:
    """Return the function that draws plans in `format`, one of FORMATS or CODE."""
    module = importlib.import_module(f"{__name__}.{format}")
    return cast(Drawer, module.draw)
