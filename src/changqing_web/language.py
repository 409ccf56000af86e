"""Which language a person reads: their choice, else their browser's, else Chinese."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from changqing.text import Language, Text

COOKIE = "language"
_YEAR = 365 * 24 * 3600


def page_language() -> Language:
    """The language of the page that is being made."""
    code = translation.get_language() or ""
    return Language.EN if code.startswith("en") else Language.ZH


def t(zh: str, en: str) -> str:
    """A sentence in the language of the page."""
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
        with translation.override(code):
            response = self._answer(request)
        response.headers["Content-Language"] = code
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        if asked in {"zh", "en"}:
            response.set_cookie(
                COOKIE, asked, max_age=_YEAR, samesite="Lax", httponly=True
            )
        return response
