"""How people come in, and what a new one gets: a workspace of their own."""

from __future__ import annotations

import re
from typing import Final

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import get_random_string

from changqing_web.models import Link, Membership, Role, Workspace

_INVITED: Final = re.compile(r"/join/([^/]+)/")


class Adapter(DefaultAccountAdapter):
    """The address is the name; a stranger begins with an empty workspace."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Where signing up is not open, an invitation that is still good opens it."""
        if settings.SIGNUP_OPEN:
            return True
        asked = request.POST.get("next") or request.GET.get("next") or ""
        invited = _INVITED.fullmatch(asked)
        if invited is None:
            return False
        link = Link.find(invited[1], Link.Purpose.INVITE, now=timezone.now())
        return link is not None and link.used_at is None

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """Everybody is known by their mail address."""
        user.username = user.email.lower()

    def save_user(
        self,
        request: HttpRequest,
        user: User,
        form: object,
        commit: bool = True,  # noqa: FBT001, FBT002 - as Django calls it
    ) -> User:
        """Keep the new user, and give them their workspace in the same breath."""
        with transaction.atomic():
            saved: User = super().save_user(request, user, form, commit)
            if commit:
                found_workspace(saved, name=saved.email.partition("@")[0])
        return saved


def found_workspace(
    user: User,
    *,
    name: str,
    kind: Workspace.Kind = Workspace.Kind.COMPANY,
    slug: str | None = None,
) -> Workspace:
    """A new workspace, owned by `user`."""
    workspace = Workspace.objects.create(
        slug=slug or "w-" + get_random_string(10, "abcdefghjkmnpqrstuvwxyz23456789"),
        name=name,
        kind=kind,
    )
    Membership.objects.create(workspace=workspace, user=user, role=Role.OWNER)
    return workspace
