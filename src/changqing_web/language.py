"""Which language a person reads: their choice, else their browser's, else Chinese."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from changqing.text import Language, Text

COOKIE = "language"
_YEAR = 365 * 24 * 3600
_SPOKEN: Final[ContextVar[Language | None]] = ContextVar("spoken", default=None)
"""The language of the request that is being answered."""


def page_language() -> Language:
    """Tell the language of the page that is being made.

    A page asks some thousand times, and Django takes its time to answer.
    """
    spoken = _SPOKEN.get()
    if spoken is not None:
        return spoken
    code = translation.get_language() or ""
    return Language.EN if code.startswith("en") else Language.ZH


def t(zh: str, en: str) -> str:
    """Pick a sentence in the language of the page."""
    return Text(zh=zh, en=en).say(page_language())


class SpokenLanguage:
    """`?lang=` chooses and is remembered; every page is complete in both."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language of the person who asks."""
        asked = request.GET.get("lang")
        chosen = asked if asked in {"zh", "en"} else request.COOKIES.get(COOKIE)
        if chosen not in {"zh", "en"}:
            prefers = request.headers.get("Accept-Language", "").lower()
            chosen = "en" if prefers.startswith("en") else "zh"
        code = "en" if chosen == "en" else "zh-hans"
        spoken = _SPOKEN.set(Language.EN if chosen == "en" else Language.ZH)
        try:
            with translation.override(code):
                response = self._answer(request)
        finally:
            _SPOKEN.reset(spoken)
        response.headers["Content-Language"] = code
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        if asked in {"zh", "en"}:
            response.set_cookie(
                COOKIE, asked, max_age=_YEAR, samesite="Lax", httponly=True
            )
        return response
