"""读取全部: one background job over every case that has papers nobody has read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from changqing_web.jobs import begin_job
from changqing_web.models import Role
from changqing_web.walls import Here, PageRoute
from changqing_web.work.read_all import READ_ALL


def read_all(request: HttpRequest, here: Here) -> HttpResponse:
    """Begin to read all papers of all cases, or show how far it is."""
    job = begin_job(here, READ_ALL)
    return redirect("job_of_workspace", workspace=here.workspace.slug, job=job.pk)


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/read/",
        view=read_all,
        name="read_all",
        least=Role.EDITOR,
        methods=("POST",),
    ),
)
