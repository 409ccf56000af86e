"""审查一页 and the dossier to read: the pages of a reviewer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from changqing.casework.review import LONGEST_REMARK, ReviewMark
from changqing.casework.review_letter import write_correction_notice
from changqing.documents.letters import render_letters
from changqing.errors import ChangqingError
from changqing.masks import mask_numbers
from changqing.text import Text
from changqing_web.cases import make_case_context
from changqing_web.documents.prose import render_prose
from changqing_web.documents.views import make_chart_address, make_line, select_document
from changqing_web.documents.written import load_writings, read_case
from changqing_web.downloads import disarm_answer, make_download
from changqing_web.errors import list_issues
from changqing_web.language import t
from changqing_web.limits import is_over_limit
from changqing_web.models import Role
from changqing_web.papers.seen_views import name_reviewer
from changqing_web.record import add_case_event_for
from changqing_web.review.marks import (
    TypedMark,
    count_marks,
    find_unmarked,
    identify_reviewer,
    keep_marks,
    list_current,
    read_form,
    select_mine,
)
from changqing_web.review.sheet import (
    crop_source,
    load_sheet,
    make_rows,
)
from changqing_web.walls import Here, PageRoute

_MOST: Final = 120  # times a reviewer keeps marks
_WITHIN: Final = 600  # seconds


def show_sheet(request: HttpRequest, here: Here) -> HttpResponse:
    """Show the points on which the case stands or falls; a POST marks them."""
    if request.method != "POST":
        return _render_page(request, here)
    if here.role is not Role.REVIEWER:
        raise Http404
    typed = read_form(request.POST)
    if is_over_limit(f"review:{identify_reviewer(here)}", most=_MOST, seconds=_WITHIN):
        message = t(
            "保存得太频繁，过几分钟再试。", "Too often; try again in some minutes."
        )
        return _render_page(request, here, typed=typed, errors=[message], status=429)
    if find_unmarked(typed):
        message = t(
            "有的写了意见，没有选✓、疑或补。选好再保存，所写内容还在下面。",
            "Some remarks have no mark. Choose one and keep again; all you wrote is "
            "below.",
        )
        return _render_page(request, here, typed=typed, errors=[message], status=422)
    try:
        added = keep_marks(here, load_sheet(here), typed)
    except ChangqingError as error:
        issues = list_issues(error)
        return _render_page(request, here, typed=typed, errors=issues, status=409)
    if added:
        add_case_event_for(
            name_reviewer(here),
            here,
            "review",
            Text(
                f"审查一页：记下{len(added)}处意见",
                f"Review sheet: {len(added)} marks recorded",
            ),
            points=[remark.point for remark in added],
        )
        messages.success(request, t(f"已记下{len(added)}处。", f"{len(added)} kept."))
    else:
        messages.info(request, t("没有改动。", "Nothing was changed."))
    address = reverse("review_sheet", args=[here.workspace.slug, here.row.folder])
    return HttpResponseRedirect(address, status=303)


def _render_page(
    request: HttpRequest,
    here: Here,
    *,
    typed: Mapping[str, TypedMark] | None = None,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    may_mark = here.role is Role.REVIEWER
    try:
        sheet = load_sheet(here)
        remarks = list_current(here)
    except ChangqingError as error:
        problem = list_issues(error)
        return render(
            request,
            "review/sheet.html",
            make_case_context(here, "review_sheet", problem=problem),
            status=409,
        )
    mine = select_mine(here, remarks) if may_mark else {}
    others = [] if may_mark else remarks
    groups = make_rows(sheet, mine, others, typed=typed or {})
    remarks_shown = list(mine.values()) if may_mark else others
    more = {
        "groups": groups,
        "gone": [
            remark for remark in remarks_shown if sheet.find(remark.point) is None
        ],
        "counts": count_marks(remarks_shown),
        "reviewers": list(dict.fromkeys(mark.by for mark in others)),
        "may_mark": may_mark,
        "evidence_url": reverse(
            "evidence", args=[here.workspace.slug, here.row.folder]
        ),
        "marks": list(ReviewMark),
        "longest": LONGEST_REMARK,
        "has_letter": any(
            remark.mark in (ReviewMark.DOUBT, ReviewMark.SUPPLEMENT)
            for remark in mine.values()
        ),
        "errors": errors or [],
    }
    return render(
        request,
        "review/sheet.html",
        make_case_context(here, "review_sheet", **more),
        status=status,
    )


def show_crop(request: HttpRequest, here: Here, number: int) -> HttpResponse:
    """Draw the place in a paper that a point quotes."""
    try:
        picture = crop_source(here, number) if number < 10**9 else None
    except ChangqingError:
        picture = None
    if picture is None:
        raise Http404
    answer = HttpResponse(picture, content_type="image/jpeg")
    disarm_answer(answer)
    return answer


def download_letter(request: HttpRequest, here: Here) -> HttpResponse:
    """Give what this reviewer wants corrected as a notice: Word, PDF or text."""
    if here.role is not Role.REVIEWER:
        raise Http404
    try:
        case = read_case(here)
        mine = select_mine(here, list_current(here))
        notice = write_correction_notice(
            case, load_sheet(here), mine, by=name_reviewer(here)
        )
        files = render_letters(
            [notice], case_name=case.name, as_of=timezone.localdate()
        )
    except ChangqingError as error:
        raise Http404 from error
    suffix = f".{request.GET.get('as', 'pdf')}"
    for name, content in files.items():
        if name.endswith(suffix):
            return make_download(content, name, "application/octet-stream")
    raise Http404


def show_documents(request: HttpRequest, here: Here) -> HttpResponse:
    """List the documents of the dossier, to be read."""
    writings = load_writings(here)
    more = {
        "lines": [
            make_line(here, writings, document) for document in writings.documents
        ],
        "problem": [] if writings.problem is None else list_issues(writings.problem),
    }
    return render(
        request,
        "review/dossier.html",
        make_case_context(here, "review_dossier", **more),
    )


def show_document(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """Show one document as it reads, with what stands behind each statement."""
    writings = load_writings(here)
    document = select_document(writings, name)
    chart = make_chart_address(here, document.id)

    def write(markdown: str) -> SafeString:
        return render_prose(mask_numbers(markdown), chart)

    at = writings.documents.index(document)
    more = {
        "line": make_line(here, writings, document),
        "document": document,
        "sections": [(part.title, write(part.markdown)) for part in document.sections],
        "before": writings.documents[at - 1] if at else None,
        "after": writings.documents[at + 1]
        if at + 1 < len(writings.documents)
        else None,
    }
    return render(
        request,
        "review/document.html",
        make_case_context(here, "review_dossier", **more),
    )


_AT: Final = "w/<slug:workspace>/c/<str:case>/review/"
_UNSEEN: Final = frozenset({Role.RESPONDENT})
ROUTES = (
    PageRoute(
        path=_AT,
        view=show_sheet,
        name="review_sheet",
        least=Role.REVIEWER,
        hidden_from=_UNSEEN,
        methods=("GET", "POST"),
    ),
    PageRoute(
        path=f"{_AT}place-<int:number>.jpg",
        view=show_crop,
        name="review_crop",
        least=Role.REVIEWER,
        hidden_from=_UNSEEN,
        sample={"number": 1},
    ),
    PageRoute(
        path=f"{_AT}notice/",
        view=download_letter,
        name="review_letter",
        least=Role.REVIEWER,
        hidden_from=_UNSEEN,
    ),
    PageRoute(
        path=f"{_AT}dossier/",
        view=show_documents,
        name="review_dossier",
        least=Role.REVIEWER,
        hidden_from=_UNSEEN,
    ),
    PageRoute(
        path=f"{_AT}dossier/<slug:name>/",
        view=show_document,
        name="review_document",
        least=Role.REVIEWER,
        hidden_from=_UNSEEN,
        sample={"name": "emergency"},
    ),
)
