"""How the command line is laid out: a default command, and options under headings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from taskfan_lint.commands import command, command_names

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

GROUP_OPTIONS = ("-h", "--help", "--version")
DEFAULT = "check"
FINDING, FIXING, OUTPUT, FILES, CONFIGURATION, GENERAL = (
    "Rule selection", "Fixes", "Output", "Files", "Configuration", "General",
)  # fmt: skip

Sections = dict[str, list[tuple[str, str]]]


class SectionedOption(click.Option):
    """An option that stands under a heading of the help text."""

    def __init__(self, *names: Any, section: str, **attributes: Any) -> None:
        super().__init__(*names, **attributes)
        self.section = section

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        return record and (record[0].replace(" [=", "[="), record[1])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return what a shell offers for a value: what the metavar of the option says that it is."""
        from taskfan_lint.completing import OFFERS  # lazy: only where a shell completes

        offer = OFFERS.get(str(self.metavar))
        return offer(ctx, self, incomplete) if offer else super().shell_complete(ctx, incomplete)


def option(section: str, *names: str, **attributes: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the decorator that adds an option under the heading `section`."""
    return click.option(*names, cls=SectionedOption, section=section, **attributes)


def refuse(wrong: object, reason: str) -> None:
    """Raise UsageError with a reason where something is wrong."""
    if wrong:
        raise click.UsageError(reason)


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
    from taskfan_lint.options import OPTIONS, OptionError  # lazy: only where such an option is given

    try:
        return OPTIONS[str(parameter.name).replace("_", "-")].read(value)
    except OptionError as wrong:
        raise click.BadParameter(str(wrong), ctx, parameter) from wrong


class Sectioned(click.Command):
    """A command whose help lists its options under their headings, in the order of declaration."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write(_sections(self, ctx), formatter)


class Commands(click.Group):
    """A group that runs its command `check` where no command is named, and shows the options of it as its own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(command_names())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return command(cmd_name) if cmd_name in command_names() else None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and ctx.resilient_parsing:  # a shell completes the first word, which may become a command
            return super().parse_args(ctx, args)
        named = args and (args[0] in command_names() or args[0] in GROUP_OPTIONS)
        return super().parse_args(ctx, args if named else [DEFAULT, *args])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands and options that a first word may become, or else what one of `check` may."""
        own = super().shell_complete(ctx, incomplete)
        default = command(DEFAULT)
        if not incomplete.startswith("-"):
            return own or default.params[0].shell_complete(ctx, incomplete)
        known = [item.value for item in own]
        inner = default.shell_complete(click.Context(default, ctx, DEFAULT), incomplete)
        return own + [item for item in inner if item.value not in known]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.format_commands(ctx, formatter)
        default = command(DEFAULT)
        sections = _sections(default, click.Context(default, ctx, DEFAULT))
        for heading, records in _sections(self, ctx).items():
            known = sections.setdefault(heading, [])
            known += [record for record in records if record not in known]
        _write(sections, formatter)


def _sections(asked: click.Command, ctx: click.Context) -> Sections:
    sections: Sections = {}
    for parameter in asked.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is not None and isinstance(parameter, click.Option):
            sections.setdefault(getattr(parameter, "section", "General"), []).append(record)
    return sections


def _write(sections: Sections, formatter: click.HelpFormatter) -> None:
    for heading, records in sections.items():
        with formatter.section(heading):
            formatter.write_dl(records)
