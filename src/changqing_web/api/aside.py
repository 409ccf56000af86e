"""What was put in by mistake or given up: papers taken out, cases put away."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from changqing.agency.desk import archive_case
from changqing.case import edit, set_aside
from changqing.text import Text
from changqing_web.api.door import REFUSED, Json, enter_case
from changqing_web.facts.said import log_what_is_said
from changqing_web.index import catalogue, refresh_case
from changqing_web.models import Role
from changqing_web.record import add_case_event
from changqing_web.walls import Here

router = Router(tags=["facts"])


class RealKind(Schema):
    """Which kind of paper it really is; /materials names them."""

    kind: Annotated[str, Field(max_length=100)]


class PutAway(Schema):
    """Whether the case is to be put away; false lists it again."""

    archived: bool


@router.get(
    "/cases/{case}/papers/set-aside",
    response={200: list[Json], **REFUSED},
    operation_id="getPapersSetAside",
)
def get_papers_set_aside(request: HttpRequest, case: str) -> list[Any]:
    """List the papers that were taken out, the last one first."""
    here = enter_case(request, case, Role.EDITOR)
    return [
        {"id": paper.id, "on": paper.on, "by": paper.by, "paper": dict(paper.paper)}
        for paper in set_aside.list_set_aside(edit.read(here.folder))
    ]


@router.delete(
    "/cases/{case}/papers/{paper}",
    response={200: Json, **REFUSED},
    operation_id="setPaperAside",
)
def set_paper_aside(request: HttpRequest, case: str, paper: str) -> Json:
    """Take a paper out; its file and what the log says of it stay."""
    here = enter_case(request, case, Role.EDITOR)
    paper_aside = set_aside.set_paper_aside(
        here.folder,
        paper,
        on=timezone.localdate(),
        by=here.name,
        catalogue=catalogue(),
    )
    _record_event(here, Text(f"接口移出{paper}", f"Took {paper} out by API"))
    return {"id": paper_aside.id}


@router.post(
    "/cases/{case}/papers/set-aside/{paper}",
    response={200: Json, **REFUSED},
    operation_id="putPaperBack",
)
def take_paper_back(request: HttpRequest, case: str, paper: str) -> Json:
    """List a paper again, by its id among those set aside; gives the id it has now."""
    here = enter_case(request, case, Role.EDITOR)
    name = set_aside.take_paper_back(here.folder, paper, catalogue=catalogue())
    _record_event(here, Text(f"接口放回{name}", f"Put {name} back by API"))
    return {"id": name}


@router.put(
    "/cases/{case}/papers/{paper}/kind",
    response={200: Json, **REFUSED},
    operation_id="changePaperKind",
)
def change_paper_kind(
    request: HttpRequest, case: str, paper: str, given: RealKind
) -> Json:
    """List a paper as another kind; gives its new id. What it proved is asked anew."""
    here = enter_case(request, case, Role.EDITOR)
    name = set_aside.change_paper_kind(
        here.folder, paper, given.kind, catalogue=catalogue()
    )
    event_text = Text(
        f"接口把{paper}改为{given.kind}", f"Listed {paper} as {given.kind} by API"
    )
    _record_event(here, event_text)
    return {"id": name}


@router.put(
    "/cases/{case}/archived",
    response={200: Json, **REFUSED},
    operation_id="archiveCase",
)
def archive_or_restore_case(request: HttpRequest, case: str, given: PutAway) -> Json:
    """Put the case away, or list it again; nothing is deleted."""
    here = enter_case(request, case, Role.EDITOR)
    restore = not given.archived
    if archive_case(here.folder, by=here.name, now=timezone.now(), restore=restore):
        event_text = (
            Text("接口从归档放回", "Took it out of the archive by API")
            if restore
            else Text("接口归档", "Archived it by API")
        )
        add_case_event(here, "archive", event_text)
        refresh_case(here.workspace, here.row.folder)
    return {"archived": given.archived}


def _record_event(here: Here, event_text: Text) -> None:
    add_case_event(here, "paper", event_text)
    log_what_is_said(here)
    refresh_case(here.workspace, here.row.folder)
