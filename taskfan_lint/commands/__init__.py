"""The registry of commands: each module of this package is one, found by its name and imported when it is asked for."""

from __future__ import annotations

import importlib
from typing import cast

import click

from taskfan_lint.modules import names


def command_names() -> tuple[str, ...]:
    """Return the names of all commands, sorted; no module of them is imported."""
    return names(__path__)


def command(name: str) -> click.Command:
    """Return the command `name`, which is one of `command_names()`."""
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    return cast(click.Command, module.command)
