"""The command `dispatches`: from paths to the inventory of what they hold."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from taskfan_lint import console
from taskfan_lint.checking import stdin_source
from taskfan_lint.config import Configs, Layer
from taskfan_lint.documents import Documents
from taskfan_lint.files import Found, Source, find
from taskfan_lint.inventory import Inventory, as_json, as_text, inventory, total
from taskfan_lint.report import STDIN, Look


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
    paths = (asked.stdin_filename or STDIN,) if asked.stdin else asked.paths or (".",)
    if asked.stdin:
        found = [stdin_source(paths[0], configs, asked.force_exclude)]
    else:
        found = find(paths, configs, force_exclude=asked.force_exclude)
    documents = Documents(Look(), quiet=asked.quiet, verbose=asked.verbose)
    sources = [each for each in found if isinstance(each, Source)]
    steps = console.progress(_inventories(sources, asked, documents), len(sources), silent=asked.quiet)
    inventories = [one for one in steps if one]
    console.out((as_json if asked.output_format == "json" else as_text)(inventories, Look()))
    documents.end(found, paths, total(inventories) if asked.output_format == "text" else None)
    return 2 if documents.failed else 0


def _inventories(sources: Iterable[Source], asked: Asked, documents: Documents) -> Iterator[Inventory | None]:
    """Yield the inventory of each file in turn; for one that has none say why."""
    for source in sources:
        document = documents.read(source, stdin=asked.stdin)
        try:
            one = inventory(document, source.settings) if document else None
        except Exception as error:  # an error in the engine costs this file, not the run
            documents.fail(Look().path(source.path), f"internal error: {type(error).__name__}: {error}")
            if asked.verbose:
                console.err(traceback.format_exc())
            one = None
        if one:
            documents.unread(one.document, one.unread)
        yield one
