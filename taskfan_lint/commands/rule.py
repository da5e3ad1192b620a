"""The command `rule`: the page of a rule, or the list of rules."""

from __future__ import annotations

import click

from taskfan_lint import console, pages
from taskfan_lint.help import refuse
from taskfan_lint.options import meant
from taskfan_lint.rules import rule_names


@click.command(short_help="Show the page of a rule, or list the rules.")
@click.argument("name", required=False)
def command(name: str | None) -> int:
    """Show the page of a rule, or list all rules."""
    if name is None:
        width = max(map(len, rule_names()))
        console.out("".join(f"{each:<{width}}  {pages.summary(each)}\n" for each in rule_names()))
    else:
        refuse(name not in rule_names(), f"unknown rule `{name}`{meant(name, rule_names())}")
        console.out(pages.page(name))
    return 0
