"""Suppressions that are written: exact text in, exact text out, and nothing but comments changed."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Cli
from hypothesis import HealthCheck, given, settings
from programs import Program, programs

from taskfan_lint import Settings, engine
from taskfan_lint.edit import apply
from taskfan_lint.ignoring import add_ignores, ignore_edit
from taskfan_lint.source import Document

LOOP = 'for topic in topics:\n    Task(subagent_type="reviewer", prompt=f"Review {topic}")'
IGNORE = "taskfan: ignore[dispatch-in-loop]"
CONFLICT = "taskfan: ignore[conflicting-outputs"
SAME = "Task(subagent_type='b', prompt='Write the findings to notes.md')"
PROSE = """```text
  Task(description: "Issue #42")
     [wait for result]
  Task(description: "Issue #43")
     [wait for result]

  This waits when tasks don't need it!
  ```
"""
QUIET = Settings(ignore=("unused-suppression",))


def added(text: str, path: str = "run.py", reason: str = "") -> tuple[str, list[str]]:
    """Return the text with suppressions, and the rules of what remains."""
    text, checked = add_ignores(Document(Path(path), text), QUIET, reason=reason)
    return text, [finding.code for finding in checked.findings]


def fenced(code: str, tag: str = "python") -> str:
    return f"```{tag}\n{code}\n```\n"


def case(name: str, before: str, after: str, path: str = "run.py") -> object:
    return pytest.param(path, before, after, id=name)


CASES = [
    case("end-of-line", f"{LOOP}\n", f"{LOOP}  # {IGNORE}\n"),
    case("no-last-line-end", LOOP, f"{LOOP}  # {IGNORE}"),
    case("trailing-blanks", f"{LOOP} \t\n", f"{LOOP}  # {IGNORE} \t\n"),
    case("crlf", f"{LOOP}\r\n".replace("s:\n", "s:\r\n"), f"{LOOP}  # {IGNORE}\r\n".replace("s:\n", "s:\r\n")),
    case(
        "above-a-line-with-a-comment",
        'for topic in topics:\n    Task(subagent_type="a", prompt=f"{topic}!")  # noqa\n',
        f'for topic in topics:\n    # {IGNORE}\n    Task(subagent_type="a", prompt=f"{{topic}}!")  # noqa\n',
    ),
    case(
        "above-a-line-with-a-comment-in-crlf",
        "for topic in topics:\r\n\tTask(subagent_type='a', prompt=f'{topic}!')  # each\r\n",
        f"for topic in topics:\r\n\t# {IGNORE}\r\n\tTask(subagent_type='a', prompt=f'{{topic}}!')  # each\r\n",
    ),
    case(
        "above-a-line-that-goes-on-behind-a-backslash",
        'for topic in topics:\n    Task(subagent_type="a", \\\n        prompt=f"Review {topic}")\n',
        f'for topic in topics:\n    # {IGNORE}\n    Task(subagent_type="a", \\\n        prompt=f"Review {{topic}}")\n',
    ),
    case(
        "at-the-end-of-a-line-behind-a-backslash",
        'for topic in topics:\n    found = \\\n        Task(subagent_type="a", prompt=f"{topic}!")\n',
        f'for topic in topics:\n    found = \\\n        Task(subagent_type="a", prompt=f"{{topic}}!")  # {IGNORE}\n',
    ),
    case(
        "above-the-statement-where-no-line-of-it-can-hold-a-comment",
        'for topic in topics:\n    found = \\\n        Task(subagent_type="a", \\\n             prompt=f"{topic}!")\n',
        f"for topic in topics:\n    # {IGNORE}\n    found = \\\n"
        '        Task(subagent_type="a", \\\n             prompt=f"{topic}!")\n',
    ),
    case(
        "above-a-line-that-begins-a-long-string",
        'for topic in topics:\n    Task(subagent_type="a", prompt=f"""Review\n# {topic}""")\n',
        f'for topic in topics:\n    # {IGNORE}\n    Task(subagent_type="a", prompt=f"""Review\n# {{topic}}""")\n',
    ),
    case(
        "above-the-statement-between-two-long-strings",
        'for topic in topics:\n    send("""one\n""", Task(subagent_type="a", prompt=f"""\n{topic}"""))\n',
        f"for topic in topics:\n    # {IGNORE}\n"
        '    send("""one\n""", Task(subagent_type="a", prompt=f"""\n{topic}"""))\n',
    ),
    case(
        "one-comment-for-a-statement",
        "found = [\n    [Task(subagent_type='a', prompt=f'{topic}!') for topic in topics],\n"
        "    [Task(subagent_type='b', prompt=f'{topic}!') for topic in topics],\n]\n",
        "found = [\n    [Task(subagent_type='a', prompt=f'{topic}!') for topic in topics],"
        f"  # {IGNORE}\n    [Task(subagent_type='b', prompt=f'{{topic}}!') for topic in topics],\n]\n",
    ),
    case(
        "several-rules-in-one-comment",
        f"Task(subagent_type='a', prompt=p); log = await scan(); {SAME}; {SAME}\n",
        f"Task(subagent_type='a', prompt=p); log = await scan(); {SAME}; {SAME}"
        "  # taskfan: ignore[await-between-dispatches, conflicting-outputs]\n",
    ),
    case(
        "a-list-goes-on-and-keeps-its-reason",
        f"Task(subagent_type='a', prompt=p); log = await scan(); {SAME}; {SAME}  # {CONFLICT}] -- why\n",
        f"Task(subagent_type='a', prompt=p); log = await scan(); {SAME}; {SAME}"
        f"  # {CONFLICT}, await-between-dispatches] -- why\n",
    ),
    case(
        "a-list-above-goes-on",
        f"# {CONFLICT},] -- why\n# more words\nTask(subagent_type='a', prompt=p); log = await scan(); {SAME}; {SAME}\n",
        f"# {CONFLICT}, await-between-dispatches] -- why\n# more words\n"
        f"Task(subagent_type='a', prompt=p); log = await scan(); {SAME}; {SAME}\n",
    ),
    case(
        "a-list-in-the-header-of-a-loop-does-not-go-on",
        "for topic in topics:  # taskfan: ignore[wide-fan-out]\n    Task(subagent_type='a', prompt=f'{topic}!')\n",
        "for topic in topics:  # taskfan: ignore[wide-fan-out]\n"
        f"    Task(subagent_type='a', prompt=f'{{topic}}!')  # {IGNORE}\n",
    ),
    case("python-fence", fenced(LOOP), fenced(f"{LOOP}  # {IGNORE}"), "plan.md"),
    case(
        "fence-in-a-quoted-list",
        "> - So:\n>   ```python\n>   for topic in topics:\n>       Task('a', f'{topic}!')  # each\n>   ```\n",
        "> - So:\n>   ```python\n>   for topic in topics:\n"
        f">       # {IGNORE}\n>       Task('a', f'{{topic}}!')  # each\n>   ```\n",
        "plan.md",
    ),
    case(
        "script-fence",
        fenced("for (const t of topics) {\n  await Task({prompt: `Review ${t}`});\n}", "js"),
        fenced(
            f"for (const t of topics) {{\n  await Task({{prompt: `Review ${{t}}`}});  // {IGNORE}\n}}",
            "js",
        ),
        "plan.md",
    ),
    case(
        "script-fence-with-a-long-template",
        fenced("for (const t of topics) {\n  await Task({prompt: `\n    ${t}`});\n}", "js"),
        fenced(f"for (const t of topics) {{\n  // {IGNORE}\n  await Task({{prompt: `\n    ${{t}}`}});\n}}", "js"),
        "plan.md",
    ),
    case(
        "pseudo-code-fence",
        fenced("FOR EACH topic:\n  Task(subagent_type: 'a', prompt: `Review {topic}`, ...)", ""),
        fenced(f"FOR EACH topic:\n  Task(subagent_type: 'a', prompt: `Review {{topic}}`, ...)  # {IGNORE}", ""),
        "plan.md",
    ),
    case(
        "fence-without-room-for-a-comment",
        f"- Launch:\n\n  {PROSE}",
        f"- Launch:\n\n  <!-- taskfan: ignore-next-fence[await-between-dispatches] -->\n  {PROSE}",
        "plan.md",
    ),
    case(
        "the-comment-before-a-fence-goes-on",
        f"<!-- taskfan: ignore-next-fence[wide-fan-out] -- why -->\n{fenced(LOOP)}",
        f"<!-- taskfan: ignore-next-fence[wide-fan-out, dispatch-in-loop] -- why -->\n{fenced(LOOP)}",
        "plan.md",
    ),
]


@pytest.mark.parametrize(("path", "before", "after"), CASES)
def test_a_finding_gets_a_comment(path: str, before: str, after: str) -> None:
    assert added(before, path) == (after, [])


@pytest.mark.parametrize(("path", "before", "after"), CASES)
def test_a_second_run_adds_nothing(path: str, before: str, after: str) -> None:
    assert added(after, path) == (after, [])


def test_a_reason_stands_behind_the_rules() -> None:
    assert added(f"{LOOP}\n", reason="one by one") == (f"{LOOP}  # {IGNORE} -- one by one\n", [])


def test_what_no_comment_suppresses_stays_and_is_reported() -> None:
    text = 'Task(subagent_type="a", prompt=p\n'
    assert added(text) == (text, ["syntax-error"])


def test_one_finding_that_cannot_be_suppressed_keeps_no_other_one() -> None:
    unused = "# taskfan: ignore[wide-fan-out]\n\n"
    text, checked = add_ignores(Document(Path("run.py"), f"{unused}{LOOP}\n{LOOP}\n"), Settings())
    assert text == f"{unused}{LOOP}  # {IGNORE}\n{LOOP}  # {IGNORE}\n"
    assert [finding.code for finding in checked.findings] == ["unused-suppression"]


def test_counter_examples_get_no_comment() -> None:
    text = f"**WRONG**\n\n{fenced(LOOP)}"
    assert added(text, "plan.md") == (text, [])


def test_one_finding_is_suppressed_alone() -> None:
    document = Document(Path("run.py"), f"{LOOP}\n{LOOP}\n")
    second = engine.check(document, Settings()).findings[1]
    edit = ignore_edit(document, second, Settings())
    assert edit is not None
    assert apply(document.text, [edit]) == f"{LOOP}\n{LOOP}  # {IGNORE}\n"


def test_one_finding_is_not_suppressed_where_others_would_be_with_it() -> None:
    document = Document(Path("plan.md"), f"{PROSE}".replace("\n  ", "\n").replace("This", 'Task("c", "d")\n\nThis'))
    findings = engine.check(document, Settings()).findings
    assert [ignore_edit(document, one, Settings()) for one in findings] == [None, None]


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(programs())
def test_a_program_with_suppressions_is_silent_and_does_the_same(program: Program) -> None:
    document = Document(Path(program.path), program.text)
    text, checked = add_ignores(document, Settings(), reason="known")
    assert checked.findings == ()
    assert ast.dump(ast.parse(program.code(text))) == ast.dump(ast.parse(program.code(program.text)))
    assert add_ignores(replace(document, text=text), Settings())[0] == text


def test_add_ignore_writes_and_says_how_much(cli: Cli) -> None:
    Path("run.py").write_bytes(f"{LOOP}\r\n".encode())
    Path("run.py").chmod(0o640)
    done = cli("--add-ignore=one by one", "run.py")
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr.decode() == "1 finding suppressed in 1 file, none left\n1 file checked (1 Python)\n"
    assert Path("run.py").read_bytes() == f"{LOOP}  # {IGNORE} -- one by one\r\n".encode()
    assert Path("run.py").stat().st_mode & 0o777 == 0o640
    again = cli("--add-ignore", "run.py")
    assert (again.returncode, again.stderr) == (0, b"no findings\n1 file checked (1 Python)\n")


def test_add_ignore_without_a_reason_takes_no_path_for_one(cli: Cli) -> None:
    Path("run.py").write_text(LOOP)
    assert cli("--add-ignore", "run.py", "-q").returncode == 0
    assert Path("run.py").read_text() == f"{LOOP}  # {IGNORE}"


def test_add_ignore_passes_standard_input_on(cli: Cli) -> None:
    done = cli("--add-ignore", "--stdin-filename", "run.py", "-q", input=LOOP.encode())
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{LOOP}  # {IGNORE}".encode(), b"")


def test_add_ignore_leaves_what_its_encoding_cannot_hold(cli: Cli) -> None:
    text = f"# coding: latin-1\n{LOOP}\n"
    Path("run.py").write_text(text)
    done = cli("--add-ignore=\u2764", "-q", "--output-format=concise")
    assert done.returncode == 2
    assert done.stderr == b"taskfan-lint: error: run.py: cannot be written: the new text is not iso-8859-1 text\n"
    assert Path("run.py").read_text() == text


@pytest.mark.parametrize("reason", ["a\nb", " a", "a-->"])
def test_a_reason_is_one_line_that_ends_no_comment(cli: Cli, reason: str) -> None:
    done = cli(f"--add-ignore={reason}", ".")
    assert done.returncode == 2
    assert done.stderr.decode() == (
        "taskfan-lint: error: Invalid value for '--add-ignore': a reason is one line, without blanks around it and"
        " without `-->`\ntry `taskfan-lint --help`\n"
    )


@pytest.mark.parametrize("other", ["--fix", "--diff"])
def test_suppressions_are_not_written_together_with_fixes(cli: Cli, other: str) -> None:
    done = cli("--add-ignore", other)
    assert done.returncode == 2
    assert done.stderr.decode() == (
        "taskfan-lint: error: `--add-ignore` goes without `--fix` and `--diff`\ntry `taskfan-lint --help`\n"
    )
