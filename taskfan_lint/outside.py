"""What a slice of a file is read with of the code around it, which is not parsed again for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from taskfan_lint.edit import Span


class Outside(NamedTuple):
    """What the rest of a file binds, imports, changes and names, as far as a slice of it mentions that.

    `own` are the parts of the slice's code whose findings and comments are its own; the rest of it is there to be read
    with them, and belongs to another slice too. `bound` and `imported` tell how often a name is; `origins` are those of
    imported names. `hidden` and `free` are the names that functions without a dispatch name, and read from the module;
    `outer` those that are declared to be of a scope around, `defined` the names of functions and classes.
    """

    own: tuple[Span, ...]
    bound: Mapping[str, int]
    imported: Mapping[str, int]
    origins: Mapping[str, str]
    changed: frozenset[str]
    outer: frozenset[str]
    hidden: frozenset[str]
    free: frozenset[str]
    names: frozenset[str]
    defined: frozenset[str]

    def owns(self, offset: int) -> bool:
        """Tell whether an offset in the slice's code lies in a part of its own."""
        return any(span.start <= offset < span.end for span in self.own)
