"""进度: how far background work is. Other pages show it by including `_job.html`.

The fragment asks here once a second until the work ended. A job keeps its state in the
database, so that a page opened after a restart goes on showing it. What a job returns
may hold `said` ({zh, en}, a sentence on what came of it) and `next` (an address).
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from changqing_web.jobs import STOPPABLE, ask_to_stop, may_see
from changqing_web.models import Job, Role
from changqing_web.walls import Here, PageRoute


def show_case_job(request: HttpRequest, here: Here, job: int) -> HttpResponse:
    """Show how far work on a case is."""
    return _show_job(request, here, here.row.folder, job)


def show_workspace_job(request: HttpRequest, here: Here, job: int) -> HttpResponse:
    """Show how far work that concerns no single case is."""
    return _show_job(request, here, "", job)


def _show_job(request: HttpRequest, here: Here, case: str, key: int) -> HttpResponse:
    job = _find_job(here, case, key)
    reload = request.GET.get("reload") == "1"
    context = {
        "job": job,
        "reload": reload,
        "cases_read": here.workspace.cases.filter(folder__in=_list_read(job)),
        "may_stop": not case and job.kind in STOPPABLE and job.under_way,
    }
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "work/job.html", context)
    answer = render(request, "_job_state.html", context)
    if reload and not job.under_way:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _find_job(here: Here, case: str, key: int) -> Job:
    job = (
        Job.objects.filter(workspace=here.workspace, case=case, pk=key)
        .select_related("workspace")
        .first()
    )
    if job is None or not may_see(here, job):
        raise Http404
    return job


def _list_read(job: Job) -> list[str]:
    """The folders of the cases that a job over many has been through."""
    cases = job.result.get("cases", [])
    return [str(folder) for folder in cases] if isinstance(cases, list) else []


def stop_job(request: HttpRequest, here: Here, job: int) -> HttpResponse:
    """Ask work that concerns no single case to end; what it has done stays."""
    job_found = _find_job(here, "", job)
    if job_found.kind not in STOPPABLE:
        raise Http404
    ask_to_stop(job_found)
    return redirect("job_of_workspace", workspace=here.workspace.slug, job=job)


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/jobs/<int:job>/",
        view=show_case_job,
        name="job",
        least=Role.REVIEWER,
        hidden_from=frozenset({Role.RESPONDENT}),
        sample={"job": 1},
    ),
    PageRoute(
        path="w/<slug:workspace>/jobs/<int:job>/",
        view=show_workspace_job,
        name="job_of_workspace",
        least=Role.EDITOR,
        sample={"job": 1},
    ),
    PageRoute(
        path="w/<slug:workspace>/jobs/<int:job>/stop/",
        view=stop_job,
        name="job_stop",
        least=Role.EDITOR,
        methods=("POST",),
        sample={"job": 1},
    ),
)
