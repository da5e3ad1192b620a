"""What an abstract run finds in the facts: windows, dependences, exemptions, and what ends a window without need."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, IntEnum
from typing import NamedTuple

from taskfan_lint.analysis.facts import Facts
from taskfan_lint.analysis.model import Dispatch, Loop, Node, Wait
from taskfan_lint.edit import Span


class Cause(IntEnum):
    """What ended a window, in the order in which one interruption is named."""

    LOOP = 0
    AWAIT = 1
    BRANCH = 2
    LATE = 3
    WORK = 4


class Member(NamedTuple):
    """A dispatch in a window.

    It takes the places `position` to `last`, counted from 1 along one path (more than one where a comprehension over
    a literal sends it several times); `arms` are the branch arms around it, `repeated` tells that a loop sends it more
    than once in this window.
    """

    dispatch: Dispatch
    position: int
    last: int
    arms: tuple[tuple[int, int], ...]
    prompt: str
    outputs: tuple[str, ...] = ()
    repeated: bool = False

    def excludes(self, other: Member) -> bool:
        """Tell whether two dispatches stand in different arms of one branch."""
        arms = dict(self.arms)
        return any(arms.get(branch, arm) != arm for branch, arm in other.arms)


class DependenceKind(Enum):
    """How a dispatch depends on an earlier one."""

    FLOW = "flow"  # a value that comes from the earlier one reaches the later one's arguments
    CONTROL = "control"  # whether the later one runs at all depends on the earlier one's result
    EFFECT = "effect"  # both touch one file
    PROSE = "prose"  # the later prompt's own words ask for an earlier result


class Dependence(NamedTuple):
    """A dispatch that needs an earlier one: `via` is the name or the file that joins them, "" where there is none.

    A `carried` one leads from an iteration of a loop to the next.
    """

    kind: DependenceKind
    source: Dispatch
    target: Dispatch
    via: str = ""
    carried: bool = False


class Opening(NamedTuple):
    """Why a window begins instead of going on with the one before, and the place where that one ends.

    `cause` is the name of an exemption where the end is needed or meant, or the rule's cause where it is not.
    """

    cause: str | Cause
    span: Span


class Window(NamedTuple):
    """Dispatches that can run at once as written; `after` is the index of the window before it on the path, if any."""

    members: tuple[Member, ...]
    opening: Opening | None = None
    after: int | None = None


class Exemption(NamedTuple):
    """A place that is spared: the name of the reason, the place, and the dispatches that it is about."""

    name: str
    span: Span
    dispatches: tuple[Dispatch, ...]


class Interruption(NamedTuple):
    """A place that ends a window without need.

    `before` are the dispatches that could run in one window with `after`, the first one held back (for a loop those in
    front of it, and its own); `later` is every dispatch of the phase behind the interruption, `held` those of them that
    don't need what the interruption is about. `windows` and `needed` count for the phase, or for the loop.
    """

    cause: Cause
    span: Span
    node: Node | Wait
    before: tuple[Dispatch, ...]
    after: Dispatch
    later: tuple[Dispatch, ...]
    windows: int | None
    needed: int
    gap: tuple[Node, ...] = ()
    late: tuple[Node, ...] = ()
    loops: tuple[Loop, ...] = ()
    background: bool = False
    held: tuple[Dispatch, ...] = ()


class Analysis(NamedTuple):
    """The facts of a snippet with the windows, interruptions, dependences and exemptions found in them.

    `wrong` tells that the snippet is marked as a wrong example from outside.
    """

    facts: Facts
    windows: tuple[Window, ...]
    interruptions: tuple[Interruption, ...]
    dependences: tuple[Dependence, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    wrong: bool = False

    def of(self, cause: Cause) -> Iterator[Interruption]:
        """Yield the interruptions with one cause, in order of place."""
        return (one for one in self.interruptions if one.cause is cause)
