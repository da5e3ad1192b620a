"""`python -m taskfan_lint`."""

from __future__ import annotations

from taskfan_lint.cli import run

if __name__ == "__main__":
    run()
