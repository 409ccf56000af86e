"""Watches a case until it is killed, at the step it is told to die before.

The readings are given; nothing is looked at, so that the kills are quick.
"""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

from changqing.disk import Disk
from changqing.jsondata import Json
from changqing.notices.outbox import Notice, Outbox
from changqing.text import both
from changqing.watch.journal import Watchbook, What, encode_incident, encode_watched
from changqing.watch.machine import advance_watched
from changqing.watch.model import Lapse, Watched, WatchReading
from changqing.watch.settings import load_shipped_settings

START = datetime(2026, 11, 24, tzinfo=UTC)
GOOD = [True, False, False, False, False, True, True, False, False, False, True, True]


def keep_watching(folder: Path, die_at: int) -> None:
    left = die_at

    def step(_: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    disk = Disk(step=step, chunk=40)
    outbox = Outbox(folder.parent, disk=disk)
    rule = load_shipped_settings().no_redress
    with Watchbook(folder, disk=disk) as book:
        hand_on(book, outbox)
        for hour in range(book.compute_state().looks, len(GOOD)):
            at = START + timedelta(hours=hour)
            reading = WatchReading(
                lapse=Lapse.STOPPED_ANSWERING,
                key="answering:service:site",
                good=GOOD[hour],
                text=both("x"),
                at=at,
            )
            before = book.compute_state().watched.get(reading.key, Watched())
            after, incident = advance_watched(before, reading, rule)
            data: dict[str, Json] = {
                "upto": hour,
                "states": {reading.key: encode_watched(after)},
            }
            if incident is not None and incident.closed_at is None:
                data["opened"] = [encode_incident(incident)]
            elif incident is not None:
                data["closed"] = [incident.id]
            book.append(What.LOOK, data, at=at)
            hand_on(book, outbox)


def hand_on(book: Watchbook, outbox: Outbox) -> None:
    unsent = book.compute_state().unsent
    if unsent:
        day = START.date()
        outbox.add(
            [
                Notice(
                    id=name,
                    case="c",
                    person="p",
                    day=day,
                    kind="lapse",
                    title=both("t"),
                    body=both("b"),
                )
                for name in unsent
            ],
            START,
        )
        book.append(What.SENT, {"notices": unsent}, at=START)
