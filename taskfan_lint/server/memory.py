"""What the snippets of one document gave when they were last looked at, so that a key costs one snippet, not all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from taskfan_lint import project
from taskfan_lint.engine import Inspect
from taskfan_lint.settings import Settings
from taskfan_lint.source import Document, Snippet

if TYPE_CHECKING:
    from taskfan_lint.analysis.helpers import Index
    from taskfan_lint.inspection import Inspected, Surroundings
    from taskfan_lint.server.worker import Ticket

Key = tuple[Snippet, frozenset[str]]


class Memory:
    """The results by snippet; those that the two latest looks at the document did not use are forgotten."""

    def __init__(self) -> None:
        self._around: Surroundings | None = None
        self._now: dict[Key, Inspected] = {}
        self._before: dict[Key, Inspected] = {}
        self._imported: list[tuple[Document, Settings]] = []
        self._index: Index | None = None

    def turn(self) -> None:
        """Begin a new look at the document."""
        self._before, self._now = self._now, {}

    def index(self, imported: list[tuple[Document, Settings]]) -> Index | None:
        """Return the functions that dispatch of the files that the document imports, None where there is no file."""
        if imported != self._imported:
            self._index = project.index(imported) if imported else None
            self._imported = imported
        return self._index

    def inspect(self, ticket: Ticket) -> Inspect:
        """Return what stands in for `inspection.inspect`; it raises Stale once the ticket is called off."""
        from taskfan_lint import inspection  # lazy: LibCST is only needed where a snippet passes the gate

        def remember(snippet: Snippet, around: Surroundings) -> Inspected:
            ticket.check()
            self._expect(replace(around, foreign=frozenset()))
            key = _key(snippet), around.foreign
            found = self._now.get(key) or self._before.get(key)
            if found is None:
                found = inspection.inspect(snippet, around)
            self._now[key] = found
            return found

        return remember

    def _expect(self, around: Surroundings) -> None:
        """Forget everything where the settings, or whatever else snippets are read with, are not what they were."""
        if around != self._around:
            self._around = around
            self._now, self._before = {}, {}


def _key(snippet: Snippet) -> Snippet:
    """Return a snippet without its place in the document, which no finding in its code depends on."""
    return replace(snippet, anchors=((0, 0),), prefixes=("",), ignores=(), ignore_span=None, rewritten={})
