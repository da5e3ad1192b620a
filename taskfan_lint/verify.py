"""Fixes tried on their snippet before they are offered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from taskfan_lint import rules
from taskfan_lint.analysis import tree
from taskfan_lint.analysis.facts import Facts
from taskfan_lint.analysis.flow import analyse
from taskfan_lint.analysis.model import Branch, Dispatch, Loop, Node, Wait
from taskfan_lint.analysis.read import read_snippet
from taskfan_lint.analysis.reading import Reading, Unparsable
from taskfan_lint.analysis.windows import Analysis, Cause
from taskfan_lint.edit import Edit, apply, hull
from taskfan_lint.finding import Applicability, Finding, Fix, Note

MAX_TRIALS = 40  # of one snippet: each reads it anew, so their number bounds the work


def verified(findings: list[Finding], analysis: Analysis, code: str, reading: Reading) -> list[Finding]:
    """Return the findings, each fix that does not do what it promises as help only, with the reason in a note.

    `code` is the snippet as written. Fixes that don't touch are tried together, and apart only where that fails, so
    that a snippet whose fixes are right is read once or twice more. Safe ones are not tried with others: `--fix` makes
    them alone.
    """
    fixes = list(dict.fromkeys(one.fix for one in findings if one.fix))
    if not fixes:
        return findings
    trial = _Trial(code, analysis, reading, findings)
    kinds = [[fix for fix in fixes if fix.applicability is kind] for kind in Applicability]
    reasons = {fix: reason for kind in kinds for group in _apart(kind) for fix, reason in trial.reasons(group)}
    return [_judged(one, reasons.get(one.fix) if one.fix else None) for one in findings]


def _judged(finding: Finding, reason: str | None) -> Finding:
    if finding.fix is None or reason is None:
        return finding
    fix = replace(finding.fix, applicability=Applicability.DISPLAY)
    return replace(finding, fix=fix, notes=(*finding.notes, Note(finding.span, f"no fix is applied: {reason}")))


def _apart(fixes: Iterable[Fix]) -> Iterator[list[Fix]]:
    """Yield groups of fixes whose hulls do not touch, in order of place."""
    waiting = sorted(fixes, key=lambda fix: hull(fix.edits))
    while waiting:
        group: list[Fix] = []
        later: list[Fix] = []
        for fix in waiting:
            free = not group or not hull(group[-1].edits).touches(hull(fix.edits))
            named = any(fix.names & other.names for other in group)
            (group if free and not named else later).append(fix)
        yield group
        waiting = later


@dataclass
class _Trial:
    """One snippet on which fixes are tried."""

    code: str
    analysis: Analysis
    reading: Reading
    findings: list[Finding]
    _trials: int = field(default=0)

    def reasons(self, fixes: list[Fix]) -> Iterator[tuple[Fix, str | None]]:
        """Yield each fix with the reason why it fails its promise, None where it keeps it."""
        clean = [fix for fix in fixes if not self._touches_repair(fix)]
        yield from ((fix, "the code here is read with repairs") for fix in fixes if fix not in clean)
        if clean:
            yield from self._halves(clean)

    def _touches_repair(self, fix: Fix) -> bool:
        return any(hull(fix.edits).touches(span) for span in self.analysis.facts.repaired)

    def _halves(self, fixes: list[Fix]) -> Iterator[tuple[Fix, str | None]]:
        if self._trials >= MAX_TRIALS:
            yield from ((fix, "too many fixes here fail to be tried one by one") for fix in fixes)
            return
        reason = self._failure(fixes)
        if reason is None or len(fixes) == 1:
            yield from ((fix, reason) for fix in fixes)
            return
        middle = len(fixes) // 2
        yield from self._halves(fixes[:middle])
        yield from self._halves(fixes[middle:])

    def _failure(self, fixes: list[Fix]) -> str | None:
        """Return why fixes fail their promise: findings gone, nothing new, the same dispatches, every comment kept."""
        self._trials += 1
        edits: list[Edit] = [edit for fix in fixes for edit in fix.edits]
        try:
            facts = read_snippet(apply(self.code, edits), self.reading)
        except Unparsable as error:
            return f"the result would not parse ({error.reason})"
        if facts is None:
            return "no dispatch would be left"
        promised = Counter(one.code for one in self.findings if one.fix in fixes)
        return self._broken(facts, promised)

    def _broken(self, facts: Facts, promised: Counter[str]) -> str | None:
        mended = analyse(facts, wrong=self.analysis.wrong)
        before, after = _counts(self.analysis, self.reading), _counts(mended, self.reading)
        for code, count in promised.items():
            if after[code] > before[code] - count:
                return "the finding would stay"
        new = [code for code in after if after[code] > before[code] and code != REVEALED]
        if new:
            return f"`{min(new)}` would be reported instead"
        if _comments(self.analysis.facts) - _comments(facts):
            return "a comment would be lost"
        if facts.is_script and _sent(self.analysis.facts) != _sent(facts):
            return "there would not be as many dispatches"
        if "dispatch-in-loop" not in promised and _dispatched(self.analysis.facts) != _dispatched(facts):
            return "the dispatches would not stay the same"
        return None


# The weakest cause of an interruption was there before a fix of a stronger one, and was not named because one
# interruption is one finding. It has no fix of its own, so passes still come to an end.
REVEALED = rules.name_of(Cause.WORK)
WIDER = frozenset({"wide-fan-out", "unbalanced-fan-out"})  # what a fix that joins windows may well bring about


def _counts(analysis: Analysis, reading: Reading) -> Counter[str]:
    """Return how often each rule would speak, without the cost of making fixes; a window may well get wider."""
    counts = Counter(rules.name_of(one.cause) for one in analysis.interruptions)
    for rule in rules.rules():
        if rule.check and rule.cause is None and rule.name not in WIDER:
            counts.update(one.code for one in rule.check(analysis, reading.settings))
    return counts


def _comments(facts: Facts) -> set[str]:
    return {comment.text for comment in facts.comments}


def _sent(facts: Facts) -> int:
    """Return how many dispatches go out, those of a loop over a literal as often as it runs."""
    return sum(_count(node) for region in facts.regions for node in region.body)


def _count(node: Node | Loop | Branch | Dispatch | Wait) -> int:
    if isinstance(node, (Dispatch, Wait)):
        return isinstance(node, Dispatch)
    inside = sum(_count(action) for step in tree.headers(node) for action in step.actions)
    times = len(node.items) if isinstance(node, Loop) and node.items is not None else 1
    return inside + times * sum(_count(one) for body in tree.bodies(node) for one in body)


def _dispatched(facts: Facts) -> list[tuple[str, str | None]]:
    return [(one.name, one.agent) for region in facts.regions for one in tree.dispatches(region.body)]
