"""How often something may be done: counted in the cache, by whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from changqing.sandbox import pool
from changqing_web.language import t

_MINUTE: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many in a minute of what begins with one of the paths."""

    name: str
    most: int
    paths: tuple[str, ...]


LIMITS: Final = (
    Limit(name="sign-in", most=20, paths=("/account/", "/enter/", "/join/")),
    Limit(name="secret", most=60, paths=("/review/",)),
)
PUBLIC_UPLOADS: Final = "/verify/"
"""Below this anybody may send a file."""
UPLOADS: Final = Limit(name="upload", most=120, paths=())


def make_page_limits() -> pool.Limits:
    """Bound what one file or text may take while somebody waits for a page."""
    return pool.Limits(seconds=settings.PAGE_SECONDS, memory=1 << 30, output=64 << 20)


def is_over_limit(key: str, *, most: int, seconds: int) -> bool:
    """Tell whether `key` has been counted more than `most` times in this stretch.

    Each stretch has a name of its own: counting on in a cache of a database would put
    off the end of what was counted before.
    """
    stretch = int(timezone.now().timestamp()) // seconds
    name = f"limit:{key}:{stretch}"
    cache.add(name, 0, timeout=2 * seconds)
    try:
        return int(cache.incr(name)) > most
    except ValueError:  # it was cleared away between the two
        cache.set(name, 1, timeout=2 * seconds)
        return False


def find_address(request: HttpRequest) -> str:
    """Find who asks, as our outermost proxy saw it; what others claim is ignored."""
    here = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.PROXIES:
        return here
    passed = request.headers.get("X-Forwarded-For", "").split(",")
    return passed[-settings.PROXIES :][0].strip() or here


class LimitRequests:
    """Counts tries to get in and uploads, before anything of them is read."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or say that it was too often or too much."""
        return _refuse_request(request) or self._answer(request)


def _refuse_request(request: HttpRequest) -> HttpResponse | None:
    """Refuse what is too large or comes too often; None lets it pass."""
    user = getattr(request, "user", None)
    who = find_address(request)
    upload = request.content_type == "multipart/form-data"
    if request.method == "POST" and upload:
        most = _find_most_bytes(request)
        if _read_length(request) > most:
            return _render_page(
                request,
                413,
                t("文件太大", "The file is too large"),
                t(
                    f"一次最多{most >> 20}MB，没有保存。请压缩或分成几份后再传。",
                    f"At most {most >> 20} MB at a time; nothing was "
                    "kept. Make it smaller or send it in parts.",
                ),
            )
        by = who if user is None or user.pk is None else f"user-{user.pk}"
        if is_over_limit(f"{UPLOADS.name}:{by}", most=UPLOADS.most, seconds=_MINUTE):
            return _refuse_too_often(request)
    for limit in LIMITS:
        if not request.path.startswith(limit.paths):
            continue
        if request.method != "POST" and limit.name == "sign-in":
            continue
        if is_over_limit(f"{limit.name}:{who}", most=limit.most, seconds=_MINUTE):
            return _refuse_too_often(request)
    return None


def _find_most_bytes(request: HttpRequest) -> int:
    """How much may be sent at once; less where anybody may, without an account."""
    most: int = settings.REQUEST_LIMIT
    if request.path.startswith(PUBLIC_UPLOADS):
        most = settings.PUBLIC_REQUEST_LIMIT
    return most


def _read_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _refuse_too_often(request: HttpRequest) -> HttpResponse:
    answer = _render_page(
        request,
        429,
        t("次数太多", "Too often"),
        t(
            "一分钟内次数太多，请过一分钟再试，已填的内容可返回上一页找到。",
            "Too often within a minute. Try again in a minute; what you typed is on "
            "the page before this one.",
        ),
    )
    answer.headers["Retry-After"] = str(_MINUTE)
    return answer


def _render_page(
    request: HttpRequest, status: int, title: str, explanation: str
) -> HttpResponse:
    return render(
        request, "error.html", {"title": title, "what": explanation}, status=status
    )
