"""The command `hook`: checks what a coding agent has just written, and tells it."""

from __future__ import annotations

import os
from collections.abc import Callable

import click

from taskfan_lint import console, hooks

TOLD = 2  # the exit status that feeds standard error back to the agent

verbose_option: Callable[..., Callable[..., object]] = click.option(
    "-v", "--verbose", is_flag=True, help="Say on standard error why a file was not checked."
)


@click.group(no_args_is_help=False, short_help="Check what a coding agent has just written.")
def command() -> None:
    """Check what a coding agent has just written, as a hook of Claude Code.

    The event is read from standard input. What is no event, and what is no file to check, is passed over with exit
    status 0: the agent is never disturbed by it.
    """


@command.command("post-edit", short_help="After one edit (PostToolUse).")
@click.option("--gentle", is_flag=True, help="Exit with 0 and hand the findings over as additional context.")
@verbose_option
def post_edit(gentle: bool, verbose: bool) -> int:
    """Check the file of a PostToolUse event.

    Exit status 2 with the findings on standard error, which the agent gets to read; 0 where there are none.
    """
    message = _message(verbose)
    if gentle:
        console.out(hooks.context("PostToolUse", message) if message else "")
        return 0
    console.err(message)
    return TOLD if message else 0


@command.command("post-batch", short_help="After all edits of one response (PostToolBatch).")
@verbose_option
def post_batch(verbose: bool) -> int:
    """Check the files of a PostToolBatch event, and hand the findings over as additional context."""
    message = _message(verbose)
    console.out(hooks.context("PostToolBatch", message) if message else "")
    return 0


def _message(verbose: bool) -> str:
    """Return what to tell the agent; what keeps a file from being checked is said only under `-v`."""
    try:
        answer = hooks.answer(hooks.event(console.standard_input()), os.environ)
    except hooks.EventError as error:
        answer = hooks.Answer(reasons=(str(error),))
    except OSError as error:  # standard input is closed, or the current folder is gone
        answer = hooks.Answer(reasons=((error.strerror or str(error)).lower(),))
    for reason in answer.reasons if verbose else ():
        console.tell("warning", reason)
    return answer.message
