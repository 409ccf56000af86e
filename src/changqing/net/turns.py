"""How often one host is asked: never many at once, and a pause between two."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class HostTurns:
    """The turns of those who ask, by host. Used from one event loop.

    At most `at_once` fetch from one host at a time; two askings of one host begin at
    least `pause_seconds` apart.
    """

    def __init__(self, *, at_once: int, pause_seconds: float) -> None:
        self._at_once = at_once
        self._pause_seconds = pause_seconds
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._last: dict[str, float] = {}

    @asynccontextmanager
    async def hold(self, host: str) -> AsyncIterator[None]:
        """Hold one of the places at a host, once the pause before it is over."""
        slots = self._slots.setdefault(host, asyncio.Semaphore(self._at_once))
        async with slots:
            await self.wait(host)
            yield

    async def wait(self, host: str) -> None:
        """Wait until a host may be asked again."""
        now = asyncio.get_running_loop().time()
        due = max(now, self._last.get(host, 0.0) + self._pause_seconds)
        # Taken before the sleep, so that those who come meanwhile queue up behind it
        # instead of all waking at the same moment.
        self._last[host] = due
        if due > now:
            await asyncio.sleep(due - now)
