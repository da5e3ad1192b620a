"""The command `check`: from the choices of the command line to output and exit status."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from taskfan_lint import console
from taskfan_lint.choices import Choices
from taskfan_lint.config import Configs
from taskfan_lint.examining import examine
from taskfan_lint.files import Found, Problem, Skipped, Source, excluded, repository, search
from taskfan_lint.kinds import PYTHON, kind
from taskfan_lint.outcome import Clean, Mode, Outcome, fails
from taskfan_lint.outputs import FOR_PEOPLE, Output, for_machines, write
from taskfan_lint.report import STDIN, Look
from taskfan_lint.run import run
from taskfan_lint.selection import Selected, SelectionError, select
from taskfan_lint.settings import Settings
from taskfan_lint.summary import Run, statistics, summary

if TYPE_CHECKING:
    from pathlib import Path


Walk = Callable[[], Iterator[Found]]


def check(choices: Choices) -> int:
    """Run and return the exit status; raises ConfigError for the configuration that the command line names."""
    configs = Configs(choices.layer, file=choices.config, isolated=choices.isolated)
    if choices.why:
        return _explain(choices, configs)
    paths = choices.paths or (".",)
    if choices.stdin:
        paths = (choices.stdin_filename or STDIN,)

    def walk() -> Iterator[Found]:
        if choices.stdin:
            return iter([stdin_source(paths[0], configs, choices.force_exclude)])
        return search(paths, configs, force_exclude=choices.force_exclude)

    try:
        return _checked(walk, paths, choices)
    except SelectionError as error:
        console.tell("error", str(error))
        return 2


def _checked(walk: Walk, paths: tuple[str, ...], choices: Choices) -> int:
    """Check what is found and return the exit status; raises SelectionError, and ConfigError for a baseline."""
    others: list[Found] = []
    clean: dict[str, int] = {}
    if choices.streams:
        outcomes = _streamed(walk, others, choices, clean)
        return _tell(Run(outcomes, choices.mode, 0, clean), others, paths, choices)
    sources = sorted(_sources(walk(), others), key=lambda source: source.file)
    selected = select(sources, choices.selection, _look(choices))
    if choices.show_files or choices.show_settings:
        return _show(selected.sources, others, choices)
    if choices.show_exempt:
        return _show_exempt(selected.sources, sources, others, choices)
    outcomes = _under_baselines(selected.sources, sources, choices, clean)
    if selected.changes is not None:
        settings = {each.path: each.settings for each in selected.sources}
        outcomes = tuple(_narrowed(each, selected, settings) for each in outcomes)
    run_ = Run(outcomes, choices.mode, len(sources) - len(selected.sources), clean)
    return _tell(run_, others, paths, choices)


def _sources(found: Iterator[Found], others: list[Found]) -> Iterator[Source]:
    """Yield the files to check, and put aside in `others` what else was found."""
    for each in found:
        if isinstance(each, Source):
            yield each
        else:
            others.append(each)


def _streamed(walk: Walk, others: list[Found], choices: Choices, clean: dict[str, int]) -> tuple[Outcome, ...]:
    """Return the outcomes of files that are checked while others are found, so that no list of them is kept.

    Only where a Python file may dispatch are they walked over again, for functions that they share.
    """
    known: dict[Path, Settings] = {}

    def noted() -> Iterator[Source]:
        for each in _sources(walk(), others):
            if each.settings.baseline:
                known[each.path] = each.settings
            yield each

    outcomes = _run(noted(), None, choices, clean)
    if _may_dispatch(outcomes):
        every = list(_sources(walk(), []))
        outcomes = _followed(outcomes, every, every, choices, clean)
    outcomes.sort(key=_path)
    if not known:
        return tuple(outcomes)
    from taskfan_lint import sparing  # lazy: most runs have no baseline

    look = None if choices.quiet else _look(choices)
    return sparing.spare(tuple(outcomes), known, sparing.load(known, None, None), look)


def _under_baselines(
    sources: list[Source], every: list[Source], choices: Choices, clean: dict[str, int]
) -> tuple[Outcome, ...]:
    """Return the outcomes without the findings that are known; baselines are read before any file is fixed."""
    if not (choices.baseline or choices.write_baseline or any(each.settings.baseline for each in sources)):
        return _outcomes(sources, every, choices, clean)
    from taskfan_lint import sparing  # lazy: most runs have no baseline

    settings = {each.path: each.settings for each in sources}
    baselines = sparing.load(settings, choices.baseline, choices.write_baseline)
    outcomes = _outcomes(sources, every, choices, clean)
    if choices.write_baseline:
        place, look = choices.write_baseline, _look(choices)
        baselines = sparing.rewrite(place, baselines, outcomes, settings, look, choices.quiet)
    tells = not (choices.write_baseline or choices.quiet)
    return sparing.spare(outcomes, settings, baselines, _look(choices) if tells else None)


def _outcomes(
    sources: list[Source], every: list[Source], choices: Choices, clean: dict[str, int]
) -> tuple[Outcome, ...]:
    """Return the outcomes by path, and count in `clean` the files that have none; `every` file may hold functions."""
    if choices.stdin:
        return _run_stdin(sources, choices)
    outcomes = _run(sources, len(sources), choices, clean)
    if sources != every or _may_dispatch(outcomes):
        outcomes = _followed(outcomes, sources, every, choices, clean)
    return tuple(sorted(outcomes, key=_path))


def _run(sources: Iterable[Source], total: int | None, choices: Choices, clean: dict[str, int]) -> list[Outcome]:
    """Return the outcomes as they come, and count in `clean` the files that have none."""
    steps = run(sources, choices.job)
    outcomes = []
    for step in console.progress(steps, total, silent=choices.quiet):
        if isinstance(step, Clean):
            clean[step.kind] = clean.get(step.kind, 0) + 1
        else:
            outcomes.append(step)
    return outcomes


def _may_dispatch(outcomes: Iterable[Outcome]) -> bool:
    return any(outcome.document and kind(str(outcome.path)) is PYTHON for outcome in outcomes)


def _followed(
    outcomes: list[Outcome], sources: list[Source], every: list[Source], choices: Choices, clean: dict[str, int]
) -> list[Outcome]:
    from taskfan_lint import following  # lazy: only where a Python file may dispatch

    return following.follow(outcomes, sources, every, clean, choices.job)


def _path(outcome: Outcome) -> str:
    return os.fspath(outcome.path)


def _narrowed(outcome: Outcome, selected: Selected, settings: Mapping[Path, Settings]) -> Outcome:
    """Return an outcome with the findings that a change touched, where the command line asks for them."""
    kept = selected.touched(outcome.path, outcome.text, outcome.checked.findings)
    if len(kept) == len(outcome.checked.findings):
        return outcome
    checked = outcome.checked._replace(findings=kept)
    return outcome._replace(checked=checked, fails=fails(kept, settings[outcome.path]))


def stdin_source(name: str, configs: Configs, force_exclude: bool) -> Found:
    """Return standard input under the name of a file, or that this file is excluded."""
    absolute = os.path.abspath(name)
    settings = configs.settings(os.path.dirname(absolute))
    if force_exclude and name != STDIN and excluded(absolute, settings):
        return Skipped(absolute, "is excluded", wanted=True)
    return Source(STDIN if name == STDIN else absolute, settings)


def _run_stdin(sources: list[Source], choices: Choices) -> tuple[Outcome, ...]:
    """Check standard input; in a mode that writes, its text goes on to standard output, changed or as it came."""
    raw = console.standard_input()
    outcomes = tuple(examine(each.path, raw, each.settings, choices.job) for each in sources)
    if choices.mode.writes:
        fixed = [outcome.document.encode(outcome.text) for outcome in outcomes if outcome.document]
        console.out(b"".join(fixed or [raw]))
    return outcomes


def _show(sources: list[Source], found: list[Found], choices: Choices) -> int:
    """Print the files that would be checked, or the settings of the first one."""
    if choices.show_files:
        console.out("".join(f"{_look(choices).path(source.path)}\n" for source in sources))
    elif sources:
        from taskfan_lint.options import dump  # lazy: only where it is asked for

        name = _look(choices).path(sources[0].path)
        console.out(f"# the settings of {name}\n\n{dump(sources[0].settings)}")
    return 2 if _problems(found, choices) else 0


def _explain(choices: Choices, configs: Configs) -> int:
    from taskfan_lint import explaining  # lazy: only for who asks why

    try:
        explaining.why(str(choices.why), configs, _look(choices), as_json=_as_json(choices), known=choices.baseline)
    except explaining.PlaceError as error:
        console.tell("error", str(error))
        return 2
    return 0


def _show_exempt(sources: list[Source], every: list[Source], found: list[Found], choices: Choices) -> int:
    """Print what is spared in the files, and why."""
    from taskfan_lint import explaining, following  # lazy: as above

    outcomes = _outcomes(sources, every, choices._replace(mode=Mode.CHECK), {})
    settings = {source.path: source.settings for source in sources}
    documents = [(one.document, settings[one.path]) for one in outcomes if one.document]
    index = following.index(list(following.members(outcomes, sources, every)), every)
    explaining.show_exempt(documents, _look(choices), index, as_json=_as_json(choices))
    failed = _problems(found, choices)
    return 2 if any(outcome.error for outcome in outcomes) or failed else 0


def _as_json(choices: Choices) -> bool:
    return any(output.format == "json" for output in choices.outputs)


def _tell(run: Run, found: list[Found], paths: Iterable[str], choices: Choices) -> int:
    if choices.mode is Mode.DIFF:
        console.out(b"".join(_diff(outcome, choices) for outcome in run.outcomes))
    failed = not _write_outputs(run, choices)
    failed = _problems(found, choices) or failed
    failed = _troubles(run, choices) or failed
    if not choices.quiet and not for_machines(choices.outputs) and (run.outcomes or run.clean or not failed):
        skipped = sum(isinstance(each, Skipped) for each in found)
        for line in summary(run, skipped, paths, _look(choices), all_places=choices.verbose):
            console.err(line)
    if failed:
        return 2
    would_change = choices.mode is Mode.DIFF and any(outcome.changed for outcome in run.outcomes)
    return int((would_change or any(outcome.fails for outcome in run.outcomes)) and not choices.exit_zero)


def _diff(outcome: Outcome, choices: Choices) -> bytes:
    if outcome.document is None or not outcome.changed:
        return b""
    from taskfan_lint.diff import unified  # lazy: only where something would change

    return unified(outcome.document, outcome.text, _look(choices).path(outcome.path))


def _write_outputs(run: Run, choices: Choices) -> bool:
    """Write each output where it belongs; return whether all could be written."""
    reports = [outcome.report for outcome in run.outcomes if outcome.report is not None]
    fixed_text = choices.stdin and choices.mode.writes  # has gone to standard output, so findings can't
    asked = [output for output in choices.outputs if not _left_out(output, choices)]
    done = write(asked, reports, _look(choices), console.err if fixed_text else console.out)
    if choices.statistics:
        (console.err if for_machines(choices.outputs) else console.out)(statistics(run))
    return done


def _left_out(output: Output, choices: Choices) -> bool:
    """Tell whether a diff or statistics stand in place of an output."""
    for_people = choices.statistics and output.format in FOR_PEOPLE
    return output.file is None and (choices.mode is Mode.DIFF or for_people)


def _problems(found: list[Found], choices: Choices) -> bool:
    return tell_problems(found, _look(choices), quiet=choices.quiet, verbose=choices.verbose)


def tell_problems(found: Iterable[Found], look: Look, *, quiet: bool, verbose: bool) -> bool:
    """Say what is wrong with the paths; return whether something is."""
    problems = False
    for each in found:
        if isinstance(each, Skipped) and not quiet and (verbose or not each.wanted):
            console.tell("warning", f"{look.path(each.path)}: {each.reason}, skipped")
        elif isinstance(each, Problem):
            console.tell("error", f"{look.path(each.path)}: {each.reason}")
            problems = True
    return problems


def _troubles(run: Run, choices: Choices) -> bool:
    """Say which files failed or were refused; return whether one failed."""
    look = _look(choices)
    for outcome in run.outcomes:
        path = look.path(outcome.path)
        if outcome.error:
            console.tell("error", f"{path}: {outcome.error}")
        if outcome.trace and choices.verbose:
            console.err(outcome.trace)
        if not choices.quiet:
            reasons = [f": {outcome.refused}"] if outcome.refused else []
            for reason in [*reasons, *(f":{place.row}: {place.reason}" for place in outcome.checked.refused)]:
                console.tell("warning", f"{path}{reason}")
    return any(outcome.error for outcome in run.outcomes)


def _look(choices: Choices) -> Look:
    folder = os.getcwd()
    return Look(console.colors(choices.color), folder, repository(folder))
