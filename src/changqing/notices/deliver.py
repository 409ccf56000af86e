"""Sending what is pending, each notice once on each channel of its reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from changqing.day import beijing_day
from changqing.errors import NetError
from changqing.notices.digest import make_digests
from changqing.notices.outbox import Notice, Outbox
from changqing.notices.settings import NoticeSettings
from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """What one channel did not take for one person, and why. It stays pending."""

    channel: str
    person: str
    notices: int
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a sending came to: how many notices by channel, and what was not taken."""

    sent: Mapping[str, int]
    unsent: tuple[Unsent, ...]


def deliver_pending(
    outbox: Outbox, settings: NoticeSettings, now: datetime
) -> Delivery:
    """Send what is pending, a digest a person and channel.

    Each message is written down as soon as it is sent. What fails is tried again by a
    later call, and keeps no other message waiting. A notice for somebody the settings
    do not know goes to whom they name for its case.
    """
    with outbox.lock_sending():
        return _deliver_pending(outbox, settings, now)


def _deliver_pending(
    outbox: Outbox, settings: NoticeSettings, now: datetime
) -> Delivery:
    count_by_channel: dict[str, int] = {}
    unsent: list[Unsent] = []
    for name, channel in settings.channels.items():
        pending = (_read_by(n, settings) for n in outbox.list_pending(name, now))
        mine = [n for n in pending if name in settings.people[n.person]]
        for digest in make_digests(mine, beijing_day(now)):
            for part in digest.split(settings.language, channel.most_bytes):
                try:
                    channel.send(part)
                except NetError as error:
                    why = error.issues[0].text
                    outbox.record_failed(part.ids, name, why, now)
                    unsent.append(
                        Unsent(
                            channel=name,
                            person=part.person,
                            notices=len(part.ids),
                            why=why,
                        )
                    )
                else:
                    outbox.record_sent(part.ids, name, now)
                    count_by_channel[name] = count_by_channel.get(name, 0) + len(
                        part.ids
                    )
    return Delivery(sent=count_by_channel, unsent=tuple(unsent))


def _read_by(notice: Notice, settings: NoticeSettings) -> Notice:
    is_known = notice.person in settings.people
    if is_known:
        return notice
    return replace(notice, person=settings.find_person(notice.case))
