"""The summary of a run: what was looked at, what was found, and what was left out."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from taskfan_lint.kinds import KINDS, MARKDOWN, PYTHON, SCRIPT, kind
from taskfan_lint.outcome import Mode, Outcome
from taskfan_lint.report import Look

if TYPE_CHECKING:
    from taskfan_lint.finding import Finding

NAMED = 5
VERBS = {Mode.FIX: "fixed", Mode.DIFF: "would be fixed", Mode.IGNORE: "suppressed"}


class Run(NamedTuple):
    """The outcomes of a run, and whether fixes were written or only shown.

    `unselected` files were found, but are unchanged or of another part.
    `clean` counts the files of each kind that hold nothing and have no outcome.
    """

    outcomes: tuple[Outcome, ...]
    mode: Mode
    unselected: int = 0
    clean: Mapping[str, int] = {}

    @property
    def findings(self) -> list[Finding]:
        return [finding for outcome in self.outcomes for finding in outcome.checked.findings]


def summary(run: Run, skipped: int, paths: Iterable[str], look: Look, *, all_places: bool) -> Iterator[str]:
    """Yield the lines of the summary; `all_places` names every place that could not be analysed, not only five.

    `skipped` counts the paths that were named but are not looked at.
    """
    if not (run.outcomes or run.clean) and run.unselected:
        yield f"nothing to check: {_of(run.unselected, 'file')} not selected{_skipped(skipped)}"
        return
    if not run.outcomes and not run.clean:
        yield none_found(paths, skipped, look)
        return
    yield _found(run)
    yield _checked(run, skipped)
    yield from not_analysable(_unreadable(run, look), all_places=all_places)


def none_found(paths: Iterable[str], skipped: int, look: Look) -> str:
    """Return that there was nothing to look at; `skipped` as above."""
    where = ", ".join(map(look.path, paths))
    return f"no Python, JavaScript or Markdown files found under {where}{_skipped(skipped)}"


def statistics(run: Run) -> str:
    """Return one line for each rule that found something, then how the fences with dispatches were read.

    A rule's line has its count, its name, and `[*]` where all have a safe fix.
    """
    counts = Counter(finding.code for finding in run.findings)
    safe = Counter(finding.code for finding in run.findings if _applies(finding, "safe"))
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    lines = [f"{count:>5}  {'[*]' if safe[code] == count else '   '}  {code}\n" for code, count in rows]
    return "".join([*lines, *_read(run)])


def _read(run: Run) -> Iterator[str]:
    """Yield how many fences with dispatches were parsed, repaired (by which repair), scanned, and not analysable."""
    fences = [one for outcome in run.outcomes for one in outcome.checked.read]
    for how in ("parsed", "repaired", "scanned"):
        calls = [one.calls for one in fences if one.how == how]
        if calls:
            yield _row(len(calls), f"{_plural(len(calls), 'fence')} {how}, with {_of(sum(calls), 'dispatch')}")
        if how == "repaired":
            repairs = Counter(name for one in fences if one.how == how for name in one.repairs)
            for name, count in sorted(repairs.items(), key=lambda item: (-item[1], item[0])):
                yield _row(count, f"  by the repair `{name}`")
    if unreadable := sum(len(outcome.checked.unreadable) for outcome in run.outcomes):
        yield _row(unreadable, f"{_plural(unreadable, 'fence')} not analysable")


def _row(count: int, words: str) -> str:
    return f"{count:>5}       {words}\n"


def _found(run: Run) -> str:
    count = len(run.findings)
    left = [_of(count, "finding") if count else "no findings"]
    if run.mode is Mode.CHECK:
        left += _fixable(run.findings)
    fixed = sum(outcome.fixed for outcome in run.outcomes)
    files = sum(outcome.changed for outcome in run.outcomes)
    if files:
        verb = VERBS[run.mode]
        return f"{_of(fixed, 'finding')} {verb} in {_of(files, 'file')}, {count or 'none'} left"
    return left[0] + (f" ({', '.join(left[1:])})" if left[1:] else "")


def _fixable(findings: list[Finding]) -> Iterator[str]:
    safe = sum(_applies(finding, "safe") for finding in findings)
    unsafe = sum(_applies(finding, "unsafe") for finding in findings)
    if safe:
        yield f"{safe} fixable with `--fix`"
    if unsafe:
        yield f"{unsafe} {'more ' if safe else 'fixable '}with `--fix --unsafe-fixes`"


def _applies(finding: Finding, applicability: str) -> bool:
    return finding.fix is not None and finding.fix.applicability.value == applicability


def _checked(run: Run, skipped: int) -> str:
    documents = [outcome for outcome in run.outcomes if outcome.document is not None]
    files = sum(run.clean.values()) + len(documents)
    kinds = list(_kinds(documents, run.clean))
    refused = sum(bool(outcome.refused) for outcome in run.outcomes)
    text = _of(files, "file") + " checked" + (f" ({', '.join(kinds)})" if kinds else "")
    text += _skipped(skipped + refused)
    if run.unselected:
        text += f", {run.unselected} not selected"
    if failed := sum(bool(outcome.error) for outcome in run.outcomes):
        text += f", {failed} failed"
    if parts := sum(len(outcome.checked.refused) for outcome in documents):
        text += f", {_of(parts, 'place')} refused"
    if known := sum(len(outcome.known) for outcome in documents):
        text += f", {_of(known, 'finding')} of the baseline not shown"
    if hidden := sum(outcome.checked.hidden for outcome in documents):
        text += f", {_of(hidden, 'finding')} in marked counter-examples not shown"
    return text


def _kinds(documents: list[Outcome], clean: Mapping[str, int]) -> Iterator[str]:
    """Yield how many files of each language were looked at, and what of them could not be analysed."""
    sorts = {sort: [one for one in documents if kind(os.fspath(one.path)) is sort] for sort in KINDS}
    counts = {sort: len(found) + clean.get(sort, 0) for sort, found in sorts.items()}
    if counts[PYTHON]:
        yield f"{counts[PYTHON]} Python"
    if counts[SCRIPT]:
        yield f"{counts[SCRIPT]} JavaScript"
        yield from _not_analysable(sorts[SCRIPT])
    if counts[MARKDOWN]:
        fences = sum(each.checked.fences for each in sorts[MARKDOWN])
        yield f"{counts[MARKDOWN]} Markdown with {_of(fences, 'fence')}"
        yield from _not_analysable(sorts[MARKDOWN])


def _not_analysable(documents: list[Outcome]) -> Iterator[str]:
    if unreadable := sum(len(outcome.checked.unreadable) for outcome in documents):
        yield f"{unreadable} of them not analysable"


def _skipped(count: int) -> str:
    return f", {count} skipped" if count else ""


def _unreadable(run: Run, look: Look) -> list[tuple[str, str]]:
    return [
        (f"{look.path(outcome.path)}:{place.row}", place.reason)
        for outcome in run.outcomes
        for place in outcome.checked.unreadable
    ]


def not_analysable(places: list[tuple[str, str]], *, all_places: bool) -> Iterator[str]:
    """Yield the lines that name places with code that could not be read; `all_places` adds the reasons."""
    if all_places:
        yield from (f"not analysable: {name}: {reason}" for name, reason in places)
    elif places:
        more = f" and {len(places) - NAMED} more, `-v` names them" if len(places) > NAMED else ""
        yield f"not analysable: {', '.join(name for name, _ in places[:NAMED])}{more}"


def _of(count: int, noun: str) -> str:
    return f"{count} {_plural(count, noun)}"


def _plural(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}{'es' if noun.endswith('ch') else 's'}"
