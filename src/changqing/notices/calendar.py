"""A calendar file (iCalendar) with an all-day event for each date that comes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from changqing.notices.outbox import Notice
from changqing.text import Language

_ALARM_DAYS = (7, 1)


def write_calendar(
    notices: Iterable[Notice], language: Language, now: datetime
) -> bytes:
    """Write one event a case, day and matter; its UID stays the same, file after file.

    A calendar program that subscribes to the file moves no event and doubles none.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//changqing//notices//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    uids: set[str] = set()
    for notice in sorted(notices, key=lambda n: (n.day, n.case, n.kind, n.id)):
        uid = _compute_uid(notice)
        if uid in uids:
            continue
        uids.add(uid)
        calendar.add_component(_make_event(notice, uid, language, now))
    return bytes(calendar.to_ical())


def _make_event(notice: Notice, uid: str, language: Language, now: datetime) -> Event:
    title = f"{notice.case} · {notice.title.say(language)}"
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now)
    event.add("dtstart", notice.day)
    event.add("dtend", notice.day + timedelta(days=1))
    event.add("summary", title)
    event.add("description", notice.body.say(language))
    event.add("transp", "TRANSPARENT")
    for days in _ALARM_DAYS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", -timedelta(days=days))
        event.add_component(alarm)
    return event


def _compute_uid(notice: Notice) -> str:
    identity = [notice.case, notice.day.isoformat(), notice.kind, notice.title.zh]
    digest = hashlib.sha256(
        json.dumps(identity, ensure_ascii=False).encode()
    ).hexdigest()
    return f"{digest[:32]}@changqing"
