"""One entry point under atheris, which makes inputs that reach more of the package: `python -m soak.reaching`."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import time
import traceback
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from random import Random

import atheris

with atheris.instrument_imports(include=["taskfan_lint"]):
    import taskfan_lint
    from soak import changes, guided, inputs, kinds, serving, talking

    for module in walk_packages(taskfan_lint.__path__, "taskfan_lint."):
        if not module.name.endswith("__main__"):
            import_module(module.name)

from soak.working import HANG, LIMIT, RATE

SLOWER = 5  # times, at most, than without atheris's marks
LENGTH = 8192  # bytes of an input
SEEDS = 150
MEMORY = 1024  # MiB
BY_BYTES, ANEW = 0.6, 0.1  # how many inputs are changed byte by byte, and how many of the others begin as new ones
WORDS = (*inputs.PIECES, *inputs.NAMES, *inputs.WORDS, *inputs.OPTIONS, *serving.METHODS, *serving.FILES)
_PLACES = re.compile(r'File "[^"]*[/\\](\w+\.py)", line (\d+)')


def main(name: str, seconds: int, seed: int) -> None:
    """Give an entry point inputs for some seconds, in the current folder; it ends the process."""
    generate = _generate(name)
    _seeds(Path("seeds"), generate, seed)
    Path("words").write_text("".join(f'"{_quoted(word)}"\n' for word in dict.fromkeys(WORDS) if word), "ascii")
    sink = Path("problems").absolute()
    Path("at").mkdir()
    os.chdir("at")
    known: set[str] = set()

    def one(data: bytes) -> None:
        problem = _problem(name, data)
        if problem and (key := _key(problem)) not in known:
            known.add(key)
            with sink.open("a", encoding="utf-8") as problems:
                problems.write(json.dumps([problem, data.hex()]) + "\n")

    def changed(data: bytes, limit: int, number: int) -> bytes:
        random = Random(number)
        if random.random() < BY_BYTES:
            return atheris.Mutate(data, limit)
        text = data[1:].decode("utf-8", "replace")
        if random.random() < ANEW:
            text = generate(random).decode("utf-8", "replace")
        other = changes.changed(text, generate, random) if _is_json(text) else inputs.damaged(text, random)
        return data[:1] + other.encode("utf-8", "surrogatepass")[: limit - 1]

    options = {
        "max_total_time": seconds, "timeout": HANG, "rss_limit_mb": MEMORY, "max_len": LENGTH, "seed": seed,
        "dict": "../words", "artifact_prefix": "../died-", "print_final_stats": 1,
    }  # fmt: skip
    arguments = [sys.argv[0], *(f"-{key}={value}" for key, value in options.items()), "../seeds"]
    atheris.Setup(arguments, one, custom_mutator=changed)
    atheris.Fuzz()


def _generate(name: str) -> inputs.Generate:
    """Return what makes the first inputs of an entry point."""
    return next((kind.generate for kind in kinds.KINDS if kind.name == name), talking.messages)


def _problem(name: str, data: bytes) -> str:
    """Return what is wrong with what an entry point says, or with the time that it takes; empty if nothing is."""
    began = time.process_time()
    try:
        if name == guided.SERVER:
            problem = talking.wrong(data[1:], Random(data[:1]))
        else:
            problem = kinds.wrong(guided.attempted(name, data).said())
    except BaseException:
        problem = traceback.format_exc()
    taken = time.process_time() - began
    slow = taken > SLOWER * (LIMIT + RATE * len(data))
    return problem or (f"took {taken:.1f} s of CPU for {len(data)} bytes" if slow else "")


def _is_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[")


def _seeds(folder: Path, generate: inputs.Generate, seed: int) -> None:
    folder.mkdir()
    for number in range(SEEDS):
        raw = bytes([number % 256]) + generate(Random(f"{seed} {number}"))
        (folder / hashlib.sha1(raw).hexdigest()).write_bytes(raw[:LENGTH])


def _quoted(word: str) -> str:
    return "".join(
        chr(one) if 32 <= one < 127 and one not in b'"\\' else f"\\x{one:02x}"
        for one in word.encode("utf-8", "replace")
    )


def _key(problem: str) -> str:
    """Return what two problems with one cause share: where it arose, or its first words."""
    places = _PLACES.findall(problem)
    return " ".join(map(":".join, places[-3:])) or problem[:8]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
