"""A snippet to facts, whichever front end and repair it takes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.facts import Comment, Facts
from taskfan_lint.analysis.model import Node
from taskfan_lint.analysis.python.parse import syntax_tree
from taskfan_lint.analysis.python.read import read
from taskfan_lint.analysis.reading import Reading, Unparsable
from taskfan_lint.profile import dispatch_words

SCRIPT_TAGS = frozenset({"cjs", "cts", "javascript", "js", "jsx", "mjs", "mts", "ts", "tsx", "typescript"})
CAST_TAGS = frozenset({"cts", "mts", "ts"})  # of files in which `<T>x` is a type assertion, not a tag

# `Task(...) // wait` parses as a division; in a prompt it is a call with a comment.
_SLASHES = re.compile(r"\)[ \t;,]*//")
_LABEL = re.compile(r"^[ \t]*[A-Za-z_]\w*:[ \t]+(?:await[ \t]+)?\w+[ \t]*\(", re.MULTILINE)


def read_snippet(code: str, reading: Reading) -> Facts | None:
    """Return the facts of code in the language of its tag, or, for a fence that does not parse so, in the other one.

    A fence that does not parse at all is read tolerantly. Raises Unparsable.
    """
    if reading.tag in SCRIPT_TAGS:
        readers = (_read_script, _read_python, _read_repaired)
    elif reading.fenced and _SLASHES.search(code):
        readers = (_read_script, _read_repaired, _read_python)
    else:
        readers = (_read_python, _read_script, _read_repaired)
    try:
        return readers[0](code, reading)
    except Unparsable as error:
        if not reading.fenced or error.deep:
            raise
        for reader in readers[1:]:
            with suppress(Unparsable):
                facts = reader(code, reading)
                if facts is not None:
                    return facts
    return _read_scanned(code, reading)


def _read_python(code: str, reading: Reading) -> Facts | None:
    if reading.fenced and (row := _labelled(code)):
        raise Unparsable(row, "a label stands before a call")
    return read(code, reading)


def _labelled(code: str) -> int:
    """Return the row of a call behind a label, `Reviewer: Task(...)`, which parses as the type of a name; 0 if none."""
    if not _LABEL.search(code):
        return 0
    try:
        module = syntax_tree(code)
    except Unparsable:
        return 0
    labels = (node for node in ast.walk(module) if isinstance(node, ast.AnnAssign) and node.value is None)
    return next((node.lineno for node in labels if isinstance(node.annotation, (ast.Call, ast.Await))), 0)


def _read_script(code: str, reading: Reading) -> Facts | None:
    from taskfan_lint.analysis.javascript.read import read  # lazy: only for code that may be a script

    is_script = reading.tag in SCRIPT_TAGS
    cast = not reading.fenced and reading.tag in CAST_TAGS
    facts = read(code, reading, dialect="typescript" if cast else "tsx", mend=is_script)
    if facts is not None and not is_script and not any(map(tree.holds_dispatch, _nodes(facts))):
        return None
    return facts


def _nodes(facts: Facts) -> Iterator[Node]:
    return (node for region in facts.regions for node in region.body)


def _read_repaired(code: str, reading: Reading) -> Facts | None:
    from taskfan_lint import dialect  # lazy: only for fences that do not parse

    repaired = dialect.repair(code, dispatch_words(reading.settings))
    labels = tuple(
        Comment(label.span, label.text, True) for label in (*repaired.labels, *dialect.steps(code, repaired.calls))
    )
    facts = read(repaired.code, replace(reading, original=code, labels=labels))
    if facts is None:
        return None
    if not any(map(tree.holds_dispatch, _nodes(facts))) and (repaired.lost or "taskfan:" not in code):
        return None
    facts = replace(facts, repaired=repaired.spans, read="repaired", original=code, repairs=repaired.repairs)
    return _scanned_if_more(facts, code, reading)


def _scanned_if_more(facts: Facts, code: str, reading: Reading) -> Facts:
    """Return the facts of a tolerant reading in place of those of a repaired one that lost calls."""
    with suppress(Unparsable):
        scanned = _read_scanned(code, reading)
        if scanned is not None and _count(scanned) > _count(facts):
            return scanned
    return facts


def _count(facts: Facts) -> int:
    return sum(1 for _ in tree.dispatches(_nodes(facts)))


def _read_scanned(code: str, reading: Reading) -> Facts | None:
    from taskfan_lint.analysis.scanned.read import read  # lazy: only for fences that do not parse

    return read(code, reading)
