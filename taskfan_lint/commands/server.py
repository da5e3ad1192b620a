"""The command `server`: the language server."""

from __future__ import annotations

import click


@click.command(short_help="Serve an editor: the language server, on standard input and output.")
@click.option("--stdio", is_flag=True, help="Changes nothing: there is no other way; some editors say it.")
def command(stdio: bool) -> int:
    """Serve an editor: the language server, on standard input and output."""
    from taskfan_lint.server.serve import serve  # lazy: no other command needs the protocol

    return serve()
