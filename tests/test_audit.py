"""`.ci/audit` with a stand-in for pip-audit: what it finds fails, what it cannot reach is said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

AUDIT = Path(__file__).parent.parent / ".ci" / "audit"
KNOWN = '{"dependencies": [{"name": "click", "version": "8.1", "vulns": [{"id": "PYSEC-1"}]}]}'
CLEAN = '{"dependencies": [{"name": "click", "version": "8.1", "vulns": []}]}'
UNKNOWN = '{"dependencies": [{"name": "click", "skip_reason": "not found"}]}'

# Stands for `python3`, which makes the environment with pip and pip-audit in it.
PYTHON = f"""#!/bin/sh
bin=$3/bin
mkdir -p "$bin"
ln -s {sys.executable} "$bin/python"
cp "$STAND_IN/pip" "$STAND_IN/pip-audit" "$bin"
"""
PIP_AUDIT = """#!/bin/sh
while [ $# -gt 0 ]; do
    [ "$1" = --output ] && printf '%s' "$FOUND" > "$2"
    shift
done
echo "said by pip-audit"
exit "$STATUS"
"""


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
@pytest.mark.parametrize(
    ("pip", "found", "status", "expected", "said"),
    [
        pytest.param(0, KNOWN, 1, 1, "PYSEC-1", id="something is known"),
        pytest.param(0, CLEAN, 0, 0, "said by pip-audit", id="nothing is known"),
        pytest.param(0, UNKNOWN, 0, 0, "not audited: what pip-audit asks knows none", id="a mirror without data"),
        pytest.param(0, "", 1, 0, "not audited: what pip-audit asks cannot be reached", id="no network"),
        pytest.param(1, "", 0, 0, "not audited: pip-audit cannot be installed", id="no registry"),
    ],
)
def test_what_is_known_fails_and_what_is_not_is_said(
    tmp_path: Path, pip: int, found: str, status: int, expected: int, said: str
) -> None:
    for name, text in (("python3", PYTHON), ("pip", f"#!/bin/sh\nexit {pip}\n"), ("pip-audit", PIP_AUDIT)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "STAND_IN": str(tmp_path), "FOUND": found, "STATUS": str(status)}
    done = subprocess.run([AUDIT, sys.prefix], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, said in done.stdout) == (expected, True), done.stderr
