"""`python -m tests.soak`: every entry point, on many inputs; killed runs of `--fix`; attacks on regular expressions."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from random import Random

sys.path.insert(0, os.fspath(Path(__file__).parent.parent))

from soak import guided, killing, kinds, patterns, serving, working

MEMORY = 1024  # MiB
PATIENCE = 1.0  # seconds of the processor for a text of 1,000 code points, more by the square of the length


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000, help="how many inputs (default 100,000)")
    parser.add_argument("--messages", type=int, default=2_000, help="how many messages to the language server")
    parser.add_argument("--kills", type=int, default=200, help="how many runs are killed")
    parser.add_argument("--length", type=int, default=1_000, help="how long the attacks on regular expressions are")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same inputs")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="how many processes")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="show one input, and what is said about it")
    parser.add_argument(
        "--guided", type=int, metavar="SECONDS", help="instead, give each entry point inputs that atheris makes so long"
    )
    chosen = parser.parse_args()
    if chosen.only is not None:
        return show(chosen.seed, chosen.only)
    if chosen.guided is not None:
        return _guided(chosen)
    began = time.monotonic()
    problems = [*_inputs(chosen), *_server(chosen), *_kills(chosen), *_patterns(chosen)]
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems, seed {chosen.seed}, {time.monotonic() - began:.0f} s")
    return int(bool(problems))


def show(seed: int, number: int) -> int:
    """Print an input and what its entry point says about it."""
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        os.chdir(folder)
        attempt = kinds.numbered(seed, number)
        said = attempt.said()
        os.chdir("/")
    print(f"{attempt.kind.name}: {attempt.raw!r}\n\nexit status {said.status}\n")
    sys.stdout.flush()
    sys.stdout.buffer.write(said.out + b"\n" + said.err)
    return int(bool(kinds.wrong(said)))


def _guided(chosen: argparse.Namespace) -> int:
    if why := guided.missing():
        print(why, file=sys.stderr)
        return 2
    began, number = time.monotonic(), 0
    print(f"{'input':<16}{'number':>9}{'places at first':>17}{'at last':>9}{'problems':>10}")
    for one in guided.soak(chosen.guided, chosen.seed, chosen.jobs):
        print(f"{one.entry:<16}{one.inputs:>9}{one.first:>17}{one.places:>9}{len(one.problems):>10}", flush=True)
        for problem in one.problems:
            print(problem, flush=True)
        number += len(one.problems)
    print(f"{number} problems, seed {chosen.seed}, {time.monotonic() - began:.0f} s")
    return int(bool(number))


def _inputs(chosen: argparse.Namespace) -> list[str]:
    tally = working.soak(chosen.seed, range(chosen.inputs), chosen.jobs, timed=True)
    print(f"{'input':<16}{'number':>8}{'exit 0':>8}{'1':>8}{'2':>8}{'ms each':>10}{'slowest s':>11}  its number")
    for kind, count in tally.counts.items():
        shown = "".join(f"{tally.statuses[f'{kind} {status}']:>8}" for status in (0, 1, 2))
        slowest, number = tally.slowest[kind]
        print(f"{kind:<16}{count:>8}{shown}{tally.seconds[kind] / count * 1000:>10.1f}{slowest:>11.2f}  {number}")
    print(f"{sum(tally.counts.values())} inputs, {tally.bytes} bytes, at most {tally.memory:.0f} MiB of memory")
    grown = [f"a process grew to {tally.memory:.0f} MiB"] if tally.memory > MEMORY else []
    return [*tally.failures, *grown]


def _server(chosen: argparse.Namespace) -> list[str]:
    answered, problems = serving.soak(chosen.seed, chosen.messages)
    print(f"{chosen.messages} messages to the language server, {answered} answers")
    return problems


def _kills(chosen: argparse.Namespace) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        place, random = Path(folder), Random(chosen.seed)
        before = killing.plant(place)
        after, seconds = killing.measure(place, before)
        problems, early, between = [], 0, 0
        for _ in range(chosen.kills):
            early += killing.killed(place, before, random, seconds)
            found = killing.present(place)
            between += found not in (before, after)
            problems += killing.wrong(found, before, after)
            if killing.fix(place) or killing.present(place) != after:
                problems.append("a run after a killed one does not finish its work")
    print(
        f"{chosen.kills} runs to be killed, {early} of them while they ran, {between} between the old and the new tree"
    )
    return problems


def _patterns(chosen: argparse.Namespace) -> list[str]:
    problems = patterns.slow(chosen.length, PATIENCE * (chosen.length / 1_000) ** 2)
    print(f"{len(patterns.patterns())} regular expressions, texts of {chosen.length} code points made for each")
    return problems


if __name__ == "__main__":
    sys.exit(main())
