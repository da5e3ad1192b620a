"""The statement tree of a script: one region for each function that dispatches, filled in one walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tree_sitter import Node as SyntaxNode

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.boundaries import boundary
from taskfan_lint.analysis.facts import Comment, Function, Region
from taskfan_lint.analysis.javascript.calls import Context
from taskfan_lint.analysis.javascript.choices import if_, switch
from taskfan_lint.analysis.javascript.expressions import Expressions
from taskfan_lint.analysis.javascript.found import Found, Mode
from taskfan_lint.analysis.javascript.iterations import for_, for_in, while_
from taskfan_lint.analysis.javascript.literals import fold
from taskfan_lint.analysis.javascript.names import DEFINITIONS, FUNCTIONS, GLOBALS, function_header, parameters
from taskfan_lint.analysis.javascript.parse import child, parts, unwrap, walk
from taskfan_lint.analysis.model import Block, Boundary, BoundaryKind, Exit, Loop, LoopKind, Node, Purity, Step
from taskfan_lint.edit import Span

KEEPING_METHODS = frozenset({"add", "push", "set", "unshift", "log"})
NAMESPACES = frozenset({"internal_module", "module"})
SCOPES = FUNCTIONS | {"function_declaration", "generator_function_declaration", "method_definition"}


@dataclass
class _Scope:
    """A region being read: its open bodies, innermost last."""

    bodies: list[list[Node]] = field(default_factory=lambda: [[]])


class Statements:
    """Collects the regions of a script, outermost first, and the headers of its compound statements."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.source = context.source
        self.regions: list[Region] = []
        self.headers: list[tuple[Span, Span]] = []
        self.statements: list[Span] = []
        self._scopes: list[_Scope] = []
        self._modes: list[Mode] = [Mode()]
        self.breaks: list[str] = []  # what a `break` leaves, innermost last; "callback" where a `return` goes on

    def run(self) -> None:
        """Read the whole script."""
        root = self.source.root
        whole = Span(0, len(self.source.code))
        self._scope(whole, frozenset(self.context.bindings.imports), "", parts(root))

    def read(self, node: SyntaxNode | None) -> Expressions:
        reader = Expressions(self.context, self, self._modes[-1])
        if node is not None:
            reader.read(node)
        return reader

    def add(self, node: Node) -> None:
        self._scopes[-1].bodies[-1].append(node)

    def _visit(self, node: SyntaxNode) -> None:
        reader = _READERS.get(node.type)
        if reader is not None:
            reader(self, node)
        elif node.type not in _SKIPPED:
            self._simple(node, node)

    def body(self, node: SyntaxNode | None, within: str = "") -> tuple[Node, ...]:
        """Return the nodes of a block or of a single statement."""
        if node is None:
            return ()
        self.breaks += [within] if within else []
        nodes = self.nodes(parts(node) if node.type == "statement_block" else [node])
        if within:
            self.breaks.pop()
        return nodes

    def nodes(self, statements: Iterable[SyntaxNode]) -> tuple[Node, ...]:
        self._scopes[-1].bodies.append([])
        for one in statements:
            self._visit(one)
        return tuple(self._scopes[-1].bodies.pop())

    def inline(self, body: SyntaxNode, mode: Mode) -> tuple[Node, ...]:
        """Return the nodes of a callback's body, which runs where it stands; a `return` in it goes on."""
        self._modes.append(mode)
        nodes = self.body(body, "callback")
        self._modes.pop()
        if nodes and isinstance(nodes[-1], Step) and nodes[-1].exit is Exit.CONTINUE:
            nodes = (*nodes[:-1], nodes[-1]._replace(exit=None))
        return nodes

    def head(self, node: SyntaxNode, body: SyntaxNode | None) -> Span:
        """Return the span of a compound statement's header, and remember it."""
        whole = self.source.span(node)
        end = body.start_byte if body is not None else whole.end
        head = Span(whole.start, whole.start + len(self.source.code[whole.start : end].rstrip()))
        self.headers.append((head, whole))
        self.statements.append(whole)
        return head

    # scopes

    def _scope(
        self,
        span: Span,
        known: frozenset[str],
        name: str,
        body: Iterable[SyntaxNode],
        function: Function | None = None,
    ) -> None:
        index = len(self.regions)
        modes, breaks = self._modes, self.breaks
        self._modes, self.breaks = [Mode()], []
        self._scopes.append(_Scope())
        nodes = self.nodes(body)
        self._scopes.pop()
        self._modes, self.breaks = modes, breaks
        region = Region(span, nodes, known | GLOBALS, name, function)
        names = region.known.union(*(tree.binds(node) for node in region.body))
        self.regions[index:] = [inner._replace(known=inner.known | names) for inner in self.regions[index:]]
        self.regions.insert(index, region)

    def _functions(self, node: SyntaxNode) -> None:
        """Read the outermost functions at or below a node that dispatch, each as a region of its own."""
        pending = [node]
        while pending:
            one = pending.pop()
            body = child(one, "body") if one.type in SCOPES else None
            if body is None:
                pending += reversed(parts(one))
            elif self.context.count(one):
                self._function(one, body)

    def _function(self, node: SyntaxNode, body: SyntaxNode) -> None:
        known = frozenset(name for names in parameters(self.source, node) for name in names)
        name = child(node, "name") or (child(node.parent, "name") if node.parent is not None else None)
        statements = parts(body) if body.type == "statement_block" else [body]
        called = self.source.text(name) if name is not None else ""
        self._scope(
            self.source.span(body), known, called, statements, function_header(self.source, node, self.context.outer)
        )

    def _define(self, node: SyntaxNode) -> None:
        name, body = child(node, "name"), child(node, "body")
        self.head(node, body)
        binds = (self.source.text(name),) if name is not None else ()
        purity = Purity.EFFECT if "class" in node.type else Purity.PURE
        self.add(Step(self.source.span(node), binds=binds, purity=purity))
        self._functions(node)

    def _namespace(self, node: SyntaxNode) -> None:
        """Read a namespace, whose body is a scope that runs where it stands."""
        name, body = child(node, "name"), child(node, "body")
        self.head(node, body)
        binds = (self.source.text(name),) if name is not None else ()
        self.add(Step(self.source.span(node), binds=binds, purity=Purity.EFFECT))
        if body is not None and self.context.count(body):
            self._scope(self.source.span(body), frozenset(), binds[0] if binds else "", parts(body))

    # compound statements

    def _block(self, node: SyntaxNode) -> None:
        for one in parts(node):
            self._visit(one)

    def _label(self, node: SyntaxNode) -> None:
        name, body = child(node, "label"), child(node, "body")
        if name is not None:
            said = boundary(Comment(self.source.span(name), self.source.text(name) + ":", True))
            if said is not None:
                self.add(said)
        if body is not None:
            self._visit(body)

    def test(self, node: SyntaxNode | None) -> Step:
        """Return a test as a step, without the parentheses around it."""
        if node is None:
            return Step(Span(0, 0))
        inner = unwrap(node)
        reader = self.read(inner)
        for function in reader.found.functions:
            self._functions(function)
        span = self.source.span(inner)
        return reader.found.step(span)._replace(value=span)

    def _try(self, node: SyntaxNode) -> None:
        body, handler, final = (child(node, name) for name in ("body", "handler", "finalizer"))
        self.head(node, body)
        tried = self.body(body)
        handlers = (self.body(child(handler, "body")),) if handler is not None else ()
        last = self.body(child(final, "body")) if final is not None else ()
        self.add(Block(self.source.span(node), None, tried, handlers, (), last, protected=True))

    # simple statements

    def _simple(self, node: SyntaxNode, value: SyntaxNode | None, **extra: object) -> None:
        self._step(node, self.read(value).found, **extra)

    def _step(self, node: SyntaxNode, found: Found, **extra: object) -> None:
        span = self.source.span(node)
        self.statements.append(span)
        step = found.step(span)._replace(alone=self._is_alone(span), **extra)  # type: ignore[arg-type]
        self.add(step._replace(keeps=tree.keeps(step, KEEPING_METHODS)))
        for function in found.functions:
            self._functions(function)

    def _is_alone(self, span: Span) -> bool:
        """Tell whether nothing but a comment stands on the lines of a statement beside it."""
        after = self.source.trailing(span.end)
        return self.source.leads(span.start) and (not after or after.startswith(("//", "/*")))

    def _expression(self, node: SyntaxNode) -> None:
        inner = unwrap(parts(node)[0]) if parts(node) else None
        if inner is None or self._phase(node, inner):
            return
        if inner.type in NAMESPACES:
            self._namespace(inner)
            return
        target, value = child(inner, "left"), child(inner, "right")
        if inner.type == "assignment_expression" and target is not None and value is not None:
            self._bind(node, target, value)
            return
        found = self.read(inner).found
        only = found.actions[0] if len(found.actions) == 1 else None
        if isinstance(only, Loop) and only.kind is LoopKind.FOR and only.span == self.source.span(inner):
            self.head(node, None)
            self.add(only)
            for function in found.functions:
                self._functions(function)
            return
        self._step(node, found)

    def _phase(self, node: SyntaxNode, inner: SyntaxNode) -> bool:
        """Read `phase("name")` of a workflow, which opens a phase; tell whether it was one."""
        function = child(inner, "function")
        known = self.context.workflow and inner.type == "call_expression" and function is not None
        if not known or function is None or self.source.text(function) != "phase":
            return False
        self.add(Boundary(self.source.span(node), BoundaryKind.PHASE, self.source.text(inner)))
        return True

    def _bind(self, node: SyntaxNode, target: SyntaxNode, value: SyntaxNode) -> None:
        reader = self.read(value)
        reader.target(target)
        simple = target.type == "identifier"
        text = fold(self.source, value) if simple else ()
        self._step(node, reader.found, value=self.source.span(value), text=text, simple=simple)

    def _declare(self, node: SyntaxNode) -> None:
        declared = [one for one in parts(node) if one.type == "variable_declarator"]
        for one in declared:
            target, value = child(one, "name"), child(one, "value")
            if target is not None and value is not None:
                self._bind(node if len(declared) == 1 else one, target, value)

    def _export(self, node: SyntaxNode) -> None:
        declaration, value = child(node, "declaration"), child(node, "value")
        if declaration is not None:
            self._visit(declaration)
        elif value is not None:
            self._simple(node, value)

    def _import(self, node: SyntaxNode) -> None:
        names = tuple(
            self.source.text(one)
            for one in walk(node)
            if one.type == "identifier" and self.source.text(one) in self.context.bindings.imports
        )
        self.add(Step(self.source.span(node), binds=names, purity=Purity.EFFECT))

    def _return(self, node: SyntaxNode) -> None:
        exit_ = Exit.CONTINUE if "callback" in self.breaks else Exit.RETURN
        self._simple(node, parts(node)[0] if parts(node) else None, exit=exit_)

    def _throw(self, node: SyntaxNode) -> None:
        self._simple(node, parts(node)[0] if parts(node) else None, exit=Exit.RAISE)

    def _break(self, node: SyntaxNode) -> None:
        labelled = child(node, "label") is not None
        if labelled or not self.breaks or self.breaks[-1] != "switch":
            self._simple(node, None, exit=Exit.BREAK)

    def _continue(self, node: SyntaxNode) -> None:
        self._simple(node, None, exit=Exit.CONTINUE)


_SKIPPED = frozenset(
    "empty_statement comment debugger_statement interface_declaration type_alias_declaration enum_declaration"
    " function_signature ambient_declaration import_alias hash_bang_line".split()
)

_READERS: dict[str, Callable[[Statements, SyntaxNode], None]] = {
    **{name: Statements._define for name in DEFINITIONS if name.endswith("_declaration") and name not in _SKIPPED},
    "expression_statement": Statements._expression,
    "lexical_declaration": Statements._declare,
    "variable_declaration": Statements._declare,
    "return_statement": Statements._return,
    "throw_statement": Statements._throw,
    "break_statement": Statements._break,
    "continue_statement": Statements._continue,
    "statement_block": Statements._block,
    "labeled_statement": Statements._label,
    "if_statement": if_,
    "switch_statement": switch,
    "for_in_statement": for_in,
    "for_statement": for_,
    "while_statement": while_,
    "do_statement": while_,
    "try_statement": Statements._try,
    "export_statement": Statements._export,
    **dict.fromkeys(NAMESPACES, Statements._namespace),
    "import_statement": Statements._import,
}
