"""账号: a person's own account, and the workspaces they are in."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from changqing_web.models import Membership, Role
from changqing_web.oidc.configuration import find_usable_oidc
from changqing_web.walls import PageRoute


def show_account(request: HttpRequest, user: User) -> HttpResponse:
    """Show a person's own account: password, second factor, workspaces, signing out."""
    memberships = Membership.objects.filter(user=user).select_related("workspace")
    more = {
        "has_password": user.has_usable_password(),
        "second_factor": is_mfa_enabled(user),
        "oidc": find_usable_oidc(),
        "bound": _find_bound_address(user),
        "places": [
            (
                membership.workspace.name,
                Role(membership.role).text,
                _find_cases_address(membership),
            )
            for membership in memberships.order_by("workspace__name")
        ],
    }
    return render(request, "accounts/me.html", more)


def _find_bound_address(user: User) -> str:
    """The address by which the provider knows this person; empty where it does not."""
    if find_usable_oidc() is None:
        return ""
    from changqing_web.oidc.binding import find_bound

    bound = find_bound(user)
    return "" if bound is None else str(bound.extra_data["id_token"].get("email", ""))


def _find_cases_address(member: Membership) -> str:
    """The list of cases, for those who may see it; others have their cases at `/`."""
    if Role(member.role).rank < Role.EDITOR.rank:
        return reverse("start")
    return reverse("board", args=[member.workspace.slug])


ROUTES = (PageRoute(path="me/", view=show_account, name="me"),)
