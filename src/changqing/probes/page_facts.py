"""All that is read from one page, as plain values: bytes in, facts out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from changqing.net.model import Exchange
from changqing.probes.channels import (
    find_agreement_links,
    find_chat_links,
    find_emails,
    find_feedback_links,
    find_phones,
    find_privacy_links,
)
from changqing.probes.company import find_companies, find_holders
from changqing.probes.document import Link, PageDocument, parse_page
from changqing.probes.items import PublishedItem
from changqing.probes.listed import find_items
from changqing.probes.marks import TextMatch, find_places
from changqing.probes.numbers import (
    Number,
    find_filing_marks,
    find_licences,
    find_police_numbers,
)
from changqing.probes.scripts import find_scripted_numbers

_ANNOUNCES = re.compile(
    r"[\u4e00-\u9fff]?\s?ICP\s?(?:备案?|備案?)(?:号|號|编号|序号)?\s?[:：]?", re.I
)
_ANNOUNCED = re.compile(r"icp\s?[备備证證]?案?[号號]?\s?[:：]?\s?\d", re.I)
_DIGITS = re.compile(r"\d{6,10}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """Who runs a page, under which numbers, and how to reach them."""

    filings: tuple[Number, ...]
    licences: tuple[Number, ...]
    police_numbers: tuple[Number, ...]
    malformed: tuple[TextMatch, ...]
    number_link: Link | None
    companies: tuple[TextMatch, ...]
    holders: tuple[TextMatch, ...]  # only sought where no company is named in Chinese
    phones: tuple[TextMatch, ...]
    emails: tuple[TextMatch, ...]

    @property
    def owner(self) -> TextMatch | None:
        """The legal person; for want of one, whoever claims the copyright.

        Who claims it in Chinese comes before a legal person named in Latin letters.
        """
        companies = self.companies[:1]
        chinese = [mark for mark in self.holders if mark.value > "\u2e80"]
        if companies and (companies[0].value > "\u2e80" or not chinese):
            return companies[0]
        return next(iter((*chinese, *self.holders)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What a page shows of its operator, its channels and its dated items."""

    document: PageDocument
    footer: Footer
    scripted: tuple[Number, ...]  # numbers that stand only in a script
    feedback: tuple[Link, ...]
    chats: tuple[Link, ...]
    privacy: tuple[Link, ...]
    agreements: tuple[Link, ...]
    items: tuple[PublishedItem, ...]


def read_page_facts(exchange: Exchange, today: date) -> PageFacts:
    """Read a page; never raises on what it holds."""
    page = parse_page(exchange)
    return PageFacts(
        document=page,
        footer=read_footer(page),
        scripted=tuple(find_scripted_numbers(page)),
        feedback=tuple(find_feedback_links(page)),
        chats=tuple(find_chat_links(page)),
        privacy=tuple(find_privacy_links(page)),
        agreements=tuple(find_agreement_links(page)),
        items=tuple(find_items(page, today)),
    )


def read_footer(page: PageDocument) -> Footer:
    """Read what stands, as a rule, at the foot of a page."""
    marks = tuple(find_filing_marks(page.text))
    numbers = tuple(mark for mark in marks if isinstance(mark, Number))
    malformed = tuple(mark for mark in marks if not isinstance(mark, Number))
    licensed = tuple(find_licences(page.text))
    companies = tuple(find_companies(page))
    return Footer(
        filings=numbers,
        licences=licensed,
        police_numbers=tuple(find_police_numbers(page.text)),
        malformed=malformed,
        number_link=find_number_link(page, (*numbers, *licensed, *malformed)),
        companies=companies,
        holders=()
        if any(mark.value > "\u2e80" for mark in companies[:1])
        else tuple(find_holders(page)),
        phones=tuple(find_phones(page)),
        emails=tuple(find_emails(page)),
    )


def find_number_link(page: PageDocument, numbers: tuple[TextMatch, ...]) -> Link | None:
    """Find the anchor around the first of the numbers that stands in one.

    One with an address comes before those without. The anchor may hold a part of the
    number alone: `京ICP备<a>26048000号</a>`.
    """
    tried: set[str] = set()
    without_address: Link | None = None
    for number in numbers:
        run = _DIGITS.search(number.raw)
        if run is not None and run.group() in tried:
            continue
        if run is not None:
            tried.add(run.group())
            link = page.anchors.find_around(run.group())
        else:  # written with gaps
            digits = _extract_digits(number.value)
            link = next(
                (a for a in page.links if digits in _extract_digits(a.text)), None
            )
        if link is not None and link.href:
            return link
        without_address = without_address or link
    if without_address is not None:
        return without_address
    # `<a>京ICP备案</a>：26048000号`; anchors are read where the word stands so.
    if numbers and any(
        _ANNOUNCED.match(page.source, place) is None
        for place in find_places(page.source, "ICP", "icp")
    ):
        return next((a for a in page.links if _ANNOUNCES.fullmatch(a.text)), None)
    return None


def _extract_digits(text: str) -> str:
    return "".join(filter(str.isdigit, text.partition("号")[0]))
