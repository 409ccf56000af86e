"""The provider, as django-allauth knows one: it imports this module by its name."""

from __future__ import annotations

from hashlib import sha256
from string import ascii_lowercase, ascii_uppercase
from typing import Any, Final

from allauth.account.models import EmailAddress
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.openid_connect.provider import (
    OpenIDConnectProvider,
)
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from changqing.jsondata import JsonObject
from changqing_web.oidc.configuration import PROVIDER
from changqing_web.oidc.flow import OidcFlow, derive_nonce

_TRUE: Final = "true"
"""How AWS Cognito writes that an address is verified; all others write a boolean."""
_SMALL: Final = str.maketrans(ascii_uppercase, ascii_lowercase)
_LONGEST_UID: Final = 191
"""As the database of allauth has it; a `sub` has up to 255 characters."""


class OidcProvider(OpenIDConnectProvider):
    """The one that the operator has set. What a browser sends changes nothing of it."""

    id = PROVIDER
    oauth2_adapter_class = OidcFlow

    def get_oauth2_adapter(self, request: HttpRequest) -> OidcFlow:
        """Begin to speak with it."""
        return OidcFlow(request)

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        """Get where signing in with it begins."""
        return reverse("oidc_login")

    def get_callback_url(self) -> str:
        """Get where it sends people back to."""
        return reverse("oidc_callback")

    def get_default_scope(self) -> list[str]:
        """Ask who it is and for their address, and for no more."""
        return ["openid", "email"]

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Take nothing of the address that is asked but where to go afterwards."""
        options = super().get_redirect_from_request_kwargs(request)
        return {
            "next_url": options.get("next_url"),
            "process": AuthProcess.LOGIN,
            "scope": self.get_scope(),
            "auth_params": {},
        }

    def get_pkce_params(self) -> dict[str, str]:
        """Get the challenge, its verifier, and the nonce that comes of the verifier."""
        params: dict[str, str] = super().get_pkce_params()
        return {**params, "nonce": derive_nonce(params["code_verifier"])}

    def redirect(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead on by a page: a form may go to no other place, not by a redirect either.

        See `safety.POLICY`, `form-action`.
        """
        answer: HttpResponse = super().redirect(request, *args, **kwargs)
        if not isinstance(answer, HttpResponseRedirect):
            return answer
        page = render(
            request,
            "account/oidc_onward.html",
            {"onward": answer.url, "provider": self.name},
        )
        page.headers["Cache-Control"] = "no-store"
        return page

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """Extract the address, verified only if it is written so.

        One that becomes another one’s by its small letters (the Kelvin sign is a k
        then) is nobody’s: what was verified is another mailbox.
        """
        claims = data["id_token"]
        if not claims.get("email"):
            return []
        email, verified_claim = str(claims["email"]), claims.get("email_verified")
        same = email.lower() == email.translate(_SMALL)
        verified = same and (verified_claim is True or verified_claim == _TRUE)
        return [EmailAddress(email=email.lower(), verified=verified, primary=True)]

    def extract_uid(self, data: JsonObject) -> str:
        """Take the provider's name for the person, shortened where it is too long."""
        uid: str = super().extract_uid(data)
        return uid if len(uid) <= _LONGEST_UID else sha256(uid.encode()).hexdigest()


provider_classes = [OidcProvider]
