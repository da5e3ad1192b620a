"""The thread on which documents are analysed, so that the loop which reads messages never waits for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")
STACK = 16 * 1024 * 1024  # bytes; the native parser of LibCST doesn't survive deep code on the default stack


class Stale(Exception):
    """The text that a piece of work is about is no longer the one in the editor."""


class Ticket:
    """The right to go on with work on one state of a text, until it is called off; no two have the same number."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._stale = False

    def call_off(self) -> None:
        """Stop the work at its next step."""
        self._stale = True

    def check(self) -> None:
        """Raise Stale where the work has been called off."""
        if self._stale:
            raise Stale


class Worker:
    """One thread with a deep stack; pieces of work run one after another, in the order in which they are given."""

    def __init__(self) -> None:
        before = threading.stack_size(STACK)
        self._pool = ThreadPoolExecutor(1, "analysis")
        self._pool.submit(int).result()  # the thread starts while this stack size counts
        threading.stack_size(before)

    async def run(self, work: Callable[[], Result]) -> Result:
        """Return what a piece of work returns."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Drop the work that has not begun."""
        self._pool.shutdown(wait=False, cancel_futures=True)
