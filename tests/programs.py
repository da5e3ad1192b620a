"""Programs that fan out, made by hypothesis, and a recorder of the dispatches that a program makes."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import hashlib
import io
import re
from collections import Counter
from collections.abc import Coroutine, Generator
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import strategies as st

Recorded = tuple[tuple[Any, ...], dict[str, Any]]

COMMENT = re.compile(r"#+ *(c\d+x)")
UNITS = ("    ", "  ", "\t")
NAMES: dict[str, Any] = {
    "ctx": "base",
    "topic": "it's",
    "flag": True,
    "off": False,
    "mode": "fast",
    "level": 3,
    "table": {"a": "A", "b": "B"},
    "asyncio": asyncio,
}
CONSTANTS = {name: value for name, value in NAMES.items() if name != "asyncio"}
FAILURES = (ArithmeticError, AttributeError, LookupError, NameError, RuntimeError, SyntaxError, TypeError, ValueError)
STARTS = {"results": "[]", "keep": "[]", "r": "None", "last": '""', "extra": '""'}


@dataclass(frozen=True)
class Recording:
    """The dispatches that a program made, in order, and the name of the exception that ended it."""

    calls: tuple[Recorded, ...]
    failure: str = ""

    def sorted(self) -> list[str]:
        return sorted(map(repr, self.calls))


class Handle(str):
    """What a dispatch returns: a text that can be awaited, and gives itself."""

    def __await__(self) -> Generator[None, None, Handle]:
        yield from ()
        return self


class Recorder:
    """Stands in for the agent that runs a program: notes each dispatch, returns a handle that says what it is of."""

    def __init__(self) -> None:
        self.calls: list[Recorded] = []
        self._seen: Counter[str] = Counter()

    def Task(self, *args: Any, **kwargs: Any) -> Handle:  # noqa: N802
        call = repr((args, sorted(kwargs.items())))
        self.calls.append((args, kwargs))
        self._seen[call] += 1
        return Handle(f"<{hashlib.sha1(call.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}.{self._seen[call]}>")


def record(source: str) -> Recording:
    """Run a program, and its `main` if it has one."""
    recorder = Recorder()
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    namespace = dict(
        NAMES,
        table=dict(NAMES["table"]),
        Task=recorder.Task,
        fetch=str.upper,
        pause=_pause,
    )
    namespace |= {name: eval(value) for name, value in STARTS.items()}
    namespace |= {"opened": contextlib.nullcontext, "noise": io.StringIO(), "Config": _Config, "config": _Config()}
    try:
        result = eval(compile(source, "<program>", "exec", flags, dont_inherit=True), namespace)
        _finish(result)
        main = namespace.get("main")
        _finish(main() if callable(main) else None)
    except FAILURES as error:
        return Recording(tuple(recorder.calls), type(error).__name__)
    return Recording(tuple(recorder.calls))


def _finish(result: object) -> None:
    if isinstance(result, Coroutine):
        asyncio.run(result)


async def _pause(*_: object) -> str:
    return "paused"


class _Config:
    mode = "slow"
    ready = True


@dataclass(frozen=True)
class Program:
    """A source text, the path it pretends to have, and what the recorder has to know of it."""

    text: str
    path: str
    ordered: bool

    def code(self, text: str) -> str:
        """Return the code of this program in a (fixed) text of it: the fence's content, or all of it."""
        if self.path.endswith(".py"):
            return text
        lines = re.split(r"(?<=\n)", text)
        first = next(i for i, line in enumerate(lines) if "```" in line)
        prefix = lines[first][: lines[first].index("```")].replace("- ", "  ").replace("1. ", "   ")
        last = max(i for i, line in enumerate(lines) if "```" in line)
        return "".join(line.removeprefix(prefix).removeprefix(prefix.rstrip()) for line in lines[first + 1 : last])


TEXTS = (
    '"alpha"', "'beta'", '"gamma-ray"', '"it\'s"', "'say \"hi\"'", r'"new\nline"', '"{braces}"', r"r'\d+'", '"a # b"',
    '""', '"tab\\t"', "'''three\n    lines'''", '"im" "plicit"', '"é"', r'"\u20ac"', '"2"', "'back\\\\slash'", '"n"',
)  # fmt: skip
VALUES = ("ctx", "topic", "None", "True", "0x10", "1_000", "-1", "1.5", "7", "('p', 'q')", '["l"]', 'f"{ctx}!"',
          '"x" + topic', '"y" if flag else "z"', "{'k': 1}", "b'raw'")  # fmt: skip
IMPURE = ("fetch('u')", "config.mode", "table['a']")


@dataclass
class _Writer:
    """Writes the lines of one program; what it draws decides about all that is optional."""

    random: Random
    unit: str
    asynchronous: bool
    comments: int = 0
    bound: int = 0
    ordered: bool = True

    def one_of(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def maybe(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def comment(self) -> str:
        self.comments += 1
        return f"# c{self.comments}x"

    def decorated(self, lines: list[str]) -> list[str]:
        """Return lines with comments above and behind some of them."""
        found: list[str] = []
        for line in lines:
            indent = line[: len(line) - len(line.lstrip())]
            if self.maybe(10):
                found.append(indent + self.comment())
            behind = self.maybe(10) and "\n" not in line and not line.endswith("\\")
            found.append(f"{line}  {self.comment()}" if behind else line)
        return found

    def indented(self, lines: list[str]) -> list[str]:
        return [self.unit + line for line in lines]

    # expressions

    def text(self) -> str:
        return str(self.one_of(*TEXTS))

    def value(self) -> str:
        kind = self.random.randint(0, 9)
        if kind == 0:
            return str(self.one_of(*IMPURE))
        return str(self.one_of(*VALUES)) if kind < 3 else self.text()

    def values(self) -> list[str]:
        return [self.value() for _ in range(self.random.randint(1, 3))]

    def iterable(self, targets: list[str]) -> tuple[str, str]:
        """Return a loop target and a literal iterable for it, `targets` the names that may be bound."""
        one, two = targets[0], targets[1]
        first = ", ".join(self.values())
        pairs = [f"({self.text()}, {self.value()})" for _ in range(2)]
        table = ", ".join(f"{key}: {self.value()}" for key in self.random.sample(TEXTS[:4], 2))
        kinds = (
            (one, f"[{first}]"),
            (one, f"[{first}]"),
            (one, f"({first},)"),
            (one, "{3, 1, 2}"),
            (one, f"{{{table}}}"),
            (one, f"{{{table}}}.values()"),
            (f"{one}, {two}", f"{{{table}}}.items()"),
            (one, f"range({self.one_of('3', '1, 4', '5, 0, -2', '2')})"),
            (f"{one}, {two}", f"enumerate([{first}]{self.one_of('', ', 1', ', start=2')})"),
            (f"{one}, {two}", f"zip([{first}], [{', '.join(pairs)}])"),
            (f"({one}, {two})", f"[{', '.join(pairs)}]"),
            (f"{one}, {two}", f"[{', '.join(pairs)}]"),
            (f"{one}, *{two}", f"[{', '.join(pairs)}]"),
            (f"{one}, ({two}, _)", f"[({self.text()}, {pairs[0]}), ({self.text()}, {pairs[1]})]"),
            (one, f'{{"k": {self.value()}, "k": {self.value()}}}'),
            (one, f"[\n{self.unit}{first},  {self.comment()}\n]"),
            (one, '{"s1", "s2", "s3"}'),
        )
        kind = self.random.randint(0, len(kinds) - 1)
        self.ordered &= kind != len(kinds) - 1
        return kinds[kind]

    def template(self, name: str) -> str:
        """Return an expression that builds a text from a name."""
        return str(
            self.one_of(
                f'f"Do {{{name}}} now"',
                f"f'Do {{{name}}} \"now\"'",
                f'f"{{{{x}}}} {{{name}!r}}"',
                f'f"{{{name}!s:>8}}"',
                f'f"{{{name}=}}"',
                f'f"""a "{{{name}}}"\n    b {{{name}}}"""',
                f"rf'\\d {{{name}}}'",
                f'f"\\{{{name}}}"',
                f'f"\\1{{{name}}}"',
                f"\"a\" f'{{{name}}}'",
                f"f\"{{f'{{{name}}}'}}\"",
                f"f\"{{'x' if {name} else 'y'}}\"",
                f'"p: " + str({name})',
                f'"p: {{}}".format({name})',
                f'"p: %s" % ({name},)',
                f'(\n{self.unit}f"{{{name}}} "\n{self.unit}"end"\n)',
                f'f"{{{name}}} {{ctx}}"',
                name,
                name,
                f"[{name}, {name}]",
                f'"; ".join(ctx + str({name}) for ctx in "ab")',
                '"constant"',
            )
        )

    # dispatches

    def dispatch(self, agent: str, prompt: str, *, plain: bool = False) -> str:
        """Return a call, or a statement around one."""
        rest = self.one_of("", "", ', description="d"', f", model={self.one_of('mode', repr('m'))}")
        call = f"Task(subagent_type={agent}, prompt={prompt}{rest})"
        if not plain and self.maybe(10):
            call = f"Task(\n{self.unit}subagent_type={agent},\n{self.unit}prompt={prompt},  {self.comment()}\n)"
        if not plain and not self.asynchronous and self.maybe(8):
            call = self.one_of(
                f'Task({{"subagent_type": {agent}, "prompt": {prompt}}})',
                f"Task({prompt}, subagent_type={agent})",
                f"Task(subagent_type={agent}, prompt={prompt}, **{{}})",
            )
        return f"await {call}" if self.asynchronous and self.maybe(50) else str(call)

    def kept(self, call: str) -> list[str]:
        return list(
            self.one_of(
                [call],
                [call],
                [call],
                [f"r = {call}"],
                [f"results.append({call})"],
                [f"r = {call}", "results.append(r)"],
                [f"r = {call}", "results.append((ctx, r))"],
                [f"print({call}, file=noise)"],
                [f"results += [{call}]"],
            )
        )

    # loops

    def loop(self) -> list[str]:
        depth = self.one_of(1, 1, 1, 2)
        names = list(self.one_of(("agent", "item"), ("name", "ctx"), ("x", "topic"), ("prompt", "r")))
        target, iterable = self.iterable(names)
        lines: list[str] = []
        if self.maybe(20) and "\n" not in iterable:
            self.bound += 1
            lines.append(f"agents_{self.bound} = {iterable}")
            iterable = f"agents_{self.bound}"
        if self.maybe(12):
            iterable = self.one_of("fetch('ab')", "table", "table.values()", "list(table.items())")
            target = names[0]
        head = f"for {target} in {iterable}:"
        names = [name for name in names if re.search(rf"\b{name}\b", target)]
        body = self.body(names)
        if depth == 2:
            inner, over = self.iterable(["inner", "other"])
            body = [f"for {inner} in {over}:", *self.indented(self.body([names[0], "inner"]))]
        if len(body) == 1 and self.maybe(30):
            lines.append(f"{head} {body[0]}")
        elif self.maybe(5) and all("\n" not in one and one[:3] not in ("for", "if ", "def") for one in body):
            lines.append(f"{head} {'; '.join(one for one in body if not one.startswith(self.unit))}")
        else:
            lines += [head, *self.indented(self.decorated(body))]
        if self.maybe(5):
            lines += ["else:", f'{self.unit}last = "done"']
        if self.maybe(10):
            lines.append(f"last = {names[0]}")
        return lines

    def body(self, names: list[str]) -> list[str]:
        name = names[-1]
        lines: list[str] = []
        prompt = self.one_of(name, self.template(name), '"go"', "ctx")
        for _ in range(self.one_of(0, 1, 1, 2)):
            context = self.one_of("text", "text", "prompt", "ctx", "ctx_1")
            lines.append(f"{context} = {self.template(self.one_of(*names))}")
            prompt = self.one_of(context, f'f"{{{context}}} more"', f'{context} + "!"')
        agent = self.one_of('"dev"', names[0], f'f"a-{{{names[0]}}}"')
        lines += self.kept(self.dispatch(agent, prompt))
        return self.disturbed(lines, names) if self.maybe(15) else lines

    def disturbed(self, lines: list[str], names: list[str]) -> list[str]:
        """Return a loop's body with something in it that a rewrite has to notice."""
        name = names[0]
        extra = self.one_of(
            [f"{name} = str({name})"],
            [f"if {name} == 'alpha':", f"{self.unit}continue"],
            ["if flag:", f"{self.unit}break"],
            [f"keep.append(lambda: {name})"],
            [f"keep.append(lambda {name}={name}: {name})"],
            [f"def later({name}={name}):", f"{self.unit}return {name}"],
            ["level += 1"],
            ["ctx += 'x'"],
            ["table['k'] = ctx"],
            [f"last = {name}"],
            [f"del {name}"],
            ["if flag:", *self.indented([self.dispatch('"cond"', name)])],
            [f"(w := str({name}))"],
            ["pass"],
        )
        at = self.random.randint(0, len(lines))
        return [*lines[:at], *extra, *lines[at:]]

    def comprehension(self) -> list[str]:
        names = ["agent", "item"]
        target, iterable = self.iterable(names)
        names = [name for name in names if re.search(rf"\b{name}\b", target)]
        call = self.dispatch(names[0], self.template(names[-1]), plain=True)
        if re.search(rf"\bstr\({names[-1]}\) for ctx", call) or (self.asynchronous and "await" not in call):
            call = f"Task(subagent_type={names[0]}, prompt={names[-1]})"
        over = f"for {target} in {iterable}"
        test = self.one_of("", "", "", f" if {names[0]}")
        return [
            self.one_of(
                f"results = [{call} {over}{test}]",
                f"results = [\n{self.unit}{call}\n{self.unit}{over}{test}\n]",
                f"results = {{{call} {over}{test}}}",
                f"found = {{str({names[0]}): {call} {over}{test}}}",
                f"results = list({call} {over}{test})",
                f"results = [r for r in ({call} {over}{test})]",
            )
        ]

    # gaps between dispatches

    def gap(self) -> list[str]:
        lines = self.kept(self.dispatch('"one"', self.one_of('"first"', "ctx", 'f"{ctx}"')))
        prompt = self.one_of('"second"', "ctx")
        for _ in range(self.random.randint(1, 3)):
            more, prompt = self.between(prompt)
            lines += more
            if self.maybe(40):
                lines += self.kept(self.dispatch('"mid"', self.one_of(prompt, '"mid"')))
        last = self.kept(self.dispatch('"two"', prompt))
        lines += self.branch(last) if self.maybe(40) else last
        if self.maybe(25):
            lines.append(f"last = {self.one_of('ctx', prompt)}")
        return lines

    def between(self, prompt: str) -> tuple[list[str], str]:
        """Return statements that stand between two dispatches, and a prompt that may use what they bind."""
        name = self.one_of("ctx", "ctx2", "text", "prompt")
        waits = [["await pause()"], ["last = await pause(r)"]] if self.asynchronous else [["pass"]]
        pure = [
            [f"{name} = {self.template(self.one_of('ctx', 'topic', 'level'))}"],
            [f"{name} = {self.template('topic')}"],
            [f'{name} = "plain"'],
        ]
        kind = self.random.randint(0, 9)
        if kind < 6:
            return list(self.one_of(*pure)), self.one_of(name, name, f'f"{{{name}}} more"', prompt)
        if kind < 8:
            return list(self.one_of(*waits)), prompt
        return (
            list(
                self.one_of(
                    [f"{name} = fetch(ctx)"],
                    [f"{name} = config.mode"],
                    ["topic = 'changed'"],
                    ["flag = not flag"],
                    ["table['z'] = ctx"],
                    ["print(ctx, file=noise)"],
                    ["if off:", f"{self.unit}{name} = 'conditional'"],
                    ["ctx += '!'"],
                    [f"{name} = f'{{table}}'"],
                    ["level: int = 4"],
                )
            ),
            self.one_of(name, prompt) if name == "ctx" else prompt,
        )

    def branch(self, lines: list[str]) -> list[str]:
        test = self.one_of("flag", "not off", "mode == 'fast'", "(flag)", "flag and not off", "off", "level > 2",
                           "fetch('x') == 'X'", "config.ready", "len(ctx) > 2", "(flag and\n    mode)")  # fmt: skip
        body = [*self.one_of([], [], [f"extra = {self.template('ctx')}"]), *lines]
        if body[0].startswith("extra") and self.maybe(80):
            body = [body[0], *self.kept(self.dispatch('"two"', self.one_of("extra", 'f"{extra}."')))]
        written = [f"if {test}:  {self.comment()}" if self.maybe(20) else f"if {test}:", *self.indented(body)]
        kind = self.random.randint(0, 5)
        if kind == 0:
            written += ["elif mode:", *self.indented(self.kept(self.dispatch('"three"', '"t"')))]
        if kind <= 1:
            written += ["else:", *self.indented(self.kept(self.dispatch('"four"', '"f"')))]
        if kind == 2 and not self.asynchronous:
            return [f'Task(subagent_type="two", prompt="s") if {test} else None'.replace("\n", " ")]
        return written

    def plain_loop(self) -> list[str]:
        """Return a loop that nothing keeps from being written out, but for what its items and templates are."""
        names = ["agent", "item"]
        target, iterable = self.iterable(names)
        name = self.one_of(*[name for name in names if re.search(rf"\b{name}\b", target)])
        call = f"Task(subagent_type={names[0]}, prompt={self.one_of(name, 'text', self.template(name))})"
        body = [f"text = {self.template(name)}"] if "=text" in call else []
        body += self.one_of([call], [f"results.append({call})"], [f"r = {call}", "results.append(r)"])
        return [f"for {target} in {iterable}:", *self.indented(self.decorated(body))]

    def awaited(self) -> list[str]:
        """Return awaited dispatches one after another, of which some use the result of an earlier one."""
        lines: list[str] = []
        for name in "pqs"[: self.random.randint(2, 3)]:
            prompt = self.one_of('"x"', "ctx", "r")
            call = f'await Task(subagent_type="{name}", prompt={prompt})'
            lines.append(self.one_of(f"r = {call}", f"last = {call}", call))
        return lines

    def scene(self) -> list[str]:
        kind = self.random.randint(0, 11)
        if kind > 9:
            lines = self.awaited() if self.asynchronous else self.plain_loop()
        elif kind < 5:
            lines = self.loop()
        elif kind < 6:
            lines = self.comprehension()
        elif kind < 9:
            lines = self.gap()
        else:
            lines = list(self.one_of(["ctx = 'again'"], ["prompts = []"], ["run_two = 1"], ["a = 1; b = 2"]))
        return self.decorated([line for line in lines if line])


def _wrapped(writer: _Writer, lines: list[str]) -> list[str]:
    """Return the lines of a program inside of a function, a block, or at the top."""
    used = set(re.findall(r"\w+", "\n".join(lines)))
    start = [f"{name} = {value}" for name, value in STARTS.items() if name in used]
    bound = [f"{name} = {value!r}" for name, value in CONSTANTS.items() if name in used]
    unit = writer.unit
    parameters = ", ".join(f"{name}={value!r}" for name, value in CONSTANTS.items() if name in used)
    opening = f"{'async ' if writer.asynchronous else ''}def main({parameters}):"
    match writer.random.randint(0, 7):
        case 0 | 1 if not writer.asynchronous:
            return [*(bound if writer.maybe(60) else []), *start, *lines]
        case 2:
            inner = ["with opened():", *writer.indented(lines)]
        case 3:
            inner = ["try:", *writer.indented(lines), "finally:", f"{unit}last = topic"]
        case 4:
            inner = ["if flag:", *writer.indented(["if not off:", *writer.indented(lines)])]
        case 5 if not writer.asynchronous:
            return [*bound, *start, "class Work:", *writer.indented(lines)]
        case 6:
            inner = [*lines, "def shown():", f"{unit}return {writer.one_of('ctx', 'last')}", "shown()"]
        case _:
            inner = lines
    return [opening, *writer.indented([*start, *inner])]


def program(seed: int) -> Program:
    """Return the program of a seed, as a Python file or as a fence of a Markdown file."""
    random = Random(seed)
    writer = _Writer(random, random.choice(UNITS), asynchronous=random.randrange(4) == 3)
    scenes = [writer.scene() for _ in range(random.choice([1, 1, 2]))]
    lines = _wrapped(writer, [line for scene in scenes for line in scene])
    code = "\n".join(lines)
    newline = random.choice(["\n", "\n", "\r\n"])
    ending = random.choice(["\n", "\n", ""])
    path = random.choice(["p.py", "p.md"])
    if path == "p.py":
        text = code + ending
    else:
        first, prefix = random.choice([("", ""), ("- ", "  "), ("> ", "> "), ("1. ", "   "), ("> - ", ">   ")])
        inner = "".join((prefix + line).rstrip(" ") + "\n" for line in code.split("\n"))
        text = f"# Title\n\n{first}```python\n{inner}{prefix}```\n\nTail.{ending}"
    return Program(text.replace("\n", newline), path, writer.ordered)


def programs() -> st.SearchStrategy[Program]:
    """Return the strategy for programs: a seed each, since programs built draw by draw repeat every other one."""
    return st.integers(0, 2**64 - 1).map(program)
