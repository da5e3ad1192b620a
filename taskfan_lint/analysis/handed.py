"""What a call of a function that dispatches hands to it, and the dispatch that it leads to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from taskfan_lint.analysis.helpers import UNKNOWN, Helper, is_outer
from taskfan_lint.analysis.model import Argument, Dispatch, Ref, Template, Through
from taskfan_lint.edit import Span


class Handed(NamedTuple):
    """What a call hands to a helper: an argument, its parameter ("" where that is not known), and its text."""

    argument: Argument
    parameter: str
    text: Template


def sent(helper: Helper, inner: Dispatch, handed: Sequence[Handed], span: Span, name: str) -> Dispatch:
    """Return the dispatch that a call of a helper, at `span` and by `name`, leads to; `inner` is the helper's own."""
    texts = {one.parameter: one.text for one in handed if one.parameter}
    reaching = (one.argument.reads for one in handed if not one.parameter or one.parameter in helper.reaches)
    agent = inner.agent[1:-1] if inner.agent else ""
    return inner._replace(
        span=span,
        name=name,
        agent=text_of(texts[agent]) if agent in texts else inner.agent,
        arguments=tuple(one.argument for one in handed),
        reads=helper.shares.union(*reaching),
        prompt=_called(helper, inner.prompt, texts, span.start),
        outputs=tuple(_called(helper, one, texts, span.start) for one in inner.outputs),
        awaited=None,
        through=Through(helper.way, None if helper.place else inner.span, helper.place),
        evidence=f"`{helper.name}()` is a function that dispatches",
    )


def changed(helper: Helper, handed: Iterable[Handed]) -> frozenset[str]:
    """Return the names whose objects a call of a helper changes."""
    return helper.shares.union(*(one.argument.reads for one in handed if one.parameter in helper.changes))


def text_of(template: Template) -> str:
    """Return a text with the source of what is not constant in braces."""
    return "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in template)


def _called(helper: Helper, template: Template, arguments: Mapping[str, Template], number: int) -> Template:
    """Return a text of a helper's dispatch as one call of it sends it; `number` tells this call from others."""
    found: list[str | Ref] = []
    for part in template:
        if isinstance(part, str):
            found.append(part)
        elif part.name in arguments:
            found += arguments[part.name]
        else:
            known = is_outer(part, helper.parameters)
            found.append(part if known else Ref(f"{part.name.lstrip(UNKNOWN)}@{number}"))
    return tuple(found)
