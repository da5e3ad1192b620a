"""The picture `json`: the sessions for programs; times in ISO 8601 and UTC, null for what is not known."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timezone
from typing import Any

from taskfan_lint.session import Group, Missed
from taskfan_lint.timeline import View
from taskfan_lint.transcripts.model import Recorded

DECIMALS = 6


def render(views: Sequence[View]) -> str:
    """Return the sessions as one JSON object, a line for each dispatch and group."""
    inner = ",\n".join(map(_session, views))
    return f'{{\n  "sessions": [\n{inner}\n  ]\n}}\n'


def _session(view: View) -> str:
    session = view.session
    fields = {
        "path": json.dumps(session.transcript.path),
        "versions": json.dumps(session.transcript.versions),
        "dispatches": _array(_dispatch(one, view.prompts) for one in session.dispatches),
        "groups": _array(map(_group, session.groups)),
        "missed": _array(map(_missed, session.missed)),
        "status": json.dumps(session.status.value),
        "across_messages": json.dumps(session.across),
        "peak_concurrency": json.dumps(session.peak),
        **({"against": _array(_against(view))} if view.plan else {}),
    }
    inner = ",\n".join(f'      "{key}": {value}' for key, value in fields.items())
    return f"    {{\n{inner}\n    }}"


def _array(values: Iterable[dict[str, Any]]) -> str:
    """Return an array, a line for each object; one by one, for all of them as objects take much memory."""
    inner = ",\n".join(f"        {json.dumps(value)}" for value in values)
    return f"[\n{inner}\n      ]" if inner else "[]"


def _dispatch(one: Recorded, prompts: bool) -> dict[str, Any]:
    entry = {
        "tool_use_id": one.id or None,
        "message_id": one.message or None,
        "name": one.name,
        "subagent_type": one.subagent_type,
        "background": one.background,
        "start": _moment(one.start),
        "end": _moment(one.end),
        "duration_s": _rounded(one.duration_s),
        "status": one.outcome.value,
    }
    return {**entry, "prompt": one.prompt} if prompts else entry


def _group(group: Group) -> dict[str, Any]:
    known = group.figures
    return {
        "kind": group.kind,
        "message_id": group.message or None,
        "tool_use_ids": _ids(group.members),
        "status": known.status.value,
        "overlap": _rounded(known.overlap),
        "sum_s": _rounded(known.sum_s),
        "wall_s": _rounded(known.wall_s),
        "speedup": _rounded(known.speedup),
        "efficiency": _rounded(known.efficiency),
    }


def _missed(missed: Missed) -> dict[str, Any]:
    return {
        "after": missed.after.message or None,
        "before": missed.before.message or None,
        "tool_use_ids": _ids(missed.members),
        "saved_s": _rounded(missed.saved_s),
    }


def _against(view: View) -> Iterator[dict[str, Any]]:
    for one in view.compared:
        yield {
            "filename": view.plan,
            "row": one.row,
            "planned": one.planned,
            "responses": [_ids(part) for part in one.responses],
            "missing": list(one.missing),
            "split": one.split,
        }


def _ids(members: Sequence[Recorded]) -> list[str | None]:
    return [one.id or None for one in members]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)


def _moment(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(round(seconds, 3), timezone.utc).isoformat(timespec="milliseconds")[:-6] + "Z"
