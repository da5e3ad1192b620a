"""The command `config`: the configuration keys and their defaults."""

from __future__ import annotations

import click

from taskfan_lint import console
from taskfan_lint.options import dump
from taskfan_lint.settings import Settings


@click.command(short_help="Show the configuration keys and their defaults.")
def command() -> int:
    """Show the configuration keys, what they do, and their defaults, as TOML."""
    console.out(dump(Settings()))
    return 0
