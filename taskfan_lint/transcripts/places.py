"""Where transcripts are: the files of a folder, the newest session of a project, and the files of sub-agents."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

LONGEST_NAME = 200


def in_folder(folder: Path) -> list[Path]:
    """Return the transcripts that a folder means: the session that it belongs to, else all sessions in it."""
    own = folder.with_name(folder.name + ".jsonl") if folder.name else folder
    if own.is_file():
        return [own]
    return sorted(sessions(folder))


def sessions(folder: Path) -> Iterator[Path]:
    """Yield the transcripts of sessions in a folder, those of their sub-agents left out."""
    yield from (file for file in folder.glob("*.jsonl") if not is_agent(file) and file.is_file())


def is_agent(file: Path) -> bool:
    """Tell whether a transcript is that of a sub-agent, by its name."""
    return file.name.startswith("agent-")


def latest(here: Path) -> Path | None:
    """Return the newest session that was held in a folder, or else in the closest one above it in its repository."""
    for folder in (here, *here.parents):
        found = [file for project in _projects(folder) for file in sessions(project)]
        if found:
            return max(found, key=lambda file: (file.stat().st_mtime_ns, file.name))
        if (folder / ".git").exists():
            break
    return None


def homes() -> tuple[Path, ...]:
    """Return the configuration folders of Claude Code: the one that CLAUDE_CONFIG_DIR names, else the usual ones."""
    named = os.environ.get("CLAUDE_CONFIG_DIR")
    if named:
        return (Path(named).expanduser(),)
    configuration = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path("~/.claude").expanduser(), Path(configuration).expanduser() / "claude"


def _projects(folder: Path) -> Iterator[Path]:
    name = re.sub(r"[^A-Za-z0-9]", "-", os.fspath(folder))
    for home in homes():
        if len(name) > LONGEST_NAME:  # longer names are cut, and end in a hash
            yield from sorted((home / "projects").glob(f"{name[:LONGEST_NAME]}-*"))
        yield home / "projects" / name


def agent_files(session: Path, agents: frozenset[str]) -> Iterator[Path]:
    """Yield the transcripts of a session's sub-agents, sorted by folder and name.

    Those in its own folder are all its own; of those beside it, where other sessions have theirs too, only the ones
    with a known id are.
    """
    own = session.with_suffix("")
    yield from sorted(file for file in own.glob("subagents/**/agent-*.jsonl") if file.is_file())
    ids = (agent for agent in sorted(agents) if re.fullmatch(r"[\w-]+", agent))
    yield from (file for file in (session.with_name(f"agent-{agent}.jsonl") for agent in ids) if file.is_file())
