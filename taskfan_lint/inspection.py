"""One snippet to its findings: facts, rules, verified fixes, suppression."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from taskfan_lint import rules, suppress
from taskfan_lint.analysis import tree
from taskfan_lint.analysis.boundaries import boundary
from taskfan_lint.analysis.dispatching import helpers
from taskfan_lint.analysis.facts import Facts
from taskfan_lint.analysis.flow import analyse
from taskfan_lint.analysis.helpers import NO_INDEX, Helper, Index
from taskfan_lint.analysis.model import BoundaryKind, Dispatch
from taskfan_lint.analysis.read import SCRIPT_TAGS, read_snippet
from taskfan_lint.analysis.reading import Reading, Unparsable
from taskfan_lint.analysis.windows import Analysis
from taskfan_lint.edit import Lines, Span
from taskfan_lint.finding import Finding, Note
from taskfan_lint.profile import BUILT_IN_NAMES, SIMPLE_NAMES
from taskfan_lint.rules import syntax_error
from taskfan_lint.settings import Settings
from taskfan_lint.source import Snippet
from taskfan_lint.verify import verified

_IMPORTED = re.compile(
    rf"^[ \t]*(?:from\s+[\w.]+\s+import\s+[^\r\n#]*|import\s+[^\r\n#]*|(?:async\s+)?def\s+"
    rf"|(?:export\s+)?(?:default\s+)?(?:abstract\s+)?(?:class|interface|type|(?:async\s+)?function|const|let|var)\s+)"
    rf"\b(?P<name>{'|'.join(sorted(BUILT_IN_NAMES))})\b",
    re.MULTILINE,
)
_CALL = re.compile(rf"(?<![\w.])(?:(?:{'|'.join(sorted(SIMPLE_NAMES))})\s*\(\s*[^)\s]|task\s*\(\s*[^)]*subagent_type)")

TOLERANT = "this code does not parse: it was read by its calls, brackets and indentation, so there is no fix"


class Problem(NamedTuple):
    """Why a snippet was not analysed: an offset in its code, and whether it is too deep rather than no Python."""

    offset: int
    reason: str
    deep: bool


class Read(NamedTuple):
    """How a fence was read ("parsed", "repaired" or "scanned"), its number of dispatches, and the repairs made."""

    how: str
    calls: int
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Inspected:
    """The findings of a snippet, with offsets in its code, or the problem that kept it from being read.

    `helpers` are the functions of a Python file that dispatch, by name.
    """

    findings: tuple[Finding, ...] = ()
    problem: Problem | None = None
    read: Read | None = None
    helpers: Mapping[str, Helper] = field(default_factory=dict)


@dataclass(frozen=True)
class Surroundings:
    """What a snippet is read with: settings, names that its document uses otherwise, its file, other files' helpers.

    A `whole` reading leaves nothing out that holds no dispatch.
    """

    settings: Settings
    foreign: frozenset[str] = frozenset()
    path: str = ""
    index: Index = NO_INDEX
    whole: bool = False

    def reading(self, snippet: Snippet) -> Reading:
        outside = snippet.outside
        return Reading(
            self.settings,
            snippet.fenced,
            foreign=self.foreign,
            tag=snippet.tag,
            path=self.path,
            index=self.index,
            whole=self.whole,
            hidden=outside.hidden if outside else frozenset(),
            free=outside.free if outside else frozenset(),
            outer=outside.outer if outside else frozenset(),
            outside=outside,
        )


def foreign_names(snippets: Iterable[Snippet]) -> frozenset[str]:
    """Return the dispatch names that any fence of a document imports or defines: there they mean something else."""
    return frozenset(found["name"] for one in snippets if one.fenced for found in _IMPORTED.finditer(one.code))


def inspect(snippet: Snippet, around: Surroundings) -> Inspected:
    """Return what the rules find in a snippet."""
    try:
        judged = judge(snippet, around)
    except Unparsable as error:
        return _unread(snippet, error, around.settings)
    if judged is None:
        return Inspected()
    facts = judged.analysis.facts
    found = {} if facts.fenced or facts.is_script else helpers(facts.regions)
    return Inspected(judged.findings, read=_read(facts), helpers=found)


def _read(facts: Facts) -> Read | None:
    """Return how a fence with dispatches was read, None for any other code."""
    calls = sum(one.through is None for region in facts.regions for one in tree.dispatches(region.body))
    return Read(facts.read, calls, facts.repairs) if calls and facts.fenced else None


class Judged(NamedTuple):
    """A snippet's analysis, the findings that stay, and those that a comment suppresses, with the comment."""

    analysis: Analysis
    findings: tuple[Finding, ...]
    suppressed: tuple[tuple[Finding, suppress.Suppression], ...]


def judge(snippet: Snippet, around: Surroundings) -> Judged | None:
    """Return what the rules say of a snippet, None where it holds no dispatch; raises Unparsable."""
    reading, settings = around.reading(snippet), around.settings
    facts = read_snippet(snippet.code, reading)
    if facts is None:
        return None
    analysis = analyse(facts, wrong=snippet.counterexample)
    outside = snippet.outside
    found = [one for one in _findings(analysis, settings) if outside is None or outside.owns(one.span.start)]
    if facts.read == "scanned":
        found = [_tolerant(one) for one in found]
    else:
        found = verified(found, analysis, snippet.code, reading)
    asked = frozenset(name for name in rules.rule_names() if settings.enables(name))
    comments = [one for one in suppress.suppressions(facts) if outside is None or outside.owns(one.span.start)]
    kept, suppressed, unused = suppress.suppress(found, comments, asked)
    findings = [*kept, *(one for one in unused if settings.enables(one.code))]
    return Judged(analysis, tuple(_marked(findings, facts, snippet)), tuple(suppressed))


def analysis_of(snippet: Snippet, around: Surroundings) -> Analysis | Inspected | None:
    """Return the analysis of a snippet without judging it, None where it holds no dispatch.

    For one that cannot be read, return what is said of it.
    """
    try:
        facts = read_snippet(snippet.code, around.reading(snippet))
    except Unparsable as error:
        return _unread(snippet, error, around.settings)
    return analyse(facts, wrong=snippet.counterexample) if facts is not None else None


def _tolerant(one: Finding) -> Finding:
    """Return a finding of a tolerant reading: without a fix, and with a note that says why."""
    notes = [note for note in one.notes if not note.message.startswith("no fix")]
    return replace(one, fix=None, notes=(*notes, Note(one.span, TOLERANT)))


def _unread(snippet: Snippet, error: Unparsable, settings: Settings) -> Inspected:
    lines = Lines(snippet.code)
    span = lines.span(min(error.row, len(lines)))
    if not snippet.fenced and not error.deep and snippet.tag not in SCRIPT_TAGS:
        text = lines.row(min(error.row, len(lines)))
        place = Span(span.start + len(text) - len(text.lstrip()), span.start + len(text))
        found = syntax_error.report(place, error.reason)
        return Inspected((found,) if settings.enables(found.code) else ())
    if snippet.fenced and not _CALL.search(snippet.code):
        return Inspected()
    return Inspected(problem=Problem(span.start, error.reason, error.deep))


def _findings(analysis: Analysis, settings: Settings) -> Iterator[Finding]:
    ways = {one.dispatch.span: one.dispatch for window in analysis.windows for one in window.members}
    for rule in rules.rules():
        if rule.check and settings.enables(rule.name):
            yield from (_with_ways(one, ways) for one in rule.check(analysis, settings))


def _with_ways(finding: Finding, dispatches: Mapping[Span, Dispatch]) -> Finding:
    """Return a finding with a note for each helper call that it points at: where that call dispatches."""
    spans = dict.fromkeys([finding.span, *(note.span for note in finding.notes)])
    found = [dispatches[span] for span in spans if span in dispatches]
    return replace(finding, notes=(*finding.notes, *dict.fromkeys(note for one in found for note in _way(one))))


def _way(dispatch: Dispatch) -> Iterator[Note]:
    if dispatch.through is None:
        return
    first, *rest = (f"`{name}()`" for name in dispatch.through.functions)
    way = f"{first} dispatches" + (f" through {' and '.join(rest)}" if rest else "")
    if dispatch.through.span is not None:
        yield Note(dispatch.through.span, f"{way} here")
    else:
        yield Note(dispatch.span, f"{way} in {dispatch.through.place}")


def _marked(findings: Iterable[Finding], facts: Facts, snippet: Snippet) -> Iterator[Finding]:
    """Yield the findings, those in a half that is marked as wrong as counter-examples."""
    markers = _markers(facts) if snippet.fenced else []
    return (replace(one, counterexample=_is_wrong(one.span, markers, snippet)) for one in findings)


def is_counterexample(span: Span, facts: Facts, snippet: Snippet) -> bool:
    """Tell whether a span of a snippet stands in code that is marked as wrong."""
    return _is_wrong(span, _markers(facts) if snippet.fenced else [], snippet)


def _markers(facts: Facts) -> list[tuple[int, bool]]:
    """Return the offset and the verdict of each marker line, in order."""
    found = (boundary(comment) for comment in facts.comments if comment.own_line)
    return [(one.span.start, one.wrong) for one in found if one and one.kind is BoundaryKind.MARKER]


def _is_wrong(span: Span, markers: list[tuple[int, bool]], snippet: Snippet) -> bool:
    wrong = snippet.counterexample
    for start, verdict in markers:
        if start <= span.start:
            wrong = verdict
    return wrong
