"""Which files may call a function of another file: those that have the words for importing and calling it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import PurePath

from taskfan_lint.source import Document

_IMPORT = re.compile(r"\bimport\b")
_CONTINUED = re.compile(r"\\[\r\n]")


class Wanted:
    """Functions that other files may call: their names, by the absolute path of their file."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        self._files: dict[str, set[str]] = {}
        for path, own in names.items():
            for name in own:
                self._files.setdefault(name, set()).add(path)
        paths = {path for own in self._files.values() for path in own}
        self._modules = {path: PurePath(path).stem for path in paths}
        self._stems = frozenset(self._modules.values())

    def may_be_called(self, document: Document) -> bool:
        """Tell whether a Python file may call one of the functions of another file."""
        if "import" not in document.text:
            return False
        from taskfan_lint.analysis.python.gate import words_of  # lazy: only where a function dispatches

        imported = words_of(imports(document.text))
        modules = self._stems & {*imported, "__init__"}  # a package has no name in `from . import`
        if not modules:
            return False
        own = str(document.path.absolute())
        return any(
            path != own and self._modules[path] in modules
            for name in self._files.keys() & words_of(document.text)
            for path in self._files[name]
        )


def imports(text: str) -> str:
    """Return the import statements of a text, and what else stands in a line with the word; all of it in doubt."""
    if _CONTINUED.search(text):
        return text
    return "\n".join(_lines(text))


def _lines(text: str) -> Collection[str]:
    found = []
    for word in _IMPORT.finditer(text):
        start, end = text.rfind("\n", 0, word.start()) + 1, text.find("\n", word.end())
        if "(" in text[word.end() : end]:
            end = text.find(")", word.end())
            end = -1 if "#" in text[word.end() : end] else end  # the bracket may be a comment's
        found.append(text[start : end if end >= 0 else len(text)])
    return found
