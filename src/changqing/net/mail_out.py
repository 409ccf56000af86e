"""Mail handed to the user's own mail server: its address checked, pinned, over TLS."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum

from changqing.errors import NetError
from changqing.net.address import check_address, parse_address
from changqing.net.failures import find_reason, make_failure
from changqing.net.tls import trust_as_browsers_do


class MailSafety(StrEnum):
    """How the way to the server is kept private."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"  # to a server that was opened alone


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in.

    Loopback and private addresses only where `opened` has host and port.
    """

    host: str
    port: int
    safety: MailSafety
    user: str = ""
    password: str = ""
    opened: frozenset[tuple[str, int]] = frozenset()
    trust: tuple[str, ...] = ()  # further authorities, PEM
    seconds: float = 20.0

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port})"


def send_mail(server: MailServer, message: EmailMessage) -> None:
    """Hand in one message; raises NetError when the server does not take it.

    Blocks. The error says what the server said, without the password.
    """
    where = f"{server.host}:{server.port}"
    if server.safety is MailSafety.NONE and not _is_opened_here(server):
        raise make_failure(
            "tls",
            f"{where}没有设加密，邮件没有交出去",
            f"{where} is set to no encryption; the mail was not handed over",
            transient=False,
        )
    try:
        with _connect_to_server(server) as smtp:
            if server.safety is MailSafety.STARTTLS:
                smtp.starttls(context=trust_as_browsers_do(server.trust))
            if server.user:
                smtp.login(server.user, server.password)
            smtp.send_message(message)
    except smtplib.SMTPException as error:
        raise _make_refusal(where, error, server.password) from None
    except OSError as error:
        raise find_reason(error, where) from None


def _connect_to_server(server: MailServer) -> smtplib.SMTP:
    """Connect to the first checked address that lets us in."""
    refusal: OSError | None = None
    for address in _list_addresses(server):
        try:
            if server.safety is MailSafety.TLS:
                return _connect_tls(server, address)
            return _connect_plain(server, address)
        except (ssl.SSLError, smtplib.SMTPException):
            raise
        except OSError as error:
            refusal = error
    raise refusal or OSError(server.host)


def _connect_plain(server: MailServer, address: str) -> smtplib.SMTP:
    class Pinned(smtplib.SMTP):
        def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
            return socket.create_connection((address, port), timeout)

    return Pinned(server.host, server.port, timeout=server.seconds)


def _connect_tls(server: MailServer, address: str) -> smtplib.SMTP:
    context = trust_as_browsers_do(server.trust)

    class Pinned(smtplib.SMTP_SSL):
        def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
            plain = socket.create_connection((address, port), timeout)
            return context.wrap_socket(plain, server_hostname=host)

    return Pinned(server.host, server.port, timeout=server.seconds, context=context)


def _list_addresses(server: MailServer) -> Iterable[str]:
    try:
        address_infos = socket.getaddrinfo(
            server.host, server.port, type=socket.SOCK_STREAM
        )
    except OSError as error:
        raise make_failure(
            "dns_failure",
            f"找不到邮件服务器{server.host}",
            f"the mail server {server.host} cannot be found",
        ) from error
    fine: list[str] = []
    refusals: list[NetError] = []
    for text in dict.fromkeys(str(address[4][0]) for address in address_infos):
        try:
            fine.append(_check_reachable(text, server))
        except NetError as error:
            refusals.append(error)
    if not fine:
        raise refusals[0]
    return fine


def _check_reachable(text: str, server: MailServer) -> str:
    """Return the address if it may be reached: an own relay, where it is opened."""
    address = parse_address(text)
    if address is not None and _is_opened_here(server):
        own = address.is_private and not address.is_loopback
        if own and not (address.is_link_local or address.is_unspecified):
            return str(address)
    return check_address(text, host=server.host, port=server.port, opened=server.opened)


def _is_opened_here(server: MailServer) -> bool:
    return (server.host, server.port) in server.opened


def _make_refusal(where: str, error: smtplib.SMTPException, password: str) -> NetError:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return make_failure(
            "blocked",
            f"{where}不接受用户名或密码（授权码）",
            f"{where} does not accept the user name or the password",
            transient=False,
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return make_failure(
            "tls",
            f"{where}不支持所设的加密或登录方式",
            f"{where} does not support the encryption or login that is set",
            transient=False,
        )
    reason = _clip_words(error)
    if password:
        reason = reason.replace(password, "***")
    return make_failure(
        "blocked",
        f"{where}没有收下邮件：{reason}",
        f"{where} did not take the mail: {reason}",
    )


def _clip_words(error: smtplib.SMTPException) -> str:
    """What the server said, in one short line."""
    text: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    else:
        return type(error).__name__
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"[:200]
