"""What an operator says of the identity provider, from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from changqing_web.loopback import is_loopback

APPS: Final = ("allauth.socialaccount", "changqing_web.oidc")
"""The Django applications of it, installed where it is set up."""
PROVIDER: Final = "oidc"
LONGEST_ISSUER: Final = 200
"""Characters of an issuer that the database keeps beside each account."""
ISSUER: Final = "CHANGQING_OIDC_ISSUER"
CLIENT: Final = "CHANGQING_OIDC_CLIENT"
SECRET: Final = "CHANGQING_OIDC_SECRET"  # noqa: S105 - the name of a setting
NAME: Final = "CHANGQING_OIDC_NAME"
SIGNUP: Final = "CHANGQING_OIDC_SIGNUP"
_OPEN: Final = "open"
_PACKAGES: Final = ("jwt", "requests")


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """The provider, as it was set. `checks.check_oidc` says what is wrong with it.

    `label` is its name for people, `signup` the word of the operator on new accounts,
    `secret_file` a file of the secret that could not be read.
    """

    issuer: str
    client: str
    secret: str
    label: str
    signup: str = ""
    secret_file: str = ""

    @property
    def opens_accounts(self) -> bool:
        """Whether an address that nobody has here gets an account."""
        return self.signup == _OPEN

    @property
    def missing(self) -> tuple[str, ...]:
        """The settings that are still to be made."""
        values = {ISSUER: self.issuer, CLIENT: self.client, SECRET: self.secret}
        return tuple(name for name, value in values.items() if not value)

    @property
    def is_too_long(self) -> bool:
        """Whether the issuer is longer than is kept beside an account."""
        return len(self.issuer) > LONGEST_ISSUER

    @property
    def is_signup_known(self) -> bool:
        """Whether the word on new accounts is one of those that are known."""
        return self.signup in {"", _OPEN}

    @property
    def is_usable(self) -> bool:
        """Whether people can be sent there."""
        return (
            not self.missing
            and is_private_address(self.issuer)
            and not self.is_too_long
            and self.is_signup_known
            and has_packages()
        )


def read_oidc(environment: Mapping[str, str]) -> OidcSettings | None:
    """Read the settings; None where none of them is made."""
    names = (ISSUER, CLIENT, SECRET, f"{SECRET}_FILE", NAME, SIGNUP)
    if not any(environment.get(name) for name in names):
        return None
    issuer = environment.get(ISSUER, "").strip()
    secret, unread = _read_secret(environment)
    return OidcSettings(
        issuer=issuer,
        client=environment.get(CLIENT, "").strip(),
        secret=secret,
        label=environment.get(NAME, "").strip() or urlsplit(issuer).netloc or issuer,
        signup=environment.get(SIGNUP, "").strip(),
        secret_file=unread,
    )


def _read_secret(environment: Mapping[str, str]) -> tuple[str, str]:
    """The secret, and the file of it where that cannot be read."""
    secret, file = environment.get(SECRET, ""), environment.get(f"{SECRET}_FILE", "")
    if secret or not file:
        return secret, ""
    try:
        return Path(file).read_text(encoding="utf-8").strip(), ""
    except (OSError, UnicodeDecodeError):
        return "", file


def find_usable_oidc() -> OidcSettings | None:
    """Find the provider that people can be sent to; None where none is set up whole."""
    provider: OidcSettings | None = settings.OIDC
    return provider if provider is not None and provider.is_usable else None


def get_oidc() -> OidcSettings:
    """Get the provider of this installation.

    Raises LookupError: none is set up. Whoever asks is reached only where one is.
    """
    provider: OidcSettings | None = settings.OIDC
    if provider is None:
        raise LookupError("no provider is set up")
    return provider


def has_packages() -> bool:
    """Tell whether the packages of the extra `oidc` are installed."""
    return all(find_spec(package) is not None for package in _PACKAGES)


def is_private_address(url: str) -> bool:
    """Tell whether nobody on the way can read or change it: HTTPS, or loopback."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "https":
        return bool(host)
    if parts.scheme != "http":
        return False
    return is_loopback(host)


def write_settings(oidc: OidcSettings | None) -> dict[str, object]:
    """Write Django's settings for it."""
    application = (
        oidc
        and {
            "provider_id": oidc.issuer,  # a person there is nobody at another
            "name": oidc.label[:40],
            "client_id": oidc.client,
            "secret": oidc.secret,
            "settings": {
                "server_url": _locate_discovery(oidc.issuer),
                "oauth_pkce_enabled": True,
            },
        }
    )
    return {
        "SOCIALACCOUNT_ADAPTER": "changqing_web.oidc.binding.Binding",
        "SOCIALACCOUNT_PROVIDERS": {PROVIDER: {"APP": application}} if oidc else {},
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION": True,  # by `Binding` alone
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT": True,
        "SOCIALACCOUNT_EMAIL_VERIFICATION": "none",  # the provider's word is asked for
        "SOCIALACCOUNT_REQUESTS_TIMEOUT": 10,  # seconds
        "SOCIALACCOUNT_STORE_TOKENS": False,
    }


def _locate_discovery(issuer: str) -> str:
    """Where a provider describes itself (OpenID Connect Discovery 1.0, 4.1)."""
    return f"{issuer.removesuffix('/')}/.well-known/openid-configuration"
