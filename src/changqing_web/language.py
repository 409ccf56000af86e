"""Which language a person reads: their choice, else their browser's, else Chinese."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

from django.conf import settings
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
    language = _SPOKEN.get()
    if language is not None:
        return language
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
        language_asked = request.GET.get("lang")
        language_chosen = (
            language_asked
            if language_asked in {"zh", "en"}
            else request.COOKIES.get(COOKIE)
        )
        if language_chosen not in {"zh", "en"}:
            prefers = request.headers.get("Accept-Language", "").lower()
            language_chosen = "en" if prefers.startswith("en") else "zh"
        code = "en" if language_chosen == "en" else "zh-hans"
        reset_token = _SPOKEN.set(
            Language.EN if language_chosen == "en" else Language.ZH
        )
        try:
            with translation.override(code):
                response = self._answer(request)
        finally:
            _SPOKEN.reset(reset_token)
        response.headers["Content-Language"] = code
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        if language_asked in {"zh", "en"}:
            response.set_cookie(
                COOKIE,
                language_asked,
                max_age=_YEAR,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Lax",
                httponly=True,
            )
        return response
