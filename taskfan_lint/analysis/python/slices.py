"""A long Python file in slices: the functions that belong together, with the module's own statements around them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from taskfan_lint.analysis.python.cut import Statement, cut
from taskfan_lint.analysis.python.gate import declared, idle, imported_helpers, may_dispatch, words_of
from taskfan_lint.analysis.python.parse import parse
from taskfan_lint.analysis.python.sweep import Swept, sweep
from taskfan_lint.analysis.python.together import helper_names, module_matters, together
from taskfan_lint.analysis.reading import Reading, Unparsable
from taskfan_lint.edit import Lines, Span
from taskfan_lint.outside import Outside
from taskfan_lint.source import Snippet, newline_of

_IMPORT = re.compile(r"(?:import|from)\b")
SIZE = 16_000  # code points of functions in a slice, more where they belong together


def slices(code: str, reading: Reading, size: int = SIZE) -> list[Snippet] | None:
    """Return the slices of a file that can hold a finding, in order of place; None where it must be read as a whole.

    It is where it doesn't parse, where its own statements may dispatch, and where one name is imported from several
    places.
    """
    if "ignore-file" in code or "\f" in code:
        return None
    statements = cut(code)
    if statements is None:
        return None
    try:
        return _slices(code, statements, reading, size)
    except Unparsable:
        return None


def _slices(code: str, statements: list[Statement], reading: Reading, size: int) -> list[Snippet] | None:
    settings, every = reading.settings, [one.part for one in statements]
    importing = [part for part in every if reading.index.files and "import" in part.words]
    imported = frozenset[str]().union(*(imported_helpers(part.node, reading) for part in importing))
    if not imported and "taskfan:" not in code and not any(may_dispatch(part, settings) for part in every):
        return []
    left_out = idle(every, settings, imported)
    gone = {id(part) for part in left_out}
    kept = [one for one in statements if one.part.name and id(one.part) not in gone]
    around = [one for one in statements if not one.part.name]
    swept = [sweep(one.part.text) for one in kept]
    module = sweep("".join(one.part.text + newline_of(code) for one in around))
    helpers = helper_names(swept, settings) | imported
    if module_matters(around, kept, helpers, settings) or _is_ambiguous([*swept, module]):
        return None
    idlers = [one for one in statements if id(one.part) in gone]
    outer = declared(left_out)
    hidden = outer.union(*(part.names for part in left_out))
    total = _Total([*swept, module], frozenset(part.name for part in left_out), hidden)
    defined = frozenset(part.name for part in every)
    file = _File(code, Lines(code), statements, idlers, kept, swept, module, total, hidden, outer, defined)
    if _imports_late(statements):
        return None
    wholes = [file.whole(one) for one in kept]
    if any(one.end > other.start for one, other in pairwise(wholes)):  # a comment that is below one and above the next
        return None
    size = max(size, 4 * sum(len(one.part.text) for one in around))
    found = [file.slice(group) for group in _packed(together(kept, swept, total.bound, helpers), kept, size)]
    return [*file.rest(), *found]


def _imports_late(statements: Iterable[Statement]) -> bool:
    """Tell whether a file imports nothing before its first function, but does after it."""
    imports = [bool(one.part.name) for one in statements if one.part.name or _IMPORT.match(one.part.text)]
    return imports[:1] == [True] and False in imports


def _is_ambiguous(pieces: Iterable[Swept]) -> bool:
    """Tell whether a name is imported from several places, of which the last one in the file would count."""
    origins = {(name, origin) for piece in pieces for name, origin in piece.origins.items()}
    return len(origins) > len({name for name, _ in origins})


def _packed(groups: Iterable[list[int]], kept: Sequence[Statement], size: int) -> Iterator[list[int]]:
    """Yield groups put together up to a size."""
    pack: list[int] = []
    length = 0
    for group in groups:
        own = sum(len(kept[index].part.text) for index in group)
        if pack and length + own > size:
            yield sorted(pack)
            pack, length = [], 0
        pack += group
        length += own
    if pack:
        yield sorted(pack)


class _Total:
    """What all pieces of a file bind, import, change and name."""

    def __init__(self, pieces: Sequence[Swept], defined: frozenset[str], hidden: frozenset[str]) -> None:
        self.bound, self.imported, self.changed = Counter(defined), Counter[str](), Counter[str]()
        self.origins: dict[str, str] = {}
        names = set(hidden | defined)
        for piece in pieces:
            self.bound.update(piece.bound)
            self.imported.update(piece.imported)
            self.changed.update(piece.changed)
            self.origins.update(piece.origins)
            names |= piece.names
        self.outer = frozenset[str]().union(*(piece.outer for piece in pieces))
        self.names = frozenset(names)


@dataclass(frozen=True)
class _File:
    """A file that is being cut in slices: its own statements, the functions that are kept, and what they bind."""

    code: str
    lines: Lines
    statements: Sequence[Statement]
    left_out: Sequence[Statement]
    kept: Sequence[Statement]
    swept: Sequence[Swept]
    module: Swept
    total: _Total
    hidden: frozenset[str]
    outer: frozenset[str]
    defined: frozenset[str]

    def slice(self, group: Sequence[int]) -> Snippet:
        """Return the slice of some functions: these, what the module does itself, and a line for all between."""
        own = [self.whole(self.kept[index]) for index in group]
        named = next(one for one in self.statements if one.part.name)
        mine = any(self.kept[index] is named for index in group)
        head = Span(0, self.whole(named).start if mine else named.span.start)
        around = [one.span for one in self.statements if not one.part.name and one.span.start >= head.end]
        return self._snippet([head, *around], own, [self.swept[index] for index in group])

    def rest(self) -> Iterator[Snippet]:
        """Yield the slice of all but the functions, if it has a comment of ours: nothing else is found in it.

        Raises Unparsable.
        """
        gone = sorted([*map(self.whole, self.kept), *(one.span for one in self.left_out)])
        starts, ends = [0, *(span.end for span in gone)], [*(span.start for span in gone), len(self.code)]
        own = [Span(start, end) for start, end in zip(starts, ends, strict=True)]
        if any("taskfan:" in self.code[span.start : span.end] for span in own):
            found = self._snippet([], own, [])
            parse(found.code)  # LibCST changes some comments that no statement follows
            yield found

    def whole(self, one: Statement) -> Span:
        """Return the lines of a function with the comments right above it, and those below that are indented."""
        rows = self.lines
        first = rows.position(one.span.start)[0]
        while first > 1 and rows.row(first - 1).lstrip().startswith("#"):
            first -= 1
        last = row = rows.position(one.span.end - 1)[0]
        while row < len(rows):
            row += 1
            text = rows.row(row)
            if text.lstrip().startswith("#") and text[0] in " \t":
                last = row
            elif text.strip():
                break
        return Span(rows.span(first).start, rows.span(last).end)

    def _snippet(self, around: Sequence[Span], own: Sequence[Span], swept: Sequence[Swept]) -> Snippet:
        newline, parts, anchors, mine = newline_of(self.code), [], [], []
        length = last = 0
        for span in sorted({span for span in (*around, *own) if span.start < span.end}):
            if span.start > last:
                anchors.append((length, last))
                parts.append(newline)
                length += len(newline)
            anchors.append((length, span.start))
            parts.append(self.code[span.start : span.end])
            if span in own:
                mine.append(Span(length, length + span.end - span.start))
            length, last = length + span.end - span.start, span.end
        code = "".join(parts)
        outside = self._outside(words_of(code), tuple(mine), [self.module, *swept])
        return Snippet(code, tuple(anchors), ("",) * len(anchors), outside=outside)

    def _outside(self, words: frozenset[str], own: tuple[Span, ...], inside: Sequence[Swept]) -> Outside:
        total = self.total
        bound = {word: total.bound[word] - sum(one.bound[word] for one in inside) for word in words}
        imported = {word: total.imported[word] - sum(one.imported[word] for one in inside) for word in words}
        changed = {word for word in words if total.changed[word] > sum(word in one.changed for one in inside)}
        return Outside(
            own,
            {word: count for word, count in bound.items() if count},
            {word: count for word, count in imported.items() if count},
            {word: total.origins[word] for word in words if word in total.origins},
            frozenset(changed),
            words & (total.outer | self.outer),
            words & self.hidden,
            frozenset(),
            total.names,
            words & self.defined,
        )
