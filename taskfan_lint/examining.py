"""One file of a run: it is read, checked or fixed, and written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskfan_lint.checked import Checked
from taskfan_lint.files import Source, TooLargeError, read, tidy
from taskfan_lint.files import replace as replace_file
from taskfan_lint.outcome import Job, Mode, Outcome, fails
from taskfan_lint.settings import Settings
from taskfan_lint.swap import WriteError

if TYPE_CHECKING:
    from pathlib import Path

    from taskfan_lint.analysis.helpers import Index
    from taskfan_lint.source import Document


def examine_file(source: Source, job: Job) -> Outcome:
    """Return the outcome of one file, which some modes write."""
    try:
        raw = read(source.file, source.settings.max_file_size)
    except (TooLargeError, OSError) as error:
        return unread(source, error)
    outcome = examine(source.path, raw, source.settings, job)
    if not job.mode.writes:
        return outcome
    return _written(outcome, source, raw, job.helpers) if outcome.changed else _tidied(outcome)


def unread(source: Source, error: TooLargeError | OSError) -> Outcome:
    """Return the outcome of a file that could not be read."""
    if isinstance(error, TooLargeError):
        return Outcome(source.path, refused=str(error))
    return Outcome(source.path, error=f"cannot be read: {(error.strerror or str(error)).lower()}")


def examine(path: Path, raw: bytes, settings: Settings, job: Job) -> Outcome:
    """Return the outcome of one file's bytes; nothing is written."""
    if len(raw) > settings.max_file_size:
        return Outcome(path, refused=f"too large: `max-file-size` is {settings.max_file_size}")
    from taskfan_lint.source import DecodeError, decode  # lazy: only for a file that passes the gate

    try:
        return _checked(decode(path, raw), settings, job)
    except DecodeError as error:
        return Outcome(path, error=f"cannot be decoded: {error}")
    except Exception as error:  # the one place: an error in the engine costs this file, not the run
        import traceback  # lazy: only where there is one

        return Outcome(path, error=f"internal error: {type(error).__name__}: {error}", trace=traceback.format_exc())


def _checked(document: Document, settings: Settings, job: Job) -> Outcome:
    from taskfan_lint import engine  # lazy: only for a file that passes the gate

    if job.mode is Mode.CHECK:
        checked = engine.check(document, settings, job.helpers)
        return Outcome(document.path, document, checked, document.text, fails=fails(checked.findings, settings))
    text, checked = _changed(document, settings, job)
    fixed = _mended(document, checked, settings, job.helpers) if text != document.text else 0
    outcome = Outcome(document.path, document, checked, text, fixed, fails(checked.findings, settings))
    if not _encodes(document, text):
        return _unfixed(
            outcome, settings, job.helpers, f"cannot be written: the new text is not {document.encoding} text"
        )
    return outcome


def _changed(document: Document, settings: Settings, job: Job) -> tuple[str, Checked]:
    from taskfan_lint import engine  # lazy: only for a file that passes the gate

    if job.mode is not Mode.IGNORE:
        return engine.fix(document, settings, job.helpers, unsafe=job.unsafe)
    from taskfan_lint import ignoring  # lazy: only for `--add-ignore`

    return ignoring.add_ignores(document, settings, job.helpers, reason=job.reason)


def _written(outcome: Outcome, source: Source, raw: bytes, index: Index | None) -> Outcome:
    assert outcome.document is not None
    try:
        replace_file(source.path, raw, outcome.document.encode(outcome.text))
    except WriteError as error:
        return _unfixed(outcome, source.settings, index, str(error))
    return outcome


def _tidied(outcome: Outcome) -> Outcome:
    tidy(outcome.path)
    return outcome


def _unfixed(outcome: Outcome, settings: Settings, index: Index | None, error: str) -> Outcome:
    """Return the outcome of a file that stays as it is although there are fixes."""
    from taskfan_lint import engine  # lazy: only for a file that passes the gate

    assert outcome.document is not None
    checked = engine.check(outcome.document, settings, index)
    return Outcome(
        outcome.path,
        outcome.document,
        checked,
        outcome.document.text,
        fails=fails(checked.findings, settings),
        error=error,
    )


def _mended(document: Document, after: Checked, settings: Settings, index: Index | None) -> int:
    """Return how many findings of a document are gone; one that takes another's place doesn't count against it."""
    from collections import Counter  # lazy: only where something was fixed

    from taskfan_lint import engine

    before = Counter(finding.code for finding in engine.check(document, settings, index).findings)
    return sum((before - Counter(finding.code for finding in after.findings)).values())


def _encodes(document: Document, text: str) -> bool:
    try:
        document.encode(text)
    except UnicodeEncodeError:
        return False
    return True
