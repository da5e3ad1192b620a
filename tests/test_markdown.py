"""Fences as snippets: exact places in every container, what marks them, what their edits do to the document."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from taskfan_lint.edit import NEWLINE, Edit, Lines, Span, apply
from taskfan_lint.markdown import Fences, fences
from taskfan_lint.source import Document, Snippet, decode

FIXTURES = Path(__file__).parent / "fixtures"


def read(text: str) -> Fences:
    return fences(Document(Path("a.md"), text))


def codes(text: str) -> list[str]:
    return [snippet.code for snippet in read(text).snippets]


def lifted(text: str, snippet: Snippet) -> list[str]:
    """Return what stands in the document at each line of a snippet."""
    spans = [Lines(snippet.code).span(row) for row in range(1, len(snippet.anchors) + 1)]
    return [text[place.start : place.start + span.end - span.start] for span in spans for place in [snippet.lift(span)]]


SHAPES = [
    ("plain", "```python\na\nb\n```\n", ["a\nb\n"]),
    ("tildes", "~~~\na\n```\n~~~\n", ["a\n```\n"]),
    ("empty", "```\n```\n", [""]),
    ("one blank line", "```\n\n```\n", ["\n"]),
    ("trailing spaces", "```python  \na  \n```  \n", ["a  \n"]),
    ("longer closing marks", "```\na\n`````\n", ["a\n"]),
    ("shorter marks don't close", "`````py\na\n```\nb\n`````\n", ["a\n```\nb\n"]),
    ("indented fence", "  ```\n  a\n b\n    c\n  ```\n", ["a\nb\n  c\n"]),
    ("list", "- x\n\n  ```\n  a\n    b\n  ```\n", ["a\n  b\n"]),
    ("list, opened in its first row", "1. ```\n   a\n   ```\n", ["a\n"]),
    ("nested lists", "- x\n  1. y\n     ```\n     a\n\n     b\n     ```\n", ["a\n\nb\n"]),
    ("list with tabs", "-\tx\n\n\t```\n\ta\n\t\tb\n\t```\n", ["a\n\tb\n"]),
    ("tab that is the container's in part", "- ```\n\ta\n  ```\n", ["\ta\n"]),
    ("block quote", "> ```\n> a\n>  b\n>\n>c\n> ```\n", ["a\n b\n\nc\n"]),
    ("list in a block quote", "> - x\n>   ```\n>   a\n>\n>   b\n>   ```\n", ["a\n\nb\n"]),
    ("lazy continuation before a fence", "> x\ny\n> ```\n> a\n> ```\n", ["a\n"]),
    ("paragraph before without a blank line", "text\n```\na\n```\n", ["a\n"]),
    ("unclosed at the end", "```\na\nb\n", ["a\nb"]),
    ("unclosed without a line end", "```\na", ["a"]),
    ("unclosed and empty", "```", [""]),
    ("closed by the end of its list", "- ```\n  a\n\nx\n", ["a\n"]),
    ("closed by the end of its quote", "> ```\n> a\nx\n", ["a"]),
    ("CRLF", "```\r\na\r\n\r\nb\r\n```\r\n", ["a\r\n\r\nb\r\n"]),
    ("lone CR", "```\ra\rb\r```\r", ["a\rb\r"]),
    ("mixed line ends", "```\r\na\nb\rc\n```\r\n", ["a\nb\rc\n"]),
    ("wide characters", "- 漢😀\n\n  ```\n  x = '漢😀'\n  ```\n", ["x = '漢😀'\n"]),
    ("other line separators are no line ends", "```\na\x0cb\u2028c\x85d\n```\n", ["a\x0cb\u2028c\x85d\n"]),
    ("indented code is no fence", "x\n\n    ```\n    a\n    ```\n", []),
    ("inline code is no fence", "```a``` b\n", []),
    ("front matter", "---\nx: |\n  ```\n  a\n---\n```\nb\n```\n", ["b\n"]),
    ("front matter that nothing ends", "---\nx: y\n```\nb\n```\n", ["b\n"]),
    ("a thematic break is no front matter", "---\n\n# T\n```\na\n```\n---\n", ["a\n"]),
    ("HTML tags hide nothing", "<div>\n```\na\n```\n</div>\n<Bad>\n```\nb\n\nc\n```\n", ["a\n", "b\n\nc\n"]),
    ("a comment hides", "<!--\n```\na\n```\n-->\n```\nb\n```\n", ["b\n"]),
    ("a comment that nothing ends hides nothing", "<!--\n```\na\n```\n", ["a\n"]),
    ("data", "```json\n{}\n```\n```YAML title=x\na: b\n```\n```diff\n```\n", []),
    ("nested", "````markdown\nx\n```python\na\n```\n```\nb\n```\n````\n", ["a\n", "b\n"]),
    ("nested without a tag", "~~~~\n```\na\n```\n~~~~\n", ["a\n"]),
    ("nested twice", "`````md\n````md\n- ```\n  a\n  ```\n````\n`````\n", ["a\n"]),
    ("nested in containers", "> - `````\n>   > ```\n>   > a\n>   > ```\n>   `````\n", ["a\n"]),
    ("markdown without fences", "```markdown\nTask(x)\n```\n", ["Task(x)\n"]),
    ("markdown that holds data only", "````md\n```json\n```\n````\n", []),
    ("code that holds fences", '````python\nx = """\n```\n"""\n````\n', ['x = """\n```\n"""\n']),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in SHAPES], ids=[row[0] for row in SHAPES])
def test_a_fence_is_read_in_every_container(text: str, expected: list[str]) -> None:
    found = read(text).snippets
    assert [snippet.code for snippet in found] == expected
    for snippet in found:
        assert "".join(lifted(text, snippet)) == snippet.code
        assert tuple(code for code, _ in snippet.anchors) == tuple(Lines(snippet.code).starts)
        assert snippet.fenced


def test_the_map_of_nested_fences_is_composed() -> None:
    text = "> - ````md\n>   - ```py\n>     a\n>\n>     b\n>     ```\n>   ````\n"
    (snippet,) = read(text).snippets
    assert snippet.anchors == ((0, 29), (2, 32), (3, 39), (5, 47))
    assert snippet.prefixes == (">     ", ">", ">     ", ">     ")
    assert snippet.tag == "py"


@pytest.mark.parametrize(
    ("info", "tag"),
    [("", ""), ("Python", "python"), (" py title=x", "py"), ("{.python}", "python"), ("python,linenos", "python"),
     ("c++", "c++"), ("python bad", "python"), ("!", "")],
)  # fmt: skip
def test_the_tag_is_the_first_word_of_the_info_string(info: str, tag: str) -> None:
    assert [snippet.tag for snippet in read(f"```{info}\n```\n").snippets] == [tag]


FENCE = "```\na\n```\n"
MARKED = [
    ("nothing", FENCE, [False]),
    ("line before", "❌ WRONG: x\n" + FENCE + FENCE, [True, False]),
    ("line before, blank lines between", "**Bad:**\n\n\n" + FENCE, [True]),
    ("line before, comment between", "Bad:\n<!-- x -->\n" + FENCE, [True]),
    ("line before in a list", "- ❌ Loop:\n  ```\n  a\n  ```\n", [True]),
    ("line before in a quote", "> Bad:\n>\n> ```\n> a\n> ```\n", [True]),
    ("a sentence before", "Don't wait; launch all:\n" + FENCE, [False]),
    ("a line above the one before", "Bad:\n\nLong story.\n" + FENCE, [False]),
    ("heading", "# ❌ WRONG\n" + FENCE + "x\n" + FENCE, [True, True]),
    ("setext heading", "Anti-patterns\n---\n" + FENCE, [True]),
    ("heading up to the next of any level", "# Bad\n## Other\n" + FENCE, [False]),
    ("tag", "<Bad>\nx:\n" + FENCE + "</Bad>\n" + FENCE, [True, False]),
    ("tag by attribute", '<example type="bad">\n' + FENCE + "</example>\n", [True]),
    ("tag in camel case", "<badExample>\n" + FENCE + "</badExample>\n", [True]),
    ("tag of two words", "<anti_pattern>\n" + FENCE + "</anti_pattern>", [True]),
    ("tag that says more", "<bad_weather_plan>\n" + FENCE + "</bad_weather_plan>\n", [False]),
    ("tag that nothing closes", "<Bad>\n" + FENCE, [False]),
    ("the inner tag decides", "<Bad>\n<Good>\n" + FENCE + "</Good>\n" + FENCE + "</Bad>\n", [False, True]),
    ("line before over tag", "<Bad>\n✅ RIGHT:\n" + FENCE + "</Bad>\n", [False]),
    ("tag over heading", "# Wrong\n<Good>\n" + FENCE + "</Good>\n", [False]),
    ("an info string marks nothing", "```python bad\na\n```\n", [False]),
    ("outer fence", "Bad:\n````md\n" + FENCE + "Good:\n" + FENCE + "````\n", [True, False]),
    ("a heading in an outer fence", "````md\n# Bad\n" + FENCE + "````\n" + FENCE, [True, False]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in MARKED], ids=[row[0] for row in MARKED])
def test_the_nearest_mark_decides(text: str, expected: list[bool]) -> None:
    assert [snippet.counterexample for snippet in read(text).snippets] == expected


COMMENT = "<!-- taskfan: ignore-next-fence[rule-a, rule-b] -- why -->"


def test_an_ignore_comment_is_for_the_next_fence() -> None:
    first, second = read(f"x\n{COMMENT}\n\ny\n{FENCE}{FENCE}").snippets
    assert (first.ignores, first.ignore_span) == (("rule-a", "rule-b"), Span(2, 2 + len(COMMENT)))
    assert (second.ignores, second.ignore_span) == ((), None)


def test_an_ignore_comment_without_rules_is_for_all() -> None:
    assert [each.ignores for each in read(f"<!-- taskfan: ignore-next-fence -->\n{FENCE}").snippets] == [("*",)]


DANGLING = [
    ("no fence follows", f"{FENCE}{COMMENT}\n"),
    ("a data fence follows", f"{COMMENT}\n```json\n```\n"),
    ("not well-formed", f"<!-- taskfan: ignore-next-fence rule-a -->\n{FENCE}"),
    ("no rule named", f"<!-- taskfan: ignore-next-fence[] -->\n{FENCE}"),
    ("in an outer fence", f"> ````md\n> ```\n> ```\n> {COMMENT}\n> ````\n"),
]


@pytest.mark.parametrize("text", [row[1] for row in DANGLING], ids=[row[0] for row in DANGLING])
def test_an_ignore_comment_that_meets_no_snippet_dangles(text: str) -> None:
    found = read(text)
    start = text.index("<!--")
    assert found.dangling_ignores == (Span(start, text.index("-->") + 3),)
    assert [snippet.ignores for snippet in found.snippets] in ([], [()])


def test_of_two_ignore_comments_the_nearer_one_counts() -> None:
    found = read(f"{COMMENT}\n<!-- taskfan: ignore-next-fence -->\n{FENCE}")
    assert found.dangling_ignores == (Span(0, len(COMMENT)),)
    assert [each.ignores for each in found.snippets] == [("*",)]


def test_an_ignore_comment_covers_the_fences_in_an_outer_fence() -> None:
    found = read(f"{COMMENT}\n````md\n{FENCE}<!-- taskfan: ignore-next-fence -->\n{FENCE}````\n")
    assert [each.ignores for each in found.snippets] == [("rule-a", "rule-b"), ("*",)]


def test_an_ignore_comment_in_a_fence_is_code() -> None:
    assert read(f"```\n{COMMENT}\n```\n{FENCE}").dangling_ignores == ()


def test_fixture_files_with_odd_bytes_keep_exact_places() -> None:
    for path in sorted(FIXTURES.glob("markdown/*.md")):
        document = decode(path, path.read_bytes())
        found = fences(document).snippets
        assert found, path
        for snippet in found:
            assert "".join(lifted(document.text, snippet)) == snippet.code


@dataclass(frozen=True)
class Written:
    """A generated document and the code that was put into its fence."""

    text: str
    code: str


@st.composite
def written(draw: st.DrawFn) -> Written:
    newline = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    lines = draw(st.lists(st.text("ab (=,'\"\t漢😀", max_size=8), max_size=6))
    mark = draw(st.sampled_from(["```", "~~~", "`````"]))
    rows = [mark + "python", *lines, mark]
    indent = " " * draw(st.integers(0, 3))
    rows = [indent + row if row else row for row in rows]
    if draw(st.booleans()):
        rows = ["~~~~~~md", *rows, "~~~~~~"]
    for first, rest in draw(st.lists(st.sampled_from([("> ", "> "), ("- ", "  "), ("10. ", "    ")]), max_size=3)):
        blank = rest.rstrip() if draw(st.booleans()) else rest
        rows = [first + rows[0], *((rest if row else blank) + row for row in rows[1:])]
    after = draw(st.sampled_from(["", newline, newline + newline + "after" + newline]))
    text = "before" + newline * 2 + newline.join(rows) + after
    return Written(text, "".join(line + newline for line in lines))


@settings(derandomize=True, deadline=None, max_examples=300)
@given(written())
def test_each_line_of_a_fence_lifts_to_itself(document: Written) -> None:
    (snippet,) = read(document.text).snippets
    assert snippet.code == document.code
    assert "".join(lifted(document.text, snippet)) == document.code


@settings(derandomize=True, deadline=None, max_examples=300)
@given(written(), st.data())
def test_a_lifted_edit_does_to_the_document_what_it_does_to_the_code(document: Written, data: st.DataObject) -> None:
    (snippet,) = read(document.text).snippets
    newline = (NEWLINE.search(document.text) or [""])[0]
    places = [at for at in range(len(snippet.code) + 1) if snippet.code[at - 1 : at + 1] != "\r\n"]
    start, end = sorted(data.draw(st.tuples(st.sampled_from(places), st.sampled_from(places))))
    content = data.draw(st.text("ab (\n", max_size=8)).replace("\n", newline)
    assume(snippet.code or not content or NEWLINE.search(content))  # an empty fence knows no line end of its own
    edit = Edit(Span(start, end), content)
    edited = apply(snippet.code, [edit])
    if edited and not edited.endswith(newline):
        edited += newline
    (again,) = read(apply(document.text, [snippet.lift_edit(edit)])).snippets
    assert again.code == edited


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text("`~> -*1.\t\n\r#<!-abé漢😀❌:[]()/\x00", max_size=80))
def test_no_text_raises_and_every_place_is_exact(text: str) -> None:
    for snippet in read(text).snippets:
        for row, line in enumerate(lifted(text, snippet), 1):
            code = snippet.code[Lines(snippet.code).span(row).start :][: len(line)]
            assert code == line or code.lstrip().startswith("#")


def test_an_edit_that_moves_a_marker_line_writes_it_as_it_was() -> None:
    text = "> ```\n> ❌ WRONG: x\n> a\n> ```\n"
    (snippet,) = read(text).snippets
    assert snippet.code == "#❌WRONG: x\na\n"
    edit = snippet.lift_edit(Edit(Span(0, len(snippet.code)), "a\n  #❌WRONG: x\n"))
    assert apply(text, [edit]) == "> ```\n> a\n>   ❌ WRONG: x\n> ```\n"


def test_deep_nesting_ends() -> None:
    read("".join("`" * length + "\n" for length in range(200, 2, -1)))
    read("> " * 3_000 + "```\n")
    read("- " * 3_000 + "```\n")


def test_an_edit_of_a_blank_line_completes_its_prefix() -> None:
    text = "- ```\n  a\n\n  b\n  ```\n"
    (snippet,) = read(text).snippets
    edit = snippet.lift_edit(Edit(Span(2, 2), "new\n\n"))
    assert apply(text, [edit]) == "- ```\n  a\n  new\n\n\n  b\n  ```\n"


def test_deleting_the_last_lines_keeps_the_closing_row_in_its_container() -> None:
    text = "> ```\n> a\n> b\n> ```\n"
    (snippet,) = read(text).snippets
    assert apply(text, [snippet.lift_edit(Edit(Span(0, 4), ""))]) == "> ```\n> ```\n"
    assert apply(text, [snippet.lift_edit(Edit(Span(2, 4), "c"))]) == "> ```\n> a\n> c\n> ```\n"
