"""The statement tree of a snippet: dispatches, and the statements around them.

A front end fills it (`Node` down to `Dispatch`) and hands it on in `analysis/facts`, `analysis/flow` makes windows of
it. All spans are half-open code-point offsets into the snippet's code; nothing here depends on its language.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, IntEnum
from typing import NamedTuple

from taskfan_lint.edit import Span


class Purity(IntEnum):
    """What evaluating an expression can do beyond giving its value, in rising order."""

    PURE = 0  # literals, bound names, f-strings and concatenations of them, `not`, `and`, `or`, comparisons
    ACCESS = 1  # may fail or run a property: attributes, subscripts, unbound names, arithmetic on unknown objects
    EFFECT = 2  # may do anything: calls, awaits, yields


class Field(NamedTuple):
    """The replacement field of an interpolated string in which a name is used.

    `plain` fields hold the name and nothing else; `quote` is the delimiter of the string, with its prefix before it.
    """

    span: Span
    plain: bool
    quote: str
    prefix: str


class Use(NamedTuple):
    """One place where a name is read; `whole` where it is all of an argument, value or item."""

    name: str
    span: Span
    field: Field | None = None
    whole: bool = False
    deferred: bool = False  # inside a lambda or nested function: read later
    keyword: str = ""  # of the argument that the use is all of
    shorthand: bool = False  # the name is a member of an object, too: `{ name }`


class Ref(NamedTuple):
    """A part of a folded text that is a name, or an expression given by its source."""

    name: str


Template = tuple["str | Ref", ...]


class Call(NamedTuple):
    """A call that is neither a dispatch nor a wait: its dotted name ("" if computed) and the names it reads."""

    name: str
    span: Span
    reads: frozenset[str]
    receiver: str = ""
    texts: tuple[str, ...] = ()
    boundary: str = ""  # the exemption by which a call of a function that dispatches a group separates what is around


class Wait(NamedTuple):
    """An await or a blocking wait and the names whose results it waits for; `direct` where it awaits a dispatch."""

    span: Span
    reads: frozenset[str]
    direct: bool = False
    combines: bool = False
    name: str = ""


class Argument(NamedTuple):
    """One argument of a dispatch; `keyword` is "" for a positional one."""

    keyword: str
    span: Span
    value: Span
    purity: Purity
    constant: bool
    reads: frozenset[str]


class Through(NamedTuple):
    """The way from a call to the dispatch that it leads to: functions, outermost first, and where the dispatch is.

    `span` is None, and `place` says file and row, where it stands in another file.
    """

    functions: tuple[str, ...]
    span: Span | None
    place: str = ""


class Dispatch(NamedTuple):
    """One sub-agent call as written, or a call of a function that dispatches.

    `awaited` is the await expression around it, `combined` the combinator it is handed to with others, `blocking`
    tells whether the caller waits for it, `resumes` whether it continues an earlier agent, `shares` names the session,
    worktree or receiver that it works in, `evidence` tells why the call is
    taken for a dispatch.
    """

    span: Span
    name: str
    agent: str | None
    arguments: tuple[Argument, ...]
    reads: frozenset[str]
    prompt: Template
    isolation: str = ""
    awaited: Span | None = None
    combined: Span | None = None
    blocking: bool = True
    background: bool = False
    resumes: bool = False
    outputs: tuple[Template, ...] = ()
    shares: tuple[Template, ...] = ()
    through: Through | None = None
    evidence: str = ""


class Exit(Enum):
    """How a statement leaves the flow around it."""

    BREAK = "break"
    CONTINUE = "continue"
    RETURN = "return"
    RAISE = "raise"


class Step(NamedTuple):
    """A simple statement, or the header of a compound one, with what happens in it in order of evaluation.

    `span` is the statement without its line end, `alone` tells that nothing else stands on its lines. `binds` are the
    names that it binds, `changes` those whose object it changes, `value` the span of what it binds and `text` that
    value folded. `keeps` tells that the statement only keeps what its dispatches return.
    """

    span: Span
    actions: tuple[Action, ...] = ()
    uses: tuple[Use, ...] = ()
    binds: tuple[str, ...] = ()
    changes: frozenset[str] = frozenset()
    purity: Purity = Purity.PURE
    calls: tuple[Call, ...] = ()
    exit: Exit | None = None
    alone: bool = True
    value: Span | None = None
    text: Template = ()
    simple: bool = False  # one plain assignment `name = value`
    keeps: bool = False
    conditional: bool = False  # an assert: leaves the flow only where its test fails

    @property
    def reads(self) -> frozenset[str]:
        return frozenset(use.name for use in self.uses)


class ItemKind(Enum):
    """What the text of one iteration item is."""

    STRING = "string"
    NUMBER = "number"
    NAME = "name"
    OTHER = "other"


class Item(NamedTuple):
    """What a loop target stands for in one iteration: source text, the string's value, and whether it is an atom."""

    text: str
    kind: ItemKind
    value: str = ""
    atom: bool = True
    purity: Purity = Purity.PURE
    reads: frozenset[str] = frozenset()
    members: tuple[tuple[str, Item], ...] = ()  # of an object whose members are all written out


class LoopKind(Enum):
    FOR = "for"
    WHILE = "while"
    COMPREHENSION = "comprehension"
    GENERATOR = "generator"


class Loop(NamedTuple):
    """A loop or comprehension.

    `items` holds, where the iterable is literal, what each target stands for in each iteration. `sources` are the
    names that the iterable is made of where it is only names (through `.items()`, `.values()`, `zip`, `enumerate`).
    `lazy` ones are asked for items only until one fits (`any`, `next`); the header of `serial` ones says so.
    """

    span: Span
    kind: LoopKind
    header: Step
    targets: tuple[str, ...]
    body: tuple[Node, ...]
    body_span: Span
    orelse: tuple[Node, ...] = ()
    iterable: Span | None = None
    items: tuple[Mapping[str, Item], ...] | None = None
    sources: tuple[str, ...] = ()
    filtered: bool = False
    asynchronous: bool = False
    combined: Span | None = None
    element: Span | None = None
    lazy: bool = False
    serial: bool = False
    brackets: str = ""
    target_span: Span | None = None


class Arm(NamedTuple):
    """One alternative of a branch; `test` is None for `else` and for cases without a guard of their own."""

    test: Step | None
    body: tuple[Node, ...]
    names: bool = False
    text: str = ""


class Branch(NamedTuple):
    """A choice between arms: `if`, `match`, a conditional expression, `and`/`or`.

    `header` is what a finding points at; an arm's `names` tells that its test is made of names, literals and
    comparisons with literals only.
    """

    span: Span
    header: Span
    arms: tuple[Arm, ...]
    statement: bool = True
    exhaustive: bool = False


class Block(NamedTuple):
    """Statements that run in order under a header (`with`), or a protected body with its handlers (`try`)."""

    span: Span
    header: Step | None
    body: tuple[Node, ...]
    handlers: tuple[tuple[Node, ...], ...] = ()
    orelse: tuple[Node, ...] = ()
    finalbody: tuple[Node, ...] = ()
    protected: bool = False


class BoundaryKind(Enum):
    MARKER = "marker"
    PHASE = "phase"
    WAIT_ALL = "wait for all"
    WAIT_ONE = "wait"
    MESSAGE = "message"
    SERIAL = "sequence is meant"
    SETTLED = "checked before the next"


class Boundary(NamedTuple):
    """Words between statements (a comment or label) that separate groups, or tell to wait."""

    span: Span
    kind: BoundaryKind
    text: str
    wrong: bool = False


Node = Step | Loop | Branch | Block | Boundary
Action = Dispatch | Wait | Loop | Branch
