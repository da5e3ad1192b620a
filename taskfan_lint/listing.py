"""The command `dispatches`: from paths to the inventory of what they hold."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from taskfan_lint import console
from taskfan_lint.checking import stdin_source, tell_problems
from taskfan_lint.config import Configs, Layer
from taskfan_lint.files import Found, Source, TooLargeError, find, read
from taskfan_lint.inventory import Inventory, as_json, as_text, inventory, total
from taskfan_lint.report import STDIN, Look
from taskfan_lint.source import DecodeError, decode


@dataclass(frozen=True)
class Asked:
    """What the command line asks for; `layer` is its part of the settings."""

    paths: tuple[str, ...]
    layer: Layer
    output_format: str
    config: str | None
    isolated: bool
    stdin_filename: str | None
    force_exclude: bool
    quiet: bool
    verbose: bool

    @property
    def stdin(self) -> bool:
        return self.paths == (STDIN,) or (not self.paths and self.stdin_filename is not None)


def show(asked: Asked) -> int:
    """Print the inventory and return the exit status; raises ConfigError for the configuration that is named."""
    configs = Configs(asked.layer, file=Path(asked.config) if asked.config else None, isolated=asked.isolated)
    found: list[Found]
    if asked.stdin:
        found = [stdin_source(asked.stdin_filename or STDIN, configs, asked.force_exclude)]
    else:
        found = find(asked.paths or (".",), configs, force_exclude=asked.force_exclude)
    look = Look()
    sources = [each for each in found if isinstance(each, Source)]
    steps = console.progress(_inventories(sources, asked, look), len(sources), silent=asked.quiet)
    outcomes = list(steps)
    inventories = [one for one in outcomes if isinstance(one, Inventory)]
    console.out((as_json if asked.output_format == "json" else as_text)(inventories, look))
    if not asked.quiet and asked.output_format == "text":
        console.err(total(inventories))
    failed = tell_problems(found, look, quiet=asked.quiet, verbose=asked.verbose)
    return 2 if failed or "failed" in outcomes else 0


def _inventories(sources: Iterable[Source], asked: Asked, look: Look) -> Iterator[Inventory | str]:
    """Yield the inventory of each file in turn; for one that has none say why, and yield what became of it."""
    for source in sources:
        path = look.path(source.path)
        limit = source.settings.max_file_size
        try:
            raw = console.standard_input() if asked.stdin else read(source.path, limit)
            if len(raw) > limit:
                raise TooLargeError(f"too large: `max-file-size` is {limit}")
            yield inventory(decode(source.path, raw), source.settings)
        except TooLargeError as error:
            if not asked.quiet:
                console.tell("warning", f"{path}: {error}")
            yield "refused"
        except OSError as error:
            console.tell("error", f"{path}: cannot be read: {(error.strerror or str(error)).lower()}")
            yield "failed"
        except DecodeError as error:
            console.tell("error", f"{path}: cannot be decoded: {error}")
            yield "failed"
        except Exception as error:  # an error in the engine costs this file, not the run
            console.tell("error", f"{path}: internal error: {type(error).__name__}: {error}")
            if asked.verbose:
                console.err(traceback.format_exc())
            yield "failed"
