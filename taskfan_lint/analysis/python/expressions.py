"""What happens in an expression: names read, calls, dispatches, waits, inner loops and choices, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import libcst as cst

from taskfan_lint.analysis.effects import CHANGING_METHODS, TAKING_METHODS
from taskfan_lint.analysis.facts import Lookalike
from taskfan_lint.analysis.found import Found
from taskfan_lint.analysis.handed import changed, sent
from taskfan_lint.analysis.helpers import Helper
from taskfan_lint.analysis.model import (
    Argument,
    Arm,
    Branch,
    Call,
    Dispatch,
    Field,
    Item,
    Loop,
    LoopKind,
    Purity,
    Ref,
    Template,
    Use,
    Wait,
)
from taskfan_lint.analysis.python.calls import Parameters, command, handed_to, shape
from taskfan_lint.analysis.python.conditions import compares_names, concatenates, is_names, sources
from taskfan_lint.analysis.python.literals import Expander
from taskfan_lint.analysis.python.names import Bindings, dotted, target_names
from taskfan_lint.analysis.python.parse import Source
from taskfan_lint.edit import Span
from taskfan_lint.profile import (
    BACKGROUND_NAMES,
    NO_DISPATCH,
    Verdict,
    is_combiner,
    is_handle_waiter,
    is_starter,
    is_waiter,
    judge,
    may_be_named,
)
from taskfan_lint.settings import Settings

LAZY_CALLS = frozenset({"any", "all", "next"})


@dataclass(frozen=True)
class Context:
    """What reading an expression needs of its surroundings."""

    source: Source
    bindings: Bindings
    expander: Expander
    settings: Settings
    fenced: bool
    foreign: frozenset[str]
    helpers: Mapping[str, Helper] = field(default_factory=dict)
    imported: Callable[[str], Helper | None] = lambda origin: None
    lookalikes: dict[Span, Lookalike] = field(default_factory=dict)

    def helper(self, call: cst.Call) -> Helper | None:
        """Return the function that a call calls, if it is one that dispatches."""
        callee = self.bindings.callee(call.func)
        if callee.origin:
            return self.imported(callee.origin) if self.bindings.is_only_imported(callee.name) else None
        owner, _, name = callee.name.rpartition(".")
        found = self.helpers.get(name)
        if found is None or self.bindings.bound[name] != 1 or found.method is not (owner in ("self", "cls")):
            return None
        return found if not owner or found.method else None

    def verdict(self, call: cst.Call) -> Verdict:
        """Return whether a call dispatches a sub-agent, and why; one that only has such a name is remembered."""
        callee = self.bindings.callee(call.func)
        if not callee.name or not (callee.origin or may_be_named(callee.name, self.settings)):
            return NO_DISPATCH
        foreign = callee.name in self.foreign
        verdict = judge(callee, shape(call), self.settings, fenced=self.fenced, foreign=foreign)
        if not verdict.dispatches and may_be_named((callee.origin or callee.name).rpartition(".")[2], self.settings):
            span = self.source.span(call)
            self.lookalikes[span] = Lookalike(span, callee.name, verdict.reason)
        return verdict


class Expressions(cst.CSTVisitor):
    """Collects what happens in one expression."""

    def __init__(self, context: Context, *, combined: Span | None = None, blocking: bool = True) -> None:
        self.context = context
        self.found = Found()
        self._fields: list[Field] = []
        self._strings: list[tuple[str, str]] = []
        self._whole: dict[cst.CSTNode, str] = {}
        self._deferred = 0
        self._combined: list[Span | None] = [combined]
        self._blocking: list[bool] = [blocking]
        self._lazy = False

    def read(self, node: cst.CSTNode, keyword: str = "") -> Found:
        """Return what happens in `node`."""
        self._whole[node] = keyword
        node.visit(self)
        return self.found

    def _span(self, node: cst.CSTNode) -> Span:
        return self.context.source.span(node)

    def _inner(self, node: cst.CSTNode) -> Found:
        """Return what happens in a part that has actions of its own, in the same call context."""
        inner = Expressions(self.context, combined=self._combined[-1], blocking=self._blocking[-1])
        inner._lazy = self._lazy
        inner._fields, inner._strings = list(self._fields), list(self._strings)
        return inner.read(node)

    # names and values

    def visit_Name(self, node: cst.Name) -> bool:
        if node.value not in {"True", "False", "None"}:
            self.found.uses.append(
                Use(
                    node.value,
                    self._span(node),
                    self._fields[-1] if self._fields else None,
                    node in self._whole,
                    bool(self._deferred),
                    self._whole.get(node, ""),
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
        self._fields.append(Field(self._span(node), plain, quotes, self._strings[-1][1]))

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
        inner = Expressions(self.context, combined=self._combined[-1], blocking=False)
        found = inner.read(node.body)
        self.found.uses += [replace(use, deferred=True) for use in found.uses if use.name not in names]
        if self._combined[-1]:
            self.found.actions += found.actions
        return False

    def visit_Yield(self, node: cst.Yield) -> None:
        self.found.raise_to(Purity.EFFECT)

    # calls

    def visit_Call(self, node: cst.Call) -> bool:
        span = self._span(node)
        self.found.raise_to(Purity.EFFECT)
        verdict = self.context.verdict(node)
        if verdict.dispatches:
            self._dispatch(node, span, verdict.reason)
            return False
        helper = self.context.helper(node)
        if helper and helper.dispatch:
            self._dispatch_through(node, span, helper, helper.dispatch)
            return False
        name = dotted(node.func)
        combines = is_combiner(name, self.context.settings)
        self._combined.append(span if combines else self._combined[-1])
        self._blocking.append(self._blocking[-1] and not combines and not is_starter(name))
        first = len(self.found.uses)
        node.func.visit(self)
        lazy, self._lazy = self._lazy, name in LAZY_CALLS or (self._lazy and name == "")
        self._arguments(node)
        self._lazy = lazy
        self._combined.pop()
        self._blocking.pop()
        self._call(node, name, span, frozenset(use.name for use in self.found.uses[first:]))
        return False

    def _arguments(self, node: cst.Call) -> None:
        for argument in node.args:
            if argument.star:
                self.found.raise_to(Purity.EFFECT)
            self._whole[argument.value] = argument.keyword.value if argument.keyword else ""
            argument.value.visit(self)

    def _call(self, node: cst.Call, name: str, span: Span, reads: frozenset[str]) -> None:
        settings = self.context.settings
        receiver = name.rpartition(".")[0].partition(".")[0]
        if is_waiter(name, settings) or is_combiner(name, settings):
            self.found.actions.append(Wait(span, reads, combines=is_combiner(name, settings), name=name))
            return
        if is_handle_waiter(name) and not any(isinstance(one.value, cst.SimpleString) for one in node.args):
            self.found.actions.append(Wait(span, frozenset({receiver}), name=name))
        last = (
            name.rpartition(".")[2] if name else (node.func.attr.value if isinstance(node.func, cst.Attribute) else "")
        )
        if receiver and last in CHANGING_METHODS | TAKING_METHODS:
            self.found.changes.add(receiver)
        texts = tuple(text for one in node.args if (text := command(one.value)))
        helper = self.context.helper(node)
        boundary = helper.boundary if helper else ""
        self.found.calls.append(Call(name or last, span, reads, receiver, texts, boundary))

    def _arguments_of(self, node: cst.Call) -> tuple[Argument, ...]:
        """Return the arguments of a dispatch, and take in what happens in them."""
        arguments: list[Argument] = []
        for argument in node.args:
            inner = Expressions(self.context)
            keyword = argument.keyword.value if argument.keyword else ""
            found = inner.read(argument.value, keyword)
            self.found.add(found, actions=True)
            arguments.append(
                Argument(
                    argument.star or keyword,
                    self._span(argument),
                    self.context.source.outer(argument.value),
                    found.purity,
                    not found.reads and found.purity is Purity.PURE,
                    found.reads,
                )
            )
        return tuple(arguments)

    def _dispatch(self, node: cst.Call, span: Span, evidence: str) -> None:
        arguments = self._arguments_of(node)
        facts = Parameters(self.context.source, node)
        name = dotted(node.func)
        background = facts.flag("run_in_background") or self.context.settings.background or name in BACKGROUND_NAMES
        self.found.actions.append(
            Dispatch(
                span,
                name,
                facts.agent(),
                arguments,
                frozenset().union(*(argument.reads for argument in arguments)),
                facts.prompt(),
                facts.text("isolation"),
                combined=self._combined[-1],
                blocking=self._blocking[-1] and not background,
                background=background,
                resumes="resume" in facts.values,
                outputs=facts.outputs(),
                shares=(*facts.shares(), *self._receiver(name)),
                evidence=evidence,
            )
        )

    def _receiver(self, name: str) -> Iterator[Template]:
        """Yield the object whose method a dispatch is, if the code makes that object: it may remember."""
        owner = name.rpartition(".")[0]
        bindings = self.context.bindings
        if owner and bindings.bound[owner.partition(".")[0]] and not bindings.is_only_imported(owner):
            yield ("receiver=", Ref(owner))

    def _dispatch_through(self, node: cst.Call, span: Span, helper: Helper, inner: Dispatch) -> None:
        """Add the dispatch that a call of a helper leads to."""
        handed = handed_to(self.context.source, node, helper, self._arguments_of(node))
        self.found.changes |= changed(helper, handed)
        blocking = self._blocking[-1] and inner.blocking and not helper.asynchronous
        dispatch = sent(helper, inner, handed, span, dotted(node.func))
        self.found.actions.append(replace(dispatch, combined=self._combined[-1], blocking=blocking))

    def visit_Await(self, node: cst.Await) -> bool:
        span = self._span(node)
        self.found.raise_to(Purity.EFFECT)
        first_use, first_action = len(self.found.uses), len(self.found.actions)
        node.expression.visit(self)
        actions = self.found.actions
        last = actions[-1] if len(actions) > first_action else None
        if (
            isinstance(last, Dispatch)
            and last.span in span
            and isinstance(node.expression, cst.Call)
            and (last.span == self._span(node.expression))
        ):
            background = last.through is not None and last.background
            actions[-1] = replace(last, awaited=span, blocking=not background, background=background)
        elif isinstance(last, Wait) and last.span == self._span(node.expression):
            actions[-1] = replace(last, span=span)
        else:
            name = dotted(node.expression.func) if isinstance(node.expression, cst.Call) else ""
            reads = frozenset(use.name for use in self.found.uses[first_use:])
            actions.append(Wait(span, reads, name=name))
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
        span = self._span(test)
        header = replace(tested.step(span), value=self.context.source.outer(test))
        branch = Branch(
            self._span(node),
            self._span(node),
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
            inner = Expressions(self.context, combined=self._combined[-1], blocking=self._blocking[-1])
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
                self._span(node),
                kind,
                replace(iterable.step(self._span(clause.iter)), actions=()),
                targets,
                body,
                element,
                iterable=source.outer(clause.iter),
                items=self._items(clause),
                sources=sources(clause.iter),
                filtered=bool(clause.ifs),
                asynchronous=clause.asynchronous is not None,
                lazy=self._lazy and kind is LoopKind.GENERATOR,
                combined=self._combined[-1],
                element=element,
                brackets=brackets,
                target_span=source.span(clause.target),
            )
        )
        return False

    def _items(self, clause: cst.CompFor) -> tuple[dict[str, Item], ...] | None:
        items = self.context.expander.iterations(clause.target, clause.iter)
        return None if items is None else tuple(dict(one) for one in items)
