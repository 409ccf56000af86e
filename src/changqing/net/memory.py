"""What was asked for lately: the same question is not asked twice within a while."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

from yarl import URL

T = TypeVar("T")


class AnswerMemory:
    """Answers by what was asked, for `seconds`; use from one event loop.

    A politeness, and what makes several probes of one look cheap.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._asked: dict[tuple[str, ...], tuple[float, asyncio.Task[object]]] = {}

    async def remember(
        self, key: tuple[str, ...], make: Callable[[], Awaitable[T]]
    ) -> T:
        """Give the answer that is known under `key`, or else make it."""
        now = asyncio.get_running_loop().time()
        limit = now - self._seconds
        while self._asked:  # in the order they were asked for
            oldest = next(iter(self._asked))
            asked_at, task = self._asked[oldest]
            if asked_at >= limit or not task.done():
                break
            del self._asked[oldest]
        entry = self._asked.get(key)
        if entry is None:

            async def run() -> object:
                return await make()

            # A task of its own, and shielded: several probes wait for the same answer,
            # and one that is cancelled must not take it from the others.
            entry = (now, asyncio.create_task(run()))
            entry[1].add_done_callback(_read_failure)
            self._asked[key] = entry
        return cast("T", await asyncio.shield(entry[1]))

    def forget_pages(self, host: str) -> None:
        """Let go of the pages of one host, as far as they have come."""
        pages = [
            key for key in self._asked if key[0] == "get" and URL(key[1]).host == host
        ]
        for key in pages:
            if self._asked[key][1].done():
                del self._asked[key]

    async def clear(self) -> None:
        """Give up what is still being asked, and forget everything."""
        tasks = [task for _, task in self._asked.values() if not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._asked.clear()


def _read_failure(task: asyncio.Task[object]) -> None:
    """Take note that a task failed: where all who waited were cancelled nobody does."""
    if not task.cancelled():
        task.exception()
