"""The command `plan`: from the choices of the command line to plans, output and exit status."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from taskfan_lint import console
from taskfan_lint.config import Configs
from taskfan_lint.drawing import CODE, Page, drawer
from taskfan_lint.files import Problem, Source, TooLargeError, find, read
from taskfan_lint.planning.model import Plan, plan_of_tasks
from taskfan_lint.report import STDIN, Look
from taskfan_lint.schedule import Mode, PlanError
from taskfan_lint.settings import Settings
from taskfan_lint.source import DecodeError, Document, decode
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
    if found or choices.format not in ("text", *CODE):
        run.failed = not _write(choices.file, text) or run.failed
    run.tell(found)
    if run.failed:
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
        self.failed = False
        self._look = Look()
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
            self._fail(f"{self._look.path(path)}: {error}")

    def from_documents(self) -> Iterator[Plan]:
        """Yield the plans of each document in turn."""
        from taskfan_lint.imports import with_imports  # lazy: nothing is imported by tasks files
        from taskfan_lint.planning.read import plans  # lazy: LibCST is not needed for tasks files
        from taskfan_lint.project import index  # lazy: the same

        documents = [(document, self._with_minutes(settings)) for document, settings in self._documents()]
        functions = index(with_imports(documents, self._configs.settings))
        for document, settings in documents:
            name = self._look.path(document.path)
            found = list(plans(document, name, settings, self.choices.mode or Mode.GROUPS, functions))
            if not found:
                self._silent.append(name)
            yield from found

    def _with_minutes(self, settings: Settings) -> Settings:
        return settings._replace(durations={**settings.durations, **self._recorded})

    def _documents(self) -> Iterator[tuple[Document, Settings]]:
        if self.choices.paths == (STDIN,):
            name = self.choices.stdin_filename or STDIN
            settings = self._configs.settings(os.path.dirname(os.path.abspath(name)))
            yield from self._decoded(Path(name), console.standard_input(), settings)
            return
        for source in self._sources():
            try:
                raw = read(source.path, source.settings.max_file_size)
            except TooLargeError as error:
                self._fail(f"{self._look.path(source.path)}: {error}")
            except OSError as error:
                self._fail(f"{self._look.path(source.path)}: cannot be read: {(error.strerror or str(error)).lower()}")
            else:
                yield from self._decoded(source.path, raw, source.settings)

    def _decoded(self, path: Path, raw: bytes, settings: Settings) -> Iterator[tuple[Document, Settings]]:
        try:
            yield decode(path, raw), settings
        except DecodeError as error:
            self._fail(f"{self._look.path(path)}: cannot be decoded: {error}")

    def _sources(self) -> Iterator[Source]:
        for each in find(self.choices.paths, self._configs):
            match each:
                case Source():
                    yield each
                case Problem():
                    self._fail(f"{self._look.path(each.path)}: {each.reason}")
                case _:
                    console.tell("warning", f"{self._look.path(each.path)}: {each.reason}, skipped")

    def _fail(self, reason: str) -> None:
        console.tell("error", reason)
        self.failed = True

    def tell(self, found: list[Plan]) -> None:
        """Say on standard error what is not in the output."""
        if self.choices.quiet:
            return
        for name in self._silent if len(self._silent) <= 3 else []:
            console.err(f"{name}: no dispatch found")
        if len(self._silent) > 3:
            console.err(f"no dispatch found in {len(self._silent)} files")
        for each in found:
            for reason in each.broken:
                console.tell("warning", f"{each.title}: {reason}")
