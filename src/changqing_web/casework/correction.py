"""A notice of correction and its lines, as pages and API record them."""

from __future__ import annotations

from dataclasses import replace

from django.utils import timezone

from changqing.case.model import Case
from changqing.casework.events import CLEARED, Act, Event, NoticeLine
from changqing.casework.notice import find_due_day, read_notice
from changqing.casework.propose import Proposer
from changqing.casework.record import Recorded
from changqing.casework.record import record as write_event
from changqing.errors import ChangqingError
from changqing.text import Text
from changqing_web.cases import assess, open_case_memory
from changqing_web.index import catalogue, refresh_case
from changqing_web.language import t
from changqing_web.record import add_case_event
from changqing_web.walls import Here


def add_notice_lines(event: Event, case: Case, notice: bytes) -> Event:
    """Add the notice's lines, with what each is probably about, and the day it sets."""
    notice_read = read_notice(notice, name=t("补正通知", "the notice"))
    proposer = Proposer(catalogue(), case, event.on)
    due_day = find_due_day(notice_read.words, event.on) if event.until is None else None
    return replace(
        event,
        until=event.until if due_day is None else due_day.day,
        lines=tuple(
            proposer.propose_line(number, text, owner=event.by)
            for number, text in enumerate(notice_read.lines, start=1)
        ),
    )


def record_settled_line(
    here: Here, case: Case, before: NoticeLine, after: NoticeLine, *, by: str
) -> Recorded:
    """Record what a line is about, whose it is and how it is answered.

    What `after` leaves empty is taken out where the line had it before.
    """
    change = NoticeLine(
        number=before.number,
        codes=after.codes or ((CLEARED,) if before.codes else ()),
        criterion=after.criterion or (CLEARED if before.criterion else None),
        material=after.material or (CLEARED if before.material else None),
        owner=after.owner or (CLEARED if before.owner else None),
        done=after.done,
        answer=after.answer,
        paper=after.paper or (CLEARED if before.paper else None),
    )
    event = Event(act=Act.LINE, on=timezone.localdate(), by=by, lines=(change,))
    recorded = write_event(
        catalogue(), case, event, now=timezone.now(), memory=open_case_memory()
    )
    record_and_judge(
        here,
        Text(
            zh=f"更新补正第{before.number}条",
            en=f"Updated line {before.number} of the notice",
        ),
        number=recorded.event.number,
    )
    return recorded


def record_and_judge(here: Here, what: Text, **detail: object) -> None:
    """Record an event: everybody sees who did it, and the case is judged anew."""
    add_case_event(here, "casework", what, **detail)
    try:
        assess(here)
    except ChangqingError:
        refresh_case(here.workspace, here.row.folder)
