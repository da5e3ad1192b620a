"""The picture `svg`: the timelines of all sessions, one below the other."""

from __future__ import annotations

from collections.abc import Sequence

from taskfan_lint.timeline import View
from taskfan_lint.timeline.markup import STYLE, WIDTH, drawing, safe
from taskfan_lint.timeline.words import figures

HEADER = 44


def render(views: Sequence[View]) -> str:
    """Return the sessions as one SVG image."""
    parts, height = [], 0
    for view in views:
        drawn = drawing(view)
        heading = f'<text x="8" y="18" style="font-weight: bold">{safe(view.path)}</text>'
        said = f'<text class="dim" x="8" y="36">{safe(figures(view.session.figures))}</text>'
        inner = f'<g transform="translate(0 {HEADER})">\n{drawn.elements}\n</g>'
        parts.append(f'<g transform="translate(0 {height})">\n{heading}\n{said}\n{inner}\n</g>')
        height += HEADER + drawn.height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">\n'
        f'<style>{STYLE}</style>\n<rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )
