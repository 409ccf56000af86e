"""The public page that checks a bundle: what `verify.py` says of it, and no more.

The file is checked while its sender waits, in children of its own, so that strangers
delay nobody else. It is deleted when the answer is given; nothing is recorded.
"""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from changqing.errors import GivenUpError
from changqing.jsondata import JsonObject
from changqing.sandbox.pool import Limits
from changqing.sealing.index import NOT_PROVEN, PROVEN
from changqing_web.errors import list_issues
from changqing_web.language import t
from changqing_web.limits import PUBLIC_UPLOADS, find_address, is_over_limit
from changqing_web.papers.uploads import keep_on_disk
from changqing_web.seal.checking import CHECKS, WITHIN, check_bundle, read_sent
from changqing_web.walls import PageRoute

_LIMITS: Final = Limits(seconds=90, memory=1 << 30, output=0)
_POOL: Final = "public"
_BUSY: Final = "busy"


def verify_publicly(request: HttpRequest) -> HttpResponse:
    """Show a form for a bundle, and by POST what came of checking it."""
    if request.method != "POST":
        return _render_page(request)
    if is_over_limit(f"verify:{find_address(request)}", most=CHECKS, seconds=WITHIN):
        message = t(
            "核验太频繁，十分钟后再试。", "Too many checks; try again in ten minutes."
        )
        return _render_page(request, wrong={"bundle": message}, code=429)
    form_sent = read_sent(request)
    if form_sent.file is None or form_sent.wrong:
        return _render_page(
            request, wrong=form_sent.wrong, key=form_sent.typed, code=422
        )
    try:
        checked = _check_upload(form_sent.file, form_sent.keys)
    except GivenUpError as error:
        busy = error.reason == _BUSY
        message = " ".join(list_issues(error))
        return _render_page(
            request, wrong={"bundle": message}, code=503 if busy else 422
        )
    return _render_page(request, v=checked, name=form_sent.name, at=timezone.now())


def _check_upload(file: UploadedFile[Any], keys: frozenset[str]) -> JsonObject:
    with keep_on_disk(file) as path:
        return check_bundle(path, keys, limits=_LIMITS, pool=_POOL)


def _render_page(
    request: HttpRequest,
    *,
    wrong: dict[str, str] | None = None,
    key: str = "",
    code: int = 200,
    **more: object,
) -> HttpResponse:
    return render(
        request,
        "verification/verify.html",
        {
            "wrong": wrong or {},
            "key": key,
            "most_mb": settings.PUBLIC_REQUEST_LIMIT >> 20,
            "proven": PROVEN,
            "not_proven": NOT_PROVEN,
            **more,
        },
        status=code,
    )


ROUTES = (
    PageRoute(
        path=PUBLIC_UPLOADS.removeprefix("/"),
        view=verify_publicly,
        name="verify_publicly",
        public=True,
        methods=("GET", "POST"),
    ),
)
