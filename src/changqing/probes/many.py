"""Many sites, so many at once; each look is handed on as soon as it is done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime

from changqing.net.door import Net
from changqing.probes.engine import look
from changqing.probes.model import Site, SiteLook


async def look_at_many(
    sites: Iterable[Site],
    net: Net,
    *,
    clock: Callable[[], datetime],
    at_once: int,
    probes: Sequence[str] | None = None,
) -> AsyncIterator[SiteLook]:
    """Look at every site, `at_once` at a time, in whatever order they are done.

    `sites` is read as far as there is room, so it may be long. A site is seen as of
    the moment its own look began. `probes` as in `look`.
    """
    looks: asyncio.Queue[SiteLook | None] = asyncio.Queue(maxsize=at_once)
    waiting = iter(sites)

    async def work() -> None:
        try:
            for site in waiting:
                site_look = await look(site, net, now=clock(), probes=probes)
                net.forget(site.host)
                await looks.put(site_look)
        finally:  # a worker that fails is told of, and waited for by nobody
            await looks.put(None)

    workers = [asyncio.create_task(work()) for _ in range(at_once)]
    try:
        workers_left = len(workers)
        while workers_left:
            finished = await looks.get()
            if finished is None:
                workers_left -= 1
            else:
                yield finished
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
