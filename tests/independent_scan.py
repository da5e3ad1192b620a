"""A count of the dispatch calls in fences that shares no code with the linter, and how many of them it lists.

usage: python tests/independent_scan.py [--missed] FOLDER...

It reads fences by their marks alone and calls by their brackets alone. The last line is the figure.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^(?P<lead>[ \t>]*(?:[-*+]\s+|\d+[.)]\s+)?[ \t]*)(?P<marks>`{3,}|~{3,})(?P<info>[^`\n]*)$")
DATA = {"json", "jsonc", "yaml", "yml", "toml", "xml", "html", "css", "diff", "mermaid", "sql", "csv", "ini", "log"}
NAME = re.compile(r"(?<![\w.`\"'/@-])(?P<name>Task|Agent|task|spawn_agent)\(")
# What may stand before a call on its line: marks of lists and trees, labels, results, brackets, arrows, keywords.
BEFORE = re.compile(
    r"[^\w`\"']*(?:(?:[A-Z][\w-]*|\d+)(?:\s+#?[\w-]+){0,3}\s*:\s+)?"
    r"(?:(?:(?:const|let|var)\s+)?[\w\[\]{}, $]+=\s*)?(?:(?:return|await|yield)\s+)*(?:[\w.]+\()*\$?[\[({*]*\s*"
    r"(?:\([\w, ]*\)\s*=>\s*)?(?:await\s+)?$"
)
GIVEN = re.compile(r"\s*(?:[\"'`{]|[A-Za-z_]+\s*[=:]\s*)")
KEYS = re.compile(r"[\"']?\b(subagent_type|agent_type|prompt|description|message|instruction|agent)[\"']?\s*[=:]")
MARKED = re.compile(r"[\"']?\b(subagent_type|agent_type)[\"']?\s*[=:]")
OTHER = re.compile(
    r"\b(expected_output|backstory|goal|role|instructions|deps_type|system_prompt|priority|status|assignee|title|id"
    r"|output_type|handoffs|llm)\s*[=:]"
)
DEFINED = re.compile(
    r"^[ \t]*(?:from\s+\S+\s+import\s[^\n]*|import\s[^\n]*|(?:async\s+)?def\s+|(?:export\s+)?(?:class|interface|type"
    r"|(?:async\s+)?function|const|let|var)\s+)\b(Task|Agent|task|spawn_agent)\b",
    re.MULTILINE,
)
SENTENCE = re.compile(r"\)[ \t]+(?:is|are|was|will|should|must|can)\b")


@dataclass(frozen=True)
class Call:
    """One dispatch call in a fence: its row and column, both from 1, and the line that it starts on."""

    row: int
    column: int
    line: str


def fences(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the first row and the lines of each fence of code; a fence in a fence is a part of it."""
    opened = ""
    start, body = 0, list[str]()
    for row, line in enumerate(text.split("\n"), 1):
        found = FENCE.match(line.rstrip("\r"))
        if not opened:
            if found:
                opened, start, body = found["marks"], row + 1, []
                tag = found["info"].strip().split(" ")[0].lower()
            continue
        if found and not found["info"].strip() and found["marks"].startswith(opened):
            if tag not in DATA:
                yield start, body
            opened = ""
        else:
            body.append(line)
    if opened and tag not in DATA:
        yield start, body


def end_of(text: str, opening: int) -> int:
    """Return the offset behind the bracket that closes the one at `opening`, by counting brackets alone."""
    depth = 0
    for offset in range(opening, min(len(text), opening + 8_000)):
        depth += (text[offset] == "(") - (text[offset] == ")")
        if depth == 0:
            return offset + 1
    return min(len(text), opening + 400)


def calls(text: str) -> Iterator[Call]:
    """Yield the dispatch calls in the fences of a Markdown text."""
    blocks = list(fences(text))
    defined = {name for _, body in blocks for name in DEFINED.findall("\n".join(body))}
    for start, body in blocks:
        code = "\n".join(body)
        taken = 0
        for found in NAME.finditer(code):
            line = code.rfind("\n", 0, found.start()) + 1
            before = code[line : found.start()]
            if found.start() < taken or not BEFORE.match(before) or "#" in before or "//" in before:
                continue
            end = end_of(code, found.end() - 1)
            if is_dispatch(found["name"], code[found.end() : end - 1], foreign=found["name"] in defined):
                if SENTENCE.match(code, end - 1):
                    continue
                row = code.count("\n", 0, line)
                taken = end
                yield Call(start + row, len(before) + 1, body[row].strip())


def is_dispatch(name: str, given: str, *, foreign: bool) -> bool:
    """Tell whether what a call is given is what a dispatch is given."""
    if MARKED.search(given):
        return True
    if foreign or name in ("task", "spawn_agent") or not GIVEN.match(given):
        return False
    if KEYS.search(given):
        return not OTHER.search(given)
    return given.lstrip()[:1] in ("'", '"', "`")


def listed(tool: list[str], folder: Path) -> set[tuple[str, int]]:
    """Return the places that the linter lists: the file and the row of each dispatch."""
    command = [
        *tool,
        "dispatches",
        "--isolated",
        "-q",
        "--exclude",
        "*.nothing",
        "--output-format",
        "json",
        str(folder),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return {(one["filename"], one["location"]["row"]) for one in json.loads(done.stdout)}


def count(tool: list[str], folder: Path) -> tuple[list[tuple[str, Call]], list[tuple[str, Call]]]:
    """Return the calls in a folder that the linter lists, and those that it doesn't."""
    places = listed(tool, folder)
    found: list[tuple[str, Call]] = []
    missed: list[tuple[str, Call]] = []
    for file in sorted(folder.rglob("*.md")):
        try:
            text = file.read_bytes().decode()
        except UnicodeDecodeError:
            continue
        for call in calls(text):
            (found if (str(file.absolute()), call.row) in places else missed).append((str(file), call))
    return found, missed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--missed", action="store_true", help="name the calls that the linter does not list")
    asked = parser.parse_args()
    found = missed = 0
    for folder in asked.folders:
        seen, unseen = count([sys.executable, "-m", "taskfan_lint"], folder)
        found, missed = found + len(seen), missed + len(unseen)
        for file, call in unseen if asked.missed else []:
            print(f"{file}:{call.row}:{call.column}: {call.line[:120]}")
    share = 100 * found / max(1, found + missed)
    print(f"{found + missed} dispatch calls in fences, {found} of them listed: {share:.1f} %")


if __name__ == "__main__":
    main()
