"""The open texts of one client, and the work on them: none of it waits in the loop, and stale work stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from taskfan_lint import engine
from taskfan_lint.server import buffers
from taskfan_lint.server.buffers import Answer, Buffer, Place, Shelf, python_file
from taskfan_lint.server.configuration import Configuration
from taskfan_lint.server.library import Library
from taskfan_lint.server.worker import Stale, Ticket, Worker
from taskfan_lint.settings import Settings
from taskfan_lint.source import Document
from taskfan_lint.surveys import Surveyed

Result = TypeVar("Result")
PAUSE = 0.05  # seconds without a key before a text is looked at
EXAMPLE = '```python\nTask(subagent_type="a", prompt="b")\n```\n'
PERIOD = 1.0  # seconds between two looks at the configuration files


class Session:
    """The state of the server: buffers by URI, and for each the task that answers for its present text.

    `publish` is told each new answer, where the client does not ask for answers itself, `refresh` that all are to be
    asked for anew, `warn` what is wrong with a configuration, and `inform` which texts are not looked at.
    """

    def __init__(
        self,
        publish: Callable[[Answer], None],
        refresh: Callable[[], None],
        warn: Callable[[str], None],
        inform: Callable[[str], None],
    ) -> None:
        self.worker = Worker()
        self.configuration = Configuration()
        self.library = Library()
        self.place = Place((), "utf-16")
        self.pushes = True
        self._publish = publish
        self._refresh = refresh
        self._warn = warn
        self._inform = inform
        self._refused: set[str] = set()  # texts of which it was said
        self._numbers = count(1)
        self._problems: dict[str, str] = {}
        self._buffers: dict[str, Buffer] = {}
        self._answers: dict[str, asyncio.Task[Answer]] = {}
        self._surveys: dict[str, asyncio.Task[tuple[Surveyed, ...]]] = {}
        self._pushing: dict[str, asyncio.Task[None]] = {}

    def get(self, uri: str) -> Buffer | None:
        """Return the buffer of a URI, None for one that is not open."""
        return self._buffers.get(uri)

    def open(self, uri: str, language: str, version: int, text: str) -> None:
        """Begin to look at a text."""
        self.close(uri)
        self._buffers[uri] = Buffer(uri, language, version, text, self._ticket())
        self._push(uri, 0)
        self._spread(uri)

    def change(self, uri: str, version: int | None, text: str) -> None:
        """Go on with another text."""
        buffer = self._buffers[uri]
        self._forget(uri)
        buffer.text, buffer.version = text, version
        self._push(uri, PAUSE)
        self._spread(uri)

    def close(self, uri: str) -> None:
        """Stop looking at a text."""
        if uri in self._buffers:
            self._forget(uri)
            self._buffers.pop(uri)
            self._problems.pop(uri, None)
            self._refused.discard(uri)
            self._spread(uri)

    def reread(self) -> None:
        """Look at all texts again, since their settings have changed."""
        for uri in self._buffers:
            self._forget(uri)
            self._push(uri, 0)
        self._refresh()

    def stop(self) -> None:
        """Call off all work."""
        for uri in [*self._buffers]:
            self.close(uri)
        self.worker.close()

    async def warm_up(self) -> None:
        """Load what the first text will need."""
        await self.worker.run(lambda: engine.check(Document(Path("a.md"), EXAMPLE), Settings()))

    async def watch(self) -> None:
        """Reread when a configuration file has changed, for as long as the task runs."""
        while True:
            await asyncio.sleep(PERIOD)
            await self.look()

    async def look(self) -> None:
        """Reread if a configuration file has changed, or a file that an open text imports."""
        if await self.worker.run(self._changed):
            self.reread()

    def _changed(self) -> bool:
        if not self.library.changed():
            return self.configuration.changed()
        self.library.forget()
        return True

    async def answer(self, uri: str) -> Answer | None:
        """Return what is found in a text as it stands once it is found, None for one that is not open."""
        while (buffer := self._buffers.get(uri)) is not None:
            task = self._answers.get(uri)
            if task is None:
                shelf = Shelf(self.library, self._texts())
                work = partial(buffers.examine, replace(buffer), self.configuration, self.place, shelf)
                task = self._answers[uri] = _task(self.worker.run(work))
            try:
                answer = await asyncio.shield(task)
            except Stale:
                continue
            if self.is_fresh(answer):
                self._note(answer)
                return answer
        return None

    def is_fresh(self, answer: Answer) -> bool:
        """Tell whether an answer is about its text as it stands."""
        buffer = self._buffers.get(answer.uri)
        return buffer is not None and buffer.ticket is answer.ticket

    async def survey(self, uri: str) -> tuple[Answer, tuple[Surveyed, ...]] | None:
        """Return the answer for a text with its snippets and their windows."""
        while (answer := await self.answer(uri)) is not None:
            task = self._surveys.get(uri)
            if task is None:
                task = self._surveys[uri] = _task(self.worker.run(partial(buffers.survey, answer)))
            try:
                return answer, await asyncio.shield(task)
            except Stale:
                continue
        return None

    async def work(self, answer: Answer, work: Callable[[Answer], Result]) -> Result | None:
        """Return what a piece of work on an answer gives, None where the text has changed meanwhile."""
        try:
            return await self.worker.run(partial(work, answer)) if self.is_fresh(answer) else None
        except Stale:
            return None

    def _note(self, answer: Answer) -> None:
        """Warn of a problem that no other text has now, nor this one had before; say once that a text is refused."""
        if answer.problem and answer.problem not in self._problems.values():
            self._warn(answer.problem)
        self._problems[answer.uri] = answer.problem
        if answer.refused and answer.uri not in self._refused:
            self._refused.add(answer.uri)
            self._inform(answer.refused)

    def _forget(self, uri: str) -> None:
        buffer = self._buffers[uri]
        buffer.ticket.call_off()
        buffer.ticket = self._ticket()
        self._answers.pop(uri, None)
        self._surveys.pop(uri, None)
        pushing = self._pushing.pop(uri, None)
        if pushing is not None:
            pushing.cancel()

    def _texts(self) -> dict[str, Document]:
        """Return the open Python files as documents, by path."""
        files = ((python_file(uri), buffer.text) for uri, buffer in self._buffers.items())
        return {str(path): Document(path, text) for path, text in files if path is not None}

    def _spread(self, uri: str) -> None:
        """Look again at the texts that import a file, whose own text has changed."""
        path = python_file(uri)
        if path is None:
            return
        for other, task in [*self._answers.items()]:
            if other != uri and self._buffers[other].is_python and _imports(task, str(path)):
                self._forget(other)
                self._push(other, PAUSE)

    def _ticket(self) -> Ticket:
        return Ticket(next(self._numbers))

    def _push(self, uri: str, pause: float) -> None:
        if self.pushes:
            self._pushing[uri] = _task(self._pushed(uri, pause))

    async def _pushed(self, uri: str, pause: float) -> None:
        await asyncio.sleep(pause)
        answer = await self.answer(uri)
        if answer is not None:
            self._publish(answer)


def _task(work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
    """Return a task whose error is told to those that await it, and to nobody if none does."""
    task = asyncio.ensure_future(work)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task


def _imports(task: asyncio.Task[Answer], path: str) -> bool:
    """Tell whether an answer rests on a file, or may do so since it is not there yet."""
    if not task.done():
        return True
    return not task.cancelled() and task.exception() is None and path in task.result().imports
