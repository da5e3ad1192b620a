"""What a line of words says: a marker, a phase, a message, a wait, sequence on purpose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

WRONG_SIGNS = "❌🚫⛔✗✘✖"
RIGHT_SIGNS = "✅✔☑✓"
SIGNS = WRONG_SIGNS + RIGHT_SIGNS
LONGEST_LABEL = (
    10  # words behind a sign alone; longer ones are rules for the reader ("🚫 Never start an agent that ...")
)

WRONG = frozenset({"wrong", "bad", "incorrect", "anti-pattern", "anti-patterns"})
RIGHT = frozenset({"right", "correct", "good", "better", "preferred"})
_FORBIDS = frozenset({"don't", "dont", "do not", "avoid", "never"})
_PICTURES = "\u2190-\u2bff\ufe0f\u200d\u20e3\U0001f000-\U0001faff"

# White space, emphasis, quotes, list marks, comment signs, check boxes and pictures stand before the first word.
_LEAD = re.compile(rf"(?:[\s*_\"'“”‘’«»`>#/+•·–—|\-{_PICTURES}]|\[[ xX]?\](?=\s)|\d{{1,3}}[.)](?=\s))*")
_SIGN = re.compile(f"[{SIGNS}]")
_LEAD_IN = re.compile(
    r"(?:(?:this|that|here) is (?:the |an? )?|(?:an? |the )?examples? of (?:the |an? )?|an? |the )", re.I
)
_WORD = re.compile(r"do not\b|anti[- ]?patterns?\b|[a-z]+(?:['’]t)?(?![\w'’])", re.I)
_END = re.compile(rf"[\s*_\"'”’`]*(?:$|[:.!)–—→{SIGNS}]|(?<=[\s*_])\(|-(?=\s))")
_MEMBER = re.compile(r"\.\S")
_NOUN = re.compile(r"[\s*_]+(?:example|way|pattern|practice|approach|version|usage|code)s?\b|[\s*_]+to avoid\b", re.I)
_THIS = re.compile(r"[\s*_]+(?:(?:do|use|try|write|like)\s+)?(?:this|that|these|it)(?:\s+instead)?\b", re.I)
_NOTHING = re.compile(r"[\W_]*$")


@dataclass(frozen=True)
class Label:
    """The label that a line starts with: what it marks, where it ends, whether it can't be taken for code."""

    wrong: bool
    end: int
    loud: bool


def marker(line: str) -> bool | None:
    """Tell whether a line marks a wrong example (True), a right one (False), or is no marker (None)."""
    found = label(line)
    return found.wrong if found else None


def label(line: str) -> Label | None:
    """Return the label by which a line marks an example, None where it is no marker.

    A sign such as ❌ marks by itself; the word behind it decides where it is a label too ("❌ WRONG: in a loop"),
    but a sign with no space behind it ("❌Loop") decides alone.
    """
    start = _after(_LEAD, line)
    if line[start : start + 1] and line[start - 1 : start] in {*SIGNS}:
        return Label(line[start - 1] in WRONG_SIGNS, start, True)
    sign = _SIGN.search(line, 0, start)
    lead_in = _LEAD_IN.match(line, start)
    word = _WORD.match(line, lead_in.end() if lead_in else start)
    wrong = _verdict(word[0], line[word.end() :], led_in=bool(lead_in)) if word else None
    if word and wrong is not None:
        return Label(wrong, word.end(), bool(sign) or line[start].isupper())
    if sign and len(line[start:].split()) <= LONGEST_LABEL:
        return Label(sign[0] in WRONG_SIGNS, start, True)
    return None


def _after(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0


def _verdict(word: str, rest: str, *, led_in: bool) -> bool | None:
    """Return what a line's first word marks, given the rest of the line."""
    key = re.sub(r"anti[- ]?p", "anti-p", word.lower().replace("’", "'"))
    if key in WRONG or key in RIGHT:
        return key in WRONG if _names(word, rest, led_in=led_in) else None
    if led_in:
        return None
    if key in _FORBIDS or key == "do":
        return key in _FORBIDS if _ends(rest[_after(_THIS, rest) :]) else None
    if key in ("before", "after") and word[0].isupper() and _NOTHING.match(rest):
        return key == "before"
    return None


def _ends(rest: str) -> bool:
    """Tell whether a label may end before `rest`: at punctuation that is no part of code such as `right.x`."""
    return bool(_END.match(rest)) and not _MEMBER.match(rest)


def _names(word: str, rest: str, *, led_in: bool) -> bool:
    """Tell whether an adjective and the rest of its line are a label ("WRONG - x", "Good example:"), no sentence."""
    noun = _after(_NOUN, rest)
    if _ends(rest[noun:]):
        return bool(noun) or not led_in or word.isupper()
    if not word.isupper():
        return bool(noun) and rest.rstrip("*_ ").endswith(":")
    if rest.rstrip("*_ ").endswith(":"):
        return True
    return rest.isupper() and len(rest.split()) <= 2 and rest.split()[0] != "NOW"


_KIND = r"(?i:phase|step|stage|wave|group|round|batch|part|level|tier|iteration)"
_NUMERAL = r"(?i:one|two|three|four|five|six|seven|eight|nine|ten)"
_NUMBER = rf"(?:\d{{1,3}}(?:\.\d{{1,3}})*[a-z]?|[NXn]|[A-Z]|[IVX]{{1,5}}|{_NUMERAL}|[a-z](?=[:.)]))"
_RULE = re.compile(r"(?:[\W_]|\d{1,3}[.):\s])*")
_NUMBERED = re.compile(
    rf"{_KIND}[\s*_]{{0,4}}[-#:]?[\s\[{{(]{{0,4}}{_NUMBER}(?!\w)[\]}})]*(?=[\s*_\"'`]*(?:$|[^\w\s'/%+&<>]|[A-Z]))"
)
_TITLED = re.compile(
    rf"[^()\[\]\r\n.;:]{{1,60}}[(\[]{_KIND}\s*[-#:]?\s?{_NUMBER}(?!\w)[^()\[\]\r\n]{{0,60}}[)\]][\s*_:]*$"
)
_NAMED = re.compile(
    r"(?!(?:each|every|per|all|any|this|that|one|the|same|in|of|by|to|for|if|no|a|an|run|update|see|check|skip)\b)"
    r"(?:[a-z-]{1,30}\s){1,2}(?:phase|stage|wave|round|batch)\b[\s*_]*(?:$|[:(–—]|-\s)",
    re.I,
)
_SEQUEL = re.compile(
    r"(?:and )?then\b|after (?:that|this|these|which)\b|(?:next|finally|afterwards|lastly)\s*[:,]", re.I
)
_DONE = r"(?:completes?|completed|finish(?:es|ed)?|returns?|returned|done|ready|available|arrives?|reports? back)\b"
_WORDS = r"(?:[\w'’#/.*-]+[ \t]+){1,8}?"
_ONCE = re.compile(rf"(?:once|when|after|as soon as)[ \t]+{_WORDS}{_DONE}", re.I)
_MESSAGE = re.compile(r"(?:message|response|turn)\s*#?(\d{1,4})(?=[\s*_]*(?:$|[:.()–—-]))", re.I)


def is_phase(text: str) -> bool:
    """Tell whether a line opens a phase.

    It does by its first words ("Phase 2: ...", "--- STEP 3 ---", "Then:", "Once all agents complete, ..."), or by a
    number in brackets behind a title: "Backend work (Phase 2)".
    """
    start = _after(_RULE, text)
    if _TITLED.match(text, start):
        return True
    return any(pattern.match(text, start) for pattern in (_NUMBERED, _NAMED, _SEQUEL, _ONCE))


def message_number(text: str) -> int | None:
    """Return n of a "Message n" label, which says that what follows goes out in a message of its own."""
    found = _MESSAGE.match(text, _after(_RULE, text))
    return int(found[1]) if found else None


class Wait(Enum):
    """For how many earlier results a line waits."""

    ALL = "all"
    ONE = "one"


_BORDER = re.compile(r"[.;!?()\[\]{}→⇒|:–—\r\n]|[-=]>|\s-+\s")
_ADVERBS = re.compile(
    rf"(?:[\s\"'“”‘’*_`#/>•·~+,\-{_PICTURES}]"
    r"|(?:\d{1,3}|and|then|now|next|first|finally|please|just|always|also|so|note|important|you|we|must|should|need to"
    r"|have to)\b)*",
    re.I,
)
_NEGATED = re.compile(
    r"\b(?:do not|don['’]?t|does not|never|not|no|needn['’]?t|without|avoid|instead of|rather than|nothing)\b", re.I
)
_LAUNCHES = re.compile(r"\b(?:launch|dispatch|spawn|start|run|send|fire|invoke|call|create|execute|delegate)", re.I)
_WAIT = re.compile(r"wait(ing)?(?=[\s….*_]*$|\s+(?:for|until|till|on|before|here|now)\b)|(?:block|pause) until\b", re.I)
_OTHERS = re.compile(
    r"\b(?:user|human|approv|confirm|permission|input|answer|server|port|\d+\s?(?:m?s|sec|min)\w*\b)", re.I
)
_LATER = re.compile(r"\b(?:before|then|and)\b", re.I)
_EACH = re.compile(r"\b(?:each|one of|any)\b", re.I)
_MANY = re.compile(
    r"\b(?:all|both|every\w*|them|they|these|those|results|outputs|responses|reports|findings|completions|others"
    r"|the rest|agents|subagents|tasks|reviewers|researchers|workers|(?:two|three|four|five|six|\d+)\s+\w+s)\b",
    re.I,
)
_COLLECTS = re.compile(r"(?:collect|gather|await)\s+(?:[\w'’-]+\s+){0,4}?(?P<what>results?|outputs?)\b", re.I)
_GATHERS = re.compile(
    r"(?:collect|gather|await)\s+(?:all|both|every|their|each)\s+(?:[\w'’-]+\s+){0,3}?(?:responses?|reports?|findings)\b"
    r"|(?:await|join)\s+(?:all|both|every)\b",
    re.I,
)
_MANY_DONE = re.compile(
    r"(?:once|when|after|as soon as)[ \t]+(?=(?:[\w-]+ ){0,2}?(?:all|both|every|they|these|those|[\w-]*[a-rt-z]s)[ \t])"
    rf"{_WORDS}{_DONE}",
    re.I,
)


def waits(text: str) -> Wait | None:
    """Return for how many earlier results a line tells the reader to wait, None where it tells no such thing.

    A description ("the expert waits for all") tells nothing; nor does a wait behind the launch it belongs to ("launch
    all three, then wait"), for that one isn't where the line stands.
    """
    if marker(text) is True:
        return None
    open_ = True
    for before, clause, after in _clauses(text):
        negated = _NEGATED.search(clause)
        if negated and after == ":":
            return None
        found = _wait(clause, bracketed=before in "([{" and before != "") if open_ or before in "([" else None
        if found:
            return found
        open_ = open_ and (bool(negated) or not _LAUNCHES.search(clause))
    return None


def _clauses(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield each clause of a text with the punctuation before and after it."""
    before, start = "", 0
    for border in _BORDER.finditer(text):
        yield before, text[start : border.start()], border[0]
        before, start = border[0], border.end()
    yield before, text[start:], ""


def _wait(clause: str, *, bracketed: bool) -> Wait | None:
    """Return the wait that a clause orders."""
    if bracketed and clause.strip().lower() == "blocks":
        return Wait.ONE
    text = clause[_after(_ADVERBS, clause) :]
    text = text[: later.start()] if (later := _LATER.search(text)) else text
    if _OTHERS.search(text):
        return None
    if wait := _WAIT.match(text + " before" if later else text):
        if wait[1] and not bracketed:
            return None
        return Wait.ALL if _MANY.search(text) and not _EACH.search(text) else Wait.ONE
    if collects := _COLLECTS.match(text):
        return Wait.ALL if collects["what"].endswith("s") or _MANY.search(text) else Wait.ONE
    return Wait.ALL if _GATHERS.match(text) or _MANY_DONE.match(text) else None


_SERIAL = (
    r"\b(?:sequential(?:ly)?|serial(?:ly)?|one (?:at a time|by one|after (?:another|the other))"
    r"|in (?:strict |this |that |the given )?(?:order|sequence)(?! (?:to|that|for)\b))"
)
_SOME = r"(?:[\w'’-]+\s+){0,6}?"
_ON_PURPOSE = re.compile(
    rf"{_SERIAL}\W{{1,4}}{_SOME}(?:on purpose|intentional|deliberate|by design|required|mandatory)"
    rf"|\b(?:intentional(?:ly)?|deliberate(?:ly)?|purposely)\s+{_SOME}{_SERIAL}"
    rf"|\b(?:must|needs? to|ha(?:s|ve) to|should)\s+{_SOME}{_SERIAL}",
    re.I,
)
_ORDERS = re.compile(
    r"(?:run|execute|dispatch|launch|spawn|process|do|invoke|call|handle|review|start|send|go|proceed|apply|work|take)\s+"
    rf"{_SOME}{_SERIAL}|in (?:order|sequence),?\s+(?:because|since)\b",
    re.I,
)
_NAMES = re.compile(
    r"(?:(?:the|these|those|all|both|several|some|\d+|two|three|four|five|six|seven|eight|nine|ten|sub)[\s-]+){0,3}?"
    r"(?:agents|subagents|calls|dispatches|steps|tasks)\s+in (?:order|sequence|series)(?=[\s.:*_]*$)",
    re.I,
)
_BLAMES = re.compile(r"\b(?:anti-?pattern|avoid|inefficient|longer|needless|problem|stop|unneeded|wast\w+|why)\b", re.I)
_NOT_PARALLEL = re.compile(
    r"\b(?:do not|don['’]t|never|must not)\s+(?:parallelize|(?:run|execute|launch|dispatch|spawn|start|do)\s+"
    rf"{_SOME}(?:in parallel|concurrently|simultaneously))\b",
    re.I,
)
_INSTEAD = re.compile(
    r"\b(?:not|never|instead of|rather than)\s+(?:in parallel|concurrently|simultaneously|at once)\b", re.I
)
_DESCRIBES = re.compile(r"\b(?:slow|wrong|bad|mistake|parallel|concurrent|simultaneous|at once)|=", re.I)


def declares_serial(text: str) -> bool:
    """Tell whether a line declares that sequence is meant: "must run sequentially", "run one at a time"."""
    if marker(text) is not None:
        return False
    if _NOT_PARALLEL.search(text):
        return True
    text = _INSTEAD.sub("", text)
    if _DESCRIBES.search(text):
        return False
    clauses = [clause for _, clause, _ in _clauses(text) if not _NEGATED.search(clause)]
    orders = (_ORDERS,) if _BLAMES.search(text) else (_ORDERS, _NAMES)
    return any(
        _ON_PURPOSE.search(each) or any(one.match(each, _after(_ADVERBS, each)) for one in orders) for each in clauses
    )


_STOPS = re.compile(
    r"(?:if|when|unless|on|until|while)\b[^\r\n]{0,160}?\b(?:halt|stop|abort|break|exit|return|escalate|bail|retry|"
    r"rerun|re-run|go back|loop back|repeat)\b|(?:halt|abort|break|stop) (?:if|when|unless|on|with)\b",
    re.I,
)
_CHECKS = re.compile(
    r"(?:then |and |finally )?(?:verify|validate|check|confirm|assert|re-?run|commit|merge"
    r"|run (?:the |all )?(?:tests?|checks?|lint\w*|build|suite))\b",
    re.I,
)


def settles(text: str) -> bool:
    """Tell whether a line makes what comes next wait for what was done: it may stop there, or checks it first."""
    start = _after(_RULE, text)
    return bool(_STOPS.match(text, start) or _CHECKS.match(text, start))
