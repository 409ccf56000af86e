"""What every page of the guide needs: its frame, and how it names and cites things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar
from urllib.parse import urlencode, urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone

from changqing.law.kit import Citation
from changqing.law.law import fill
from changqing.law.said import say_article
from changqing.law.words import SCOPE_WORDS
from changqing.text import Text, both
from changqing_web.index import catalogue
from changqing_web.walls import find_last_workspace

_Thing = TypeVar("_Thing")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceInWords:
    """Where something stands, as a page shows it: title, article, how it was read."""

    instrument: str
    title: Text
    article: Text | None
    anchor: str
    read: Text
    says: Text | None


def make_sources(citations: Iterable[Citation]) -> list[SourceInWords]:
    """Make citations for a page."""
    instruments = catalogue().instruments
    return [
        SourceInWords(
            instrument=citation.instrument,
            title=instruments[citation.instrument].title,
            article=None if citation.article is None else say_article(citation.article),
            anchor=find_anchor(citation.article),
            read=citation.badge,
            says=citation.says,
        )
        for citation in citations
    ]


def find_anchor(article: str | None) -> str:
    """Find where an article stands on the page of its text: 6(4) stands under 6."""
    return "" if article is None else f"a-{article.partition('(')[0]}"


_NOT_CITED: Final = frozenset({"back", "lang"})
"""What an address says of who reads the page, and not of what stands on it."""


def render_guide_page(
    request: HttpRequest, template: str, part: str, **more: object
) -> HttpResponse:
    """Render a page of the guide, citable by its address, with a way back to a case."""
    back = find_way_back(request.GET.get("back", ""))
    values_by_name = {
        name: values
        for name, values in request.GET.lists()
        if name not in _NOT_CITED and any(values)
    }
    query = f"?{urlencode(values_by_name, doseq=True)}" if values_by_name else ""
    return render(
        request,
        template,
        {
            "section": "guide",
            "last_workspace": find_last_workspace(request),
            "part": part,
            "today": get_today(),
            "edition": catalogue().edition,
            "address": request.build_absolute_uri(f"{request.path}{query}"),
            "back": back,
            "back_query": f"?{urlencode({'back': back})}" if back else "",
            **more,
        },
    )


def find_way_back(address: str) -> str:
    """Find the address of a page here that somebody came from; empty for any other."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path.startswith("/w/"):
        return ""
    try:
        resolve(parts.path)
    except Resolver404:
        return ""
    return address


def get_today() -> date:
    """Get the day the guide is read on."""
    return timezone.localdate()


def find_or_404(things: Mapping[str, _Thing], name: str) -> _Thing:
    """Find a thing of the catalogue; what is not in it has no page."""
    try:
        return things[name]
    except KeyError:
        raise Http404 from None


def fill_texts(texts: Iterable[Text]) -> list[Text]:
    """Fill in texts with the numbers of the law as it is today."""
    return [fill(catalogue(), text, on=get_today()) for text in texts]


def fill_text(text: Text | None) -> Text | None:
    """Fill in a text that may be missing."""
    return None if text is None else fill_texts([text])[0]


def list_places(
    licences: Sequence[str], scopes: Sequence[str], regions: Sequence[str]
) -> list[Text]:
    """List for whom something holds; empty where for everybody."""
    return [
        *(both(code) for code in licences),
        *(SCOPE_WORDS[scope] for scope in scopes),
        *(catalogue().regions[code].label for code in regions),
    ]
