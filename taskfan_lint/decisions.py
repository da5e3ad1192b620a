"""What is decided about a call or spared in a document, as a user is told it."""

from __future__ import annotations

from dataclasses import dataclass

REPORTED = "reported"


@dataclass(frozen=True)
class Place:
    """A place in the document and what it says: rows and columns count from 1, columns in code points."""

    row: int
    column: int
    text: str


@dataclass(frozen=True)
class Verdict:
    """A finding and what became of it: `fate` is "reported", or why it is not."""

    code: str
    severity: str
    message: str
    row: int
    fate: str

    @property
    def is_reported(self) -> bool:
        return self.fate == REPORTED


@dataclass(frozen=True)
class Decision:
    """All that was decided about one call, or, where `name` is "", about a line without one.

    `resolved` tells why the call is taken for a dispatch or is not; `window` counts the windows of the document from
    1, the dispatch is number `position` of the `members` in it. `opened` and `ended` tell why the window begins and
    ends where it does. `needs` and `needed_by` are the dependences, `spared` the exemptions, `asked` the rules that
    looked at it, and `verdicts` what they said, with what became of it.
    """

    row: int
    column: int
    name: str
    dispatches: bool
    resolved: str
    read: str = "parsed"
    counterexample: bool = False
    window: int | None = None
    position: int | None = None
    members: tuple[Place, ...] = ()
    opened: Place | None = None
    ended: Place | None = None
    needs: tuple[Place, ...] = ()
    needed_by: tuple[Place, ...] = ()
    spared: tuple[Place, ...] = ()
    asked: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()

    @property
    def reported(self) -> tuple[str, ...]:
        """The rules whose findings are shown."""
        return tuple(verdict.code for verdict in self.verdicts if verdict.is_reported)


@dataclass(frozen=True)
class Spared:
    """An exemption in a document: its name and meaning, where it is, and the rows of the dispatches it is about."""

    name: str
    meaning: str
    row: int
    column: int
    rows: tuple[int, ...]
    reason: str = ""
