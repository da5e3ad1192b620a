"""The swap of a file for its new bytes: at once and whole, whatever ends the process meanwhile.

The new bytes are first written to a file beside the old one. Its name follows from the name of the old one, and its
writer keeps it locked, so that the next run finds what a killed one has left, tells it from what another run is just
writing, and takes it away.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PATIENCE = 10.0  # seconds to wait for another run that writes the same file
PAUSE = 0.005
AGE = 3600.0  # seconds after which a left file is a dead one, where the file system knows no locks

_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_OLD = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class WriteError(Exception):
    """A file cannot be replaced, or must not be; nothing was written."""


def swap(target: str, before: bytes, after: bytes, status: os.stat_result) -> None:
    """Replace a file that holds `before`; raises WriteError where another program has changed it, or OSError.

    Where another run has meanwhile written the same bytes, all is done. `target` is no symbolic link.
    """
    with _written(target, after, status) as temporary:
        with open(target, "rb") as stream:
            current = stream.read()
        if current == before:
            os.replace(temporary, target)
        elif current == after:
            os.unlink(temporary)
        else:
            raise WriteError("was changed by another program meanwhile, left alone")


@contextmanager
def _written(target: str, after: bytes, status: os.stat_result | None) -> Iterator[str]:
    """Write the new bytes of a file beside it, locked, and yield where, to be moved there; it goes if that fails."""
    temporary = beside(target)
    with os.fdopen(_claimed(temporary), "wb") as file:
        try:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
            if status:
                _keep_owner(temporary, status)
            os.chmod(temporary, stat.S_IMODE(status.st_mode) if status else 0o666 & ~_mask())
            if os.name == "nt":  # where an open file cannot be moved
                file.close()
            yield temporary
        except BaseException:  # while it is still locked: the next one of this name is another run's
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise


def put(path: str, after: bytes) -> None:
    """Write a file, new or not, at once and whole; raises OSError.

    It is written in place where it is a device or a pipe, or where another one cannot take its place.
    """
    target = os.path.realpath(path)
    try:
        status = os.stat(path)
    except FileNotFoundError:
        status = None
    if status and _stays(path, target, status):
        return _overwrite(path, after)
    try:
        with _written(target, after, status) as temporary:
            os.replace(temporary, target)
    except WriteError as error:
        raise OSError(errno.EAGAIN, "another run is writing it", path) from error
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise OSError(error.errno, error.strerror, path) from error
        _overwrite(path, after)  # a file that is mounted


def _stays(path: str, target: str, status: os.stat_result) -> bool:
    """Tell whether a file cannot be replaced by another one; what `/dev/stdout` leads to is held open by the shell."""
    named = os.path.abspath(path).startswith(("/dev/", "/proc/"))
    free = os.access(target, os.W_OK) and os.access(os.path.dirname(target), os.W_OK)
    return named or not stat.S_ISREG(status.st_mode) or not free


def _overwrite(path: str, after: bytes) -> None:
    with open(path, "wb") as file:
        file.write(after)


def _mask() -> int:
    """Return which permissions a new file is not given."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def clear(target: str) -> None:
    """Take away what a killed run has left beside a file, if there is something."""
    temporary = beside(target)
    if os.path.lexists(temporary):
        with suppress(OSError):  # nothing is lost by it, and the file itself is as it should be
            _cleared(temporary)


def beside(target: str) -> str:
    """Return the path of the file that the new bytes of a file are written to."""
    from hashlib import sha256  # lazy: only where something is written

    folder, name = os.path.split(target)
    return os.path.join(folder, f".taskfan-lint-{sha256(os.fsencode(name)).hexdigest()[:16]}.tmp")


def _claimed(temporary: str) -> int:
    """Return the handle of a new, locked file; raises WriteError where another run does not give it free."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            handle = os.open(temporary, _NEW, 0o600)
        except FileExistsError:
            if not _cleared(temporary):
                time.sleep(PAUSE)
            continue
        if _is_ours(handle, temporary, unlocked=True):
            return handle
        os.close(handle)  # another run took it for a left one, before it was locked
    raise WriteError("cannot be written: another run is writing it")


def _cleared(temporary: str) -> bool:
    """Take away the file of a run that is no more; return False where it is still written."""
    try:
        status = os.lstat(temporary)
        if not stat.S_ISREG(status.st_mode):  # not ours, and neither followed nor opened
            os.unlink(temporary)
            return True
        handle = os.open(temporary, _OLD)
    except FileNotFoundError:
        return True
    try:
        if not _is_ours(handle, temporary, unlocked=time.time() - status.st_mtime > AGE):
            return False
        os.unlink(temporary)
    finally:
        os.close(handle)
    return True


def _is_ours(handle: int, temporary: str, *, unlocked: bool) -> bool:
    """Lock an open file and tell whether it could be, and is still the one of that name; `unlocked` without locks."""
    try:
        import fcntl  # lazy: not on every system

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(handle), os.lstat(temporary))
    except (BlockingIOError, FileNotFoundError):
        return False
    except (ImportError, OSError):
        return unlocked


def _keep_owner(temporary: str, status: os.stat_result) -> None:
    if hasattr(os, "chown"):
        try:
            os.chown(temporary, status.st_uid, status.st_gid)
        except PermissionError:  # only root may give a file away
            return
