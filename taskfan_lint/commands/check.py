"""The command `check`: its options, and what they ask for."""

from __future__ import annotations

from typing import Any

import click

from taskfan_lint.checking import Choices, check
from taskfan_lint.help import Sectioned, option, refuse
from taskfan_lint.options import OPTIONS, OptionError, meant
from taskfan_lint.outputs import Output
from taskfan_lint.report import STDIN, formats
from taskfan_lint.run import Mode

FINDING, FIXING, OUTPUT, FILES, CONFIGURATION, GENERAL = (
    "Rule selection", "Fixes", "Output", "Files", "Configuration", "General",
)  # fmt: skip


def listed(ctx: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> Any:
    """Read a repeatable option of words between commas as the configuration key of that name is read."""
    if not value:
        return None
    words = [word.strip() for part in value for word in part.split(",") if word.strip()]
    return leveled(ctx, parameter, words)


def leveled(ctx: click.Context, parameter: click.Parameter, value: object) -> Any:
    """Read an option as the configuration key of that name is read."""
    if value is None:
        return None
    try:
        return OPTIONS[str(parameter.name).replace("_", "-")].read(value)
    except OptionError as wrong:
        raise click.BadParameter(str(wrong), ctx, parameter) from wrong


@click.command(cls=Sectioned, short_help="Check files and folders, the default command.")
@click.argument("paths", nargs=-1, type=click.Path())
@option(FIXING, "--fix", is_flag=True, help="Apply the safe fixes.")
@option(FIXING, "--unsafe-fixes", is_flag=True, help="With --fix or --diff: the unsafe fixes too.")
@option(FIXING, "--diff", is_flag=True, help="Write nothing, show what --fix would write.")
@option(
    FINDING, "--select", multiple=True, metavar="RULES", callback=listed, help="The rules that run, in place of all."
)
@option(FINDING, "--ignore", multiple=True, metavar="RULES", callback=listed, help="Rules that don't run.")
@option(FINDING, "--extend-select", multiple=True, metavar="RULES", callback=listed, help="Rules that run in addition.")
@option(
    FINDING, "--include-counterexamples", is_flag=True, help="Show and fix marked counter-examples in Markdown too."
)
@option(OUTPUT, "--output", multiple=True, metavar="FORMAT[:FILE]", help=f"One of {', '.join(formats())}; repeatable.")
@option(
    OUTPUT,
    "--output-format",
    metavar="FORMAT",
    type=click.Choice(formats()),
    help="The format for standard output or --output-file.",
)
@option(OUTPUT, "--output-file", metavar="FILE", help="Write the findings to a file.")
@option(OUTPUT, "--statistics", is_flag=True, help="Show the number of findings of each rule in place of them.")
@option(OUTPUT, "--show-files", is_flag=True, help="List the files that would be checked.")
@option(OUTPUT, "--show-exempt", is_flag=True, help="List what is spared, and why, in place of the findings.")
@option(OUTPUT, "--why", metavar="PATH:LINE", help="Explain every decision about the calls of a line.")
@option(OUTPUT, "--show-settings", is_flag=True, help="Show the settings of the first file.")
@option(
    OUTPUT,
    "--color",
    metavar="WHEN",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour: auto, always or never.",
)
@option(
    FILES, "--exclude", multiple=True, metavar="PATTERNS", callback=listed, help="Leave out, in place of the default."
)
@option(FILES, "--extend-exclude", multiple=True, metavar="PATTERNS", callback=listed, help="Leave out in addition.")
@option(FILES, "--force-exclude", is_flag=True, help="Leave out excluded files even if they are named.")
@option(FILES, "--stdin-filename", metavar="PATH", help="The name of the text that `-` reads from standard input.")
@option(CONFIGURATION, "--config", metavar="FILE", help="Read this configuration file and no other.")
@option(CONFIGURATION, "--isolated", is_flag=True, help="Read no configuration file.")
@option(CONFIGURATION, "--no-cache", is_flag=True, help="Changes nothing: there is no cache yet.")
@option(GENERAL, "--fail-on", metavar="error|warning|info", callback=leveled, help="Least severity for exit status 1.")
@option(GENERAL, "--exit-zero", is_flag=True, help="Exit with 0 even if there are findings; errors keep 2.")
@option(GENERAL, "-q", "--quiet", is_flag=True, help="Findings and errors only, no summary, no warnings.")
@option(GENERAL, "-v", "--verbose", is_flag=True, help="Name everything that could not be analysed; show tracebacks.")
def command(**chosen: Any) -> int:
    """Check files and folders (the current one by default); `-` is standard input."""
    return check(choices(chosen))


def choices(chosen: dict[str, Any]) -> Choices:
    """Return the options as Choices; raises UsageError where they don't go together."""
    refuse(chosen["config"] and chosen["isolated"], "`--config` and `--isolated` exclude each other")
    refuse(STDIN in chosen["paths"] and len(chosen["paths"]) > 1, "`-` stands alone, without other paths")
    refuse(chosen["why"] and chosen["paths"], "`--why` names the only place it looks at, so no paths go with it")
    refuse(chosen["stdin_filename"] and chosen["paths"] not in ((), (STDIN,)), "`--stdin-filename` goes with `-`")
    fields = ("select", "ignore", "extend_select", "exclude", "extend_exclude", "fail_on")
    layer = {field: chosen.pop(field) for field in fields}
    layer["include_counterexamples"] = chosen.pop("include_counterexamples") or None
    fix, diff = chosen.pop("fix"), chosen.pop("diff")
    del chosen["no_cache"]
    return Choices(
        layer={field: value for field, value in layer.items() if value is not None},
        outputs=_outputs(chosen.pop("output"), chosen.pop("output_format"), chosen.pop("output_file")),
        mode=Mode.DIFF if diff else Mode.FIX if fix else Mode.CHECK,
        unsafe=chosen.pop("unsafe_fixes"),
        **chosen,
    )


def _outputs(pairs: tuple[str, ...], format: str | None, file: str | None) -> tuple[Output, ...]:
    outputs = []
    for pair in pairs:
        name, _, place = pair.partition(":")
        refuse(name not in formats(), f"unknown format `{name}`{meant(name, formats())}")
        outputs.append(Output(name, place or None))
    if format or file or not outputs:
        outputs.append(Output(format or "text", file))
    places = [output.file for output in outputs]
    refuse(len(places) > len(set(places)), "two outputs go to the same place")
    return tuple(outputs)
