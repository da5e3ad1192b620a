"""Documents from bytes and back, and snippets that lift their spans and edits."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfan_lint.edit import Edit, Span
from taskfan_lint.source import DecodeError, Snippet, decode, newline_of

FIXTURES = Path(__file__).parent / "fixtures"
BOM = b"\xef\xbb\xbf"
PY = Path("a.py")
MD = Path("a.md")

DECODED = [
    ("utf-8", PY, "x = 'é😀'\n".encode(), "x = 'é😀'\n"),
    ("empty", PY, b"", ""),
    ("byte order mark", PY, BOM + b"x", "x"),
    ("byte order mark alone", MD, BOM, ""),
    ("byte order mark and cookie", PY, BOM + b"# coding: utf-8\n", "# coding: utf-8\n"),
    ("cookie", PY, b"# -*- coding: latin-1 -*-\n'\xe9'\n", "# -*- coding: latin-1 -*-\n'é'\n"),
    ("cookie in the second row", PY, b"#!/bin/python\n# coding=cp1252\n'\x80'", "#!/bin/python\n# coding=cp1252\n'€'"),
    ("cookie behind a non-ASCII letter", PY, b"# \xe9 coding: latin-1\n", "# é coding: latin-1\n"),
    ("stub", Path("a.pyi"), b"# coding: latin-1\n#\xe9", "# coding: latin-1\n#é"),
    ("CRLF, CR, LF", PY, b"a\r\nb\rc\n", "a\r\nb\rc\n"),
    ("form feed", PY, b"\x0ca\n\x0cb", "\x0ca\n\x0cb"),
    ("a cookie means nothing in Markdown", MD, "<!-- coding: latin-1 -->é".encode(), "<!-- coding: latin-1 -->é"),
    ("a script in utf-8", Path("a.ts"), BOM + "'é\0'\n".encode(), "'é\0'\n"),
    ("a script in an old encoding", Path("a.js"), b"// caf\xe9\n", "// caf\xe9\n"),
]


@pytest.mark.parametrize(("path", "raw", "text"), [row[1:] for row in DECODED], ids=[row[0] for row in DECODED])
def test_bytes_become_text_and_the_same_bytes_again(path: Path, raw: bytes, text: str) -> None:
    document = decode(path, raw)
    assert document.text == text
    assert document.encode(text) == raw


REFUSED = [
    ("NUL", PY, b"a\r\nb\x00", "row 2: holds a NUL byte, so it is not text"),
    ("a script in utf-16", Path("a.ts"), b"\xff\xfea\0", "row 1: holds a NUL byte, so it is not text"),
    ("not utf-8", MD, b"a\rb\n\xff", "row 3: byte 0xff is not utf-8 text"),
    ("not what the cookie says", PY, b"# coding: ascii\n\xe9", "row 2: byte 0xe9 is not ascii text"),
    ("unknown cookie", PY, b"#!x\n# coding: klingon\n", "row 2: unknown encoding klingon"),
    ("no text encoding", PY, b"# coding: hex\n", "hex is not a text encoding"),
    ("undefined", PY, b"# coding: undefined\n", "undefined is not a text encoding"),
    ("not reversible", PY, b"# coding: utf-7\n+AGE-", "the text cannot be written back as utf-7 without a change"),
]


@pytest.mark.parametrize(("path", "raw", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_bytes_that_are_no_text_are_refused(path: Path, raw: bytes, message: str) -> None:
    with pytest.raises(DecodeError) as error:
        decode(path, raw)
    assert str(error.value) == message


@pytest.mark.parametrize("path", sorted(FIXTURES.rglob("*.*")), ids=lambda path: path.name)
def test_fixture_files_come_back_byte_for_byte(path: Path) -> None:
    document = decode(path, path.read_bytes())
    assert document.encode(document.text) == path.read_bytes()


@settings(derandomize=True, deadline=None)
@given(
    st.binary(max_size=60), st.sampled_from(["", "latin-1", "utf-8", "utf-7", "utf-16", "hex", "idna", "cp932", "x"])
)
def test_any_bytes_come_back_or_are_refused(body: bytes, cookie: str) -> None:
    raw = f"# coding: {cookie}\n".encode() + body if cookie else body
    try:
        document = decode(PY, raw)
    except DecodeError:
        return
    assert document.encode(document.text) == raw


def test_markdown_is_told_by_its_suffix() -> None:
    assert [decode(Path(name), b"").is_markdown for name in ("a.MD", "a.mdx", "a.mdc", "a.markdown", "a.py")] == [
        True, True, True, True, False,
    ]  # fmt: skip


DOCUMENT = "> ```\n> a\n>\n> bc\n> ```\n"
FENCE = Snippet("a\n\nbc\n", ((0, 8), (2, 11), (3, 14), (6, 19)), ("> ", ">", "> ", "> "), "", True)


@pytest.mark.parametrize(
    ("span", "expected"),
    [((0, 1), (8, 9)), ((2, 2), (11, 11)), ((3, 5), (14, 16)), ((0, 6), (8, 19)), ((5, 6), (16, 19))],
)
def test_a_span_lifts_through_its_anchors(span: tuple[int, int], expected: tuple[int, int]) -> None:
    assert FENCE.lift(Span(*span)) == Span(*expected)


EDITS = [
    ("in a line", Edit(Span(3, 4), "x"), Edit(Span(14, 15), "x")),
    ("a line before", Edit(Span(3, 3), "x\n"), Edit(Span(14, 14), "x\n> ")),
    ("blank lines get no trailing space", Edit(Span(3, 3), "x\n\n"), Edit(Span(14, 14), "x\n>\n> ")),
    ("in a blank line", Edit(Span(2, 2), "x"), Edit(Span(11, 11), " x")),
    ("a line before a blank one", Edit(Span(2, 2), "x\n"), Edit(Span(11, 11), " x\n>")),
    ("a blank line goes", Edit(Span(2, 3), ""), Edit(Span(11, 14), " ")),
    ("CRLF", Edit(Span(0, 0), "x\r\ny\r\n"), Edit(Span(8, 8), "x\r\n> y\r\n> ")),
    ("at the end", Edit(Span(6, 6), "x\n"), Edit(Span(19, 19), "x\n> ")),
    ("at the end without a line end", Edit(Span(6, 6), "x"), Edit(Span(19, 19), "x\n> ")),
    ("the last line end goes", Edit(Span(5, 6), ""), Edit(Span(16, 19), "\n> ")),
    ("all goes", Edit(Span(0, 6), ""), Edit(Span(8, 19), "")),
]


@pytest.mark.parametrize(("edit", "expected"), [row[1:] for row in EDITS], ids=[row[0] for row in EDITS])
def test_an_edit_lifts_with_the_prefix_of_its_line(edit: Edit, expected: Edit) -> None:
    assert FENCE.lift_edit(edit) == expected


def test_a_whole_file_lifts_to_itself() -> None:
    snippet = Snippet("a\nb\n")
    assert snippet.lift(Span(1, 4)) == Span(1, 4)
    assert snippet.lift_edit(Edit(Span(4, 4), "x")) == Edit(Span(4, 4), "x")


def test_a_snippet_can_be_a_key() -> None:
    assert {FENCE: 1}[FENCE] == 1


def test_other_code_of_a_snippet_has_its_length() -> None:
    assert FENCE.with_code("#\n\nbc\n").anchors == FENCE.anchors
    with pytest.raises(ValueError, match=r"^the map of a snippet holds only for code of equal length$"):
        FENCE.with_code("")


@pytest.mark.parametrize(("text", "newline"), [("", "\n"), ("a\r\nb\n", "\r\n"), ("a\rb\n", "\r"), ("a\n\r", "\n")])
def test_the_first_line_end_is_that_of_the_text(text: str, newline: str) -> None:
    assert newline_of(text) == newline
