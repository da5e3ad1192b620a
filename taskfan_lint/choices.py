"""What the command line of `check` asks for."""

from __future__ import annotations

from typing import NamedTuple

from taskfan_lint.config import Layer
from taskfan_lint.outcome import Job, Mode
from taskfan_lint.outputs import Output
from taskfan_lint.report import STDIN
from taskfan_lint.selection import Selection


class Choices(NamedTuple):
    """What the command line asks for, read and checked; `layer` is its part of the settings."""

    paths: tuple[str, ...]
    layer: Layer
    outputs: tuple[Output, ...]
    mode: Mode
    unsafe: bool
    reason: str
    config: str | None
    isolated: bool
    stdin_filename: str | None
    force_exclude: bool
    statistics: bool
    show_files: bool
    show_settings: bool
    show_exempt: bool
    why: str | None
    exit_zero: bool
    quiet: bool
    verbose: bool
    color: str
    selection: Selection = Selection()
    baseline: str | None = None
    write_baseline: str | None = None

    @property
    def streams(self) -> bool:
        """Whether files can be checked while others are yet to be found: nothing is written or asked about all."""
        asks = self.selection.asks or self.show_files or self.show_settings or self.show_exempt
        return not (asks or self.mode.writes or self.stdin or self.baseline or self.write_baseline)

    @property
    def job(self) -> Job:
        """What is done with each file."""
        return Job(self.mode, self.unsafe, self.reason)

    @property
    def stdin(self) -> bool:
        return self.paths == (STDIN,) or (not self.paths and self.stdin_filename is not None)
