"""The choices of a user that change what is read, reported and fixed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from taskfan_lint.severity import Severity

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_EXCLUDE = (
    ".bzr", ".direnv", ".eggs", ".git", ".hg", ".mypy_cache", ".nox", ".pytest_cache", ".ruff_cache", ".svn",
    ".tox", ".venv", "__pypackages__", "_build", "buck-out", "build", "dist", "node_modules", "site-packages", "venv",
)  # fmt: skip


class Settings(NamedTuple):
    """Everything that configuration and command line can set; the defaults are those of an empty configuration.

    `select` None means every rule. `root` is the folder against which patterns are matched, `max_file_size` counts
    bytes, `durations` maps an agent's name to minutes, `baseline` is an absolute path, or empty for none.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = {}
    severity: Mapping[str, Severity] = {}
    dispatch_names: tuple[str, ...] = ()
    dispatch_modules: tuple[str, ...] = ()
    wait_names: tuple[str, ...] = ()
    max_fan_out: int = 6
    max_unroll: int = 12
    background: bool = False
    durations: Mapping[str, float] = {}
    max_file_size: int = 4 * 1024 * 1024
    fail_on: Severity = Severity.WARNING
    baseline: str = ""
    root: Path | None = None
    include_counterexamples: bool = False

    def enables(self, rule: str) -> bool:
        """Tell whether a rule runs: selected (or added), and not ignored."""
        selected = self.select is None or rule in self.select or rule in self.extend_select
        return selected and rule not in self.ignore


DEFAULT = Settings()
