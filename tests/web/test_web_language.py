"""The language of a request is that of its own page alone."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from changqing.text import Language
from changqing_web.language import SpokenLanguage, page_language, t


def _answer(request: HttpRequest) -> HttpResponse:
    if request.GET.get("fails"):
        raise RuntimeError(t("坏了", "broken"))
    return HttpResponse(t("项目", "Cases"))


def _request(**asked: str) -> HttpRequest:
    return RequestFactory().get("/", asked)


def test_each_request_is_answered_in_its_own_language() -> None:
    pages = SpokenLanguage(_answer)
    assert pages(_request(lang="en")).content.decode() == "Cases"
    assert pages(_request()).content.decode() == "项目"
    with pytest.raises(RuntimeError, match="broken"):
        pages(_request(lang="en", fails="1"))
    assert pages(_request()).content.decode() == "项目"


def test_outside_of_requests_the_language_is_that_which_was_set() -> None:
    SpokenLanguage(_answer)(_request(lang="en"))
    with translation.override("zh-hans"):
        assert page_language() is Language.ZH
    with translation.override("en"):
        assert page_language() is Language.EN
