"""Single functions under pytest-benchmark: the gates, the parser and the walk."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import trees
from taskfan_lint.config import Configs
from taskfan_lint.engine import check
from taskfan_lint.files import search
from taskfan_lint.gates import ByteGate
from taskfan_lint.kinds import PYTHON
from taskfan_lint.settings import DEFAULT
from taskfan_lint.source import Document

Benchmark = Callable[..., Any]


def test_the_gate_of_a_file_without_a_dispatch(benchmark: Benchmark) -> None:
    raw = trees.bare(2000)(random.Random(1), 0)[1].encode()
    assert benchmark(ByteGate(DEFAULT, PYTHON), raw) is False


def test_a_file_with_a_finding(benchmark: Benchmark) -> None:
    text = trees.with_finding(random.Random(1), 0)[1]
    checked = benchmark(check, Document(Path("a.py"), text), DEFAULT)
    assert [one.code for one in checked.findings] == ["dispatch-in-loop"]


def test_a_file_with_other_peoples_tasks(benchmark: Benchmark) -> None:
    text = trees.with_words(random.Random(1), 0)[1]
    assert benchmark(check, Document(Path("a.py"), text), DEFAULT).findings == ()


def test_a_walk_over_a_thousand_files(benchmark: Benchmark, tmp_path: Path) -> None:
    trees.grow(tmp_path, 1000, trees.bare(10), 1)
    assert len(benchmark(lambda: list(search([str(tmp_path)], Configs())))) == 1000
