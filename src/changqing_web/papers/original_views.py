"""The file of a paper: shown to few, kept when another takes its place, erased."""

from __future__ import annotations

from pathlib import Path

from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.urls import reverse
from django.utils import timezone

from changqing.case import edit
from changqing.case.edit import CaseData, StaleError
from changqing.casework.personal import NOT_REACHED, is_personal
from changqing.errors import CaseError, ChangqingError
from changqing.evidence.ledger.erase import find_replaced_files
from changqing.jsondata import JsonObject
from changqing.plainfile import check_plain, open_plain
from changqing_web.cases import find_key_path
from changqing_web.downloads import disarm_answer
from changqing_web.errors import RETRY_CHANGED, list_issues
from changqing_web.index import catalogue
from changqing_web.language import page_language, t
from changqing_web.models import PaperAccess, Role
from changqing_web.papers import intake
from changqing_web.papers.access import GivenPaper, compute_file_digest, note_access
from changqing_web.papers.erasing import forget_beside
from changqing_web.walls import Here, PageRoute


def find_item(case_data: CaseData, paper: str) -> JsonObject:
    """Find what the case file says of a paper; 404 where it names none."""
    item = case_data.find_value(("papers", paper))
    if not isinstance(item, dict):
        raise Http404
    return item


def list_earlier(here: Here, written: CaseData, paper: str) -> list[str]:
    """List the files that were this paper before others took their place."""
    listed = {
        str(item.get("file"))
        for of in ("papers", "looks")
        for item in written.list_items(of)
    }
    return find_replaced_files(here.folder, listed=listed).get(paper, [])


def find_path(here: Here, name: str) -> Path | None:
    """Find a file of the case, if it lies in the case folder."""
    path = here.folder / name
    try:
        there = bool(name) and check_plain(path, inside=here.folder)
    except (OSError, CaseError):
        return None
    return path if there else None


def download_paper(request: HttpRequest, here: Here, paper: str) -> HttpResponseBase:
    """Give the file of a paper; what is about a person is shown to few, and audited."""
    case_data = edit.read(here.folder)
    item = find_item(case_data, paper)
    material_kind = str(item.get("kind"))
    name = str(item.get("file") or "")
    if earlier_name := request.GET.get("earlier"):
        earlier = list_earlier(here, case_data, paper)
        name = next((path for path in earlier if Path(path).name == earlier_name), "")
    path = find_path(here, name)
    if path is None:
        raise Http404
    kind = intake.find_file_type(path)
    inline = kind.inline and request.GET.get("download") != "1"
    if is_personal(catalogue(), material_kind):
        if not here.may(Role.EDITOR):
            raise Http404
        way = PaperAccess.Way.VIEW if inline else PaperAccess.Way.DOWNLOAD
        given_paper = GivenPaper(
            paper=paper, kind=material_kind, digest=compute_file_digest(path)
        )
        note_access(here, way, [given_paper])
    answer = FileResponse(
        open_plain(path, inside=here.folder),
        content_type=kind.mime,
        as_attachment=not inline,
        filename=path.name,
    )
    disarm_answer(answer)
    answer["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def erase_paper(request: HttpRequest, here: Here, paper: str) -> HttpResponse:
    """Erase a paper about a person; the log goes on proving that it was there."""
    from changqing.casework.personal import erase_papers
    from changqing.evidence.ledger.note import load_key

    item = find_item(edit.read(here.folder), paper)
    address = reverse("evidence", args=[here.workspace.slug, here.row.folder])
    personal = is_personal(catalogue(), str(item.get("kind")))
    if not personal or not request.POST.get("sure"):
        messages.error(
            request,
            t(
                "没有抹去：只能抹去关于个人的材料，并须勾选确认。",
                "Nothing was erased: only papers about a person can be, and only when "
                "confirmed.",
            ),
        )
        return HttpResponseRedirect(address, status=303)
    try:
        erasures = erase_papers(
            here.folder,
            [paper],
            catalogue=catalogue(),
            key=load_key(find_key_path()),
            now=timezone.now(),
            by=here.name,
        )
    except StaleError:
        messages.error(
            request,
            RETRY_CHANGED.say(page_language()),
        )
        return HttpResponseRedirect(address, status=303)
    except ChangqingError as error:
        for line in list_issues(error):
            messages.error(request, line)
        return HttpResponseRedirect(address, status=303)
    bundles = forget_beside(here, erasures)
    entry_count = sum(erasure.entries for erasure in erasures)
    messages.success(
        request,
        t(
            f"已抹去。日志中{entry_count}条只留摘要和它关于什么，其余仍可复核。",
            f"Erased. {entry_count} entries of the log keep their digest and what they "
            "are "
            "about; the rest can still be verified.",
        ),
    )
    if bundles:
        messages.warning(
            request,
            t(
                f"此前含个人材料的封存包{bundles}个里可能有它，也已删除；需要时重新封。",
                f"{bundles} bundles with personal papers may have held it and are "
                "deleted; seal again where one is needed.",
            ),
        )
    for limitation in NOT_REACHED:
        messages.info(request, limitation.say(page_language()))
    return HttpResponseRedirect(address, status=303)


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/papers/<slug:paper>/file",
        view=download_paper,
        name="paper_file",
        least=Role.REVIEWER,
        hidden_from=frozenset({Role.RESPONDENT}),
        sample={"paper": "business_licence"},
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/papers/<slug:paper>/erase/",
        view=erase_paper,
        name="paper_erase",
        least=Role.OWNER,
        methods=("POST",),
        sample={"paper": "business_licence"},
    ),
)
