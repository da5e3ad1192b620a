"""Plans as one page that needs nothing else: what is written beside what is planned, with prompts on hover."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from taskfan_lint.drawing import Page, svg
from taskfan_lint.drawing.svg import escaped
from taskfan_lint.drawing.words import facts, of, unit
from taskfan_lint.durations import shown
from taskfan_lint.planning.model import Plan

STYLE = (
    """
  :root { color-scheme: light dark; }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.5rem; }
  h2 { font-size: 1.15rem; margin-top: 2.5rem; border-top: 1px solid #8884; padding-top: 1.5rem; }
  .sums { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; padding: 0; list-style: none; }
  .sums li { border: 1px solid #8884; border-radius: .5rem; padding: .4rem .8rem; }
  .sums b { display: block; font-size: 1.3rem; }
  svg { width: 100%; height: auto; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; font-size: .9rem; }
  dt { color: #59636e; }
  dd { margin: 0; overflow-wrap: anywhere; }
  .refused { color: #b3261e; font-weight: 600; }
  .legend { font-size: .85rem; color: #59636e; }
  @media (prefers-color-scheme: dark) { dt, .legend { color: #9198a1; } .refused { color: #ff8a80; } }
"""
    + svg.STYLE
)
LEGEND = "Orange bars are the critical path. Point at a bar to read its prompt and its times."


def draw(plans: Sequence[Plan], page: Page) -> str:
    """Return the plans as an HTML page."""
    title = "Fan-out plan"
    body = "".join(_section(plan) for plan in plans)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        f'<p class="legend">{LEGEND}</p>\n{body}</body>\n</html>\n'
    )


def _section(plan: Plan) -> str:
    body, height = svg.chart(plan, titled=False)
    return "".join(
        [
            f"<section>\n<h2>{escaped(plan.title)}</h2>\n",
            f'<ul class="sums">{"".join(_sums(plan))}</ul>\n',
            svg.framed(body, height, inline=True),
            "<dl>\n",
            *(_fact(label, text) for label, text in facts(plan)),
            "</dl>\n</section>\n",
        ]
    )


def _sums(plan: Plan) -> Iterator[str]:
    count, noun = of(plan.count, unit(plan)).split()
    sums = [
        (count, noun),
        (shown(plan.written.duration), "as written" if plan.from_code else "one after another"),
        (shown(plan.schedule.duration), "planned"),
        (f"{plan.figures.saved:.0%}", "of the time one after another saved"),
    ]
    yield from (f"<li><b>{escaped(figure)}</b>{escaped(words)}</li>" for figure, words in sums)


def _fact(label: str, text: str) -> str:
    kind = ' class="refused"' if label == "refused" else ""
    return f"<dt>{escaped(label)}</dt><dd{kind}>{escaped(text)}</dd>\n"
