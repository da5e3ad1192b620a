"""`python -m bench`: builds the trees, measures each case, and writes the page of results."""

from __future__ import annotations

import argparse
import os
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.cases import Plan, cases
from bench.instructions import counted
from bench.measure import rounds
from bench.results import Result, render

FILES = (8_000, 100_000)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for."""
    chosen = _parser().parse_args(arguments)
    search = os.pathsep.join([*chosen.tools, str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    standard = [] if chosen.no_stdlib else [Path(sysconfig.get_path("stdlib"))]
    with tempfile.TemporaryDirectory(prefix="taskfan-bench-") as fresh:
        work = Path(chosen.work or fresh).absolute()
        plan = Plan(work, chosen.files or FILES, [*standard, *map(Path, chosen.paths)], search)
        # Byte code is kept, as it is for an installed package: the round that is thrown away writes it.
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        results = []
        for case in cases(plan):
            if chosen.only and not any(word in case.name for word in chosen.only):
                continue
            count = min(case.rounds or chosen.rounds, chosen.rounds)
            taken = list(rounds(case.commands, case.folder, environment, count, warm=not case.rounds))
            results.append(Result(case, taken))
            print(render(results[-1:], count, []).split("## Targets\n")[1].split("\n## Notes")[0], file=sys.stderr)
    page = render(results, chosen.rounds, [] if chosen.only else list(counted(plan, environment)))
    if chosen.output == "-":
        print(page)
    else:
        Path(chosen.output).write_text(page, encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("paths", nargs="*", help="more real trees to measure on, beside the standard library")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each case (default 7)")
    parser.add_argument("--files", type=int, action="append", help="files of a tree without dispatches; repeatable")
    parser.add_argument("--only", action="append", help="only cases whose name holds this; repeatable")
    parser.add_argument("--tools", action="append", default=[], help="a folder with other tools' programs; repeatable")
    parser.add_argument("--work", help="the folder for the trees, kept for the next run")
    parser.add_argument("--no-stdlib", action="store_true", help="leave the standard library out")
    parser.add_argument("--output", default=str(Path(__file__).with_name("RESULTS.md")), help="the page, `-` prints it")
    return parser


if __name__ == "__main__":
    sys.exit(main())
