"""What stands where a site should be: its own pages, or one of four other things.

A notice of maintenance, a page that offers the domain, one that says that domain or
hosting ran out, and the site of somebody else are told apart by words that are data
(`served.yaml`). The probe says which it saw; what follows is for the rules. A page that
could be two of them, or is none of them surely, is not recognised: a gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from changqing.day import beijing_day
from changqing.errors import CatalogueError
from changqing.net.model import Exchange
from changqing.probes.document import PageDocument, parse_page
from changqing.probes.model import (
    LookFailure,
    ProbeObservation,
    Site,
    find_registrable,
    observe,
    report_unseen,
)
from changqing.probes.own_page import find_doubt, make_not_recognised
from changqing.probes.written_dates import find_dates, parse_moment
from changqing.text import Text
from changqing.yamlfile.read import read
from changqing.yamlfile.shape import validate

FACTS: Final = ("page_served", "maintenance_until")
OWN: Final = "own_pages"
OTHER: Final = "other_site"
MAINTENANCE: Final = "maintenance_notice"

_WORDS: Final = Path(__file__).with_suffix(".yaml")
_MOST_TEXT: Final = 600  # characters; the home page of a site has more
_ENOUGH: Final = 2  # of the words that are likely on such a page
_UNAVAILABLE: Final = 503
_FRAME_OF_A_SITE: Final = 6


class _ServedWords(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    sure: tuple[str, ...]
    likely: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()

    def is_sure(self, text: str, host: str) -> bool:
        """Tell whether a word of its own, or where it was led, tells such a page."""
        return find_registrable(host) in self.hosts or any(w in text for w in self.sure)

    def is_likely(self, text: str) -> bool:
        """Tell whether two of the words that often stand on such a page do."""
        return sum(word in text for word in self.likely) >= _ENOUGH


class _WordList(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    maintenance_notice: _ServedWords
    parking_page: _ServedWords
    expiry_notice: _ServedWords


@cache
def _load_words() -> Mapping[str, _ServedWords]:
    words = validate(
        read(_WORDS, error=CatalogueError), _WordList, error=CatalogueError
    )
    return {name: getattr(words, name) for name in _WordList.model_fields}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedPage:
    """What a page is, and what of it says so; `until` is the end that it announces."""

    kind: str
    words: str
    until: date | None = None


def find_served(page: PageDocument, site: Site) -> ServedPage | None:
    """Find what stands at the address of a site; None where it cannot be told."""
    if find_doubt(page, site) is None:
        return ServedPage(kind=OWN, words=page.title)
    if not page.legible:
        return None
    host = (urlsplit(page.url).hostname or "").lower()
    led_away = not site.owns(page.url)
    if len(page.text) < _MOST_TEXT or led_away:
        kinds = _find_kinds(f"{page.title}\n{page.text}".lower(), host)
        if len(kinds) > 1:
            return None
        for kind in kinds:
            title = page.title or page.text[:60]
            until = _find_end(page) if kind == MAINTENANCE else None
            return ServedPage(kind=kind, words=title, until=until)
    if led_away and _is_whole_site(page):
        return ServedPage(kind=OTHER, words=page.title)
    return None


def _find_kinds(text: str, host: str) -> list[str]:
    """Find the kinds that a text surely is, else those that it is likely to be."""
    words = _load_words()
    sure = [kind for kind in words if words[kind].is_sure(text, host)]
    return sure or [kind for kind in words if words[kind].is_likely(text)]


def observe_served(
    answer: Exchange | LookFailure, site: Site
) -> Iterator[ProbeObservation]:
    """Observe what stands at the address, and the end of a maintenance it announces."""
    if isinstance(answer, LookFailure):
        yield from report_unseen(FACTS, answer)
        return
    page = parse_page(answer)
    served = find_served(page, site)
    if served is None:
        yield from report_unseen(FACTS, make_not_recognised(page, _UNCLEAR))
        return
    place, words = page.url, served.words[:100]
    yield observe("page_served", value=served.kind, place=place, raw=words)
    end = served.until or find_announced_end(answer)
    if served.kind == MAINTENANCE and end is not None:
        last = end if not isinstance(end, datetime) else beijing_day(end)
        yield observe("maintenance_until", value=last, place=place, raw=words)


def find_announced_end(answer: Exchange) -> datetime | None:
    """Find until when a server announces that it is unavailable; None if it does not.

    `Retry-After` (RFC 9110, 10.2.3) in seconds or as a date. It counts with 503 alone,
    and only while it lasts.
    """
    if answer.status != _UNAVAILABLE:
        return None
    written = answer.find_header("Retry-After").strip()
    if written.isascii() and written.isdigit() and len(written) <= 7:
        end: datetime | None = answer.at + timedelta(seconds=int(written))
    else:
        end = parse_moment(written) if written else None
    return end if end is not None and end.tzinfo and end > answer.at else None


def is_announced(answer: Exchange, site: Site) -> bool:
    """Tell whether no service is given for a maintenance that is announced to end.

    By its `Retry-After`, or by a notice with a day that is not past.
    """
    if answer.status != _UNAVAILABLE:
        return False
    if find_announced_end(answer) is not None:
        return True
    served = find_served(parse_page(answer), site)
    return (
        served is not None
        and served.kind == MAINTENANCE
        and served.until is not None
        and served.until >= beijing_day(answer.at)
    )


def _find_end(page: PageDocument) -> date | None:
    """The last full day that a notice of maintenance names."""
    days = [day.on for line in page.lines for day in find_dates(line)]
    return max(days, default=None)


def _is_whole_site(page: PageDocument) -> bool:
    """Whether a page leads on to several pages of the site that it belongs to."""
    home = find_registrable((urlsplit(page.url).hostname or "").lower())
    paths = {
        urlsplit(link.url).path.rstrip("/")
        for link in page.links
        if link.url
        and find_registrable((urlsplit(link.url).hostname or "").lower()) == home
    }
    return bool(page.title) and len(paths) >= _FRAME_OF_A_SITE


_UNCLEAR: Final = Text(
    "是不是本站的页面、维护公告、停放、到期或别人的网站，程序认不准，须人工查看",
    "whether it is a page of the site, a notice of maintenance, a parked or expired "
    "domain or somebody else’s site is not sure; a person must look",
)
