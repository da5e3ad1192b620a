"""A fence that no parser reads to facts, line by line."""

from __future__ import annotations

import re
from bisect import bisect_right

from taskfan_lint.analysis import tree
from taskfan_lint.analysis.boundaries import separate
from taskfan_lint.analysis.facts import Comment, Facts, Lookalike
from taskfan_lint.analysis.model import Arm, Branch, Call, Dispatch, Loop, LoopKind, Node, Purity, Step, Use, Wait
from taskfan_lint.analysis.reading import Reading, Unparsable
from taskfan_lint.analysis.scanned import calls
from taskfan_lint.analysis.scanned.headers import Header, Opens, header
from taskfan_lint.analysis.scanned.places import Place, between, is_words, place
from taskfan_lint.analysis.scanned.plain import CLOSER, plain
from taskfan_lint.analysis.scanned.scopes import TOGETHER, Frame, Scopes, uses
from taskfan_lint.dialect import scan, steps
from taskfan_lint.dialect.lines import Line, split
from taskfan_lint.edit import NEWLINE, Span
from taskfan_lint.profile import Callee, Verdict, dispatch_words, is_combiner, judge

_COMMENT = re.compile(r"(?:#|//|/\*|\*/|\*(?=\s)|<!--|--(?=\s))+\s*")
_CLOSERS = re.compile(r"[)\]}][)\]};,\s]*")
_ALONE = re.compile(r"[ \t]*(?:[\r\n:;→]|->|=>|$)")
_OVER = re.compile(r"\s*for\s+(?P<targets>[\w,()][\w\s,()]{0,59}?)(?<!\s)\s+in\s+(?P<source>[\w.()]{1,80})")


def read(code: str, reading: Reading) -> Facts | None:
    """Return the facts of a fence, None where none of its calls is a dispatch.

    Raises Unparsable where that can't be told: a call by a dispatch's name stands alone with a word, `Task(explorer)`.
    """
    reader = _Reader(code, reading)
    reader.run()
    regions = reader.scopes.finish()
    if not any(True for region in regions for _ in tree.dispatches(region.body)):
        if not reader.unclear:
            return None
        row = len(NEWLINE.findall(code, 0, reader.unclear[0])) + 1
        raise Unparsable(row, "no call here has the arguments of a dispatch")
    labels = (Comment(label.span, label.text, True) for label in steps(code, reader.calls))
    comments = tuple(sorted([*reader.comments, *labels], key=lambda one: one.span))
    bound = {name for region in regions for node in region.body for name in tree.binds(node)}
    named = {use.name for region in regions for step in tree.steps(region.body) for use in step.uses}
    regions = tuple(region._replace(known=frozenset(named - bound)) for region in regions)
    return Facts(
        code,
        separate(regions, comments, code),
        comments,
        tuple(reader.scopes.headers),
        tuple(reader.statements),
        (),
        reading.fenced,
        frozenset(named | bound),
        language="javascript" if re.search(r"=>|\bconst\s|\blet\s|;\s*$", code, re.MULTILINE) else "python",
        read="scanned",
        lookalikes=tuple(reader.lookalikes),
    )


class _Reader:
    """One fence that is read line by line."""

    def __init__(self, code: str, reading: Reading) -> None:
        self.code = code
        self.scopes = Scopes(code)
        self.comments: list[Comment] = []
        self.statements: list[Span] = []
        self.unclear: list[int] = []
        self.lookalikes: list[Lookalike] = []
        self._reading = reading
        self._lines = split(code)
        self._starts = [line.start for line in self._lines]
        self.calls = calls.found_calls(code, dispatch_words(reading.settings))

    def run(self) -> None:
        """Read all lines."""
        index = position = 0
        while index < len(self._lines):
            line = self._lines[index]
            first = position
            last = index
            while position < len(self.calls) and self.calls[position].start <= self._lines[last].end:
                last = max(last, bisect_right(self._starts, self.calls[position].end - 1) - 1)
                position += 1
            here = self.calls[first:position]
            if not (here and self._statement(line, self._lines[last], here)):
                for row in range(index, last + 1):
                    self._line(self._lines[row])
            index = last + 1

    # calls

    def _statement(self, line: Line, last: Line, here: list[scan.Call]) -> bool:
        """Read lines that hold calls; tell whether the first call stands where code stands."""
        prefix = self.code[line.first : here[0].start]
        closed = _CLOSERS.match(prefix)
        skipped = closed.end() if closed else 0
        found = place(prefix[skipped:])
        if found is None or is_words(self.code[line.first : line.end], self.code[here[0].end : last.end]):
            return False
        if closed:
            self.scopes.close("".join(char for char in closed[0] if char in ")]}"))
        start = line.first + skipped + found.label
        if prefix[skipped : skipped + found.label].strip():
            self._label(line.first + skipped, found.label)
        accepted = self._accepted(here)
        self.scopes.dedent(line.indent)
        step = self._step(start, accepted, found)
        self.statements.append(step.span)
        self._open_before(start, here[0].start, line, found)
        self.scopes.add(self._within(step, start, here[0].start, accepted[-1].end, found))
        self._rest(accepted[-1].end, last)
        return True

    def _accepted(self, here: list[scan.Call]) -> list[scan.Call]:
        accepted = here[:1]
        for call in here[1:]:
            if not between(self.code[accepted[-1].end : call.start]):
                break
            accepted.append(call)
        return accepted

    def _label(self, start: int, length: int) -> None:
        text = self.code[start : start + length].rstrip()
        self.comments.append(Comment(Span(start, start + len(text)), text.strip(), True))

    def _step(self, start: int, accepted: list[scan.Call], found: Place) -> Step:
        actions: list[Dispatch | Wait] = []
        read: list[Use] = []
        others: list[Call] = []
        for call in accepted:
            given = list(calls.given(self.code, call.opening + 1, call.end - 1))
            reads = [Use(name, one.value) for one in given for name in sorted(calls.names(self.code, one.value))]
            read += reads
            verdict = self._judged(call, given)
            if verdict.dispatches:
                one = calls.dispatch(self.code, call, given, self._awaited(call), self._reading.settings)
                actions.append(one._replace(evidence=verdict.reason))
            else:
                if given and self._is_alone(call) and not any(one.keyword for one in given):
                    self.unclear.append(call.start)
                others.append(Call(call.name, Span(call.start, call.end), frozenset(use.name for use in reads)))
        whole = Span(start, accepted[-1].end)
        spans = [one.span for one in actions]
        if found.within and is_combiner(found.within, self._reading.settings) and spans:
            actions = [one._replace(combined=whole, awaited=None) for one in actions if isinstance(one, Dispatch)]
        kept = found.within.rpartition(".")[2] in ("append", "push", "add")
        owner = found.within.rpartition(".")[0] if kept else ""
        changes = frozenset({owner} if owner.isidentifier() else ())
        return Step(
            whole, tuple(actions), tuple(read), found.binds, changes, Purity.EFFECT, tuple(others),
            keeps=bool(found.binds or changes),
        )  # fmt: skip

    def _is_alone(self, call: scan.Call) -> bool:
        """Tell whether nothing but an arrow or a colon stands behind a call, as in `Task(explorer): "look at it"`."""
        foreign = call.name in self._reading.foreign or self.code[call.opening - 1].isspace()
        return not foreign and _ALONE.match(self.code, call.end) is not None

    def _judged(self, call: scan.Call, given: list[calls.Given]) -> Verdict:
        shape, foreign = calls.shape(self.code, given), call.name in self._reading.foreign
        verdict = judge(Callee(call.name), shape, self._reading.settings, fenced=True, foreign=foreign)
        if not verdict.dispatches and verdict.reason:
            self.lookalikes.append(Lookalike(Span(call.start, call.end), call.name, verdict.reason))
        return verdict

    def _awaited(self, call: scan.Call) -> Span | None:
        before = re.search(r"\bawait\s+$", self.code[max(0, call.start - 40) : call.start])
        return Span(call.start - len(before[0]), call.end) if before else None

    def _open_before(self, start: int, end: int, line: Line, found: Place) -> None:
        """Open the scopes of the brackets that stand open before a call on its line."""
        if found.opens is not None:
            return
        text = self.code[start:end]
        for offset, opener in _unclosed(text):
            frame = Frame(None, Span(start, start + offset + 1), line.indent, CLOSER[opener], binds=found.binds)
            frame.combines = self._combines(text[:offset])
            self.scopes.open(frame)

    def _combines(self, before: str) -> bool:
        name = re.search(r"([\w.]+)\s*$", before)
        return name is not None and is_combiner(name[1], self._reading.settings)

    def _within(self, step: Step, start: int, call: int, end: int, found: Place) -> Node:
        """Return a statement inside of the loop or choice that its own line opens around it."""
        over = _OVER.match(self.code, end, min(len(self.code), end + scan.MAX_CALL))
        if over:
            opens = Header(
                Opens.LOOP, LoopKind.COMPREHENSION, tuple(re.findall(r"\w+", over["targets"])), over["source"]
            )
            loop = self._loop(opens, Span(over.start(), over.end()), step, Span(start, over.end()))
            return Step(loop.span, (loop,), loop.header.uses, step.binds, purity=Purity.EFFECT)
        if found.opens is None:
            return step
        lead = Span(start, call)
        if found.opens.opens is Opens.LOOP:
            return self._loop(found.opens, lead, step, Span(start, end))
        test = found.opens.test
        arm = Arm(Step(lead, uses=uses(test, start)), (step,), "(" not in test, test)
        return Branch(Span(start, end), lead, (arm,))

    def _loop(self, opens: Header, lead: Span, step: Step, whole: Span) -> Loop:
        text = self.code[lead.start : lead.end]
        return Loop(
            whole,
            opens.kind,
            Step(lead, uses=uses(opens.over or opens.test, lead.start)),
            opens.targets,
            (step._replace(span=Span(step.actions[0].span.start if step.actions else step.span.start, step.span.end)),),
            step.span,
            iterable=lead,
            sources=(opens.over,) if opens.over.isidentifier() else (),
            combined=whole if TOGETHER.search(text) else None,
        )

    def _rest(self, end: int, last: Line) -> None:
        """Read what stands behind the last call of a statement."""
        rest = self.code[end : last.end]
        closed = re.match(r"[)\]};,\s]*", rest)
        length = closed.end() if closed else 0
        self.scopes.close("".join(char for char in rest[:length] if char in ")]}"))
        if text := rest[length:].strip():
            start = last.end - len(rest[length:].lstrip())
            sign = _COMMENT.match(text)
            self.comments.append(Comment(Span(start, last.end), text[sign.end() :] if sign else text, False))

    # other lines

    def _line(self, line: Line) -> None:
        text = self.code[line.first : line.end].rstrip()
        start = line.first
        if not text:
            return
        closed = _CLOSERS.match(text)
        if closed:
            self.scopes.close("".join(char for char in closed[0] if char in ")]}"))
            start, text = start + closed.end(), text[closed.end() :]
        if not text:
            return
        if sign := _COMMENT.match(text):
            self.comments.append(Comment(Span(start, start + len(text)), text[sign.end() :].strip(), True))
        elif opens := header(text):
            self.scopes.dedent(line.indent)
            closer = CLOSER.get(text[-1], "")
            self.scopes.open(Frame(opens, Span(start, start + len(text)), line.indent, closer))
        elif (node := plain(text, start, line.indent, self._reading.settings)) is not None:
            self.scopes.dedent(line.indent)
            if isinstance(node, Frame):
                self.scopes.open(node)
            else:
                self.statements.append(node.span)
                self.scopes.add(node)
        else:
            self.scopes.dedent(line.indent)
            self.comments.append(Comment(Span(start, start + len(text)), text, True))


def _unclosed(text: str) -> list[tuple[int, str]]:
    """Return the brackets that a piece of code leaves open, with their offsets."""
    open_ones: list[tuple[int, str]] = []
    for offset, token in scan.marks(text, 0, len(text)):
        if token in CLOSER:
            open_ones.append((offset, token))
        elif open_ones:
            open_ones.pop()
    return open_ones
