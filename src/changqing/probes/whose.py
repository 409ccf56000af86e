"""Whose a number is, and whose a page: what the page itself says of either.

A footer may carry the numbers of several: of the site, of who built it, of a parent.
A page copied from another site, as a rule, still names that site somewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from changqing.case.suffix import find_registrable_domain
from changqing.probes.company import CLAIMS, OTHERS, find_company_names
from changqing.probes.document import PageDocument
from changqing.probes.marks import TextMatch
from changqing.probes.numbers import Number, find_filings

_CLOSE = 16  # characters before a name in which it is said whose part it had
_SHORT = 80  # characters of a line that is no running text

_SAVED_FROM = re.compile(
    r"<!--\s{0,9}(?:saved from url=\(\d{1,6}\)|Mirrored from\s)\s{0,9}"
    r"(?:https?://)?([A-Za-z0-9.-]{4,200})",
    re.I,
)
_A_DOMAIN = re.compile(
    r"(?<![\w@.-])(?:www\.)?(?:[a-z0-9-]{1,60}\.){1,3}"
    r"(?:com|cn|net|org|cc|info|com\.cn|net\.cn)(?![\w.-])",
    re.I,
)
_A_MOBILE_EDITION = re.compile(r"(?:m|wap|mobile)(?:\.[a-z0-9-]{1,60}){2,3}", re.I)
_MOST_LINKS, _HEAD = 10, 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The legal person named beside a number; `is_maker` when it only made the site."""

    name: str
    raw: str
    is_maker: bool


def find_attributions(
    page: PageDocument,
) -> Iterator[tuple[Number, Attribution | None]]:
    """Find each filing number with whom the page says it belongs to."""
    by_line: dict[int, list[Number]] = {}
    for number in find_filings(page.text):
        line = page.text.count("\n", 0, number.start)
        by_line.setdefault(line, []).append(number)
    for line, numbers in by_line.items():
        for place, number in enumerate(numbers):
            yield number, _find_beside(page, line, numbers, place)


def _find_beside(
    page: PageDocument, line: int, numbers: list[Number], place: int
) -> Attribution | None:
    """Find who is named beside a number: in its line, else in the next to it."""
    text = page.lines[line]
    names = _find_names(text)
    if names:
        at = _find_position(text, numbers, place)
        before = [name for name in names if name[0] < at]
        after = [name for name in names if name[0] > at]
        # `number name, number name` or `name number, name number`
        leads = not before or (names[0][0] > _find_position(text, numbers, 0))
        if leads and after and not OTHERS.search(text[at : after[0][0]]):
            return _make_attribution(text, after[0])
        return _make_attribution(text, before[-1]) if before else None
    for other, which in ((line - 1, -1), (line + 1, 0)):
        if 0 <= other < len(page.lines) and len(page.lines[other]) <= _SHORT:
            text = page.lines[other]
            names = _find_names(text)
            if names and (which or not OTHERS.search(text[: names[0][0]])):
                return _make_attribution(text, names[which])
    return None


def _find_position(text: str, numbers: list[Number], place: int) -> int:
    at = -1
    for number in numbers[: place + 1]:
        at = text.find(number.raw.partition("\n")[0], at + 1)
    return at


def _find_names(text: str) -> list[tuple[int, str]]:
    names: list[tuple[int, str]] = []
    end = 0
    for name in find_company_names(text):
        start = max(0, text.find(name, end))
        end = start + len(name)
        names.append((start, name))
    return names


def _make_attribution(text: str, name_at_place: tuple[int, str]) -> Attribution:
    start, name = name_at_place
    maker = OTHERS.search(text[max(0, start - _CLOSE) : start]) is not None
    return Attribution(name=name, raw=text[:200], is_maker=maker)


def find_source_sites(page: PageDocument) -> Iterator[TextMatch]:
    """Find domains of other sites that the page gives as its own; the surest first.

    Its canonical address, the comment of the program that saved it, its base, the
    domain in its copyright or of its mobile edition, and the site that most of its
    links lead to while none leads home. The same name under another ending is the same
    site's.
    """
    home = find_registrable_domain(page.url)
    if home is None:
        return
    name = home.partition(".")[0]
    for raw in (*_find_addresses(page), *_find_claims(page), *_find_linked(page, home)):
        domain = find_registrable_domain(raw)
        if domain is not None and domain.lower().partition(".")[0] != name:
            yield TextMatch(value=domain.lower(), raw=raw[:200], start=-1)


def _find_addresses(page: PageDocument) -> Iterator[str]:
    head = page.tree.head
    if head is not None:
        for node in head.css(
            "link[rel='canonical' i][href], meta[property='og:url'][content], "
            "base[href]"
        ):
            attributes = node.attributes
            raw = (attributes.get("href") or attributes.get("content") or "").strip()
            if "//" in raw[:8]:
                yield raw
    for match in _SAVED_FROM.finditer(page.source[:_HEAD]):
        yield match.group(1)


def _find_claims(page: PageDocument) -> Iterator[str]:
    for before, line in pairwise(("", *page.lines)):
        if _A_MOBILE_EDITION.fullmatch(line):
            yield line
        elif len(line) <= _SHORT * 2 and CLAIMS.search(line):
            match = _A_DOMAIN.search(line)
            if match is not None and not OTHERS.search(before[-_CLOSE:] + line):
                yield match.group()


def _find_linked(page: PageDocument, home: str | None) -> Iterator[str]:
    domains = Counter(
        domain
        for link in page.links
        if "//" in link.href[:8] and (domain := find_registrable_domain(link.url))
    )
    if home not in domains and domains:
        [(domain, most)] = domains.most_common(1)
        if most >= _MOST_LINKS and most * 2 > domains.total():
            yield domain
