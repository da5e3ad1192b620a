"""The run over files: each is read, checked or fixed, and written; what became of it is an Outcome."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from taskfan_lint import engine
from taskfan_lint.engine import Checked
from taskfan_lint.files import Source, TooLargeError, WriteError, read
from taskfan_lint.files import replace as replace_file
from taskfan_lint.finding import Finding
from taskfan_lint.report import Report
from taskfan_lint.settings import Settings
from taskfan_lint.source import DecodeError, Document, decode

NOTHING = Checked(())


class Mode(Enum):
    """What a run does: nothing but check, write the fixes, show them as a diff, or write suppressions."""

    CHECK = "check"
    FIX = "fix"
    DIFF = "diff"
    IGNORE = "ignore"

    @property
    def writes(self) -> bool:
        return self in (Mode.FIX, Mode.IGNORE)


@dataclass(frozen=True)
class Outcome:
    """What became of one file; a file that was not looked at has no document.

    `fixed` counts findings that the fixes mended, or that are suppressed now. `text` is what the run makes of the
    document, whether or not it was written. `known` are the findings that a baseline spares, each with the reason that
    it gives.
    """

    path: Path
    document: Document | None = None
    checked: Checked = NOTHING
    text: str = ""
    fixed: int = 0
    fails: bool = False
    refused: str = ""
    error: str = ""
    trace: str = ""
    known: tuple[tuple[Finding, str], ...] = ()

    @property
    def changed(self) -> bool:
        return self.document is not None and self.text != self.document.text

    @property
    def report(self) -> Report | None:
        """The findings that remain, and the known ones, on the text that they are about."""
        if self.document is None or not (self.checked.findings or self.known):
            return None
        return Report(replace(self.document, text=self.text), self.checked.findings, self.known)


def run(sources: Iterable[Source], mode: Mode, *, unsafe: bool, reason: str = "") -> Iterator[Outcome]:
    """Yield the outcome of each file in turn; files are written as they come. `reason` is that of suppressions."""
    for source in sources:
        try:
            raw = read(source.path, source.settings.max_file_size)
            outcome = examine(source.path, raw, source.settings, mode, unsafe=unsafe, reason=reason)
            yield _written(outcome, source, raw) if mode.writes and outcome.changed else outcome
        except TooLargeError as error:
            yield Outcome(source.path, refused=str(error))
        except OSError as error:
            yield Outcome(source.path, error=f"cannot be read: {(error.strerror or str(error)).lower()}")


def examine(path: Path, raw: bytes, settings: Settings, mode: Mode, *, unsafe: bool, reason: str = "") -> Outcome:
    """Return the outcome of one file's bytes; nothing is written."""
    if len(raw) > settings.max_file_size:
        return Outcome(path, refused=f"too large: `max-file-size` is {settings.max_file_size}")
    try:
        return _examined(decode(path, raw), settings, mode, unsafe, reason)
    except DecodeError as error:
        return Outcome(path, error=f"cannot be decoded: {error}")
    except Exception as error:  # the one place: an error in the engine costs this file, not the run
        return Outcome(path, error=f"internal error: {type(error).__name__}: {error}", trace=traceback.format_exc())


def _examined(document: Document, settings: Settings, mode: Mode, unsafe: bool, reason: str) -> Outcome:
    if mode is Mode.CHECK:
        checked = engine.check(document, settings)
        return Outcome(document.path, document, checked, document.text, fails=fails(checked.findings, settings))
    text, checked = _changed(document, settings, mode, unsafe, reason)
    fixed = _mended(document, checked, settings) if text != document.text else 0
    outcome = Outcome(document.path, document, checked, text, fixed, fails(checked.findings, settings))
    if not _encodes(document, text):
        return _unfixed(outcome, settings, f"cannot be written: the new text is not {document.encoding} text")
    return outcome


def _changed(document: Document, settings: Settings, mode: Mode, unsafe: bool, reason: str) -> tuple[str, Checked]:
    if mode is not Mode.IGNORE:
        return engine.fix(document, settings, unsafe=unsafe)
    from taskfan_lint import ignoring  # lazy: only for `--add-ignore`

    return ignoring.add_ignores(document, settings, reason=reason)


def _written(outcome: Outcome, source: Source, raw: bytes) -> Outcome:
    assert outcome.document is not None
    try:
        replace_file(source.path, raw, outcome.document.encode(outcome.text))
    except WriteError as error:
        return _unfixed(outcome, source.settings, str(error))
    return outcome


def _unfixed(outcome: Outcome, settings: Settings, error: str) -> Outcome:
    """Return the outcome of a file that stays as it is although there are fixes."""
    assert outcome.document is not None
    checked = engine.check(outcome.document, settings)
    return Outcome(
        outcome.path,
        outcome.document,
        checked,
        outcome.document.text,
        fails=fails(checked.findings, settings),
        error=error,
    )


def fails(findings: Iterable[Finding], settings: Settings) -> bool:
    """Tell whether one of the findings makes the exit status 1."""
    return any(finding.severity >= settings.fail_on for finding in findings)


def _mended(document: Document, after: Checked, settings: Settings) -> int:
    """Return how many findings of a document are gone; one that takes another's place doesn't count against it."""
    before = Counter(finding.code for finding in engine.check(document, settings).findings)
    return sum((before - Counter(finding.code for finding in after.findings)).values())


def _encodes(document: Document, text: str) -> bool:
    try:
        document.encode(text)
    except UnicodeEncodeError:
        return False
    return True
