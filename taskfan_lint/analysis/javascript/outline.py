"""The outline of a script: its code without what strings and comments say."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"//[^\r\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)"
    r"|\"(?:[^\"\\\r\n]|\\.)*\"|(?<!\w)'(?:[^'\\\r\n]|\\.)*'|`(?:[^`\\]|\\.)*(?:`|\Z)",
    re.DOTALL,
)


def outlined(code: str) -> str:
    """Return code of equal length and lines with the content of strings and all of comments blank."""
    return _TOKEN.sub(_blank_token, code)


def _blank_token(found: re.Match[str]) -> str:
    text = found[0]
    if text.startswith("/"):
        return blank(text)
    closed = len(text) > 1 and text[-1] == text[0]
    return text[0] + blank(text[1:-1] if closed else text[1:]) + (text[0] if closed else "")


def blank(text: str) -> str:
    """Return white space in place of a text, with its line ends."""
    return re.sub(r"[^\r\n]", " ", text)
