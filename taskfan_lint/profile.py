"""Which calls start a sub-agent, which wait for one, and what other calls between dispatches mean."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from taskfan_lint.gates import AGENT_KEYWORDS as AGENT_KEYWORDS
from taskfan_lint.gates import BUILT_IN_NAMES as BUILT_IN_NAMES
from taskfan_lint.gates import MARKED_NAMES as MARKED_NAMES
from taskfan_lint.gates import SIMPLE_NAMES as SIMPLE_NAMES
from taskfan_lint.gates import TYPE_ARGUMENTS as TYPE_ARGUMENTS
from taskfan_lint.gates import dispatch_words as dispatch_words
from taskfan_lint.gates import gate as gate
from taskfan_lint.settings import Settings

TOOL_KEYWORDS = frozenset(
    {"agent", "background", "context", "description", "input", "instruction", "instructions_file", "isolation",
     "message", "prompt", "resume", "run_in_background", "task", "type"}
)  # fmt: skip
OPTION_KEYWORDS = frozenset({"max_turns", "mode", "model", "name", "team_name"})  # beside a text they tell nothing else
FOREIGN_KEYWORDS = frozenset(
    {"args", "assigned_to", "assignee", "backstory", "completed", "created_at", "deadline", "depends_on", "deps_type",
     "done", "due", "due_date", "estimated_hours", "execute", "expected_output", "func", "function", "goal", "handoffs",
     "id", "instructions", "kwargs", "llm", "output_type", "owner", "priority", "queue", "result_type", "role", "state",
     "status", "system_prompt", "target", "task_id", "title", "user", "user_id", "verbose"}
)  # fmt: skip
PROMPT_KEYWORDS = ("prompt", "description", "message", "task", "instruction", "context", "input")
OUTPUT_KEYWORDS = ("output", "output_file", "output_path", "out")
SHARED_KEYWORDS = frozenset({"session", "session_id", "thread", "thread_id", "worktree"})

COMBINERS = frozenset({"gather", "wait", "as_completed", "parallel", "all", "allSettled", "race", "any", "wait_all"})
PLAIN_COMBINERS = frozenset({"gather", "parallel", "as_completed", "wait_all"})
AGENT_WAITERS = frozenset({"wait_agent", "TaskOutput", "AgentOutputTool"})
WAITERS = frozenset({"gather", "wait", "wait_all", "wait_for"}) | AGENT_WAITERS
HANDLE_WAITERS = frozenset({"result", "join", "get", "wait"})
STARTERS = frozenset({"create_task", "ensure_future", "submit", "start_soon", "spawn", "apply_async", "run_coroutine"})
BACKGROUND_NAMES = frozenset({"spawn_agent"})

_ASKS = re.compile(
    r"(?:^|_)(?:ask|input|confirm|approve|approval|prompt_user|clarify)(?:_|$)|user(?:_?question|_?input)"
)
_LIMITS = re.compile(r"(?:^|_)(?:sleep|throttle|limiter|limit|rate_?limit\w*|semaphore|acquire|backoff)(?:_|$)")
_CHECKS = re.compile(
    r"(?:^|_)(?:tests?|pytest|jest|lint|linter|verify|check|checks|validate|assert\w*|typecheck|smoke|rollback)(?:_|$)"
)
_CHECK_COMMAND = re.compile(
    r"\b(?:pytest|tox|nox|jest|vitest|mocha|ruff|mypy|eslint|tsc|make|go (?:test|vet|build)|cargo (?:test|check|build)|"
    r"git (?:commit|merge|push)|(?:npm|pnpm|yarn|bun)(?: run)? (?:test|lint|build|typecheck|check)\b)"
)
_SERIAL = re.compile(
    r"(?:^|[_\W])(?:sequential(?:ly)?|serial(?:ly)?|in[_ ](?:order|sequence)"
    r"|one[_ ](?:by[_ ]one|at[_ ]a[_ ]time|after[_ ]another))(?:$|[_\W])",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_EARLIER = re.compile(
    r"\b(?:previous|prior|earlier|preceding|above)\s+(?:\w+\s+){0,2}?(?:handoffs?|agents?|results?|outputs?|findings|"
    r"phases?|steps?|stages?|tasks?|analys[ei]s|reviews?|reports?|research)\b"
    r"|\b(?:based|building|depend\w*|relying)\s+(?:up)?on\s+(?:the\s+)?(?:\w+['’]?s?\s+){0,3}?(?:findings|results?|outputs?|"
    r"analys[ei]s|reports?|research|plan|design|spec(?:ification)?|architecture|handoffs?)\b"
    r"|\b(?:results?|outputs?|findings|reports?|analys[ei]s)\s+(?:from|of|by)\s+(?:the\s+)?(?:\w+[\s-]+){0,3}?"
    r"(?:agents?|task|step|phase|stage|reviewers?|researchers?|wave|round)\b"
    r"|\[(?:\w+[\s-]+){0,3}(?:results?|outputs?|findings|handoffs?)\]"
    r"|\bcontinue\s+(?:from\s+)?where\b|\bpick(?:ing)?\s+up\s+where\b"
    r"|\b(?:previous|prior)(?:\s+agents?)?[ \t]*:[ \t]*(?!none\b|n/?a\b)[^\W\d_]"
    r"|\bmemory(?:[ \t_]+(?:retrieve|recall)\b|_(?:get|read|search|query)\b"
    r"|[ \t]+(?:get|read|search|query)\s+(?:--|keys?\b|[\"'`]))"
    r"|\bretriev\w*\s+(?:[\w-]+\s+){0,4}?from\s+(?:the\s+)?(?:shared\s+)?memory\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\{\s*([A-Za-z_]\w*)\s*\}")
_RESULTS = frozenset({"findings", "handoff", "output", "outputs", "result", "results", "verdict"})
_PROMISES = frozenset({"promises", "futures", "coroutines"})
_OUTCOMES = _RESULTS | frozenset(
    {"accepted", "approved", "approves", "blockers", "blocking", "clean", "completed", "confidence", "confirmed",
     "consensus", "defects", "detected", "done", "errors", "failed", "failing", "fails", "failure", "failures", "found",
     "issues", "outcome", "passed", "passes", "passing", "rejected", "rejects", "resolved", "score", "status",
     "succeeded", "succeeds", "success", "successful", "unresolved", "verified", "violations"}
)  # fmt: skip


class Callee(NamedTuple):
    """What a front end knows of a call's name: as written, and where it comes from.

    `origin` is the full name it was imported as, "" for a name that the code neither imports nor defines, None for
    one that it defines itself.
    """

    name: str
    origin: str | None = ""


class Shape(NamedTuple):
    """A call's arguments: its keywords (those of an object argument too), and whether it has a string or object."""

    keywords: frozenset[str]
    strings: bool = False
    objects: bool = False


class Verdict(NamedTuple):
    """Whether a call dispatches a sub-agent, and how that was decided: what is known of its name and arguments."""

    dispatches: bool
    reason: str


NO_DISPATCH = Verdict(False, "its name is none of a dispatch")


def may_be_named(name: str, settings: Settings) -> bool:
    """Tell whether a dispatch can have this name."""
    return name in BUILT_IN_NAMES or name in settings.dispatch_names


def is_dispatch(callee: Callee, shape: Shape, settings: Settings, *, fenced: bool, foreign: bool = False) -> bool:
    """Tell whether a call dispatches a sub-agent; `foreign` where other code of the document imports the name."""
    return judge(callee, shape, settings, fenced=fenced, foreign=foreign).dispatches


def judge(callee: Callee, shape: Shape, settings: Settings, *, fenced: bool, foreign: bool = False) -> Verdict:
    """Return whether a call dispatches a sub-agent, and why; `foreign` where other code of the document imports it."""
    if callee.name in settings.dispatch_names:
        return Verdict(True, "`dispatch-names` has its name")
    if callee.origin:
        where = f"it is imported as `{callee.origin}`"
        if callee.origin in settings.dispatch_names:
            return Verdict(True, f"{where}, which `dispatch-names` has")
        return Verdict(_configured(callee.origin, settings), f"{where}, and `dispatch-modules` decides about imports")
    if callee.origin is None:
        return Verdict(False, "its name is defined here")
    if callee.name not in BUILT_IN_NAMES:
        return NO_DISPATCH
    free = "nothing here imports or defines its name"
    if agents := sorted(shape.keywords & AGENT_KEYWORDS):
        return Verdict(True, f"{free}, and it names an agent by `{agents[0]}`")
    if not fenced:
        return Verdict(False, "outside of prompts only a call with `subagent_type` or `agent_type` dispatches")
    if foreign:
        return Verdict(False, "other code of this document imports or defines its name")
    if callee.name in MARKED_NAMES:
        return Verdict(False, f"`{callee.name}` dispatches only with `subagent_type` or `agent_type`")
    return _told(shape, free)


def _told(shape: Shape, free: str) -> Verdict:
    """Return the verdict on a call in a prompt by what it tells the agent."""
    if strangers := sorted(shape.keywords & FOREIGN_KEYWORDS):
        return Verdict(False, f"`{strangers[0]}` is an argument of another library")
    if told := sorted(shape.keywords & TOOL_KEYWORDS):
        return Verdict(True, f"{free}, and it tells an agent something by `{told[0]}`")
    if shape.keywords and not (shape.strings and shape.keywords <= OPTION_KEYWORDS):
        return Verdict(False, "none of its arguments is one of a dispatch")
    if shape.strings or shape.objects:
        return Verdict(True, f"{free}, and it tells an agent something")
    return Verdict(False, "it tells an agent nothing")


def _configured(origin: str, settings: Settings) -> bool:
    module, _, name = origin.rpartition(".")
    known = origin in settings.dispatch_names
    return known or (name in BUILT_IN_NAMES and any(_inside(module, one) for one in settings.dispatch_modules))


def _inside(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def is_combiner(name: str, settings: Settings) -> bool:
    """Tell whether a call by this name takes several started calls and runs them together."""
    last = name.rpartition(".")[2]
    if "." in name and last in {"all", "any", "race", "allSettled"}:
        return name.startswith("Promise.")
    return last in PLAIN_COMBINERS or name in {"asyncio.wait", "wait"} or last in settings.wait_names


def is_waiter(name: str, settings: Settings) -> bool:
    """Tell whether a call by this name waits for what it is given."""
    last = name.rpartition(".")[2]
    return last in WAITERS or name in settings.wait_names or last in settings.wait_names


def waits_for_agents(name: str) -> bool:
    """Tell whether a call by this name waits for an agent by its handle, and for nothing else."""
    return name.rpartition(".")[2] in AGENT_WAITERS


def is_handle_waiter(name: str) -> bool:
    """Tell whether a method of this name waits, where its receiver is what a dispatch returned."""
    return "." in name and name.rpartition(".")[2] in HANDLE_WAITERS


def is_starter(name: str) -> bool:
    """Tell whether a call by this name starts the call that it is given and returns at once."""
    return name.rpartition(".")[2] in STARTERS


def words(name: str) -> str:
    """Return a name as lower-case words joined by `_`: `askUserQuestion` gives `ask_user_question`."""
    return _CAMEL.sub("_", name).replace(".", "_").lower()


def outcome_names(names: Iterable[str]) -> frozenset[str]:
    """Return the names of a test that speak of what some work came to: `tests_passed`, `issuesFound`, `verdict`."""
    return frozenset(name for name in names if not _OUTCOMES.isdisjoint(words(name).split("_")))


def holds_promises(name: str) -> bool:
    """Tell whether a name says that it holds calls that still run: `reviewPromises`, `futures`."""
    return words(name).rpartition("_")[2] in _PROMISES


def asks_user(name: str) -> bool:
    """Tell whether a call by this name asks a person."""
    return bool(_ASKS.search(words(name)))


def limits_rate(name: str) -> bool:
    """Tell whether a call or context by this name slows the run down on purpose."""
    return bool(_LIMITS.search(words(name)))


def checks(name: str, texts: Iterable[str] = ()) -> bool:
    """Tell whether a call tests or checks what was done so far, by its name or by the command that it runs."""
    return bool(_CHECKS.search(words(name))) or any(_CHECK_COMMAND.search(text) for text in texts)


def is_serial(text: str) -> bool:
    """Tell whether the source of a test speaks of running in sequence."""
    return bool(_SERIAL.search(_CAMEL.sub("_", text)))


def asks_for_earlier(prompt: str) -> bool:
    """Tell whether a prompt's own words ask for the result of an earlier agent."""
    return bool(_EARLIER.search(prompt))


def result_places(prompt: str) -> frozenset[str]:
    """Return the names in a prompt's placeholders that speak of a result: `{planOutput}`, `${review_findings}`."""
    return frozenset(name for name in _PLACE.findall(prompt) if words(name).rpartition("_")[2] in _RESULTS)
