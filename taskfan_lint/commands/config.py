"""The command `config`: the configuration keys and their defaults."""

from __future__ import annotations

import click

from taskfan_lint import console
from taskfan_lint.options import dump
from taskfan_lint.settings import Settings


@click.command(short_help="Show the configuration keys and their defaults.")
@click.option("--schema", is_flag=True, help="Show the JSON Schema of a configuration file.")
def command(schema: bool) -> int:
    """Show the configuration keys, what they do, and their defaults, as TOML."""
    if schema:
        import json  # lazy: for this option only

        from taskfan_lint.schema import schema as written

        console.out(json.dumps(written(), indent=2) + "\n")
    else:
        console.out(dump(Settings()))
    return 0
