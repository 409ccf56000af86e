"""The third way to begin: the example companies, loaded when somebody asks for them."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from changqing.rehearsal.shipped import find_examples
from changqing_web.accounts.adapter import EXAMPLE_COMPANY, find_or_make_example
from changqing_web.jobs import begin_job
from changqing_web.models import Job, Role, Workspace
from changqing_web.walls import Here, PageRoute

LOAD_EXAMPLES: Final = "load_examples"
MAKE_AGENCY: Final = "make_agency"


def find_agency_in_making(here: Here) -> Job | None:
    """Find the job that makes the example agency, where it is not done."""
    job = here.workspace.jobs.filter(kind=MAKE_AGENCY).order_by("-pk").first()
    return None if job is None or job.state == Job.State.DONE else job


def may_load_examples(here: Here) -> bool:
    """Tell whether the examples can be loaded: they ship, and nobody has them yet.

    Where making them broke off before the first, whoever asked can ask again.
    """
    if here.role is not Role.OWNER or not isinstance(here.user, User):
        return False
    company = Workspace.objects.filter(slug=EXAMPLE_COMPANY).first()
    if company is not None and (
        company.cases.exists()
        or not here.user.memberships.filter(workspace=company).exists()
    ):
        return False
    return any(find_examples().glob("*/case.yaml"))


def open_examples(request: HttpRequest, here: Here) -> HttpResponse:
    """Load the example companies into a workspace of their own, and lead there.

    It belongs to whoever asks first; one's own cases are not touched. They are made in
    the background, and one is led to how far that is.
    """
    if not isinstance(here.user, User):
        raise Http404
    if not may_load_examples(here):
        if here.user.memberships.filter(workspace__slug=EXAMPLE_COMPANY).exists():
            return redirect("board", workspace=EXAMPLE_COMPANY)
        raise Http404
    company = find_or_make_example(here.user, EXAMPLE_COMPANY)
    job = begin_job(
        Here(user=here.user, workspace=company, role=Role.OWNER), LOAD_EXAMPLES
    )
    return redirect("job_of_workspace", workspace=EXAMPLE_COMPANY, job=job.pk)


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/examples/",
        view=open_examples,
        name="open_examples",
        least=Role.OWNER,
        methods=("POST",),
    ),
)
