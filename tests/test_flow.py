"""What the abstract run reports: each exemption beside its look-alike, from `fixtures/flow_cases.txt`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from taskfan_lint import check

TEXT = (Path(__file__).parent / "fixtures" / "flow_cases.txt").read_text(encoding="utf-8")
CASES = re.findall(r"^=== (.+): (.+)\n((?:(?!===|#####).*\n)+)", TEXT, re.MULTILINE)


@pytest.mark.parametrize(("codes", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_reports(codes: str, code: str) -> None:
    document = f"# Case\n\n```python\n{code.strip()}\n```\n"
    found = [one.code for one in check(document, "case.md")]
    assert ", ".join(found) == codes.replace("silent", "")


def test_every_case_is_read() -> None:
    assert len(CASES) == TEXT.count("\n=== ") > 100
