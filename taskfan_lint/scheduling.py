"""The command `plan`: from the choices of the command line to plans, output and exit status."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from taskfan_lint import console, surveys
from taskfan_lint.checking import stdin_source
from taskfan_lint.config import Configs
from taskfan_lint.documents import Documents
from taskfan_lint.drawing import CODE, Page, drawer
from taskfan_lint.files import Found, Source, find
from taskfan_lint.planning.model import Plan, plan_of_tasks
from taskfan_lint.report import STDIN, Look
from taskfan_lint.schedule import Mode, PlanError
from taskfan_lint.settings import Settings
from taskfan_lint.source import Document
from taskfan_lint.swap import put
from taskfan_lint.tasks import read_tasks

REFUSED, FAILED = 1, 2


@dataclass(frozen=True)
class PlanChoices:
    """What the command line asks for; `width` and `mode` are None where it does not say."""

    paths: tuple[str, ...]
    tasks: str | None
    durations_from: str | None
    width: int | None
    mode: Mode | None
    format: str
    file: str | None
    include_counterexamples: bool
    stdin_filename: str | None
    config: str | None
    isolated: bool
    quiet: bool


def plan(choices: PlanChoices) -> int:
    """Run and return the exit status; raises ConfigError for a configuration or a tasks file that cannot be used."""
    run = _Run(choices)
    found = list(run.from_tasks() if choices.tasks else run.from_documents())
    text = drawer(choices.format)(found, Page(_width(choices)))
    written = (not found and choices.format in ("text", *CODE)) or _write(choices.file, text)
    if run.tell(found) or not written:
        return FAILED
    return REFUSED if any(each.broken for each in found) else 0


def _width(choices: PlanChoices) -> int:
    return shutil.get_terminal_size((80, 24)).columns if choices.file is None else 100


def _write(file: str | None, text: str) -> bool:
    if file is None:
        console.out(text)
        return True
    try:
        put(file, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        console.tell("error", f"{file}: cannot be written: {(error.strerror or str(error)).lower()}")
        return False
    return True


class _Run:
    """One run: the plans of what is named, and whether something went wrong on the way."""

    def __init__(self, choices: PlanChoices) -> None:
        self.choices = choices
        self._look = Look()
        self._reader = Documents(self._look, quiet=choices.quiet)
        self._found: list[Found] = []
        self._paths: tuple[str, ...] = ()
        self._recorded = self._minutes(choices.durations_from) if choices.durations_from else {}
        self._silent: list[str] = []
        layer: dict[str, object] = {"include_counterexamples": True} if choices.include_counterexamples else {}
        if choices.width is not None:
            layer["max_fan_out"] = choices.width
        self._configs = Configs(layer, file=Path(choices.config) if choices.config else None, isolated=choices.isolated)

    def _minutes(self, transcript: str) -> Mapping[str, float]:
        """Return the minutes of each agent in a recorded session."""
        from taskfan_lint.planning.recorded import minutes_of  # lazy: only where a transcript is read

        found = minutes_of(Path(transcript))
        if not found:
            console.tell("warning", f"{self._look.path(transcript)}: holds no agent whose duration is known")
        return found

    def from_tasks(self) -> Iterator[Plan]:
        """Yield the plan of the tasks file."""
        assert self.choices.tasks is not None
        path = Path(self.choices.tasks)
        tasks = read_tasks(path)
        settings = self._configs.settings(os.path.dirname(os.path.abspath(path)))
        width = self.choices.width or tasks.width or settings.max_fan_out
        mode = self.choices.mode or tasks.mode or Mode.GROUPS
        known, guessed = tasks.tasks, tasks.guessed
        if self._recorded:
            from taskfan_lint.planning.recorded import timed  # lazy: only where a transcript is read

            known, guessed = timed(known, guessed, self._recorded)
        try:
            yield plan_of_tasks(self._look.path(path), known, width, mode, guessed=guessed)
        except PlanError as error:
            self._reader.fail(self._look.path(path), str(error))

    def from_documents(self) -> Iterator[Plan]:
        """Yield the plans of each document in turn."""
        from taskfan_lint.imports import index_of  # lazy: nothing is imported by tasks files
        from taskfan_lint.planning.read import plans_of  # lazy: LibCST is not needed for tasks files

        documents = [(document, self._with_minutes(settings)) for document, settings in self._documents()]
        functions = index_of(documents, self._configs.settings)
        for document, settings in documents:
            name = self._look.path(document.path)
            surveyed, unread = surveys.survey_all(document, settings, functions)
            found = list(plans_of(surveyed, document.text, name, settings, self.choices.mode or Mode.GROUPS))
            if not self._reader.unread(document, unread) and not found:
                self._silent.append(name)
            yield from found

    def _with_minutes(self, settings: Settings) -> Settings:
        return settings._replace(durations={**settings.durations, **self._recorded})

    def _documents(self) -> Iterator[tuple[Document, Settings]]:
        """Yield each document that can be read, with its settings."""
        stdin = self.choices.paths == (STDIN,)
        if stdin:
            self._paths = (self.choices.stdin_filename or STDIN,)
            self._found = [stdin_source(self._paths[0], self._configs, force_exclude=False)]
        else:
            self._paths = self.choices.paths
            self._found = find(self._paths, self._configs)
        for each in self._found:
            if isinstance(each, Source) and (document := self._reader.read(each, stdin=stdin)):
                yield document, each.settings

    def tell(self, found: list[Plan]) -> bool:
        """Say on standard error what is not in the output; return whether something went wrong."""
        if self._paths:
            self._reader.end(self._found, self._paths, "")
        if self.choices.quiet:
            return self._reader.failed
        for name in self._silent if len(self._silent) <= 3 else []:
            console.err(f"{name}: no dispatch found")
        if len(self._silent) > 3:
            console.err(f"no dispatch found in {len(self._silent)} files")
        for each in found:
            for reason in each.broken:
                console.tell("warning", f"{each.title}: {reason}")
        return self._reader.failed
