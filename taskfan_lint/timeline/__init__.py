"""The registry of pictures of a session: each module named after a format renders it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from taskfan_lint.against import Compared
from taskfan_lint.report import Look
from taskfan_lint.session import Session

FORMATS = ("text", "json", "svg", "html")


@dataclass(frozen=True)
class View:
    """What is shown: the session, its windows against the prompt file `plan` if one was given, and how it is to look.

    `columns` is the width of the text, `prompts` tells whether prompts are shown.
    """

    session: Session
    look: Look
    columns: int = 80
    prompts: bool = False
    plan: str = ""
    compared: tuple[Compared, ...] = ()

    @property
    def path(self) -> str:
        """The transcript's path as it is printed."""
        return self.look.path(self.session.transcript.path)


def renderer(format: str) -> Callable[[Sequence[View]], str]:
    """Return the function that renders views in a format, which is one of FORMATS."""
    module = importlib.import_module(f"{__name__}.{format}")
    return cast("Callable[[Sequence[View]], str]", module.render)
