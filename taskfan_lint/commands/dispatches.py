"""The command `dispatches`: its options, and what they ask for."""

from __future__ import annotations

from typing import Any

import click

from taskfan_lint.help import CONFIGURATION, FILES, GENERAL, OUTPUT, Sectioned, listed, option, refuse
from taskfan_lint.listing import Asked, show
from taskfan_lint.report import STDIN


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
@option(
    FILES, "--exclude", multiple=True, metavar="PATTERNS", callback=listed, help="Leave out, in place of the default."
)
@option(FILES, "--extend-exclude", multiple=True, metavar="PATTERNS", callback=listed, help="Leave out in addition.")
@option(FILES, "--force-exclude", is_flag=True, help="Leave out excluded files even if they are named.")
@option(FILES, "--stdin-filename", metavar="PATH", help="The name of the text that `-` reads from standard input.")
@option(CONFIGURATION, "--config", metavar="FILE", help="Read this configuration file and no other.")
@option(CONFIGURATION, "--isolated", is_flag=True, help="Read no configuration file.")
@option(GENERAL, "-q", "--quiet", is_flag=True, help="Dispatches and errors only, no summary, no warnings.")
@option(GENERAL, "-v", "--verbose", is_flag=True, help="Name what is skipped; show tracebacks.")
def command(**chosen: Any) -> int:
    """List every dispatch that was read, those in counter-examples too; `-` is standard input."""
    refuse(chosen["config"] and chosen["isolated"], "`--config` and `--isolated` exclude each other")
    refuse(STDIN in chosen["paths"] and len(chosen["paths"]) > 1, "`-` stands alone, without other paths")
    refuse(chosen["stdin_filename"] and chosen["paths"] not in ((), (STDIN,)), "`--stdin-filename` goes with `-`")
    layer = {field: chosen.pop(field) for field in ("exclude", "extend_exclude")}
    return show(Asked(layer={field: value for field, value in layer.items() if value is not None}, **chosen))
