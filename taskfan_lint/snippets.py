"""The code of a document: its fences, a file as a whole, or the slices of a long one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from taskfan_lint.gates import names_agent, passes_gate
from taskfan_lint.profile import dispatch_words
from taskfan_lint.settings import Settings
from taskfan_lint.source import Document, Snippet

if TYPE_CHECKING:
    from taskfan_lint.analysis.helpers import Index
    from taskfan_lint.inspection import Surroundings

LONG = 32_000  # code points; a shorter file is read as a whole, which costs no more


def snippets(document: Document, settings: Settings) -> Iterable[Snippet]:
    """Return the code of a document: its fences, or all of it."""
    if document.is_markdown:
        from taskfan_lint import markdown  # lazy: markdown-it is only needed where a Markdown file passes the gate

        return markdown.fences(document, dispatch_words(settings)).snippets
    tag = document.path.suffix.lower().lstrip(".") if document.is_script else "python"
    return [Snippet(document.text, tag=tag)]


def slices(document: Document, settings: Settings, index: Index | None = None) -> Iterable[Snippet]:
    """Return the code of a document, a long Python file in slices that give what the whole would."""
    if document.is_markdown or document.is_script or len(document.text) < LONG:
        return snippets(document, settings)
    from taskfan_lint.analysis.helpers import NO_INDEX  # lazy: LibCST is only needed where a document is long
    from taskfan_lint.analysis.python.slices import slices as cut
    from taskfan_lint.analysis.reading import Reading

    reading = Reading(settings, fenced=False, path=str(document.path.absolute()), index=index or NO_INDEX)
    found = cut(document.text, reading)
    return snippets(document, settings) if found is None else found


def gated(snippets: Iterable[Snippet], document: Document, settings: Settings, index: Index | None) -> list[Snippet]:
    """Return the snippets that can hold a finding."""
    return [one for one in snippets if is_worth_reading(replace(document, text=one.code), settings, index)]


def surroundings(
    snippets: Iterable[Snippet], document: Document, settings: Settings, index: Index | None, *, whole: bool = False
) -> Surroundings:
    """Return what the snippets of a document are read with."""
    from taskfan_lint import inspection  # lazy: LibCST is only needed where a snippet passes the gate
    from taskfan_lint.analysis.helpers import NO_INDEX

    foreign = inspection.foreign_names(snippets)
    return inspection.Surroundings(settings, foreign, str(document.path.absolute()), index or NO_INDEX, whole)


def is_worth_reading(document: Document, settings: Settings, index: Index | None) -> bool:
    """Tell whether a document can hold a finding at all; `index` has the functions of other files that dispatch."""
    if passes_gate(document.text, settings, script=document.is_script):
        if document.is_markdown or document.is_script or names_agent(document.text, settings):
            return True
    return index is not None and any(name in document.text for name in index.names)
