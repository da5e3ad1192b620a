"""The command `check`: its options, and what they ask for."""

from __future__ import annotations

import re
from typing import Any

import click

from taskfan_lint import choosing
from taskfan_lint.checking import check
from taskfan_lint.choices import Choices
from taskfan_lint.help import (
    CONFIGURATION,
    FILES,
    FINDING,
    FIXING,
    GENERAL,
    OUTPUT,
    Sectioned,
    leveled,
    listed,
    option,
    refuse,
)
from taskfan_lint.outcome import Mode
from taskfan_lint.outputs import Output
from taskfan_lint.report import STDIN, formats
from taskfan_lint.selection import Part, Selection

ADD_IGNORE = "--add-ignore"


def one_line(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Read the reason of a suppression, a part of one line that ends no comment."""
    if value and (value.strip() != value or "-->" in value or not value.isprintable()):
        raise click.BadParameter("a reason is one line, without blanks around it and without `-->`", ctx, parameter)
    return value


def parted(ctx: click.Context, parameter: click.Parameter, value: str | None) -> Part | None:
    """Read which part of the files to check, such as `2/8`."""
    if value is None:
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})", value)
    if not found or int(found[1]) > int(found[2]):
        raise click.BadParameter(f"expects a part such as `2/8`, from 1 on, not `{value}`", ctx, parameter)
    return Part(int(found[1]), int(found[2]))


class Checking(Sectioned):
    """The command, one of whose options takes a value behind `=` only."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        return super().parse_args(ctx, [f"{one}=" if one == ADD_IGNORE else one for one in args[:end]] + args[end:])


@click.command(cls=Checking, short_help="Check files and folders, the default command.")
@click.argument("paths", nargs=-1, type=click.Path())
@option(FIXING, "--fix", is_flag=True, help="Apply the safe fixes.")
@option(FIXING, "--unsafe-fixes", is_flag=True, help="With --fix or --diff: the unsafe fixes too.")
@option(FIXING, "--diff", is_flag=True, help="Write nothing, show what --fix would write.")
@option(
    FIXING,
    ADD_IGNORE,
    metavar="[=REASON]",
    callback=one_line,
    help="Suppress each finding by a comment, with a reason in it if one is given.",
)
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
@choosing.color
@choosing.files
@option(FILES, "--since", metavar="REF", help="Only files changed since the work on REF began, a Git commit.")
@option(FILES, "--staged", is_flag=True, help="Only files with staged changes.")
@option(FILES, "--changed-lines", is_flag=True, help="With --since or --staged: only findings that a change touched.")
@option(FILES, "--shard", metavar="N/OF", callback=parted, help="Only one of several parts of the files, such as 2/8.")
@option(FINDING, "--baseline", metavar="FILE", help="Don't report the known findings that FILE lists.")
@option(FINDING, "--write-baseline", metavar="FILE", help="Write all findings to FILE as known, keep its reasons.")
@choosing.configuration
@option(CONFIGURATION, "--no-cache", is_flag=True, help="Changes nothing: there is no cache.")
@option(GENERAL, "--fail-on", metavar="error|warning|info", callback=leveled, help="Least severity for exit status 1.")
@option(GENERAL, "--exit-zero", is_flag=True, help="Exit with 0 even if there are findings; errors keep 2.")
@option(GENERAL, "-q", "--quiet", is_flag=True, help="Findings and errors only, no summary, no warnings.")
@option(GENERAL, "-v", "--verbose", is_flag=True, help="Name everything that could not be analysed; show tracebacks.")
def command(**chosen: Any) -> int:
    """Check files and folders (the current one by default); `-` is standard input."""
    return check(choices(chosen))


def choices(chosen: dict[str, Any]) -> Choices:
    """Return the options as Choices; raises UsageError where they don't go together."""
    choosing.check_together(chosen)
    refuse(chosen["why"] and chosen["paths"], "`--why` names the only place it looks at, so no paths go with it")
    fields = ("select", "ignore", "extend_select", "exclude", "extend_exclude", "fail_on")
    layer = {field: chosen.pop(field) for field in fields}
    layer["include_counterexamples"] = chosen.pop("include_counterexamples") or None
    fix, diff, reason = chosen.pop("fix"), chosen.pop("diff"), chosen.pop("add_ignore")
    refuse(reason is not None and (fix or diff), f"`{ADD_IGNORE}` goes without `--fix` and `--diff`")
    refuse(reason is not None and chosen["changed_lines"], f"`{ADD_IGNORE}` goes without `--changed-lines`")
    mode = Mode.DIFF if diff else Mode.FIX if fix else Mode.IGNORE if reason is not None else Mode.CHECK
    del chosen["no_cache"]
    selection = _selection(chosen, fix or diff)
    both = chosen["baseline"] and chosen["write_baseline"]
    refuse(both, "`--write-baseline` reads its file too, it goes without `--baseline`")
    refuse(diff and chosen["write_baseline"], "`--diff` writes nothing, so it goes without `--write-baseline`")
    return Choices(
        layer={field: value for field, value in layer.items() if value is not None},
        outputs=_outputs(chosen.pop("output"), chosen.pop("output_format"), chosen.pop("output_file")),
        mode=mode,
        reason=reason or "",
        unsafe=chosen.pop("unsafe_fixes"),
        selection=selection,
        **chosen,
    )


def _selection(chosen: dict[str, Any], fixes: bool) -> Selection:
    since, staged, rows, part = (chosen.pop(key) for key in ("since", "staged", "changed_lines", "shard"))
    selection = Selection(since, staged, rows, part)
    stdin = STDIN in chosen["paths"] or chosen["stdin_filename"]
    refuse(stdin and (selection.by_change or part), "`--since`, `--staged` and `--shard` go with files, not with `-`")
    refuse(staged and since is not None, "`--since` and `--staged` exclude each other")
    refuse(since is not None and (not since or since.startswith("-")), f"`--since`: `{since}` is no Git commit")
    refuse(rows and not selection.by_change, "`--changed-lines` goes with `--since` or `--staged`")
    refuse(rows and fixes, "`--changed-lines` goes without `--fix` and `--diff`, which would touch other lines too")
    return selection


def _outputs(pairs: tuple[str, ...], format: str | None, file: str | None) -> tuple[Output, ...]:
    outputs = []
    for pair in pairs:
        name, _, place = pair.partition(":")
        if name not in formats():
            from taskfan_lint.options import meant  # lazy: only for messages

            refuse(True, f"unknown format `{name}`{meant(name, formats())}")
        outputs.append(Output(name, place or None))
    if format or file or not outputs:
        outputs.append(Output(format or "text", file))
    places = [output.file for output in outputs]
    refuse(len(places) > len(set(places)), "two outputs go to the same place")
    return tuple(outputs)
