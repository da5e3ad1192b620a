"""Baselines: files of known findings that are not reported again, each with a reason."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from taskfan_lint.config import ConfigError
from taskfan_lint.edit import Lines
from taskfan_lint.finding import Finding
from taskfan_lint.fingerprint import content, fingerprints

VERSION = 1
COMMENT = (
    "findings that are known and not reported; taskfan-lint --write-baseline writes this anew and keeps the reasons"
)
FIELDS = ("path", "rule", "text", "reason", "fingerprint")
LONGEST = 120
_SURROGATE = re.compile("[\ud800-\udfff]")  # a byte of a path that is not UTF-8


@dataclass(frozen=True, order=True)
class Entry:
    """A known finding: its path is relative to the folder of the baseline, its text, cut if long, is for people."""

    path: str
    rule: str
    text: str
    fingerprint: str
    reason: str = ""


@dataclass(frozen=True)
class Baseline:
    """The known findings by their fingerprints; `file` is absolute."""

    file: Path
    entries: Mapping[str, Entry] = field(default_factory=dict)

    def path(self, path: Path) -> str:
        """Return the path of a document as entries name it."""
        return os.path.relpath(path, self.file.parent).replace(os.sep, "/")


@dataclass(frozen=True)
class Split:
    """The findings of a document that are new, and the known ones, each with its entry."""

    new: tuple[Finding, ...]
    known: tuple[tuple[Finding, Entry], ...]


def read(file: Path) -> Baseline:
    """Return the baseline in a file; raises ConfigError for one that is missing or is none."""
    import json  # lazy: only where there is a baseline

    absolute = Path(os.path.abspath(file))
    try:
        content_ = json.loads(absolute.read_bytes())
        entries = [_entry(item) for item in _list(content_)]
    except FileNotFoundError as error:
        raise ConfigError(file, 0, "no such baseline, `--write-baseline` makes one") from error
    except OSError as error:
        raise ConfigError(file, 0, f"cannot be read: {(error.strerror or str(error)).lower()}") from error
    except json.JSONDecodeError as error:
        raise ConfigError(file, error.lineno, f"broken JSON: {error.msg.lower()}") from error
    except (ValueError, RecursionError) as error:  # not UTF-8 text, too deep, or other JSON
        raise ConfigError(file, 0, f"is no baseline: {error}") from error
    return Baseline(absolute, {entry.fingerprint: entry for entry in entries})


def _list(content_: object) -> list[Any]:
    if not isinstance(content_, dict) or not isinstance(content_.get("findings"), list):
        raise ValueError("has no list `findings`")
    if content_.get("version") != VERSION:
        raise ValueError(f"its version is not {VERSION}")
    return list(content_["findings"])


def _entry(item: object) -> Entry:
    if not isinstance(item, dict):
        raise ValueError("an entry is not an object")
    for key in item:
        if key not in FIELDS or not isinstance(item[key], str):
            raise ValueError(f"`{key}` of an entry is no field of it" if key not in FIELDS else f"`{key}` is no text")
    for key in ("rule", "path", "fingerprint"):
        if key not in item:
            raise ValueError(f"an entry has no `{key}`")
    return Entry(item["path"], item["rule"], item.get("text", ""), item["fingerprint"], item.get("reason", ""))


def split(baseline: Baseline, path: Path, text: str, findings: Iterable[Finding]) -> Split:
    """Return which findings of a document are new and which the baseline knows; `findings` are all of them."""
    every = list(findings)
    prints = fingerprints(baseline.path(path), text, every)
    pairs = list(zip(every, prints, strict=True))
    return Split(
        tuple(finding for finding, print_ in pairs if print_ not in baseline.entries),
        tuple((finding, baseline.entries[print_]) for finding, print_ in pairs if print_ in baseline.entries),
    )


def entries(baseline: Baseline, path: Path, text: str, findings: Iterable[Finding]) -> list[Entry]:
    """Return the entries for all findings of a document, with the reasons of those that are known already."""
    every = list(findings)
    name = baseline.path(path)
    lines = Lines(text)
    nothing = Entry("", "", "", "")
    return [
        Entry(name, finding.code, _cut(content(finding, lines)), print_, baseline.entries.get(print_, nothing).reason)
        for finding, print_ in zip(every, fingerprints(name, text, every), strict=True)
    ]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def dump(baseline: Baseline) -> str:
    """Return the text of a baseline's file: JSON, sorted by path, rule and text, the same for the same entries."""
    import json  # lazy: only where there is a baseline

    shown = [{key: getattr(entry, key) for key in FIELDS} for entry in sorted(baseline.entries.values())]
    written = json.dumps({"comment": COMMENT, "version": VERSION, "findings": shown}, indent=2, ensure_ascii=False)
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", written) + "\n"
