"""Which calls have effects: those that give a value and no more, and those that change their receiver."""

from __future__ import annotations

from taskfan_lint.analysis.model import Call, Step

PURE_CALLS = frozenset(
    [
        "len",
        "str",
        "int",
        "float",
        "bool",
        "list",
        "tuple",
        "dict",
        "set",
        "frozenset",
        "sorted",
        "reversed",
        "enumerate",
        "zip",
        "range",
        "min",
        "max",
        "sum",
        "any",
        "all",
        "repr",
        "isinstance",
        "issubclass",
        "hasattr",
        "getattr",
        "type",
        "abs",
        "round",
        "iter",
        "next",
        "format",
        "dedent",
        "cast",
        "id",
    ]
)


PURE_METHODS = frozenset(
    [
        "format",
        "join",
        "strip",
        "lstrip",
        "rstrip",
        "split",
        "splitlines",
        "upper",
        "lower",
        "title",
        "replace",
        "get",
        "items",
        "keys",
        "values",
        "startswith",
        "endswith",
        "copy",
        "format_map",
        "dedent",
    ]
)


CHANGING_METHODS = frozenset("append extend insert add update setdefault remove clear put push".split())


TAKING_METHODS = frozenset({"pop", "popleft", "shift"})


def is_loud(call: Call) -> bool:
    """Tell whether a call may have an effect that others see."""
    last = call.name.rpartition(".")[2]
    return not (call.name in PURE_CALLS or last in PURE_METHODS)


def looks_around(call: Call) -> bool:
    """Tell whether what a call returns may come from more than its arguments, such as a file."""
    return is_loud(call) and call.name.rpartition(".")[2] not in CHANGING_METHODS | TAKING_METHODS


def taken_from(step: Step) -> frozenset[str]:
    """Return the names of containers from which a step only takes: nothing flows into them."""
    taken = {call.receiver for call in step.calls if call.name.rpartition(".")[2] in TAKING_METHODS}
    given = {call.receiver for call in step.calls if call.name.rpartition(".")[2] not in TAKING_METHODS}
    return frozenset(taken - given - {*step.binds})
