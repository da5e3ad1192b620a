"""Functions that dispatch: what a call of one means where it is called, and where another file finds them.

A function that dispatches one agent each time counts as a dispatch where it is called; one that dispatches several,
or that asks, checks or slows down besides, is a group of its own and separates what stands around its call.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import NamedTuple

from taskfan_lint.analysis.model import Dispatch, Ref

UNKNOWN = "?"  # stands before the name of a local whose text is not known: it differs from call to call


class Helper(NamedTuple):
    """A function that dispatches.

    `dispatch` is what one call sends, None where a call is a group of its own, named by `boundary` as the exemptions
    are. `way` are the functions on the way to the dispatch, this one first; `place` is the file and the row of the
    dispatch where it stands in another file. Of the `parameters`, `reaches` get into the dispatch and `changes` are
    changed; `shares` are the names outside that it both reads and changes, so that a call depends on the one before.
    """

    name: str
    dispatch: Dispatch | None
    way: tuple[str, ...]
    boundary: str = ""
    parameters: tuple[str, ...] = ()
    reaches: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    shares: frozenset[str] = frozenset()
    asynchronous: bool = False
    method: bool = False
    place: str = ""


@dataclass(frozen=True)
class Index:
    """The helpers of the files of a project: file to name to helper, and the files that may call one of another."""

    files: Mapping[str, Mapping[str, Helper]] = field(default_factory=dict)
    callers: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """The names of all helpers: no file that holds none of them calls one."""
        return frozenset(name for helpers in self.files.values() for name in helpers)

    def lookup(self, path: str, origin: str) -> Helper | None:
        """Return the helper that a file at `path` imports as `origin`, such as `.agents.launch` or `lib.launch`.

        None where that is no helper.
        """
        if not self.files:
            return None
        module, _, name = origin.lstrip(".").rpartition(".")
        return self.helpers_of(path, "." * (len(origin) - len(origin.lstrip("."))) + module).get(name)

    def helpers_of(self, path: str, module: str) -> Mapping[str, Helper]:
        """Return the helpers of a module as a file at `path` imports it; leading dots are levels of a relative import.

        An absolute import is looked for in the folders above the file, the closest first, and in their `src`.
        """
        return next((self.files[file] for file in places(path, module) if file in self.files), {})


def places(path: str, module: str) -> Iterator[str]:
    """Yield the files that a module can be when a file at `path` imports it, the first choice first."""
    dots = len(module) - len(module.lstrip("."))
    parts = [part for part in module.lstrip(".").split(".") if part]
    folders = list(PurePath(path).parents)
    for folder in folders[dots - 1 : dots] if dots else folders:
        for root in (folder,) if dots else (folder, folder / "src"):
            yield str(root.joinpath(*parts, "__init__.py"))
            if parts:
                yield f"{root.joinpath(*parts)}.py"


NO_INDEX = Index()


def is_outer(part: Ref, local: Collection[str]) -> bool:
    """Tell whether a part of a text is a name from outside of the function, which is the same for each call."""
    return part.name.isidentifier() and part.name not in local
