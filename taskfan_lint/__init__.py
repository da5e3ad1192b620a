"""taskfan-lint finds, explains and fixes sub-agent dispatches that could run at once but run one after another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskfan_lint.finding import Finding
    from taskfan_lint.settings import Settings

__all__ = ["Finding", "Settings", "check", "fix", "validate_parallelization"]


def check(text: str, path: str | os.PathLike[str], settings: Settings | None = None) -> list[Finding]:
    """Return what `taskfan-lint` reports for a text; the suffix of `path` tells Markdown from Python."""
    from pathlib import Path  # lazy: whoever imports the package need not pay for it

    from taskfan_lint import engine
    from taskfan_lint.settings import DEFAULT
    from taskfan_lint.source import Document

    return list(engine.check(Document(Path(path), text), settings or DEFAULT).findings)


def fix(
    text: str, path: str | os.PathLike[str], settings: Settings | None = None, unsafe: bool = False
) -> tuple[str, list[Finding]]:
    """Return the text with all safe fixes made (with `unsafe` the unsafe ones too), and the findings that remain."""
    from pathlib import Path  # lazy: whoever imports the package need not pay for it

    from taskfan_lint import engine
    from taskfan_lint.settings import DEFAULT
    from taskfan_lint.source import Document

    fixed, checked = engine.fix(Document(Path(path), text), settings or DEFAULT, unsafe=unsafe)
    return fixed, list(checked.findings)


def validate_parallelization(tasks: Sequence[float], execution_time: float) -> dict[str, str | float]:
    """Return whether tasks that take these durations ran in parallel, from the time that all of them took together."""
    from taskfan_lint import intervals  # lazy: whoever imports the package need not pay for it

    return intervals.validate_parallelization(tasks, execution_time)


def __getattr__(name: str) -> object:
    """Return what is only looked up when asked for: the public classes, and the version of the distribution."""
    if name == "__version__":
        return _version()
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from taskfan_lint import finding, settings  # lazy: the command line starts without them

    return finding.Finding if name == "Finding" else settings.Settings


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # lazy: slower to import than all else here

    try:
        return version("taskfan-lint")
    except PackageNotFoundError:  # a source tree that is not installed
        return "unknown"
