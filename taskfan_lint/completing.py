"""What a shell may complete: rules, formats, severities and files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from taskfan_lint.report import formats
from taskfan_lint.rules import rule_names
from taskfan_lint.severity import Severity

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def rules(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the rules that a word may become; of words between commas the last one."""
    before = incomplete[: incomplete.rfind(",") + 1]
    return _items((before + name for name in rule_names()), incomplete)


def severities(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the severities that a word may become."""
    return _items(map(str, reversed(Severity)), incomplete)


def outputs(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the formats that a word may become; what stands behind a colon is a file."""
    return files(ctx, parameter, incomplete) if ":" in incomplete else _items(formats(), incomplete)


def files(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the wish that the shell completes the name of a file."""
    return _items([incomplete], incomplete, kind="file")


def _items(words: Iterable[str], incomplete: str, kind: str = "plain") -> list[CompletionItem]:
    from click.shell_completion import CompletionItem  # lazy: only where a shell completes

    return [CompletionItem(word, type=kind) for word in words if word.startswith(incomplete)]


# What is offered for a value of an option, by its metavar.
OFFERS = {
    "RULES": rules,
    "FORMAT[:FILE]": outputs,
    "error|warning|info": severities,
    "FILE": files,
    "PATH": files,
    "[=REASON]": files,
}
