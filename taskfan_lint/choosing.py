"""The options that several commands have: which files, under which configuration, and in colour or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from taskfan_lint.help import CONFIGURATION, FILES, OUTPUT, listed, option, refuse
from taskfan_lint.report import STDIN

Declared = Callable[..., Any]


def _all(*options: Callable[[Declared], Declared]) -> Callable[[Declared], Declared]:
    """Return the decorator that adds options in this order."""

    def declare(command: Declared) -> Declared:
        for one in reversed(options):
            command = one(command)
        return command

    return declare


files = _all(
    option(
        FILES,
        "--exclude",
        multiple=True,
        metavar="PATTERNS",
        callback=listed,
        help="Leave out, in place of the default.",
    ),
    option(
        FILES, "--extend-exclude", multiple=True, metavar="PATTERNS", callback=listed, help="Leave out in addition."
    ),
    option(FILES, "--force-exclude", is_flag=True, help="Leave out excluded files even if they are named."),
    option(FILES, "--stdin-filename", metavar="PATH", help="The name of the text that `-` reads from standard input."),
)
configuration = _all(
    option(CONFIGURATION, "--config", metavar="FILE", help="Read this configuration file and no other."),
    option(CONFIGURATION, "--isolated", is_flag=True, help="Read no configuration file."),
)
color = option(
    OUTPUT,
    "--color",
    metavar="WHEN",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour: auto, always or never.",
)


def check_together(chosen: dict[str, Any], *, needs_paths: bool = False) -> None:
    """Raise UsageError where paths, `--stdin-filename` and the configuration don't go together.

    Without paths, standard input is read where it has a name, unless the command `needs_paths`.
    """
    refuse(chosen["config"] and chosen["isolated"], "`--config` and `--isolated` exclude each other")
    refuse(STDIN in chosen["paths"] and len(chosen["paths"]) > 1, "`-` stands alone, without other paths")
    read = ((STDIN,),) if needs_paths else ((), (STDIN,))
    refuse(chosen["stdin_filename"] and chosen["paths"] not in read, "`--stdin-filename` goes with `-`")
