"""The settings of each folder while their files are being written: the last ones that could be read count."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from taskfan_lint import config
from taskfan_lint.config import ConfigError, Configs
from taskfan_lint.settings import Settings

WATCHED = (*config.NAMES, ".gitignore")

Stamp = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True)
class Chosen:
    """The settings of a folder, and what is wrong with its configuration files now, if anything."""

    settings: Settings
    problem: str = ""


@dataclass(frozen=True)
class _Known:
    stamp: Stamp
    extended: tuple[str, ...]
    chosen: Chosen


class Configuration:
    """The settings by folder, read anew when one of the files that they come from has changed."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def choose(self, folder: str) -> Chosen:
        """Return the settings of a folder (an absolute path)."""
        known = self._known.get(folder)
        if known is not None and known.stamp == _stamp(folder, known.extended):
            return known.chosen
        fresh = _read(folder, known)
        self._known[folder] = fresh
        return fresh.chosen

    def changed(self) -> bool:
        """Tell whether a file has changed that the settings of a known folder come from."""
        return any(known.stamp != _stamp(folder, known.extended) for folder, known in self._known.items())


def _read(folder: str, before: _Known | None) -> _Known:
    extended = before.extended if before else ()
    stamp = _stamp(folder, extended)  # taken first: a change while reading, or another `extend`, is seen the next time
    try:
        settings = Configs().settings(folder)
        files = tuple(map(os.fspath, config.sources(folder)))
    except (ConfigError, OSError) as error:
        last = before.chosen.settings if before else Settings()
        place, reason = (error.path, error.reason) if isinstance(error, ConfigError) else (folder, str(error))
        return _Known(stamp, extended, Chosen(last, f"{place}: {reason}; what counted before still counts"))
    if not files:
        settings = replace(settings, root=None)
    return _Known(stamp, files, Chosen(settings))


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
