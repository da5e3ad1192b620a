"""The options `--why` and `--show-exempt`: from a place or files to text or JSON that says what was decided."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taskfan_lint import baseline, console, engine, files
from taskfan_lint.config import Configs
from taskfan_lint.decisions import Decision, Place, Spared
from taskfan_lint.explain import Known, explain, spared
from taskfan_lint.imports import index_for
from taskfan_lint.report import STDIN, Look, printable
from taskfan_lint.settings import Settings
from taskfan_lint.source import DecodeError, Document, decode

if TYPE_CHECKING:
    from taskfan_lint.analysis.helpers import Index


class PlaceError(ValueError):
    """A place that `--why` cannot explain; the message says what is wrong with it."""


def why(
    place: str,
    configs: Configs,
    look: Look,
    *,
    as_json: bool,
    known: str | None = None,
) -> None:
    """Print every decision about the calls of a line, given as `PATH:LINE`, under the baseline in the file `known`.

    Raises PlaceError, and ConfigError for the baseline.
    """
    path, row = _parsed(place)
    settings = configs.settings(os.path.dirname(os.path.abspath(path)))
    document = _document(path, settings.max_file_size)
    if row > document.text.count("\n") + 1:
        raise PlaceError(f"{path} has no line {row}")
    index = index_for(document, settings, configs.settings)
    spared = _known(document, settings, index, known or settings.baseline)
    decisions = explain(document, settings, row, index, spared)
    if as_json:
        console.out(json.dumps([_entry(document, one) for one in decisions], indent=2) + "\n")
    else:
        console.out("\n".join("\n".join(_told(document, one, look)) + "\n" for one in decisions))


def _known(document: Document, settings: Settings, index: Index | None, file: str) -> Known:
    """Return the findings of a document that a baseline knows."""
    if not file:
        return frozenset()
    findings = engine.check(document, settings, index).findings
    parts = baseline.split(baseline.read(Path(file)), document.path, document.text, findings)
    return frozenset((finding.code, finding.span) for finding, _ in parts.known)


def show_exempt(
    documents: Iterable[tuple[Document, Any]], look: Look, index: Index | None = None, *, as_json: bool
) -> None:
    """Print what is spared in documents, each given with its settings, and why."""
    found = [(document, one) for document, settings in documents for one in spared(document, settings, index)]
    if as_json:
        entries = [{"filename": _filename(document), **asdict(one)} for document, one in found]
        console.out(json.dumps(entries, indent=2) + "\n")
    else:
        console.out("".join(f"{_spared(document, one, look)}\n" for document, one in found))
        if not found:
            console.err("nothing is spared")


def _parsed(place: str) -> tuple[str, int]:
    path, _, row = place.rpartition(":")
    if not path or not row.isdecimal() or not int(row):
        raise PlaceError(f"`--why` takes PATH:LINE, not `{place}`")
    return path, int(row)


def _document(path: str, limit: int) -> Document:
    try:
        return decode(Path(path).absolute(), files.read(Path(path), limit))
    except DecodeError as error:
        raise PlaceError(f"{path}: cannot be decoded: {error}") from error
    except files.TooLargeError as error:
        raise PlaceError(f"{path}: {error}") from error


def _filename(document: Document) -> str:
    return STDIN if str(document.path) == STDIN else os.fspath(document.path.absolute())


def _entry(document: Document, one: Decision) -> dict[str, Any]:
    return {"filename": _filename(document), **asdict(one), "reported": list(one.reported)}


def _spared(document: Document, one: Spared, look: Look) -> str:
    rows = ", ".join(map(str, one.rows))
    noun = "dispatches in lines" if len(one.rows) > 1 else "dispatch in line"
    reason = f" -- {one.reason}" if one.reason else ""
    place = f"{look.path(document.path)}:{one.row}:{one.column}"
    return printable(f"{place}: spared[{one.name}] {one.meaning} ({noun} {rows}){reason}")


def _told(document: Document, one: Decision, look: Look) -> Iterator[str]:
    place = f"{look.path(document.path)}:{one.row}:{one.column}"
    if not one.dispatches:
        yield printable(f"{place}: {f'`{one.name}` is no dispatch: ' if one.name else ''}{one.resolved}")
    else:
        yield printable(f"{place}: `{one.name}` dispatches: {one.resolved}")
        yield from (f"  {printable(line)}" for line in _facts(one))
    yield from (f"  {printable(line)}" for line in _verdicts(one))
    yield f"  reported: {', '.join(one.reported)}" if one.reported else "  not reported"


def _facts(one: Decision) -> Iterator[str]:
    if one.read != "parsed":
        yield f"read: the code around it was {one.read}"
    if one.counterexample:
        yield "counter-example: the code around it is marked as wrong"
    rows = ", ".join(str(member.row) for member in one.members)
    lines = f"line{'s' if len(one.members) > 1 else ''} {rows}"
    yield f"window: {one.position} of {len(one.members)} in window {one.window} ({lines})"
    if one.opened:
        yield f"window begins: {_at(one.opened)}"
    yield f"window ends: {_at(one.ended)}" if one.ended else "window ends: nothing more is sent after it"
    yield f"needs: {'; '.join(map(_at, one.needs)) or 'no earlier dispatch'}"
    if one.needed_by:
        yield f"needed by: {'; '.join(map(_at, one.needed_by))}"
    for place in one.spared:
        yield f"spared: {_at(place)}"
    yield f"asked: {', '.join(one.asked) or 'no rule'}"


def _verdicts(one: Decision) -> Iterator[str]:
    for verdict in one.verdicts:
        yield f"{verdict.severity}[{verdict.code}] {verdict.message}: {verdict.fate}"


def _at(place: Place) -> str:
    return f"line {place.row}, {place.text}"
