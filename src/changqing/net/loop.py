"""The event loop that looks run in: uvloop's where it is installed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
Step = TypeVar("Step")


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine as `asyncio.run` does, for less."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    return uvloop.run(main)


def run_with_progress(
    main: Callable[[Callable[[Step], None]], Coroutine[Any, Any, T]],
    progress: Callable[[Step], None],
) -> T:
    """Run `main(tell)`, and hand each step it tells to `progress` outside the loop.

    `progress` runs in this thread while the loop stands still. So it may block, and may
    use what refuses to work inside an event loop, as Django's ORM does.
    """
    steps: deque[Step] = deque()
    with asyncio.Runner(loop_factory=_choose_loop()) as runner:
        news = asyncio.Event()

        def tell(step: Step) -> None:
            steps.append(step)
            news.set()

        async def wait_for_news() -> None:
            await news.wait()
            news.clear()

        task = runner.get_loop().create_task(main(tell))
        task.add_done_callback(lambda _: news.set())
        while not task.done():
            runner.run(wait_for_news())
            while steps:
                progress(steps.popleft())
        return task.result()


def _choose_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Who makes the loop; None is asyncio itself."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
