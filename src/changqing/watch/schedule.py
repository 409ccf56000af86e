"""When to look: huey keeps the schedule, in SQLite, Redis or PostgreSQL.

The queue only says that a round is due. What was looked at and what is still to be
told stands in the cases, so an empty queue, or another one, loses nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from changqing.errors import ChangqingError
from changqing.shard import hash_name
from changqing.text import Text

if TYPE_CHECKING:
    from huey import Huey

QUEUE: Final = "CHANGQING_QUEUE"
_NAME: Final = "changqing-watch"
_MINUTE: Final = 60  # seconds
_SLACK: Final = 10  # a look may come this part of an interval early
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PHASES: Final = 1 << 16


def is_due(
    name: str, last: datetime | None, now: datetime, *, every: timedelta, spread: bool
) -> bool:
    """Tell whether to look at the case of that name, which was looked at `last`.

    Without `spread` so many hours after the last look, or a tenth of them sooner. With
    it each case has a moment of its own within the interval, found by its name: those
    that were looked at together once, at the first start or after a stop, do not stay
    together for ever.
    """
    if last is None:
        return True
    if not spread:
        return now - last >= every - every / _SLACK
    first = _START + every * (hash_name(name) % _PHASES) / _PHASES
    # Its first moment that is half an interval off at least.
    turns = -((first - last - every / 2) // every)
    return now >= first + turns * every


def open_queue(url: str | None, folder: Path, *, share: str = "") -> Huey:
    """Open the queue at `url`; without one, an SQLite file in `folder`.

    Those who look at another share, or as another observer, have a queue of their own:
    `share` tells them apart.

    ChangqingError when the address is of another kind, or its library is missing.
    """
    try:
        from huey import PostgresHuey, RedisHuey, SqliteHuey
        from huey.exceptions import ConfigurationError
    except ImportError as error:
        raise ChangqingError.of(_NO_HUEY) from error
    name = f"{_NAME}-{share}" if share else _NAME
    if not url:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ChangqingError.of(_describe_missing_folder(folder)) from error
        return SqliteHuey(name, filename=str(folder / "queue.sqlite3"))
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        scheme = ""
    try:
        if scheme in ("redis", "rediss"):
            return RedisHuey(name, url=url)
        if scheme in ("postgres", "postgresql"):
            return PostgresHuey(name, dsn=url)
    except ConfigurationError as error:
        raise ChangqingError.of(_NO_LIBRARY) from error
    except Exception as error:
        raise ChangqingError.of(
            _describe_unreachable_queue(type(error).__name__)
        ) from error
    raise ChangqingError.of(_WRONG_URL)


def keep_looking(queue: Huey, look: Callable[[], None]) -> None:
    """Call `look` now and every minute until the process is told to end.

    It ends too where nobody reads any more what `look` prints, as in `watch | head`.
    `look` itself leaves alone what is not due, and what another process at this queue
    looks at just now. So a process that is killed is missed by nobody.
    """
    from huey import crontab

    def run_round() -> None:
        try:
            look()
        except (BrokenPipeError, SystemExit):  # a console of rich raises the latter
            consumer.stop_flag.set()
            # What is left in the buffer would be told as a fault at the very end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    # A round may take longer than a minute: those that were due meanwhile are one.
    task = queue.task(name="changqing_watch_now")(run_round)
    queue.periodic_task(crontab(minute="*"), name="changqing_watch", expires=_MINUTE)(
        run_round
    )
    consumer = queue.create_consumer(workers=1, periodic=True)
    task()
    consumer.run()


def _describe_missing_folder(folder: Path) -> Text:
    return Text(
        zh=f"{folder}建不了，用--state换一个文件夹",
        en=f"{folder} cannot be made; choose another folder with --state",
    )


def _describe_unreachable_queue(why: str) -> Text:
    return Text(
        zh=f"{QUEUE}指的队列连不上（{why}）",
        en=f"the queue that {QUEUE} names cannot be reached ({why})",
    )


_NO_HUEY: Final = Text(
    zh="按时监测要用huey：装上changqing[watch]，或者用--once交给cron",
    en="watching on a schedule needs huey: install changqing[watch], or let cron run "
    "it with --once",
)
_NO_LIBRARY: Final = Text(
    zh=f"{QUEUE}要用的驱动没有装：装上changqing[web]",
    en=f"the driver that {QUEUE} needs is missing: install changqing[web]",
)
_WRONG_URL: Final = Text(
    zh=f"{QUEUE}的写法不对，应为redis://…或postgresql://…，不写就用SQLite",
    en=f"{QUEUE} is wrong: write redis://… or postgresql://…, or nothing for SQLite",
)
