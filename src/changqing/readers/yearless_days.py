"""The last day of a plan whose table leaves out the year, which stands elsewhere.

A matrix of twelve months has its years in the first column or in its title; a list of
3月5日, 3月12日 has one year in the title. Nothing is said where it could be another.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Final

from changqing.evidence.parse import end_of_month
from changqing.law.kinds.material import Issuer, PaperFact
from changqing.readers.flow import squeeze_signs
from changqing.readers.layout import PageLayout, Quote, squeeze
from changqing.readers.proposal import PaperPages

_YEAR: Final = re.compile(r"(20\d{2})年?(?:度)?")
_YEAR_WITHIN: Final = re.compile(r"(?<!\d)(20\d{2})(?=年|[-至到~])")
_MONTH: Final = re.compile(r"(\d{1,2}|十[一二]?|[一二三四五六七八九])月(?:份)?")
_DAY: Final = re.compile(r"(\d{1,2})月(\d{1,2})日")
_DAY_HEAD: Final = re.compile("[一-龥]{2,4}(?:日期?|时间)(?<!节日)(?<!假日)(?<!生日)")
_HAN: Final = "一二三四五六七八九十"
_LEAST_MONTHS: Final = 6  # heads of a matrix
_LEAST_DAYS: Final = 3
_MOST_ROWS: Final = 40

Ends = Iterator[tuple[date, Quote]]


def find_ends(paper: PaperPages, reading: PaperFact) -> Ends:
    """Find the days on which what a company's tables plan ends, the years elsewhere."""
    if paper.material.issuer is Issuer.COMPANY:
        heads = {squeeze(head) for head in reading.columns}
        for page in paper.pages:
            yield from _find_on_page(page, heads)


def _find_on_page(page: PageLayout, heads: Collection[str]) -> Ends:
    """Find the ends of the tables of one page; `heads` are of the column of days."""
    for number, row in enumerate(page.rows):
        texts = {place: squeeze_signs(page.spans[place].text) for place in row}
        months = {
            place: month
            for place, text in texts.items()
            if (month := _read_month(text)) is not None
        }
        below = page.rows[number + 1 : number + 1 + _MOST_ROWS]
        year = _find_only_year(page, number)
        if len(months) >= _LEAST_MONTHS and _ascend(list(months.values())):
            yield from _find_in_matrix(page, below, months, year)
        elif year is not None:
            for place, text in texts.items():
                if text in heads or _DAY_HEAD.fullmatch(text):
                    yield from _find_in_column(page, below, place, year)


def _find_in_matrix(
    page: PageLayout,
    rows: Sequence[Sequence[int]],
    months: dict[int, int],
    year: int | None,
) -> Ends:
    """Find the last month of each row under which something stands."""
    for row in rows:
        first = _YEAR.fullmatch(squeeze_signs(page.spans[row[0]].text))
        of_row = int(first[1]) if first else year
        filled = [
            (month, place)
            for head, month in months.items()
            if (place := page.find_in_column(row, head)) is not None
            and squeeze_signs(page.spans[place].text).strip("-—/无")
        ]
        if of_row is None or not filled:
            continue
        month, place = max(filled)
        yield end_of_month(of_row, month), page.quote_spans([place])


def _find_in_column(
    page: PageLayout, rows: Sequence[Sequence[int]], head: int, year: int
) -> Ends:
    """Find the last of the days below a head, if they follow one another."""
    days: list[tuple[date, Quote]] = []
    for row in rows:
        place = page.find_in_column(row, head)
        match = place is not None and _DAY.fullmatch(
            squeeze_signs(page.spans[place].text)
        )
        if place is None or not match:
            continue
        try:
            day = date(year, int(match[1]), int(match[2]))
        except ValueError:
            return
        days.append((day, page.quote_spans([place])))
    listed = [day for day, _ in days]
    if len(days) >= _LEAST_DAYS and listed == sorted(listed):
        yield days[-1]


def _find_only_year(page: PageLayout, number: int) -> int | None:
    """Find the one year that the rows above a table name."""
    above = " ".join(squeeze_signs(page.join_row(row)) for row in page.rows[:number])
    years = {int(year) for year in _YEAR_WITHIN.findall(above)}
    return years.pop() if len(years) == 1 else None


def _read_month(text: str) -> int | None:
    match = _MONTH.fullmatch(text)
    if match is None:
        return None
    words = match[1]
    month = (
        int(words)
        if words.isdigit()
        else sum(10 if sign == "十" else _HAN.index(sign) + 1 for sign in words)
    )
    return month if 1 <= month <= 12 else None


def _ascend(months: Sequence[int]) -> bool:
    return list(months) == sorted(set(months))
