"""The repair of a fence: calls kept, everything around them made to parse or turned into comments."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from taskfan_lint.dialect import lines, scan
from taskfan_lint.dialect.arguments import mend_call
from taskfan_lint.dialect.canvas import Canvas, Name
from taskfan_lint.dialect.lines import Line
from taskfan_lint.edit import Span


@dataclass(frozen=True)
class Label:
    """What stood before a call on its line: "Message 2:", "❌"."""

    span: Span
    text: str


@dataclass(frozen=True)
class Repaired:
    """Code of the same length that may parse.

    `spans` were changed, by the `repairs` named; `labels` stood before `calls`; `lost` are the offsets of calls that
    nothing closes.
    """

    code: str
    spans: tuple[Span, ...]
    repairs: tuple[Name, ...]
    labels: tuple[Label, ...]
    lost: tuple[int, ...] = ()
    calls: tuple[scan.Call, ...] = ()


def repair(code: str, names: Iterable[str]) -> Repaired:
    """Return pseudo-code as Python of equal length; `names` are those of calls that start work."""
    calls, unclosed = scan.calls(code, names)
    work = _Repair(code, calls)
    work.run()
    canvas = work.canvas
    changed, lost = tuple(_changed(canvas)), _lost(code, unclosed)
    return Repaired(canvas.text, changed, tuple(canvas.repairs), tuple(work.labels), lost, tuple(calls))


def _lost(code: str, unclosed: Iterable[int]) -> tuple[int, ...]:
    """Return the offsets of unclosed calls that stand where code stands, and not in a sentence."""
    lost = []
    for offset in unclosed:
        start = max(code.rfind("\n", 0, offset), code.rfind("\r", 0, offset)) + 1
        prefix = code[start:offset].lstrip()
        if lines.is_code_prefix(prefix[lines.label(prefix) :]):
            lost.append(offset)
    return tuple(lost)


def _changed(canvas: Canvas) -> Iterable[Span]:
    """Yield the runs of code points that differ from the original."""
    start = None
    for index, (old, new) in enumerate(zip(canvas.original, canvas.text, strict=True)):
        if old != new and start is None:
            start = index
        elif old == new and start is not None:
            yield Span(start, index)
            start = None
    if start is not None:
        yield Span(start, len(canvas.original))


@dataclass
class _Unit:
    """Lines that make one statement: kept as code, or turned into a comment."""

    first: Line
    last: Line
    code: bool
    header: bool = False
    call: bool = False


def _is_blank(line: Line) -> bool:
    return line.end == line.first


def _between(units: list[_Unit], opened: _Unit, index: int) -> list[_Unit]:
    """Return the units behind a header and before the one at `index`."""
    start = index - 1
    while units[start] is not opened:
        start -= 1
    return units[start + 1 : index]


class _Repair:
    """One fence under repair."""

    def __init__(self, code: str, calls: list[scan.Call]) -> None:
        self.canvas = Canvas(code)
        self.calls = calls
        self.labels: list[Label] = []
        self._lines = lines.split(code)
        self._starts = [line.start for line in self._lines]

    def run(self) -> None:
        for call in self.calls:
            mend_call(self.canvas, call)
        self._indent(list(self._units()))

    def _units(self) -> Iterable[_Unit]:
        """Yield the statements of the text, each line made code or comment."""
        index = 0
        pending = list(reversed(self.calls))
        while index < len(self._lines):
            line = self._lines[index]
            here = []
            while pending and pending[-1].start <= line.end:
                here.append(pending.pop())
            last = self._last_line(index, here)
            while pending and pending[-1].start <= self._lines[last].end:
                here.append(pending.pop())
            if here:
                yield self._call_unit(line, self._lines[last], here)
            else:
                last = index
                yield self._other_unit(line)
            index = last + 1

    def _last_line(self, index: int, here: list[scan.Call]) -> int:
        """Return the line on which a statement that starts at a line ends, its brackets closed."""
        end = max((call.end for call in here), default=0)
        line = self._lines[index]
        if here:
            depth = 0
            code = self.canvas.original
            for _, token in scan.marks(code, line.start, here[0].start):
                depth += 1 if token in "([{" else -1
            limit = min(len(code), here[0].end + scan.MAX_CALL)
            for offset, token in scan.marks(code, here[0].end, limit) if depth > 0 else ():
                depth += 1 if token in "([{" else -1
                if depth == 0:
                    end = max(end, offset + 1)
                    break
        while index + 1 < len(self._lines) and self._lines[index + 1].start <= end:
            index += 1
        return index

    def _call_unit(self, first: Line, last: Line, here: list[scan.Call]) -> _Unit:
        canvas, call = self.canvas, here[0]
        prefix = canvas.slice(first.first, call.start)
        if not lines.is_code_prefix(prefix):
            if declared := lines.declared(prefix):
                self._declare(first, declared)
            elif not self._mend_label(first, prefix):
                return self._prose(first, last)
        self._mend_rest(first, last, here)
        return _Unit(first, last, code=True, call=True)

    def _declare(self, line: Line, declared: re.Match[str]) -> None:
        """Turn `const x = await ` into `x = await ` of equal length."""
        text = declared["name"] + "=" + declared["wait"]
        self.canvas.write(line.first, text.ljust(len(declared[0])), "declaration")

    def _mend_label(self, line: Line, prefix: str) -> bool:
        """Turn a label before a call into something that parses; tell whether it was one."""
        length = lines.label(prefix)
        rest = prefix[length:]
        if length == 0 or not lines.is_code_prefix(rest):
            return False
        text = prefix[:length].strip()
        if "=" in rest:
            return False
        self.labels.append(Label(Span(line.first, line.first + len(prefix[:length].rstrip())), text))
        self.canvas.write(line.first, "+".ljust(length), "label")
        return True

    def _mend_rest(self, first: Line, last: Line, here: list[scan.Call]) -> None:
        """Turn what stands behind the last call of a statement into a comment where it does not parse."""
        canvas = self.canvas
        end = here[-1].end
        rest = canvas.slice(end, last.end)
        if not rest.lstrip(" \t;,").startswith("//") and lines.is_statement_block(canvas.slice(first.first, last.end)):
            return
        lead = re.match(r"[ \t;,]*", rest)
        start = end + (lead.end() if lead else 0)
        if lead and lead[0].strip():
            canvas.blank(end, start, "separator")
        if rest[start - end :].startswith("//"):
            canvas.write(start, "# ", "comment")
        elif start < last.end and canvas.slice(start, start + 1) != "#":
            canvas.write(start, "#", "arrow")

    def _prose(self, first: Line, last: Line) -> _Unit:
        index = bisect_left(self._starts, first.start)
        while index < len(self._lines) and self._lines[index].start <= last.start:
            lines.comment(self.canvas, self._lines[index], "prose")
            index += 1
        return _Unit(first, last, code=False)

    def _other_unit(self, line: Line) -> _Unit:
        canvas = self.canvas
        text = canvas.slice(line.first, line.end)
        if not text or text.startswith("#"):
            return _Unit(line, line, code=False)
        if text.startswith("//"):
            canvas.write(line.first, "# ", "comment")
            return _Unit(line, line, code=False)
        if lines.is_header(text):
            return _Unit(line, line, code=True, header=True)
        if lines.mend_header(canvas, line):
            return _Unit(line, line, code=True, header=True)
        if lines.is_statement(text):
            return _Unit(line, line, code=True)
        return self._prose(line, line)

    # indentation

    def _indent(self, units: list[_Unit]) -> None:
        """Make the indentation of the kept statements one that Python accepts."""
        stack = [0]
        opened: _Unit | None = None
        for index, unit in enumerate(units):
            if not unit.code:
                continue
            indent = unit.first.indent
            if opened is not None and indent <= stack[-1]:
                self._close_empty(units, index, opened)
                opened = None
            if opened is None and indent > stack[-1]:
                indent = self._deeper(units, index, stack[-1])
                if indent > stack[-1]:
                    stack.append(indent)
            elif opened is not None:
                stack.append(indent)
                opened = None
            while indent < stack[-1]:
                stack.pop()
            if indent != stack[-1]:
                indent = self._shift(unit, stack[-1])
            opened = unit if unit.header and unit.code else None
        if opened is not None:
            self._close_empty(units, len(units), opened)

    def _deeper(self, units: list[_Unit], index: int, level: int) -> int:
        """Give a statement that is indented without a header one, or move its start; return its indentation."""
        above = next(
            (one for one in map(units.__getitem__, range(index - 1, -1, -1)) if not _is_blank(one.first)), None
        )
        unit = units[index]
        if above is not None and not above.code and above.first.indent == level and above.first is above.last:
            if self.canvas.original[above.first.first : above.first.end].rstrip().endswith(":"):
                if lines.open_block(self.canvas, above.first):
                    return unit.first.indent
        return self._shift(unit, level)

    def _shift(self, unit: _Unit, level: int) -> int:
        """Start a statement further left; return the level, or leave the line as a comment."""
        if unit.call and not unit.header:
            text = self.canvas.slice(unit.first.first, unit.last.end)
            if not re.match(r"[\w.]+\s*(?::[^=()]+)?=[^=]", text):
                sign = "+" if unit.first.indent - level > 0 else ""
                self.canvas.write(unit.first.start + level, sign, "indentation")
                return level
        self._prose(unit.first, unit.last)
        unit.code = unit.header = False
        return level

    def _close_empty(self, units: list[_Unit], index: int, opened: _Unit) -> None:
        """Give a header without statements a body: its first comment, or make it a comment itself."""
        for unit in _between(units, opened, index):
            line = unit.first
            if not unit.code and line.indent > opened.first.indent and line.end - line.first >= 5:
                self.canvas.write(line.first, "pass#", "empty body")
                return
        self._prose(opened.first, opened.last)
        opened.code = opened.header = False
