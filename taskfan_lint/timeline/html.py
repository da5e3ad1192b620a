"""The picture `html`: a page that stands alone, without scripts, and loads nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from taskfan_lint.timeline import View
from taskfan_lint.timeline.markup import COLORS, STYLE, WIDTH, drawing, safe
from taskfan_lint.timeline.rows import timeline
from taskfan_lint.timeline.words import clock, counts, figures, outcome, remarks

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
PAGE = """
:root { color-scheme: light dark; --ink: #24292f; --dim: #6e7781; --line: #d0d7de; --back: #fff; --soft: #f6f8fa; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --dim: #8b949e; --line: #30363d; --back: #0d1117; --soft: #161b22; }
}
body { margin: 2rem auto; max-width: 61rem; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif;
  color: var(--ink); background: var(--back); }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 2.5rem 0 .3rem; overflow-wrap: anywhere; }
.status { color: #fff; border-radius: 1rem; padding: .1rem .7rem; font-size: .8rem; margin-left: .4rem; }
p { margin: .2rem 0 .8rem; color: var(--dim); }
svg { width: 100%; height: auto; background: var(--soft); border: 1px solid var(--line); border-radius: 6px; }
g:hover > rect { opacity: .75; }
ul { padding-left: 1.2rem; } li { overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; margin-top: 1rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; }
td.number { white-space: nowrap; }
pre { white-space: pre-wrap; margin: .3rem 0; }
"""


def render(views: Sequence[View]) -> str:
    """Return the sessions as one page."""
    body = "\n".join("\n".join(_session(view)) for view in views)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Sessions verified</title>\n<style>{PAGE}{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>What ran at once</h1>\n{body}\n</body>\n</html>\n"
    )


def _session(view: View) -> Iterator[str]:
    session = view.session
    badge = f'<span class="status" style="background: {COLORS[session.status]}">{session.status.value}</span>'
    yield f"<section>\n<h2>{safe(view.path)} {badge}</h2>"
    if not session.dispatches:
        yield "<p>no dispatches</p>\n</section>"
        return
    yield f"<p>{safe(figures(session.figures))}<br>{safe(counts(session))}</p>"
    drawn = drawing(view)
    yield f'<svg viewBox="0 0 {WIDTH} {drawn.height}" role="img">\n{drawn.elements}\n</svg>'
    said = [f"<li><b>{safe(kind)}:</b> {safe(text)}</li>" for kind, text in remarks(view)]
    if said:
        yield "<ul>\n" + "\n".join(said) + "\n</ul>"
    yield from _table(view)
    yield "</section>"


def _table(view: View) -> Iterator[str]:
    heads = ("agent", "task", "response", "start", "time taken") + (("prompt",) if view.prompts else ())
    yield "<table>\n<tr>" + "".join(f"<th>{head}</th>" for head in heads) + "</tr>"
    for row in timeline(view.session)[1]:
        one = row.dispatch
        start = clock(one.start) if one.start is not None else ""
        cells = [f"<td>{safe('↳ ' * (row.depth - 1) + one.subagent_type)}</td>", f"<td>{safe(one.description)}</td>"]
        cells += [f"<td>{safe(one.message)}</td>", f"<td>{start}</td>"]
        cells += [f'<td class="number">{safe(outcome(one))}</td>']
        if view.prompts:
            cells += [f"<td><details><summary>prompt</summary><pre>{safe(one.prompt)}</pre></details></td>"]
        yield "<tr>" + "".join(cells) + "</tr>"
    yield "</table>"
