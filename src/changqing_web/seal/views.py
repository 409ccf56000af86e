"""封存包: a case in one file that others can check, and checking such a file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse

from changqing.case.model import Paper
from changqing.documents.made import MADE, holds_papers
from changqing.errors import ChangqingError
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.recorded import Evidence
from changqing.report.handing_in import HandingIn
from changqing.sealing.index import NOT_PROVEN, PROVEN
from changqing.text import Text
from changqing_web import jobs
from changqing_web.cases import find_key_path, make_case_context
from changqing_web.documents.rendered import is_current, list_made_files
from changqing_web.documents.written import (
    find_left_before_handing_in,
    load_writings,
    read_case,
)
from changqing_web.index import catalogue
from changqing_web.language import t
from changqing_web.limits import find_address, is_over_limit
from changqing_web.loopback import is_loopback
from changqing_web.models import Job, PaperAccess, Role
from changqing_web.papers.access import GivenPaper, list_personal_files, note_access
from changqing_web.record import add_case_event
from changqing_web.seal.bundles import find_bundle, find_bundle_folder
from changqing_web.seal.checking import CHECKS, WITHIN, read_sent
from changqing_web.walls import Here, PageRoute

_LISTED: Final = 10
_LOOKED_AT: Final = 50  # jobs, to find those that this person may know of


def show_seal(request: HttpRequest, here: Here) -> HttpResponse:
    """Show what would be sealed and withheld, what was, and a place to check one."""
    return _render_page(request, here)


def begin_sealing(request: HttpRequest, here: Here) -> HttpResponse:
    """Seal the case in the background."""
    full = request.POST.get("full") == "1"
    if full and not here.may(Role.OWNER):
        raise Http404
    job = jobs.begin_job(here, "seal", full=full)
    if bool(job.given.get("full")) is not full:
        message = t(
            "正在封存另一种，内容与您选的不同。等它封好再封。",
            "Another bundle is being sealed, and it does not hold what you chose. Seal "
            "when it is done.",
        )
        messages.warning(request, message)
        return _see_other(here, "seal")
    add_case_event(
        here,
        "seal",
        Text(
            "封存（含个人材料）" if full else "封存（隐去个人材料）",
            "Sealing, personal papers included" if full else "Sealing, masked",
        ),
        job=job.pk,
    )
    return _see_other(here, "sealed", job.pk)


def show_sealed(request: HttpRequest, here: Here, job: int) -> HttpResponse:
    """Show one bundle: its digests and fingerprint, to be printed and told."""
    job_found = _find_job(here, "seal", job)
    more = {
        "job": job_found,
        "s": job_found.result,
        "there": find_bundle(job_found).is_file(),
        "witnessed": bool(Evidence(here.folder).list_tokens()),
        "proven": PROVEN,
        "not_proven": NOT_PROVEN,
        "public_address": _find_public_address(request),
    }
    return render(
        request,
        "seal/sealed.html",
        make_case_context(here, _choose_section(here), **more),
    )


def _find_public_address(request: HttpRequest) -> str:
    """Find where others hand a bundle in to be checked; "" where only we get there."""
    address = request.build_absolute_uri(reverse("verify_publicly"))
    return "" if is_loopback(urlsplit(address).hostname or "") else address


def download_bundle(request: HttpRequest, here: Here, job: int) -> FileResponse:
    """Give a bundle as it was sealed."""
    job_found = _find_job(here, "seal", job)
    path = find_bundle(job_found)
    if job_found.state != Job.State.DONE or not path.is_file():
        raise Http404
    personal = (
        Text("（含个人材料）", ", personal papers included")
        if job_found.given.get("full")
        else Text("", "")
    )
    if job_found.given.get("full"):
        note_access(
            here, PaperAccess.Way.BUNDLE, _list_personal_papers(here, job_found)
        )
    add_case_event(
        here,
        "seal",
        Text(
            f"下载封存包{job_found.pk}{personal.zh}",
            f"Downloaded bundle {job_found.pk}{personal.en}",
        ),
        digest=job_found.result.get("digest"),
    )
    answer = FileResponse(path.open("rb"), content_type="application/zip")
    whole = (
        t("-含个人材料", "-personal-included") if job_found.given.get("full") else ""
    )
    name = quote(f"{here.row.folder}-{job_found.result.get('as_of', '')}{whole}.zip")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer


def _list_personal_papers(here: Here, job: Job) -> list[GivenPaper]:
    """The papers about persons in a bundle; earlier editions kept no list of them."""
    papers_listed = job.result.get("personal")
    if papers_listed is None:
        return list_personal_files(here, copies=False)
    return [GivenPaper(**paper) for paper in papers_listed]


def take_bundle(request: HttpRequest, here: Here) -> HttpResponse:
    """Take a bundle in to be checked; a made one may be checked without an upload."""
    who = here.user.pk or find_address(request)
    if is_over_limit(f"verify:{who}", most=CHECKS, seconds=WITHIN):
        message = t(
            "核验太频繁，十分钟后再试。", "Too many checks; try again in ten minutes."
        )
        return _render_page(request, here, wrong={"bundle": message}, code=429)
    form_sent = read_sent(request)
    wrong = form_sent.wrong
    if form_sent.file is None or wrong:
        return _render_page(request, here, wrong=wrong, key=form_sent.typed, code=422)
    job = _queue_check(here, form_sent.file, sorted(form_sent.keys))
    if job is None:
        wrong["bundle"] = t(
            "正在核验另一份，等它办完再传",
            "another is being checked; wait until it is done",
        )
        return _render_page(request, here, wrong=wrong, key=form_sent.typed, code=409)
    return _see_other(here, "verified", job.pk)


def show_verified(request: HttpRequest, here: Here, job: int) -> HttpResponse:
    """Show what came of checking a bundle."""
    job_found = _find_job(here, "verify", job)
    more = {
        "job": job_found,
        "v": job_found.result,
        "name": job_found.given.get("name", ""),
        "proven": PROVEN,
        "not_proven": NOT_PROVEN,
    }
    return render(
        request,
        "seal/verified.html",
        make_case_context(here, _choose_section(here), **more),
    )


def _queue_check(here: Here, file: UploadedFile[Any], keys: list[str]) -> Job | None:
    """Keep the file under the job's name before the job can begin.

    None while another is being checked: its file is not touched.
    """
    place = find_bundle_folder(here.workspace, here.row.folder)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".taken-", dir=place) as folder:
        bundle = Path(folder) / "bundle.zip"
        digest = hashlib.sha256()
        with bundle.open("wb") as stream:
            for chunk in file.chunks():
                digest.update(chunk)
                stream.write(chunk)
        asked_of_job = {
            "keys": keys,
            "name": str(file.name)[:200],
            "digest": digest.hexdigest(),
        }
        with transaction.atomic():
            job = jobs.begin_job(here, "verify", **asked_of_job)
            if job.given != asked_of_job:
                return None
            bundle.replace(find_bundle(job))
            add_case_event(
                here,
                "verify",
                Text("核验一个封存包", "Checking a bundle"),
                job=job.pk,
                digest=digest.hexdigest(),
            )
    return job


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldPaper:
    """A paper that a masked bundle does not show, and why."""

    label: Text
    file: str
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What a bundle would hold if it were sealed now."""

    papers: int
    withheld: tuple[WithheldPaper, ...]
    files: int  # of documents, as Word and PDF
    stale: int  # documents whose files are missing or of an older text
    entries: int
    witnessed: bool  # a token over the log says the time from outside
    problem: ChangqingError | None = None  # why it cannot be sealed at all
    left: HandingIn | None = None  # before what is sealed could be handed in
    is_extract: bool = False  # of a register: leads, which are never sealed

    @property
    def shown(self) -> int:
        """How many papers a masked bundle holds."""
        return self.papers - len(self.withheld)


def _read_contents(here: Here) -> Inside:
    """Read from the case as its folder says now."""
    materials = catalogue().materials
    evidence = Evidence(here.folder)
    problem: ChangqingError | None = None
    papers: tuple[Paper, ...] = ()
    handing_in: HandingIn | None = None
    stale = entries = 0
    is_extract = False
    try:
        entries = len(evidence.list_lines())
        case = read_case(here)
        papers, is_extract = case.papers, case.register is not None
        writing = load_writings(here).writing
        stale = sum(
            not is_current(here, writing, document) for document in writing.annotated
        )
        handing_in = find_left_before_handing_in(here)
    except ChangqingError as error:
        problem = error
    return Inside(
        papers=len(papers),
        withheld=tuple(
            WithheldPaper(
                label=materials[paper.kind].label,
                file=Path(paper.file.path).name,
                reason=reason.text,
            )
            for paper in papers
            if (reason := materials[paper.kind].personal) is not None
        ),
        files=sum(
            not holds_papers(path.relative_to(here.folder / MADE))
            for path in list_made_files(here.folder)
        ),
        stale=stale,
        entries=entries,
        witnessed=bool(evidence.list_tokens()),
        problem=problem,
        left=handing_in,
        is_extract=is_extract,
    )


def _render_page(
    request: HttpRequest,
    here: Here,
    *,
    wrong: dict[str, str] | None = None,
    key: str = "",
    code: int = 200,
) -> HttpResponse:
    may_edit = here.may(Role.EDITOR)
    bundles = [
        (job, find_bundle(job).is_file())
        for job in _list_jobs(here, "seal")[:_LOOKED_AT]
        if jobs.may_see(here, job)
    ]
    return render(
        request,
        "seal/seal.html",
        make_case_context(
            here,
            _choose_section(here),
            made=bundles[:_LISTED],
            inside=_read_contents(here) if may_edit else None,
            asks_time=bool(settings.TIME_AUTHORITY),
            proven=PROVEN,
            not_proven=NOT_PROVEN,
            fingerprint=_compute_fingerprint(),
            checks=_list_jobs(here, "verify")[:_LISTED] if may_edit else [],
            wrong=wrong or {},
            key=key,
            may_edit=may_edit,
            running=next((job for job, _ in bundles if job.under_way), None),
        ),
        status=code,
    )


def _choose_section(here: Here) -> str:
    """The tab these pages stand under: a reviewer has one of its own."""
    return "seal" if here.role is Role.REVIEWER else "dossier"


def _compute_fingerprint() -> str:
    """Of the key with which this installation signs; empty while there is none."""
    if not find_key_path().is_file():
        return ""
    public = load_key(find_key_path()).make_verifier("key").public
    return hashlib.sha256(public).hexdigest()


def _list_jobs(here: Here, kind: str) -> QuerySet[Job]:
    """The work of a kind that was asked for on this case, newest first."""
    return (
        Job.objects.filter(workspace=here.workspace, case=here.row.folder, kind=kind)
        .select_related("workspace")
        .order_by("-pk")
    )


def _find_job(here: Here, kind: str, key: int) -> Job:
    """A job of this case; what holds personal papers is for those who may edit."""
    job = _list_jobs(here, kind).filter(pk=key).first()
    if job is None or not jobs.may_see(here, job):
        raise Http404
    return job


def _see_other(here: Here, route: str, *job: int) -> HttpResponse:
    address = reverse(route, args=[here.workspace.slug, here.row.folder, *job])
    return HttpResponseRedirect(address, status=303)


_AT: Final = "w/<slug:workspace>/c/<str:case>/seal/"
_UNSEEN: Final = frozenset({Role.RESPONDENT})
_SAMPLE: Final = {"job": 1}
ROUTES = (
    PageRoute(
        path=_AT, view=show_seal, name="seal", least=Role.REVIEWER, hidden_from=_UNSEEN
    ),
    PageRoute(
        path=f"{_AT}begin/",
        view=begin_sealing,
        name="seal_begin",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    PageRoute(
        path=f"{_AT}verify/",
        view=take_bundle,
        name="seal_verify",
        least=Role.REVIEWER,
        methods=("POST",),
        hidden_from=_UNSEEN,
    ),
    PageRoute(
        path=f"{_AT}verify/<int:job>/",
        view=show_verified,
        name="verified",
        least=Role.REVIEWER,
        sample=_SAMPLE,
        hidden_from=_UNSEEN,
    ),
    PageRoute(
        path=f"{_AT}<int:job>/",
        view=show_sealed,
        name="sealed",
        least=Role.REVIEWER,
        sample=_SAMPLE,
        hidden_from=_UNSEEN,
    ),
    PageRoute(
        path=f"{_AT}<int:job>/bundle.zip",
        view=download_bundle,
        name="sealed_file",
        least=Role.REVIEWER,
        sample=_SAMPLE,
        hidden_from=_UNSEEN,
    ),
)
