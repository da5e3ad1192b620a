"""Why something is reported, or is not: the decisions about each dispatch of a line, and what was spared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from taskfan_lint import engine
from taskfan_lint.analysis.exempt import EXEMPTIONS
from taskfan_lint.decisions import REPORTED, Decision, Place, Spared, Verdict
from taskfan_lint.edit import Lines, Span
from taskfan_lint.settings import Settings
from taskfan_lint.snippets import snippets, surroundings
from taskfan_lint.source import Document, Snippet

if TYPE_CHECKING:
    from taskfan_lint.analysis.helpers import Index
    from taskfan_lint.analysis.model import Dispatch
    from taskfan_lint.analysis.windows import Analysis, Dependence, Exemption, Member, Opening, Window
    from taskfan_lint.finding import Finding
    from taskfan_lint.inspection import Judged

Known = frozenset[tuple[str, Span]]


def explain(
    document: Document, settings: Settings, row: int, index: Index | None = None, known: Known = frozenset()
) -> list[Decision]:
    """Return the decisions about every dispatch and look-alike at a row of a document; one for the row without any.

    `known` are the findings of the baseline: rule and span in the document.
    """
    found: list[Decision] = []
    line: list[Verdict] = []
    windows = 0
    for snippet, judged in _judged(document, settings, index):
        one = _Explainer(document, settings, snippet, judged, windows, known)
        found += one.decisions(row)
        line += [verdict for verdict in one.verdicts if verdict.row == row]
        windows += len(judged.analysis.windows)
    told = {verdict for one in found for verdict in one.verdicts}
    if found:
        rest = tuple(verdict for verdict in line if verdict not in told)
        others = [Decision(row, 1, "", False, "this line has another finding", verdicts=rest)] if rest else []
        return [*sorted(found, key=lambda one: one.column), *others]
    reason = "no call that could dispatch stands here" + _unread_at(document, settings, row, index)
    return [Decision(row, 1, "", False, reason, verdicts=tuple(line) or _unparsed(document, settings, row, index))]


def _unparsed(document: Document, settings: Settings, row: int, index: Index | None) -> tuple[Verdict, ...]:
    """Return what is reported at a row of a file that could not be parsed."""
    lines = Lines(document.text)
    found = engine.check(document, settings, index).findings
    here = [one for one in found if one.code == "syntax-error" and lines.position(one.span.start)[0] == row]
    return tuple(Verdict(one.code, str(one.severity), one.message, row, REPORTED) for one in here)


def spared(document: Document, settings: Settings, index: Index | None = None) -> list[Spared]:
    """Return what is spared in a document, in order of place, with what a `serial` comment spares."""
    found: list[Spared] = []
    for snippet, judged in _judged(document, settings, index):
        one = _Explainer(document, settings, snippet, judged, 0)
        found += map(one.spared, judged.analysis.exemptions)
        found += one.serial()
    return sorted(dict.fromkeys(found), key=lambda one: (one.row, one.column, one.name))


def _judged(document: Document, settings: Settings, index: Index | None) -> Iterator[tuple[Snippet, Judged]]:
    from taskfan_lint import inspection  # lazy: LibCST is only needed here
    from taskfan_lint.analysis.reading import Unparsable

    every = list(snippets(document, settings))
    around = surroundings(every, document, settings, index, whole=True)
    for snippet in every:
        try:
            judged = inspection.judge(snippet, around)
        except Unparsable:
            continue
        if judged is not None:
            yield snippet, judged


def _unread_at(document: Document, settings: Settings, row: int, index: Index | None) -> str:
    """Return why the code at a row is not read, as the end of a sentence, "" where it is, or is no code."""
    checked = engine.check(document, settings, index)
    below = [place for place in (*checked.unreadable, *checked.refused) if place.row >= row]
    for snippet in snippets(document, settings):
        span = snippet.lift(Span(0, len(snippet.code)))
        lines = Lines(document.text)
        first, last = lines.position(span.start)[0], lines.position(span.end)[0]
        if first <= row <= last:
            return next((f": line {one.row} is not analysable, {one.reason}" for one in below if one.row <= last), "")
    return ": the line is not part of any code" if document.is_markdown else ""


class _Explainer:
    """Tells of one snippet what was decided; everything it gives has places of the document."""

    def __init__(
        self,
        document: Document,
        settings: Settings,
        snippet: Snippet,
        judged: Judged,
        first: int,
        known: Known = frozenset(),
    ) -> None:
        self.document = document
        self.settings = settings
        self.snippet = snippet
        self.analysis: Analysis = judged.analysis
        self._lines = Lines(document.text)
        self._first = first
        self._known = known
        self._fates = [(one, self._fate(one)) for one in judged.findings]
        self._fates += [
            (one, f"suppressed by `{by.text}` in line {self._row(by.span)}") for one, by in judged.suppressed
        ]
        self._serial = [(one, by) for one, by in judged.suppressed if by.whole and by.rules is not None]
        self.verdicts = [self._verdict(one, fate) for one, fate in self._fates]

    def _position(self, span: Span) -> tuple[int, int]:
        return self._lines.position(self.snippet.offset(span.start))

    def _row(self, span: Span) -> int:
        return self._position(span)[0]

    def _place(self, span: Span, text: str) -> Place:
        return Place(*self._position(span), text)

    def _verdict(self, finding: Finding, fate: str) -> Verdict:
        severity = self.settings.severity.get(finding.code, finding.severity)
        return Verdict(finding.code, str(severity), finding.message, self._row(finding.span), fate)

    def _fate(self, finding: Finding) -> str:
        """Return what becomes of a finding that no comment in the code suppresses."""
        if engine.ignores_file(self.document):
            return "the file is ignored by `taskfan: ignore-file`"
        if {"*", finding.code} & set(self.snippet.ignores):
            return "suppressed by the comment `taskfan: ignore-next-fence`"
        if finding.code in engine.per_file_ignores(self.document.path, self.settings):
            return "`per-file-ignores` switches the rule off here"
        if finding.counterexample and not self.settings.include_counterexamples:
            return "not shown, since it is in a counter-example (`--include-counterexamples`)"
        if (finding.code, self.snippet.lift(finding.span)) in self._known:
            return "known to the baseline"
        return REPORTED

    def decisions(self, row: int) -> Iterator[Decision]:
        """Yield the decisions about the calls that begin at a row."""
        seen: set[Span] = set()
        for number, window in enumerate(self.analysis.windows):
            for member in window.members:
                if self._row(member.dispatch.span) == row and member.dispatch.span not in seen:
                    seen.add(member.dispatch.span)
                    yield self._decision(number, window, member)
        for other in self.analysis.facts.lookalikes:
            if self._row(other.span) == row and other.span not in seen:
                seen.add(other.span)
                place = self._position(other.span)
                yield Decision(*place, other.name, False, other.reason, self.analysis.facts.read)

    def _decision(self, number: int, window: Window, member: Member) -> Decision:
        from taskfan_lint import inspection  # lazy: as above
        from taskfan_lint.rules import rules

        dispatch, facts = member.dispatch, self.analysis.facts
        following = [one for one in self.analysis.windows if one.after == number and one.opening]
        links = self.analysis.dependences
        return Decision(
            *self._position(dispatch.span),
            dispatch.name,
            True,
            dispatch.evidence or "it is called as a dispatch is",
            facts.read,
            inspection.is_counterexample(dispatch.span, facts, self.snippet),
            self._first + number + 1,
            member.position,
            tuple(self._place(one.dispatch.span, one.dispatch.name) for one in window.members),
            self._why(window.opening) if window.opening and window.after is not None else None,
            self._around(dispatch) or (self._why(following[0].opening) if following and following[0].opening else None),
            tuple(self._link(one, one.source) for one in links if one.target.span == dispatch.span),
            tuple(self._link(one, one.target) for one in links if one.source.span == dispatch.span),
            tuple(self._place(one.span, _named(one.name)) for one in self._exemptions(dispatch)),
            tuple(rule.name for rule in rules() if rule.check and self.settings.enables(rule.name)),
            tuple(self._verdict(one, fate) for one, fate in self._fates if _meets(one.span, dispatch)),
        )

    def _around(self, dispatch: Dispatch) -> Place | None:
        """Return the loop that puts each iteration's dispatch into a window of its own without need."""
        from taskfan_lint.analysis.windows import Cause  # lazy: as above

        for one in self.analysis.of(Cause.LOOP):
            if one.after.span == dispatch.span:
                text = "dispatch-in-loop: each iteration is a window of its own, without need"
                return self._place(one.loops[0].span, text)
        return None

    def _exemptions(self, dispatch: Dispatch) -> list[Exemption]:
        return [one for one in self.analysis.exemptions if any(other.span == dispatch.span for other in one.dispatches)]

    def _why(self, opening: Opening) -> Place:
        """Return why a window ends: an exemption, or a rule's cause, which is not needed."""
        from taskfan_lint.rules import name_of  # lazy: as above

        if isinstance(opening.cause, str):
            return self._place(opening.span, _named(opening.cause))
        return self._place(opening.span, f"{name_of(opening.cause)}: it ends here without need")

    def _link(self, one: Dependence, other: Dispatch) -> Place:
        via = f" through `{one.via}`" if one.via else ""
        carried = ", from one iteration to the next" if one.carried else ""
        return self._place(other.span, f"{one.kind.value}{via}{carried}")

    def spared(self, one: Exemption) -> Spared:
        """Return an exemption with its places in the document."""
        rows = sorted({self._row(dispatch.span) for dispatch in one.dispatches})
        return Spared(one.name, EXEMPTIONS[one.name], *self._position(one.span), tuple(rows))

    def serial(self) -> Iterator[Spared]:
        """Yield what comments declare to be serial on purpose."""
        for finding, by in self._serial:
            reason = self.analysis.facts.code[by.span.start : by.span.end].partition("--")[2].strip()
            name = "declared-serial"
            yield Spared(name, EXEMPTIONS[name], *self._position(by.span), (self._row(finding.span),), reason)


def _named(exemption: str) -> str:
    return f"{exemption}: {EXEMPTIONS[exemption]}"


def _meets(span: Span, dispatch: Dispatch) -> bool:
    """Tell whether a finding is about a dispatch: it points at it, into it, or at the await around it."""
    return span.start < dispatch.span.end and dispatch.span.start < span.end
