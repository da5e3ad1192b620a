"""A text that is repaired in place: every change keeps its length, and is remembered with the repair's name."""

from __future__ import annotations

import re
from typing import Literal, get_args

Name = Literal[
    "arrow",
    "comment",
    "declaration",
    "elision",
    "empty body",
    "indentation",
    "key: value",
    "label",
    "placeholder",
    "prose",
    "pseudo header",
    "separator",
    "text of several lines",
]
NAMES: tuple[Name, ...] = get_args(Name)


class Canvas:
    """The text being repaired, and the names of the repairs that changed it."""

    def __init__(self, text: str) -> None:
        self.original = text
        self.repairs: list[Name] = []
        self._characters = list(text)

    @property
    def text(self) -> str:
        return "".join(self._characters)

    def slice(self, start: int, end: int) -> str:
        """Return the text between two offsets as it stands now."""
        return "".join(self._characters[start:end])

    def write(self, start: int, content: str, *repairs: Name) -> None:
        """Put `content` over what stands at `start`."""
        if self._characters[start : start + len(content)] == list(content):
            return
        self._characters[start : start + len(content)] = content
        self.repairs += [one for one in repairs if one not in self.repairs]

    def blank(self, start: int, end: int, repair: Name) -> None:
        """Put spaces over a span, its line ends kept."""
        self.write(start, re.sub(r"[^\r\n]", " ", self.slice(start, end)), repair)

    def opaque(self, start: int, end: int, repair: Name) -> None:
        """Put a name over the first word of a span and spaces over the rest."""
        first = re.match(r"\S+", self.slice(start, end))
        length = len(first[0]) if first else 1
        self.write(start, "_" * length, repair)
        self.blank(start + length, end, repair)
