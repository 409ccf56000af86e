"""进度: how far background work is. Other pages show it by including `_job.html`.

The fragment asks here once a second until the work ended. A job keeps its state in the
database, so that a page opened after a restart goes on showing it. What a job returns
may hold `said` ({zh, en}, a sentence on what came of it) and `next` (an address).
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from changqing_web.jobs import may_see
from changqing_web.models import Job, Role
from changqing_web.walls import Here, Route


def of_case(request: HttpRequest, here: Here, job: int) -> HttpResponse:
    """The progress of work on a case."""
    return _shown(request, here, here.row.folder, job)


def of_workspace(request: HttpRequest, here: Here, job: int) -> HttpResponse:
    """The progress of work that concerns no single case."""
    return _shown(request, here, "", job)


def _shown(request: HttpRequest, here: Here, case: str, key: int) -> HttpResponse:
    job = (
        Job.objects.filter(workspace=here.workspace, case=case, pk=key)
        .select_related("workspace")
        .first()
    )
    if job is None or not may_see(here, job):
        raise Http404
    reload = request.GET.get("reload") == "1"
    context = {"job": job, "reload": reload}
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "job.html", context)
    answer = render(request, "_job_state.html", context)
    if reload and not job.under_way:
        answer.headers["HX-Refresh"] = "true"
    return answer


ROUTES = (
    Route(
        path="w/<slug:workspace>/c/<str:case>/jobs/<int:job>/",
        view=of_case,
        name="job",
        least=Role.REVIEWER,
        hidden_from=frozenset({Role.RESPONDENT}),
        sample={"job": 1},
    ),
    Route(
        path="w/<slug:workspace>/jobs/<int:job>/",
        view=of_workspace,
        name="job_of_workspace",
        least=Role.EDITOR,
        sample={"job": 1},
    ),
)
