"""The settings of each folder while their files are being written: the last ones that could be read count."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from taskfan_lint import baseline, config
from taskfan_lint.baseline import Baseline
from taskfan_lint.config import ConfigError, Configs
from taskfan_lint.settings import Settings

WATCHED = (*config.NAMES, ".gitignore")
ATTEMPTS = 3  # of reading a configuration whose files turn out to be others than those that were looked at before

Stamp = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True)
class Chosen:
    """The settings of a folder and their baseline, and what is wrong with the files of these now, if anything."""

    settings: Settings
    problem: str = ""
    baseline: Baseline | None = None


@dataclass(frozen=True)
class _Known:
    stamp: Stamp
    files: tuple[str, ...]
    chosen: Chosen


class Configuration:
    """The settings by folder, read anew when one of the files that they come from has changed."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def choose(self, folder: str) -> Chosen:
        """Return the settings of a folder (an absolute path)."""
        known = self._known.get(folder)
        if known is not None and known.stamp == _stamp(folder, known.files):
            return known.chosen
        fresh = _read(folder, known)
        self._known[folder] = fresh
        return fresh.chosen

    def changed(self) -> bool:
        """Tell whether a file has changed that the settings of a known folder come from."""
        return any(known.stamp != _stamp(folder, known.files) for folder, known in self._known.items())


def _read(folder: str, before: _Known | None) -> _Known:
    files = before.files if before else ()
    last = before.chosen.settings if before else Settings()
    for _ in range(ATTEMPTS):
        stamp = _stamp(folder, files)  # taken first: a change while reading is seen the next time
        settings, problem, sources = _settings(folder, last)
        known, trouble = _baseline(settings)
        every = tuple(dict.fromkeys([*(files if sources is None else sources), *filter(None, [settings.baseline])]))
        if every == files:
            break
        files = every
    return _Known(stamp, every, Chosen(settings, problem or trouble, known))


def _settings(folder: str, last: Settings) -> tuple[Settings, str, tuple[str, ...] | None]:
    """Return the settings of a folder, what is wrong with them, and their files, None where `last` still counts."""
    try:
        settings = Configs().settings(folder)
        files = tuple(map(os.fspath, config.sources(folder)))
    except (ConfigError, OSError) as error:
        place, reason = (error.path, error.reason) if isinstance(error, ConfigError) else (folder, str(error))
        return last, f"{place}: {reason}; what counted before still counts", None
    return (settings if files else settings._replace(root=None)), "", files


def _baseline(settings: Settings) -> tuple[Baseline | None, str]:
    """Return the baseline of settings, and what is wrong with it."""
    if not settings.baseline:
        return None, ""
    try:
        return baseline.read(Path(settings.baseline)), ""
    except ConfigError as error:
        return None, f"{error.path}: {error.reason}; no finding counts as known"


def _stamp(folder: str, more: Iterable[str]) -> Stamp:
    """Return what changes when a configuration file or `.gitignore` in or above a folder, or one of `more`, does."""
    above = (folder, *map(os.fspath, Path(folder).parents))
    files = dict.fromkeys([*(os.path.join(one, name) for one in above for name in WATCHED), *more])
    return tuple(found for file in files if (found := _status(file)))


def _status(file: str) -> tuple[str, int, int, int] | None:
    try:
        status = os.stat(file)
    except OSError:
        return None
    return file, status.st_mtime_ns, status.st_size, status.st_ino
