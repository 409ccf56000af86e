"""How people come in, and what a new one gets: a workspace of their own."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import EmailAddress, Login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string

from changqing_web.models import Link, Membership, Role, Workspace

OWNER: Final = "owner@localhost"
EXAMPLE_COMPANY: Final = "examples"
EXAMPLE_AGENCY: Final = "agency"
_EXAMPLE_NAMES: Final = {
    EXAMPLE_COMPANY: ("示例公司", Workspace.Kind.COMPANY),
    EXAMPLE_AGENCY: ("三川企业服务（示例）", Workspace.Kind.AGENCY),
}
EXAMPLES: Final = frozenset(_EXAMPLE_NAMES)
"""The workspaces that are loaded to try things out; nobody's own."""
_OPENS_FOR: Final = timedelta(hours=1)
_USUAL: Final = "80"
_INVITED: Final = re.compile(r"/join/([^/]+)/")


class Adapter(DefaultAccountAdapter):
    """The address is the name; a stranger begins with an empty workspace."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Open signing up by an invitation that is still good, where it is not open."""
        return settings.SIGNUP_OPEN or _find_invitation(_read_next(request)) is not None

    def _get_login_attempts_cache_key(
        self, request: HttpRequest, **credentials: Any
    ) -> str:
        """Count wrong passwords by account and by who tries: the owner still gets in.

        Of an IPv6 address the network counts, as allauth counts addresses.
        """
        account: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{account}:{get_ip(request)}"

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """Make the mail address the name by which somebody is known."""
        user.username = user.email.lower()

    def save_user(
        self,
        request: HttpRequest,
        user: User,
        form: object,
        commit: bool = True,  # noqa: FBT001, FBT002 - as Django calls it
    ) -> User:
        """Keep the new user, with a workspace of their own unless they were invited."""
        with transaction.atomic():
            saved: User = super().save_user(request, user, form, commit)
            if take_invitation(request, saved, _read_next(request)):
                return saved
            if not settings.SIGNUP_OPEN:  # it led here a moment ago: somebody was first
                raise _answer_link_over(request)
            if commit:
                create_workspace(saved, name=saved.email.partition("@")[0])
        return saved

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Make a confirmed address the name from then on, unless somebody has it."""
        confirmed: bool = super().confirm_email(request, email_address)
        name = email_address.email.lower()
        if confirmed and not User.objects.filter(username=name).exists():
            User.objects.filter(pk=email_address.user_id).update(username=name)
        return confirmed

    def send_mail(
        self, template_prefix: str, email: str, context: dict[str, Any]
    ) -> None:
        """Send a letter whose links lead here, whatever who asked for it sent."""
        safe_context = {
            name: _write_mail_address(self.request, value)
            if name.endswith("_url")
            else value
            for name, value in context.items()
        }
        safe_context["home"] = _write_mail_address(
            self.request, self.request.build_absolute_uri("/")
        )
        super().send_mail(template_prefix, email, safe_context)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the account."""
        return reverse("me")


def _write_mail_address(request: HttpRequest, url: str) -> str:
    """The same address as it may stand in a mail: with a port that is known here.

    The name was compared with `CHANGQING_HOSTS`. The port stands in the same header,
    which whoever asks for the mail writes: taken from there it would lead the one who
    gets it, and the secret in the link, to another program.
    """
    parts = urlsplit(url)
    name, _ = split_domain_port(request.get_host())
    port = settings.PORTS.get(name, "")
    own = request.META.get("REMOTE_ADDR") and not (settings.HTTPS or settings.PROXIES)
    if not port and own:  # who asks came to our own socket
        served = str(request.META.get("SERVER_PORT", ""))
        port = "" if served == _USUAL else served
    place = f"{name}:{port}" if port else name
    return urlunsplit((parts.scheme, place, *parts[2:]))


def take_invitation(request: HttpRequest, user: User, address: str) -> bool:
    """Let an invitation lead in nobody but the account that was made by it.

    Of two that are made at once the second is taken back: one of them is enough.

    Returns: whether `address` is one of an invitation that is still good.
    Raises ImmediateHttpResponse: another account was made by it at the same moment.
    """
    invitation = _find_invitation(address)
    if invitation is None:
        return False
    free = Link.objects.filter(pk=invitation.pk, user=None, used_at=None)
    if not free.update(user=user):
        raise _answer_link_over(request)
    return True


def _answer_link_over(request: HttpRequest) -> ImmediateHttpResponse:
    return ImmediateHttpResponse(render(request, "accounts/link_over.html", status=410))


def _read_next(request: HttpRequest) -> str:
    """Where who signs in or up is on the way to."""
    return request.POST.get("next") or request.GET.get("next") or ""


def _find_invitation(address: str) -> Link | None:
    """The invitation by which somebody signs up, if no account was made by it yet."""
    match = _INVITED.fullmatch(address)
    if match is None:
        return None
    link = Link.find(match[1], Link.Purpose.INVITE, now=timezone.now())
    if link is None or link.used_at is not None or link.user is not None:
        return None
    return link


def enter_as(request: HttpRequest, user: User) -> HttpResponse:
    """Sign in whom a one-time link names; who has a second factor is asked for it."""
    login = Login(
        user=user,
        email_verification=EmailVerificationMethod.NONE,
        redirect_url=_find_home(user),
    )
    answer: HttpResponse = perform_login(request, login)
    return answer


def _find_home(user: User) -> str:
    """Where a person begins: the one workspace of their own, else a choice."""
    own = list(
        Workspace.objects.filter(
            memberships__user=user, memberships__role=Role.OWNER
        ).exclude(slug__in=EXAMPLES)[:2]
    )
    return reverse("board", args=[own[0].slug]) if len(own) == 1 else reverse("start")


def find_or_make_first_owner() -> User:
    """Find who set this installation up. Only one-time links lead in, until they set a
    password.
    """
    owner = (
        Membership.objects.filter(role=Role.OWNER)
        .select_related("user")
        .order_by("pk")
        .first()
    )
    if owner is not None:
        return owner.user
    user = User.objects.filter(username=OWNER).first()
    if user is None:
        user = User.objects.create_user(OWNER, OWNER)
        EmailAddress.objects.create(user=user, email=OWNER, primary=True, verified=True)
    return user


def sign_in_link(user: User, address: str) -> str:
    """Make a link below `address` that signs a person in, once, within an hour."""
    _, secret = Link.make(
        Link.Purpose.SIGN_IN,
        expires_at=timezone.now() + _OPENS_FOR,
        user=user,
        label="command",
    )
    return f"{address}/enter/{secret}/"


def drop_second_factor(user: User) -> int:
    """Forget the authenticator app and the recovery codes of a person. How many."""
    count: int = Authenticator.objects.filter(user=user).delete()[0]
    return count


def create_workspace(
    user: User,
    *,
    name: str,
    kind: Workspace.Kind = Workspace.Kind.COMPANY,
    slug: str | None = None,
) -> Workspace:
    """Create a new workspace, owned by `user`."""
    workspace = Workspace.objects.create(
        slug=slug or "w-" + get_random_string(10, "abcdefghjkmnpqrstuvwxyz23456789"),
        name=name,
        kind=kind,
    )
    Membership.objects.create(workspace=workspace, user=user, role=Role.OWNER)
    return workspace


def find_or_make_example(owner: User, slug: str) -> Workspace:
    """Find a workspace of examples, by its slug; `owner` is who has it made."""
    workspace = Workspace.objects.filter(slug=slug).first()
    if workspace is not None:
        return workspace
    name, kind = _EXAMPLE_NAMES[slug]
    return create_workspace(owner, name=name, kind=kind, slug=slug)
