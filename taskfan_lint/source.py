"""Documents (bytes to text and back) and the snippets of code that they hold."""

from __future__ import annotations

import codecs
import io
import re
import tokenize
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from taskfan_lint.edit import NEWLINE, Edit, Span
from taskfan_lint.kinds import MARKDOWN_SUFFIXES as MARKDOWN_SUFFIXES
from taskfan_lint.kinds import PYTHON_SUFFIXES as PYTHON_SUFFIXES
from taskfan_lint.kinds import SCRIPT_SUFFIXES as SCRIPT_SUFFIXES
from taskfan_lint.outside import Outside

_LINE = re.compile(r"\S[^\r\n]*")


class DecodeError(ValueError):
    """The bytes of a document are not text; the message names the encoding and the row."""


@dataclass(frozen=True)
class Document:
    """One file as text: line ends as they stand in the bytes, a byte order mark kept apart."""

    path: Path
    text: str
    encoding: str = "utf-8"
    bom: bytes = b""

    @property
    def is_markdown(self) -> bool:
        return self.path.suffix.lower() in MARKDOWN_SUFFIXES

    @property
    def is_script(self) -> bool:
        """Tell whether the file is JavaScript or TypeScript."""
        return self.path.suffix.lower() in SCRIPT_SUFFIXES

    def encode(self, text: str) -> bytes:
        """Return the bytes of `text` in this document's encoding; raises UnicodeEncodeError."""
        return self.bom + text.encode(self.encoding)


def decode(path: Path, raw: bytes) -> Document:
    """Return the document that `raw` holds; raises DecodeError for bytes that are not text."""
    bom = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
    body = raw[len(bom) :]
    suffix = path.suffix.lower()
    encoding = _declared_encoding(raw) if suffix in PYTHON_SUFFIXES else "utf-8"
    if suffix in SCRIPT_SUFFIXES and not raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decode_script(path, body, bom)
    if b"\x00" in body:
        raise DecodeError(f"row {_row(body, body.index(0))}: holds a NUL byte, so it is not text")
    try:
        text = body.decode(encoding)
        reversible = encoding == "utf-8" or text.encode(encoding) == body
    except UnicodeDecodeError as error:
        row = _row(body, error.start)
        raise DecodeError(f"row {row}: byte 0x{body[error.start]:02x} is not {encoding} text") from error
    except (LookupError, UnicodeError) as error:  # codecs such as `hex` and `undefined` are no text encodings
        raise DecodeError(f"{encoding} is not a text encoding") from error
    if not reversible:
        raise DecodeError(f"the text cannot be written back as {encoding} without a change")
    return Document(path, text, encoding, bom)


def _decode_script(path: Path, body: bytes, bom: bytes) -> Document:
    """Return the document of a script, in which a NUL may stand, and what is not UTF-8 is of another old encoding."""
    try:
        return Document(path, body.decode("utf-8"), "utf-8", bom)
    except UnicodeDecodeError:
        return Document(path, body.decode("latin-1"), "latin-1", bom)


def _declared_encoding(raw: bytes) -> str:
    """Return the codec name of a Python source by its coding cookie (PEP 263), UTF-8 without one."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
    except SyntaxError:  # an unknown cookie, a cookie against the mark, or a row that is not UTF-8 before it is known
        return _odd_encoding(raw)
    return "utf-8" if encoding == "utf-8-sig" else encoding


def _odd_encoding(raw: bytes) -> str:
    cookie = re.match(rb"(?:[ \t\f]*(?:#.*)?\n)?[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", raw)
    if cookie is None:
        return "utf-8"
    name = cookie[1].decode("ascii")
    if raw.startswith(codecs.BOM_UTF8):
        return "utf-8"
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise DecodeError(f"row {_row(raw, cookie.start(1))}: unknown encoding {name}") from None


def _row(raw: bytes, offset: int) -> int:
    return len(NEWLINE.findall(raw[:offset].decode("latin-1"))) + 1


@dataclass(frozen=True)
class Snippet:
    """Code of a document and the map back to it.

    `anchors` holds one pair (offset in code, offset in document) for each line of the code, and one for its end where
    the code ends with a line end; `prefixes` holds what stands before each of these lines in the document (list
    indentation, block quote marks). The prefix of a blank line may be cut short there. `loose` code stands outside of
    fences, and is `fenced` all the same: it is read as code in a fence is. A counter-example is marked as wrong from
    outside of the code. `ignores` names the rules that the comment at `ignore_span` (a span of the
    document) switches off for this snippet, `*` for all of them. `rewritten` maps a line of the code that is no longer
    as it was written to the line in the document, both without indentation. `outside` is given for a slice of a file,
    whose anchors are one for each run of lines that are together in the document.
    """

    code: str
    anchors: tuple[tuple[int, int], ...] = ((0, 0),)
    prefixes: tuple[str, ...] = ("",)
    tag: str = "python"
    fenced: bool = False
    loose: bool = False
    counterexample: bool = False
    ignores: tuple[str, ...] = ()
    ignore_span: Span | None = None
    rewritten: Mapping[str, str] = field(default_factory=dict, hash=False)
    outside: Outside | None = field(default=None, hash=False)

    def offset(self, offset: int) -> int:
        """Return the document offset of a code offset."""
        code, document = self.anchors[self._line(offset)]
        return document + offset - code

    def prefix(self, offset: int) -> str:
        """Return what stands before the line of a code offset in the document."""
        return self.prefixes[self._line(offset)]

    def lift(self, span: Span) -> Span:
        """Return the document span of a code span."""
        return Span(self.offset(span.start), self.offset(span.end))

    def lift_edit(self, edit: Edit) -> Edit:
        """Return the edit of the document that does what `edit` does to the code.

        Each line that the edit adds gets the prefix of the line at which the edit starts, a rewritten line is put back
        as it was, and a fence keeps its closing line to itself.
        """
        if not self.fenced:
            return Edit(self.lift(edit.span), edit.content)
        content = _LINE.sub(lambda line: self.rewritten.get(line[0], line[0]), self._kept_from_closing(edit))
        prefix, missing = self._prefix(edit.span.start)
        following = content + self.code[edit.span.end : edit.span.end + 1]
        if following[:1] in ("\r", "\n"):
            missing = ""

        def prefixed(newline: re.Match[str]) -> str:
            blank = following[newline.end() : newline.end() + 1] in ("\r", "\n")
            return newline[0] + (prefix.rstrip() if blank else prefix)

        return Edit(self.lift(edit.span), missing + NEWLINE.sub(prefixed, content))

    def _kept_from_closing(self, edit: Edit) -> str:
        """Return the content of an edit with the line end that keeps it apart from the fence's closing line."""
        before = edit.content or self.code[: edit.span.start]
        at_closing = edit.span.end == len(self.code) and (not self.code or self.code[-1] in "\r\n")
        if not at_closing or not before or before[-1] in "\r\n":
            return edit.content
        return edit.content + newline_of(self.code or edit.content)

    def _prefix(self, offset: int) -> tuple[str, str]:
        """Return the prefix for lines added at an offset, and what the line there lacks of it (if it is blank)."""
        line = self._line(offset)
        start, prefix = self.anchors[line][0], self.prefixes[line]
        full = max(self.prefixes, key=_width)
        blank = self.code[start : start + 1] in ("\r", "\n")
        if blank and _width(prefix) < _width(full) and full.startswith(prefix):
            return full, full[len(prefix) :]
        return prefix, ""

    def _line(self, offset: int) -> int:
        if len(self.anchors) == 1:
            return 0
        return bisect_right(self.anchors, (offset, float("inf"))) - 1

    def with_code(self, code: str) -> Snippet:
        """Return this snippet with other code of equal length and equal lines."""
        if len(code) != len(self.code):
            raise ValueError("the map of a snippet holds only for code of equal length")
        return replace(self, code=code)


def _width(prefix: str) -> int:
    return len(prefix.expandtabs(4))


def newline_of(text: str) -> str:
    """Return the line end that `text` uses first, a line feed where it has none."""
    match = NEWLINE.search(text)
    return match[0] if match else "\n"
