"""The code flow of OpenID Connect Core 1.0, on top of django-allauth's.

allauth carries state and PKCE. What it leaves out is here: a nonce, the signature of
the ID token though it came over TLS, and the comparison of the issuer with the one that
was configured (OpenID Connect Discovery 1.0, 4.3).
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Final

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import (
    OpenIDConnectOAuth2Adapter,
)
from django.http import HttpRequest
from django.urls import reverse
from requests import RequestException

from changqing.jsondata import Json, JsonObject
from changqing_web.oidc.configuration import (
    PROVIDER,
    get_oidc,
    is_private_address,
)
from changqing_web.oidc.refusals import SignInRefusal, refuse

_SKEW: Final = 60  # seconds by which the clocks may differ
_ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
)
"""Signatures by a public key alone: one made with the client's secret is not among
them."""
_BASIC: Final = "client_secret_basic"
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_KEPT: Final = ("sub", "email", "email_verified")
"""What is kept of a person beside their account, of all that the provider tells."""


def derive_nonce(verifier: str) -> str:
    """Derive the nonce of a sign-in, which only who holds its PKCE verifier can tell.

    The verifier waits in the session beside the state, and is used once with it. So the
    nonce needs no place of its own, and cannot be read from the challenge.
    """
    return hashlib.sha256(f"nonce:{verifier}".encode()).hexdigest()


class OidcFlow(OpenIDConnectOAuth2Adapter):
    """One sign-in: asks the provider, and believes what is signed for it.

    Whatever goes wrong is raised as `ImmediateHttpResponse`, a page that says why.
    """

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, PROVIDER)
        self._nonce = ""

    @property
    def openid_config(self) -> JsonObject:
        """What the provider publishes of itself."""
        if not hasattr(self, "_openid_config"):
            self._openid_config = self._discover()
        return self._openid_config

    def _discover(self) -> JsonObject:
        metadata = self._fetch_json(self.get_provider().server_url)
        if metadata.get("issuer") != get_oidc().issuer:
            raise refuse(self.request, SignInRefusal.ISSUER)
        if not all(is_private_address(str(metadata.get(name))) for name in _ENDPOINTS):
            raise refuse(self.request, SignInRefusal.PROVIDER)
        # Discovery 1.0, 3: where it names no way, the secret is sent in the header.
        metadata.setdefault("token_endpoint_auth_methods_supported", [_BASIC])
        return metadata

    def _fetch_json(self, url: str, token: str = "") -> dict[str, Json]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            with get_adapter().get_requests_session() as session:
                answer = session.get(url, headers=headers)
                answer.raise_for_status()
                data = answer.json()
        except RequestException as error:
            raise refuse(self.request, SignInRefusal.AWAY) from error
        if not isinstance(data, dict):
            raise refuse(self.request, SignInRefusal.PROVIDER)
        return data

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Get where the provider sends people back to; it has it in its list."""
        return request.build_absolute_uri(reverse("oidc_callback"))

    def get_access_token_data(
        self,
        request: HttpRequest,
        app: SocialApp,
        client: object,
        pkce_code_verifier: str | None = None,
    ) -> dict[str, Json]:
        """Give the code for the tokens."""
        self._nonce = derive_nonce(pkce_code_verifier or "")
        try:
            data: dict[str, Json] = super().get_access_token_data(
                request, app, client, pkce_code_verifier=pkce_code_verifier
            )
        except RequestException as error:
            raise refuse(request, SignInRefusal.AWAY) from error
        except (OAuth2Error, KeyError, ValueError) as error:
            raise refuse(request, SignInRefusal.PROVIDER) from error
        return data

    def parse_token(self, data: dict[str, Json]) -> SocialToken:
        """Parse the access token, which is used once and not kept."""
        return SocialToken(token=str(data["access_token"]))

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Read who it is: by the ID token, and the address by userinfo if need be."""
        claims = self._read_claims(app, str(kwargs["response"].get("id_token") or ""))
        place = str(self.openid_config.get("userinfo_endpoint") or "")
        lacks = not {"email", "email_verified"} <= claims.keys()
        if lacks and is_private_address(place):
            user_info = self._fetch_json(place, token.token)
            if user_info.get("sub") != claims["sub"]:  # OpenID Connect Core 1.0, 5.3.2
                raise refuse(request, SignInRefusal.TOKEN)
            claims = user_info  # address and word on it from one place
        claims_kept = {name: claims[name] for name in _KEPT if name in claims}
        login: SocialLogin = self.get_provider().sociallogin_from_response(
            request, {"id_token": claims_kept}
        )
        return login

    def _read_claims(self, app: SocialApp, id_token: str) -> dict[str, Json]:
        """Check an ID token as OpenID Connect Core 1.0, 3.1.3.7 says."""
        keys = self._fetch_json(str(self.openid_config["jwks_uri"]))
        try:
            claims: dict[str, Json] = jwt.decode(
                id_token,
                key=_find_key(id_token, keys),
                algorithms=list(_ALGORITHMS),
                audience=app.client_id,
                issuer=get_oidc().issuer,
                leeway=_SKEW,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except jwt.InvalidIssuerError as error:
            raise refuse(self.request, SignInRefusal.ISSUER) from error
        except jwt.PyJWTError as error:
            raise refuse(self.request, SignInRefusal.TOKEN) from error
        if not claims["sub"]:
            raise refuse(self.request, SignInRefusal.TOKEN)
        party = claims.get("azp", app.client_id)
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if party != app.client_id or (several and "azp" not in claims):
            raise refuse(self.request, SignInRefusal.TOKEN)
        nonce = str(claims.get("nonce", ""))
        if not hmac.compare_digest(nonce.encode(), self._nonce.encode()):
            raise refuse(self.request, SignInRefusal.TOKEN)
        return claims


def _find_key(id_token: str, keys: dict[str, Json]) -> jwt.PyJWK:
    """The key of the provider that a token says it is signed with.

    Raises jwt.PyJWTError: it is no token, or the provider has no such key.
    """
    name = jwt.get_unverified_header(id_token).get("kid")
    signing_keys = [
        key
        for key in jwt.PyJWKSet.from_dict(keys).keys
        if key.public_key_use in (None, "sig")
    ]
    matching = (
        [key for key in signing_keys if key.key_id == name] if name else signing_keys
    )
    if len(matching) != 1:
        raise jwt.InvalidKeyError("no such key")
    return matching[0]
