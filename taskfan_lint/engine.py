"""The pipeline from a document to its findings, and to its text with fixes made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from taskfan_lint.checked import Checked as Checked
from taskfan_lint.checked import Place as Place
from taskfan_lint.edit import NEWLINE, Lines, Span, apply, hull
from taskfan_lint.finding import Applicability, Finding, Fix
from taskfan_lint.gates import OWN
from taskfan_lint.profile import dispatch_words
from taskfan_lint.settings import Settings
from taskfan_lint.snippets import gated, is_worth_reading, slices, surroundings
from taskfan_lint.source import Document, Snippet

if TYPE_CHECKING:
    from taskfan_lint.analysis.helpers import Helper, Index
    from taskfan_lint.inspection import Inspected, Read, Surroundings

# What stands in for `inspection.inspect`, for a caller that remembers what it gave or stops it between two snippets.
Inspect = Callable[[Snippet, "Surroundings"], "Inspected"]

# A wider window, one of less equal members, a comment that suppresses what is gone now, and the weakest cause of an
# interruption, which was there before and was not named because one interruption is one finding. None of them has a
# fix.
REVEALED = frozenset({"wide-fan-out", "unbalanced-fan-out", "work-between-dispatches", "unused-suppression"})

_IGNORE_FILE = re.compile(r"(?:#|//|<!--)\s*taskfan:\s*ignore-file\b")


def check(
    document: Document, settings: Settings, index: Index | None = None, *, inspect: Inspect | None = None
) -> Checked:
    """Return what the rules find in a document; `index` holds the functions of other files that dispatch.

    Each snippet goes through `inspect`.
    """
    if not is_worth_reading(document, settings, index):
        return Checked()
    run = Gathering(document, settings, index, inspect)
    checked = _check_markdown(run) if document.is_markdown else run.run(slices(document, settings, index))
    return present(checked, document, settings)


def fix(
    document: Document,
    settings: Settings,
    index: Index | None = None,
    *,
    unsafe: bool = False,
    inspect: Inspect | None = None,
) -> tuple[str, Checked]:
    """Return the text with all safe fixes made (with `unsafe` the unsafe ones too), and what remains in it.

    Each pass applies fixes whose hulls do not touch, and lowers the number of findings that a fix can mend at all, so
    it ends. Where fixes that are right one by one are not so together, the first that is makes a pass of its own;
    where none is, the text stays and its findings say so.
    """
    allowed = {Applicability.SAFE, Applicability.UNSAFE} if unsafe else {Applicability.SAFE}
    checked = check(document, settings, index, inspect=inspect)
    while fixes := compatible(checked.findings, allowed):
        for chosen in (fixes, *([one] for one in fixes if len(fixes) > 1)):
            text = apply(document.text, [edit for one in chosen for edit in one.edits])
            after = check(replace(document, text=text), settings, index, inspect=inspect)
            if _mendable(after) < _mendable(checked):
                break
        else:
            return document.text, _stuck(checked, fixes)
        document, checked = replace(document, text=text), after
    return document.text, checked


def _mendable(checked: Checked) -> int:
    """Return the number of findings that passes lower: all but those that a fix of others may bring to light."""
    return sum(one.code not in REVEALED for one in checked.findings) + checked.hidden


def _stuck(checked: Checked, fixes: list[Fix]) -> Checked:
    """Return the findings, those whose fixes change nothing for the better with a help that says so."""
    findings = [
        replace(one, help=f"{one.help}; fixing it again would not end, so it is left") if one.fix in fixes else one
        for one in checked.findings
    ]
    return checked._replace(findings=tuple(sorted(findings, key=_order)))


def _fixable(findings: Iterable[Finding], allowed: set[Applicability]) -> list[Fix]:
    return [one.fix for one in findings if one.fix and one.fix.applicability in allowed]


def compatible(findings: Iterable[Finding], allowed: set[Applicability]) -> list[Fix]:
    """Return the fixes of one pass: in order of place, each apart from those taken before."""
    taken: list[Span] = []
    names: set[tuple[int, str]] = set()
    fixes: list[Fix] = []
    for one in sorted(set(_fixable(findings, allowed)), key=lambda fix: hull(fix.edits)):
        own = hull(one.edits)
        if not (names & one.names or any(own.touches(other) for other in taken)):
            taken.append(own)
            names |= one.names
            fixes.append(one)
    return fixes


def present(checked: Checked, document: Document, settings: Settings) -> Checked:
    """Return what is shown: per-file ignores, then severity, then counter-examples, in a stable order."""
    if ignores_file(document):
        return checked._replace(findings=())
    ignored = per_file_ignores(document.path, settings)
    findings = [one for one in checked.findings if settings.enables(one.code) and one.code not in ignored]
    findings = [replace(one, severity=settings.severity.get(one.code, one.severity)) for one in findings]
    hidden = 0
    if not settings.include_counterexamples:
        hidden = sum(one.counterexample for one in findings)
        findings = [one for one in findings if not one.counterexample]
    return checked._replace(findings=tuple(sorted(findings, key=_order)), hidden=hidden)


def _order(one: Finding) -> tuple[int, int, str]:
    return one.span.start, one.span.end, one.code


def ignores_file(document: Document) -> bool:
    """Tell whether a comment of the document, on a line of its own, takes the whole file out."""
    if OWN not in document.text:
        return False
    return any(_IGNORE_FILE.match(line.strip()) for line in NEWLINE.split(document.text) if OWN in line)


def per_file_ignores(path: Path, settings: Settings) -> frozenset[str]:
    """Return the rules that `per-file-ignores` switches off for a path."""
    if not settings.per_file_ignores:
        return frozenset()
    from taskfan_lint.patterns import Patterns  # lazy: only where the configuration has patterns

    root = str(settings.root or Path.cwd())
    found: set[str] = set()
    for pattern, names in settings.per_file_ignores.items():
        if Patterns([pattern], root, root).excludes(str(path.absolute()), folder=False):
            found.update(names)
    return frozenset(found)


def placed(helper: Helper, snippet: Snippet) -> Helper:
    """Return a helper with the spans of its dispatch in the document."""
    dispatch = helper.dispatch
    if dispatch is None or snippet.outside is None:
        return helper
    through = dispatch.through
    if through and through.span:
        through = through._replace(span=snippet.lift(through.span))
    return helper._replace(dispatch=dispatch._replace(span=snippet.lift(dispatch.span), through=through))


def _check_markdown(run: Gathering) -> Checked:
    from taskfan_lint import markdown  # lazy: markdown-it is only needed where a Markdown file passes the gate

    fences = markdown.fences(run.document, dispatch_words(run.settings))
    checked = run.run(fences.snippets)
    unused = [one for span in fences.dangling_ignores for one in _unused(span, ("*",), set(), run.settings)]
    findings = (*checked.findings, *unused)
    return checked._replace(findings=findings, fences=sum(not one.loose for one in fences.snippets))


@dataclass
class Gathering:
    """The snippets of one document on their way to findings in the document."""

    document: Document
    settings: Settings
    index: Index | None
    inspect: Inspect | None
    findings: list[Finding] = field(default_factory=list)
    unreadable: list[Place] = field(default_factory=list)
    refused: list[Place] = field(default_factory=list)
    read: list[Read] = field(default_factory=list)
    helpers: dict[str, Helper] = field(default_factory=dict)

    def run(self, snippets: Iterable[Snippet]) -> Checked:
        """Return what all snippets gave, lifted to the document."""
        every = list(snippets)
        worth = gated(every, self.document, self.settings, self.index)
        used: dict[Span, set[str]] = {one.ignore_span: set() for one in every if one.ignore_span}
        rules = {one.ignore_span: one.ignores for one in every if one.ignore_span}
        if worth:
            around = surroundings(every, self.document, self.settings, self.index)
            self._inspect(worth, around, used)
        for span, codes in used.items():
            self.findings += _unused(span, rules[span], codes, self.settings)
        unreadable, refused, read = tuple(self.unreadable), tuple(self.refused), tuple(self.read)
        return Checked(tuple(self.findings), 0, unreadable, refused, read=read, helpers=self.helpers)

    def _inspect(self, snippets: list[Snippet], around: Surroundings, used: dict[Span, set[str]]) -> None:
        from taskfan_lint import inspection  # lazy: LibCST is only needed where a snippet passes the gate

        lines = Lines(self.document.text)
        inspect = self.inspect or inspection.inspect
        for snippet in snippets:
            result = inspect(snippet, around)
            for one in result.findings:
                if snippet.ignore_span and {"*", one.code} & set(snippet.ignores):
                    used[snippet.ignore_span].add(one.code)
                else:
                    self.findings.append(_lifted(one, snippet, lines))
            self.read += [result.read] if result.read else []
            self.helpers |= {name: placed(helper, snippet) for name, helper in result.helpers.items()}
            if result.problem:
                row = lines.position(snippet.offset(result.problem.offset))[0]
                (self.refused if result.problem.deep else self.unreadable).append(Place(row, result.problem.reason))


def _unused(span: Span, names: tuple[str, ...], used: set[str], settings: Settings) -> list[Finding]:
    """Return the findings for an `ignore-next-fence` comment that spares nothing, or not all that it names."""
    from taskfan_lint import suppress  # lazy: no rule is loaded before something is found
    from taskfan_lint.rules import rule_names

    asked = frozenset(name for name in rule_names() if settings.enables(name))
    rules = None if "*" in names else frozenset(names)
    found = suppress.unused_names(span, "taskfan: ignore-next-fence", rules, used, asked)
    return [one for one in found if settings.enables(one.code)]


def _lifted(one: Finding, snippet: Snippet, lines: Lines) -> Finding:
    """Return a finding with all its offsets in the document."""
    fix = one.fix and _lifted_fix(one.fix, snippet)
    notes = tuple(note._replace(span=snippet.lift(note.span)) for note in one.notes)
    row = lines.position(snippet.offset(one.place.start))[0] if one.place else None
    help_ = f"{one.help} (line {row})" if row else one.help
    return replace(one, span=snippet.lift(one.span), help=help_, fix=fix, notes=notes, place=None)


def _lifted_fix(fix: Fix, snippet: Snippet) -> Fix:
    names = frozenset((snippet.offset(scope), name) for scope, name in fix.names)
    return replace(fix, edits=tuple(map(snippet.lift_edit, fix.edits)), names=names)
