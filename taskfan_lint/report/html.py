"""The format `html`: one page that needs nothing else, with source, windows before and after, and filters."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import escape

from taskfan_lint.edit import Lines, Span
from taskfan_lint.excerpt import rewrite
from taskfan_lint.finding import Applicability, Finding, Fix
from taskfan_lint.report import Look, Report, printable

WORDS = {
    Applicability.SAFE: "safe",
    Applicability.UNSAFE: "unsafe: --unsafe-fixes",
    Applicability.DISPLAY: "by hand",
}
AROUND = 2
MOST_BARS = 24
_COUNTS = re.compile(r"\(((\d+|one) windows?[^,()]*), (\d+) needed\)")
STYLE = """
:root { color-scheme: light dark; --line: #8886; --mark: #f5c51855; --bad: #c0392b; --good: #1e8449; --quiet: #777; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 1rem 1.5rem 4rem; }
header { position: sticky; top: 0; background: Canvas; border-bottom: 1px solid var(--line); padding: .5rem 0; }
h1 { font-size: 1.3rem; margin: .2rem 0 .5rem; } label { margin-right: 1rem; }
select { font: inherit; max-width: 26rem; }
article { border: 1px solid var(--line); border-radius: 6px; margin: 1rem 0; padding: .7rem 1rem; }
h2 { font: 600 .95rem ui-monospace, monospace; margin: 0; overflow-wrap: anywhere; }
.rule { border-radius: 4px; color: #fff; font-size: .8rem; padding: .1rem .45rem; background: #9a6700; }
.error .rule { background: var(--bad); } .info .rule { background: #2471a3; }
pre { background: #8881; border-radius: 4px; margin: .4rem 0; overflow-x: auto; padding: .4rem .6rem; }
pre span { display: block; min-height: 1.45em; } pre .at { background: var(--mark); } b.no { color: var(--quiet); }
b.no { display: inline-block; font-weight: 400; min-width: 3em; padding-right: .8em; text-align: right; }
.sides { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); }
.sides > div { min-width: 0; } h3 { font-size: .85rem; margin: .4rem 0 .2rem; }
.bars { display: flex; gap: 3px; }
.bars i { background: var(--bad); border-radius: 2px; height: .9rem; flex: 0 1 3rem; }
.bars.after i { background: var(--good); } .note, .count { color: var(--quiet); }
[hidden] { display: none; }
"""
SCRIPT = """
const rule = document.getElementById("rule"), file = document.getElementById("file");
const every = [...document.querySelectorAll("article")], count = document.getElementById("count");
function filter() {
  for (const one of every)
    one.hidden = (rule.value !== "" && one.dataset.rule !== rule.value) ||
                 (file.value !== "" && one.dataset.file !== file.value);
  const shown = every.filter(one => !one.hidden).length;
  count.textContent = `${shown} of ${every.length} shown`;
}
rule.addEventListener("change", filter);
file.addEventListener("change", filter);
const asked = new URLSearchParams(location.hash.slice(1));
for (const one of [rule, file])
  if ([...one.options].some(option => option.value === asked.get(one.id))) one.value = asked.get(one.id);
filter();
"""


def render(reports: Iterable[Report], look: Look) -> str:
    """Return the page; only its own script and style may run, and nothing may be loaded."""
    shown = [(look.path(report.document.path), report) for report in reports]
    files = [path for path, report in shown if report.findings]
    rules = sorted({finding.code for _, report in shown for finding in report.findings})
    count = sum(len(report.findings) for _, report in shown)
    title = f"taskfan-lint: {count} finding{'' if count == 1 else 's'}"
    body = "".join(article for path, report in shown for article in _articles(path, report))
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy()}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<header><h1>{title}</h1>\n"
        f"{_select('rule', 'all rules', rules)}\n{_select('file', 'all files', files)}\n"
        f'<span class="count" id="count">{count} of {count} shown</span></header>\n<main>\n'
        f"{body or '<p>Nothing was found.</p>'}</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )


def _policy() -> str:
    """Return a policy that allows the page's own script and style by their hashes, and nothing else."""
    script, style = (b64encode(sha256(text.encode()).digest()).decode() for text in (SCRIPT, STYLE))
    own = f"script-src 'sha256-{script}'; style-src 'sha256-{style}'"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"


def _select(name: str, every: str, values: list[str]) -> str:
    options = "".join(f'<option value="{_safe(value)}">{_safe(value)}</option>' for value in values)
    return f'<label>{name} <select id="{name}"><option value="">{every}</option>{options}</select></label>'


def _articles(path: str, report: Report) -> Iterator[str]:
    lines = Lines(report.document.text)
    for finding in report.findings:
        row, column = lines.position(finding.span.start)
        notes = "".join(f'<p class="note">{_note(note.span, note.message, lines)}</p>\n' for note in finding.notes)
        help_ = f"<p><strong>help:</strong> {_code(finding.help)}</p>\n" if finding.help else ""
        more = f"{_source(finding, lines)}{notes}{help_}{_sides(finding, lines)}"
        yield (
            f'<article class="{finding.severity}" data-rule="{_safe(finding.code)}" data-file="{_safe(path)}">\n'
            f'<h2>{_safe(path)}:{row}:{column} <span class="rule">{_safe(finding.code)}</span></h2>\n'
            f"<p>{_code(finding.message)}</p>\n{more}</article>\n"
        )


def _note(span: Span, message: str, lines: Lines) -> str:
    return f"line {lines.position(span.start)[0]}: {_code(message)}"


def _source(finding: Finding, lines: Lines) -> str:
    """Return the rows of the finding and its notes with some around, those of the finding marked; gaps are dots."""
    first, last = _rows(finding.span, lines)
    places = [finding.span, *(note.span for note in finding.notes)]
    last_row = len(lines) - (lines.starts[-1] == len(lines.text))
    rows = sorted({row for span in places for row in _around(_rows(span, lines), last_row)})
    shown, before = [], rows[0] - 1
    for row in rows:
        if row > before + 1:
            shown.append('<span class="note">…</span>')
        mark = ' class="at"' if first <= row <= last else ""
        shown.append(f'<span{mark}><b class="no">{row}</b>{_safe(lines.row(row).expandtabs(4))}</span>')
        before = row
    return f"<pre>{''.join(shown)}</pre>\n"


def _rows(span: Span, lines: Lines) -> tuple[int, int]:
    return lines.position(span.start)[0], lines.position(max(span.start, span.end - 1))[0]


def _around(rows: tuple[int, int], most: int) -> range:
    return range(max(rows[0] - AROUND, 1), max(min(rows[1] + AROUND, most), rows[1]) + 1)


def _sides(finding: Finding, lines: Lines) -> str:
    """Return the windows before and after beside each other, with the code where there is a fix."""
    counts = _COUNTS.search(finding.message)
    fix = finding.fix if finding.fix and finding.fix.edits else None
    if not counts and not fix:
        return ""
    before, after = _codes(fix, lines) if fix else ("", "")
    sides = f"<div>{_windows(counts, 1)}{before}</div>\n<div>{_windows(counts, 3)}{after}</div>"
    return f'<div class="sides">\n{sides}\n</div>\n'


def _windows(counts: re.Match[str] | None, group: int) -> str:
    """Return one side's heading and bars: the windows as written (group 1), or those needed (group 3)."""
    if counts is None:
        return ""
    if group == 1:
        return f'<h3>as written: {_safe(counts[1])}</h3><div class="bars">{_bars(counts[2])}</div>'
    plural = "" if counts[3] == "1" else "s"
    return f'<h3>needed: {counts[3]} window{plural}</h3><div class="bars after">{_bars(counts[3])}</div>'


def _bars(count: str) -> str:
    """Return a bar for each window, three for those of a loop whose iterations are not known."""
    return "<i></i>" * (min(int(count), MOST_BARS) if count.isdigit() else 3)


def _codes(fix: Fix, lines: Lines) -> tuple[str, str]:
    change = rewrite(fix, lines)
    before, after = (
        "".join(f"<span>{_safe(line.expandtabs(4))}</span>" for line in side) for side in (change.before, change.after)
    )
    title = f"after the fix ({WORDS[fix.applicability]})"
    return f"<h3>before the fix</h3><pre>{before}</pre>", f"<h3>{title}</h3><pre>{after}</pre>"


def _code(text: str) -> str:
    """Return words in which what stands in back quotes is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", _safe(text))


def _safe(text: str) -> str:
    return escape(printable(text))
