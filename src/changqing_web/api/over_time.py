"""A case over time: its outlook and history, what watching saw, the annual report."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import Field

from changqing.evidence.history import collect_histories, make_history_data
from changqing.evidence.ledger.recorded import Evidence
from changqing.report.codec import write_outlook
from changqing.watch.journal import Watchbook
from changqing.watch.model import THREE, ChannelQuestion, Incident
from changqing_web import cases, jobs
from changqing_web.api.cases import JobState, describe_job
from changqing_web.api.door import REFUSED, Json, enter_case
from changqing_web.casework.annual_views import find_year
from changqing_web.index import catalogue
from changqing_web.language import page_language
from changqing_web.models import Role

router = Router(tags=["over time"])


@router.get(
    "/cases/{case}/outlook", response={200: Json, **REFUSED}, operation_id="getOutlook"
)
def get_outlook(request: HttpRequest, case: str) -> Json:
    """Tell how long the service lasts, as `changqing outlook --json` prints it."""
    report = cases.load_report(enter_case(request, case, Role.EDITOR))
    return write_outlook(report)


@router.get(
    "/cases/{case}/history",
    response={200: list[Json], **REFUSED},
    operation_id="getHistory",
)
def get_history(
    request: HttpRequest,
    case: str,
    fact: Annotated[list[str] | None, Query(max_length=50)] = None,
) -> list[Json]:
    """Tell what the evidence log says of facts over time; of all if none is named."""
    here = enter_case(request, case, Role.EDITOR)
    log = Evidence(here.folder)
    log.verify()
    histories = collect_histories(log.list_items(), frozenset(fact) if fact else None)
    return [
        {**make_history_data(catalogue(), entry, page_language())}
        for entry in histories
    ]


@router.post(
    "/cases/{case}/watch", response={202: JobState, **REFUSED}, operation_id="watch"
)
def begin_watch(request: HttpRequest, case: str) -> Status[Json]:
    """Watch the services once, in the background: what lapsed, what is over."""
    return Status(
        202,
        describe_job(jobs.begin_job(enter_case(request, case, Role.EDITOR), "watch")),
    )


@router.get(
    "/cases/{case}/watch", response={200: Json, **REFUSED}, operation_id="getWatch"
)
def get_watch(request: HttpRequest, case: str) -> Json:
    """Tell what lapsed and what is over, blind times, and test questions."""
    state = Watchbook(enter_case(request, case, Role.EDITOR).folder).compute_state()
    return {
        "rounds": state.looks,
        "first": state.first_look and state.first_look.isoformat(),
        "last": state.last_look and state.last_look.isoformat(),
        "last_blind": state.last_blind,
        "sights": {lapse.value: state.find_sight(lapse).value for lapse in THREE},
        "lapses": [_describe_lapse(incident) for incident in state.incidents.values()],
        "blind": [
            {
                "from": span.start.isoformat(),
                "to": span.end.isoformat(),
                "why": span.why.say(page_language()),
            }
            for span in state.blind
        ],
        "questions": [
            _describe_question(question) for question in state.questions.values()
        ],
    }


def _describe_lapse(incident: Incident) -> Json:
    return {
        "kind": incident.lapse.value,
        "text": incident.text.say(page_language()),
        "since": incident.since.isoformat(),
        "over": incident.closed_at and incident.closed_at.isoformat(),
    }


def _describe_question(question: ChannelQuestion) -> Json:
    return {
        "id": question.id,
        "channel": question.channel,
        "by": question.by,
        "text": question.text,
        "sent": question.sent_at.isoformat(),
        "replied": question.replied_at and question.replied_at.isoformat(),
        "page_kept": question.page is not None,
    }


@router.get(
    "/cases/{case}/casework/annual",
    response={200: Json, **REFUSED},
    operation_id="getAnnualReport",
)
def get_annual_report(
    request: HttpRequest,
    case: str,
    year: Annotated[int | None, Field(ge=2000, le=2999)] = None,
) -> Json:
    """Give the six sections of a year beside the year before.

    Without a year it is the one whose report comes next, by the events of the case.
    """
    here = enter_case(request, case, Role.EDITOR)
    return dict(find_year(here, year).data)
