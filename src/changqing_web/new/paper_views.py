"""把材料拖进来: a case from nothing but files, and what no paper says.

Files are sent, read by a job, shown as what they were recognised for, and made a case
of by one button. Until then they stand apart from all cases.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from changqing.errors import ChangqingError
from changqing.guide.interview import InterviewAnswers
from changqing.guide.stage import StageProposal
from changqing.text import Text
from changqing_web.errors import list_issues
from changqing_web.facts.drafts import Typed
from changqing_web.index import catalogue
from changqing_web.jobs import begin_job
from changqing_web.language import page_language, t
from changqing_web.models import Job, Role
from changqing_web.new.starts import (
    RecognisedStart,
    Start,
    begin_start,
    count_limits,
    find_start,
    list_starts,
)
from changqing_web.new.views import Wrong, find_same_company, make_form, read_interview
from changqing_web.papers.uploads import is_by_script
from changqing_web.walls import Here, PageRoute
from changqing_web.work.start import MAKE_START, READ_START, encode_answers


def take_files(request: HttpRequest, here: Here) -> HttpResponse:
    """Show where to drop files; a POST keeps them, and reads once all are there."""
    if request.method == "POST":
        return _keep_files(request, here)
    return render(
        request,
        "new/start.html",
        {"section": "board", "begun": list_starts(here.workspace), **count_limits()},
    )


def _keep_files(request: HttpRequest, here: Here) -> HttpResponse:
    """Keep the files sent, begin to read them if asked, and lead on."""
    token_sent = request.POST.get("start", "")
    place = _find_start(here, token_sent) if token_sent else None
    files = [*request.FILES.getlist("file"), *request.FILES.getlist("folder")]
    faults: list[str] = []
    if files:
        place = place or begin_start(here.workspace)
        place.forget_shown()
    for file in files:
        assert place is not None  # noqa: S101 - made above
        try:
            place.keep_file(file, file.name or "file")
        except ChangqingError as error:
            faults += list_issues(error)
    files_kept = [] if place is None else place.list_given()
    if place is not None and not files_kept:
        place.remove()
        place = None
    reads = request.POST.get("read") == "1" and place is not None
    if reads and place is not None:
        begin_job(here, READ_START, start=place.token)
    to = _find_address(here, place)
    if is_by_script(request):
        token = "" if place is None else place.token
        return JsonResponse({"start": token, "to": to, "faults": faults})
    for fault in faults:
        messages.error(request, fault)
    if not files_kept:
        message = t("还没有选文件。", "No file was chosen.")
        messages.warning(request, message)
    return redirect(to)


def _find_address(here: Here, place: Start | None) -> str:
    if place is None:
        return reverse("start_files", args=[here.workspace.slug])
    return reverse("start_papers", args=[here.workspace.slug, place.token])


def _find_start(here: Here, token: str) -> Start:
    start = find_start(here.workspace, token)
    if start is None:
        raise Http404
    return start


def _find_last_job(here: Here, token: str) -> Job | None:
    return (
        here.workspace.jobs.filter(
            kind__in=[READ_START, MAKE_START], given__start=token
        )
        .order_by("-pk")
        .first()
    )


def show_start(request: HttpRequest, here: Here, token: str) -> HttpResponse:
    """Show what was sent, being read or recognised; a POST makes the case of it."""
    job = _find_last_job(here, token)
    is_made = job is not None and job.kind == MAKE_START and job.state == Job.State.DONE
    if is_made and job is not None:
        return redirect(str(job.result["next"]))
    place = _find_start(here, token)
    if request.method == "POST":
        return _take_decision(request, here, place)
    recognised = place.load_shown()
    return _render_page(
        request, here, place, job, recognised, _fill_in_form(recognised)
    )


def _render_page(
    request: HttpRequest,
    here: Here,
    place: Start,
    job: Job | None,
    recognised: RecognisedStart | None,
    typed: Typed,
    *,
    status: int = 200,
    **form: object,
) -> HttpResponse:
    facts_told = () if recognised is None else _list_told(recognised)
    return render(
        request,
        "new/start_papers.html",
        {
            "place": place,
            "given": place.list_given(),
            "job": None if job is None or job.state == Job.State.DONE else job,
            "shown": recognised,
            **make_form(typed, told=facts_told, **form),  # type: ignore[arg-type]
            **count_limits(),
        },
        status=status,
    )


def _list_told(recognised: RecognisedStart) -> tuple[str, ...]:
    return (*recognised.said, *(("technician",) if recognised.technician else ()))


def _fill_in_form(recognised: RecognisedStart | None) -> Typed:
    """The form with what the papers say already in it."""
    if recognised is None:
        return Typed({})
    values = {
        "name": recognised.name,
        "credit_code": recognised.credit_code,
        "region": recognised.region,
        "urls": recognised.url,
    }
    if recognised.proposal is not None:
        values |= {"stage": recognised.proposal.stage, **recognised.proposal.answers}
    return Typed({name: [value] for name, value in values.items() if value})


def _take_decision(request: HttpRequest, here: Here, place: Start) -> HttpResponse:
    match request.POST.get("do"):
        case "drop":
            place.remove()
            message = t("已删除，没有建项目。", "Deleted; no case was made.")
            messages.success(request, message)
            return redirect("board", workspace=here.workspace.slug)
        case "read":
            begin_job(here, READ_START, start=place.token)
            return redirect(_find_address(here, place))
        case _:
            return _begin_case(request, here, place)


def _begin_case(request: HttpRequest, here: Here, place: Start) -> HttpResponse:
    recognised, typed = place.load_shown(), Typed.from_post(request.POST)
    if recognised is None:
        return redirect(_find_address(here, place))
    answers, wrong = read_interview(typed)
    wrong = wrong or _check_stage(answers, recognised.proposal)
    if answers is None or wrong:
        return _render_page(
            request, here, place, None, recognised, typed, wrong=wrong, status=422
        )
    same = find_same_company(here, answers.facts["credit_code"])
    if same and typed.get_one("another") != "yes":
        return _render_page(
            request, here, place, None, recognised, typed, same=same, status=422
        )
    begin_job(
        here,
        MAKE_START,
        start=place.token,
        answers=encode_answers(answers),
        language=page_language().value,
    )
    return redirect(_find_address(here, place))


def _check_stage(
    answers: InterviewAnswers | None, proposal: StageProposal | None
) -> tuple[Wrong, ...]:
    """A licence is renewed, reported on and worked under for the services it has."""
    if (
        answers is None
        or proposal is None
        or proposal.is_first
        or answers.stage != proposal.stage
        or answers.licence in proposal.classes
    ):
        return ()
    label = catalogue().licences[answers.licence].label
    text = Text(
        f"《{proposal.file}》上没有{label.zh}，不能按{proposal.stage_name.zh}办",
        f"“{proposal.file}” does not have {label.en}, so it cannot be "
        f"{proposal.stage_name.en}",
    )
    hint = Text(
        "选首次申请，或者改许可证", "choose first application, or another licence"
    )
    return (Wrong(field="stage", text=text, hint=hint),)


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/start/",
        view=take_files,
        name="start_files",
        least=Role.EDITOR,
        methods=("GET", "POST"),
    ),
    PageRoute(
        path="w/<slug:workspace>/start/<slug:token>/",
        view=show_start,
        name="start_papers",
        least=Role.EDITOR,
        methods=("GET", "POST"),
        sample={"token": "no-such-start"},
    ),
)
