"""Git: what has changed in a repository, asked of the real Git without running anything that the repository names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# A repository is data of others: no hook, monitor, pager, filter, external diff or remote of its configuration may run.
OPTIONS = (
    *("--no-pager", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "core.quotePath=false"),
    *("-c", "submodule.recurse=false"),
)
VARIABLES = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
DIFF = (
    *("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=all"),
    "--diff-filter=d",
)
PATCH = ("--find-renames", "--unified=0", "--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/")

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_CONTROLS = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


class GitError(Exception):
    """Git cannot tell what has changed; the message says why."""


@dataclass(frozen=True)
class Rows:
    """Changed rows of a file, from 1: `count` of them from `first` on; none where rows after `first` were deleted."""

    first: int
    count: int


@dataclass(frozen=True)
class Changes:
    """The changed files of a repository, by absolute real path, each with its changed rows, None for all of them."""

    files: Mapping[str, tuple[Rows, ...] | None]


def changes(folder: Path, *, since: str | None, rows: bool) -> Changes:
    """Return what differs from where the work on `since` began, or is staged where that is None; raises GitError.

    What `since` and the current commit have in common is where the work began. Untracked files count as changed, unless
    they are ignored, and are never staged. Deleted files are left out, and so are those of submodules. Rows are those
    of the files on disk; without `rows` none are asked for.
    """
    root = _line(_git(folder, "rev-parse", "--show-toplevel", why=f"{folder} is in no Git repository"))
    place = Path(root)
    more = _without_filters(place)
    if since is None:
        base = _commit(place, "HEAD") or _line(_git(place, "hash-object", "-t", "tree", os.devnull))
        names = _names(_git(place, *DIFF, "--cached", "--no-renames", "--name-only", "-z", variables=more))
        untracked: list[str] = []
    else:
        base = _start(place, since)
        names = _names(_git(place, *DIFF, "--no-renames", "--name-only", "-z", base, variables=more))
        untracked = _names(_git(place, "ls-files", "--others", "--exclude-standard", "--full-name", "-z"))
    found: dict[str, tuple[Rows, ...] | None] = dict.fromkeys(names, () if rows else None)
    if rows:
        patch = dict(hunks(_git(place, *DIFF, *PATCH, base, variables=more)))
        found |= {name: tuple(patch[name]) for name in names if name in patch}
    found |= dict.fromkeys(untracked)
    return Changes({os.path.join(os.path.realpath(root), name): changed for name, changed in found.items()})


def _start(place: Path, since: str) -> str:
    commit = _commit(place, since)
    if commit is None:
        raise GitError(f"`{since}` is no commit in {place}")
    try:
        return _line(_git(place, "merge-base", commit, "HEAD"))
    except GitError:  # histories with nothing in common, or a clone that is too shallow to tell
        return commit


def _commit(place: Path, name: str) -> str | None:
    try:
        return _line(_git(place, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"))
    except GitError:
        return None


def _without_filters(place: Path) -> dict[str, str]:
    """Return the variables that switch off each filter of the configuration: Git runs them on changed files."""
    try:
        raw = _git(place, "config", "-z", "--name-only", "--get-regexp", r"^filter\..*\.(clean|process|required)$")
    except GitError:  # there is none
        return {}
    first = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
    names = sorted(set(_names(raw)))
    settings: dict[str, str] = {"GIT_CONFIG_COUNT": str(first + len(names))}
    for index, name in enumerate(names, first):
        settings[f"GIT_CONFIG_KEY_{index}"] = name
        settings[f"GIT_CONFIG_VALUE_{index}"] = "false" if name.endswith(".required") else ""
    return settings


def _git(folder: Path, *arguments: str, why: str = "", variables: Mapping[str, str] | None = None) -> bytes:
    """Return what Git prints in a folder; raises GitError, with its own first line where `why` is empty."""
    import subprocess  # lazy: only where Git is asked

    environment = {**os.environ, **VARIABLES, **(variables or {})}
    try:
        done = subprocess.run(
            ["git", *OPTIONS, *arguments], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True
        )
    except FileNotFoundError as error:
        raise GitError("Git is not installed") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        unknown = not said or "not a git repository" in said[0]
        raise GitError(why if why and unknown else f"git {arguments[0]}: {said[0] if said else 'failed'}")
    return done.stdout


def _line(raw: bytes) -> str:
    return os.fsdecode(raw.removesuffix(b"\n"))


def _names(raw: bytes) -> list[str]:
    return [os.fsdecode(name) for name in raw.split(b"\0") if name]


def hunks(patch: bytes) -> Iterator[tuple[str, list[Rows]]]:
    """Yield the new path and the changed rows of each file of a patch without context that has any."""
    name = ""
    found: list[Rows] = []
    left = 0  # rows of the hunk that are still to come: they may look like anything
    for line in patch.split(b"\n"):
        if left:
            left -= line[:1] in (b"+", b"-")
        elif line.startswith(b"+++ "):
            if found:
                yield name, found
            name, found = _path(line[4:]), []
        elif hunk := _HUNK.match(line):
            removed, added = (1 if count is None else int(count) for count in (hunk[1], hunk[3]))
            found.append(Rows(int(hunk[2]), added))
            left = removed + added
    if found:
        yield name, found


def _path(raw: bytes) -> str:
    """Return a path as a patch names it: quoted where it holds a control character, a quote or a backslash."""
    if raw.startswith(b'"'):
        raw = _ESCAPE.sub(lambda found: _unescaped(found[1]), raw[1:-1])
    else:
        raw = raw.removesuffix(b"\t")  # what Git puts after a path with blanks
    return os.fsdecode(raw.removeprefix(b"b/"))


def _unescaped(code: bytes) -> bytes:
    return bytes([int(code, 8)]) if len(code) == 3 else _CONTROLS.get(code, code)
