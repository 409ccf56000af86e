"""Where letters go: `EMAIL_URL` taken apart, or the console."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_SMTP = "django.core.mail.backends.smtp.EmailBackend"
_CONSOLE = "django.core.mail.backends.console.EmailBackend"
_PORTS = {"smtp": 25, "submission": 587, "smtps": 465}


def mail_settings(address: str | None) -> dict[str, object]:
    """Make Django's settings for an address.

    `smtps://` speaks TLS from the first byte, `submission://` (and `smtp://…?tls=1`)
    begins in the clear and insists on TLS before it says who it is.
    """
    if not address:
        return {"EMAIL_BACKEND": _CONSOLE}
    try:
        parts = urlsplit(address)
        port, name = parts.port, parts.hostname
    except ValueError:
        name, port, parts = None, None, urlsplit("")
    if parts.scheme not in _PORTS or not name:
        raise ImproperlyConfigured(
            "EMAIL_URL 写法不对，应为 / is to be written as "
            "smtps://user:password@mail.example:465"
        )
    starts_tls = parts.scheme == "submission" or "1" in parse_qs(parts.query).get(
        "tls", []
    )
    return {
        "EMAIL_BACKEND": _SMTP,
        "EMAIL_HOST": name,
        "EMAIL_PORT": port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": starts_tls and parts.scheme != "smtps",
        "EMAIL_TIMEOUT": 20,
    }
