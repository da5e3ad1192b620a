"""Lines of JSON with a line or a value changed: what atheris does byte by byte rarely stays JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random

from soak import inputs

MOST = 300  # values of a line that are looked at


def changed(text: str, generate: inputs.Generate, random: Random) -> str:
    """Return a text with one of its lines gone, doubled, moved or made anew, or with a value in it changed."""
    lines = text.split("\n")
    place = random.randrange(len(lines))
    match random.randrange(8):
        case 0:
            del lines[place]
        case 1:
            lines.insert(random.randint(0, len(lines)), lines[place])
        case 2:
            lines.insert(place, lines.pop(random.randrange(len(lines))))
        case 3:
            lines[place:place] = generate(random).decode("utf-8", "replace").split("\n")[:2]
        case _:
            lines[place] = _with_a_value(lines[place], random)
    return "\n".join(lines)


def _with_a_value(line: str, random: Random) -> str:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return inputs.damaged(line, random)
    slots = list(_slots(value))
    if not slots:
        return json.dumps(random.choice(inputs.VALUES))
    for container, key in random.sample(slots, min(len(slots), random.choice((1, 1, 2, 4)))):
        if isinstance(container, list) and key >= len(container):  # one before it is gone
            continue
        old = container[key]
        match random.randrange(5):
            case 0:
                container[key] = random.choice(inputs.VALUES)
            case 1:
                container[key] = random.choice(inputs.WORDS)
            case 2:
                del container[key]
            case 3 if isinstance(old, int) and not isinstance(old, bool):
                container[key] = old + random.choice((-1, 1, 2**31, -(2**63)))
            case _:
                container[key] = inputs.damaged(old, random) if isinstance(old, str) else str(old)
    return json.dumps(value, ensure_ascii=random.random() < 0.5)


def _slots(value: object) -> Iterator[tuple[object, object]]:
    """Yield each place in a value of JSON where another value may stand: what holds it, and the key there."""
    pending, seen = [value], 0
    while pending and seen < MOST:
        found = pending.pop()
        inside = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
        for key, each in list(inside):
            seen += 1
            yield found, key
            pending.append(each)
