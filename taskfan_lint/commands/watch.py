"""The command `watch`: its options."""

from __future__ import annotations

import click

from taskfan_lint import console
from taskfan_lint.report import formats
from taskfan_lint.watching import MissingError, watch


@click.command(short_help="Check files and folders again as they change.")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option(
    "--output-format", metavar="FORMAT", type=click.Choice(formats()), default="text", help="How to show findings."
)
def command(paths: tuple[str, ...], output_format: str) -> int:
    """Check files and folders (the current one by default), then each file that changes, until Ctrl-C."""
    try:
        return watch(paths or (".",), output_format)
    except MissingError as error:
        console.tell("error", str(error))
        return 2
