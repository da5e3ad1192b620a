"""The command `verify`: its options, and what they ask for."""

from __future__ import annotations

from typing import Any

import click

from taskfan_lint import choosing
from taskfan_lint.help import Sectioned, option, refuse
from taskfan_lint.report import STDIN

SESSION, DURATIONS, OUTPUT, GENERAL = "Sessions", "Durations", "Output", "General"
FORMATS = ("text", "json", "svg", "html")


@click.command(cls=Sectioned, short_help="Tell from a recorded session what ran at once.")
@click.argument("transcripts", nargs=-1, type=click.Path(), metavar="[TRANSCRIPT]...")
@option(SESSION, "--latest", is_flag=True, help="The newest session of this folder.")
@option(SESSION, "--against", metavar="FILE", help="Compare with the windows of a prompt file.")
@option(DURATIONS, "--durations", metavar="LIST|FILE", help="How long the tasks take: `5,4,5`, or a plan in TOML.")
@option(DURATIONS, "--measured", metavar="TIME", help="How long all of them took together.")
@option(
    OUTPUT,
    "--output-format",
    "format",
    metavar="FORMAT",
    type=click.Choice(FORMATS),
    default="text",
    help=f"One of {', '.join(FORMATS)}.",
)
@option(OUTPUT, "--show-prompts", "prompts", is_flag=True, help="Show the prompts too.")
@choosing.color
@option(
    GENERAL,
    "--fail-on",
    metavar="sequential|partial",
    type=click.Choice(["sequential", "partial"]),
    help="Exit with 1 where a session is sequential, or at most partly parallel.",
)
def command(**chosen: Any) -> int:
    """Tell which dispatches of a recorded session ran at once, and which could have.

    A TRANSCRIPT is a `.jsonl` file of Claude Code, the folder of a session or of a project, or `-` for standard input.
    Nothing is sent anywhere, and prompts are shown only if asked for.

    Exit status: 0, 1 for what `--fail-on` names, 2 an error.
    """
    from taskfan_lint.verification import Choices, verify  # lazy: no other command reads transcripts

    plans = [path for path in chosen["transcripts"] if path.lower().endswith(".toml")]
    if plans and chosen["durations"] is None:
        refuse(len(chosen["transcripts"]) > 1, "a plan in TOML stands alone, without transcripts")
        chosen.update(durations=plans[0], transcripts=())
    transcripts, durations, measured = chosen["transcripts"], chosen["durations"], chosen["measured"]
    refuse(measured is not None and durations is None, "`--measured` goes with `--durations`, or with a plan in TOML")
    sessions = bool(transcripts) or chosen["latest"]
    refuse(durations is not None and (sessions or chosen["against"]), "`--durations` goes without transcripts")
    refuse(durations is not None and chosen["format"] in ("svg", "html"), "durations are shown as text or json only")
    refuse(durations is None and not sessions, "needs a transcript, or `--latest`, or `--durations`")
    refuse(transcripts.count(STDIN) > 1, "`-` can be read only once")
    return verify(Choices(**chosen))
