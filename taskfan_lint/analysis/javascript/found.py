"""What one expression holds, and in which call it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from tree_sitter import Node as SyntaxNode

from taskfan_lint.analysis import found
from taskfan_lint.analysis.model import Node
from taskfan_lint.edit import Span


@dataclass
class Found(found.Found):
    """What one expression of a script holds; `functions` are those in it that run at another time."""

    functions: list[SyntaxNode] = field(default_factory=list)

    def add(self, other: found.Found, *, without: frozenset[str] = frozenset(), actions: bool = False) -> None:
        super().add(other, without=without, actions=actions)
        if isinstance(other, Found):
            self.functions += other.functions


@dataclass(frozen=True)
class Mode:
    """In what calls an expression stands: the combiner around it, and whether the caller waits for what it starts.

    `own` is set inside of a callback all calls of which run at once: an `await` there holds back only the callback.
    """

    combined: Span | None = None
    blocking: bool = True
    own: bool = False


class Scopes(Protocol):
    """Reads the bodies of functions."""

    def inline(self, body: SyntaxNode, mode: Mode) -> tuple[Node, ...]:
        """Return the nodes of a callback's body, which runs where it stands."""
