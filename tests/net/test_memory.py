"""Answers that several wait for, and that nobody waits for any more."""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress

import pytest

from changqing.net.memory import AnswerMemory


@pytest.mark.long
def test_a_failure_for_which_nobody_waits_any_more_prints_nothing() -> None:
    told: list[object] = []

    async def look() -> None:
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: told.append(context["message"])
        )
        memory, goes_on = AnswerMemory(60), asyncio.Event()

        async def fail() -> None:
            await goes_on.wait()
            raise ConnectionError

        waits = asyncio.create_task(memory.remember(("get", "x"), fail))
        await asyncio.sleep(0)
        waits.cancel()
        with suppress(asyncio.CancelledError):
            await waits
        goes_on.set()
        await asyncio.sleep(0.01)
        await memory.clear()
        gc.collect()

    asyncio.run(look())
    assert told == []
