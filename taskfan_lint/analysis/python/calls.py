"""The arguments of a call: their shape, and those of a dispatch by name."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

import libcst as cst

from taskfan_lint.analysis.handed import Handed, text_of
from taskfan_lint.analysis.helpers import Helper
from taskfan_lint.analysis.model import Argument, Ref, Template
from taskfan_lint.analysis.python.literals import fold
from taskfan_lint.analysis.python.parse import Source
from taskfan_lint.profile import AGENT_KEYWORDS, OUTPUT_KEYWORDS, PROMPT_KEYWORDS, SHARED_KEYWORDS, Shape


def shape(call: cst.Call) -> Shape:
    keywords = {argument.keyword.value for argument in call.args if argument.keyword}
    strings = objects = False
    for argument in call.args:
        match argument.value:
            case cst.SimpleString() | cst.FormattedString() | cst.ConcatenatedString() if argument.keyword is None:
                strings = True
            case cst.Dict() if argument.keyword is None:
                objects = True
                keywords |= set(_keys(argument.value))
            case cst.Set() if argument.keyword is None:  # `{ ... }`: an object whose members are left out
                objects = True
            case cst.Call(func=cst.Name("dict")) if argument.keyword is None:
                keywords |= {inner.keyword.value for inner in argument.value.args if inner.keyword}
    return Shape(frozenset(keywords), strings, objects)


def _keys(node: cst.Dict) -> list[str]:
    found = []
    for element in node.elements:
        match element:
            case cst.DictElement(key=cst.SimpleString() as key):
                found.append(str(key.raw_value))
            case cst.DictElement(key=cst.Name(value)):
                found.append(value)
    return found


def command(node: cst.BaseExpression) -> str:
    """Return the text of a string argument, or the strings of a list one as they stand in a command line."""
    match node:
        case cst.SimpleString():
            return str(node.raw_value)
        case cst.List() | cst.Tuple():
            parts = [one.value for one in node.elements if isinstance(one.value, cst.SimpleString)]
            return " ".join(str(part.raw_value) for part in parts)
    return ""


class Parameters:
    """The arguments of a dispatch by name, through keywords and object arguments."""

    def __init__(self, source: Source, call: cst.Call) -> None:
        self._source = source
        self.values: dict[str, cst.BaseExpression] = {}
        self.positional: list[cst.BaseExpression] = []
        for argument in call.args:
            if argument.keyword:
                self.values[argument.keyword.value] = argument.value
            elif isinstance(argument.value, cst.Dict):
                for element in argument.value.elements:
                    if isinstance(element, cst.DictElement):
                        for key in _keys(cst.Dict([element])):
                            self.values[key] = element.value
            elif not argument.star:
                self.positional.append(argument.value)

    def template(self, name: str) -> Template:
        return fold(self._source, self.values[name]) if name in self.values else ()

    def text(self, name: str) -> str:
        """Return a keyword's constant text, its source where it is not constant, "" where it is missing."""
        return text_of(self.template(name))

    def flag(self, name: str) -> bool:
        value = self.values.get(name)
        return isinstance(value, cst.Name) and value.value in {"True", "true"}

    def agent(self) -> str | None:
        for keyword in sorted(AGENT_KEYWORDS & self.values.keys()):
            return self.text(keyword)
        return None

    def prompt(self) -> Template:
        """Return everything that the agent is told: prompt, description and positional texts."""
        parts: list[str | Ref] = []
        for keyword in PROMPT_KEYWORDS:
            if keyword in self.values:
                parts += [*self.template(keyword), "\n"]
        for value in self.positional:
            parts += [*fold(self._source, value), "\n"]
        return tuple(parts)

    def shares(self) -> tuple[Template, ...]:
        """Return the sessions and worktrees that the call names, each behind its keyword."""
        return tuple((f"{name}=", *self.template(name)) for name in sorted(SHARED_KEYWORDS & self.values.keys()))

    def outputs(self) -> tuple[Template, ...]:
        return tuple(self.template(name) for name in OUTPUT_KEYWORDS if name in self.values)


def handed_to(source: Source, call: cst.Call, helper: Helper, arguments: Sequence[Argument]) -> list[Handed]:
    """Return what a call hands to a helper, by the names of its parameters."""
    positional = list(takewhile(lambda one: one != "*", helper.parameters))
    found = []
    for number, (node, argument) in enumerate(zip(call.args, arguments, strict=True)):
        name = positional[number] if number < len(positional) else ""
        if node.keyword:
            name = node.keyword.value if node.keyword.value in helper.parameters else ""
        found.append(Handed(argument, "" if node.star else name, fold(source, node.value)))
    return found
