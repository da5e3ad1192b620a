"""Files: finds those to check, reads their bytes, and replaces them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from taskfan_lint.config import ConfigError, Configs
from taskfan_lint.patterns import Excludes, Patterns
from taskfan_lint.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path
from taskfan_lint.kinds import MARKDOWN_SUFFIXES, PYTHON_SUFFIXES, SCRIPT_SUFFIXES
from taskfan_lint.swap import WriteError, clear, swap

SUFFIXES = tuple(sorted(PYTHON_SUFFIXES | SCRIPT_SUFFIXES | MARKDOWN_SUFFIXES))
# Without waiting where a FIFO stands by now, and without a change of line ends.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
SCRIPTS = frozenset({"", ".pyw", ".pyt", ".tac", ".wsgi"})


class Source(NamedTuple):
    """A file to check, by its absolute path, with its settings; there are many of them, so it is a small one."""

    file: str
    settings: Settings
    link: bool = False

    @property
    def path(self) -> Path:
        from pathlib import Path  # lazy: not for a file that holds nothing

        return Path(self.file)


class Problem(NamedTuple):
    """A path that cannot be used, and why; the run goes on and fails."""

    path: str
    reason: str


class Skipped(NamedTuple):
    """A path that was named but is not to be checked, and why; `wanted` where the user has said so."""

    path: str
    reason: str
    wanted: bool = False


Found = Source | Problem | Skipped


class TooLargeError(Exception):
    """A file has more bytes than the settings allow; the message says how many."""


def find(paths: Iterable[str], configs: Configs, *, force_exclude: bool = False) -> list[Found]:
    """Return the files at and below `paths`, each once and sorted by path, then what was skipped or went wrong."""
    found = list(search(paths, configs, force_exclude=force_exclude))
    sources = sorted((each for each in found if isinstance(each, Source)), key=lambda source: source.file)
    return [*sources, *(each for each in found if not isinstance(each, Source))]


def search(paths: Iterable[str], configs: Configs, *, force_exclude: bool = False) -> Iterator[Found]:
    """Yield the files at and below `paths`, each once and sorted by path, then what was skipped or went wrong.

    The files below a single folder come while it is walked, and so take no memory however many there are; those that
    are links come after the others.
    """
    named = list(paths)
    others: dict[Found, None] = {}
    sources: list[Source] = []
    for path in named:
        for found in _at(path, configs, force_exclude):
            if not isinstance(found, Source):
                others[found] = None
            elif len(named) == 1 and not found.link:
                yield found
            else:
                sources.append(found)
    if len(named) > 1:
        yield from _once(sources)
    elif sources:
        again = _at(named[0], configs, force_exclude)
        yield from _elsewhere(sources, (found.file for found in again if isinstance(found, Source) and not found.link))
    yield from others


def _once(sources: Iterable[Source]) -> list[Source]:
    """Return the files sorted by path, one that was found under several names under its own."""
    known: dict[str, Source] = {}
    for source in sources:
        real = os.path.realpath(source.file)
        if real not in known or source.file == real:
            known[real] = source
    return sorted(known.values(), key=lambda source: source.file)


def _elsewhere(links: Iterable[Source], files: Iterable[str]) -> list[Source]:
    """Return the links, sorted by path, that lead to none of `files` and not to the same place as one before."""
    real_folder = cache(os.path.realpath)
    known = {os.path.realpath(link.file): link for link in sorted(links, reverse=True, key=lambda link: link.file)}
    for file in files:
        known.pop(os.path.join(real_folder(os.path.dirname(file)), os.path.basename(file)), None)
    return sorted(known.values(), key=lambda link: link.file)


def _at(path: str, configs: Configs, force_exclude: bool) -> Iterator[Found]:
    absolute = os.path.abspath(path)
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            yield from _walk(absolute, configs, force_exclude)
        elif not stat.S_ISREG(mode):
            yield Problem(path, "is not a regular file, `-` reads standard input")
        elif not _readable(absolute):
            yield Skipped(path, "is neither Python, JavaScript nor Markdown")
        else:
            settings = configs.settings(os.path.dirname(absolute))
            if force_exclude and excluded(absolute, settings):
                yield Skipped(path, "is excluded", wanted=True)
            else:
                yield Source(absolute, settings)
    except (OSError, ValueError) as error:
        yield Problem(path, _reason(error))
    except ConfigError as error:
        yield Problem(error.path, error.reason)


def _readable(path: str) -> bool:
    suffix = os.path.splitext(path)[1].lower()
    return suffix in SUFFIXES or suffix in SCRIPTS


def excluded(path: str, settings: Settings) -> bool:
    """Tell whether a named path, or a folder above it up to the root of its settings, is excluded."""
    root = os.fspath(settings.root or os.getcwd())
    excludes = Excludes(settings, root)
    folder = False
    while path != root and path != os.path.dirname(path):
        if excludes(path, folder=folder):
            return True
        path, folder = os.path.dirname(path), True
    return False


def ignored(path: str, start: str) -> bool:
    """Tell whether a `.gitignore` from `start` on, or above it in its repository, leaves out a path below `start`."""
    ignores = _ignores_above(start)
    folder = start
    for name in os.path.relpath(path, start).split(os.sep):
        own = os.path.join(folder, ".gitignore")
        if os.path.isfile(own):
            ignores = (*ignores, Patterns(_lines(own), folder, start))
        folder = os.path.join(folder, name)
        if _leave_out(ignores, folder, folder=folder != path):
            return True
    return False


def _walk(start: str, configs: Configs, force_exclude: bool) -> Iterator[Found]:
    """Yield what lies below a folder by path; links to folders are not followed, so that there are no loops."""
    if force_exclude and excluded(start, configs.settings(start)):
        yield Skipped(start, "is excluded", wanted=True)
        return
    stack: list[Iterator[Found | _Folder]] = [iter([_Folder(start, _ignores_above(start))])]
    while stack:
        for found in stack[-1]:
            if isinstance(found, _Folder):
                stack.append(_folder(found, start, configs))
                break
            yield found
        else:
            stack.pop()


class _Folder(NamedTuple):
    """A folder that is yet to be read, and the `.gitignore` files above it."""

    path: str
    above: tuple[Patterns, ...]


def _folder(folder: _Folder, start: str, configs: Configs) -> Iterator[Found | _Folder]:
    """Yield what stands in one folder, by path."""
    try:
        inside, ignores = _inside(folder.path)
        leaves_out = _Filter(folder, start, configs, ignores)
    except OSError as error:
        yield Problem(folder.path, _reason(error))
        return
    except ConfigError as error:
        yield Problem(error.path, error.reason)
        return
    for name, entry in inside:
        if name.endswith(os.sep):
            if not leaves_out(entry.path, folder=True):
                yield _Folder(entry.path, leaves_out.ignores)
        elif leaves_out.only_folders or not leaves_out(entry.path, folder=False):
            yield Source(entry.path, leaves_out.settings, entry.is_symlink())


def _inside(folder: str) -> tuple[list[tuple[str, os.DirEntry[str]]], str]:
    """Return the folders (named with a slash) and files of a folder by path, and the path of its `.gitignore`.

    A file is here a regular one with a suffix of ours.
    """
    inside, ignores = [], ""
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            try:
                if (name.endswith(SUFFIXES) or name.lower().endswith(SUFFIXES)) and entry.is_file():
                    inside.append((name, entry))
                elif entry.is_dir(follow_symlinks=False):
                    inside.append((name + os.sep, entry))
                elif name == ".gitignore":
                    ignores = entry.path
            except OSError:  # a symbolic link that leads to itself
                continue
    inside.sort(key=itemgetter(0))
    return inside, ignores


class _Filter:
    """What the settings and the `.gitignore` files in and above one folder leave out of it."""

    def __init__(self, folder: _Folder, start: str, configs: Configs, ignores: str) -> None:
        self.settings = configs.settings(folder.path)
        self._excludes = Excludes(self.settings, start)
        own = [Patterns(_lines(ignores), folder.path, start)] if ignores else []
        self.ignores = (*folder.above, *own)
        # The names that are excluded by default are those of folders, none has a suffix of ours.
        self.only_folders = not self.ignores and not self._excludes.patterns

    def __call__(self, path: str, *, folder: bool) -> bool:
        if self._excludes(path, folder=folder):
            return True
        return _leave_out(self.ignores, path, folder=folder)


def _leave_out(ignores: tuple[Patterns, ...], path: str, *, folder: bool) -> bool:
    """Return what the innermost of the `.gitignore` files that speaks of a path says."""
    decisions = (patterns.excludes(path, folder=folder) for patterns in reversed(ignores))
    return next((decided for decided in decisions if decided is not None), False)


def _ignores_above(start: str) -> tuple[Patterns, ...]:
    """Return the patterns of the `.gitignore` files above a folder, up to the root of its repository if it has one."""
    above: list[str] = []
    folder = start
    while not os.path.exists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return ()
        above.append(parent)
        folder = parent
    files = ((folder, os.path.join(folder, ".gitignore")) for folder in reversed(above))
    return tuple(Patterns(_lines(file), folder, start) for folder, file in files if os.path.isfile(file))


def repository(folder: str) -> str | None:
    """Return the root of the repository that a folder lies in, None outside of one."""
    while not os.path.exists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder


def _lines(file: str) -> list[str]:
    try:
        with open(file, "rb") as stream:
            return stream.read().decode("utf-8", "surrogateescape").split("\n")
    except OSError:
        return []


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file or folder"
    words = error.strerror if isinstance(error, OSError) else None
    return (words or str(error)).lower()


def read(path: str | Path, limit: int) -> bytes:
    """Return the bytes of a regular file; raises TooLargeError above `limit` bytes, or OSError."""
    handle = os.open(path, _READ)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "is not a regular file")
        if status.st_size > limit:
            raise TooLargeError(f"too large: {status.st_size} bytes, `max-file-size` is {limit}")
        raw = os.read(handle, status.st_size)
        if len(raw) < status.st_size:  # what a network's or a user's file system gives at once may be less
            raw += b"".join(iter(lambda: os.read(handle, status.st_size), b""))
        return raw
    finally:
        os.close(handle)


def replace(path: Path, before: bytes, after: bytes) -> None:
    """Replace a file that holds `before` at once and whole, its mode and owner kept; raises WriteError.

    A symbolic link stays one: the file that it leads to is replaced.
    """
    target = os.path.realpath(path)
    try:
        status = os.stat(target)
        _refuse_read_only(target, status.st_mode)
        swap(target, before, after, status)
    except OSError as error:
        raise WriteError(f"cannot be written: {_reason(error)}") from error


def _refuse_read_only(target: str, mode: int) -> None:
    """Raise WriteError for a file or folder without owner-write bit: to root the system grants every write."""
    if not mode & stat.S_IWUSR or not os.access(target, os.W_OK):
        raise WriteError("cannot be written: the file is read-only")
    folder = os.path.dirname(target)
    if not os.stat(folder).st_mode & stat.S_IWUSR or not os.access(folder, os.W_OK):
        raise WriteError("cannot be written: its folder is read-only")


def tidy(path: Path) -> None:
    """Take away what a killed run has left beside a file."""
    clear(os.path.realpath(path))
