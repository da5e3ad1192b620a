"""The command `completion`: the script by which a shell completes the command line."""

from __future__ import annotations

import click

from taskfan_lint import console


@click.command(short_help="Show the script that lets a shell complete commands and options.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> int:
    """Show the script that lets a shell complete commands, options, rules and formats.

    \b
    bash  eval "$(taskfan-lint completion bash)"
    zsh   eval "$(taskfan-lint completion zsh)"
    fish  taskfan-lint completion fish | source
    """
    from click.shell_completion import get_completion_class  # lazy: only for this command

    root = ctx.find_root()
    name = str(root.info_name)
    kind = get_completion_class(shell)
    assert kind is not None, "one of those that click has"
    variable = f"_{name}_complete".replace("-", "_").upper()
    console.out(kind(root.command, {}, name, variable).source())
    return 0
