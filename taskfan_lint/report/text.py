"""The format `text`: each finding with its source excerpt, carets, notes, help and fix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from unicodedata import category, east_asian_width

from click import style

from taskfan_lint.edit import Lines, Span
from taskfan_lint.excerpt import rewrite
from taskfan_lint.finding import Applicability, Finding, Fix, Severity
from taskfan_lint.report import Look, Report, printable

TAB = " " * 4
WIDEST = 120
LEFT_OF_CARETS = 30
MOST_CODE = 16
COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


@dataclass(frozen=True)
class Label:
    """What is marked in one row: cells from `start` to `end` (offsets in the row), and the words beside the mark."""

    row: int
    start: int
    end: int
    words: str
    main: bool


def render(reports: Iterable[Report], look: Look) -> str:
    """Return the findings as blocks of lines, one empty line between two blocks."""
    return "\n".join(block for report in reports for block in _blocks(report, look))


def _blocks(report: Report, look: Look) -> Iterator[str]:
    lines = Lines(report.document.text)
    path = look.path(report.document.path)
    for finding in report.findings:
        yield "".join(f"{line.rstrip()}\n" for line in _block(finding, path, lines, look))


def _block(finding: Finding, path: str, lines: Lines, look: Look) -> Iterator[str]:
    bold, dim = _styles(look, bold=True), _styles(look, fg="blue", bold=True)
    row, column = lines.position(finding.span.start)
    tag = _styles(look, fg=COLORS[finding.severity], bold=True)(f"{finding.severity}[{finding.code}]")
    yield f"{bold(f'{path}:{row}:{column}:')} {tag} {printable(finding.message)}"
    labels = list(_labels(finding, lines))
    indent = " " * (len(str(max(label.row for label in labels))) + 1)
    yield dim(f"{indent}|")
    yield from _excerpt(labels, lines, indent, COLORS[finding.severity], look)
    for word, text in _footer(finding):
        yield f"{indent}{dim('=')} {bold(f'{word}:')} {printable(text)}"
    if finding.fix and finding.fix.applicability is Applicability.DISPLAY:
        plus = _styles(look, fg="green")
        yield from (f"{indent}{plus(f'+ {code}')}" for code in _result(finding.fix, lines))


def _styles(look: Look, fg: str | None = None, bold: bool | None = None) -> partial[str] | type[str]:
    return partial(style, fg=fg, bold=bold) if look.color else str


def _labels(finding: Finding, lines: Lines) -> Iterator[Label]:
    """Yield the finding's own label, then those of notes at other places.

    The first note is the words beside the carets if it is about the finding's own place; a later one of that kind is
    a line of its own, below the excerpt.
    """
    yield _label(finding.span, finding.notes[0].message if _is_captioned(finding) else "", lines, main=True)
    for note in finding.notes:
        if note.span != finding.span:
            yield _label(note.span, note.message, lines, main=False)


def _is_captioned(finding: Finding) -> bool:
    return bool(finding.notes) and finding.notes[0].span == finding.span


def _label(span: Span, words: str, lines: Lines, *, main: bool) -> Label:
    row, column = lines.position(span.start)
    source = lines.row(row)
    start = min(column - 1, len(source))
    ends_here = lines.position(span.end)[0] == row
    end = column - 1 + span.end - span.start if ends_here else len(source.rstrip())
    return Label(row, start, max(end, start), words, main)


def _footer(finding: Finding) -> Iterator[tuple[str, str]]:
    for note in finding.notes[_is_captioned(finding) :]:
        if note.span == finding.span:
            yield "note", note.message
    if finding.help:
        yield "help", finding.help
    match finding.fix:
        case Fix(Applicability.SAFE, message):
            yield "fix", f"{message} (safe)"
        case Fix(Applicability.UNSAFE, message):
            yield "fix", f"{message} (unsafe: --unsafe-fixes)"
        case Fix(Applicability.DISPLAY, message) if message != finding.help:
            yield "help", message


def _result(fix: Fix, lines: Lines) -> Iterator[str]:
    """Yield the lines that a fix would leave in place of those that it touches."""
    code = rewrite(fix, lines).after
    yield from (printable(line.expandtabs(len(TAB))) for line in code[:MOST_CODE])
    if len(code) > MOST_CODE:
        yield f"... ({len(code) - MOST_CODE} more lines)"


def _excerpt(labels: list[Label], lines: Lines, indent: str, color: str, look: Look) -> Iterator[str]:
    """Yield the marked rows in order, each with its marks below; a gap of one row is shown, a longer one is `...`."""
    dim = _styles(look, fg="blue", bold=True)
    before = 0
    for row, group in groupby(sorted(labels, key=lambda label: (label.row, not label.main)), lambda label: label.row):
        if before and row == before + 2:
            yield f"{dim(f'{row - 1:>{len(indent) - 1}} |')} {_crop(lines.row(row - 1), 0)[0]}"
        elif before and row > before + 1:
            yield dim("...")
        marks = list(group)
        source, cut = _crop(lines.row(row), marks[0].start)
        yield f"{dim(f'{row:>{len(indent) - 1}} |')} {source}"
        for label in marks:
            paint = _styles(look, fg=color if label.main else "blue", bold=True)
            yield f"{dim(f'{indent}|')} {_carets(label, lines.row(row), cut, paint)}"
        before = row


def _carets(label: Label, source: str, cut: int, paint: partial[str] | type[str]) -> str:
    left = max(_width(source[: label.start]) - cut, 0)
    wide = _width(source[label.start : label.end]) or 1
    wide = max(min(wide, WIDEST - left), 1)
    mark = ("^" if label.main else "-") * wide
    return " " * min(left, WIDEST) + paint(f"{mark} {printable(label.words)}".rstrip())


def _crop(source: str, start: int) -> tuple[str, int]:
    """Return the part of a row to show around `start`, and how many columns are cut off at its left."""
    shown = [_cell(character) for character in source]
    if _width(source) <= WIDEST:
        return "".join(shown), 0
    cut = max(_width(source[:start]) - LEFT_OF_CARETS, 0)
    column, kept = 0, []
    for character, cell in zip(source, shown, strict=True):
        if cut <= column < cut + WIDEST:
            kept.append(cell)
        column += _width(character)
    left = "…" if cut else ""
    right = "…" if column > cut + WIDEST else ""
    return left + "".join(kept)[len(left) :] + right, cut


def _cell(character: str) -> str:
    return TAB if character == "\t" else printable(character)


def _width(source: str) -> int:
    """Return how many terminal columns a piece of a row takes as it is shown."""
    if source.isascii() and source.isprintable():
        return len(source)
    return sum(_columns(shown) for character in source for shown in _cell(character))


def _columns(character: str) -> int:
    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
