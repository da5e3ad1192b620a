"""What happens in an expression: names read, calls, dispatches, waits, inner loops and choices, in order."""

from __future__ import annotations

import libcst as cst

from taskfan_lint.analysis.found import Found
from taskfan_lint.analysis.model import Arm, Branch, Field, Item, Loop, LoopKind, Purity, Use
from taskfan_lint.analysis.python.conditions import compares_names, concatenates, is_names, sources
from taskfan_lint.analysis.python.context import Context
from taskfan_lint.analysis.python.invocations import await_, invoke
from taskfan_lint.analysis.python.names import target_names
from taskfan_lint.edit import Span


class Expressions(cst.CSTVisitor):
    """Collects what happens in one expression."""

    def __init__(self, context: Context, *, combined: Span | None = None, blocking: bool = True) -> None:
        self.context = context
        self.found = Found()
        self._fields: list[Field] = []
        self._strings: list[tuple[str, str]] = []
        self.whole: dict[cst.CSTNode, str] = {}
        self.combined: list[Span | None] = [combined]
        self.blocking: list[bool] = [blocking]
        self.lazy = False

    def read(self, node: cst.CSTNode, keyword: str = "") -> Found:
        """Return what happens in `node`."""
        self.whole[node] = keyword
        node.visit(self)
        return self.found

    def span(self, node: cst.CSTNode) -> Span:
        return self.context.source.span(node)

    def apart(self, node: cst.CSTNode, keyword: str) -> Found:
        """Return what happens in an argument of a dispatch, whatever call that stands in itself."""
        return Expressions(self.context).read(node, keyword)

    def _inner(self, node: cst.CSTNode) -> Found:
        """Return what happens in a part that has actions of its own, in the same call context."""
        inner = Expressions(self.context, combined=self.combined[-1], blocking=self.blocking[-1])
        inner.lazy = self.lazy
        inner._fields, inner._strings = list(self._fields), list(self._strings)
        return inner.read(node)

    # names and values

    def visit_Name(self, node: cst.Name) -> bool:
        if node.value not in {"True", "False", "None"}:
            self.found.uses.append(
                Use(
                    node.value,
                    self.span(node),
                    self._fields[-1] if self._fields else None,
                    node in self.whole,
                    keyword=self.whole.get(node, ""),
                )
            )
        return False

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        self.found.raise_to(Purity.ACCESS)
        node.value.visit(self)
        return False

    def visit_Subscript(self, node: cst.Subscript) -> None:
        self.found.raise_to(Purity.ACCESS)

    def visit_BinaryOperation(self, node: cst.BinaryOperation) -> None:
        if not concatenates(node):
            self.found.raise_to(Purity.ACCESS)

    def visit_Comparison(self, node: cst.Comparison) -> None:
        if not compares_names(node):
            self.found.raise_to(Purity.ACCESS)

    def visit_UnaryOperation(self, node: cst.UnaryOperation) -> None:
        if not isinstance(node.operator, cst.Not) and not isinstance(node.expression, (cst.Integer, cst.Float)):
            self.found.raise_to(Purity.ACCESS)

    def visit_StarredElement(self, node: cst.StarredElement) -> None:
        self.found.raise_to(Purity.ACCESS)

    def visit_FormattedStringExpression(self, node: cst.FormattedStringExpression) -> None:
        plain = isinstance(node.expression, cst.Name) and not (node.conversion or node.format_spec or node.equal)
        if node.format_spec:
            self.found.raise_to(Purity.ACCESS)
        quotes = "".join(quote for quote, _ in self._strings)
        self._fields.append(Field(self.span(node), plain, quotes, self._strings[-1][1]))

    def leave_FormattedStringExpression(self, original_node: cst.FormattedStringExpression) -> None:
        self._fields.pop()

    def visit_FormattedString(self, node: cst.FormattedString) -> None:
        prefix = node.start.rstrip("'\"")
        self._strings.append((node.end, prefix))

    def leave_FormattedString(self, original_node: cst.FormattedString) -> None:
        self._strings.pop()

    def visit_NamedExpr(self, node: cst.NamedExpr) -> bool:
        node.value.visit(self)
        self.found.binds += target_names(node.target)
        self.found.raise_to(Purity.EFFECT)
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        parameters = node.params
        every = [*parameters.posonly_params, *parameters.params, *parameters.kwonly_params]
        for parameter in every:
            if parameter.default:
                parameter.default.visit(self)
        every += [one for one in (parameters.star_arg, parameters.star_kwarg) if isinstance(one, cst.Param)]
        names = frozenset(parameter.name.value for parameter in every)
        inner = Expressions(self.context, combined=self.combined[-1], blocking=False)
        found = inner.read(node.body)
        self.found.uses += [use._replace(deferred=True) for use in found.uses if use.name not in names]
        if self.combined[-1]:
            self.found.actions += found.actions
        return False

    def visit_Yield(self, node: cst.Yield) -> None:
        self.found.raise_to(Purity.EFFECT)

    # calls

    def visit_Call(self, node: cst.Call) -> bool:
        invoke(self, node)
        return False

    def visit_Await(self, node: cst.Await) -> bool:
        await_(self, node)
        return False

    # choices

    def visit_IfExp(self, node: cst.IfExp) -> bool:
        test = self._inner(node.test)
        arms = [self._inner(node.body), self._inner(node.orelse)]
        self._choose(node, node.test, test, arms)
        return False

    def visit_BooleanOperation(self, node: cst.BooleanOperation) -> bool:
        self._choose(node, node.left, self._inner(node.left), [self._inner(node.right)])
        return False

    def _choose(self, node: cst.BaseExpression, test: cst.BaseExpression, tested: Found, arms: list[Found]) -> None:
        for found in (tested, *arms):
            self.found.add(found)
        if not any(arm.actions for arm in arms):
            self.found.actions += tested.actions
            return
        span = self.span(test)
        header = tested.step(span)._replace(value=self.context.source.outer(test))
        branch = Branch(
            self.span(node),
            self.span(node),
            tuple(
                Arm(header if i == 0 else None, (arm.step(span),), is_names(test), self.context.source.text(test))
                for i, arm in enumerate(arms)
            ),
            statement=False,
            exhaustive=len(arms) > 1,
        )
        self.found.actions.append(branch)

    # comprehensions

    def visit_ListComp(self, node: cst.ListComp) -> bool:
        return self._comprehend(node, node.for_in, [node.elt], LoopKind.COMPREHENSION, "[]")

    def visit_SetComp(self, node: cst.SetComp) -> bool:
        return self._comprehend(node, node.for_in, [node.elt], LoopKind.COMPREHENSION, "{}")

    def visit_DictComp(self, node: cst.DictComp) -> bool:
        return self._comprehend(node, node.for_in, [node.key, node.value], LoopKind.COMPREHENSION, "{}")

    def visit_GeneratorExp(self, node: cst.GeneratorExp) -> bool:
        return self._comprehend(node, node.for_in, [node.elt], LoopKind.GENERATOR, "")

    def _comprehend(
        self, node: cst.BaseComp, clause: cst.CompFor, parts: list[cst.BaseExpression], kind: LoopKind, brackets: str
    ) -> bool:
        iterable = self._inner(clause.iter)
        targets = tuple(target_names(clause.target))
        tests = [self._inner(one.test) for one in clause.ifs]
        self.found.add(iterable, actions=True)
        if clause.inner_for_in:
            inner = Expressions(self.context, combined=self.combined[-1], blocking=self.blocking[-1])
            inner._comprehend(node, clause.inner_for_in, parts, kind, "")
            bodies = [inner.found]
        else:
            bodies = [self._inner(part) for part in parts]
        for found in (*tests, *bodies):
            self.found.add(found, without=frozenset(targets))
        if not any(found.actions for found in (*tests, *bodies)):
            return False
        source = self.context.source
        element = Span(source.outer(parts[0]).start, source.outer(parts[-1]).end)
        body = tuple(found.step(element) for found in (*tests, *bodies) if found.actions or found.uses)
        self.found.actions.append(
            Loop(
                self.span(node),
                kind,
                iterable.step(self.span(clause.iter))._replace(actions=()),
                targets,
                body,
                element,
                iterable=source.outer(clause.iter),
                items=self._items(clause),
                sources=sources(clause.iter),
                filtered=bool(clause.ifs),
                asynchronous=clause.asynchronous is not None,
                lazy=self.lazy and kind is LoopKind.GENERATOR,
                combined=self.combined[-1],
                element=element,
                brackets=brackets,
                target_span=source.span(clause.target),
            )
        )
        return False

    def _items(self, clause: cst.CompFor) -> tuple[dict[str, Item], ...] | None:
        items = self.context.expander.iterations(clause.target, clause.iter)
        return None if items is None else tuple(dict(one) for one in items)
