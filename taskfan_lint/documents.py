"""The documents of commands that report no findings; what cannot be read of them is said as `check` says it."""

from __future__ import annotations

from collections.abc import Iterable

from taskfan_lint import console
from taskfan_lint.checked import Checked
from taskfan_lint.checking import tell_problems
from taskfan_lint.edit import Lines
from taskfan_lint.files import Found, Skipped, Source, TooLargeError, read
from taskfan_lint.finding import Severity
from taskfan_lint.report import Look
from taskfan_lint.source import DecodeError, Document, decode
from taskfan_lint.summary import none_found, not_analysable


class Documents:
    """Reads documents, says what cannot be read, and knows whether the run has failed by it."""

    def __init__(self, look: Look, *, quiet: bool, verbose: bool = False) -> None:
        self.failed = False
        self._look = look
        self._quiet = quiet
        self._verbose = verbose
        self._places: list[tuple[str, str]] = []

    def fail(self, path: str, reason: str) -> None:
        """Say why something cannot be used, which fails the run."""
        console.tell("error", f"{path}: {reason}")
        self.failed = True

    def _warn(self, path: str, reason: str) -> None:
        if not self._quiet:
            console.tell("warning", f"{path}: {reason}")

    def read(self, source: Source, *, stdin: bool) -> Document | None:
        """Return the document of a file, or of standard input under its name; None, and say why, for one without."""
        path, limit = self._look.path(source.path), source.settings.max_file_size
        try:
            raw = console.standard_input() if stdin else read(source.path, limit)
            if len(raw) > limit:
                raise TooLargeError(f"too large: `max-file-size` is {limit}")
            return decode(source.path, raw)
        except TooLargeError as error:
            self._warn(path, str(error))
        except OSError as error:
            self.fail(path, f"cannot be read: {(error.strerror or str(error)).lower()}")
        except DecodeError as error:
            self.fail(path, f"cannot be decoded: {error}")
        return None

    def unread(self, document: Document, checked: Checked) -> bool:
        """Say which code of a document cannot be read; return whether there is some."""
        path, lines = self._look.path(document.path), Lines(document.text)
        for one in checked.findings:
            say = self.fail if one.severity is Severity.ERROR else self._warn
            say(f"{path}:{lines.position(one.span.start)[0]}", one.message)
        for place in checked.refused:
            self._warn(f"{path}:{place.row}", place.reason)
        self._places += [(f"{path}:{place.row}", place.reason) for place in checked.unreadable]
        return bool(checked.findings or checked.refused or checked.unreadable)

    def end(self, found: list[Found], paths: Iterable[str], said: str | None) -> None:
        """Say what is wrong with paths, then what the run has to say, or that there was nothing to read.

        The places with code that cannot be read follow; with None for the run, nothing of this is said.
        """
        problems = tell_problems(found, self._look, quiet=self._quiet, verbose=self._verbose)
        self.failed |= problems
        if self._quiet or said is None:
            return
        if any(isinstance(each, Source) for each in found):
            lines = [said] if said else []
        else:
            skipped = sum(isinstance(each, Skipped) for each in found)
            lines = [] if problems else [none_found(paths, skipped, self._look)]
        for line in (*lines, *not_analysable(self._places, all_places=self._verbose)):
            console.err(line)
