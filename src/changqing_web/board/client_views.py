"""客户: many at once: imported, looked at again, asked for papers, exported."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from changqing.agency.desk import Deed, DeskJournal
from changqing.agency.request import (
    Request,
    find_last_request,
    record_request,
    request_papers,
)
from changqing.agency.workbook import (
    Preview,
    make_clients,
    make_template,
    read_clients,
)
from changqing.case.values import NotAValueError
from changqing.casework.events import CaseStage, Journal
from changqing.casework.stages import replay_events
from changqing.documents.letters import render_letters
from changqing.errors import ChangqingError
from changqing.text import Language, Text
from changqing_web import cases
from changqing_web.board import previews
from changqing_web.board.clients import LOOK_AT_ALL, find_last_job
from changqing_web.board.views import list_filters, narrow_rows
from changqing_web.downloads import make_download
from changqing_web.facts.fact_field import say_mistake
from changqing_web.index import catalogue, rebuild_index, refresh_case
from changqing_web.jobs import begin_job
from changqing_web.language import page_language, t
from changqing_web.models import CaseRow, Role
from changqing_web.papers.erasing import SET_DAYS, find_last_setting
from changqing_web.papers.personal_views import read_day
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute, find_cases_folder
from changqing_web.watching.schedule import (
    INTERVALS,
    SET_SCHEDULES,
    find_last_schedules,
)

_PAGE: Final = 100
_MOST_AT_ONCE: Final = 2_000


def show_clients(request: HttpRequest, here: Here) -> HttpResponse:
    """Show the desk for many clients: import, look again, ask, export.

    A POST does what `do` names: preview or import a workbook, look again, or set the
    day on which papers about persons are deleted, which only an owner may.
    """
    if request.method != "POST":
        return _render_page(request, here)
    match request.POST.get("do"):
        case "preview":
            return _preview_import(request, here)
        case "import":
            return _import_cases(request, here)
        case "look":
            return _begin_look(request, here)
        case "deletion" if here.may(Role.OWNER):
            return _set_deletion(request, here)
        case "watch":
            return _set_watch(request, here)
        case _:
            raise Http404


def _render_page(
    request: HttpRequest,
    here: Here,
    *,
    preview: Preview | None = None,
    digest: str = "",
    faults: tuple[str, ...] = (),
    unset: tuple[str, ...] = (),
    status: int = 200,
) -> HttpResponse:
    """Render the desk; `faults` are those of a workbook, `unset` what was not set."""
    rows = _list_clients(request, here).order_by("name", "pk")
    page = Paginator(rows, _PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "board/clients.html",
        {
            "section": "clients",
            "filters": list_filters(request, here),
            "page": page,
            "job": find_last_job(here),
            "days_job": find_last_setting(here),
            "may_delete": here.may(Role.OWNER),
            "intervals": INTERVALS,
            "watch_job": find_last_schedules(here),
            "preview": preview,
            "fresh": [c for c in preview.clients if not c.there] if preview else [],
            "there": [c for c in preview.clients if c.there] if preview else [],
            "said_faults": [
                f.say(page_language()) for f in (preview.faults if preview else ())
            ],
            "said_notes": [
                n.say(page_language()) for n in (preview.notes if preview else ())
            ],
            "digest": digest,
            "faults": faults,
            "unset": unset,
        },
        status=status,
    )


def _preview_import(request: HttpRequest, here: Here) -> HttpResponse:
    """What the workbook would make; nothing is written but the workbook itself."""
    upload = request.FILES.get("workbook")
    if not isinstance(upload, UploadedFile):
        message = t("选一个xlsx文件", "choose an xlsx file")
        return _render_page(request, here, faults=(message,), status=422)
    if (upload.size or 0) > settings.UPLOAD_LIMIT:
        message = t("文件太大，请分几次导入", "is too large; import it in parts")
        return _render_page(request, here, faults=(message,), status=413)
    previews.forget_untaken(timezone.now())
    workbook = previews.keep_workbook(here.workspace, upload.read())
    try:
        preview = read_clients(
            workbook,
            catalogue(),
            find_cases_folder(here.workspace),
            today=timezone.localdate(),
        )
    except ChangqingError as error:
        workbook.unlink(missing_ok=True)
        lines = tuple(issue.text.say(page_language()) for issue in error.issues)
        return _render_page(request, here, faults=lines, status=422)
    return _render_page(request, here, preview=preview, digest=workbook.stem)


def _import_cases(request: HttpRequest, here: Here) -> HttpResponse:
    """Make the cases of the workbook that was previewed: its rows without a fault."""
    digest = request.POST.get("digest", "")
    workbook = previews.find_kept(here.workspace, digest)
    if workbook is None:
        message = t(
            "预览已经失效，请再选一次文件", "the preview is gone; choose it again"
        )
        return _render_page(request, here, faults=(message,), status=422)
    root = find_cases_folder(here.workspace)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    clients_read = read_clients(workbook, catalogue(), root, today=timezone.localdate())
    fresh = [client for client in clients_read.clients if not client.there]
    made_count = make_clients(
        fresh, root, by=here.name, now=timezone.now(), memory=cases.open_case_memory()
    )
    rebuild_index(here.workspace)
    for row in here.workspace.cases.filter(folder__in=[c.folder for c in fresh]):
        at = Here(user=here.user, workspace=here.workspace, role=here.role, case=row)
        add_case_event(
            at, "import", Text(f"从客户表导入：{row.name}", f"Imported: {row.name}")
        )
    workbook.unlink(missing_ok=True)
    messages.success(
        request,
        t(
            f"新建了{made_count}家，{len(clients_read.faults)}处有错的行没有导入。"
            "新建的还没有评估：在下面勾选，再查看。",
            f"{made_count} made; the rows with {len(clients_read.faults)} faults were "
            "left out. "
            "The new ones are not assessed yet: tick them below, and look again.",
        ),
    )
    return redirect("clients", workspace=here.workspace.slug)


def _list_chosen(request: HttpRequest, rows: QuerySet[CaseRow]) -> list[str]:
    """The folders of the cases that were ticked, or of all that fit the filter."""
    if request.POST.get("all") != "yes":
        rows = rows.filter(folder__in=request.POST.getlist("case"))
    folders = list(rows.values_list("folder", flat=True)[: _MOST_AT_ONCE + 1])
    if not folders:
        messages.warning(request, t("没有选中项目。", "No case was chosen."))
    elif len(folders) > _MOST_AT_ONCE:
        del folders[_MOST_AT_ONCE:]
        messages.warning(
            request,
            t(
                f"一次最多办{_MOST_AT_ONCE}件，其余的请再选一次。",
                f"At most {_MOST_AT_ONCE} at once; choose the others again.",
            ),
        )
    return folders


def _set_deletion(request: HttpRequest, here: Here) -> HttpResponse:
    """Set the day on which papers about persons go, for many cases."""
    try:
        day = read_day(request.POST.get("day", "").strip())
    except NotAValueError as error:
        return _render_page(
            request, here, unset=(say_mistake(error).say(page_language()),), status=422
        )
    folders = _list_chosen(request, _list_clients(request, here).filter(broken={}))
    if folders:
        begin_job(here, SET_DAYS, folders=folders, day="" if day is None else str(day))
    return redirect("clients", workspace=here.workspace.slug)


def _set_watch(request: HttpRequest, here: Here) -> HttpResponse:
    """Set how often the services of the chosen cases are looked at by themselves."""
    every = request.POST.get("every", "")
    if every not in dict(INTERVALS):
        message = t("请选一个间隔。", "Choose how often.")
        return _render_page(request, here, unset=(message,), status=422)
    rows = _list_clients(request, here).filter(ended=False, broken={})
    if folders := _list_chosen(request, rows):
        begin_job(here, SET_SCHEDULES, folders=folders, every=every)
    return redirect("clients", workspace=here.workspace.slug)


def _begin_look(request: HttpRequest, here: Here) -> HttpResponse:
    """Ask that the cases ticked, or all that fit the filter, are looked at again."""
    folders = _list_chosen(
        request, _list_clients(request, here).filter(ended=False, broken={})
    )
    if not folders:
        return redirect("clients", workspace=here.workspace.slug)
    begin_job(
        here,
        LOOK_AT_ALL,
        folders=folders,
        offline=request.POST.get("offline") == "yes",
    )
    return redirect("clients", workspace=here.workspace.slug)


def _list_clients(request: HttpRequest, here: Here) -> QuerySet[CaseRow]:
    """The cases that fit, without those that were put away."""
    return narrow_rows(request, here).filter(archived=False)


def show_progress(request: HttpRequest, here: Here) -> HttpResponse:
    """Show how far the look at many is; once over, its page may ask for another."""
    job = find_last_job(here)
    answer = render(request, "board/_clients_job.html", {"job": job})
    page = urlsplit(request.headers.get("HX-Current-URL", "")).path
    over = job is not None and not job.under_way
    if over and page == reverse("clients", args=[here.workspace.slug]):
        answer.headers["HX-Refresh"] = "true"
    return answer


def download_template(request: HttpRequest, here: Here) -> HttpResponse:
    """Give an empty workbook with the columns that an import reads."""
    return make_download(
        make_template(page_language()), t("客户表.xlsx", "clients.xlsx")
    )


def ask_for_papers(request: HttpRequest, here: Here) -> HttpResponse:
    """Write what to ask a client for, as a text to send; a POST records that it was."""
    letter_request = make_request(here)
    if request.method == "POST":
        record_request(here.folder, letter_request, by=here.name, now=timezone.now())
        refresh_case(here.workspace, here.row.folder)
        count = len(letter_request.items)
        add_case_event(
            here,
            "ask_papers",
            Text(f"向客户要了{count}项", f"Asked the client for {count} things"),
        )
        messages.success(
            request,
            t(
                "已记录，文字在下面，可以复制发出去。",
                "Recorded; copy the text and send.",
            ),
        )
        return redirect(
            "ask_papers", workspace=here.workspace.slug, case=here.row.folder
        )
    if (suffix := request.GET.get("as")) in ("docx", "pdf", "txt"):
        letters = [letter_request.write_document()]
        files = render_letters(
            letters, case_name=letter_request.to, as_of=timezone.localdate()
        )
        name = f"{letters[0].file_stem}.{suffix}"
        return make_download(files[name], name, "application/octet-stream")
    notes = DeskJournal(here.folder).list_notes()
    requests = [note for note in notes if note.deed is Deed.ASK]
    return render(
        request,
        "board/ask_papers.html",
        cases.make_case_context(
            here, "errands", wanted=letter_request, asked=requests[::-1][:10]
        ),
    )


def make_request(here: Here, language: Language | None = None) -> Request:
    """Make the request for papers of a case, from what it lacks today.

    Asked before, it reminds and says when that was.
    """
    outcome = cases.judge_case(here)
    events = Journal(here.folder).list_events()
    state = replay_events(catalogue(), outcome.case, events)
    lines = state.open_lines if state.stage is CaseStage.CORRECTION else ()
    before = find_last_request(DeskJournal(here.folder).list_notes())
    return request_papers(
        outcome.report, lines, language or page_language(), before=before
    )


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/clients/",
        view=show_clients,
        name="clients",
        least=Role.EDITOR,
        methods=("GET", "POST"),
    ),
    PageRoute(
        path="w/<slug:workspace>/clients/progress/",
        view=show_progress,
        name="clients_progress",
        least=Role.EDITOR,
    ),
    PageRoute(
        path="w/<slug:workspace>/clients/template.xlsx",
        view=download_template,
        name="clients_template",
        least=Role.EDITOR,
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/ask/",
        view=ask_for_papers,
        name="ask_papers",
        least=Role.EDITOR,
        methods=("GET", "POST"),
    ),
)
