"""Casework: where a case stands, what was recorded, and recording what happened."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from changqing.casework.dates import CaseDue, compute_status
from changqing.casework.event_papers import check_events, encode_check
from changqing.casework.events import (
    Act,
    Event,
    Journal,
    encode,
    encode_line,
    find_undone,
)
from changqing.casework.record import record as write_event
from changqing.casework.record import undo_last
from changqing.casework.stages import find_allowed_acts, replay_events
from changqing.law.cited import make_citation_data
from changqing.papers.open import open_case
from changqing.text import Text
from changqing_web.api.door import REFUSED, Json, enter_case
from changqing_web.cases import open_case_memory
from changqing_web.documents.written import load_writings
from changqing_web.index import catalogue, refresh_case
from changqing_web.language import page_language
from changqing_web.models import Role
from changqing_web.record import add_case_event
from changqing_web.walls import Here

router = Router(tags=["casework"])


class Happened(Schema):
    """What happened, on which day; `until` is the day a notice sets."""

    act: Act
    on: date
    paper: Annotated[str | None, Field(max_length=100)] = None
    until: date | None = None
    matter: Annotated[str | None, Field(max_length=100)] = None
    days: dict[str, date] = {}


@router.get(
    "/cases/{case}/casework",
    response={200: Json, **REFUSED},
    operation_id="getCasework",
)
def get_casework(request: HttpRequest, case: str) -> Json:
    """Tell where the case stands today, and what is due."""
    return describe_standing(enter_case(request, case))


@router.get(
    "/cases/{case}/casework/events",
    response={200: list[Json], **REFUSED},
    operation_id="getEvents",
)
def get_events(request: HttpRequest, case: str) -> list[Any]:
    """List everything that was recorded, oldest first."""
    here = enter_case(request, case)
    events = Journal(here.folder).list_entries()
    checks = check_events(open_case(here.folder, catalogue()), events)
    undone = find_undone(events)
    return [
        {
            **encode(event),
            **({"undone_by": by.number} if (by := undone.get(event.number)) else {}),
            "checks": [
                encode_check(check) for check in checks if check.event == event.number
            ],
        }
        for event in events
    ]


@router.post(
    "/cases/{case}/casework/events",
    response={201: Json, **REFUSED},
    operation_id="recordEvent",
)
def record_event(request: HttpRequest, case: str, given: Happened) -> Status[Json]:
    """Record what happened; gives where the case stands then.

    422 where the stage of the case does not allow it, or the day is none it can have.
    """
    here = enter_case(request, case, Role.EDITOR)
    recorded = write_event(
        catalogue(),
        open_case(here.folder, catalogue()),
        Event(
            act=given.act,
            on=given.on,
            by=here.name,
            paper=given.paper,
            until=given.until,
            matter=given.matter,
            days=given.days,
        ),
        now=timezone.now(),
        documents=load_writings(here).documents if given.act is Act.SUBMIT else (),
        memory=open_case_memory(),
    )
    refresh_case(here.workspace, here.row.folder)
    name = given.act.text
    add_case_event(
        here,
        "casework",
        Text(f"接口记下“{name.zh}”", f"Recorded “{name.en}” by API"),
        number=recorded.event.number,
    )
    return Status(201, describe_standing(here))


class Undone(Schema):
    """The number of the entry to be taken back: the last that counts."""

    number: int


@router.post(
    "/cases/{case}/casework/undo",
    response={201: Json, **REFUSED},
    operation_id="undoEvent",
)
def undo_event(request: HttpRequest, case: str, given: Undone) -> Status[Json]:
    """Take back the last entry, as a further one; gives where the case stands then."""
    here = enter_case(request, case, Role.EDITOR)
    recorded = undo_last(
        catalogue(),
        open_case(here.folder, catalogue()),
        by=here.name,
        now=timezone.now(),
        number=given.number,
        memory=open_case_memory(),
    )
    refresh_case(here.workspace, here.row.folder)
    add_case_event(
        here,
        "casework",
        Text(f"接口撤销第{given.number}条记录", f"Undid entry {given.number} by API"),
        number=recorded.event.number,
    )
    return Status(201, describe_standing(here))


def describe_standing(here: Here) -> Json:
    """Describe stage, what is due and whose, the lines, and what can be recorded."""
    case = open_case(here.folder, catalogue())
    state = replay_events(catalogue(), case, Journal(here.folder).list_events())
    today = timezone.localdate()
    status = compute_status(catalogue(), case, state, today)
    acts = find_allowed_acts(catalogue(), case, state, today)
    return {
        "stage": state.stage.value,
        "stage_name": state.stage_name.say(page_language()),
        "since": _format_day(state.since),
        "matter": state.matter,
        "valid_until": _format_day(state.valid_until),
        "ended": state.ended,
        "next": None if status.next is None else _describe_due(status.next),
        "dues": [_describe_due(due) for due in status.dues],
        "notes": [note.say(page_language()) for note in status.notes],
        "lines": [
            {**encode_line(line), "settled": line.is_settled} for line in state.lines
        ],
        "can_record": [act.value for act in acts],
    }


def _describe_due(due: CaseDue) -> Json:
    language = page_language()
    return {
        "procedure": due.procedure or None,
        "step": due.step or None,
        "actor": due.actor.value,
        "title": due.title.say(language),
        "does": due.does.say(language),
        "day": _format_day(due.day),
        "kind": None if due.bound is None else due.bound.value,
        "provisional": due.provisional,
        "passed": due.passed,
        "no_day_because": None if due.unset is None else due.unset.say(language),
        "runs_out": None if due.runs_out is None else due.runs_out.say(language),
        "citations": [
            make_citation_data(catalogue(), citation, language)
            for citation in due.citations
        ],
    }


def _format_day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
