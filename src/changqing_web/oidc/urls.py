"""The addresses of it, below /account/: django-allauth imports them by name."""

from __future__ import annotations

from allauth.socialaccount.providers.oauth2.views import (
    OAuth2CallbackView,
    OAuth2LoginView,
)
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from changqing_web.language import t
from changqing_web.oidc.binding import find_bound
from changqing_web.oidc.configuration import find_usable_oidc
from changqing_web.oidc.flow import OidcFlow


def begin_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the provider; only a form of ours begins it."""
    _refuse_unless_set()
    if request.method != "POST":
        return redirect("account_login")
    answer: HttpResponse = OAuth2LoginView.adapter_view(OidcFlow)(request)
    return answer


@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """Take who comes back from the provider."""
    _refuse_unless_set()
    answer: HttpResponse = OAuth2CallbackView.adapter_view(OidcFlow)(request)
    return answer


@require_POST
def disconnect_account(request: HttpRequest) -> HttpResponse:
    """Let whoever it was at the provider enter this account no longer."""
    _refuse_unless_set()
    user = request.user
    if not isinstance(user, User):
        return redirect("account_login")
    bound = find_bound(user)
    if bound is None:
        return redirect("me")
    if not user.has_usable_password():
        messages.error(
            request,
            t(
                "先设密码再解除，否则您就进不来了。",
                "Set a password first, or nothing leads you in any more.",
            ),
        )
        return redirect("me")
    bound.delete()
    messages.success(
        request,
        t("已解除，以后用密码登录。", "Disconnected; sign in with your password."),
    )
    return redirect("me")


def _refuse_unless_set() -> None:
    if find_usable_oidc() is None:
        raise Http404


urlpatterns = [
    path("oidc/login/", begin_sign_in, name="oidc_login"),
    path("oidc/callback/", come_back, name="oidc_callback"),
    path("oidc/disconnect/", disconnect_account, name="oidc_disconnect"),
]
