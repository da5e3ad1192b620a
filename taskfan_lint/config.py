"""Configuration: finds and reads the closest file into Settings, and says what is wrong in it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from taskfan_lint.settings import DEFAULT, Settings

if TYPE_CHECKING:
    from pathlib import Path

NAMES = (".taskfan-lint.toml", "taskfan-lint.toml", "pyproject.toml")
TABLES = ("severity", "per_file_ignores", "durations")
SELECTION = ("select", "ignore", "extend_select")

Layer = Mapping[str, Any]


class ConfigError(Exception):
    """A configuration file cannot be used; `row` is 0 where the place is unknown."""

    def __init__(self, path: Path, row: int, reason: str) -> None:
        super().__init__(reason)
        self.path = f"{path}:{row}" if row else str(path)
        self.reason = reason


class Configs:
    """The settings of each folder: of the closest configuration file above it, under those of the command line."""

    def __init__(
        self, override: Layer | None = None, *, file: str | Path | None = None, isolated: bool = False
    ) -> None:
        self._override = override or {}
        self._folders: dict[str, Settings | ConfigError] = {}
        self._default = overlay(DEFAULT, self._override)
        self._fixed = isolated or file is not None
        if file is not None:
            self._default = overlay(_load(_path(file), DEFAULT._replace(root=_path(os.getcwd()))), self._override)

    def settings(self, folder: str) -> Settings:
        """Return the settings for the files of a folder (an absolute path); raises ConfigError."""
        if self._fixed:
            return self._default
        unknown = []
        while folder not in self._folders:
            unknown.append(folder)
            found = self._read(folder)
            if found is None and os.path.dirname(folder) == folder:
                found = self._default
            if found is not None:
                self._folders[folder] = found
                break
            folder = os.path.dirname(folder)
        result = self._folders[folder]
        self._folders.update(dict.fromkeys(unknown, result))
        if isinstance(result, ConfigError):
            raise result
        return result

    def _read(self, folder: str) -> Settings | ConfigError | None:
        try:
            name = next(filter(_configures, (os.path.join(folder, name) for name in NAMES)), None)
            if name is None:
                return None
            file = _path(name)
            return overlay(_load(file, DEFAULT._replace(root=file.parent)), self._override)
        except ConfigError as error:
            return error


def sources(folder: str) -> Iterator[Path]:
    """Yield the closest configuration file in or above a folder and those that it extends; raises ConfigError."""
    above = (folder, *map(os.fspath, _path(folder).parents))
    name = next(filter(_configures, (os.path.join(one, name) for one in above for name in NAMES)), None)
    file = _path(name) if name else None
    seen: set[Path] = set()
    while file is not None and file not in seen:
        seen.add(file)
        yield file
        raw = file.read_bytes()
        table = _table(file, raw) or {}
        file = _extended(file, raw.decode("utf-8"), table["extend"]) if "extend" in table else None


def overlay(settings: Settings, layer: Layer) -> Settings:
    """Return `settings` under a layer of later ones.

    A later `select` starts anew, as in Ruff: what earlier layers ignored or added is forgotten. `ignore` and the
    `extend-` keys add up, a later one of them wins against an earlier one. Tables are joined key by key.
    """
    selection = _select(settings, layer)
    tables = {name: {**getattr(settings, name), **layer[name]} for name in TABLES if name in layer}
    more = layer.get("extend_exclude", ())
    rest = {name: value for name, value in layer.items() if name not in SELECTION}
    return settings._replace(**{**rest, **tables, **selection, "extend_exclude": (*settings.extend_exclude, *more)})


def _select(settings: Settings, layer: Layer) -> dict[str, Any]:
    ignore, more = layer.get("ignore", ()), layer.get("extend_select", ())
    if "select" in layer:
        return {"select": layer["select"], "ignore": ignore, "extend_select": more}
    return {
        "ignore": (*(name for name in settings.ignore if name not in more), *ignore),
        "extend_select": (*(name for name in settings.extend_select if name not in ignore), *more),
    }


def _path(file: str | Path) -> Path:
    from pathlib import Path  # lazy: only where a configuration exists

    return Path(file)


def _configures(file: str) -> bool:
    """Tell whether a file is there and speaks of this linter; a pyproject.toml is parsed only if it may."""
    if not file.endswith("pyproject.toml"):
        return os.path.isfile(file)
    try:
        with open(file, "rb") as stream:
            raw = stream.read()
    except OSError:
        return False
    return b"taskfan-lint" in raw and _table(_path(file), raw) is not None


def _load(file: Path, base: Settings, seen: tuple[Path, ...] = ()) -> Settings:
    """Return `base` under the settings of a file and of those that it extends, raising ConfigError."""
    if file.resolve() in seen:
        raise ConfigError(seen[-1], 0, f"`extend` leads back to `{file.name}`")
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise ConfigError(file, 0, error.strerror or str(error)) from error
    table = _table(file, raw)
    if table is None:
        raise ConfigError(file, 0, "has no table `[tool.taskfan-lint]`")
    text = raw.decode("utf-8")
    if "extend" in table:
        base = _load(_extended(file, text, table["extend"]), base, (*seen, file.resolve()))
    return overlay(base, dict(_value(file, text, key, table[key]) for key in table if key != "extend"))


def _value(file: Path, text: str, key: str, value: object) -> tuple[str, Any]:
    from taskfan_lint.options import OPTIONS, OptionError, meant  # lazy: only where a configuration exists

    if key not in OPTIONS:
        reason = f"unknown key `{key}`{meant(key, (*OPTIONS, 'extend'))}"
        raise ConfigError(file, _row(text, key), reason)
    try:
        read = OPTIONS[key].read(value)
        if key == "baseline" and read:
            read = os.path.abspath(os.path.join(file.parent, read))
        return OPTIONS[key].field, read
    except OptionError as wrong:
        row = _row(text, wrong.token, after=key) or _row(text, key)
        raise ConfigError(file, row, f"`{key}`: {wrong}") from wrong


def _extended(file: Path, text: str, value: object) -> Path:
    if not isinstance(value, str) or not value or os.path.isabs(value):
        raise ConfigError(file, _row(text, "extend"), "`extend`: expects a path relative to this file")
    path = _path(os.path.normpath(file.parent / value))
    if not path.is_file():
        raise ConfigError(file, _row(text, "extend"), f"`extend`: no such file: `{value}`")
    return path


def toml_of(file: Path, raw: bytes) -> dict[str, Any]:
    """Return what a TOML file holds; raises ConfigError."""
    if sys.version_info >= (3, 11):
        import tomllib  # lazy: only where a configuration exists
    else:
        import tomli as tomllib
    try:
        content: dict[str, Any] = tomllib.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigError(file, raw.count(b"\n", 0, error.start) + 1, "is not UTF-8 text") from error
    except RecursionError as error:
        raise ConfigError(file, 0, "is nested too deeply") from error
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", str(error))
        row = int(place[1]) if place and place[1] else raw.count(b"\n") + 1
        reason = str(error)[: place.start()] if place else str(error)
        raise ConfigError(file, row, f"broken TOML: {reason}") from error
    return content


def _table(file: Path, raw: bytes) -> dict[str, Any] | None:
    """Return the keys that a TOML file holds for this linter, None where a pyproject.toml has no such table."""
    content = toml_of(file, raw)
    if file.name != "pyproject.toml":
        return content
    tool = content.get("tool", {})
    table = tool.get("taskfan-lint") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(file, _row(raw.decode("utf-8"), "taskfan-lint"), "`tool.taskfan-lint` is a table")
    return table


def _row(text: str, token: str, after: str = "") -> int:
    """Return the first row (from 1) that holds a word outside of a comment, from this linter's table and `after` on."""
    start = max(text.find("tool.taskfan-lint"), 0)
    if after and (key := _search(after, text, start)):
        start = key.end()
    match = _search(token, text, start) if token else None
    return text.count("\n", 0, match.end()) + 1 if match else 0


def _search(word: str, text: str, start: int) -> re.Match[str] | None:
    pattern = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
    for match in pattern.finditer(text, start):
        if "#" not in text[text.rfind("\n", 0, match.start()) + 1 : match.start()]:
            return match
    return None
