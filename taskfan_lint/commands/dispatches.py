"""The command `dispatches`: its options, and what they ask for."""

from __future__ import annotations

from typing import Any

import click

from taskfan_lint import choosing
from taskfan_lint.help import GENERAL, OUTPUT, Sectioned, option
from taskfan_lint.listing import Asked, show


@click.command(cls=Sectioned, short_help="List every dispatch in files and folders.")
@click.argument("paths", nargs=-1, type=click.Path())
@option(
    OUTPUT,
    "--output-format",
    metavar="FORMAT",
    type=click.Choice(["text", "json"]),
    default="text",
    help="The format for standard output: text or json.",
)
@choosing.files
@choosing.configuration
@option(GENERAL, "-q", "--quiet", is_flag=True, help="Dispatches and errors only, no summary, no warnings.")
@option(GENERAL, "-v", "--verbose", is_flag=True, help="Name what is skipped; show tracebacks.")
def command(**chosen: Any) -> int:
    """List every dispatch that was read, those in counter-examples too; `-` is standard input."""
    choosing.check_together(chosen)
    layer = {field: chosen.pop(field) for field in ("exclude", "extend_exclude")}
    return show(Asked(layer={field: value for field, value in layer.items() if value is not None}, **chosen))
