"""What one document gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from taskfan_lint.analysis.helpers import Helper
    from taskfan_lint.finding import Finding
    from taskfan_lint.inspection import Read


class Place(NamedTuple):
    """Something that could not be analysed: the row in the document, counted from 1, and why."""

    row: int
    reason: str


NO_HELPERS: Mapping[str, Helper] = {}


class Checked(NamedTuple):
    """What one document gave.

    `findings` have document offsets and are sorted; they hold those in counter-examples only if the settings ask for
    it, `hidden` counts them otherwise. `fences` were looked at, `unreadable` ones hold a dispatch and do not parse,
    `refused` code is too deep to be read; `read` tells how each fence with dispatches was read. `helpers` are
    the functions of a Python file that dispatch, by name.
    """

    findings: tuple[Finding, ...] = ()
    fences: int = 0
    unreadable: tuple[Place, ...] = ()
    refused: tuple[Place, ...] = ()
    hidden: int = 0
    read: tuple[Read, ...] = ()
    helpers: Mapping[str, Helper] = NO_HELPERS
