"""taskfan-lint finds, explains and fixes sub-agent dispatches that could run at once but run one after another."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from taskfan_lint.finding import Finding
from taskfan_lint.settings import Settings
from taskfan_lint.source import Document

__all__ = ["Finding", "Settings", "check", "fix", "validate_parallelization"]

DEFAULT = Settings()


def check(text: str, path: str | os.PathLike[str], settings: Settings = DEFAULT) -> list[Finding]:
    """Return what `taskfan-lint` reports for a text; the suffix of `path` tells Markdown from Python."""
    from taskfan_lint import engine  # lazy: whoever imports the package need not pay for it

    return list(engine.check(Document(Path(path), text), settings).findings)


def fix(
    text: str, path: str | os.PathLike[str], settings: Settings = DEFAULT, unsafe: bool = False
) -> tuple[str, list[Finding]]:
    """Return the text with all safe fixes made (with `unsafe` the unsafe ones too), and the findings that remain."""
    from taskfan_lint import engine  # lazy: whoever imports the package need not pay for it

    fixed, checked = engine.fix(Document(Path(path), text), settings, unsafe=unsafe)
    return fixed, list(checked.findings)


def validate_parallelization(tasks: Sequence[float], execution_time: float) -> dict[str, str | float]:
    """Return whether tasks that take these durations ran in parallel, from the time that all of them took together."""
    from taskfan_lint import intervals  # lazy: whoever imports the package need not pay for it

    return intervals.validate_parallelization(tasks, execution_time)


def __getattr__(name: str) -> object:
    """Return `__version__`, looked up in the installed distribution only when asked for."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version  # lazy: slower to import than all else here

    try:
        return version("taskfan-lint")
    except PackageNotFoundError:  # a source tree that is not installed
        return "unknown"
