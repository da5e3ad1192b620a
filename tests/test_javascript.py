"""What is read of JavaScript and TypeScript: findings from `fixtures/javascript_cases.txt`, facts, repairs, files."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskfan_lint import check
from taskfan_lint.analysis import tree
from taskfan_lint.analysis.facts import Facts
from taskfan_lint.analysis.javascript.parse import MAX_DEPTH
from taskfan_lint.analysis.javascript.read import read
from taskfan_lint.analysis.javascript.repairs import outlined
from taskfan_lint.analysis.model import Dispatch, ItemKind, Loop, LoopKind, Ref
from taskfan_lint.analysis.reading import Reading, Unparsable
from taskfan_lint.settings import Settings

TEXT = (Path(__file__).parent / "fixtures" / "javascript_cases.txt").read_text(encoding="utf-8")
CASES = re.findall(r"^=== (.+): (.+)\n((?:(?!===|#####).*\n)+)", TEXT, re.MULTILINE)
CALL = 'Task({ subagent_type: "w", prompt: "go" })'


def facts(code: str, *, fenced: bool = True, dialect: str = "tsx") -> Facts:
    found = read(code, Reading(Settings(), fenced), dialect=dialect)
    assert found is not None
    return found


def dispatches(code: str, *, fenced: bool = True) -> list[Dispatch]:
    found = read(code, Reading(Settings(), fenced))
    return [one for region in found.regions for one in tree.dispatches(region.body)] if found else []


def loops(code: str) -> list[Loop]:
    nodes = [one for region in facts(code).regions for one in tree.walk(region.body)]
    return [one for one in nodes if isinstance(one, Loop)]


def fence(code: str, tag: str = "javascript") -> str:
    return f"# Case\n\n```{tag}\n{code.strip()}\n```\n"


def codes(text: str, path: str) -> list[str]:
    return [one.code for one in check(text, path)]


@pytest.mark.parametrize(("expected", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_reports(expected: str, code: str) -> None:
    assert ", ".join(codes(fence(code), "case.md")) == expected.replace("silent", "")


def test_every_case_is_read() -> None:
    assert len(CASES) == TEXT.count("\n=== ") > 80


@pytest.mark.parametrize("tag", ["js", "jsx", "mjs", "cjs", "ts", "tsx", "typescript", "JavaScript"])
def test_every_script_tag_is_read(tag: str) -> None:
    assert codes(fence(f"xs.forEach(x => {{ {CALL}; }});", tag), "case.md") == ["dispatch-in-loop"]


@pytest.mark.parametrize("tag", ["", "text", "bash"])
def test_other_fences_are_read_as_a_script_where_they_are_no_python(tag: str) -> None:
    assert codes(fence(f"xs.forEach(x => {{ {CALL}; }});", tag), "case.md") == ["dispatch-in-loop"]


def test_python_in_a_script_fence_is_read_as_python() -> None:
    code = 'for x in xs:\n    Task(subagent_type="w", prompt=f"do {x}")'
    assert codes(fence(code), "case.md") == ["dispatch-in-loop"]


def test_the_help_names_the_combiner_of_the_language() -> None:
    (found,) = check(fence(f"await {CALL};\nawait {CALL};"), "case.md")
    assert found.help == "await them together, in one `Promise.all([...])`"


# positions


@pytest.mark.parametrize(
    "code",
    [
        f"// 😀 é\r\nawait {CALL};\r\n",
        f'const s = "日本 😀";\rawait {CALL};\r',
        f"const naïve = 1; /* ✅ */ await {CALL};",
        f"{CALL} // \ufeff\u2028 end",
        f'const broken = "\ud800"; {CALL}',
    ],
    ids=["crlf", "cr", "identifier", "odd-spaces", "surrogate"],
)
def test_spans_count_code_points(code: str) -> None:
    (one,) = dispatches(code)
    assert code[one.span.start : one.span.end] == CALL
    assert [code[each.span.start : each.span.end] for each in one.arguments] == ['subagent_type: "w"', 'prompt: "go"']
    assert [code[each.value.start : each.value.end] for each in one.arguments] == ['"w"', '"go"']


def test_wide_names_stay_apart() -> None:
    (one,) = dispatches("const é = 1, è = 2; Task({ prompt: `${è}` })")
    assert one.reads == {"è"}


# dispatches


def test_a_dispatch_is_read_whole() -> None:
    code = (
        "const r = await Task({\n  subagent_type: 'writer', prompt: `Write ${topic}\\n` + tail, description,"
        "\n  isolation: 'worktree', output_file: \"a.md\", ...rest });"
    )
    (one,) = dispatches(code)
    assert (one.name, one.agent, one.isolation, one.outputs) == ("Task", "writer", "worktree", (("a.md",),))
    assert one.prompt == ("Write ", Ref("topic"), "\n", Ref("tail"), "\n", Ref("description"), "\n")
    assert [each.keyword for each in one.arguments] == [
        "subagent_type",
        "prompt",
        "description",
        "isolation",
        "output_file",
        "**",
    ]
    assert one.reads == {"topic", "tail", "description", "rest"}
    assert one.awaited is not None
    assert code[one.awaited.start : one.awaited.end].startswith("await Task(")


def test_positional_arguments_are_told() -> None:
    (one,) = dispatches('Task("Researcher", `find ${x}`, { model: "opus" })')
    assert one.prompt == ("Researcher", "\n", "find ", Ref("x"), "\n")
    assert [each.keyword for each in one.arguments] == ["", "", "model"]


def test_the_type_arguments_of_an_awaited_call_are_no_part_of_its_name() -> None:
    (one,) = dispatches(f"const r = await {CALL.replace('(', '<Result>(', 1)};")
    assert (one.name, one.awaited is not None) == ("Task", True)


@pytest.mark.parametrize(
    ("code", "known"),
    [
        (CALL, True),
        ('Task({ description: "a", prompt: "b" })', False),
        ('this.Task({ subagent_type: "w" })', False),
        ('new Task({ subagent_type: "w" })', False),
        ('import Task from "x"; Task({ subagent_type: "w" })', False),
        ('import * as Task from "x"; Task({ subagent_type: "w" })', False),
        ('import { Job as Task } from "x"; Task({ subagent_type: "w" })', False),
        ('const { Task } = await import("x"); Task({ subagent_type: "w" })', False),
        ('function f(Task) { Task({ subagent_type: "w" }) }', False),
        ('const f = Task => Task({ subagent_type: "w" })', False),
        ('const Task = 1; Task({ subagent_type: "w" })', False),
        ('task({ agent_type: "w" })', True),
    ],
)
def test_in_a_file_a_dispatch_is_a_free_name_with_an_agent(code: str, known: bool) -> None:
    found = read(code, Reading(Settings(), fenced=False))
    assert found is None or bool([one for region in found.regions for one in tree.dispatches(region.body)]) == known
    assert not known or found is not None


def test_a_promise_blocks_in_a_fence_only() -> None:
    code = f"const p = {CALL};"
    assert [one.blocking for one in dispatches(code)] == [True]
    assert [one.blocking for one in dispatches(code, fenced=False)] == [False]
    assert [one.blocking for one in dispatches(f"const r = await {CALL};", fenced=False)] == [True]


# workflows

WORKFLOW = 'const all = await parallel(xs.map(x => () => agent(`do ${x}`, { agentType: "w" })));\n'


@pytest.mark.parametrize(
    ("code", "count"),
    [
        (WORKFLOW, 1),
        ("await pipeline(xs, x => agent(`a ${x}`), a => agent(`b ${a}`));", 2),
        ('export const meta = { name: "m", description: "d" };\nawait agent("a" + b);', 1),
        ('export const meta = { name: "m" };\nawait agent("a");', 0),
        ('await agent("a");', 0),
        (f'import {{ agent }} from "x";\n{WORKFLOW}', 0),
        (f"function agent() {{}}\n{WORKFLOW}", 0),
        ("await parallel([]); agent(name);", 0),
    ],
)
def test_agent_is_a_dispatch_in_a_workflow(code: str, count: int) -> None:
    assert len(dispatches(code, fenced=False)) == count
    if count:
        assert dispatches(WORKFLOW, fenced=False)[0].agent == "w"


def test_the_stages_of_a_pipeline_hand_on_their_results() -> None:
    code = 'await pipeline(xs, x => agent(`a ${x}`), a => agent(`b ${a}`));\nawait agent("c");'
    assert codes(code, "w.js") == []


def test_a_workflow_is_checked_as_a_file() -> None:
    code = 'phase("Look");\nfor (const x of xs) { await agent(`do ${x}`); }\nawait parallel([]);\n'
    assert codes(code, "w.js") == ["dispatch-in-loop"]


# loops


@pytest.mark.parametrize(
    ("header", "targets", "items"),
    [
        ('for (const a of ["x", `y`])', ("a",), [{"a": '"x"'}, {"a": "`y`"}]),
        ("for (let a = 1; a <= 3; a++)", ("a",), [{"a": "1"}, {"a": "2"}, {"a": "3"}]),
        ("for (const k in { p: 1, 'q': 2 })", ("k",), [{"k": '"p"'}, {"k": '"q"'}]),
        (
            "for (const [k, v] of Object.entries({ p: 1, q: z }))",
            ("k", "v"),
            [{"k": '"p"', "v": "1"}, {"k": '"q"', "v": "z"}],
        ),
        ("for (const [i, v] of ['a'].entries())", ("i", "v"), [{"i": "0", "v": "'a'"}]),
        ("for (const { p, q: [r] } of [{ p: 1, q: [2] }])", ("p", "r"), None),
        ("for (const { p, q: r } of [{ p: 1, q: 2 }])", ("p", "r"), [{"p": "1", "r": "2"}]),
        ("const ys = ['a', 'b'];\nfor (const y of ys)", ("y",), [{"y": "'a'"}, {"y": "'b'"}]),
        ("const ys = ['a'];\nys.push('b');\nfor (const y of ys)", ("y",), None),
        ("for (const y of [...ys])", ("y",), None),
        ("for (let i = 0; i < n; i++)", ("i",), None),
        ("for (const n of Object.values({ 2: 'a', 1: 'b' }))", ("n",), None),
    ],
)
def test_literal_loops_have_items(header: str, targets: tuple[str, ...], items: list[dict[str, str]] | None) -> None:
    (loop,) = loops(f"{header} {{ {CALL}; }}")
    assert loop.targets == targets
    found = loop.items and [{name: item.text for name, item in one.items()} for one in loop.items]
    assert found == items


def test_callbacks_are_loops() -> None:
    each, every = loops(f"['a'].forEach((x, i) => {{ {CALL}; }});\nconst r = xs.map(({{ y }}) => {CALL});")
    assert (each.kind, each.targets, every.kind, every.targets) == (
        LoopKind.FOR,
        ("x", "i"),
        LoopKind.COMPREHENSION,
        ("y",),
    )
    assert each.items is not None
    assert (each.items[0]["x"].kind, each.items[0]["i"].text, every.sources) == (ItemKind.STRING, "0", ("xs",))


# what is refused


@pytest.mark.parametrize(
    ("code", "row"),
    [(f"{CALL};\nfor (const x of {{ {CALL}; }}\n", 2), (f"\n\n{CALL} what now\n", 3)],
)
def test_what_does_not_parse_is_refused_with_its_row(code: str, row: int) -> None:
    with pytest.raises(Unparsable) as caught:
        read(code, Reading(Settings(), fenced=True))
    assert (caught.value.row, caught.value.deep) == (row, False)


@pytest.mark.parametrize("code", ["f(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH, "/* " * 10_000, '"a" + ' * MAX_DEPTH + "1"])
def test_what_is_too_deep_is_refused_as_such(code: str) -> None:
    with pytest.raises(Unparsable) as caught:
        read(f"{CALL};\n{code}", Reading(Settings(), fenced=True))
    assert caught.value.deep


def test_a_file_with_a_syntax_error_gives_no_finding() -> None:
    assert codes(f"for (const x of {{ await {CALL}; }}\n", "a.js") == []


def test_a_cast_is_read_in_a_typescript_file() -> None:
    assert codes(f"const x = <string>y;\nfor (const z of zs) {{ await {CALL}; }}\n", "a.ts") == ["dispatch-in-loop"]


def test_a_script_takes_itself_out() -> None:
    assert codes(f"// taskfan: ignore-file\nfor (const x of xs) {{ await {CALL}; }}\n", "a.js") == []


# files

LOOP = f"for (const x of xs) {{ await {CALL}; }}"
READ = {
    "type arguments": ("a.ts", LOOP.replace("Task(", "Task<{ a: string; b: Array<Foo<number>> }>(")),
    "optional call": ("a.ts", LOOP.replace("Task(", "Task?.(")),
    "namespace": ("a.ts", f"namespace N {{ async function f() {{ {LOOP} }} }}"),
    "namespace body": ("a.ts", f"export namespace N.M {{ {LOOP} }}"),
    "module": ("a.ts", f"module N {{ async function f() {{ {LOOP} }} }}"),
    "declared name": ("a.ts", f"declare const Task: (x: object) => Promise<string>;\n{LOOP}"),
    "declared function": ("a.ts", f"declare function Task(x: object): Promise<string>;\n{LOOP}"),
    "declared global": ("a.ts", f"declare global {{ function Task(x: object): Promise<string>; }}\n{LOOP}"),
    "declared module": ("a.ts", f"declare module 'x' {{ export const y: string; }}\n{LOOP}"),
    "default function": ("a.mjs", f"export default async function () {{ {LOOP} }}"),
    "default arrow": ("a.mjs", f"export default async () => {{ {LOOP} }}"),
    "default class": ("a.mjs", f"export default class {{ static async #f() {{ {LOOP} }} }}"),
    "class field": ("a.js", f"class A {{ f = async () => {{ {LOOP} }} }}"),
    "abstract class": ("a.cts", f"export abstract class A {{ protected async f(): Promise<void> {{ {LOOP} }} }}"),
    "decorators": ("a.mts", f"@Injectable()\nexport class A {{ @Log() async f(@Inject() x: string) {{ {LOOP} }} }}"),
    "object method": ("a.js", f"module.exports = {{ async f() {{ {LOOP} }} }};"),
    "commonjs": ("a.cjs", f"'use strict';\nconst fs = require('fs');\nexports.g = async () => {{ {LOOP} }};"),
    "hash-bang line": ("a.js", f"#!/usr/bin/env node\n'use strict';\n{LOOP}"),
    "markup": ("a.jsx", f"export const A = () => <button onClick={{async () => {{ {LOOP} }}}}>go</button>;"),
    "typed markup": ("a.tsx", f"const f = async <T,>(x: T): Promise<void> => {{ {LOOP} }}; const e = <b>x</b>;"),
    "called at once": ("a.js", f"!async function () {{ {LOOP} }}();"),
    "NUL in a string": ("a.js", f"const s = '\0';\n{LOOP}"),
}
FOREIGN = {
    "imported": f"import {{ Task }} from 'x';\n{LOOP}",
    "imported type": f"import type {{ Task }} from 'x';\n{LOOP}",
    "required": f"const {{ Task }} = require('x');\n{LOOP}",
    "defined": f"var Task = make();\n{LOOP}",
    "parameter": f"async function f({{ Task }}) {{ {LOOP} }}",
    "class": f"class Task {{}}\n{LOOP}",
    "method": LOOP.replace("Task(", "this.Task("),
    "constructor": LOOP.replace("Task(", "new Task("),
    "no agent": LOOP.replace("subagent_type", "name"),
    "no call": "const agents = { Task, subagent_type: 'w' };\nfor (const x of agents) { await run(x); }",
}


@pytest.mark.parametrize(("path", "code"), READ.values(), ids=READ)
def test_a_file_is_read_in_whatever_form_it_is_written(path: str, code: str) -> None:
    assert codes(code, path) == ["dispatch-in-loop"]


@pytest.mark.parametrize("code", FOREIGN.values(), ids=FOREIGN)
def test_a_name_of_the_file_itself_is_no_dispatch(code: str) -> None:
    assert codes(code, "a.ts") == []


@pytest.mark.parametrize("name", ["Task<string>(", "Task?.("])
def test_type_arguments_and_optional_calls_are_read_in_a_fence(name: str) -> None:
    assert codes(fence(LOOP.replace("Task(", name), "ts"), "case.md") == ["dispatch-in-loop"]


@given(st.data())
def test_a_cut_file_is_read_or_refused(data: st.DataObject) -> None:
    path, code = data.draw(st.sampled_from(list(READ.values())))
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(code))] * 2)))
    assert set(codes(code[start:end], path)) <= {"dispatch-in-loop"}


def test_a_minified_file_is_read() -> None:
    code = "var a=0;" * 8_000 + f"for(const x of xs){{await {CALL}}}"
    (found,) = check(code, "a.min.js")
    assert code[found.span.start : found.span.end] == CALL


# repairs


@pytest.mark.parametrize(
    ("code", "spans"),
    [
        ("Task({ ... });", ["..."]),
        ('Task({ ..., model: "opus" });', ["...,"]),
        ("Task({ prompt: …, model: m });", ["…"]),
        ('# note\nTask("go");', ["# "]),
        ('Message 2: Task("go");', ["Message 2:"]),
        ('  - Bash "ls"\nTask("go");', ["-", "Bash "]),
        ("Task({ prompt: <the prompt> });", ["<the prompt>"]),
        ('Task(prompt: "go", model: "opus");', [":", ":"]),
        ('Task({ prompt: "go\n`on` now" });', ['"go\n`on` now"']),
    ],
)
def test_a_repair_keeps_the_length_and_is_remembered(code: str, spans: list[str]) -> None:
    found = facts(code)
    assert (found.code, found.read) == (code, "repaired")
    assert [code[span.start : span.end] for span in found.repaired] == spans
    assert len(dispatches(code)) == 1


@pytest.mark.parametrize("code", ['f("..."); Task("go");', "f(...xs); Task('go');", "class A { #x = 1 }\nTask('go');"])
def test_code_that_parses_is_not_repaired(code: str) -> None:
    assert (facts(code).read, facts(code).repaired) == ("parsed", ())


DAMAGE = [
    (" prompt:", " ..., prompt:"),
    (";\n", ";\n# a note\n"),
    (";\n", ";\n→ next\n"),
    (";\n", ';\nTodoWrite { todos: ["one"] }\n'),
    (";\n", ";\n[Single Message]:\n"),
    ('"go"', '"go\nand on"'),
    ('"go"', "<what to do>"),
]


@given(st.lists(st.sampled_from(DAMAGE), unique=True))
@settings(max_examples=60, deadline=None)
def test_damage_changes_no_finding(damage: list[tuple[str, str]]) -> None:
    code = f"await {CALL};\nawait {CALL};\nawait {CALL};\n"
    for old, new in damage:
        code = code.replace(old, new)
    text = fence(code)
    found = check(text, "a.md")
    places = [one.start() for one in re.finditer("await Task", text)]
    assert [(one.code, one.span.start) for one in found] == [("await-between-dispatches", at) for at in places[:-1]]


PIECES = [*"(){}[]<>\"'`/*#-:=.,;$\\ \n\raé😀", "...", "Task(", "for (", " => ", "Message 1:"]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    assert len(outlined(text)) == len(text)
    try:
        found = read(f"{text}\n{CALL}", Reading(Settings(), fenced=True))
    except Unparsable:
        return
    assert found is not None
    assert found.code == f"{text}\n{CALL}"


def test_tree_sitter_is_loaded_only_for_scripts() -> None:
    code = (
        "import sys; from taskfan_lint import check;"
        "check('```python\\nTask(subagent_type=\"w\", prompt=\"x\")\\n```\\n', 'a.md');"
        "check('```js\\nfoo({ a: 1 })\\n```\\n', 'a.md');"
        "print('tree_sitter' in sys.modules);"
        "check('```js\\nTask({ prompt: 1 })\\n```\\n', 'a.md'); print('tree_sitter' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
