"""Facts and papers: what a case says, and what it rests on."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from django.http import HttpRequest
from django.utils import timezone
from ninja import File, Form, Router, Schema, Status, UploadedFile
from pydantic import Field

from changqing.case import edit
from changqing.case.edit import find_place
from changqing.case.subjects import Subject
from changqing.disk import Disk
from changqing.errors import CaseError, Issue
from changqing.papers.issuer_page import encode_check, list_offered_checks
from changqing.papers.keep_issuer_page import keep_issuer_page
from changqing.papers.open import open_case
from changqing.report.codec import to_plain
from changqing.text import Text
from changqing.yamlfile.plain import WritableItem
from changqing_web.api.door import REFUSED, Json, enter_case
from changqing_web.cases import load_report
from changqing_web.facts.questions import find_list_name
from changqing_web.facts.said import check_log, log_what_is_said
from changqing_web.index import catalogue, refresh_case
from changqing_web.language import page_language
from changqing_web.models import Role
from changqing_web.papers.intake import find_stem, take_file
from changqing_web.record import add_case_event
from changqing_web.walls import Here

router = Router(tags=["facts"])
_NAME: Final = r"^[a-z][a-z0-9_]{0,59}$"
Scalar = str | bool | int | list[str] | None


class Says(Schema):
    """`case.yaml` as plain data, and the version to send with a change."""

    version: str
    case: Json


class Value(Schema):
    """One fact of one subject, as `case.yaml` would have it; null takes it out."""

    subject: Annotated[str, Field(examples=["applicant", "service:site"])] = "applicant"
    fact: str
    value: Scalar


class Put(Schema):
    """Facts to write, all or none. Without a version, over what stands there now.

    `absent` are the kinds of paper that are said not to be there, `nobody` the posts
    that nobody is said to hold; each list replaces the one before.
    """

    version: Annotated[str | None, Field(max_length=100)] = None
    values: Annotated[list[Value], Field(max_length=200)] = []
    absent: Annotated[list[str] | None, Field(max_length=200)] = None
    nobody: Annotated[list[str] | None, Field(max_length=200)] = None


class PaperKept(Schema):
    """A paper as it was taken in."""

    id: str
    kind: str
    file: str
    digest: str
    size: int


@router.get(
    "/cases/{case}/facts", response={200: Says, **REFUSED}, operation_id="getFacts"
)
def get_facts(request: HttpRequest, case: str) -> Json:
    """Give what the case says of itself, and the version to send with a change."""
    case_data = edit.read(enter_case(request, case, Role.EDITOR).folder)
    return {"version": case_data.version, "case": case_data.data}


@router.get(
    "/cases/{case}/questions",
    response={200: list[Json], **REFUSED},
    operation_id="getQuestions",
)
def get_questions(request: HttpRequest, case: str) -> list[Any]:
    """List what the applicant is asked, in the order of a conversation."""
    report = load_report(enter_case(request, case, Role.EDITOR))
    return [to_plain(question) for question in report.questions]


@router.put(
    "/cases/{case}/facts", response={200: Says, **REFUSED}, operation_id="putFacts"
)
def write_facts(request: HttpRequest, case: str, given: Put) -> Json:
    """Write facts, all or none; the catalogue says what each may be.

    409 with both values where others changed the same since `version`; 422 where a fact
    is not known or cannot have the value. `null` makes a fact unknown, not absent.
    """
    here = enter_case(request, case, Role.EDITOR)
    case_data = edit.read(here.folder)
    changes = [_make_change(value, case_data) for value in given.values]
    for name, codes in (("absent", given.absent), ("nobody", given.nobody)):
        if codes is not None:
            changes.append(_make_absence(case_data, name, codes))
    if not changes:
        nothing = Text("没有要写的内容", "there is nothing to write")
        raise CaseError(Issue(text=nothing))
    check_log(here)
    after = edit.change(
        here.folder,
        changes,
        version=given.version or case_data.version,
        catalogue=catalogue(),
    )
    _record_change(
        here, Text(f"接口写入{len(changes)}项事实", f"{len(changes)} facts by API")
    )
    return {"version": after.version, "case": after.data}


def _make_change(given: Value, case_data: edit.CaseData) -> edit.FieldChange:
    kind, _, name = given.subject.partition(":")
    facts = catalogue().facts
    if (kind, given.fact) not in facts:
        fact_name = f"{given.subject}.{given.fact}"
        raise CaseError(
            Issue(text=Text(f"没有{fact_name}", f"there is no {fact_name}"))
        )
    if kind != "applicant":
        listed = case_data.list_items(find_list_name(kind))
        if name not in {str(item.get("id")) for item in listed}:
            raise CaseError(
                Issue(text=Text(f"没有{given.subject}", f"there is no {given.subject}"))
            )
    return edit.FieldChange(
        at=find_place(Subject(kind, name), given.fact), value=given.value
    )


def _make_absence(
    case_data: edit.CaseData, name: str, codes: list[str]
) -> edit.FieldChange:
    """What there is none of, each with the day on which it was first said."""
    before, today = edit.find_absences(case_data, name), timezone.localdate()
    days_by_code = {code: before.get(code, today) for code in codes}
    return edit.FieldChange(at=(name,), value=days_by_code or None)


@router.get(
    "/cases/{case}/papers",
    response={200: list[Json], **REFUSED},
    operation_id="getPapers",
)
def get_papers(request: HttpRequest, case: str) -> list[Any]:
    """List the papers of the case."""
    case_data = edit.read(enter_case(request, case, Role.EDITOR).folder)
    return list(case_data.list_items("papers"))


@router.post(
    "/cases/{case}/papers",
    response={201: PaperKept, **REFUSED},
    operation_id="addPaper",
)
def add_paper(
    request: HttpRequest,
    case: str,
    file: File[UploadedFile],
    kind: Annotated[str, Form(pattern=_NAME)],
) -> Status[Json]:
    """Take in a file, by its content, and list it as a paper received today."""
    here = enter_case(request, case, Role.EDITOR)
    if kind not in catalogue().materials:
        raise CaseError(
            Issue(
                text=Text(f"没有{kind}这种材料", f"there is no paper of kind {kind}"),
                hint=Text("名称见/materials", "/materials lists them"),
            )
        )
    case_data = edit.read(here.folder)
    stem = find_stem(file.name or "") or kind
    taken_file = take_file(here.folder, file, stem=stem, disk=Disk(inside=here.folder))
    name = edit.find_free_id(case_data, "papers", kind)
    item: WritableItem = {
        "id": name,
        "kind": kind,
        "file": taken_file.path,
        "received_on": timezone.localdate(),
    }
    try:
        edit.set_item(here.folder, "papers", item, catalogue=catalogue())
    except (CaseError, edit.StaleError):
        (here.folder / taken_file.path).unlink(missing_ok=True)
        raise
    label = catalogue().materials[kind].label
    _record_change(here, Text(f"接口收到{label.zh}", f"{label.en} received by API"))
    return Status(
        201,
        {
            "id": name,
            "kind": kind,
            "file": taken_file.path,
            "digest": taken_file.digest,
            "size": taken_file.size,
        },
    )


@router.get(
    "/cases/{case}/issuer",
    response={200: list[Json], **REFUSED},
    operation_id="getIssuerChecks",
)
def get_issuer_checks(request: HttpRequest, case: str) -> list[Any]:
    """List the papers with a code that their issuer answers, and what its page says."""
    here = enter_case(request, case, Role.EDITOR)
    checks = list_offered_checks(open_case(here.folder, catalogue()))
    return [encode_check(check, page_language()) for check in checks]


@router.post(
    "/cases/{case}/issuer",
    response={201: list[Json], **REFUSED},
    operation_id="addIssuerPage",
)
def add_issuer_page(
    request: HttpRequest,
    case: str,
    page: File[UploadedFile],
    paper: Annotated[str, Form(pattern=_NAME)],
    on: Annotated[date | None, Form()] = None,
) -> Status[list[Any]]:
    """Keep the page that an issuer showed of a paper; gives what it says."""
    here = enter_case(request, case, Role.EDITOR)
    about = open_case(here.folder, catalogue())
    day = on or timezone.localdate()
    keep_issuer_page(
        about,
        paper,
        page.read(),
        named=page.name or "",
        on=min(day, timezone.localdate()),
        by=here.name,
    )
    _record_change(
        here, Text(f"接口收到{paper}的核验页面", f"issuer page of {paper} by API")
    )
    checks = list_offered_checks(open_case(here.folder, catalogue()))
    mine = [
        offered_check for offered_check in checks if offered_check.paper.id == paper
    ]
    return Status(201, [encode_check(check, page_language()) for check in mine])


def _record_change(here: Here, event_text: Text) -> None:
    log_what_is_said(here)
    refresh_case(here.workspace, here.row.folder)
    add_case_event(here, "api", event_text)
