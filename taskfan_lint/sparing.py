"""Sparing: the outcomes of a run under baselines, and baselines that are written anew."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from taskfan_lint import baseline, console
from taskfan_lint.baseline import Baseline, Entry
from taskfan_lint.outcome import Outcome, fails
from taskfan_lint.report import Look
from taskfan_lint.settings import Settings
from taskfan_lint.swap import put

SettingsOf = Mapping[Path, Settings]


@dataclass(frozen=True)
class Baselines:
    """The baselines of a run, and which of them counts for which file."""

    every: tuple[Baseline, ...]
    of: Mapping[Path, Baseline]


@dataclass(frozen=True)
class Renewed:
    """A baseline written anew: how many entries came and how many went."""

    baseline: Baseline
    added: int
    pruned: int


def load(settings: SettingsOf, file: str | None, written: str | None) -> Baselines:
    """Return the baseline that the command line names, or else those of the settings; raises ConfigError.

    One that is to be written need not be there.
    """
    if written and not os.path.exists(written):
        return _for_all(Baseline(Path(os.path.abspath(written))), settings)
    if name := written or file:
        return _for_all(baseline.read(Path(name)), settings)
    names = {path: each.baseline for path, each in settings.items() if each.baseline}
    read = {name: baseline.read(Path(name)) for name in sorted(set(names.values()))}
    return Baselines(tuple(read.values()), {path: read[name] for path, name in names.items()})


def _for_all(known: Baseline, settings: SettingsOf) -> Baselines:
    return Baselines((known,), dict.fromkeys(settings, known))


def spare(
    outcomes: tuple[Outcome, ...], settings: SettingsOf, baselines: Baselines, look: Look | None
) -> tuple[Outcome, ...]:
    """Return the outcomes with the findings that their baselines know set apart, and with a look say what is stale."""
    if look:
        _tell_stale(baselines, outcomes, settings, look)
    of = baselines.of
    return tuple(_spared(each, of[each.path], settings[each.path]) if each.path in of else each for each in outcomes)


def _spared(outcome: Outcome, known: Baseline, settings: Settings) -> Outcome:
    if outcome.document is None:
        return outcome
    parts = baseline.split(known, outcome.path, outcome.text, outcome.checked.findings)
    spared = tuple((finding, entry.reason) for finding, entry in parts.known)
    checked = outcome.checked._replace(findings=parts.new)
    return outcome._replace(checked=checked, known=spared, fails=fails(parts.new, settings))


def stale(known: Baseline, outcomes: Iterable[Outcome], settings: SettingsOf) -> list[Entry]:
    """Return the entries that match no finding of the outcomes, which are those before anything was set apart.

    `settings` are those of all files that were looked at; one without an outcome holds nothing. Entries of files that
    were not looked at are not stale, unless the file is gone; nor are those of rules that didn't run, or of files with
    counter-examples that are not shown.
    """
    every = {known.path(each.path): each for each in outcomes}
    seen = [each for each in every.values() if each.document is not None]
    found = {entry.fingerprint for each in seen for entry in _entries(known, each)}

    def is_stale(entry: Entry) -> bool:
        outcome = every.get(entry.path)
        path = outcome.path if outcome else Path(os.path.normpath(known.file.parent / entry.path))
        if path not in settings or (outcome and outcome.document is None):
            return not os.path.exists(path)
        hidden = outcome.checked.hidden if outcome else 0
        return settings[path].enables(entry.rule) and not hidden and entry.fingerprint not in found

    return [entry for entry in known.entries.values() if is_stale(entry)]


def _entries(known: Baseline, outcome: Outcome) -> list[Entry]:
    return baseline.entries(known, outcome.path, outcome.text, outcome.checked.findings)


def renew(known: Baseline, outcomes: Iterable[Outcome], settings: SettingsOf) -> Renewed:
    """Return a baseline with all findings of the outcomes, and without its stale entries."""
    every = list(outcomes)
    gone = {entry.fingerprint for entry in stale(known, every, settings)}
    kept = {print_: entry for print_, entry in known.entries.items() if print_ not in gone}
    seen = (each for each in every if each.document is not None)
    found = {entry.fingerprint: entry for each in seen for entry in _entries(known, each)}
    return Renewed(Baseline(known.file, {**kept, **found}), len(found.keys() - known.entries.keys()), len(gone))


def rewrite(
    file: str, baselines: Baselines, outcomes: Iterable[Outcome], settings: SettingsOf, look: Look, quiet: bool
) -> Baselines:
    """Write the one baseline anew, say so unless `quiet`, and return it; raises OSError."""
    renewed = renew(baselines.every[0], outcomes, settings)
    put(file, baseline.dump(renewed.baseline).encode())
    if not quiet:
        count = len(renewed.baseline.entries)
        said = f"{count} known finding{'' if count == 1 else 's'}, {renewed.added} new, {renewed.pruned} taken out"
        console.err(f"{look.path(renewed.baseline.file)}: {said}")
    return _for_all(renewed.baseline, settings)


def _tell_stale(baselines: Baselines, outcomes: tuple[Outcome, ...], settings: SettingsOf, look: Look) -> None:
    """Say for each baseline how many of its entries match nothing."""
    for known in baselines.every:
        mine = {path: each for path, each in settings.items() if baselines.of.get(path) is known}
        count = len(stale(known, [each for each in outcomes if each.path in mine], mine))
        if count:
            what = "1 known finding is" if count == 1 else f"{count} known findings are"
            place = look.path(known.file)
            console.tell("warning", f"{place}: {what} no longer there, `--write-baseline` takes them out")
