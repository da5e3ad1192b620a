"""What a schedule gains: the standard terms, and those of the document `parallel-execution.md`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """Minutes one after another and in parallel, and how many tasks run at once at most."""

    sequential: float
    parallel: float
    at_once: int

    @property
    def speedup(self) -> float:
        """How many times as fast: sequential / parallel."""
        return self.sequential / self.parallel if self.parallel else 1.0

    @property
    def efficiency(self) -> float:
        """The part of the possible speedup that is reached: speedup / tasks at once."""
        return self.speedup / self.at_once if self.at_once else 1.0

    @property
    def saved(self) -> float:
        """The part of the time that is saved: 1 - parallel / sequential."""
        return 1 - self.parallel / self.sequential if self.sequential else 0.0

    @property
    def seed_speedup(self) -> float:
        """What `parallel-execution.md` calls speedup: the time saved, in percent."""
        return self.saved * 100

    @property
    def seed_efficiency(self) -> float:
        """What `parallel-execution.md` calls efficiency: the time saved in percent, for each task at once."""
        return self.seed_speedup / self.at_once if self.at_once else 0.0
