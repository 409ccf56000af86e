"""The third way to begin: the example companies, loaded when somebody asks for them."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from changqing.rehearsal.shipped import find_examples
from changqing_web.accounts.adapter import EXAMPLE_COMPANY
from changqing_web.models import Role, Workspace
from changqing_web.walls import Here, PageRoute


def may_load_examples(here: Here) -> bool:
    """Tell whether the examples can be loaded: they ship, and nobody has them yet."""
    if here.role is not Role.OWNER or not isinstance(here.user, User):
        return False
    if Workspace.objects.filter(slug=EXAMPLE_COMPANY).exists():
        return False
    return any(find_examples().glob("*/case.yaml"))


def open_examples(request: HttpRequest, here: Here) -> HttpResponse:
    """Load the example companies into a workspace of their own, and lead there.

    It belongs to whoever asks first; one's own cases are not touched. They are assessed
    in the background.
    """
    if not isinstance(here.user, User):
        raise Http404
    if here.user.memberships.filter(workspace__slug=EXAMPLE_COMPANY).exists():
        return redirect("board", workspace=EXAMPLE_COMPANY)
    if not may_load_examples(here):
        raise Http404
    from changqing_web.examples import load_company

    load_company(here.user, find_examples())
    return redirect("board", workspace=EXAMPLE_COMPANY)


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/examples/",
        view=open_examples,
        name="open_examples",
        least=Role.OWNER,
        methods=("POST",),
    ),
)
