"""申报材料: each document with its state, text and marks; edited and made here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import quote

from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse

from changqing.disk import only_writer
from changqing.documents.compose import refuse_unknown
from changqing.documents.document import Document
from changqing.documents.letterhead import LETTERHEAD, SHARED_LETTERHEAD
from changqing.documents.made import MADE, PORTAL_LIMITS, holds_papers
from changqing.documents.package import find_signed
from changqing.documents.schedule import (
    Concern,
    ContentSchedule,
    find_concerns,
    load_schedule,
)
from changqing.documents.schedule_import import import_schedule
from changqing.documents.stamping import FOLDER, PACK
from changqing.errors import ChangqingError
from changqing.law.documents import load_documents
from changqing.law.kinds.document import DocumentTemplate
from changqing.plainfile import check_plain
from changqing.text import Text
from changqing_web import jobs
from changqing_web.cases import make_case_context
from changqing_web.documents.rendered import (
    find_bound_volume,
    find_package,
    is_current,
    list_made_files,
)
from changqing_web.documents.ways import group_contradictions
from changqing_web.documents.written import (
    Writings,
    compare_case,
    find_left_before_handing_in,
    load_writings,
)
from changqing_web.errors import list_issues
from changqing_web.index import catalogue
from changqing_web.language import t
from changqing_web.models import Job, PaperAccess, Role
from changqing_web.papers.access import list_personal_files, note_access
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute

_TABLE_LIMIT: Final = 6_000_000  # bytes read of a table; the core refuses sooner
_STATES: Final = {
    "blank": (Text("待补", "To fill"), "undetermined"),
    "unsupported": (Text("写好，有自述", "Written, own word in places"), "unproven"),
    "ready": (Text("写好", "Written"), "met"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """One document in the list."""

    document: Document
    state: str
    word: Text
    glyph: str
    made: bool  # its files are of the text as it is now
    clean: Document | None  # its copy to hand in


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentToSign:
    """A document that is signed and sealed, and whether its scan came back."""

    document: Document
    done: bool
    outdated: bool  # changed since it was signed


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningState:
    """What is to be signed, what came back, and the last work on either."""

    documents: list[DocumentToSign]
    pack: bool  # it was made
    pack_job: Job | None
    scan_job: Job | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleState:
    """The content schedule, and what a reader would stumble over; or why unread."""

    told: ContentSchedule | None = None
    concerns: Sequence[Concern] = ()
    errors: Sequence[str] = ()


def show_dossier(request: HttpRequest, here: Here) -> HttpResponse:
    """Show all documents in the order of the law, and what does not agree."""
    return _render_overview(request, here, wrong=())


def take_schedule(request: HttpRequest, here: Here) -> HttpResponse:
    """Take the content schedule in from a table; nothing is written of a wrong one."""
    file = request.FILES.get("table")
    suffix = "" if file is None else Path(str(file.name)).suffix.lower()
    if file is None or suffix not in {".csv", ".xlsx"}:
        error_lines = [t("选择一个CSV或Excel文件", "choose a CSV or Excel file")]
        return _render_overview(request, here, wrong=error_lines)
    try:
        with TemporaryDirectory(prefix="changqing-") as folder:
            table = Path(folder) / f"table{suffix}"
            table.write_bytes(file.read(_TABLE_LIMIT))
            with only_writer(here.folder / "evidence" / "lock", inside=here.folder):
                count = import_schedule(table, here.folder, replace=True)
    except ChangqingError as error:
        return _render_overview(request, here, wrong=list_issues(error))
    add_case_event(
        here,
        "dossier",
        Text(f"导入内容更新计划{count}项", f"Content schedule imported: {count} items"),
    )
    messages.success(request, t(f"已导入{count}项。", f"{count} items imported."))
    address = reverse("dossier", args=[here.workspace.slug, here.row.folder])
    return HttpResponseRedirect(f"{address}#schedule", status=303)


def _render_overview(
    request: HttpRequest, here: Here, *, wrong: Sequence[str]
) -> HttpResponse:
    writings = load_writings(here)
    checked = compare_case(here)
    lines = [make_line(here, writings, document) for document in writings.documents]
    apart = group_contradictions(here, writings.outcome.case, checked.found)
    return render(
        request,
        "documents/dossier.html",
        make_case_context(
            here,
            "dossier",
            problem=writings.problem and list_issues(writings.problem),
            broken=[] if writings.problem is None else _list_broken(writings.problem),
            lines=lines,
            counts={
                code: sum(line.state == code for line in lines) for code in _STATES
            },
            states=[(code, word) for code, (word, _) in _STATES.items()],
            compared=checked,
            apart=apart,
            left=find_left_before_handing_in(here),
            usable=bool(lines)
            and not apart
            and not any(line.document.blanks for line in lines),
            schedule=_read_schedule(here, writings),
            wrong=wrong,
            zip=find_package(here, writings.writing),
            limits=PORTAL_LIMITS,
            volume=find_bound_volume(here, writings.writing),
            job=find_last_job(here),
            may_edit=here.may(Role.EDITOR),
            may_share=here.may(Role.OWNER),
            letterhead=_find_letterhead(here),
            signing=_find_signing(here, writings),
        ),
        status=422 if wrong else 200,
    )


def _find_letterhead(here: Here) -> str:
    """Whose Word template is in use: that of the case, the shared one, or none."""
    if (here.folder / LETTERHEAD).is_file():
        return "case"
    return "shared" if (here.folder.parent / SHARED_LETTERHEAD).is_file() else ""


def _list_broken(problem: ChangqingError) -> list[DocumentTemplate]:
    """The documents whose own copy cannot be read, to be mended by a person."""
    templates = load_documents()
    names = [
        Path(issue.path).stem for issue in problem.issues if issue.path is not None
    ]
    return [templates[name] for name in dict.fromkeys(names) if name in templates]


def show_chart(request: HttpRequest, here: Here, name: str, chart: str) -> HttpResponse:
    """Draw one of a document's charts, as SVG."""
    chart_svg = select_document(load_writings(here), name).charts.get(chart)
    if chart_svg is None:
        raise Http404
    answer = HttpResponse(chart_svg, content_type="image/svg+xml")
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    return answer


def make_documents(request: HttpRequest, here: Here) -> HttpResponse:
    """Write the documents as Word and PDF, in the background: all, or one."""
    only = request.POST.getlist("only")
    refuse_unknown(frozenset(only), load_documents())
    job = jobs.begin_job(here, "dossier", only=only)
    add_case_event(
        here,
        "dossier",
        Text(
            zh=f"生成文书{'、'.join(only) or '（全套）'}",
            en=f"Writing {', '.join(only) or 'all documents'}",
        ),
        job=job.pk,
    )
    if len(only) == 1:
        return redirect_to_documents(here, "dossier_document", only[0])
    address = reverse("dossier", args=[here.workspace.slug, here.row.folder])
    return HttpResponseRedirect(address, status=303)


def download_file(
    request: HttpRequest, here: Here, file: str
) -> HttpResponse | FileResponse:
    """Give one of the files that were made; 404 for a name that none has."""
    names = {
        name: path
        for path in list_made_files(here.folder)
        if (name := path.name) == file
    }
    path = names.get(file)
    if path is None:
        raise Http404
    if holds_papers(path.relative_to(here.folder / MADE)):
        note_access(
            here, PaperAccess.Way.DOWNLOAD, list_personal_files(here, copies=False)
        )
    answer = FileResponse(
        path.open("rb"), content_type="application/octet-stream", as_attachment=True
    )
    answer.headers["Content-Disposition"] = (
        f"attachment; filename*=UTF-8''{quote(file)}"
    )
    return answer


def _find_signing(here: Here, writings: Writings) -> SigningState:
    signed = find_signed(here.folder, writings.writing)
    return SigningState(
        documents=[
            DocumentToSign(
                document=document,
                done=document.id in signed.current,
                outdated=document.id in signed.outdated,
            )
            for document in writings.writing.clean
            if document.signature
        ],
        pack=check_plain(here.folder / FOLDER / PACK, inside=here.folder),
        pack_job=find_last_job(here, "stamp"),
        scan_job=find_last_job(here, "stamped"),
    )


def find_last_job(here: Here, kind: str = "dossier") -> Job | None:
    """Find the last time documents were asked for, or other work of that kind."""
    return (
        Job.objects.filter(workspace=here.workspace, case=here.row.folder, kind=kind)
        .select_related("workspace")
        .order_by("-pk")
        .first()
    )


# What is shown


def make_line(here: Here, writings: Writings, document: Document) -> DocumentLine:
    """Make a document with its state, as the list and its own page show it."""
    state = (
        "blank"
        if document.blanks
        else "unsupported"
        if document.unsupported
        else "ready"
    )
    word, glyph = _STATES[state]
    return DocumentLine(
        document=document,
        state=state,
        word=word,
        glyph=glyph,
        made=is_current(here, writings.writing, document),
        clean=writings.writing.find_clean(document.id),
    )


def _read_schedule(here: Here, writings: Writings) -> ScheduleState:
    try:
        schedule = load_schedule(here.folder)
    except ChangqingError as error:
        return ScheduleState(errors=list_issues(error))
    if schedule is None:
        return ScheduleState()
    stumbled = find_concerns(schedule, writings.outcome.situation, catalogue())
    return ScheduleState(told=schedule, concerns=stumbled)


def select_document(writings: Writings, name: str) -> Document:
    """Select the document of this name; the page of another is not there."""
    document = writings.find_document(name)
    if document is None:
        raise Http404
    return document


def check_document(name: str) -> None:
    """Answer 404 for a document that no dossier has."""
    if name not in load_documents():
        raise Http404


def make_chart_address(here: Here, document: str) -> Callable[[str], str]:
    """Make the addresses of a document's drawings."""

    def address(name: str) -> str:
        return reverse(
            "dossier_chart",
            args=[here.workspace.slug, here.row.folder, document, name],
        )

    return address


def redirect_to_documents(here: Here, route: str, *name: str) -> HttpResponse:
    """Go and look at a document, or at all of them."""
    address = reverse(route, args=[here.workspace.slug, here.row.folder, *name])
    return HttpResponseRedirect(address, status=303)


_AT: Final = "w/<slug:workspace>/c/<str:case>/dossier/"
ONE: Final = f"{_AT}<slug:name>/"
SAMPLE: Final = {"name": "emergency"}
ROUTES = (
    PageRoute(path=_AT, view=show_dossier, name="dossier", least=Role.EDITOR),
    PageRoute(
        path=f"{_AT}make",
        view=make_documents,
        name="dossier_make",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    PageRoute(
        path=f"{_AT}schedule",
        view=take_schedule,
        name="dossier_schedule",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    PageRoute(
        path=f"{_AT}files/<str:file>",
        view=download_file,
        name="dossier_file",
        least=Role.EDITOR,
        sample={"file": "a.pdf"},
    ),
    PageRoute(
        path=f"{ONE}charts/<slug:chart>.svg",
        view=show_chart,
        name="dossier_chart",
        least=Role.REVIEWER,
        hidden_from=frozenset({Role.RESPONDENT}),
        sample={"name": "company_profile", "chart": "organisation"},
    ),
)
