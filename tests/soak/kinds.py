"""The entry points: for each kind of input, the command that reads it, and the exit statuses that it may have."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from soak import inputs
from taskfan_lint import cli
from taskfan_lint.report import formats

STATUSES = frozenset({0, 1, 2})
FIXING = ((), (), ("--fix",), ("--fix", "--unsafe-fixes"), ("--diff", "--unsafe-fixes"), ("--add-ignore",))


@dataclass(frozen=True)
class Kind:
    """A kind of input: how it is made, the names of files that may hold it, and the arguments of the command.

    With the name `-` the input is standard input; `after` tells whether the file is named last.
    """

    name: str
    generate: inputs.Generate
    files: tuple[str, ...]
    arguments: Callable[[Random], list[str]]
    named: bool = True


@dataclass(frozen=True)
class Said:
    """What a command said: its exit status, and what it wrote."""

    status: int
    out: bytes
    err: bytes


def check(random: Random) -> list[str]:
    more = ["--include-counterexamples"] * random.randint(0, 1) + ["-v"] * random.randint(0, 1)
    shown = ["--output-format", random.choice(formats())]
    return ["check", "--isolated", *shown, *more, *random.choice(FIXING)]


def _always(*arguments: str) -> Callable[[Random], list[str]]:
    return lambda random: list(arguments)


def _configured(random: Random) -> list[str]:
    return random.choice((["check", "--show-settings"], ["check", "--show-files"], ["check", "-v"], ["dispatches"]))


def _exempt(random: Random) -> list[str]:
    return ["check", "--isolated", "--show-exempt"]


def _verified(random: Random) -> list[str]:
    return ["verify", *random.choice(([], ["--output-format", "json"]))]


PYTHON, SCRIPT, MARKDOWN = ("x.py", "x.pyi"), ("x.js", "x.ts", "x.tsx", "x.mjs"), ("x.md", "x.mdx")
KINDS = (
    Kind("python", inputs.python, PYTHON, check),
    Kind("javascript", inputs.script, SCRIPT, check),
    Kind("markdown", inputs.markdown, MARKDOWN, check),
    Kind("text", inputs.text, PYTHON + SCRIPT + MARKDOWN, check),
    Kind("bytes", inputs.noise, PYTHON + SCRIPT + MARKDOWN, check),
    Kind("standard input", inputs.markdown, ("-",), lambda random: [*check(random), "--stdin-filename", "x.md"]),
    Kind("why", inputs.markdown, MARKDOWN, _exempt),
    Kind("plan", inputs.markdown, MARKDOWN, _always("plan", "--isolated")),
    Kind("dispatches", inputs.python, PYTHON, _always("dispatches", "--isolated")),
    Kind("tasks", inputs.tasks_json, ("tasks.json",), _always("plan", "--isolated", "--tasks", "tasks.json"), False),
    Kind(
        "tasks in TOML",
        inputs.tasks_toml,
        ("tasks.toml",),
        _always("plan", "--isolated", "--tasks", "tasks.toml"),
        False,
    ),
    Kind("configuration", inputs.configuration, ("taskfan-lint.toml", "pyproject.toml"), _configured, named=False),
    Kind(
        "baseline", inputs.json_text, ("known.json",), _always("check", "--isolated", "--baseline", "known.json"), False
    ),
    Kind("event", inputs.json_text, ("-",), _always("hook", "post-edit", "-v"), False),
    Kind("transcript", inputs.transcript, ("x.jsonl",), _verified),
)


def kind_of(number: int) -> Kind:
    return KINDS[number % len(KINDS)]


@dataclass(frozen=True)
class Attempt:
    """An input, the name of the file that holds it (`-` is standard input), and the arguments of the command."""

    kind: Kind
    raw: bytes
    file: str
    arguments: tuple[str, ...]

    def said(self) -> Said:
        """Give the input to its entry point, in the current folder; return what was said."""
        if self.file != "-":
            Path(self.file).write_bytes(self.raw)
        try:
            return said([*self.arguments], self.raw)
        finally:
            for left in os.listdir() if self.file != "-" else []:
                if left != "other.py":
                    os.unlink(left)


def attempt(kind: Kind, raw: bytes, random: Random) -> Attempt:
    """Return an input of a kind with one of the files and commands that it may have."""
    file, arguments = random.choice(kind.files), kind.arguments(random)
    return Attempt(kind, raw, file, (*arguments, *([file] if kind.named and file != "-" else [])))


def numbered(seed: int, number: int) -> Attempt:
    """Return the attempt of a number; numbers in a row are of one kind after another."""
    kind, random = kind_of(number), Random(f"{seed} {number}")
    return attempt(kind, kind.generate(random), random)


def said(arguments: list[str], raw: bytes) -> Said:
    """Run the command line in this process on an input."""
    with _streams(raw) as (out, err):
        status = cli.main(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
        return Said(status, out.getvalue(), err.getvalue())


@contextmanager
def _streams(raw: bytes) -> Iterator[tuple[io.BytesIO, io.BytesIO]]:
    out, err, before = io.BytesIO(), io.BytesIO(), (sys.stdin, sys.stdout, sys.stderr)
    sys.stdin = io.TextIOWrapper(io.BytesIO(raw))
    sys.stdout, sys.stderr = (io.TextIOWrapper(one, "utf-8", "backslashreplace", newline="\n") for one in (out, err))
    try:
        yield out, err
    finally:
        sys.stdin, sys.stdout, sys.stderr = before


def wrong(said: Said) -> str:
    """Return what a command may not say, empty if it is all right."""
    if said.status not in STATUSES:
        return f"exit status {said.status}"
    for word in (b"Traceback", b"internal error"):
        if word in said.err:
            place = said.err.index(word)
            return said.err[place : place + 2000].decode("utf-8", "replace")
    return ""
