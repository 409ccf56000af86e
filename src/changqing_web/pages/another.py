"""再办一种许可证: a second case of the same company, and papers brought over to it."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from changqing.case.another import (
    OtherPaper,
    bring_paper,
    list_other_papers,
    write_another_case,
)
from changqing.case.edit import StaleError
from changqing.errors import ChangqingError
from changqing.guide.interview import SUBMIT_AFTER
from changqing.text import Text
from changqing_web import jobs
from changqing_web.cases import assess, case_memory, report_of
from changqing_web.errors import issues_of
from changqing_web.index import catalogue, refresh
from changqing_web.language import t
from changqing_web.models import CaseRow, Role
from changqing_web.pages.new import free_folder
from changqing_web.record import record
from changqing_web.said import settle
from changqing_web.walls import Here, PageRoute, cases_of


def begin(request: HttpRequest, here: Here) -> HttpResponse:
    """Make a case for another licence, with what this one knows and its papers."""
    licence = request.POST.get("licence", "")
    if licence not in catalogue().licences:
        raise Http404
    root = cases_of(here.workspace)
    code = here.row.board.credit_code or here.row.folder
    folder = free_folder(here, f"{code.lower()}-{licence.lower()}")
    try:
        write_another_case(
            here.folder,
            root / folder,
            licence=licence,
            submit_on=timezone.localdate() + SUBMIT_AFTER,
            catalogue=catalogue(),
        )
        case_memory().forget(root / folder)
        row = refresh(here.workspace, folder)
        made = Here(user=here.user, workspace=here.workspace, role=here.role, case=row)
        assess(made)
    except ChangqingError as error:
        for line in issues_of(error):
            messages.error(request, line)
        return redirect("case", workspace=here.workspace.slug, case=here.row.folder)
    name = catalogue().licences[licence].label
    said = Text(
        zh=f"照{here.row.folder}再办{name.zh}",
        en=f"Another licence like {here.row.folder}: {name.en}",
    )
    record(made, "new", said)
    jobs.begin(made, "read")
    messages.success(
        request,
        t(
            f"{name.zh}的项目建好了：公司、人员、网站和材料都带过来了，材料正在这里再读一遍。"
            "以后各办各的，新交的材料在“证据”里带过来。",
            f"The case for {name.en} is there: company, people, sites and papers came "
            "along, and papers are being read again. Each goes its own way from here; "
            "papers that come later are brought over under Evidence.",
        ),
    )
    return redirect("case", workspace=here.workspace.slug, case=folder)


def bring(request: HttpRequest, here: Here, other: str, paper: str) -> HttpResponse:
    """Bring a paper over from another case of the same company."""
    row = next((one for one in find_siblings(here) if one.folder == other), None)
    if row is None:
        raise Http404
    back = redirect("evidence", workspace=here.workspace.slug, case=here.row.folder)
    back.status_code = 303
    before = report_of(here)
    source = cases_of(here.workspace) / row.folder
    try:
        name = bring_paper(source, here.folder, paper, catalogue=catalogue())
    except StaleError:
        told = t("别人刚改过，请检查后再试。", "Somebody has just changed it.")
        messages.error(request, told)
        return back
    except ChangqingError as error:
        for line in issues_of(error):
            messages.error(request, line)
        return back
    said = Text(
        f"从{row.folder}带来材料{name}", f"Brought {name} over from {row.folder}"
    )
    record(here, "upload", said, paper=name)
    done = t(
        "已带过来，收到的日子不变。", "Brought over; the day it was received stays."
    )
    settle(request, here, before, done=done)
    jobs.begin(here, "read")
    return back


def find_siblings(here: Here) -> list[CaseRow]:
    """Find the other cases that the workspace has of the same company."""
    code = here.row.board.credit_code
    if not code:
        return []
    rows = here.workspace.cases.filter(credit_code=code, archived=False)
    return list(rows.exclude(pk=here.row.pk).order_by("folder")[:5])


def list_elsewhere(here: Here) -> Iterator[tuple[CaseRow, OtherPaper, Text]]:
    """List the papers that other cases of the company have and this one has not."""
    for row in find_siblings(here):
        try:
            found = list_other_papers(
                cases_of(here.workspace) / row.folder, here.folder
            )
        except ChangqingError:
            continue  # its own pages say what is wrong
        for paper in found:
            material = catalogue().materials.get(paper.kind)
            label = Text(paper.kind, paper.kind) if material is None else material.label
            yield row, paper, label


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/another/",
        view=begin,
        name="another",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/bring/<str:other>/<slug:paper>/",
        view=bring,
        name="bring_paper",
        least=Role.EDITOR,
        methods=("POST",),
        sample={"other": "elsewhere", "paper": "lease"},
    ),
)
