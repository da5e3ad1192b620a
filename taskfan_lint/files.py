"""Files: finds those to check, reads their bytes, and replaces them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from taskfan_lint.config import ConfigError, Configs
from taskfan_lint.patterns import Excludes, Patterns
from taskfan_lint.settings import Settings
from taskfan_lint.source import MARKDOWN_SUFFIXES, PYTHON_SUFFIXES, SCRIPT_SUFFIXES

SUFFIXES = tuple(sorted(PYTHON_SUFFIXES | SCRIPT_SUFFIXES | MARKDOWN_SUFFIXES))
SCRIPTS = frozenset({"", ".pyw", ".pyt", ".tac", ".wsgi"})


@dataclass(frozen=True)
class Source:
    """A file to check, by its absolute path, with its settings."""

    path: Path
    settings: Settings


@dataclass(frozen=True)
class Problem:
    """A path that cannot be used, and why; the run goes on and fails."""

    path: str
    reason: str


@dataclass(frozen=True)
class Skipped:
    """A path that was named but is not to be checked, and why; `wanted` where the user has said so."""

    path: str
    reason: str
    wanted: bool = False


Found = Source | Problem | Skipped


class TooLargeError(Exception):
    """A file has more bytes than the settings allow; the message says how many."""


class WriteError(Exception):
    """A file cannot be replaced, or must not be; nothing was written."""


def find(paths: Iterable[str], configs: Configs, *, force_exclude: bool = False) -> list[Found]:
    """Return the files at and below `paths`, each once and sorted by path, then what was skipped or went wrong."""
    sources: dict[str, Source] = {}
    others: dict[Found, None] = {}
    for path in paths:
        for found in _at(path, configs, force_exclude):
            match found:
                case Source(path=file):
                    real = os.path.realpath(file)
                    if real not in sources or os.fspath(file) == real:
                        sources[real] = found
                case _:
                    others[found] = None
    return [*sorted(sources.values(), key=lambda source: os.fspath(source.path)), *others]


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
                yield Source(Path(absolute), settings)
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
    """Yield what lies below a folder; symbolic links to folders are not followed, so that there are no loops."""
    if force_exclude and excluded(start, configs.settings(start)):
        yield Skipped(start, "is excluded", wanted=True)
        return
    stack = [(start, _ignores_above(start))]
    while stack:
        folder, above = stack.pop()
        try:
            with os.scandir(folder) as entries:
                inside = sorted(entries, key=lambda entry: entry.name)
            leaves_out = _Filter(folder, start, configs, above, inside)
        except OSError as error:
            yield Problem(folder, _reason(error))
            continue
        except ConfigError as error:
            yield Problem(error.path, error.reason)
            continue
        for entry in inside:
            kind = _kind(entry)
            if kind and not leaves_out(entry, folder=kind == "folder"):
                if kind == "folder":
                    stack.append((entry.path, leaves_out.ignores))
                else:
                    yield Source(Path(entry.path), leaves_out.settings)


class _Filter:
    """What the settings and the `.gitignore` files in and above one folder leave out of it."""

    def __init__(
        self, folder: str, start: str, configs: Configs, above: tuple[Patterns, ...], inside: list[os.DirEntry[str]]
    ) -> None:
        self.settings = configs.settings(folder)
        self._excludes = Excludes(self.settings, start)
        own = [Patterns(_lines(entry.path), folder, start) for entry in inside if entry.name == ".gitignore"]
        self.ignores = (*above, *own)

    def __call__(self, entry: os.DirEntry[str], *, folder: bool) -> bool:
        if self._excludes(entry.path, folder=folder):
            return True
        return _leave_out(self.ignores, entry.path, folder=folder)


def _leave_out(ignores: tuple[Patterns, ...], path: str, *, folder: bool) -> bool:
    """Return what the innermost of the `.gitignore` files that speaks of a path says."""
    decisions = (patterns.excludes(path, folder=folder) for patterns in reversed(ignores))
    return next((decided for decided in decisions if decided is not None), False)


def _kind(entry: os.DirEntry[str]) -> str:
    """Return `folder`, `file` for a regular file that may hold a dispatch, or nothing."""
    try:
        if entry.is_dir(follow_symlinks=False):
            return "folder"
        return "file" if entry.name.lower().endswith(SUFFIXES) and entry.is_file() else ""
    except OSError:  # a symbolic link that leads to itself
        return ""


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


def repository(folder: Path) -> Path | None:
    """Return the root of the repository that a folder lies in, None outside of one."""
    return next((each for each in (folder, *folder.parents) if os.path.exists(each / ".git")), None)


def _lines(file: str) -> list[str]:
    try:
        return Path(file).read_bytes().decode("utf-8", "surrogateescape").split("\n")
    except OSError:
        return []


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file or folder"
    words = error.strerror if isinstance(error, OSError) else None
    return (words or str(error)).lower()


def read(path: Path, limit: int) -> bytes:
    """Return the bytes of a regular file; raises TooLargeError above `limit` bytes, or OSError."""
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, "is not a regular file")
    if status.st_size > limit:
        raise TooLargeError(f"too large: {status.st_size} bytes, `max-file-size` is {limit}")
    return path.read_bytes()


def replace(path: Path, before: bytes, after: bytes) -> None:
    """Replace a file that holds `before` at once and whole, its mode and owner kept; raises WriteError.

    A symbolic link stays one: the file that it leads to is replaced.
    """
    target = os.path.realpath(path)
    try:
        status = os.stat(target)
        _refuse_read_only(target, status.st_mode)
        _swap(target, before, after, status)
    except OSError as error:
        raise WriteError(f"cannot be written: {_reason(error)}") from error


def _refuse_read_only(target: str, mode: int) -> None:
    """Raise WriteError for a file or folder without owner-write bit: to root the system grants every write."""
    if not mode & stat.S_IWUSR or not os.access(target, os.W_OK):
        raise WriteError("cannot be written: the file is read-only")
    folder = os.path.dirname(target)
    if not os.stat(folder).st_mode & stat.S_IWUSR or not os.access(folder, os.W_OK):
        raise WriteError("cannot be written: its folder is read-only")


def _swap(target: str, before: bytes, after: bytes, status: os.stat_result) -> None:
    import tempfile  # lazy: only where something is written

    handle, temporary = tempfile.mkstemp(prefix=".taskfan-lint-", dir=os.path.dirname(target))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        _keep_owner(temporary, status)
        os.chmod(temporary, stat.S_IMODE(status.st_mode))
        if Path(target).read_bytes() != before:
            raise WriteError("was changed by another program meanwhile, left alone")
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _keep_owner(temporary: str, status: os.stat_result) -> None:
    if hasattr(os, "chown"):
        try:
            os.chown(temporary, status.st_uid, status.st_gid)
        except PermissionError:  # only root may give a file away
            return
