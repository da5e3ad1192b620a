"""The call of a dispatch as Python source that stands on its own."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.facts import Facts, Region
from taskfan_lint.analysis.model import Argument, Branch, Dispatch, Loop, LoopKind, Step
from taskfan_lint.edit import apply
from taskfan_lint.planning.copies import Copy
from taskfan_lint.planning.model import Origin
from taskfan_lint.profile import PROMPT_KEYWORDS
from taskfan_lint.rewrite import Declined
from taskfan_lint.rewrite.substitute import replacements

TOLD = frozenset({"", *PROMPT_KEYWORDS})
LEFT_OUT = frozenset({"duration"})
_FIELD = re.compile(r"\{(?P<name>[A-Za-z_][\w.\[\]]*)\}")


def origin(copy: Copy, facts: Facts, region: Region) -> Origin:
    """Return the call of a copy as source, with the conditions and the loop around it."""
    return Origin(
        _identifier(copy.dispatch.name),
        tuple(_arguments(copy, facts, region)),
        tuple(_conditions(copy, facts, region)),
        _loop(copy, facts),
        _bound(copy, region),
        tuple(_context(copy.dispatch, facts, region)),
    )


def _identifier(name: str) -> str:
    return name if is_expression(name) else "Task"


def is_expression(text: str) -> bool:
    """Tell whether a text is a Python expression on its own."""
    try:
        with warnings.catch_warnings():  # of escapes such as `\d`
            warnings.simplefilter("ignore")
            ast.parse(f"({text}\n)", mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _arguments(copy: Copy, facts: Facts, region: Region) -> Iterator[tuple[str, str]]:
    dispatch = copy.dispatch
    if facts.language == "python" and not facts.repaired:
        written = [(one.keyword, _source(one, copy, facts, region)) for one in dispatch.arguments]
        if all(text is not None and (word or is_expression(text)) for word, text in written):
            yield from ((word, text) for word, text in written if text is not None and word not in LEFT_OUT)
            return
    positional = [one for one in dispatch.arguments if not one.keyword]
    is_agent = dispatch.agent is not None or len(positional) > 2
    yield "subagent_type" if is_agent else "description", literal(copy.agent(facts))
    yield "prompt", literal(copy.prompt(), dispatch.reads)


def _source(one: Argument, copy: Copy, facts: Facts, region: Region) -> str | None:
    """Return an argument's source with the items of the loops in place, None where it would mean something else."""
    targets = frozenset(copy.items).union(*(loop.targets for loop in copy.unknown))
    inside = frozenset(
        name
        for node in tree.walk(region.body)
        if isinstance(node, Loop) and any(each is copy.dispatch for each in tree.dispatches([node]))
        for name in tree.binds(node)
    )
    if one.reads & (inside - targets):
        bound = inside - frozenset(name for loop in copy.unknown for name in loop.targets)
        known = (name for name in fields(copy.prompt()) if name in facts.names and name not in bound)
        return literal(copy.prompt(), frozenset(known)) if one.keyword == "prompt" else None
    uses = [use for step in tree.steps(region.body) for use in step.uses]
    try:
        edits = replacements(facts.code, one.value, uses, copy.items)
    except Declined:
        return None
    head, tail = facts.code[: one.value.start], facts.code[one.value.end :]
    return apply(facts.code, edits)[len(head) :].removesuffix(tail) if edits else facts.written(one.value)


def literal(text: str, names: frozenset[str] = frozenset()) -> str:
    """Return a string literal for a text; its fields `{name}` of these names stay fields."""
    found = [one for one in _FIELD.finditer(text) if _first(one) in names]
    prefix, quote = ("f" if found else ""), ('"""' if "\n" in text else '"')
    parts, last = [], 0
    for one in found:
        parts += [_escaped(text[last : one.start()], quote, doubled=True), one[0]]
        last = one.end()
    rest = text[last:].rstrip('"')
    parts += [_escaped(rest, quote, doubled=bool(found)), '\\"' * (len(text) - last - len(rest))]
    return f"{prefix}{quote}{''.join(parts)}{quote}"


def fields(text: str) -> frozenset[str]:
    """Return the names that the fields of a text start with."""
    return frozenset(map(_first, _FIELD.finditer(text)))


def _first(field: re.Match[str]) -> str:
    return re.split(r"[.\[]", field["name"])[0]


def _escaped(text: str, quote: str, *, doubled: bool) -> str:
    text = text.replace("\\", "\\\\").replace(quote, "".join(f"\\{one}" for one in quote))
    text = "".join(one if one.isprintable() or one == "\n" else one.encode("unicode_escape").decode() for one in text)
    return text.replace("{", "{{").replace("}", "}}") if doubled else text


def _conditions(copy: Copy, facts: Facts, region: Region) -> Iterator[str]:
    """Yield the tests that have to hold for the dispatch to go out; those that are no Python as they stand."""
    branches = {node.span.start: node for node in tree.walk(region.body) if isinstance(node, Branch)}
    for start, index in copy.member.arms:
        arms = branches[start].arms if start in branches else ()
        for one in arms[:index]:
            if one.test:
                yield f"not ({facts.written(one.test.span)})"
        for one in arms[index : index + 1]:
            if one.test:
                yield facts.written(one.test.span)


def _loop(copy: Copy, facts: Facts) -> tuple[str, str] | None:
    """Return targets and iterable of the loop over something unknown, if it is one that can be written anew."""
    if len(copy.unknown) != 1 or facts.language != "python" or facts.repaired:
        return None
    (loop,) = copy.unknown
    if loop.kind is LoopKind.WHILE or loop.iterable is None or loop.target_span is None or loop.asynchronous:
        return None
    return facts.written(loop.target_span), facts.written(loop.iterable)


def _bound(copy: Copy, region: Region) -> str:
    """Return the name that the result is bound to, "" where there is none or it would be bound again and again."""
    if copy.at or copy.unknown:
        return ""
    step = _step(copy.dispatch, region)
    simple = step is not None and step.simple and len(step.binds) == 1 and len(step.actions) <= 2
    return step.binds[0] if step is not None and simple else ""


def _step(dispatch: Dispatch, region: Region) -> Step | None:
    return next((step for step in tree.steps(region.body) if any(one is dispatch for one in step.actions)), None)


def _context(dispatch: Dispatch, facts: Facts, region: Region) -> list[str]:
    """Return the assignments that bind what a dispatch reads, in order, where a name has one and it is simple."""
    if facts.language != "python" or facts.repaired:
        return []
    assigned = [step for step in tree.steps(region.body) if step.binds]
    inside = {id(step) for node in tree.walk(region.body) if isinstance(node, Loop) for step in tree.steps(node.body)}
    found: dict[int, Step] = {}
    pending = set(dispatch.reads)
    while pending:
        name = pending.pop()
        steps = [step for step in assigned if name in step.binds]
        if len(steps) == 1 and _is_context(steps[0], facts) and id(steps[0]) not in inside:
            (step,) = steps
            pending |= step.reads if step.span.start not in found else set()
            found[step.span.start] = step
    return [facts.written(found[start].span) for start in sorted(found)]


def _is_context(step: Step, facts: Facts) -> bool:
    return step.simple and not step.actions and "\n" not in facts.written(step.span)
