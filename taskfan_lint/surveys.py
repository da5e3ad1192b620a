"""The analyses of a document's code, without any judgement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from taskfan_lint import engine
from taskfan_lint.checked import Checked
from taskfan_lint.settings import Settings
from taskfan_lint.snippets import gated, is_worth_reading, slices, surroundings
from taskfan_lint.source import Document, Snippet

if TYPE_CHECKING:
    from taskfan_lint.analysis.helpers import Helper, Index
    from taskfan_lint.analysis.windows import Analysis
    from taskfan_lint.inspection import Inspected, Surroundings


class Surveyed(NamedTuple):
    """A snippet of a document with its analysis, whose spans are offsets in the snippet's code."""

    snippet: Snippet
    analysis: Analysis


def survey(document: Document, settings: Settings, index: Index | None = None) -> Iterator[Surveyed]:
    """Yield each snippet of a document that can be read and may hold a dispatch, in order, counter-examples too.

    Those of a long Python file are its slices, in which the module's own statements stand again and again.
    """
    if not is_worth_reading(document, settings, index):
        return
    from taskfan_lint import inspection  # lazy: LibCST is only needed where a document passes the gate

    found = list(slices(document, settings, index))
    around = surroundings(found, document, settings, index)
    for snippet in gated(found, document, settings, index):
        analysis = inspection.analysis_of(snippet, around)
        if analysis is not None and not isinstance(analysis, inspection.Inspected):
            yield Surveyed(snippet, analysis)


def survey_all(
    document: Document, settings: Settings, index: Index | None = None
) -> tuple[tuple[Surveyed, ...], Checked]:
    """Return what `survey` yields, and what `check` says of the code that cannot be read."""
    if not is_worth_reading(document, settings, index):
        return (), Checked()
    from taskfan_lint import inspection  # lazy: LibCST is only needed where a document passes the gate
    from taskfan_lint.rules import syntax_error

    found: list[Surveyed] = []

    def inspect(snippet: Snippet, around: Surroundings) -> Inspected:
        analysis = inspection.analysis_of(snippet, around)
        if isinstance(analysis, inspection.Inspected):
            return analysis
        found.extend([Surveyed(snippet, analysis)] if analysis else [])
        return inspection.Inspected()

    checked = engine.Gathering(document, settings, index, inspect).run(slices(document, settings, index))
    unread = tuple(one for one in checked.findings if one.code == syntax_error.NAME)
    return tuple(found), engine.present(checked._replace(findings=unread), document, settings)


def helpers(document: Document, settings: Settings, index: Index | None = None) -> dict[str, Helper]:
    """Return the functions of a Python file that dispatch, by name; those that it imports are in `index`."""
    found: dict[str, Helper] = {}
    for one in survey(document, settings, index):
        from taskfan_lint.analysis.dispatching import helpers as find  # lazy: only where something may dispatch

        found |= {name: engine.placed(helper, one.snippet) for name, helper in find(one.analysis.facts.regions).items()}
    return found
