"""Scripts that fan out, made by hypothesis, and a recorder of the dispatches that they make under node."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import strategies as st

NODE = shutil.which("node")
RECORDER = Path(__file__).parent / "fixtures" / "recorder.mjs"
COMMENT = re.compile(r"(?://|/\*) *(c\d+x)")
UNITS = ("  ", "    ", "\t")
TEXTS = ('"a"', "'b'", '"it\'s"', "'say \"x\"'", '"${y}"', "'`'", '"1"', "'\\\\'", '"$"', "`plain`", "`of ${ctx}`")
VALUES = (*TEXTS, "ctx", "topic", "level", "3", "-1", "0.5", "true", "null", "ctx + '!'", "table.a", "fetch(ctx)")
TESTS = ("flag", "off", "!flag", "level > 2", "fetch(ctx) === 'BASE'", "flag && off", "table.a", "ctx || topic")


@dataclass(frozen=True)
class Recording:
    """What a script did: its dispatches in order, what it noted, and the name of the error that ended it."""

    calls: tuple[str, ...]
    said: tuple[str, ...]
    failure: str


class Recorder:
    """A process of node that runs one script after the other."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, code: str) -> Recording:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(code) + "\n")
        self._process.stdin.flush()
        found = json.loads(self._process.stdout.readline())
        return Recording(tuple(found["calls"]), tuple(found["said"]), found["failure"])


@contextmanager
def recorder() -> Iterator[Recorder]:
    assert NODE
    command = [NODE, str(RECORDER)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        yield Recorder(process)
        process.terminate()


@dataclass(frozen=True)
class Script:
    """A source text, and the path that it pretends to have."""

    text: str
    path: str

    def code(self, text: str) -> str:
        """Return the code in a (fixed) text of this script: the fence's content, or all of it."""
        if not self.path.endswith(".md"):
            return text.replace("export const meta", "const meta")
        lines = re.split(r"(?<=\n)", text)
        inside = [number for number, line in enumerate(lines) if "```" in line]
        prefix = lines[inside[0]].partition("```")[0]
        return "".join(line.removeprefix(prefix) for line in lines[inside[0] + 1 : inside[1]])


class _Writer:
    """Writes one script with what a random generator chooses."""

    def __init__(self, random: Random, *, fenced: bool, workflow: bool) -> None:
        self.random = random
        self.fenced = fenced
        self.workflow = workflow
        self.unit = random.choice(UNITS)
        self.end = ";" if random.random() < 0.8 else ""
        self._number = 0
        self._names: list[str] = []

    def some(self, *choices: str) -> str:
        return self.random.choice(choices)

    def chance(self, of: float) -> bool:
        return self.random.random() < of

    def number(self) -> int:
        self._number += 1
        return self._number

    def comment(self) -> str:
        return self.some(f" // c{self.number()}x", f" /* c{self.number()}x */") if self.chance(0.15) else ""

    def above(self) -> list[str]:
        return [f"// c{self.number()}x"] if self.chance(0.12) else []

    def prompt(self, *names: str) -> str:
        """Return an expression that uses some of the names."""
        name = self.random.choice([*names, "ctx"])
        return self.some(
            name, f"`do ${{{name}}} now`", f"`$${{{name}}}`", f"'see ' + {name}", f"`${{ {name} }} and ${{ctx}}`",
            f"`\\\\${{{name}}}`", f"`a ${{`b ${{{name}}}`}}`", f"fetch({name})", f"String.raw`x${{{name}}}`", "'fixed'",
            f"flag ? {name} : 'no'",
        )  # fmt: skip

    def call(self, *names: str) -> str:
        prompt = self.prompt(*names)
        if self.workflow:
            first = prompt if prompt[0] in "`'" else f"`x ${{{prompt}}}`" if "`" not in prompt else "'fixed'"
            return f"agent({first})"
        given = [f"subagent_type: {self.some(*TEXTS[:2])}", f"prompt: {prompt}"]
        if names and self.chance(0.2):
            given[1] = f"prompt: 'p', {self.random.choice(names)}"
        if self.chance(0.2):
            return "Task({\n" + "".join(f"{self.unit}{one},\n" for one in given) + "})"
        return f"Task({{ {', '.join(given)} }})"

    def sent(self, *names: str) -> str:
        """Return a dispatch as it is written here: awaited, or (in a fence only) not."""
        return f"await {self.call(*names)}" if not self.fenced or self.chance(0.3) else self.call(*names)

    def items(self) -> str:
        return "[" + ", ".join(self.some(*VALUES) for _ in range(self.random.randint(1, 3))) + "]"

    def objects(self) -> str:
        made = [f"{{ key: {self.some(*VALUES)}, ask: {self.some(*TEXTS)} }}" for _ in range(self.random.randint(1, 3))]
        return f"[{', '.join(made)}]"

    def iterable(self) -> tuple[str, tuple[str, ...], str]:
        """Return a loop's target, the expressions that use it, and what it goes over."""
        return self.random.choice([
            ("x", ("x",), self.items()),
            ("x", ("x",), self.items()),
            ("x", ("x.key", "x.ask"), self.objects()),
            ("x", ("x", "x.ask"), self.objects()),
            ("{ key, ask }", ("key", "ask"), self.objects()),
            ("[k, v]", ("k", "v"), "Object.entries({ a: 'A', b: ctx })"),
            ("x", ("x",), "Object.keys({ a: 1, b: 2 })"),
            ("x", ("x",), self.some("words", "shelf")),
        ])  # fmt: skip

    def body(self, *names: str) -> list[str]:
        """Return the statements of one iteration."""
        lines: list[str] = []
        if self.chance(0.4):
            name = self.some("p", "ask2")
            lines += [*self.above(), f"const {name} = {self.prompt(*names)}{self.end}{self.comment()}"]
            names = (*names, name)
        sent = self.sent(*names)
        match self.random.randint(0, 6):
            case 0:
                lines.append(f"results.push({sent}){self.end}")
            case 1:
                lines += [f"const r = {sent}{self.end}", f"results.push(r){self.end}"]
            case 2:
                lines.append(f"const r = {sent}{self.end}{self.comment()}")
            case 3 if self.chance(0.3):
                lines += [f"{sent}{self.end}", self.some("note('x')", "if (off) break", "if (off) continue") + self.end]
            case _:
                lines += [*self.above(), f"{sent}{self.end}{self.comment()}"]
        return lines

    def loop(self) -> list[str]:
        target, names, iterable = self.iterable()
        inner = self.body(*names)
        if self.chance(0.15) and self.fenced and target == "x" and "await" not in "".join(inner):
            return [*self.above(), f"{iterable}.forEach(x => {{", *self.deeper(inner), f"}}){self.end}"]
        if self.chance(0.1):
            n = self.some("2", "3")
            inner = self.body("i")
            return [f"for (let i = 0; i < {n}; i++) {{", *self.deeper(inner), "}"]
        kind = self.some("const", "const", "const", "let", "var")
        head = f"for ({kind} {target} of {iterable})"
        if len(inner) == 1 and "//" not in inner[0] and "\n" not in inner[0] and self.chance(0.2):
            return self.random.choice(
                [[f"{head} {inner[0]}"], [head, *self.deeper(inner)], [f"{head} {{ {inner[0]} }}"]]
            )
        return [*self.above(), f"{head} {{{self.comment()}", *self.deeper(inner), f"}}{self.comment()}"]

    def deeper(self, lines: list[str]) -> list[str]:
        return [self.unit + part for line in lines for part in line.split("\n")]

    def dispatch(self) -> list[str]:
        sent = self.sent(*self._names)
        if self.chance(0.5):
            name = f"{self.some('r', 'out')}{self.number()}"
            self._names.append(name)
            return [*self.above(), f"{self.some('const', 'const', 'let')} {name} = {sent}{self.end}{self.comment()}"]
        return [*self.above(), f"{sent}{self.end}{self.comment()}"]

    def context(self) -> list[str]:
        name = f"{self.some('made', 'ask')}{self.number()}"
        value = self.prompt(*self._names[-1:])
        self._names.append(name)
        return [*self.above(), f"{self.some('const', 'let', 'var')} {name} = {value}{self.end}{self.comment()}"]

    def wait(self) -> list[str]:
        if self.chance(0.5):
            return [f"await pause(ctx){self.end}{self.comment()}"]
        return [f"const log{self.number()} = await pause(ctx){self.end}"]

    def branch(self) -> list[str]:
        test, sent = self.some(*TESTS), self.sent(*self._names)
        if self.chance(0.2):
            return [f"{test} && {sent}{self.end}" if test.isidentifier() else f"if ({test}) {sent}{self.end}"]
        lines = [f"if ({test}) {{{self.comment()}", *self.deeper([f"{sent}{self.end}"]), "}"]
        if self.chance(0.3):
            lines[-1] = f"}} else {self.some('', 'if (level > 1) ')}{{"
            lines += [*self.deeper([f"{self.sent()}{self.end}"]), "}"]
        return lines

    def odd(self) -> list[str]:
        return self.random.choice([
            [f"note(ctx){self.end}"],
            [f"ctx = ctx + '!'{self.end}"],
            [f"let late{self.number()}{self.end}"],
            [f"function f{self.number()}() {{ return ctx }}"],
            [f"const g{self.number()} = () => ctx{self.end}"],
            [f"table.a = 'Z'{self.end}"],
            ["{", *self.deeper([f"const ctx2 = ctx{self.end}", *self.dispatch_alone()]), "}"],
            [";[1, 2].map(String)" + self.end],
            ["try {", *self.deeper(self.dispatch_alone()), "} catch (error) { note('caught') }"],
        ])  # fmt: skip

    def dispatch_alone(self) -> list[str]:
        return [f"{self.sent()}{self.end}"]

    def statements(self) -> list[str]:
        found = [f"const results = []{self.end}"]
        for _ in range(self.random.randint(2, 5)):
            kind = self.random.choices(
                [self.loop, self.dispatch, self.context, self.wait, self.branch, self.odd], [5, 6, 3, 2, 3, 1]
            )[0]
            found += kind()
        return [*found, f"note(results.length){self.end}"]

    def wrapped(self, lines: list[str]) -> list[str]:
        """Return statements as they are, or as the body of a function or method that is called."""
        inside = self.deeper(lines)
        return self.random.choice([
            lines,
            lines,
            ["async function main(topic) {", *inside, "}", "await main('given');"],
            ["class Crew {", *self.deeper(["async run() {", *inside, "}"]), "}", "await new Crew().run();"],
            ["const main = async () => {", *inside, "};", "await main();"],
        ])  # fmt: skip


def written(seed: int) -> Script:
    """Return the script of a seed."""
    random = Random(seed)
    kind = random.choice(["md", "md", "js", "ts", "workflow"])
    writer = _Writer(random, fenced=kind == "md", workflow=kind == "workflow")
    newline = random.choice(["\n", "\n", "\r\n"])
    lines = writer.wrapped([part for line in writer.statements() for part in line.split("\n")])
    text = "\n".join(lines) + "\n"
    if kind == "md":
        prefix = random.choice(["", "", "  "])
        tag = random.choice(["js", "ts", "javascript"])
        text = "".join(f"{prefix}{line}\n" for line in [f"```{tag}", *text.splitlines(), "```"])
        return Script((("- item\n\n" if prefix else "# Case\n\n") + text).replace("\n", newline), "x.md")
    if kind == "workflow":
        text = "export const meta = { name: 'x', description: 'y' };\n" + text
    return Script(text.replace("\n", newline), "x.ts" if kind == "ts" else "x.js")


def scripts() -> st.SearchStrategy[Script]:
    """Return scripts of loops, dispatches, contexts, waits and branches, as people and as nobody would write them."""
    return st.integers(0, 2**32).map(written)


def seen(text: str) -> Any:
    return set(COMMENT.findall(text))
