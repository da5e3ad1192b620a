"""What holds at one point of an abstract run, and what the run writes down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from taskfan_lint.analysis.model import BoundaryKind, Dispatch, Node, Wait
from taskfan_lint.analysis.windows import Cause, DependenceKind, Member, Opening
from taskfan_lint.edit import Span

Tokens = frozenset[int]
NONE: Tokens = frozenset()
WAITING = frozenset({BoundaryKind.WAIT_ALL, BoundaryKind.WAIT_ONE})


class Link(NamedTuple):
    """What joins a dispatch to earlier occurrences: a name, a file, a test, or the prompt's own words."""

    kind: DependenceKind
    tokens: Tokens
    via: str = ""

    @property
    def is_certain(self) -> bool:
        return self.kind in (DependenceKind.FLOW, DependenceKind.CONTROL)


@dataclass(frozen=True)
class Occurrence:
    """One time that a dispatch goes out in the abstract run, with what it depends on."""

    dispatch: Dispatch
    links: tuple[Link, ...]
    phase: int
    arms: tuple[tuple[int, int], ...] = ()

    @cached_property
    def flow(self) -> Tokens:
        """The occurrences that it depends on for certain."""
        return NONE.union(*(link.tokens for link in self.links if link.is_certain))

    @cached_property
    def soft(self) -> Tokens:
        """The occurrences that it depends on by a file or by its prompt's own words."""
        return NONE.union(*(link.tokens for link in self.links if not link.is_certain))

    @property
    def depends(self) -> Tokens:
        return self.flow | self.soft

    def excludes(self, other: Occurrence) -> bool:
        """Tell whether two of them stand in different arms of one branch."""
        arms = dict(self.arms)
        return any(arms.get(branch, arm) != arm for branch, arm in other.arms)

    def exemption(self, tokens: Tokens) -> str:
        """Return what to call the dependence on some of the tokens: a chain, or control alone."""
        kinds = {link.kind for link in self.links if link.tokens & tokens}
        return "early-exit" if kinds == {DependenceKind.CONTROL} else "chain"


class Candidate(NamedTuple):
    """Something since the last dispatch that ends a window, were another dispatch to come."""

    cause: Cause
    span: Span
    node: Node | Wait
    tokens: Tokens = NONE

    @property
    def opening(self) -> Opening:
        """Why the next window begins where this is named."""
        return Opening(self.cause, self.span)


@dataclass
class State:
    """What holds at one point of a path.

    `flow` maps names to the occurrences whose results they carry, `texts` to their constant text; `since` are the
    names bound since the first dispatch of `group`, the dispatches that could go out together so far; `steps` are the
    statements since then, each with the number of the gap it stands in. `serial` tells that sequence is meant up to
    the end of the phase, `declared` that it is in all of a branch. `count` windows were opened in the phase on this
    path, `unneeded` of them without need. `wrong` tells that the place is marked as a wrong example.
    """

    flow: dict[str, Tokens] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    bound: frozenset[str] = frozenset()
    since: frozenset[str] = frozenset()
    tested: dict[str, frozenset[str]] = field(default_factory=dict)
    tested_since: dict[str, frozenset[str]] = field(default_factory=dict)
    group: tuple[int, ...] = ()
    window: int = -1
    width: int = 0
    pending: tuple[Candidate, ...] = ()
    steps: tuple[tuple[Node, int], ...] = ()
    gap: int = 0
    control: Tokens = NONE
    conditions: Tokens = NONE
    seen: Tokens = NONE
    filled: frozenset[str] = frozenset()
    phase: int = -1
    arms: tuple[tuple[int, int], ...] = ()
    ended: bool = False
    count: int = 1
    unneeded: int = 0
    serial: bool = False
    declared: bool = False
    wrong: bool = False

    def copy(self) -> State:
        return replace(
            self,
            flow=dict(self.flow),
            texts=dict(self.texts),
            tested=dict(self.tested),
            tested_since=dict(self.tested_since),
        )

    def carried(self, names: Iterable[str]) -> Tokens:
        """Return the occurrences whose results reach any of the names."""
        return NONE.union(*(self.flow[name] for name in names if name in self.flow))


@dataclass
class Found:
    """An interruption while the run goes on; counts are known at its end."""

    candidate: Candidate
    occurrence: int
    before: tuple[int, ...]
    phase: int
    gap: int
    gap_nodes: tuple[Node, ...]


@dataclass
class Opened:
    """A window while the run goes on; `after` is the number of the last one on the path that is not empty."""

    opening: Opening | None
    after: int | None
    members: list[Member] = field(default_factory=list)


@dataclass
class Phase:
    windows: int = 0
    occurrences: list[int] = field(default_factory=list)
    unneeded: int = 0
