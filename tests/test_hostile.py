"""Projects that mean no good: what they hold is neither run nor followed, and costs no more than a message."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from conftest import ROOT, Cli

from taskfan_lint.server.buffers import document_of

if sys.platform == "win32":
    pytest.skip("links, FIFOs and devices are those of POSIX", allow_module_level=True)

LOOP = 'for topic in ["tests", "docs"]:\n    Task(subagent_type="reviewer", prompt=f"Review the {topic}")\n'
SCRIPT = 'for (const topic of topics) {\n  await Task({ subagent_type: "reviewer", prompt: `Review ${topic}` });\n}\n'
GIB = 1 << 30
TRAP = "from pathlib import Path\n\nPath(__file__).with_name('sprung').touch()\n"


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def warned(raw: bytes) -> list[str]:
    """Return the lines of standard error without the name of the program."""
    return [line.removeprefix("taskfan-lint: ") for line in raw.decode().splitlines()]


def test_a_hostile_tree_costs_messages_only(cli: Cli) -> None:
    write("good.py", LOOP)
    os.mkdir("loop")
    os.symlink("..", "loop/up")
    os.symlink("b.py", "a.py")
    os.symlink("a.py", "b.py")
    os.symlink("gone.py", "nowhere.py")
    os.symlink("/dev/zero", "zero.py")
    os.symlink("/dev/stdin", "stdin.md")
    os.mkfifo("pipe.py")
    os.mkdir("folder.py")
    with open("huge.py", "wb") as file:
        file.truncate(GIB)
    names = [b"new\nline.py", b"\x1b]0;title\x07.py", b"\xff.py", "\u202egnp.py".encode(), b"-rf.py", b"return\r.py"]
    for name in names:
        Path(os.fsdecode(name)).write_text(LOOP)
    done = cli("--output-format", "concise")
    assert done.returncode == 1
    places = sorted(line.partition(":")[0] for line in done.stdout.decode().splitlines())
    expected = [
        "-rf.py",
        "\\u202egnp.py",
        "\\udcff.py",
        "\\x1b]0;title\\x07.py",
        "good.py",
        "new\\nline.py",
        "return\\r.py",
    ]
    assert places == sorted(expected)
    assert warned(done.stderr) == [
        f"warning: huge.py: too large: {GIB} bytes, `max-file-size` is 4194304",
        "7 findings (7 fixable with `--fix`)",
        "7 files checked (7 Python), 1 skipped",
    ]


def test_a_device_or_fifo_by_name_is_an_error(cli: Cli) -> None:
    os.mkfifo("pipe.py")
    done = cli("pipe.py", "/dev/zero")
    assert (done.returncode, done.stdout) == (2, b"")
    assert warned(done.stderr) == [
        "error: pipe.py: is not a regular file, `-` reads standard input",
        "error: /dev/zero: is not a regular file, `-` reads standard input",
    ]


def test_nothing_of_the_project_is_imported_or_run(cli: Cli) -> None:
    command = shutil.which("taskfan-lint", path=sysconfig.get_path("scripts"))
    if command is None:
        pytest.skip("taskfan-lint is not installed as a command")
    write("a.py", LOOP + TRAP)
    write("b.md", f"```python\n{LOOP}```\n")
    write("c.js", SCRIPT)
    for name in ("conftest", "setup", "sitecustomize", "usercustomize", "click", "libcst", "markdown_it", "json", "re"):
        write(f"{name}.py", TRAP)
    for name in ("taskfan_lint", "tree_sitter", "pathspec", "tomllib"):
        write(f"{name}/__init__.py", TRAP)
        write(f"{name}/__main__.py", TRAP)
    write("pyproject.toml", '[build-system]\nbackend-path = ["."]\nbuild-backend = "setup"\n\n[tool.taskfan-lint]\n')
    for arguments in ([], ["--fix", "--unsafe-fixes"], ["--output-format", "sarif"], ["--show-settings"]):
        subprocess.run([command, *arguments], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    assert list(Path().rglob("sprung")) == []
    assert "Review the tests" in Path("a.py").read_text()


def test_git_runs_no_command_of_the_project(cli: Cli) -> None:
    if not shutil.which("git"):
        pytest.skip("git is not installed")
    write("a.py", "x = 1\n")
    write(".gitattributes", "*.py diff=trap filter=trap\n")
    trap = f"touch {Path('sprung').absolute()}; cat"
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run([*git, *words], check=True)
    write("a.py", LOOP)
    keys = (
        "diff.external",
        "diff.trap.command",
        "diff.trap.textconv",
        "core.fsmonitor",
        "filter.trap.clean",
        "core.pager",
    )
    for key in keys:
        subprocess.run(["git", "config", key, trap], check=True)
    done = cli("--since", "HEAD", "--changed-lines", "--output-format", "concise")
    assert (done.returncode, done.stdout.decode().partition("]")[0]) == (1, "a.py:2:5: warning[dispatch-in-loop")
    assert not Path("sprung").exists()


# What opens, what is repeated inside, what closes it as often; `{}` in Python and JavaScript is where it stands.
NESTED = {
    "brackets": ("", "(", ")"),
    "lists": ("", "[", "]"),
    "calls": ("", "f(", ")"),
    "signs": ("", "-", ""),
    "terms": ("", "1 + ", "1"),
    "chain": ("a", ".b()", ""),
    "subscripts": ("a", "[0]", ""),
    "strings": ("", "f'{", ""),
    "lambdas": ("", "lambda: ", "1"),
    "conditions": ("", "1 if 1 else ", "1"),
    "keys": ("", "{0: ", "}"),
}
SCRIPTS = {
    "blocks": ("{", "}"),
    "arrows": ("a => ", "1"),
    "types": ("A<", ">"),
    "tags": ("<a>", "</a>"),
    "templates": ("`${", "}`"),
    "brackets": ("(", ")"),
    "ifs": ("if (a) ", ";"),
    "elses": ("if (a) b; else ", ";"),
    "chain": ("a.b().", "c"),
}
MARKUP = {
    "quotes": ("> ", ""),
    "lists": ("- ", ""),
    "emphasis": ("*a ", "*"),
    "links": ("[", "](a)"),
    "tags": ("<div>", "</div>"),
    "bad": ("<bad>", "</bad>"),
    "images": ("![", "]"),
    "comments": ("<!--", "-->"),
    "backslashes": ("\\", ""),
    "ticks": ("`", "`"),
    "headings": ("# ", ""),
    "entities": ("&", ";"),
}


def nest(depth: int) -> None:
    """Write a file for each grammar and kind of nesting, each with something to find beside it, or inside."""
    for name, (start, inside, end) in NESTED.items():
        deep = start + inside * depth + end * (depth if len(inside) > len(end) or name == "brackets" else 1)
        write(
            f"beside_{name}.py",
            f"def f():\n    x = {deep}\n    for t in y:\n        Task(prompt=t.x, subagent_type='a')\n",
        )
        write(f"inside_{name}.py", f"for t in y:\n    Task(subagent_type='a', prompt={deep})\n")
        write(f"fenced_{name}.md", f"```\nfor t in y:\n    Task(subagent_type='a', prompt={deep})\n```\n")
    for name, (inside, end) in SCRIPTS.items():
        deep = inside * depth + end * depth
        write(f"beside_{name}.tsx", f"const x = {deep};\n{SCRIPT}")
        write(
            f"inside_{name}.js", f'for (const t of y) {{\n  await Task({{ subagent_type: "a", prompt: {deep} }});\n}}\n'
        )
        write(f"fenced_{name}.md", f"```js\nawait Task({{ prompt: {deep} }});\n{SCRIPT}```\n")
    for name, (inside, end) in MARKUP.items():
        deep = inside * depth + "a" + end * depth
        write(f"markup_{name}.md", f"{deep}\n\n```python\n{LOOP}```\n\n```\n{deep}\n{LOOP}```\n{deep}\n")
    write(
        "blocks.py", "".join(f"{' ' * level}if x:\n" for level in range(min(depth, 2_000))) + f"{' ' * depth}Task()\n"
    )
    write("fences.md", "```python\n```\n" * depth + f"```python\n{LOOP}```\n")
    write("opened.md", "".join(f"{'`' * (level % 50 + 3)}\n" for level in range(depth)) + LOOP)
    write("returns.md", f"```python\r{LOOP.strip()}\r```\r" * (depth // 100))
    write("ignores.py", f"# taskfan: ignore[{'a,' * depth}]\r# taskfan: serial -- \x1b[2J\r{LOOP}")


@pytest.mark.parametrize("depth", [100, 1_500])
def test_deep_nesting_costs_findings_at_most(cli: Cli, depth: int) -> None:
    nest(depth)
    done = cli("-q", "--isolated", "--output-format", "concise")
    problems = [line for line in done.stderr.decode().splitlines() if "error" in line]
    assert (done.returncode, problems) == (1, [])


@pytest.mark.parametrize("depth", [100, 100_000])
def test_a_deep_configuration_is_one_message(cli: Cli, depth: int) -> None:
    write("a.py", "x = 1\n")
    write("taskfan-lint.toml", f"select = {'[' * depth}{']' * depth}\n")
    done = cli()
    assert (done.returncode, len(warned(done.stderr))) == (2, 1)


@pytest.mark.parametrize("depth", [100, 100_000])
def test_a_deep_baseline_is_one_message(cli: Cli, depth: int) -> None:
    write("a.py", "x = 1\n")
    write("known.json", f"{'[' * depth}{']' * depth}\n")
    done = cli("--baseline", "known.json")
    assert (done.returncode, len(warned(done.stderr))) == (2, 1)


@pytest.mark.parametrize("depth", [100, 100_000])
def test_a_deep_event_of_an_agent_is_one_message(cli: Cli, depth: int) -> None:
    done = cli("hook", "post-edit", "-v", input=b"[" * depth + b"]" * depth)
    assert (done.returncode, len(warned(done.stderr))) == (0, 1)


def test_a_script_whose_parser_finds_no_end_is_said(cli: Cli) -> None:
    done = cli("--isolated", "-v", os.fspath(ROOT / "tests" / "fixtures" / "runaway.md"))
    assert done.returncode in (0, 1)


def test_a_uri_without_a_name_is_a_document_without_a_title() -> None:
    document = document_of("file:///", "python", "x = 1\n", "/")
    assert document is not None
    assert document.path == Path("/untitled.py")
