"""Coming in: the first page, and links that open once."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from changqing.agency.next_step import DayKind
from changqing_web.accounts.adapter import enter_as
from changqing_web.models import Link, Membership, Role, Workspace
from changqing_web.walls import REVIEWING, PageRoute


def open_workspace(request: HttpRequest, user: User) -> HttpResponse:
    """Lead to the workspace of a person who has one, else let them choose."""
    memberships = list(
        Membership.objects.filter(user=user)
        .select_related("workspace")
        .prefetch_related("cases")
        .order_by("workspace__name")
    )
    scoped = [m for m in memberships if Role(m.role).rank < Role.EDITOR.rank]
    cases = [
        (m.workspace, case, "answers" if m.role == Role.RESPONDENT else "case")
        for m in scoped
        for case in m.cases.all()
        if not case.board.archived
    ]
    desks = [m.workspace for m in memberships if m not in scoped]
    if len(desks) == 1 and not cases:
        return redirect("board", workspace=desks[0].slug)
    if len(cases) == 1 and not desks:
        workspace, case, page = cases[0]
        return redirect(page, workspace=workspace.slug, case=case.folder)
    return render(
        request,
        "accounts/workspaces.html",
        {"desks": _count_cases(desks), "cases": cases},
    )


def _count_cases(desks: Sequence[Workspace]) -> QuerySet[Workspace]:
    """Workspaces with how many cases they have, and how many of them are overdue."""
    there = Q(cases__archived=False)
    late = there & Q(cases__ended=False, cases__next_day__lt=timezone.localdate())
    late &= ~Q(cases__day_kind=DayKind.OWN.value)
    return (
        Workspace.objects.filter(pk__in=[desk.pk for desk in desks])
        .annotate(
            count=Count("cases", filter=there), overdue=Count("cases", filter=late)
        )
        .order_by("name")
    )


def sign_in_by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Sign in by a link. It is used up by the button, not by a look at the page."""
    now = timezone.now()
    link = Link.find(secret, Link.Purpose.SIGN_IN, now=now)
    if link is None or link.used_at is not None or link.user is None:
        return render(request, "accounts/link_over.html", status=410)
    if request.method == "GET":
        return render(request, "accounts/enter.html", {"who": link.user.get_username()})
    used = Link.objects.filter(pk=link.pk, used_at=None).update(used_at=now)
    if not used:
        return render(request, "accounts/link_over.html", status=410)
    return enter_as(request, link.user)


def follow_review_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Lead a reviewer to one case, read only, until the link expires."""
    link = Link.find(secret, Link.Purpose.REVIEW, now=timezone.now())
    if link is None or link.workspace is None or link.case is None:
        return render(request, "accounts/link_over.html", status=410)
    request.session[REVIEWING] = link.digest
    return redirect("case", workspace=link.workspace.slug, case=link.case.folder)


ROUTES = (
    PageRoute(path="", view=open_workspace, name="start"),
    PageRoute(
        path="enter/<str:secret>/",
        view=sign_in_by_link,
        name="enter",
        public=True,
        methods=("GET", "POST"),
        sample={"secret": "no-such-secret"},
    ),
    PageRoute(
        path="review/<str:secret>/",
        view=follow_review_link,
        name="review",
        public=True,
        sample={"secret": "no-such-secret"},
    ),
)
