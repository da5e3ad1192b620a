"""The command line: the group of commands, and the exit status."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

import click

import taskfan_lint
from taskfan_lint import console
from taskfan_lint.config import ConfigError
from taskfan_lint.help import Commands
from taskfan_lint.report import Look

NAME = "taskfan-lint"


def show_version(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    """Print the version and exit."""
    if value:
        console.out(f"{NAME} {taskfan_lint.__version__}\n")
        ctx.exit()


@click.group(
    cls=Commands,
    options_metavar="",
    subcommand_metavar="[check] [OPTIONS] [PATHS]... | COMMAND [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=show_version, help="Show the version."
)
def cli() -> None:
    """Find, explain and fix sub-agent dispatches that could run at once but run one after another.

    `check` is what runs where no command is named; the options below are its own.

    Exit status: 0 clean, 1 a finding remains or `--diff` would change something, 2 an error.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    console.prepare()
    try:
        status: int = cli.main(arguments, prog_name=NAME, standalone_mode=False)
    except click.UsageError as error:
        console.tell("error", error.format_message())
        console.err(f"try `{NAME} --help`")
    except ConfigError as error:
        console.tell("error", f"{Look().path(error.path)}: {error.reason}")
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        console.tell("error", place + (error.strerror or str(error)).lower())
    except (click.Abort, KeyboardInterrupt):
        return 130
    else:
        return status
    return 2


def run() -> NoReturn:
    """Run the command line and end the process with its exit status.

    The system takes back at once what Python would take apart piece by piece, for a tenth of a run on one file.
    """
    gc.set_threshold(50_000)  # trees come by the thousand and have no cycles: looking for these takes a tenth of a run
    status = main() or 0
    if threading.active_count() > 1:  # these have to end their work first, as they do at Python's own end
        sys.exit(status)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)
