"""Prints the share of whole-file LibCST with positions that checking a changed document of 2,000 lines takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from libcst import parse_module
from libcst.metadata import MetadataWrapper, PositionProvider

from bench import trees
from taskfan_lint import engine
from taskfan_lint.settings import Settings
from taskfan_lint.source import Document

LINES = 2000
ROUNDS = 7


def main() -> None:
    """Measure both in turn and print the median of the ratios."""
    text = "\n".join(trees.dispatches(200_000, 20, 7).split("\n")[:LINES]) + "\n"
    settings = Settings()
    engine.check(Document(Path("a.py"), text), settings)
    ratios = []
    for number in range(ROUNDS):
        lines = text.split("\n")
        row = next(i for i in range(len(lines) // 2, len(lines)) if lines[i].startswith("    return"))
        lines[row] = f"    return {number}"
        changed = "\n".join(lines)
        ours = _seconds(lambda changed=changed: engine.check(Document(Path("a.py"), changed), settings))  # type: ignore[misc]
        whole = _seconds(lambda changed=changed: _positions(changed))  # type: ignore[misc]
        ratios.append(ours / whole)
    print(median(ratios))


def _positions(text: str) -> None:
    MetadataWrapper(parse_module(text)).resolve(PositionProvider)


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
