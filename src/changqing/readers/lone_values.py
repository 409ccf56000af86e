"""Values that stand in a paper under no label: a code, a domain, a name, a day.

Each is taken only where it is the one of its kind, or is the applicant's own.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from changqing.case.subjects import Subject
from changqing.evidence.parse import find_credit_codes, find_days, normalise_text
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import FoundBy, PaperFact
from changqing.readers.label_spots import names_label
from changqing.readers.layout import PageLayout, Quote, squeeze
from changqing.readers.proposal import PaperPages, SelfCheck
from changqing.readers.values import ValueRead, take_company, take_part

_DOMAIN: Final = re.compile(
    r"(?<![a-z0-9.@/-])[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,}"
)
_OF_COMPANIES: Final = ("company_name", "plain")
_ROLE: Final = re.compile(r"\(([^()]{2,14})\)")
_SIGNING: Final = re.compile(
    r"[(（]?(?:签字|签名|盖章|签章|公章|日期|法定代表人|注册会计师|经办|复核|授权|年月日|签署|代表)"
)
_ISSUER: Final = re.compile(
    r"中国[·・.\s]*[一-龥]{2,5}"
    r"|[^。;；,，:：]{3,}(?:公司|事务所|局|中心|银行|[支分]行|委员会|大学|学院|管理部)"
)
"""Who issued a paper, or where, before the day on the same line."""
_OF_A_TABLE: Final = re.compile(
    r"编制单位|单位[:：]|金额|余额[:：]|期限|所属期|至\s*$|自\s*$"
    r"|(?<![\d.])\d{1,3}(?:,\d{3})*\.\d{2}(?![\d.])"
)
_PIECES: Final = 6  # of a day whose figures stand apart: 2024 | 年 | 1 | 月 | 12 | 日
_TORN_DAY: Final = re.compile(r"20\d{2}年\d{1,2}月\d{1,2}日")
_LONGEST_BEFORE: Final = 24  # letters on the line before a lone day
_MOST_SIGNING: Final = 4  # spans in the row of a day under which somebody signs


def find_lone_code(paper: PaperPages) -> tuple[ValueRead | None, list[Quote]]:
    """Find the one credit code of a paper, wherever it stands, or those that fail.

    A paper that has two tells by its labels alone whose is whose.
    """
    right: dict[str, Quote] = {}
    wrong: list[Quote] = []
    for page in paper.pages:
        for place, span in enumerate(page.spans):
            for code, holds in find_credit_codes(span.text):
                if holds:
                    right.setdefault(code, page.quote_spans([place]))
                else:
                    wrong.append(page.quote_spans([place]))
    if len(right) != 1:
        return None, [] if right else wrong
    (code, quote), *_ = right.items()
    return ValueRead(code, quote, frozenset({SelfCheck.CHECK_DIGIT})), []


def find_lone_value(
    paper: PaperPages, fact: Fact, reading: PaperFact, subject: Subject
) -> tuple[int, ValueRead] | None:
    """Find the value of a fact that stands beside no label, and how sure it is."""
    sure, value_read = 86, None
    if fact.text_kind == "domain":
        sure, value_read = 88, find_lone_domain(paper)
    elif (fact.subject, fact.id) == ("applicant", "name"):
        value_read = find_applicant(paper)
    elif (subject.type, fact.id) == ("person", "name"):
        value_read = find_known_name(paper, subject)
    elif reading.by is FoundBy.CLOSING_DAY:
        sure, value_read = 90, find_closing_day(paper)
    elif fact.text_kind in _OF_COMPANIES and reading.by is FoundBy.VALUE:
        value_read = find_role_in_brackets(paper, fact, reading)
    return None if value_read is None else (sure, value_read)


def find_role_in_brackets(
    paper: PaperPages, fact: Fact, reading: PaperFact
) -> ValueRead | None:
    """Find the one company under whose name a label stands in brackets.

    某某域名有限公司 above （ICANN授权注册商）.
    """
    names: dict[str, Quote] = {}
    for page in paper.pages:
        places = [place for row in page.rows for place in row]
        for before, place in pairwise(places):
            role = _ROLE.fullmatch(squeeze(page.spans[place].text))
            name = take_company(page.quote_spans([before])) if role else None
            if (
                role
                and name
                and any(names_label(role[1], label) for label in reading.labels)
            ):
                names[squeeze(name.text)] = name
    if len(names) != 1:
        return None
    (name,) = names.values()
    value = normalise_text(fact.text_kind, name.text)
    return None if value is None else ValueRead(value, name)


def find_lone_domain(paper: PaperPages) -> ValueRead | None:
    """Find the one domain that stands in a paper by itself, as on a certificate.

    The service's where the case names it; else one that is alone on its line.
    """
    own_domains = paper.names.members.get("service", {})
    alone: dict[str, Quote] = {}
    for page in paper.pages:
        for place, span in enumerate(page.spans):
            quote = page.quote_spans([place])
            for domain in _DOMAIN.findall(squeeze(span.text)):
                part = take_part(quote, re.escape(domain)) or quote
                if domain in own_domains:
                    return ValueRead(domain, part, frozenset({SelfCheck.KNOWN}))
                if squeeze(span.text) == domain:
                    alone[domain] = part
    if own_domains or len(alone) != 1:
        return None
    (domain, part), *_ = alone.items()
    return ValueRead(domain, part)


def find_known_name(paper: PaperPages, subject: Subject) -> ValueRead | None:
    """Find the name of the person of the case whom a paper is about, and its place."""
    names = paper.names.members.get("person", {})
    for name in (name for name, member in names.items() if member == subject):
        for page in paper.pages:
            at = page.text.find(squeeze(name))
            if at >= 0:
                quote = page.quote(at, at + len(squeeze(name)))
                return ValueRead(name, quote, frozenset({SelfCheck.KNOWN}))
    return None


def find_applicant(paper: PaperPages) -> ValueRead | None:
    """Find the applicant's name where it stands in a paper, beside a label or not."""
    name = squeeze(paper.names.applicant)
    for page in paper.pages if name else ():
        at = page.text.find(name)
        if at >= 0:
            quote = page.quote(at, at + len(name))
            value = normalise_text("company_name", quote.text)
            if value is not None:
                return ValueRead(value, quote, frozenset({SelfCheck.KNOWN}))
    return None


def find_closing_day(paper: PaperPages) -> ValueRead | None:
    """Find the day that stands alone where a paper is signed and sealed: the last one.

    None where none does, or where it stands in a table: in its head, or among the days
    of a column.
    """
    for page in reversed(paper.pages):
        in_columns = _list_days_in_columns(page)
        for row in reversed(page.rows):
            words = page.join_row(row)
            torn = len(row) <= _PIECES and _TORN_DAY.fullmatch(squeeze(words))
            if _OF_A_TABLE.search(words) or (len(row) > _MOST_SIGNING and not torn):
                continue
            values = paper.find_labels(page).values
            for first in reversed(range(len(row))):
                # A day may be read in pieces: 2024 | 年 | 01月12日
                for last in range(first + 1, min(first + _PIECES, len(row)) + 1):
                    places = row[first:last]
                    if values.intersection(places) or in_columns.intersection(places):
                        break
                    day = _read_lone_day(page.quote_spans(places))
                    if day is not None:
                        return day
    return None


def _list_days_in_columns(page: PageLayout) -> frozenset[int]:
    """List the spans that are a day under, or above, another one in a table."""
    columns: dict[tuple[int, int], list[int]] = {}
    for place, span in enumerate(page.spans):
        if span.cell is not None and len(find_days(span.text)) == 1:
            column = (span.cell.table, span.cell.column)
            columns.setdefault(column, []).append(place)
    return frozenset(
        place for places in columns.values() if len(places) > 1 for place in places
    )


def _read_lone_day(quote: Quote) -> ValueRead | None:
    days = find_days(quote.raw)
    if len(days) != 1:
        return None
    day = days[0]
    before, after = quote.raw[: day.start].strip(), quote.raw[day.end :].strip()
    if len(after) > 2 or len(before) > _LONGEST_BEFORE:
        return None
    if before and not (_SIGNING.match(before) or _ISSUER.fullmatch(before)):
        return None
    return ValueRead(day.value, quote.narrow(day.start, day.end))
