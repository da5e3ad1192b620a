"""The code of a LibCST tree and the offsets of its nodes, both in one go."""

from __future__ import annotations

from types import TracebackType

import libcst as cst
from libcst._nodes.internal import CodegenState  # what LibCST's own position provider is made of


def offsets(module: cst.Module) -> tuple[str, dict[cst.CSTNode, tuple[int, int]]]:
    """Return the code that a tree stands for, and where each node in it starts and ends, without its own parentheses.

    `PositionProvider` gives rows and columns, which have to be made offsets again, and writes the code a second time.
    """
    writer = _Writer(module)
    module._codegen(writer)
    return "".join(writer.tokens), writer.spans


class _Writer(CodegenState):
    """Writes the code of nodes, and notes where each begins and ends."""

    def __init__(self, module: cst.Module) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.spans: dict[cst.CSTNode, tuple[int, int]] = {}
        self.offset = 0
        self._starts: list[int] = []

    def add_indent_tokens(self) -> None:
        for token in self.indent_tokens:
            self.add_token(token)

    def add_token(self, value: str) -> None:
        self.tokens.append(value)
        self.offset += len(value)

    def before_codegen(self, node: cst.CSTNode) -> None:
        self._starts.append(self.offset)

    def after_codegen(self, node: cst.CSTNode) -> None:
        start = self._starts.pop()
        if node not in self.spans:
            self.spans[node] = start, self.offset

    def record_syntactic_position(  # type: ignore[override]  # a class costs less than a generator
        self,
        node: cst.CSTNode,
        *,
        start_node: cst.CSTNode | None = None,
        end_node: cst.CSTNode | None = None,
    ) -> _Recorded:
        return _Recorded(self, node, start_node, end_node)

    def note(self, node: cst.CSTNode, start: int, first: cst.CSTNode | None, last: cst.CSTNode | None) -> None:
        """Note the span of a node from `start` on, or of what stands between two others."""
        self.spans[node] = self.spans[first][0] if first else start, self.spans[last][1] if last else self.offset


class _Recorded:
    """What is written inside, without the white space around it, is the node's own."""

    def __init__(self, writer: _Writer, node: cst.CSTNode, first: cst.CSTNode | None, last: cst.CSTNode | None) -> None:
        self._writer = writer
        self._node = node
        self._first = first
        self._last = last

    def __enter__(self) -> None:
        self._start = self._writer.offset

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._writer.note(self._node, self._start, self._first, self._last)
