"""The statement tree of a module: one region for each scope, filled by one visitor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.facts import Function, Region
from taskfan_lint.analysis.found import Found
from taskfan_lint.analysis.model import Arm, Block, Branch, Loop, LoopKind, Node, Purity, Step
from taskfan_lint.analysis.python.conditions import is_names, sources
from taskfan_lint.analysis.python.context import Context
from taskfan_lint.analysis.python.expressions import Expressions
from taskfan_lint.analysis.python.functions import function, is_static, parameters
from taskfan_lint.analysis.python.names import BUILTINS, captures, target_names
from taskfan_lint.analysis.python.simple import simple
from taskfan_lint.edit import Span
from taskfan_lint.profile import is_serial

KEEPING_METHODS = frozenset({"append", "extend", "insert", "add", "update", "setdefault", "print"})


@dataclass
class _Scope:
    """A region being read: its open bodies, innermost last."""

    span: Span
    known: frozenset[str]
    name: str
    bodies: list[list[Node]] = field(default_factory=lambda: [[]])


class Statements(cst.CSTVisitor):
    """Collects the regions of a module, outermost first, and the headers of its compound statements."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.regions: list[Region] = []
        self.headers: list[tuple[Span, Span]] = []
        self.statements: list[Span] = []
        self._scopes: list[_Scope] = []
        self._in_class = [False]

    def _span(self, node: cst.CSTNode) -> Span:
        return self.context.source.span(node)

    def read(self, node: cst.CSTNode | None, *, combined: Span | None = None) -> Found:
        return Found() if node is None else Expressions(self.context, combined=combined).read(node)

    def _add(self, node: Node) -> None:
        self._scopes[-1].bodies[-1].append(node)

    def _body(self, suite: cst.CSTNode | None) -> tuple[Node, ...]:
        """Return the nodes of a suite."""
        if suite is None:
            return ()
        self._scopes[-1].bodies.append([])
        suite.visit(self)
        return tuple(self._scopes[-1].bodies.pop())

    def _head(self, node: cst.CSTNode, body: cst.CSTNode) -> Span:
        """Return the span of a compound statement's header, and remember it."""
        whole = self._span(node)
        head = Span(whole.start, self._span(body).start)
        text = self.context.source.code[head.start : head.end]
        colon = head.start + len(text.rstrip().rstrip(":").rstrip())
        self.headers.append((Span(head.start, max(colon, head.start + 1)), whole))
        self.statements.append(whole)
        return Span(head.start, self._colon(node, body))

    def _colon(self, node: cst.CSTNode, body: cst.CSTNode) -> int:
        """Return the offset behind the last part of a header, before its colon."""
        children = [child for child in node.children if not isinstance(child, (cst.BaseSuite, cst.EmptyLine))]
        start = self._span(body).start
        ends = [self._span(child).end for child in children if isinstance(child, cst.BaseExpression)]
        return max([end for end in ends if end <= start], default=self._span(node).start + 1)

    # scopes

    def visit_Module(self, node: cst.Module) -> bool:
        self._scope(Span(0, len(self.context.source.code)), frozenset(self.context.bindings.imports), "", node.body)
        return False

    def _scope(
        self,
        span: Span,
        known: frozenset[str],
        name: str,
        body: Sequence[cst.CSTNode] | cst.CSTNode,
        function: Function | None = None,
    ) -> None:
        scope = _Scope(span, known, name)
        index = len(self.regions)
        self._scopes.append(scope)
        for statement in body if isinstance(body, Sequence) else (body,):
            statement.visit(self)
        self._scopes.pop()
        region = Region(span, tuple(scope.bodies[0]), known | BUILTINS, name, function)
        names = region.known.union(*(tree.binds(node) for node in region.body))
        self.regions[index:] = [inner._replace(known=inner.known | names) for inner in self.regions[index:]]
        self.regions.insert(index, region)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        self._head(node, node.body)
        found = self.read(node.params)
        for decorator in node.decorators:
            found.add(self.read(decorator.decorator), actions=True)
        self._add(Step(self._span(node), uses=tuple(found.uses), binds=(node.name.value,), purity=found.purity))
        method = self._in_class[-1] and not any(is_static(one) for one in node.decorators)
        self._in_class.append(False)
        body = self._span(node.body)
        header = function(node, method, self.context.source.code[body.start : body.end])
        self._scope(body, parameters(node.params), node.name.value, node.body, header)
        self._in_class.pop()
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        self._head(node, node.body)
        self._add(Step(self._span(node), binds=(node.name.value,), purity=Purity.EFFECT))
        self._in_class.append(True)
        self._scope(self._span(node.body), frozenset(), node.name.value, node.body)
        self._in_class.pop()
        return False

    # compound statements

    def visit_If(self, node: cst.If) -> bool:
        header = self._head(node, node.body)
        arms: list[Arm] = []
        rest: cst.If | cst.Else | None = node
        while isinstance(rest, cst.If):
            if rest is not node:
                self._head(rest, rest.body)
            arms.append(self._arm(rest.test, rest.body))
            rest = rest.orelse
        if rest is not None:
            arms.append(Arm(None, self._body(rest.body)))
        self._add(Branch(self._span(node), header, tuple(arms), exhaustive=rest is not None))
        return False

    def _arm(self, test: cst.BaseExpression, body: cst.BaseSuite) -> Arm:
        found = self.read(test)
        step = found.step(self._span(test))._replace(value=self.context.source.outer(test))
        return Arm(step, self._body(body), is_names(test), self.context.source.text(test))

    def visit_Match(self, node: cst.Match) -> bool:
        whole = self._span(node)
        header = Span(whole.start, self.context.source.outer(node.subject).end)
        self.headers.append((header, whole))
        self.statements.append(whole)
        subject = self.read(node.subject)
        step = subject.step(self._span(node.subject))._replace(value=self.context.source.outer(node.subject))
        arms = []
        for case in node.cases:
            guard = self.read(case.guard)
            guard.add(subject, actions=True)
            guard.binds += captures(case.pattern)
            names = is_names(node.subject) and (case.guard is None or is_names(case.guard))
            test = guard.step(step.span)._replace(value=None if case.guard else step.value)
            arms.append(Arm(test, self._body(case.body), names, self.context.source.text(node.subject)))
        last = node.cases[-1] if node.cases else None
        wild = (
            last is not None
            and last.guard is None
            and isinstance(last.pattern, cst.MatchAs)
            and not last.pattern.pattern
        )
        self._add(Branch(whole, header, tuple(arms), exhaustive=wild))
        return False

    def visit_For(self, node: cst.For) -> bool:
        self._head(node, node.body)
        iterable = self.read(node.iter)
        targets = tuple(target_names(node.target))
        source = self.context.source
        items = self.context.expander.iterations(node.target, node.iter)
        self._add(
            Loop(
                self._span(node),
                LoopKind.FOR,
                iterable.step(self._span(node.iter)),
                targets,
                self._body(node.body),
                self._span(node.body),
                self._orelse(node.orelse),
                iterable=source.outer(node.iter),
                items=None if node.asynchronous else items,
                sources=sources(node.iter),
                asynchronous=node.asynchronous is not None,
                target_span=source.span(node.target),
                serial=is_serial(source.text(node.target)) or is_serial(source.text(node.iter)),
            )
        )
        return False

    def visit_While(self, node: cst.While) -> bool:
        self._head(node, node.body)
        test = self.read(node.test).step(self._span(node.test))
        self._add(
            Loop(
                self._span(node),
                LoopKind.WHILE,
                test,
                (),
                self._body(node.body),
                self._span(node.body),
                self._orelse(node.orelse),
            )
        )
        return False

    def _orelse(self, orelse: cst.Else | None) -> tuple[Node, ...]:
        return () if orelse is None else self._body(orelse.body)

    def visit_With(self, node: cst.With) -> bool:
        self._head(node, node.body)
        found = Found()
        for item in node.items:
            found.add(self.read(item.item), actions=True)
            if item.asname:
                found.binds += target_names(item.asname.name)
        found.purity = Purity.EFFECT
        self._add(Block(self._span(node), found.step(self._span(node.items[0])), self._body(node.body)))
        return False

    def visit_Try(self, node: cst.Try) -> bool:
        return self._try(node)

    def visit_TryStar(self, node: cst.TryStar) -> bool:
        return self._try(node)

    def _try(self, node: cst.Try | cst.TryStar) -> bool:
        self._head(node, node.body)
        body = self._body(node.body)
        handlers = tuple(self._body(handler.body) for handler in node.handlers)
        orelse = self._orelse(node.orelse)
        final = self._body(node.finalbody.body) if node.finalbody else ()
        self._add(Block(self._span(node), None, body, handlers, orelse, final, protected=True))
        return False

    # simple statements

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> bool:
        span = self._span(node)
        self.statements.append(span)
        for statement in node.body:
            self._simple(statement, alone=len(node.body) == 1)
        return False

    def visit_SimpleStatementSuite(self, node: cst.SimpleStatementSuite) -> bool:
        for statement in node.body:
            self._simple(statement, alone=False)
        return False

    def _simple(self, node: cst.BaseSmallStatement, *, alone: bool) -> None:
        found = Found()
        extra = simple(self, node, found)
        step = found.step(self._span(node))
        self._add(step._replace(alone=alone, keeps=tree.keeps(step, KEEPING_METHODS), **extra))
