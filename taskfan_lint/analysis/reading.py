"""How a front end is asked to read a snippet, and what it raises for code that it cannot read."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from taskfan_lint.analysis.facts import Comment
from taskfan_lint.analysis.helpers import NO_INDEX, Index
from taskfan_lint.outside import Outside
from taskfan_lint.settings import Settings


class Unparsable(ValueError):
    """Code that is not analysed: `row` counts from 1 in the code, `deep` tells a limit from a syntax error."""

    def __init__(self, row: int, reason: str, *, deep: bool = False) -> None:
        super().__init__(reason)
        self.row = row
        self.reason = reason
        self.deep = deep


@dataclass(frozen=True)
class Reading:
    """How a snippet is read: as a fence or a whole file, with the names that code around it defines or imports.

    `tag` is the first word of the fence's info string, or the suffix of the file without its dot. `original` is the
    text of code that was repaired, `labels` are what stood before its calls; `hidden` are the names that functions left
    out of the code read or bind, `free` those that they read from the module, `outer` those of them that belong to a
    scope around. `index` holds the helpers of other files, which the file at `path` may import. A `whole` reading
    leaves nothing out, although it may hold no dispatch. `outside` is given for a slice of a file, in which nothing is
    left to leave out.
    """

    settings: Settings
    fenced: bool
    defined: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()
    original: str | None = None
    labels: tuple[Comment, ...] = ()
    hidden: Container[str] = frozenset()
    free: frozenset[str] = frozenset()
    outer: frozenset[str] = frozenset()
    tag: str = ""
    path: str = ""
    index: Index = NO_INDEX
    whole: bool = False
    outside: Outside | None = None
