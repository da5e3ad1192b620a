"""The layers of the package: a module imports only what stands before it, and heavy libraries only where needed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import taskfan_lint

PACKAGE = Path(taskfan_lint.__file__).parent
# In order; an entry with a slash is a package with all its modules, which may import each other.
ORDER = """
modules kinds limits schedule/
edit outside columns source prose marks blocks dialect/ loose markdown
severity finding excerpt fingerprint settings gates patterns profile
analysis analysis.model analysis.facts analysis.windows analysis.tree analysis.paths analysis.effects analysis.exempt
analysis.boundaries analysis.helpers analysis.dispatching analysis.handed analysis.reading analysis.found analysis.flow/
analysis.python/ analysis.javascript/ analysis.scanned/ analysis.read
durations rewrite/ rules rules.*
suppress verify inspection checked snippets engine surveys calling project ignoring decisions explain
options schema config tasks baseline git swap files imports pages diff report/
intervals transcripts/ session estimates against timeline/
planning/ drawing drawing.words drawing.calls drawing/ server/
console completing outputs outcome examining pool run following sparing touched selection choices summary explaining
checking documents inventory listing verification hooks watching scheduling
commands help choosing commands.* cli __main__ __init__
""".split()
HOMES = {
    "pygls": "server",
    "lsprotocol": "server",
    "libcst": "analysis.python",
    "tree_sitter": "analysis.javascript",
    "markdown_it": "blocks",
}
HEAVY = {*HOMES, "yaml", "pathspec", "tomllib", "tomli", "difflib", "watchfiles"}
# What a file that holds nothing can do without; a data class alone takes ten times as long to make as a named tuple.
IDLE = {
    *HEAVY,
    *("dataclasses", "pathlib", "unicodedata", "urllib.parse", "json", "importlib.metadata", "tempfile"),
    *("subprocess", "pickle", "select", "logging", "argparse", "hashlib", "random", "traceback"),
    *(f"taskfan_lint.{name}" for name in ("edit", "finding", "source", "engine", "profile", "options", "completing")),
    *(f"taskfan_lint.{name}" for name in ("pool", "git", "baseline", "sparing", "touched", "report.text")),
}


def name(file: Path) -> str:
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


MODULES = {name(file): file for file in sorted(PACKAGE.rglob("*.py"))}


def covers(entry: str, module: str) -> bool:
    if entry.endswith("/"):
        return f"{module}/".replace(".", "/").startswith(entry.replace(".", "/"))
    return entry in (module, f"{module.rpartition('.')[0]}.*")


def place(module: str) -> int:
    """Return the place of a module in the order; raises StopIteration for one that has none."""
    return next(index for index, entry in enumerate(ORDER) if covers(entry, module))


def imported(module: str) -> Iterator[str]:
    """Yield what a module imports, the modules of this package without its name; not what only type checkers see."""
    nodes: list[ast.AST] = [ast.parse(MODULES[module].read_text(encoding="utf-8"))]
    while nodes:
        node = nodes.pop()
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(module=str(source)):
                inner = source.removeprefix("taskfan_lint").removeprefix(".")
                whole = [".".join(filter(None, [inner, alias.name])) for alias in node.names]
                yield from ([one if one in MODULES else inner for one in whole] if inner != source else [source])
        nodes += ast.iter_child_nodes(node)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_stands_before_it(module: str) -> None:
    own = place(module)
    others = [other for other in imported(module) if other in MODULES]
    later = [one for one in others if place(one) > own or (place(one) == own and not ORDER[own].endswith("/"))]
    assert later == []


@pytest.mark.parametrize(("library", "home"), HOMES.items())
def test_a_parser_is_imported_only_in_its_home(library: str, home: str) -> None:
    users = {module for module in MODULES for one in imported(module) if one.partition(".")[0] == library}
    assert [module for module in sorted(users) if not module.startswith(home)] == []


def test_the_command_line_starts_without_heavy_libraries() -> None:
    code = f"import sys, taskfan_lint.cli; print(*sorted({HEAVY} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def test_a_file_that_holds_nothing_is_checked_without_what_it_does_not_need(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    code = (
        "import sys; known = {*sys.modules}; from taskfan_lint.cli import main; "
        f"print(main({['--isolated', str(file)]})); print(*sorted({IDLE} & ({{*sys.modules}} - known)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n\n"


def test_the_map_for_newcomers_names_every_module() -> None:
    guide = (PACKAGE.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w/]+)`", guide[guide.index("| layer | modules |") :]))
    ours = {entry.partition(".")[0].rstrip("/") for entry in ORDER if not entry.startswith("__")}
    assert ours - {one.rstrip("/") for one in named} == set()
