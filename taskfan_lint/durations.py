"""How long a dispatch takes, where that is written down: at the call, or in the settings by agent."""

from __future__ import annotations

import re

from taskfan_lint.analysis.boundaries import boundary
from taskfan_lint.analysis.facts import Comment, Facts
from taskfan_lint.analysis.model import Dispatch
from taskfan_lint.settings import Settings

_UNITS = {"s": 1 / 60, "m": 1.0, "h": 60.0}
_AMOUNT = r"(?P<least>\d+(?:\.\d+)?)(?:\s*(?:-|–|to)\s*(?P<most>\d+(?:\.\d+)?))?"
_TIME = re.compile(
    rf"(?<![\w.]){_AMOUNT}[\s-]*(?P<unit>s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?)\b", re.IGNORECASE
)
_BRACKETED = re.compile(rf"\(\s*(?:~|about |ca\. ?)?{_TIME.pattern}\.?\s*\)", re.IGNORECASE)
_KEYWORD = re.compile(r"\bduration\s*[=:]\s*[\"']?(?P<value>[^\"',;)]+)", re.IGNORECASE)
_OTHER_TIME = re.compile(r"\b(?:time-?out|wait|sleep|pause|within|every|after|delay)\b", re.IGNORECASE)


def minutes(text: str) -> float | None:
    """Return the minutes that a text names: `5`, `5 min`, `90 s`, `1 h`, the middle of `5-10 min`."""
    if re.fullmatch(r"\s*\d+(?:\.\d+)?\s*", text):
        return float(text)
    found = _TIME.search(text)
    return _middle(found) if found else None


def _middle(found: re.Match[str]) -> float:
    least = float(found["least"])
    most = float(found["most"]) if found["most"] else least
    return (least + most) / 2 * _UNITS[found["unit"][0].lower()]


def shown(amount: float) -> str:
    """Return minutes as they are printed: `5 min`, `1.5 min`."""
    return f"{round(amount, 1):g} min"


def written(facts: Facts, dispatch: Dispatch) -> float | None:
    """Return the minutes that stand at a call: an argument `duration`, a comment, or `(5 min)` in its description."""
    described = None
    for argument in dispatch.arguments:
        text = facts.written(argument.value).strip("\"'`")
        if argument.keyword == "duration":
            return minutes(text)
        if argument.keyword == "description" and (found := _BRACKETED.search(text)):
            described = _middle(found)
    said = (_said(one) for one in facts.comments if _stands_at(one, dispatch, facts.code))
    return next((one for one in said if one is not None), described)


def known(facts: Facts, dispatch: Dispatch, settings: Settings) -> float | None:
    """Return the minutes that a dispatch takes as far as anyone has said so, at the call or in the settings."""
    here = written(facts, dispatch)
    return here if here is not None else settings.durations.get(dispatch.agent or dispatch.name)


def _said(comment: Comment) -> float | None:
    if keyword := _KEYWORD.search(comment.text):
        return minutes(keyword["value"])
    if _OTHER_TIME.search(comment.text):
        return None
    found = _TIME.search(comment.text)
    return _middle(found) if found else None


def _stands_at(comment: Comment, dispatch: Dispatch, code: str) -> bool:
    """Tell whether a comment stands inside a call, behind it on its line, or alone on the line above."""
    if comment.span in dispatch.span:
        return True
    if comment.span.start >= dispatch.span.end:
        return not comment.own_line and "\n" not in code[dispatch.span.end : comment.span.start]
    between = code[comment.span.end : dispatch.span.start]
    return comment.own_line and between.count("\n") == 1 and boundary(comment) is None
