"""The inventory: every dispatch that was read in a document, with its place, its agent and its window."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from taskfan_lint import surveys
from taskfan_lint.analysis import tree
from taskfan_lint.analysis.model import Dispatch
from taskfan_lint.analysis.windows import Analysis
from taskfan_lint.checked import Checked
from taskfan_lint.edit import Lines, Span
from taskfan_lint.report import STDIN, Look, printable
from taskfan_lint.settings import Settings
from taskfan_lint.source import Document

NOTHING = Checked()


@dataclass(frozen=True)
class Listed:
    """One dispatch of a document, its span in the document.

    `agent` is None where the call names none, `window` counts from 1 in the document and is None for a dispatch that
    no path reaches; `read` tells how the code around it was read: "parsed", "repaired" or "scanned".
    """

    span: Span
    name: str
    agent: str | None
    window: int | None
    read: str
    counterexample: bool


@dataclass(frozen=True)
class Inventory:
    """The dispatches of one document, in order of place, and what `check` says of its code that cannot be read."""

    document: Document
    dispatches: tuple[Listed, ...]
    unread: Checked = NOTHING


def inventory(document: Document, settings: Settings) -> Inventory:
    """Return every dispatch that was read in a document, those in counter-examples too."""
    found: list[Listed] = []
    windows = 0
    surveyed, unread = surveys.survey_all(document, settings)
    for one in surveyed:
        listed = list(_of_snippet(one, windows))
        windows = max((each.window for each in listed if each.window), default=windows)
        found += listed
    found.sort(key=lambda each: each.span)
    return Inventory(document, tuple(_renumbered(found)), unread)


def _renumbered(found: Iterable[Listed]) -> Iterator[Listed]:
    """Yield dispatches with their windows counted in order of place, which slices of a file need not have."""
    numbers: dict[int, int] = {}
    for each in found:
        number = each.window and numbers.setdefault(each.window, len(numbers) + 1)
        yield replace(each, window=number)


def _of_snippet(one: surveys.Surveyed, before: int) -> Iterator[Listed]:
    from taskfan_lint.inspection import is_counterexample  # lazy: no rule is loaded before a dispatch is found

    facts = one.analysis.facts
    numbers = _windows(one.analysis)
    for span, dispatch in sorted(_dispatches(one.analysis).items()):
        number = numbers.get(span)
        yield Listed(
            one.snippet.lift(span),
            dispatch.name,
            dispatch.agent,
            before + number if number else None,
            facts.read,
            is_counterexample(span, facts, one.snippet),
        )


def _dispatches(analysis: Analysis) -> dict[Span, Dispatch]:
    """Return the dispatches of a snippet by their spans, each once however many calls and paths lead to it."""
    every = (one for region in analysis.facts.regions for one in tree.dispatches(region.body))
    return {one.span: one for one in every if one.through is None}


def _windows(analysis: Analysis) -> dict[Span, int]:
    """Return for each dispatch the number of the first window that it goes out in, counted in order of place."""
    numbers: dict[Span, int] = {}
    opened = sorted([member.dispatch.span for member in window.members] for window in analysis.windows)
    for number, spans in enumerate(opened, 1):
        for span in spans:
            numbers.setdefault(span, number)
    order = {number: place for place, number in enumerate(dict.fromkeys(numbers[span] for span in sorted(numbers)), 1)}
    return {span: order[number] for span, number in numbers.items()}


def as_json(inventories: Iterable[Inventory], look: Look) -> str:
    """Return inventories as a JSON array, sorted by filename, row and column."""
    entries = [entry for each in inventories for entry in _entries(each, look)]
    entries.sort(key=lambda one: (one["filename"], one["location"]["row"], one["location"]["column"]))
    return json.dumps(entries, indent=2) + "\n"


def _entries(one: Inventory, look: Look) -> Iterator[dict[str, Any]]:
    lines = Lines(one.document.text)
    path = os.fspath(one.document.path)
    filename = path if path == STDIN else os.path.normpath(os.path.join(look.base, path))
    for each in one.dispatches:
        yield {
            "filename": filename,
            "location": _location(each.span.start, lines),
            "end_location": _location(each.span.end, lines),
            "name": each.name,
            "agent": each.agent,
            "window": each.window,
            "read": each.read,
            "counterexample": each.counterexample,
        }


def _location(offset: int, lines: Lines) -> dict[str, int]:
    row, column = lines.position(offset)
    return {"row": row, "column": column}


def as_text(inventories: Iterable[Inventory], look: Look) -> str:
    """Return inventories as one line for each dispatch."""
    return "".join(line for each in inventories for line in _lines(each, look))


def _lines(one: Inventory, look: Look) -> Iterator[str]:
    lines = Lines(one.document.text)
    path = look.path(one.document.path)
    for each in one.dispatches:
        row, column = lines.position(each.span.start)
        agent = f" {printable(' '.join(each.agent.split()))}" if each.agent else ""
        window = f"window {each.window}" if each.window else "no window"
        marked = ", counter-example" if each.counterexample else ""
        yield f"{path}:{row}:{column}: {each.name}{agent}, {window}, {each.read}{marked}\n"


def total(inventories: Iterable[Inventory]) -> str:
    """Return how many dispatches inventories hold, and how they were read."""
    counts = Counter(each.read for one in inventories for each in one.dispatches)
    count = sum(counts.values())
    kinds = ", ".join(f"{counts[read]} {read}" for read in ("parsed", "repaired", "scanned") if counts[read])
    return f"{count or 'no'} dispatch{'' if count == 1 else 'es'}{f' ({kinds})' if kinds else ''}"
