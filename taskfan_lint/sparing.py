"""Sparing: the outcomes of a run under baselines, and baselines that are written anew."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from taskfan_lint import baseline, console
from taskfan_lint.baseline import Baseline, Entry
from taskfan_lint.report import Look
from taskfan_lint.run import Outcome, fails
from taskfan_lint.settings import Settings

SettingsOf = Mapping[Path, Settings]


@dataclass(frozen=True)
class Spared:
    """The outcomes with what baselines know set apart, and for each baseline how many entries match nothing."""

    outcomes: tuple[Outcome, ...]
    stale: Mapping[Path, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Renewed:
    """A baseline written anew: how many entries came and how many went."""

    baseline: Baseline
    added: int
    pruned: int


def spare(outcomes: Iterable[Outcome], settings: SettingsOf, named: Baseline | None) -> Spared:
    """Return the outcomes under the baseline that was named, or under those of their settings; raises ConfigError."""
    read: dict[str, Baseline] = {}
    groups: dict[Path, list[Outcome]] = {}
    spared = []
    for outcome in outcomes:
        known = named or _configured(settings[outcome.path], read)
        if known is None:
            spared.append(outcome)
        else:
            groups.setdefault(known.file, []).append(outcome)
            spared.append(_spared(outcome, known, settings[outcome.path]))
    every = {known.file: known for known in (*read.values(), *([named] if named else []))}
    return Spared(tuple(spared), {file: len(stale(every[file], group, settings)) for file, group in groups.items()})


def _configured(settings: Settings, read: dict[str, Baseline]) -> Baseline | None:
    file = settings.baseline
    if file and file not in read:
        read[file] = baseline.read(Path(file))
    return read[file] if file else None


def _spared(outcome: Outcome, known: Baseline, settings: Settings) -> Outcome:
    if outcome.document is None:
        return outcome
    parts = baseline.split(known, outcome.path, outcome.text, outcome.checked.findings)
    spared = tuple((finding, entry.reason) for finding, entry in parts.known)
    checked = replace(outcome.checked, findings=parts.new)
    return replace(outcome, checked=checked, known=spared, fails=fails(parts.new, settings))


def stale(known: Baseline, outcomes: Iterable[Outcome], settings: SettingsOf) -> list[Entry]:
    """Return the entries that match no finding of the outcomes, which are those before anything was set apart.

    Entries of files that were not looked at are not stale, unless the file is gone; nor are those of rules that didn't
    run, or of files with counter-examples that are not shown.
    """
    seen = {known.path(each.path): each for each in outcomes if each.document is not None}
    found = {entry.fingerprint for each in seen.values() for entry in _entries(known, each)}

    def is_stale(entry: Entry) -> bool:
        outcome = seen.get(entry.path)
        if outcome is None:
            return not os.path.exists(known.file.parent / entry.path)
        ran = settings[outcome.path].enables(entry.rule)
        return ran and not outcome.checked.hidden and entry.fingerprint not in found

    return [entry for entry in known.entries.values() if is_stale(entry)]


def _entries(known: Baseline, outcome: Outcome) -> list[Entry]:
    return baseline.entries(known, outcome.path, outcome.text, outcome.checked.findings)


def renew(known: Baseline, outcomes: Iterable[Outcome], settings: SettingsOf) -> Renewed:
    """Return a baseline with all findings of the outcomes, and without its stale entries."""
    every = [each for each in outcomes if each.document is not None]
    gone = {entry.fingerprint for entry in stale(known, every, settings)}
    kept = {print_: entry for print_, entry in known.entries.items() if print_ not in gone}
    found = {entry.fingerprint: entry for each in every for entry in _entries(known, each)}
    return Renewed(Baseline(known.file, {**kept, **found}), len(found.keys() - known.entries.keys()), len(gone))


def named(file: str | None, written: str | None) -> Baseline | None:
    """Return the baseline that the command line names, an empty one where it is yet to be written, None for none."""
    if written and not os.path.exists(written):
        return Baseline(Path(os.path.abspath(written)))
    name = written or file
    return baseline.read(Path(name)) if name else None


def rewrite(
    file: str, known: Baseline, outcomes: Iterable[Outcome], settings: SettingsOf, look: Look, quiet: bool
) -> Baseline:
    """Write a baseline anew, say so unless `quiet`, and return it; raises OSError."""
    renewed = renew(known, outcomes, settings)
    Path(file).write_text(baseline.dump(renewed.baseline), encoding="utf-8", newline="\n")
    if not quiet:
        count = len(renewed.baseline.entries)
        said = f"{count} known finding{'' if count == 1 else 's'}, {renewed.added} new, {renewed.pruned} taken out"
        console.err(f"{look.path(known.file)}: {said}")
    return renewed.baseline


def tell_stale(spared: Spared, look: Look) -> None:
    """Say for each baseline how many of its entries match nothing."""
    for file, count in spared.stale.items():
        if count:
            what = "1 known finding is" if count == 1 else f"{count} known findings are"
            console.tell("warning", f"{look.path(file)}: {what} no longer there, `--write-baseline` takes them out")
