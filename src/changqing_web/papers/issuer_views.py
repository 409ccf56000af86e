"""向出具方核实: the codes on papers, and the page that a person saved of the issuer."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from changqing.case.edit import StaleError
from changqing.case.page import MAX_PAGE_BYTES
from changqing.errors import ChangqingError
from changqing.papers.issuer_page import list_offered_checks
from changqing.papers.keep_issuer_page import keep_issuer_page
from changqing.papers.open import open_case
from changqing.text import Text
from changqing_web.errors import list_issues
from changqing_web.facts.said import log_what_is_said
from changqing_web.index import catalogue, refresh_case
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute


def add_issuer_page(request: HttpRequest, here: Here, paper: str) -> HttpResponse:
    """Keep the page that an issuer showed of a paper, and say what came of it."""
    answer = HttpResponseRedirect(
        reverse("reading", args=[here.workspace.slug, here.row.folder]) + "#issuers",
        status=303,
    )
    try:
        case = open_case(here.folder, catalogue())
    except ChangqingError as error:
        return _tell_wrong(request, error, answer)
    if all(listed_paper.id != paper for listed_paper in case.papers):
        raise Http404
    file = request.FILES.get("page")
    if file is None or (file.size or 0) > MAX_PAGE_BYTES:
        messages.error(request, _NO_PAGE.say(page_language()))
        return answer
    try:
        keep_issuer_page(
            case,
            paper,
            b"".join(file.chunks()),
            named=file.name or "",
            on=timezone.localdate(),
            by=here.name,
        )
    except StaleError:
        messages.error(request, _CHANGED.say(page_language()))
        return answer
    except ChangqingError as error:
        return _tell_wrong(request, error, answer)
    add_case_event(
        here,
        "read",
        Text(zh=f"加入{paper}的核验页面", en=f"Added the issuer’s page of {paper}"),
        paper=paper,
    )
    log_what_is_said(here)
    refresh_case(here.workspace, here.row.folder)
    for check in list_offered_checks(open_case(here.folder, catalogue())):
        if check.paper.id == paper:
            answer_text = check.result.answer.text
            messages.info(
                request, t(f"{answer_text.zh}。", f"{answer_text.en.capitalize()}.")
            )
    return answer


def _tell_wrong(
    request: HttpRequest, error: ChangqingError, answer: HttpResponse
) -> HttpResponse:
    for line in list_issues(error):
        messages.error(request, line)
    return answer


_NO_PAGE: Final = Text(
    zh="请选保存下来的核验页面，网页、文本或PDF，不超过限额。",
    en="Choose the page you saved, as HTML, text or PDF, within the limit of size.",
)
_CHANGED: Final = Text(
    zh="别人刚改过这份材料，请再试一次。",
    en="Somebody has just changed this paper; please try again.",
)

ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/issuer/<slug:paper>/",
        view=add_issuer_page,
        name="issuer_page",
        least=Role.EDITOR,
        methods=("POST",),
        sample={"paper": "social_insurance"},
    ),
)
