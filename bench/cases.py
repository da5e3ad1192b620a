"""What is measured: for each kind of work the commands that run beside each other, and the targets."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import trees
from bench.measure import Measured, middle, ratio
from taskfan_lint.settings import DEFAULT_EXCLUDE

OURS = "taskfan-lint"
PATTERN = r"(?:Agent|Task|spawn_agent|task)[\s\\)]*\(|taskfan:"
TYPES = ("-g*.py", "-g*.pyi", "-g*.md", "-g*.mdx", "-g*.mdc", "-g*.markdown", "-g*.{cjs,cts,js,jsx,mjs,mts,ts,tsx}")
SEED = 7


@dataclass(frozen=True)
class Target:
    """A bound on a figure: what it is called, how it is told from the rounds, and the most that it may be."""

    name: str
    bound: float
    figure: Callable[[Sequence[dict[str, Measured]]], float]
    unit: str = "x"
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """One kind of work: its commands by name, run in a folder, and the targets; `rounds` where they are slow."""

    name: str
    folder: Path
    commands: dict[str, list[str]]
    targets: list[Target]
    about: str = ""
    rounds: int = 0


def within(bound: float, other: str, *, ours: str = OURS, field: str = "wall") -> Target:
    """Return the target that one command takes at most `bound` times what another one takes."""
    return Target(f"<= {bound:g} x {other}", bound, lambda taken: ratio(taken, ours, other, field), "x", (ours, other))


def faster(times: float, other: str) -> Target:
    """Return the target that another command takes at least `times` as long as ours."""
    return Target(
        f">= {times:g} x faster than {other}",
        1 / times,
        lambda taken: ratio(taken, OURS, other),
        "x",
        (OURS, other),
    )


def memory(bound: float, ours: str = OURS) -> Target:
    """Return the target that no process of a command takes more than `bound` MiB."""
    return Target(f"<= {bound:g} MiB", bound, lambda taken: middle(taken, ours, "memory"), "MiB", (ours,))


@dataclass(frozen=True)
class Plan:
    """Where trees are built, how many files they have, and which programs there are."""

    work: Path
    files: Sequence[int]
    paths: Sequence[Path]
    search: str

    def tool(self, name: str) -> str | None:
        return shutil.which(name, path=self.search)

    def ours(self) -> list[str]:
        return [str(Path(sys.executable).with_name(OURS)), "-q", "--isolated"]

    def command(self, program: str, *arguments: str) -> list[str]:
        """Return a command by its program, nothing where it is not installed."""
        found = self.tool(program)
        return [found, *arguments] if found else []


def cases(plan: Plan) -> Iterator[Case]:
    """Yield the cases in the order of the table of targets; each builds its files when it is asked for."""
    for count in plan.files:
        yield _bare(plan, count)
    for path in plan.paths:
        yield _real(plan, path)
    yield _single(plan, "one file without a dispatch", "x = 1\n", "python -c pass", "pass", 5.0)
    yield _single(plan, "one file with a finding", EXAMPLE, "import libcst, click", "import libcst, click", 1.3)
    yield _findings(plan)
    yield _dense(plan)
    yield _large(plan)
    yield _helpers(plan)
    yield _document(plan)
    yield from _hostile(plan)


EXAMPLE = 'for topic in topics:\n    Task(subagent_type="a", prompt=f"about {topic.name}")\n'


_RULE = """rules:
  - id: no-loop
    languages: [python]
    severity: WARNING
    message: found
    patterns:
      - pattern: Task(...)
      - pattern-inside: |
          for $X in $Y:
            ...
"""


def _installed(commands: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: command for name, command in commands.items() if command}


def _tree(plan: Plan, name: str, count: int, make: trees.Maker) -> Path:
    folder = plan.work / name
    if not folder.exists():
        trees.grow(folder, count, make, SEED)
    return folder


def _bare(plan: Plan, count: int) -> Case:
    folder = _tree(plan, f"bare-{count}", count, trees.bare(max(150, 16 * trees.MIB // count)))
    commands = {OURS: [*plan.ours(), "."], "rg": _rg(plan), "ruff": _ruff(plan)}
    targets = [within(1.5, "rg"), within(0.30, "ruff"), memory(32)]
    return Case(f"tree without dispatches, {count:,} files", folder, _installed(commands), targets)


def _real(plan: Plan, path: Path) -> Case:
    commands = {OURS: [*plan.ours(), "."], "rg": _rg(plan), "ruff": _ruff(plan)}
    targets = [within(0.45, "ruff"), within(3, "rg"), memory(64)]
    return Case(f"real tree `{path.name}`", path, _installed(commands), targets)


def _rg(plan: Plan) -> list[str]:
    return plan.command(
        "rg", "--no-config", "-c", *TYPES, *(f"-g!{name}" for name in DEFAULT_EXCLUDE), "-e", PATTERN, "."
    )


def _ruff(plan: Plan) -> list[str]:
    return plan.command("ruff", "check", "-q", "--isolated", "--no-cache", "--select", "ASYNC,PERF", "--exit-zero", ".")


def _single(plan: Plan, name: str, text: str, other: str, code: str, bound: float) -> Case:
    folder = plan.work / "single"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{len(text)}.py"
    file.write_text(text)
    commands = {OURS: [*plan.ours(), file.name], other: [sys.executable, "-c", code]}
    return Case(name, folder, commands, [within(bound, other)])


def _findings(plan: Plan) -> Case:
    folder = _tree(plan, "findings", 150, trees.with_finding)
    rule = folder / "no-loop.yml"
    rule.write_text(_RULE)
    lint = ["--disable=all", "--enable=consider-using-enumerate", "--score=n", "-r", "n"]
    commands = {
        OURS: [*plan.ours(), "."],
        "fixit": plan.command("fixit", "--quiet", "--rules", "fixit.rules.use_fstring", "lint", "."),
        "flake8-async": plan.command("flake8-async", "--enable=ASYNC100", *_names(folder)),
        "pylint": plan.command("pylint", *lint, "--recursive=y", "."),
        "semgrep": plan.command(
            "semgrep",
            "scan",
            "--metrics=off",
            "--disable-version-check",
            "-q",
            f"--config={rule}",
            "--no-git-ignore",
            ".",
        ),
    }
    targets = [faster(20, "fixit"), faster(60, "flake8-async"), faster(8, "pylint"), faster(5, "semgrep"), memory(64)]
    return Case("every file with a finding, 150 files", folder, _installed(commands), targets, rounds=3)


def _names(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*.py"))


def _dense(plan: Plan) -> Case:
    folder = _tree(plan, "dense", 1500, trees.with_words)
    commands = {
        OURS: [*plan.ours(), "."],
        "ruff": _ruff(plan),
        "ast-grep": plan.command("ast-grep", "run", "-p", "Task($$$)", "-l", "py", "."),
    }
    targets = [within(2.5, "ruff"), within(0.5, "ast-grep")]
    return Case("tree dense in dispatch words, 1,500 files", folder, _installed(commands), targets)


def _large(plan: Plan) -> Case:
    folder = plan.work / "large"
    folder.mkdir(parents=True, exist_ok=True)
    for size in (1, 10):
        file = folder / f"{size}.py"
        if not file.exists():
            file.write_text(trees.dispatches(size * 1_000_000, size * 1000, SEED))
    (folder / "taskfan-lint.toml").write_text("max-file-size = 20000000\n")
    ours = [*plan.ours()[:-1], "--config", "taskfan-lint.toml"]
    commands = {"10 MB": [*ours, "10.py"], "1 MB": [*ours, "1.py"]}
    targets = [within(12, "1 MB", ours="10 MB"), memory(400, "10 MB")]
    return Case("10 MB file with 10,000 dispatches", folder, commands, targets, rounds=1)


def _helpers(plan: Plan) -> Case:
    folder = plan.work / "helpers"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "whole.py").write_text(trees.helpers(500, 2000, 20_000))
    (folder / "half.py").write_text(trees.helpers(250, 1000, 10_000))
    commands = {"whole": [*plan.ours(), "whole.py"], "half": [*plan.ours(), "half.py"]}
    name = "module of 20,000 lines, 2,000 dispatches, 500 helpers"
    return Case(name, folder, commands, [within(2.3, "half", ours="whole")], rounds=3)


def _document(plan: Plan) -> Case:
    commands = {"document": [sys.executable, "-m", "bench.document"]}
    target = Target(
        "<= 0.04 x whole-file LibCST with positions", 0.04, lambda taken: _said(taken, "document"), "x", ("document",)
    )
    about = "one line changed in an open document of 2,000 lines"
    return Case("changed 2,000-line document in the server", Path.cwd(), commands, [target], about, rounds=3)


def _said(taken: Sequence[dict[str, Measured]], name: str) -> float:
    return median(float(one[name].output or "nan") for one in taken)


def _hostile(plan: Plan) -> Iterator[Case]:
    folder = plan.work / "hostile"
    folder.mkdir(parents=True, exist_ok=True)
    call = 'Task(subagent_type="a", prompt="b")\n'
    (folder / "line.py").write_text(call)
    texts = {
        "5,000 nested parentheses": "x = " + "(" * 5000 + "1" + ")" * 5000 + "\n",
        "`+` chain of 8,000 terms": "x = " + " + ".join(["a"] * 8000) + "\n",
        "3,000-link call chain": "x = a" + ".b()" * 3000 + "\n",
    }
    for name, text in texts.items():
        file = folder / f"{len(text)}.py"
        file.write_text(text + call)
        size = file.stat().st_size / 1e6
        commands = {"one line": [*plan.ours()[:1], "line.py"], OURS: [*plan.ours()[:1], file.name]}
        # What is loaded for any file with a finding is no matter of this one's size.
        target = Target(
            "<= 5 s per MB beyond a file of one line",
            5.0,
            lambda taken, size=size: (middle(taken, OURS, "cpu") - middle(taken, "one line", "cpu")) / size,  # type: ignore[misc]
            "s/MB",
            (OURS,),
        )
        yield Case(name, folder, commands, [target])
