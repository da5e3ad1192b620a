"""Choice statements of a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node as SyntaxNode

from taskfan_lint.analysis.javascript.conditions import is_literal, is_names
from taskfan_lint.analysis.javascript.parse import child, parts, unwrap
from taskfan_lint.analysis.model import Arm, Branch

if TYPE_CHECKING:
    from taskfan_lint.analysis.javascript.statements import Statements


def if_(reader: Statements, node: SyntaxNode) -> None:
    """Read `if` with all its `else if`."""
    header = reader.head(node, child(node, "consequence"))
    arms: list[Arm] = []
    rest: SyntaxNode | None = node
    while rest is not None and rest.type == "if_statement":
        if rest is not node:
            reader.head(rest, child(rest, "consequence"))
        arms.append(_arm(reader, child(rest, "condition"), child(rest, "consequence")))
        clause = child(rest, "alternative")
        rest = parts(clause)[0] if clause is not None and parts(clause) else None
    if rest is not None:
        arms.append(Arm(None, reader.body(rest)))
    reader.add(Branch(reader.source.span(node), header, tuple(arms), exhaustive=rest is not None))


def _arm(reader: Statements, test: SyntaxNode | None, body: SyntaxNode | None) -> Arm:
    text = reader.source.text(unwrap(test)) if test is not None else ""
    return Arm(reader.test(test), reader.body(body), test is not None and is_names(test), text)


def switch(reader: Statements, node: SyntaxNode) -> None:
    """Read `switch`; cases with one body are one arm."""
    value, body = child(node, "value"), child(node, "body")
    if value is None or body is None:
        return
    header = reader.head(node, body)
    subject, text = reader.test(value), reader.source.text(unwrap(value))
    arms: list[Arm] = []
    reader.breaks.append("switch")
    for case in parts(body):
        label = child(case, "value")
        inner = [one for one in parts(case) if one != label]
        if not inner and case.type == "switch_case":  # falls through to the next one
            continue
        names = is_names(value) and (label is None or is_literal(unwrap(label)))
        arms.append(Arm(subject if label is not None else None, reader.nodes(inner), names, text))
    reader.breaks.pop()
    wild = any(case.type == "switch_default" for case in parts(body))
    reader.add(Branch(reader.source.span(node), header, tuple(arms), exhaustive=wild))
