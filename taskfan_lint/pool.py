"""Work spread over processes; one that dies costs the task it was at, and never the run."""

from __future__ import annotations

import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import BinaryIO, Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


Done = tuple[list[Result], list[Task]]  # what became of a task: results, and further tasks


def spread(
    tasks: Iterable[Task],
    work: Callable[[Task], Done[Result, Task]],
    lost: Callable[[Task, str], Done[Result, Task]],
    jobs: int,
) -> Iterator[Result]:
    """Yield the results of all tasks, as they come, done by `jobs` processes that are copies of this one.

    Further tasks go before those that wait. `lost` says what becomes of a task whose process died, and is told how.
    """
    import select  # lazy: only where work is spread

    waiting, coming = deque[Task](), iter(tasks)
    workers: dict[int, _Worker[Task, Result]] = {}
    try:
        while True:
            while len(workers) < jobs and (given := _next(waiting, coming)):
                worker = _Worker(work, list(workers.values()))
                workers[worker.results.fileno()] = worker
                worker.give(given[0])
            busy = [handle for handle, worker in workers.items() if worker.task]
            if not busy:
                return
            for handle in select.select(busy, [], [])[0]:
                worker = workers[handle]
                task = worker.task[0]
                done = worker.take()
                if done is None:
                    del workers[handle]
                    done = lost(task, worker.end())
                waiting.extendleft(reversed(done[1]))
                if handle in workers and (given := _next(waiting, coming)):
                    worker.give(given[0])
                yield from done[0]
    finally:
        for worker in workers.values():
            worker.end()


def _next(waiting: deque[Task], coming: Iterator[Task]) -> list[Task]:
    """Return the next task in a list, an empty one where there is none."""
    if waiting:
        return [waiting.popleft()]
    return list(islice(coming, 1))


class _Worker(Generic[Task, Result]):
    """A process that does tasks one after another, with a pipe to it and one from it."""

    def __init__(self, work: Callable[[Task], Done[Result, Task]], others: Iterable[_Worker[Task, Result]]) -> None:
        self.task: list[Task] = []
        own_tasks, tasks = os.pipe()
        results, own_results = os.pipe()
        self._process = os.fork()
        if not self._process:
            for each in others:  # with these ends open here, no other process would see that this one ended
                each.tasks.close()
                each.results.close()
            os.close(tasks)
            os.close(results)
            _serve(own_tasks, own_results, work)
        os.close(own_tasks)
        os.close(own_results)
        self.tasks: BinaryIO = os.fdopen(tasks, "wb")
        self.results: BinaryIO = os.fdopen(results, "rb")

    def give(self, task: Task) -> None:
        self.task = [task]
        try:
            pickle.dump(task, self.tasks, pickle.HIGHEST_PROTOCOL)
            self.tasks.flush()
        except BrokenPipeError:  # it is dead, as the end of its results will tell
            return

    def take(self) -> Done[Result, Task] | None:
        """Return what became of the task, None where the process is dead."""
        self.task = []
        try:
            done: Done[Result, Task] = pickle.load(self.results)
        except (EOFError, pickle.UnpicklingError):
            return None
        return done

    def end(self) -> str:
        """End the process and return how it ended."""
        with suppress(BrokenPipeError):
            self.tasks.close()
        if self.task:
            os.kill(self._process, signal.SIGKILL)
        self.results.close()
        code = os.waitstatus_to_exitcode(os.waitpid(self._process, 0)[1])
        return signal.Signals(-code).name if code < 0 else f"exit status {code}"


def _serve(tasks: int, results: int, work: Callable[[Task], Done[Result, Task]]) -> None:
    """Do tasks until there are no more, and leave without what a process does at its end: this is a copy of one."""
    status = 1
    try:
        with os.fdopen(tasks, "rb") as reader, os.fdopen(results, "wb") as writer:
            while True:
                try:
                    task = pickle.load(reader)
                except EOFError:
                    break
                pickle.dump(work(task), writer, pickle.HIGHEST_PROTOCOL)
                writer.flush()
        status = 0
    finally:
        os._exit(status)
