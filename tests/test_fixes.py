"""Fixes: exact text in, exact text out; and what must decline, with the reason that is shown."""

from __future__ import annotations

import re

import pytest

from taskfan_lint import Settings, check, fix

REASON = re.compile(r"no fix(?: is applied)?: (.*)")


def fenced(code: str) -> str:
    return f"```python\n{code}```\n"


def reasons(text: str, path: str) -> list[tuple[str, str]]:
    """Return the rule and the reason of each finding that no fix mends."""
    return [
        (one.code, found[1]) for one in check(text, path) for note in one.notes if (found := REASON.match(note.message))
    ]


def case(name: str, before: str, after: str) -> object:
    return pytest.param(before, after, id=name)


UNROLLED = [
    case(
        "list",
        'for agent in ["a", "b"]:\n    Task(subagent_type=agent, prompt=ctx)  # each\n',
        'Task(subagent_type="a", prompt=ctx)  # each\nTask(subagent_type="b", prompt=ctx)\n',
    ),
    case(
        "tuple-on-one-line",
        "for agent in ('a', 'b'): Task(subagent_type=agent, prompt=ctx)\n",
        "Task(subagent_type='a', prompt=ctx)\nTask(subagent_type='b', prompt=ctx)\n",
    ),
    case(
        "set",
        'for agent in {"a", "b"}:\n    Task(subagent_type=agent, prompt=ctx)\n',
        'Task(subagent_type="a", prompt=ctx)\nTask(subagent_type="b", prompt=ctx)\n',
    ),
    case(
        "set-of-integers-in-its-own-order",
        'for n in {9, 1}:\n    Task(subagent_type="a", prompt=f"part {n}")\n',
        'Task(subagent_type="a", prompt=f"part 9")\nTask(subagent_type="a", prompt=f"part 1")\n',
    ),
    case(
        "dict",
        'for agent in {"a": 1, "b": 2}:\n    Task(subagent_type=agent, prompt=ctx)\n',
        'Task(subagent_type="a", prompt=ctx)\nTask(subagent_type="b", prompt=ctx)\n',
    ),
    case(
        "dict-items",
        'for agent, ask in {"a": "x", "b": y}.items():\n    Task(subagent_type=agent, prompt=ask)\n',
        'Task(subagent_type="a", prompt="x")\nTask(subagent_type="b", prompt=y)\n',
    ),
    case(
        "dict-values",
        'for ask in {"a": "x", "b": y}.values():\n    Task(subagent_type="a", prompt=ask)\n',
        'Task(subagent_type="a", prompt="x")\nTask(subagent_type="a", prompt=y)\n',
    ),
    case(
        "range",
        'for n in range(1, 3):\n    Task(subagent_type="a", prompt=f"part {n} of {n + 1}")\n',
        'Task(subagent_type="a", prompt=f"part 1 of {1 + 1}")\nTask(subagent_type="a", prompt=f"part 2 of {2 + 1}")\n',
    ),
    case(
        "enumerate",
        'for n, agent in enumerate(["a", "b"], start=1):\n    Task(subagent_type=agent, prompt=ctx, name=f"{n}")\n',
        'Task(subagent_type="a", prompt=ctx, name=f"1")\nTask(subagent_type="b", prompt=ctx, name=f"2")\n',
    ),
    case(
        "zip",
        'for agent, ctx in zip(["a", "b"], [ctx1, ctx2]):\n    Task(subagent_type=agent, prompt=ctx)\n',
        'Task(subagent_type="a", prompt=ctx1)\nTask(subagent_type="b", prompt=ctx2)\n',
    ),
    case(
        "nested-targets",
        'for i, (agent, ask) in [(1, ("a", "x")), (2, ("b", "y"))]:\n'
        "    Task(subagent_type=agent, prompt=ask, name=str(i))\n",
        'Task(subagent_type="a", prompt="x", name=str(1))\nTask(subagent_type="b", prompt="y", name=str(2))\n',
    ),
    case(
        "nested-loops-and-tabs",
        'for agent in ["a", "b"]:\n\tfor part in [1, 2]:\n\t\tTask(subagent_type=agent, prompt=f"{part}")\n',
        'Task(subagent_type="a", prompt=f"1")\nTask(subagent_type="a", prompt=f"2")\n'
        'Task(subagent_type="b", prompt=f"1")\nTask(subagent_type="b", prompt=f"2")\n',
    ),
    case(
        "inner-loop-over-outer-target",
        "for a in [x, y]:\n    for ask in [a, z]:\n        Task(subagent_type='a', prompt=ask)\n",
        "Task(subagent_type='a', prompt=x)\nTask(subagent_type='a', prompt=z)\n"
        "Task(subagent_type='a', prompt=y)\nTask(subagent_type='a', prompt=z)\n",
    ),
    case(
        "name-bound-once",
        'agents = ["a", "b"]\nfor agent in agents:\n    Task(subagent_type=agent, prompt=ctx)\n',
        'agents = ["a", "b"]\nTask(subagent_type="a", prompt=ctx)\nTask(subagent_type="b", prompt=ctx)\n',
    ),
    case(
        "comprehension",
        'found = [Task(subagent_type=agent, prompt=ctx) for agent in ["a", "b"]]\n',
        'found = [Task(subagent_type="a", prompt=ctx), Task(subagent_type="b", prompt=ctx)]\n',
    ),
    case(
        "dict-comprehension-over-lines",
        'found = {\n    agent: Task(subagent_type=agent, prompt=ctx)\n    for agent in ["a", "b"]\n}\n',
        'found = {\n    "a": Task(subagent_type="a", prompt=ctx),\n    "b": Task(subagent_type="b", prompt=ctx),\n}\n',
    ),
    case(
        "contexts-first-and-comments-kept",
        'for agent in ["a", "b"]:  # all\n'
        "    # what it is told\n"
        '    ctx = f"Ask {agent}"  # built here\n'
        "    Task(subagent_type=agent, prompt=ctx)\n"
        "    # the end\n",
        "# all\n"
        "# what it is told\n"
        'ctx_a = f"Ask a"  # built here\n'
        'ctx_b = f"Ask b"\n'
        'Task(subagent_type="a", prompt=ctx_a)\n'
        'Task(subagent_type="b", prompt=ctx_b)\n'
        "# the end\n",
    ),
    case(
        "semicolons",
        'for agent in ["a", "b"]: ctx = f"{agent}!"; Task(subagent_type=agent, prompt=ctx)\n',
        'ctx_a = f"a!"\nctx_b = f"b!"\nTask(subagent_type="a", prompt=ctx_a)\nTask(subagent_type="b", prompt=ctx_b)\n',
    ),
    case(
        "contexts-above-an-earlier-dispatch",
        'Task(subagent_type="lead", prompt=plan)\n'
        'for name in ["x", "y"]:\n    ctx = f"Read {name}"\n    Task(subagent_type="a", prompt=ctx)\n',
        'ctx_x = f"Read x"\nctx_y = f"Read y"\n'
        'Task(subagent_type="lead", prompt=plan)\n'
        'Task(subagent_type="a", prompt=ctx_x)\nTask(subagent_type="a", prompt=ctx_y)\n',
    ),
    case(
        "names-that-are-taken",
        'ctx_1 = ""\nfor n in range(2):\n    ctx = f"part {n}"\n    Task(subagent_type="a", prompt=ctx)\n',
        'ctx_1 = ""\nctx_1_2 = f"part 0"\nctx_2 = f"part 1"\n'
        'Task(subagent_type="a", prompt=ctx_1_2)\nTask(subagent_type="a", prompt=ctx_2)\n',
    ),
    case(
        "item-that-reads-the-name-of-a-context",
        'for x in [ctx, topic]:\n    ctx = f"{x}!"\n    Task(subagent_type="a", prompt=ctx)\n',
        'ctx_1 = f"{ctx}!"\nctx_2 = f"{topic}!"\n'
        'Task(subagent_type="a", prompt=ctx_1)\nTask(subagent_type="a", prompt=ctx_2)\n',
    ),
    case(
        "text-of-several-lines-keeps-its-white-space",
        'for ask in [\n    """one\n    two""",  # first\n    \'three\',\n]:\n    Task(subagent_type="a", prompt=ask)\n',
        '# first\nTask(subagent_type="a", prompt="""one\n    two""")\nTask(subagent_type="a", prompt=\'three\')\n',
    ),
    case(
        "lines-move-but-not-those-of-strings",
        'for agent in ["a", "b"]:\n    Task(\n        subagent_type=agent,\n'
        '        prompt=f"""\n    As {agent}:\n      go""",\n    )\n',
        'Task(\n    subagent_type="a",\n    prompt=f"""\n    As a:\n      go""",\n)\n'
        'Task(\n    subagent_type="b",\n    prompt=f"""\n    As b:\n      go""",\n)\n',
    ),
    case(
        "results-kept-in-a-list",
        'for agent in ["a", "b"]:\n    results.append(Task(subagent_type=agent, prompt=ctx))\n',
        'results.append(Task(subagent_type="a", prompt=ctx))\nresults.append(Task(subagent_type="b", prompt=ctx))\n',
    ),
]


@pytest.mark.parametrize(("before", "after"), UNROLLED)
def test_a_loop_over_a_literal_is_written_out(before: str, after: str) -> None:
    assert fix(fenced(before), "x.md") == (fenced(after), [])
    crlf = fenced(before).replace("\n", "\r\n")
    assert fix(crlf, "x.md")[0] == fenced(after).replace("\n", "\r\n")
    assert fix(fenced(before)[:-4], "x.md")[0] == fenced(after)[:-4]


@pytest.mark.parametrize("prefix", ["  ", "> ", "> > ", "\t"])
def test_a_fix_keeps_the_prefix_of_a_container(prefix: str) -> None:
    first = {"  ": "- ", "\t": "1.\t"}.get(prefix, prefix)
    lines = ["```python", 'for a in ["x", "y"]:', "    Task(subagent_type=a, prompt=ctx)", "```"]
    fixed = ["```python", 'Task(subagent_type="x", prompt=ctx)', 'Task(subagent_type="y", prompt=ctx)', "```"]
    before = first + f"\n{prefix}".join(lines) + "\n"
    assert fix(before, "x.md")[0] == first + f"\n{prefix}".join(fixed) + "\n"


FIELDS = [
    ("'a'", "x", "'a'"),
    ("'a'", "f'{x}'", "f'a'"),
    ("'a'", 'f"{x!r:>5}"', "f\"{'a'!r:>5}\""),
    ("'a'", 'f"{{x}} {x}"', 'f"{{x}} a"'),
    ("'a'", 'rf"\\d{x}"', 'rf"\\da"'),
    ("'a'", '"p" f"{x}"', '"p" f"a"'),
    ("'a'", 'f"""{x}"""', 'f"""a"""'),
    ("'a'", "f\"{f'{x}'}\"", "f\"{f'a'}\""),
    ("'a'", 'f"{x[0]}"', "f\"{'a'[0]}\""),
    ("''", 'f"{x}."', 'f"."'),
    ("'n'", 'f"\\{x}"', "f\"\\{'n'}\""),
    ("'é'", 'f"{x}"', 'f"é"'),
    ("2", 'f"\\1{x}"', 'f"\\1{2}"'),
    ("0x10", 'f"{x}"', 'f"{0x10}"'),
    ("1_000", 'f"{x}"', 'f"{1_000}"'),
    ("True", 'f"{x}"', 'f"True"'),
    ("7", 'f"{x:{x}}"', 'f"{7:7}"'),
    ("'{a}'", 'f"{x}"', "f\"{'{a}'}\""),
    ('"{a}"', 'f"{x}"', "f\"{'{a}'}\""),
    ("{'k': 1}", 'f"{x}"', "f\"{ {'k': 1}}\""),
    ("'a' 'b'", 'f"{x}"', "f\"{('a' 'b')}\""),
    ("b'a'", 'f"{x}"', "f\"{(b'a')}\""),
    ("-1", "x.bit_length()", "(-1).bit_length()"),
    ("1", "x.real", "(1).real"),
    ("'a' 'b'", "x.upper()", "('a' 'b').upper()"),
    ("a if b else c", "x + 'z'", "(a if b else c) + 'z'"),
    ("fetch(1)", "x", "(fetch(1))"),
]
UNFIT = [
    ('"it\'s"', 'f"{x}"'),
    ("'a'", "f'{x!r}'" + ' f"{x!r}"' + " f\"{f'{x!r}'}\""),
    ("'#1'", 'f"{x!s}"'),
    (r"'\n'", 'f"{x}"'),
    (r"'\u20ac'", 'f"{x}"'),
    ("'''a\nb'''", 'f"{x}"'),
]


@pytest.mark.parametrize(("item", "expression", "expected"), FIELDS)
def test_an_item_stands_in_the_place_of_its_target(item: str, expression: str, expected: str) -> None:
    text = fenced(f'for x in [{item}, {item}]:\n    Task(subagent_type="a", prompt={expression})\n')
    after = f'Task(subagent_type="a", prompt={expected})\n'
    assert fix(text, "x.md", unsafe=True)[0] == fenced(after * 2)


@pytest.mark.parametrize(("item", "expression"), UNFIT)
def test_an_item_that_no_field_can_hold_declines(item: str, expression: str) -> None:
    text = fenced(f'for x in [{item}, {item}]:\n    Task(subagent_type="a", prompt={expression})\n')
    assert fix(text, "x.md")[0] == text


LATE = [
    case(
        "below-its-own-comment",
        'Task(subagent_type="a", prompt=x)\n\n# for b\nctx2 = f"{y}"  # late\nTask(subagent_type="b", prompt=ctx2)\n',
        '# for b\nctx2 = f"{y}"  # late\nTask(subagent_type="a", prompt=x)\n\nTask(subagent_type="b", prompt=ctx2)\n',
    ),
    case(
        "above-the-comment-of-the-first-dispatch",
        '# first\nTask(subagent_type="a", prompt=x)\nctx2 = "b"\nTask(subagent_type="b", prompt=ctx2)\n',
        'ctx2 = "b"\n# first\nTask(subagent_type="a", prompt=x)\nTask(subagent_type="b", prompt=ctx2)\n',
    ),
    case(
        "a-name-bound-again-is-renamed",
        'ctx = "a"\nTask(subagent_type="a", prompt=ctx)\nctx = f"b{x}"\nTask(subagent_type="b", prompt=f"{ctx}.")\n'
        'ctx = "c"\nprint(ctx)\n',
        'ctx = "a"\nctx_2 = f"b{x}"\nTask(subagent_type="a", prompt=ctx)\nTask(subagent_type="b", prompt=f"{ctx_2}.")\n'
        'ctx = "c"\nprint(ctx)\n',
    ),
    case(
        "a-context-that-reads-a-renamed-one",
        'Task(subagent_type="a", prompt=ctx)\nctx = "b"\nmore = f"{ctx}!"\nTask(subagent_type="b", prompt=more)\n',
        'ctx_2 = "b"\nmore = f"{ctx_2}!"\nTask(subagent_type="a", prompt=ctx)\nTask(subagent_type="b", prompt=more)\n',
    ),
    case(
        "text-of-several-lines",
        'Task(subagent_type="a", prompt=x)\nctx = f"""\n  {y}\n"""\nTask(subagent_type="b", prompt=ctx)\n',
        'ctx = f"""\n  {y}\n"""\nTask(subagent_type="a", prompt=x)\nTask(subagent_type="b", prompt=ctx)\n',
    ),
    case(
        "in-the-arm-of-a-branch-decided-before",
        'flag = mode\nTask(subagent_type="a", prompt=x)\nif flag:\n    # for b\n    ctx = f"{y}"\n'
        '    Task(subagent_type="b", prompt=ctx)\n',
        'flag = mode\nif flag:\n    # for b\n    ctx = f"{y}"\nTask(subagent_type="a", prompt=x)\nif flag:\n'
        '    Task(subagent_type="b", prompt=ctx)\n',
    ),
]
BRANCHES = [
    case(
        "a-name",
        'Task(subagent_type="a", prompt=x)\n\nif some_condition:  # late\n    Task(subagent_type="b", prompt=y)\n',
        'run_b = some_condition\nTask(subagent_type="a", prompt=x)\n\nif run_b:  # late\n'
        '    Task(subagent_type="b", prompt=y)\n',
    ),
    case(
        "a-test-over-lines",
        'Task(subagent_type="a", prompt=x)\nif (one and\n        two):\n    Task(subagent_type="b", prompt=y)\n',
        'run_b = (one and\n        two)\nTask(subagent_type="a", prompt=x)\nif run_b:\n'
        '    Task(subagent_type="b", prompt=y)\n',
    ),
    case(
        "elif",
        'Task(subagent_type="a", prompt=x)\nif one:\n    Task(subagent_type="b", prompt=y)\n'
        'elif two:\n    Task(subagent_type="c", prompt=z)\n',
        'run_b = one\nrun_c = two\nTask(subagent_type="a", prompt=x)\n'
        'if run_b:\n    Task(subagent_type="b", prompt=y)\n'
        'elif run_c:\n    Task(subagent_type="c", prompt=z)\n',
    ),
    case(
        "conditional-expression",
        'Task(subagent_type="a", prompt=x)\nTask(subagent_type="b", prompt=y) if(one)else None\n',
        'run_b = (one)\nTask(subagent_type="a", prompt=x)\nTask(subagent_type="b", prompt=y) if run_b else None\n',
    ),
    case(
        "a-name-that-is-taken",
        'run_b = 1\nTask(subagent_type="a", prompt=x)\nif one:\n    Task(subagent_type="b", prompt=y)\n',
        'run_b = 1\nrun_b_2 = one\nTask(subagent_type="a", prompt=x)\n'
        'if run_b_2:\n    Task(subagent_type="b", prompt=y)\n',
    ),
    case(
        "the-arm-builds-a-context",
        'Task(subagent_type="a", prompt=x)\nif one:\n    # for b\n    ctx = f"{y}"  # built\n'
        '    Task(subagent_type="b", prompt=ctx)  # go\n',
        'run_b = one\nif run_b:\n    # for b\n    ctx = f"{y}"  # built\nTask(subagent_type="a", prompt=x)\nif run_b:\n'
        '    Task(subagent_type="b", prompt=ctx)  # go\n',
    ),
    case(
        "what-the-test-needs-goes-along",
        'Task(subagent_type="a", prompt=x)\nlevel = f"{y}"\n'
        'if level == "high":\n    Task(subagent_type="b", prompt=y)\n',
        'level = f"{y}"\nTask(subagent_type="a", prompt=x)\n'
        'if level == "high":\n    Task(subagent_type="b", prompt=y)\n',
    ),
]


@pytest.mark.parametrize(("before", "after"), [*LATE, *BRANCHES])
def test_contexts_and_conditions_move_above_the_first_dispatch(before: str, after: str) -> None:
    assert fix(fenced(before), "x.md") == (fenced(after), [])
    crlf = fenced(before).replace("\n", "\r\n")
    assert fix(crlf, "x.md")[0] == fenced(after).replace("\n", "\r\n")


UNSAFE = [
    case(
        "split",
        "for task in tasks:\n    # look it up\n    Task(subagent_type=\"a\", prompt=task['context'])  # go\n",
        "prompts = []\nfor task in tasks:\n    # look it up\n    prompts.append(task['context'])  # go\n"
        'for prompt in prompts:\n    Task(subagent_type="a", prompt=prompt)\n',
    ),
    case(
        "split-with-two-arguments-and-a-condition",
        "prompt = prompts = 1\nfor t in ts:\n\tif not t.done:\n"
        "\t\tTask(subagent_type=t.agent, prompt=t.ask, model=m)\n",
        "prompt = prompts = 1\ncalls = []\nfor t in ts:\n\tif not t.done:\n\t\tcalls.append((t.agent, t.ask))\n"
        "for subagent_type, prompt_2 in calls:\n\tTask(subagent_type=subagent_type, prompt=prompt_2, model=m)\n",
    ),
    case(
        "split-below-an-earlier-dispatch",
        'Task(subagent_type="lead", prompt=plan)\nfor f in files:\n    Task(subagent_type="a", prompt=f"Read {f}")\n',
        'prompts = []\nfor f in files:\n    prompts.append(f"Read {f}")\nTask(subagent_type="lead", prompt=plan)\n'
        'for prompt in prompts:\n    Task(subagent_type="a", prompt=prompt)\n',
    ),
    case(
        "results-collected-below-the-calls",
        'for agent in ["a", "b"]:\n    # one\n    review = Task(subagent_type=agent, prompt=ctx)\n'
        "    reviews.append((agent, review))  # kept\n",
        '# one\nreview_a = Task(subagent_type="a", prompt=ctx)\nreview_b = Task(subagent_type="b", prompt=ctx)\n'
        'reviews.append(("a", review_a))  # kept\nreviews.append(("b", review_b))\n',
    ),
    case(
        "a-context-with-a-call",
        'for agent in ["a", "b"]:\n    ctx = load(agent)\n    Task(subagent_type=agent, prompt=ctx)\n',
        'ctx_a = load("a")\nctx_b = load("b")\nTask(subagent_type="a", prompt=ctx_a)\n'
        'Task(subagent_type="b", prompt=ctx_b)\n',
    ),
    case(
        "sink",
        'Task(subagent_type="a", prompt=x)\n# why\nawait some_operation()  # slow\nTask(subagent_type="b", prompt=y)\n',
        'Task(subagent_type="a", prompt=x)\nTask(subagent_type="b", prompt=y)\n# why\nawait some_operation()  # slow\n',
    ),
    case(
        "sink-and-hoist",
        'Task(subagent_type="a", prompt=ctx)\nawait log(z)\nctx = "b"\nTask(subagent_type="b", prompt=ctx)\n',
        'ctx_2 = "b"\nTask(subagent_type="a", prompt=ctx)\nTask(subagent_type="b", prompt=ctx_2)\nawait log(z)\n',
    ),
    case(
        "gather",
        'a = await Agent(subagent_type="a", prompt=x)\n# second\n'
        'await Agent(\n    subagent_type="b",\n    prompt=y,\n)  # b\n',
        'a, _ = await asyncio.gather(\n    Agent(subagent_type="a", prompt=x),\n    # second\n'
        '    Agent(\n        subagent_type="b",\n        prompt=y,\n    ),  # b\n)\n',
    ),
    case(
        "hoist-with-a-call",
        'Task(subagent_type="a", prompt=x)\nctx = load(y)\nTask(subagent_type="b", prompt=ctx)\n',
        'ctx = load(y)\nTask(subagent_type="a", prompt=x)\nTask(subagent_type="b", prompt=ctx)\n',
    ),
    case(
        "decide-with-a-call",
        'Task(subagent_type="a", prompt=x)\nif is_big(diff):\n    Task(subagent_type="b", prompt=y)\n',
        'run_b = is_big(diff)\nTask(subagent_type="a", prompt=x)\nif run_b:\n    Task(subagent_type="b", prompt=y)\n',
    ),
]


@pytest.mark.parametrize(("before", "after"), UNSAFE)
def test_what_changes_the_order_of_effects_needs_unsafe_fixes(before: str, after: str) -> None:
    assert fix(fenced(before), "x.md")[0] == fenced(before)
    assert fix(fenced(before), "x.md", unsafe=True) == (fenced(after), [])


IMPORTED = [
    case("before-the-first-import", "import httpx\n", "import asyncio\nimport httpx\n"),
    case(
        "before-the-comment-of-it", "# one\n\n# two\nimport httpx\n", "# one\n\nimport asyncio\n# two\nimport httpx\n"
    ),
    case("but-not-before-the-head-of-the-file", "#!/bin/x\nimport httpx\n", "#!/bin/x\nimport asyncio\nimport httpx\n"),
    case(
        "after-the-docstring-and-future-imports",
        '"""Doc."""\nfrom __future__ import annotations\nfrom os import path\n',
        '"""Doc."""\nfrom __future__ import annotations\nimport asyncio\nfrom os import path\n',
    ),
    case("after-a-docstring-alone", '"""Doc."""\n', '"""Doc."""\n\nimport asyncio\n'),
    case("at-the-top", "# licence\n\n", "# licence\nimport asyncio\n\n\n"),
    case("nowhere-where-it-stands", "import asyncio\n", "import asyncio\n"),
]
AWAITED = (
    'async def main(x, y):\n    a = await Task(subagent_type="a", prompt=x)\n'
    '    b = await Task(subagent_type="b", prompt=y)\n    return a, b\n'
)
GATHERED = (
    'async def main(x, y):\n    a, b = await asyncio.gather(\n        Task(subagent_type="a", prompt=x),\n'
    '        Task(subagent_type="b", prompt=y),\n    )\n    return a, b\n'
)


@pytest.mark.parametrize(("before", "after"), IMPORTED)
def test_gathering_imports_asyncio(before: str, after: str) -> None:
    assert fix(f"{before}\n{AWAITED}", "x.py", unsafe=True) == (f"{after}\n{GATHERED}", [])


LOOP = "dispatch-in-loop"
BODY = "    Task(subagent_type=a, prompt=ctx)\n"
DECLINED = [
    (f"for a in ['x', 'y']:\n{BODY}else:\n    pass\n", "the loop has an `else` or is asynchronous"),
    (f"for a in ['x', 'y']:\n    if stop:\n        break\n{BODY}", "the loop can be left or cut short"),
    (f"for a in ['x', 'y']:\n    a = a.upper()\n{BODY}", "`a` is bound again in the loop"),
    (f"for a in ['x', 'y']:\n    keep.append(lambda: a)\n{BODY}", "`a` is read by a function"),
    (f"for a in ['x', 'y']:\n{BODY}def f():\n    return a\n", "`a` is read by a function"),
    (f"for a in ['x', 'y']:\n{BODY}print(a)\n", "`a` is read after the loop"),
    (f"for a in ['x', 'y']:\n    n += 1\n{BODY}", "`n` carries over from one iteration to the next"),
    (f"class C:\n    for a in ['x', 'y']:\n    {BODY}", "a class keeps what its loop binds"),
    (f"def f():\n    global a\n    for a in ['x', 'y']:\n    {BODY}", "`a` belongs to a scope around this one"),
    (f"for a in ['x', 'y'] * 2:\n{BODY}", "what the loop goes over is not written out here"),
    (f"for a in [f() for f in fs]:\n{BODY}", "what the loop goes over is not written out here"),
    (f"for a in {{'x': 1, 'x': 2}}:\n{BODY}", "what the loop goes over is not written out here"),
    (f"for a in [(b := 'x'), 'y']:\n{BODY}", "what the loop goes over binds a name or waits"),
    (f"for a in range(13):\n{BODY}", "13 calls are more than `max-unroll` (12)"),
    (
        "for a in [load(1), load(2)]:\n    Task(subagent_type=a, prompt=f'{a}')\n",
        "the call that `a` stands for would not run exactly once",
    ),
    (
        "for a in [b, c]:\n    Task(subagent_type='x', prompt=[b + a for b in bs])\n",
        "`b` may mean something else inside of an expression of the loop",
    ),
    (
        "for a in [f'{log}', 'y']:\n    log.append('z')\n    Task(subagent_type='x', prompt=a)\n",
        "`log` is written in the loop that goes over it",
    ),
    (
        "for a in ['x', 'y']:\n    table['k'] = a\n    Task(subagent_type='x', prompt=table)\n",
        "`table` changes with each iteration",
    ),
    (
        f"for a in ['x', 'y']:\n    try:\n    {BODY}    except E:\n        pass\n",
        "the body holds more than contexts and dispatches",
    ),
    ("for a in ['x', 'y']:\n    Task(subagent_type='x', prompt=f'{a=}')\n", "`a` is printed with its name"),
    (
        "f(Task(subagent_type=a, prompt=ctx) for a in ['x', 'y'])\n",
        "a generator makes its calls only when it is asked for them",
    ),
    (
        "class C:\n    r = [Task(subagent_type=a, prompt=ctx) for a in ['x', 'y']]\n",
        "a comprehension does not see the names of the class around it",
    ),
    ("[Task(subagent_type=a, prompt=ctx) for a in ['x', 'y'] if a]\n", "the comprehension filters or is nested"),
    (
        "[\n  # all\n  Task(subagent_type=a, prompt=ctx) for a in ['x', 'y']\n]\n",
        "a comment stands inside of the comprehension",
    ),
]


@pytest.mark.parametrize(("code", "reason"), DECLINED)
def test_a_loop_that_cannot_be_written_out_says_why(code: str, reason: str) -> None:
    text = fenced(code)
    assert fix(text, "x.md")[0] == text
    shown = [one for one in check(text, "x.md") if one.code == LOOP]
    assert len(shown) == 1
    assert (LOOP, reason) in reasons(text, "x.md") or shown[0].fix is not None


DECLINED_ELSEWHERE = [
    (
        'Task(subagent_type="a", prompt=ctx)\nctx = f"{ctx} b"\nTask(subagent_type="b", prompt=ctx)\n',
        ("late-context", "`ctx` is built from its own earlier value"),
    ),
    (
        'Task(subagent_type="a", prompt=ctx)\nctx = "b"\nTask(subagent_type="b", prompt=ctx)\nctx += "c"\n',
        ("late-context", "`ctx` changes again later"),
    ),
    (
        'Task(subagent_type="a", prompt=ctx)\nctx = "b"\nTask(subagent_type="b", prompt=ctx)\nif z:\n    ctx = "c"\n',
        ("late-context", "`ctx` changes again later"),
    ),
    (
        'Task(subagent_type="a", prompt=x)\nrefresh(state)\nctx = f"{state}"\nTask(subagent_type="b", prompt=ctx)\n',
        ("late-context", "a call between the first dispatch and here may change `state`"),
    ),
    (
        'Task(subagent_type="a", prompt=x)\nrefresh(state)\nif state:\n    Task(subagent_type="b", prompt=y)\n',
        ("branch-between-dispatches", "a call between the first dispatch and the test may change `state`"),
    ),
    (
        'Task(subagent_type="a", prompt=x)\nif (n := count()):\n    Task(subagent_type="b", prompt=y)\n',
        ("branch-between-dispatches", "the test binds a name"),
    ),
    (
        'await Task(subagent_type="a", prompt=x)\nTask(subagent_type="b", prompt=y)\n',
        ("await-between-dispatches", "the later dispatch is not awaited"),
    ),
    (
        'for f in files:\n    Task({"subagent_type": "a", "prompt": f})\n',
        (LOOP, "an argument that differs between iterations has no keyword"),
    ),
    (
        'for f in files:\n    Task(f, subagent_type="a")\n',
        (LOOP, "an argument that differs between iterations has no keyword"),
    ),
    (
        'for f in files:\n    parts.append(f)\n    Task(subagent_type="a", prompt=parts)\n',
        (LOOP, "`parts` changes with each iteration"),
    ),
]


@pytest.mark.parametrize(("code", "declined"), DECLINED_ELSEWHERE)
def test_what_cannot_be_mended_says_why(code: str, declined: tuple[str, str]) -> None:
    text = fenced(code)
    assert fix(text, "x.md", unsafe=True)[0] == text
    assert reasons(text, "x.md") == [declined]


FILE = [
    (
        "def f(ctx):\n    for a in ['x', 'y']:\n        p = f'{a} {ctx}'\n        Task(subagent_type=a, prompt=p)\n",
        True,
    ),
    ("def f():\n    for a in ['x', 'y']:\n        p = f'{a} {late}'\n        Task(subagent_type=a, prompt=p)\n", False),
    (
        "def f(ctx):\n    Task(subagent_type='a', prompt='')\n    p = f'{ctx}'\n"
        "    Task(subagent_type='b', prompt=p)\n",
        True,
    ),
    (
        "def f():\n    Task(subagent_type='a', prompt='')\n    p = f'{late}'\n    Task(subagent_type='b', prompt=p)\n",
        False,
    ),
    ("for a in ['x', 'y']:\n    Task(subagent_type=a, prompt='')\ndef show():\n    return a\n", False),
    ("AGENTS = ['x']\nfor a in AGENTS:\n    Task(subagent_type=a, prompt='')\ndef f():\n    AGENTS.append(1)\n", False),
]


@pytest.mark.parametrize(("code", "safe"), FILE)
def test_in_a_file_only_what_surely_runs_the_same_is_safe(code: str, safe: bool) -> None:
    assert (fix(code, "x.py")[0] != code) is safe
    assert fix(code, "x.py", unsafe=True)[0] != code


def test_a_name_that_a_call_on_the_way_can_bind_stays() -> None:
    code = (
        "STATE = 'a'\ndef bump():\n    global STATE\n    STATE = 'b'\nTask(subagent_type='a', prompt='')\n"
        "bump()\np = f'{STATE}'\nTask(subagent_type='b', prompt=p)\n"
    )
    assert fix(code, "x.py", unsafe=True)[0] == code
    reason = "a call between the first dispatch and here may change `STATE`"
    assert reasons(code, "x.py") == [("late-context", reason)]


def test_a_loop_longer_than_max_unroll_is_left() -> None:
    text = fenced('for n in range(4):\n    Task(subagent_type="a", prompt=f"{n}")\n')
    assert fix(text, "x.md", Settings(max_unroll=3))[0] == text
    assert fix(text, "x.md", Settings(max_unroll=4))[1] == []
