"""The format `json-lines`: the objects of the format `json`, one on each line."""

from __future__ import annotations

import json
from collections.abc import Iterable

from taskfan_lint.report import Look, Report
from taskfan_lint.report.json import entries


def render(reports: Iterable[Report], look: Look) -> str:
    """Return the findings as JSON objects, each on a line of its own, sorted as in the format `json`."""
    return "".join(json.dumps(entry) + "\n" for entry in entries(reports, look))
