"""Code of a JavaScript or TypeScript snippet to facts."""

from __future__ import annotations

import re
from dataclasses import replace

from tree_sitter import Node

from taskfan_lint.analysis.boundaries import separate
from taskfan_lint.analysis.dispatching import helpers
from taskfan_lint.analysis.facts import Comment, Facts
from taskfan_lint.analysis.javascript.calls import WORKFLOW_AGENT, WORKFLOW_COMBINERS, Context, is_workflow
from taskfan_lint.analysis.javascript.comments import comments, long_strings
from taskfan_lint.analysis.javascript.constants import Constants
from taskfan_lint.analysis.javascript.literals import Expander
from taskfan_lint.analysis.javascript.names import Bindings
from taskfan_lint.analysis.javascript.parse import GRAMMARS, Source, deep_recursion, parse, walk
from taskfan_lint.analysis.javascript.repairs import Repaired, repaired
from taskfan_lint.analysis.javascript.scopes import blocks, hidden, outer
from taskfan_lint.analysis.javascript.statements import Statements
from taskfan_lint.analysis.reading import Reading, Unparsable
from taskfan_lint.profile import AGENT_KEYWORDS, BUILT_IN_NAMES, TYPE_ARGUMENTS, dispatch_words

ROUNDS = 8  # calls from function to function that are followed
_CALL = rf"[\s)]*(?:(?:\?\.|{TYPE_ARGUMENTS})\s*)?\("
_CALLED = re.compile(rf"(?<![\w$.])(?:{'|'.join(sorted(BUILT_IN_NAMES))}){_CALL}")
_AGENT_CALLED = re.compile(rf"(?<![\w$.]){WORKFLOW_AGENT}{_CALL}")
_WORKFLOW = re.compile(rf"(?<![\w$.])(?:{'|'.join(sorted(WORKFLOW_COMBINERS))}){_CALL}|\bexport\s+\w+\s+meta\b")


def read(code: str, reading: Reading, *, dialect: str = "tsx", mend: bool = True) -> Facts | None:
    """Return the facts of a snippet, None where it can hold neither a dispatch nor a suppression.

    `dialect` is the grammar that is tried first, `tsx` or `typescript`. A fence that does not parse is read as its
    repairs make it, as few as needed, unless `mend` is off. Raises Unparsable.
    """
    if not _may_matter(code, reading):
        return None
    source, repairs = _parsed(code, reading, dialect, mend=mend)
    with deep_recursion():
        return _collect(source, reading, repairs)


def _may_matter(code: str, reading: Reading) -> bool:
    """Tell whether code can hold a dispatch or a suppression, by its words."""
    if "taskfan:" in code:
        return True
    settings = reading.settings
    words = "|".join(map(re.escape, sorted({*dispatch_words(settings), WORKFLOW_AGENT})))
    if not re.search(rf"\b(?:{words})\b", code):
        return False
    if reading.fenced or settings.dispatch_names or settings.dispatch_modules:
        return True
    return _calls_with_agent(code) or _is_like_workflow(code)


def _calls_with_agent(code: str) -> bool:
    """Tell whether a plain dispatch name is called, and an agent's keyword stands somewhere behind that."""
    called = _CALLED.search(code)
    return called is not None and any(code.find(word, called.end()) > 0 for word in AGENT_KEYWORDS)


def _is_like_workflow(code: str) -> bool:
    return _AGENT_CALLED.search(code) is not None and _WORKFLOW.search(code) is not None


def _parsed(code: str, reading: Reading, dialect: str, *, mend: bool) -> tuple[Source, Repaired | None]:
    error: Unparsable | None = None
    for grammar in sorted(GRAMMARS, key=lambda name: name != dialect):
        try:
            return parse(code, grammar), None
        except Unparsable as refused:
            if refused.deep:
                raise
            error = error or refused
    assert error is not None
    for one in repaired(code, dispatch_words(reading.settings)) if reading.fenced and mend else ():
        try:
            return parse(one.code, "tsx", code), one
        except Unparsable as refused:
            if refused.deep:
                raise
    raise error


def _collect(source: Source, reading: Reading, repairs: Repaired | None) -> Facts | None:
    bindings, constants = Bindings(source, fenced=reading.fenced), Constants(source)
    bindings.bound.update(reading.defined)

    def lookup(name: str) -> Node | None:
        return constants.values.get(name) if bindings.bound[name] == 1 and name not in constants.changed else None

    workflow = not reading.fenced and is_workflow(source, bindings)
    expander = Expander(source, lookup)
    context = Context(
        source, bindings, expander, reading.settings, reading.fenced, reading.foreign, workflow, outer(source)
    )
    if not (reading.fenced or context.places or "taskfan:" in source.code):
        return None
    statements = _read(context)
    said = list(comments(source))
    labels = repairs.labels if repairs else ()
    return Facts(
        source.code,
        separate(tuple(statements.regions), _in_order(said, labels), source.code),
        tuple(said),
        tuple(statements.headers),
        tuple(statements.statements),
        tuple(long_strings(source)),
        reading.fenced,
        _names(source),
        language="javascript",
        hidden=hidden(context),
        outer=context.outer,
        blocks=blocks(source),
        repaired=repairs.spans if repairs else (),
        read="repaired" if repairs else "parsed",
        repairs=repairs.repairs if repairs else (),
    )


def _read(context: Context) -> Statements:
    """Return the statements of a script, read until no more functions are known to dispatch."""
    for _ in range(ROUNDS):
        statements = Statements(context)
        statements.run()
        found = helpers(statements.regions)
        if found.keys() <= context.helpers.keys():
            break
        context = replace(context, helpers=found)
    return statements


def _in_order(said: list[Comment], labels: tuple[Comment, ...]) -> list[Comment]:
    return sorted([*said, *labels], key=lambda one: one.span)


def _names(source: Source) -> frozenset[str]:
    """Return every name that a script mentions."""
    return frozenset(source.text(node) for node in walk(source.root) if "identifier" in node.type)
