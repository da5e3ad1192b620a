"""The command `rule`: the page of a rule or of all rules, or the list of rules."""

from __future__ import annotations

import click

from taskfan_lint import completing, console, pages
from taskfan_lint.help import refuse
from taskfan_lint.options import meant
from taskfan_lint.rules import rule_names


@click.command(short_help="Show the page of a rule, or list the rules.")
@click.argument("name", required=False, shell_complete=completing.rules)
@click.option("--all", "every", is_flag=True, help="Show the pages of all rules.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="How to show them.")
def command(name: str | None, every: bool, output_format: str) -> int:
    """Show the page of a rule, or list all rules."""
    refuse(name and every, "`--all` goes without the name of a rule")
    refuse(name and name not in rule_names(), f"unknown rule `{name}`{meant(name or '', rule_names())}")
    if output_format == "json":
        import json  # lazy: for this format only

        shown = pages.described(name) if name else [pages.described(each) for each in rule_names()]
        console.out(json.dumps(shown, indent=2) + "\n")
    elif name:
        console.out(pages.page(name))
    elif every:
        console.out("\n".join(map(pages.page, rule_names())))
    else:
        width = max(map(len, rule_names()))
        console.out("".join(f"{each:<{width}}  {pages.summary(each)}\n" for each in rule_names()))
    return 0
