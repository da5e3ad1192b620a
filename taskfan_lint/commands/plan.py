"""The command `plan`: its options, and what they ask for."""

from __future__ import annotations

from typing import Any

import click

from taskfan_lint import choosing
from taskfan_lint.drawing import CODE, FORMATS
from taskfan_lint.help import Sectioned, option, refuse
from taskfan_lint.schedule import Mode
from taskfan_lint.scheduling import PlanChoices, plan

INPUT, SCHEDULE, OUTPUT, CONFIGURATION, GENERAL = ("Input", "Schedule", "Output", "Configuration", "General")
MODES = [mode.value for mode in Mode]


@click.command(cls=Sectioned, short_help="Show the best schedule of dispatches, or of a list of tasks.")
@click.argument("paths", metavar="[FILES]...", nargs=-1, type=click.Path())
@option(INPUT, "--tasks", metavar="FILE", help="Plan the tasks of a TOML, JSON or YAML file.")
@option(
    INPUT,
    "--durations-from",
    metavar="TRANSCRIPT",
    help="Take the median minutes of each agent from a recorded session, where a call says nothing.",
)
@option(INPUT, "--include-counterexamples", is_flag=True, help="Plan marked counter-examples in Markdown too.")
@option(INPUT, "--stdin-filename", metavar="PATH", help="The name of the text that `-` reads from standard input.")
@option(
    SCHEDULE,
    "--mode",
    metavar="MODE",
    type=click.Choice(MODES),
    help="`groups`: each group waits for its slowest member (default); `rolling`: a slot is refilled at once.",
)
@option(SCHEDULE, "--max-fan-out", metavar="N", type=click.IntRange(1), help="The most agents of one level at once.")
@option(OUTPUT, "--output-format", metavar="FORMAT", type=click.Choice(FORMATS), help=f"One of {', '.join(FORMATS)}.")
@option(
    OUTPUT, "--emit", metavar="LANGUAGE", type=click.Choice(CODE), help="Write the calls, as `python` or `markdown`."
)
@option(OUTPUT, "--output-file", metavar="FILE", help="Write to a file.")
@choosing.configuration
@option(GENERAL, "-q", "--quiet", is_flag=True, help="Plans and errors only.")
def command(**chosen: Any) -> int:
    """Show the dispatches of files as they are written beside their best schedule; `-` is standard input.

    Exit status: 0, or 1 for a plan that the platform refuses, 2 for an error.
    """
    paths, tasks = chosen["paths"], chosen["tasks"]
    refuse(bool(paths) == bool(tasks), "name files, or one list of tasks with `--tasks`")
    choosing.check_together(chosen, needs_paths=True)
    refuse(chosen["emit"] and chosen["output_format"], "`--emit` and `--output-format` exclude each other")
    return plan(
        PlanChoices(
            paths,
            tasks,
            chosen["durations_from"],
            chosen["max_fan_out"],
            Mode(chosen["mode"]) if chosen["mode"] else None,
            chosen["emit"] or chosen["output_format"] or "text",
            chosen["output_file"],
            chosen["include_counterexamples"],
            chosen["stdin_filename"],
            chosen["config"],
            chosen["isolated"],
            chosen["quiet"],
        )
    )
