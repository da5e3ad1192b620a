"""Tests of the format `html`: the text of the page, and the page in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from taskfan_lint.edit import Edit, Span
from taskfan_lint.finding import Applicability, Finding, Fix, Note, Severity
from taskfan_lint.report import Look, Report, renderer
from taskfan_lint.source import Document

FOLDER = Path("/home/me/project")
CODE = 'for t in ["a", "b"]:\n    Task(prompt="</pre><script>document.title = \'ran\'</script>")\nlast = 1\n'
EVIL = 'x"><script>document.title = "ran"</script><img src=x onerror="document.title = \'ran\'">.md'
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def finding(code: str = "dispatch-in-loop", message: str = "`<b>` goes out (2 windows, 1 needed)") -> Finding:
    start = CODE.index("Task(")
    edit = Edit(Span(0, CODE.index("last")), "Task('a')\nTask('b')\n")
    return Finding(
        code,
        Severity.WARNING,
        message,
        Span(start, CODE.index("\nlast")),
        "write <the> calls",
        Fix(Applicability.SAFE, "write", (edit,)),
        (Note(Span(4, 5), "the `loop`"),),
    )


def page(*paths: str) -> str:
    other = finding("late-context", "late (one window per iteration, 1 needed)")
    reports = [Report(Document(FOLDER / path, CODE), (finding(), other)) for path in paths]
    return renderer("html")(reports, Look(folder=FOLDER))


class Elements(HTMLParser):
    """Collects the names and attributes of the elements that a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_only_the_page_itself_has_scripts_and_loads_nothing() -> None:
    elements = Elements(page(EVIL, "a.md")).found
    assert [attributes for tag, attributes in elements if tag == "script"] == [{}]
    assert [tag for tag, attributes in elements if {"src", "href", "style"} & set(attributes) or tag == "img"] == []
    assert [name for _, attributes in elements for name in attributes if name.startswith("on")] == []


def test_file_and_rule_are_in_the_article_as_they_are() -> None:
    articles = [attributes for tag, attributes in Elements(page(EVIL)).found if tag == "article"]
    assert [(one["data-rule"], one["data-file"]) for one in articles] == [
        ("dispatch-in-loop", EVIL),
        ("late-context", EVIL),
    ]


def test_an_article_shows_source_windows_and_code_before_and_after() -> None:
    shown = page("a.md")
    article = re.sub(r"</?(?:b|i|code|strong)\b[^>]*>", "", shown[shown.index("<article") : shown.index("</article>")])
    script = "    Task(prompt=&quot;&lt;/pre&gt;&lt;script&gt;document.title = &#x27;ran&#x27;&lt;/script&gt;&quot;)"
    loop = "for t in [&quot;a&quot;, &quot;b&quot;]:"
    assert article == (
        '<article class="warning" data-rule="dispatch-in-loop" data-file="a.md">\n'
        '<h2>a.md:2:5 <span class="rule">dispatch-in-loop</span></h2>\n'
        "<p>&lt;b&gt; goes out (2 windows, 1 needed)</p>\n"
        f'<pre><span>1{loop}</span><span class="at">2{script}</span><span>3last = 1</span></pre>\n'
        '<p class="note">line 1: the loop</p>\n'
        "<p>help: write &lt;the&gt; calls</p>\n"
        '<div class="sides">\n'
        '<div><h3>as written: 2 windows</h3><div class="bars"></div><h3>before the fix</h3>'
        f"<pre><span>{loop}</span><span>{script}</span></pre></div>\n"
        '<div><h3>needed: 1 window</h3><div class="bars after"></div><h3>after the fix (safe)</h3>'
        "<pre><span>Task(&#x27;a&#x27;)</span><span>Task(&#x27;b&#x27;)</span></pre></div>\n"
        "</div>\n"
    )


@pytest.mark.parametrize(
    ("message", "bars"),
    [
        ("(3 windows, 2 needed)", [3, 2]),
        ("(one window per iteration, 1 needed)", [3, 1]),
        ("(900 windows, 1 needed)", [24, 1]),
        ("no windows", []),
    ],
)
def test_each_window_is_a_bar(message: str, bars: list[int]) -> None:
    report = Report(Document(FOLDER / "a.md", CODE), (finding(message=message),))
    shown = renderer("html")([report], Look(folder=FOLDER))
    assert [len(found) // 7 for found in re.findall(r'<div class="bars[^"]*">((?:<i></i>)*)</div>', shown)] == bars


def test_a_page_without_findings_says_so() -> None:
    shown = renderer("html")([], Look(folder=FOLDER))
    assert "<title>taskfan-lint: 0 findings</title>" in shown.splitlines()
    assert "<p>Nothing was found.</p></main>" in shown.splitlines()


def browse(file: Path, fragment: str = "") -> str:
    """Return the document that a browser has made of a page after its script has run."""
    assert BROWSER
    profile = file.parent / "profile"
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", "--dump-dom"]
    command = [BROWSER, *options, file.as_uri() + fragment]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.mark.e2e
@pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")
def test_in_a_browser_filters_work_and_nothing_foreign_runs(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(page("a.md", EVIL), encoding="utf-8")

    def seen(fragment: str) -> tuple[list[str], str, str]:
        dom = browse(file, fragment)
        elements = Elements(dom).found
        shown = [one for tag, one in elements if tag == "article" and "hidden" not in one]
        count, title = re.search(r'id="count">([^<]*)<', dom), re.search("<title>([^<]*)<", dom)
        assert count
        assert title
        return [f"{one['data-file']} {one['data-rule']}" for one in shown], count[1], title[1]

    names = [f"{path} {rule}" for path in ("a.md", EVIL) for rule in ("dispatch-in-loop", "late-context")]
    title = "taskfan-lint: 4 findings"
    assert seen("") == (names, "4 of 4 shown", title)
    assert seen("#rule=late-context") == ([names[1], names[3]], "2 of 4 shown", title)
    assert seen("#file=a.md") == (names[:2], "2 of 4 shown", title)
    assert seen("#file=a.md&rule=late-context") == ([names[1]], "1 of 4 shown", title)


CHANGE = """
for (const [id, value] of [["rule", "late-context"], ["file", "a.md"]]) {
  const one = document.getElementById(id);
  one.value = value;
  one.dispatchEvent(new Event("change"));
}
"""


@pytest.mark.e2e
@pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")
def test_in_a_browser_choosing_from_the_lists_filters(tmp_path: Path) -> None:
    """The policy is left out here, so that a script of the test can choose; the page's own script is as it is."""
    shown = re.sub(r"<meta http-equiv=[^>]*>", "", page("a.md", "b.md"))
    file = tmp_path / "page.html"
    file.write_text(shown.replace("</body>", f"<script>{CHANGE}</script></body>"), encoding="utf-8")
    articles = [one for tag, one in Elements(browse(file)).found if tag == "article" and "hidden" not in one]
    assert [(one["data-file"], one["data-rule"]) for one in articles] == [("a.md", "late-context")]


@pytest.mark.e2e
@pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")
def test_in_a_browser_the_policy_stops_a_script_that_got_in(tmp_path: Path) -> None:
    foreign = "<script>document.title = 'ran'</script>"
    file = tmp_path / "page.html"
    for policy, title in ((True, "taskfan-lint: 2 findings"), (False, "ran")):
        shown = page("a.md").replace("</body>", f"{foreign}</body>")
        file.write_text(shown if policy else re.sub(r"<meta http-equiv=[^>]*>", "", shown), encoding="utf-8")
        assert re.findall("<title>([^<]*)<", browse(file)) == [title]
