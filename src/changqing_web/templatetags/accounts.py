"""Fields of the account pages: our words for them, and no label in a placeholder."""

from __future__ import annotations

import sys
from shlex import quote
from typing import Final

from allauth.account.adapter import get_adapter
from django import template
from django.conf import settings
from django.forms import BoundField
from django.http import HttpRequest
from django.utils.safestring import SafeString

from changqing.text import Text
from changqing_web.accounts.invitations import Invitation, find_invitation
from changqing_web.language import page_language
from changqing_web.models import Role
from changqing_web.oidc.configuration import OidcSettings, find_usable_oidc

register = template.Library()

_LABELS: Final = {
    "login": Text("邮箱", "Mail address"),
    "email": Text("邮箱", "Mail address"),
    "password": Text("密码", "Password"),
    "oldpassword": Text("现在的密码", "Present password"),
    "password1": Text("新密码", "New password"),
    "password2": Text("再写一次新密码", "New password again"),
    "code": Text("验证码", "Code"),
    "remember": Text("在这台设备上保持登录", "Stay signed in on this device"),
}
_HELP: Final = {
    "password1": Text(
        "至少10个字符，不能全是数字，不能是常见密码。",
        "At least 10 characters, not only digits, and no common password.",
    ),
}


@register.filter
def label(field: BoundField) -> str:
    """Say what to write in a field of an account form, if we can in our words."""
    text = _LABELS.get(field.name)
    return str(field.label) if text is None else text.say(page_language())


@register.filter
def hint(field: BoundField) -> str:
    """Say what a field takes and what not; empty where nothing needs to be said."""
    text = _HELP.get(field.name)
    return "" if text is None else text.say(page_language())


@register.filter
def control(field: BoundField) -> SafeString:
    """Draw the input of a field, joined to its help and error for a screen reader."""
    parts = ["error"] * bool(field.errors) + ["help"] * bool(hint(field))
    described = " ".join(f"{field.id_for_label}-{part}" for part in parts)
    attributes: dict[str, str | bool] = {"placeholder": False}
    if described:
        attributes["aria-describedby"] = described
    return field.as_widget(attrs=attributes)


@register.simple_tag(takes_context=True)
def sign_in_command(context: dict[str, HttpRequest]) -> str:
    """Give the command that lets a person in again, to be run as it is printed.

    Where this installation stands is shown to nobody but who sits at its machine.
    """
    request = context["request"]
    at = request.build_absolute_uri("/").rstrip("/")
    if _is_from_afar(request):
        return f"python -m changqing_web sign-in --at {quote(at)}"
    home, python = quote(str(settings.HOME)), quote(sys.executable)
    return f"CHANGQING_HOME={home} {python} -m changqing_web sign-in --at {quote(at)}"


def _is_from_afar(request: HttpRequest) -> bool:
    """Whether it came from another machine, or through a proxy that may hide one."""
    forwarded = any(
        name in request.headers for name in ("Forwarded", "X-Forwarded-For", "Via")
    )
    return forwarded or request.META.get("REMOTE_ADDR") not in ("127.0.0.1", "::1")


@register.simple_tag(takes_context=True)
def invitation_ahead(context: dict[str, HttpRequest]) -> Invitation | None:
    """Find the invitation that who signs in here is on the way to; None without one."""
    request = context["request"]
    return find_invitation(request.POST.get("next") or request.GET.get("next") or "")


@register.simple_tag(takes_context=True)
def signing_up_is_open(context: dict[str, HttpRequest]) -> bool:
    """Tell whether who has no account may make one here."""
    request = context["request"]
    return bool(get_adapter(request).is_open_for_signup(request))


@register.filter
def role_name(role: Role) -> str:
    """Name a role."""
    return Role(role).text.say(page_language())


@register.filter
def role_means(role: Role) -> str:
    """Say what somebody in a role may do."""
    return Role(role).meaning.say(page_language())


@register.simple_tag
def letters_go() -> bool:
    """Tell whether a mail server is configured."""
    return bool(settings.MAIL)


@register.simple_tag
def usable_provider() -> OidcSettings | None:
    """Find the provider of identities that people may sign in at, if one is set up."""
    return find_usable_oidc()
