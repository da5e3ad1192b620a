"""Patterns in gitignore syntax: which files and folders below a folder they leave out."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from taskfan_lint.settings import DEFAULT_EXCLUDE, Settings


class PatternError(ValueError):
    """A pattern is not gitignore syntax."""


class Patterns:
    """The patterns of one file or setting, relative to the folder `base`, for a walk that starts at `start`.

    Of the patterns that match a path the last one decides. A pattern that matches `start` itself is put aside: who
    names a folder wants it read. Each folder on the way down is asked about on its own.
    """

    def __init__(self, lines: Iterable[str], base: str, start: str) -> None:
        self._base = base if _below(start, base) or _below(base, start) else start
        self._patterns = [pattern for line in lines for pattern in _lenient(line)]
        if start != self._base and _below(start, self._base):
            own = self._relative(start)
            self._patterns = [each for each in self._patterns if not (each.include and each.matches(own, folder=True))]

    def excludes(self, path: str, *, folder: bool) -> bool | None:
        """Tell whether a path below the base is left out; None where no pattern speaks of it."""
        relative = self._relative(path)
        matches = (each.include for each in reversed(self._patterns) if each.matches(relative, folder=folder))
        return next(matches, None)

    def _relative(self, path: str) -> str:
        return path[len(self._base.rstrip(os.sep)) + 1 :].replace(os.sep, "/")


class Pattern(NamedTuple):
    """One compiled pattern; `for_folders` where it ends with a slash, `include` False where it starts with `!`."""

    include: bool
    for_folders: bool
    match: Callable[[str], object]

    def matches(self, path: str, *, folder: bool) -> bool:
        """Tell whether the pattern is about this path; asked with a slash, `a/**` would match the folder `a` too."""
        return self.match(path) is not None or (folder and self.for_folders and self.match(path + "/") is not None)


def compiled(line: str) -> Iterator[Pattern]:
    """Yield the pattern of a line, nothing for an empty line or a comment; raises PatternError."""
    from pathspec import GitIgnoreSpec  # lazy: only where there are patterns

    try:
        patterns = list(GitIgnoreSpec.from_lines([line]).patterns)
    except (ValueError, re.error) as error:
        raise PatternError(f"`{line}` is not a pattern in .gitignore syntax") from error
    for pattern in patterns:
        if pattern.include is not None:
            yield Pattern(pattern.include, line.rstrip().endswith("/"), pattern.match_file)


@cache
def _lenient(line: str) -> tuple[Pattern, ...]:
    try:
        return tuple(compiled(line))
    except PatternError:  # git passes over such a line of a `.gitignore` too; a configuration has been checked
        return ()


class Excludes:
    """What `exclude` and `extend-exclude` of some settings leave out, for a walk that starts at `start`."""

    def __init__(self, settings: Settings, start: str) -> None:
        default = settings.exclude == DEFAULT_EXCLUDE
        self._names = frozenset(DEFAULT_EXCLUDE if default else ())
        lines = settings.extend_exclude if default else (*settings.exclude, *settings.extend_exclude)
        base = os.fspath(settings.root or os.getcwd())
        self.patterns = Patterns(lines, base, start) if lines else None

    def __call__(self, path: str, *, folder: bool) -> bool:
        """Tell whether a path, whose parents are not left out, is."""
        if self.patterns and (decided := self.patterns.excludes(path, folder=folder)) is not None:
            return decided
        return os.path.basename(path) in self._names


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
