"""A notice of correction taken in, its lines settled, and the letter in answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import File, Form, Router, Schema, Status, UploadedFile
from pydantic import Field

from changqing.casework.events import Act, Event, NoticeLine
from changqing.casework.letter import answer_letter
from changqing.casework.record import record as write_event
from changqing.errors import CaseError, Issue
from changqing.text import Text
from changqing_web.api.casework import describe_standing
from changqing_web.api.door import REFUSED, Json, enter_case
from changqing_web.cases import open_case_memory
from changqing_web.casework.correction import (
    add_notice_lines,
    record_and_judge,
    record_settled_line,
)
from changqing_web.casework.forms import NOTICE_LIMIT
from changqing_web.documents.written import read_case, replay_case
from changqing_web.index import catalogue
from changqing_web.models import Role

router = Router(tags=["casework"])


class Settled(Schema):
    """A line put right; what is left out keeps what it was, `null` takes it out."""

    done: date | None = None
    answer: Annotated[str | None, Field(max_length=4000)] = None
    owner: Annotated[str | None, Field(max_length=80)] = None
    criterion: Annotated[str | None, Field(max_length=100)] = None
    material: Annotated[str | None, Field(max_length=100)] = None
    paper: Annotated[str | None, Field(max_length=100)] = None
    codes: Annotated[list[str] | None, Field(max_length=50)] = None


class LetterData(Schema):
    """The answer to a notice; `open` are the lines that nobody has settled."""

    markdown: str
    open: list[int]


@router.post(
    "/cases/{case}/casework/notice",
    response={201: Json, **REFUSED},
    operation_id="receiveNotice",
)
def receive_notice(
    request: HttpRequest,
    case: str,
    notice: File[UploadedFile],
    on: Annotated[date | None, Form(description="received; today if not given")] = None,
    until: Annotated[date | None, Form(description="the day that it sets")] = None,
) -> Status[Json]:
    """Record a notice of correction: PDF, Word, HTML or text, line by line.

    Gives where the case stands then; each line has a number by which it is settled. The
    notice itself is kept in the case.
    """
    here = enter_case(request, case, Role.EDITOR)
    if (notice.size or 0) > NOTICE_LIMIT:
        raise CaseError(Issue(text=_TOO_LARGE))
    content = notice.read()
    case_read = read_case(here)
    event = Event(
        act=Act.CORRECTION, on=on or timezone.localdate(), by=here.name, until=until
    )
    recorded = write_event(
        catalogue(),
        case_read,
        add_notice_lines(event, case_read, content),
        now=timezone.now(),
        notice=content,
        memory=open_case_memory(),
    )
    name = Act.CORRECTION.text
    record_and_judge(
        here,
        Text(f"接口记下“{name.zh}”", f"Recorded “{name.en}” by API"),
        number=recorded.event.number,
    )
    return Status(201, describe_standing(here))


@router.put(
    "/cases/{case}/casework/lines/{number}",
    response={200: Json, **REFUSED},
    operation_id="settleLine",
)
def settle_line(
    request: HttpRequest,
    case: str,
    number: Annotated[int, Field(ge=1, le=1000)],
    given: Settled,
) -> Json:
    """Say what a line is about, whose it is, and how it was put right.

    Gives where the case stands then; 422 for a criterion, material or code that the
    catalogue does not know.
    """
    here = enter_case(request, case, Role.EDITOR)
    case_read = read_case(here)
    before = next(
        (
            line
            for line in replay_case(here, case_read, date.max).lines
            if line.number == number
        ),
        NoticeLine(number=number),  # of which the record says why there is none
    )
    fields_sent = given.dict(exclude_unset=True)
    law = catalogue()
    for name, among in (
        ("criterion", law.criteria.keys()),
        ("material", law.materials.keys()),
    ):
        if fields_sent.get(name) is not None and fields_sent[name] not in among:
            raise CaseError(Issue(text=_explain_unknown(fields_sent[name])))
    for code in fields_sent.get("codes") or ():
        if code not in law.defects:
            raise CaseError(Issue(text=_explain_unknown(code)))
    after = NoticeLine(
        number=number,
        codes=tuple(fields_sent.get("codes", before.codes) or ()),
        criterion=fields_sent.get("criterion", before.criterion),
        material=fields_sent.get("material", before.material),
        owner=fields_sent.get("owner", before.owner),
        done=fields_sent.get("done"),
        answer=fields_sent.get("answer"),
        paper=fields_sent.get("paper", before.paper),
    )
    record_settled_line(here, case_read, before, after, by=here.name)
    return describe_standing(here)


@router.get(
    "/cases/{case}/casework/answer",
    response={200: LetterData, **REFUSED},
    operation_id="getAnswer",
)
def get_answer(request: HttpRequest, case: str) -> dict[str, Any]:
    """Write the letter that answers the last notice, like `changqing case answer`."""
    here = enter_case(request, case, Role.EDITOR)
    case_read = read_case(here)
    state = replay_case(here, case_read, date.max)
    letter = answer_letter(catalogue(), case_read, state, on=timezone.localdate())
    return {
        "markdown": letter.render_markdown(),
        "open": [line.number for line in letter.open],
    }


def _explain_unknown(name: str) -> Text:
    return Text(f"目录里没有{name}", f"the catalogue has no {name}")


_TOO_LARGE = Text("通知超过20 MB", "the notice is over 20 MB")
