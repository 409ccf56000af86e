"""证据: papers, what was seen, what could not be, and the log they are recorded in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from changqing.case import edit
from changqing.case.edit import CaseData
from changqing.case.set_aside import list_set_aside
from changqing.errors import ChangqingError
from changqing.evidence.ledger.erase import find_replaced_files
from changqing.evidence.ledger.items import Blob
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.model import Record
from changqing.judge.words import say_value
from changqing.law.kinds.material import Material
from changqing.law.kit import Dimension
from changqing.masks import mask_numbers
from changqing.report.counting import NEAR_END
from changqing.report.model import CaseReport, EvidenceView
from changqing.report.sources import find_source_name
from changqing.text import Text
from changqing_web import jobs
from changqing_web.cases import load_report, make_case_context
from changqing_web.downloads import disarm_answer
from changqing_web.facts.said import settle_changes
from changqing_web.index import catalogue
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.papers import intake, uploads
from changqing_web.papers.uploads import UploadError, list_kinds
from changqing_web.recorded import RecordedEvidence, Visit, read_recorded_evidence
from changqing_web.walls import Here, PageRoute

_ROWS: Final = 50
_VISITS: Final = 20
_SCREENSHOTS: Final = 20
_VIEWS: Final[Mapping[str, Text]] = {
    "papers": Text(zh="材料", en="Papers"),
    "seen": Text(zh="实测", en="Seen"),
    "gaps": Text(zh="没能查到", en="Could not look"),
    "records": Text(zh="证据", en="Records"),
    "log": Text(zh="证据日志", en="Evidence log"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSheet:
    """A paper in the list. `until` is the earliest day on which it stops counting."""

    id: str
    material: Material | None
    kind: str
    file: str
    type: intake.Type
    received: str
    issued: str
    until: str
    backs: int
    here: bool
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersByEnd:
    """Papers that stop counting at about the same time."""

    label: Text
    late: bool
    papers: Sequence[PaperSheet]


def show_evidence(request: HttpRequest, here: Here) -> HttpResponse:
    """Show everything the case rests on, a part at a time."""
    return _render_page(request, here, _choose_part(request))


def _choose_part(request: HttpRequest) -> str:
    part = request.GET.get("view", "")
    if part in _VIEWS:
        return part
    return "records" if request.GET.get("q") else "papers"


# Taking papers in


def upload_papers(request: HttpRequest, here: Here) -> HttpResponse:
    """Take in papers; each is kept whole and listed, or refused with its reason."""
    files, typed = request.FILES.getlist("file"), uploads.read_typed(request)
    if uploads.is_over_upload_limit(here):
        message = uploads.TOO_MANY.say(page_language())
        return _refuse_upload(request, here, {"file": message}, typed, status=429)
    if not files:
        message = t("请选择文件", "Choose a file")
        return _refuse_upload(request, here, {"file": message}, typed)
    before = load_report(here)
    papers: list[uploads.TakenPaper] = []
    errors: dict[str, str] = {}
    for file in files:
        try:
            papers.append(uploads.keep_paper(here, file, typed))
        except UploadError as error:
            for name, message in error.errors.items():
                line = f"{file.name}{t('：', ': ')}{message}"
                errors[name] = f"{errors[name]}；{line}" if name in errors else line
    if papers:
        _carry_over(request, here, papers)
        done_text = "".join(
            upload.said.say(page_language()) + t("。", ". ") for upload in papers
        )
        settle_changes(request, here, before, done=done_text)
        jobs.begin_job(here, "read")
    if errors:
        return _refuse_upload(request, here, errors, typed)
    address = _find_next_address(request, here, papers)
    if uploads.is_by_script(request):
        return JsonResponse(
            {"to": address, "said": papers[0].said.say(page_language())}
        )
    return HttpResponseRedirect(address, status=303)


def _carry_over(
    request: HttpRequest, here: Here, papers: Sequence[uploads.TakenPaper]
) -> None:
    """Offer what a replaced paper proved, to be compared with the new one."""
    from changqing_web.papers.paper_views import carry_over

    for upload in papers:
        if upload.before is not None and carry_over(here, upload.paper, upload.before):
            message = t(
                "换下的文件证明过什么，已带到草稿里；照新文件核对、保存后才作数。",
                "What the earlier file proved is in a draft; compare it with the new "
                "one and keep it, and it counts.",
            )
            messages.warning(request, message)


def _refuse_upload(
    request: HttpRequest,
    here: Here,
    errors: Mapping[str, str],
    typed: Mapping[str, str],
    *,
    status: int = 422,
) -> HttpResponse:
    if uploads.is_by_script(request):
        return JsonResponse({"errors": errors}, status=status)
    return _render_page(
        request, here, "papers", errors=errors, typed=typed, status=status
    )


def _find_next_address(
    request: HttpRequest, here: Here, papers: Sequence[uploads.TakenPaper]
) -> str:
    """Back to the questions it was sent from, to the paper, or to the list."""
    case = [here.workspace.slug, here.row.folder]
    dimension = request.POST.get("dimension", "")
    if dimension in {member.value for member in Dimension}:
        address = reverse("facts_of", args=[*case, dimension])
        return f"{address}#paper-{papers[0].kind}"
    if len(papers) == 1:
        return reverse("paper", args=[*case, papers[0].paper])
    return reverse("reading", args=case)


# The page


def _render_page(
    request: HttpRequest,
    here: Here,
    view: str,
    *,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    case_data, result = edit.read(here.folder), load_report(here)
    recorded = read_recorded_evidence(here.folder)
    words = request.GET.get("q", "").strip()
    rows = [row for row in result.evidence if _has_words(row, words)]
    counts = {
        "papers": len(case_data.list_items("papers")),
        "seen": len(recorded.visits),
        "gaps": len(result.gaps),
        "records": len(rows),
    }
    more: dict[str, object] = {}
    if view == "papers":
        more = _collect_papers(here, case_data, result, recorded)
        more["typed"] = typed or {
            "kind": request.GET.get("kind", ""),
            "replaces": request.GET.get("replaces", ""),
        }
    elif view == "seen":
        visits = _list_visits(request, recorded.visits)
        more = {
            "visits": visits,
            "page": visits.page,
            "screenshots": recorded.screenshots[:_SCREENSHOTS],
            "photographed": len(recorded.screenshots),
            "sees_personal": here.may(Role.EDITOR),
        }
    elif view == "records":
        more["page"] = Paginator(rows, _ROWS).get_page(request.GET.get("page"))
    return render(
        request,
        "papers/evidence.html",
        make_case_context(
            here,
            "evidence",
            view=view,
            may_look_up=here.may(Role.EDITOR),
            views=[(code, name, counts.get(code)) for code, name in _VIEWS.items()],
            log=recorded.log,
            log_issues=[] if recorded.log is None else _list_lines(recorded.log.issues),
            gaps=result.gaps,
            words=words,
            errors=errors or {},
            **more,
        ),
        status=status,
    )


def _list_lines(issues: Iterable[Any]) -> list[str]:
    from changqing_web.errors import list_issues

    return list_issues(ChangqingError(*issues))


def _has_words(row: EvidenceView, words: str) -> bool:
    """Whether number, fact, subject or source has the words."""
    searched = [row.number or ""]
    texts = [row.label, row.source]
    if row.subject is not None:
        searched += [row.subject.type, row.subject.id or ""]
        texts += [row.subject.label] if row.subject.label else []
    searched += [f"{text.zh}\n{text.en}" for text in texts]
    return words.casefold() in "\n".join(searched).casefold()


def _collect_papers(
    here: Here, case_data: CaseData, result: CaseReport, recorded: RecordedEvidence
) -> dict[str, object]:
    """Collect what the list of papers shows, with those set aside and unlisted."""
    papers = _list_papers(here, case_data, result, recorded)
    listed = {
        str(item.get("file"))
        for of in ("papers", "looks")
        for item in case_data.list_items(of)
    }
    aside = list_set_aside(case_data)
    files_listed = frozenset({*listed, *(paper.file for paper in aside)})
    unlisted = intake.list_unlisted(here.folder, files_listed)
    if unlisted and (recorded.log is None or not recorded.log.issues):
        replaced = find_replaced_files(here.folder, listed=listed)
        earlier = {file for files in replaced.values() for file in files}
        unlisted = [file for file in unlisted if file not in earlier]
    groups = list(_group_papers(papers, timezone.localdate()))
    return {
        "groups": groups,
        "first": next((paper for paper in papers if paper.until), None),
        "materials": list_kinds(),
        "elsewhere": _list_elsewhere(here),
        "aside": [
            (
                paper,
                catalogue().materials.get(paper.kind),
                paper.file.rpartition("/")[2],
            )
            for paper in aside
        ],
        "most": settings.UPLOAD_LIMIT // 1024 // 1024,
        "unlisted": unlisted,
        "may_upload": here.may(Role.EDITOR),
    }


def _list_elsewhere(here: Here) -> list[Any]:
    from changqing_web.new.another_views import list_elsewhere

    return list(list_elsewhere(here)) if here.may(Role.EDITOR) else []


def _list_papers(
    here: Here, case_data: CaseData, result: CaseReport, recorded: RecordedEvidence
) -> list[PaperSheet]:
    """The papers; what stops counting first comes first."""
    ends: dict[str, str] = {}
    for row in result.evidence:
        if row.digest and row.valid_until:
            until = row.valid_until.isoformat()
            ends[row.digest] = min(ends.get(row.digest, "9999"), until)
    sheets = []
    show_name = str if here.may(Role.EDITOR) else mask_numbers
    for paper in case_data.list_items("papers"):
        path = here.folder / str(paper.get("file"))
        there = path.is_file()
        days = [
            str(paper.get("valid_until") or ""),
            ends.get(recorded.digests.get(str(paper.get("id")), ""), ""),
        ]
        backs = paper.get("backs")
        sheets.append(
            PaperSheet(
                id=str(paper.get("id")),
                kind=str(paper.get("kind")),
                material=catalogue().materials.get(str(paper.get("kind"))),
                file=show_name(path.name),
                type=intake.find_file_type(path),
                received=str(paper.get("received_on") or ""),
                issued=str(paper.get("issued_on") or ""),
                until=min(filter(None, days), default=""),
                backs=len(backs) if isinstance(backs, Sequence) else 0,
                here=there,
                size=path.stat().st_size if there else 0,
            )
        )
    return sorted(sheets, key=lambda sheet: sheet.until or "9999")


def _group_papers(papers: Sequence[PaperSheet], today: date) -> Iterator[PapersByEnd]:
    """What is over, what ends soon, what lasts, and what has no end."""
    soon = (today + NEAR_END).isoformat()
    now = today.isoformat()
    parts = (
        (Text("已过期", "Over"), True, lambda day: bool(day) and day < now),
        (Text("90天内", "Within 90 days"), True, lambda day: now <= day <= soon),
        (Text("以后", "Later"), False, lambda day: day > soon),
        (Text("没有期限", "Without an end"), False, lambda day: not day),
    )
    for label, late, fits in parts:
        if mine := [paper for paper in papers if fits(paper.until)]:
            yield PapersByEnd(label=label, late=late, papers=mine)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A visit in the list: how much was seen, and how much is not as before."""

    visit: Visit
    key: str
    unlike: frozenset[Record] | None

    @property
    def changes(self) -> int | None:
        """How many things changed; None for the first visit of all."""
        return None if self.unlike is None else len(self.unlike)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureLine:
    """What one probe received: its facts with label, value and whether it changed."""

    name: Text
    digest: str | None
    facts: tuple[tuple[Text, Text, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitsPage:
    """Some of the visits, and what was received in the one that is open."""

    page: Page[Visit]
    lines: Sequence[Looked]
    opened: Looked | None
    captures: Sequence[CaptureLine]


def _list_visits(request: HttpRequest, visits: Sequence[Visit]) -> VisitsPage:
    page = Paginator(visits, _VISITS).get_page(request.GET.get("page"))
    first = page.start_index() - 1
    lines = [
        Looked(
            visit=visit,
            key=visit.at.strftime("%Y%m%d%H%M%S"),
            unlike=visit.list_unlike(visits[place + 1])
            if place + 1 < len(visits)
            else None,
        )
        for place, visit in enumerate(page.object_list, start=max(first, 0))
    ]
    visit_key = request.GET.get("visit")
    opened = next((line for line in lines if line.key == visit_key), None)
    if opened is None and visit_key is None and lines:
        opened = lines[0]
    return VisitsPage(
        page=page,
        lines=lines,
        opened=opened,
        captures=[] if opened is None else list(_list_captures(opened)),
    )


def _list_captures(line: Looked) -> Iterator[CaptureLine]:
    changed = line.unlike or frozenset()
    for seen_capture in line.visit.seen:
        yield CaptureLine(
            name=find_source_name(seen_capture.name)
            or Text(seen_capture.name, seen_capture.name),
            digest=seen_capture.digest,
            facts=tuple(
                (fact.label, say_value(record.value, fact), record in changed)
                for record in seen_capture.records
                if (fact := catalogue().facts.get((record.subject.type, record.fact)))
            ),
        )


def download_capture(request: HttpRequest, here: Here, digest: str) -> HttpResponse:
    """Give the bytes that a probe received, as a download; nothing in them runs."""
    try:
        evidence = Evidence(here.folder)
        is_recorded = any(
            isinstance(item, Blob) and item.digest == digest
            for item in evidence.list_items()
        )
        if not is_recorded or not _may_see(here, digest):
            raise Http404
        content = evidence.read_blob(digest)
    except ChangqingError as error:
        raise Http404 from error
    return make_attachment(content, f"{digest[:16]}.bin")


def show_screenshot(request: HttpRequest, here: Here, digest: str) -> HttpResponse:
    """Show the picture of a page, by itself."""
    screenshots = read_recorded_evidence(here.folder).screenshots
    if digest not in {shot.digest for shot in screenshots} or not _may_see(
        here, digest
    ):
        raise Http404
    try:
        content = Evidence(here.folder).read_blob(digest)
    except (ChangqingError, OSError) as error:
        raise Http404 from error
    answer = HttpResponse(content, content_type="image/png")
    answer["Content-Disposition"] = f'inline; filename="{digest[:16]}.png"'
    disarm_answer(answer)
    return answer


def _may_see(here: Here, digest: str) -> bool:
    """Whether bytes are shown: a page with a citizen's number to editors alone.

    Where the log is at fault nobody knows which pages those are: all are for editors.
    """
    recorded = read_recorded_evidence(here.folder)
    if recorded.log is None or recorded.log.issues:
        return here.may(Role.EDITOR)
    personal = any(
        shot.personal and shot.digest == digest for shot in recorded.screenshots
    )
    return here.may(Role.EDITOR) or not personal


def make_attachment(content: bytes, name: str) -> HttpResponse:
    """Make bytes as a download that no browser opens in place."""
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    disarm_answer(answer)
    return answer


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/evidence/",
        view=show_evidence,
        name="evidence",
        least=Role.REVIEWER,
        hidden_from=frozenset({Role.RESPONDENT}),
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/evidence/upload/",
        view=upload_papers,
        name="evidence_upload",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/evidence/objects/<slug:digest>/",
        view=download_capture,
        name="evidence_capture",
        least=Role.REVIEWER,
        hidden_from=frozenset({Role.RESPONDENT}),
        sample={"digest": "0" * 64},
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/evidence/screenshots/<slug:digest>/",
        view=show_screenshot,
        name="evidence_screenshot",
        least=Role.REVIEWER,
        hidden_from=frozenset({Role.RESPONDENT}),
        sample={"digest": "0" * 64},
    ),
)
