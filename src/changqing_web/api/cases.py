"""Cases: list, make, read the result, look again, see how far work is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field, create_model

from changqing.agency.rows import FIELDS, FILTERS
from changqing.masks import mask_numbers
from changqing.report.codec import write_json
from changqing_web import cases, jobs
from changqing_web.api.door import (
    REFUSED,
    Json,
    TextData,
    clean_word,
    enter_case,
    enter_workspace,
    select_cases,
)
from changqing_web.board.columns import make_api_field, select_rows
from changqing_web.facts.drafts import Typed
from changqing_web.models import CaseRow, Job, Role
from changqing_web.new.views import create_case, find_same_company, read_interview
from changqing_web.walls import Here

router = Router(tags=["cases"])


if TYPE_CHECKING:
    LineColumns = Schema
    FilterColumns = Schema
else:
    LineColumns = create_model(
        "LineColumns",
        __base__=Schema,
        **{column.name: make_api_field(column) for column in FIELDS if column.api},
    )
    FilterColumns = create_model(
        "FilterColumns",
        __base__=Schema,
        **{column.name: (str, "") for column in FILTERS},
    )


class CaseLine(LineColumns):
    """A case as a list shows it; what is unknown is null or empty."""


class CaseList(Schema):
    """One page of the cases, and how many there are."""

    count: int
    cases: list[CaseLine]


class NewCase(Schema):
    """The twelve answers; only the name and the region are needed."""

    name: Annotated[str, Field(max_length=200)]
    region: Annotated[str, Field(description="two digits of GB/T 2260", max_length=2)]
    licence: str = "B25"
    scope: str = ""
    credit_code: str = ""
    submit_on: str = ""
    registered_capital: Annotated[str, Field(description="such as 100万元")] = ""
    charges_users: bool | None = None
    revenue_12m: str = ""
    cash_on_hand: str = ""
    monthly_cost: str = ""
    urls: Annotated[list[str], Field(max_length=5)] = []
    technician: Annotated[str, Field(max_length=80)] = ""
    another: Annotated[bool, Field(description="also if the company has one")] = False


class JobState(Schema):
    """Work in the background: ask again until it is done or failed."""

    id: int
    kind: str
    case: str
    state: str
    step: TextData | None
    result: Json


class CaseFilter(FilterColumns):
    """What the list is narrowed by; cases that were put away are listed alone."""

    q: str = ""
    archived: bool = False
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


@router.get("/cases", response={200: CaseList, **REFUSED}, operation_id="listCases")
def list_cases(request: HttpRequest, chosen: Query[CaseFilter]) -> Any:
    """List the cases that the token may read, by name."""
    there = select_cases(enter_workspace(request)).filter(archived=chosen.archived)
    rows = there.order_by("name", "pk")
    values_asked = {
        name: clean_word(str(value)) for name, value in chosen.dict().items()
    }
    rows = select_rows(rows, values_asked)
    page = rows[chosen.offset : chosen.offset + chosen.limit]
    return {"count": rows.count(), "cases": list(page)}


@router.post("/cases", response={201: CaseLine, **REFUSED}, operation_id="newCase")
def add_case(request: HttpRequest, given: NewCase) -> Status[Any]:
    """Make a case and judge it once, as `changqing new` does.

    Of a company that has a case already it makes another only with `another`; 422 names
    the field of each answer that cannot be used.
    """
    from changqing.errors import CaseError, Issue
    from changqing.text import Text

    here = enter_workspace(request, Role.EDITOR)
    words = {
        name: clean_word(value)
        for name, value in given.dict(
            exclude={"urls", "charges_users", "another"}
        ).items()
    }
    says = {True: "yes", False: "no", None: ""}[given.charges_users]
    typed = Typed({name: [value] for name, value in words.items()})
    typed.data |= {
        "charges_users": [says],
        "urls": ["\n".join(clean_word(url) for url in given.urls)],
    }
    answers, wrong = read_interview(typed)
    if answers is None:
        raise CaseError(
            *(
                Issue(
                    text=Text(
                        f"{fault.field}：{fault.text.zh}",
                        f"{fault.field}: {fault.text.en}",
                    ),
                    hint=fault.hint,
                )
                for fault in wrong
            )
        )
    same = find_same_company(here, answers.facts["credit_code"])
    if same and not given.another:
        folders = "、".join(row.folder for row in same)
        raise CaseError.of(
            Text(
                f"这家公司已经有项目：{folders}", f"the company has a case: {folders}"
            ),
            hint=Text("还要建就写another", "send another to make one all the same"),
        )
    return Status(201, create_case(here, answers).row)


@router.get(
    "/cases/{case}", response={200: CaseLine, **REFUSED}, operation_id="getCase"
)
def get_case(request: HttpRequest, case: str) -> CaseRow:
    """Give one case as the list shows it."""
    return enter_case(request, case).row


@router.get(
    "/cases/{case}/result", response={200: Json, **REFUSED}, operation_id="getResult"
)
def get_result(request: HttpRequest, case: str) -> Json:
    """Give the whole result, as `changqing assess --json` prints it.

    Without the right to write, numbers of persons are masked.
    """
    return _load_result(enter_case(request, case))


@router.get(
    "/cases/{case}/findings",
    response={200: list[Json], **REFUSED},
    operation_id="getFindings",
)
def get_findings(
    request: HttpRequest,
    case: str,
    verdict: str = "",
) -> list[Json]:
    """List what each rule found; with `verdict`, those of one, such as `unmet`."""
    findings: list[Json] = _load_result(enter_case(request, case))["findings"]
    return [f for f in findings if not verdict or f["verdict"] == verdict]


@router.get(
    "/cases/{case}/errands",
    response={200: list[Json], **REFUSED},
    operation_id="getErrands",
)
def get_errands(request: HttpRequest, case: str) -> list[Json]:
    """List what is to be done, by whom and by when."""
    errands: list[Json] = _load_result(enter_case(request, case))["errands"]
    return errands


@router.post(
    "/cases/{case}/look", response={202: JobState, **REFUSED}, operation_id="look"
)
def begin_look(request: HttpRequest, case: str) -> Status[Json]:
    """Look at the services again, in the background; ask for the job until it ends."""
    return Status(
        202,
        describe_job(jobs.begin_job(enter_case(request, case, Role.EDITOR), "look")),
    )


@router.get("/jobs/{job}", response={200: JobState, **REFUSED}, operation_id="getJob")
def get_job(request: HttpRequest, job: Annotated[int, Field(ge=0, le=2**62)]) -> Json:
    """Tell how far work in the background is."""
    here = enter_workspace(request, Role.EDITOR)
    job_row = Job.objects.filter(workspace=here.workspace, pk=job).first()
    if job_row is None:
        raise Http404
    return describe_job(job_row)


def describe_job(job: Job) -> Json:
    """Describe a job as `JobState` has it."""
    return {
        "id": job.pk,
        "kind": job.kind,
        "case": job.case,
        "state": job.state,
        "step": job.step or None,
        "result": job.result,
    }


def _load_result(here: Here) -> Json:
    """The result; who only reads gets it without identity and mobile numbers."""
    report_data = write_json(cases.load_report(here))
    if here.may(Role.EDITOR):
        return report_data
    veiled: Json = _mask_parts(report_data)
    return veiled


def _mask_parts(data: Any) -> Any:
    match data:
        case str():
            return mask_numbers(data)
        case dict():
            return {name: _mask_parts(part) for name, part in data.items()}
        case list():
            return [_mask_parts(part) for part in data]
        case _:
            return data
