"""Outputs: each is a format and a place, and is rendered and written there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from taskfan_lint import console
from taskfan_lint.report import Look, Report, renderer
from taskfan_lint.swap import put

FOR_PEOPLE = ("text", "concise", "agent")
JOB_SUMMARY = "GITHUB_STEP_SUMMARY"


class Output(NamedTuple):
    """A format and the file it goes to, None for standard output."""

    format: str
    file: str | None


def for_machines(outputs: Iterable[Output]) -> bool:
    """Tell whether standard output carries a format that a program reads."""
    return any(output.file is None and output.format not in FOR_PEOPLE for output in outputs)


def write(outputs: Iterable[Output], reports: Sequence[Report], look: Look, out: Callable[[str], None]) -> bool:
    """Write each output to its file or hand it to `out`; return whether all could be written.

    With the format `github` the summary of the job is added to, where the runner names a file for it.
    """
    done = True
    for output in outputs:
        if not reports and output.file is None and output.format in FOR_PEOPLE:
            continue  # these say nothing where there is nothing, and need not be loaded
        if output.file is None:
            out(renderer(output.format)(reports, look))
        else:
            text = renderer(output.format)(reports, look._replace(color=False))
            done = _write_file(output.file, text) and done
        if output.format == "github" and os.environ.get(JOB_SUMMARY):
            from taskfan_lint.report.github import job_summary  # lazy: only for this format

            done = _write_file(os.environ[JOB_SUMMARY], job_summary(reports, look), append=True) and done
    return done


def _write_file(file: str, text: str, *, append: bool = False) -> bool:
    raw = text.encode("utf-8", "backslashreplace")
    try:
        if append:
            with open(file, "ab") as sink:
                sink.write(raw)
        else:
            put(file, raw)
    except OSError as error:
        console.tell("error", f"{file}: cannot be written: {(error.strerror or str(error)).lower()}")
        return False
    return True
