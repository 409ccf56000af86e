"""Why a look did not come about: every failure has a reason, and words for it."""

from __future__ import annotations

import errno
import ssl

from changqing.errors import Issue, NetError
from changqing.net.http import HttpError
from changqing.net.model import Exchange
from changqing.text import Text

_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})
_SILENT = frozenset({errno.ETIMEDOUT, errno.EHOSTUNREACH})
_RESET = frozenset({errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED})


def make_failure(reason: str, zh: str, en: str, *, transient: bool = True) -> NetError:
    """Make a NetError about nothing that stands in a file."""
    issue = Issue(text=Text(zh=zh, en=en))
    return NetError(issue, reason=reason, transient=transient)


def make_blocked(exchange: Exchange) -> NetError:
    """Make the error for a site that answers, and lets no program in."""
    return make_failure(
        "blocked",
        f"{exchange.url}拒绝程序查看（{exchange.status}）",
        f"{exchange.url} does not let programs in ({exchange.status})",
    )


def make_server_error(url: str, status: int) -> NetError:
    """Make the error for a server that fails, by its own word."""
    return make_failure(
        "server_error", f"{url}返回{status}", f"{url} answered {status}"
    )


def make_broken(exchange: Exchange) -> NetError:
    """Make the error for a page that came, and not whole."""
    reason = exchange.reason or "unreadable"
    zh = {
        "timeout": "没有在时限内读完",
        "too_large": "过大，没有读完",
        "unreadable": "的内容无法读取",
    }.get(reason, "中途断开")
    en = {
        "timeout": "could not be read in time",
        "too_large": "is too large to read",
        "unreadable": "cannot be read",
    }.get(reason, "broke off")
    return make_failure(reason, f"{exchange.url}{zh}", f"{exchange.url} {en}")


def find_reason(error: Exception, what: str) -> NetError:
    """Find the reason behind a foreign exception."""
    if isinstance(error, NetError):
        return error
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, TimeoutError) or number in _SILENT:
        return make_failure(
            "timeout", f"{what}没有及时应答", f"{what} did not answer in time"
        )
    if isinstance(error, ssl.SSLError):
        return make_failure(
            "tls",
            f"{what}的加密连接没有建立",
            f"no encrypted connection with {what}",
        )
    if isinstance(error, HttpError) and error.reason == "reset":
        return make_failure("reset", f"{what}中途断开连接", f"{what} broke off")
    if number == errno.ECONNREFUSED:
        return make_failure("refused", f"{what}拒绝连接", f"{what} refuses connections")
    if number in _UNREACHABLE:
        return make_failure(
            "own_network", f"本机到{what}没有路由", f"no route from here to {what}"
        )
    if number in _RESET:
        return make_failure("reset", f"{what}中途断开连接", f"{what} broke off")
    return make_failure(
        "unreadable", f"{what}的应答无法读取", f"{what} answered nonsense"
    )
