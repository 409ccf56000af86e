"""The sum below a column of amounts: what a plan spends in a month, all in all.

It counts only where the rows above add up to it, so that no figure of another column,
of income, or of a row that was not read is taken for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final

from changqing.evidence.parse import find_amounts
from changqing.readers.flow import squeeze_signs
from changqing.readers.layout import PageLayout, Quote
from changqing.readers.proposal import PaperPages, ProposedFact, SelfCheck
from changqing.readers.values import UNTOLD, find_label_unit, find_unit

_SUM: Final = re.compile(
    r"(?:(?:每?月|月度|月均)?(?:支出|成本|费用|开支|投入|资金)?(?:合计|总计|共计|总额)|合计金额)"
)
_UNIT_OF_MONTH: Final = re.compile(r"(万?元)/(?:每?月)")
_YUAN: Final = {"元": 1, "万元": 10_000}
_IN_BRACKETS: Final = re.compile(r"\([^()]*\)|/?万?元?/月")
_LEAST_ROWS: Final = 2
_LETTER: Final = re.compile("[\u4e00-\u9fff]")
_TO_THE_FEN: Final = re.compile(r"\.\d\d(?:元)?$").search
_FIGURE: Final = re.compile(r"[¥￥]?\d[\d,]*(?:\.\d+)?(?:万?元)?")


def find_column_sums(paper: PaperPages) -> Iterator[ProposedFact]:
    """Find the facts that are the sum below a column with one of the heads `sums_of`.

    Nothing is said where the tables of a paper have different sums.
    """
    for key, reading in paper.material.reads.items():
        if not reading.sums_of:
            continue
        fact = paper.find_fact(key)
        heads = {squeeze_signs(head) for head in reading.sums_of}
        sums = [pair for page in paper.pages for pair in _find_sums(page, heads)]
        if len({fen for fen, _ in sums}) != 1:
            continue
        fen, quote = sums[0]
        yield ProposedFact(
            subject=paper.applicant,
            fact=fact.id,
            value=fen,
            quote=quote,
            confidence=min(95, quote.confidence),
            checks=frozenset({SelfCheck.SUM}),
        )


def _find_sums(page: PageLayout, heads: set[str]) -> Iterator[tuple[int, Quote]]:
    """Find the sums below the columns of one page, in fen."""
    for number, row in enumerate(page.rows):
        for at, place in enumerate(row):
            words = _join_letters(page, row[at:])
            in_head = _UNIT_OF_MONTH.search(words)
            if in_head is None and _IN_BRACKETS.sub("", words) not in heads:
                continue
            unit = (
                find_label_unit(words) or find_unit(page)
                if in_head is None
                else _YUAN[in_head[1]]
            )
            if unit == UNTOLD:
                continue
            fen_and_quote = _add_up(page, page.rows[number + 1 :], place, unit)
            if fen_and_quote is not None:
                yield fen_and_quote


def _add_up(
    page: PageLayout, rows: Sequence[tuple[int, ...]], head: int, unit: int | None
) -> tuple[int, Quote] | None:
    """Find the sum in the first row that names one, if rows above it add up to it."""
    amounts: list[int] = []
    for row in rows:
        under = page.find_in_column(row, head)
        fen = None if under is None else _read_fen(page, under, unit)
        if _SUM.match(_join_letters(page, row)) is None:
            if fen is not None:
                amounts.append(fen)
            continue
        if under is None or fen is None:
            return None
        added = 0
        for count, amount in enumerate(reversed(amounts), 1):
            added += amount
            if added == fen and count >= _LEAST_ROWS:
                return fen, page.quote_spans([under])
        return None
    return None


def _join_letters(page: PageLayout, places: Sequence[int]) -> str:
    """Join the words at the first place with letters set apart after it: 余　额."""
    words = squeeze_signs(page.spans[places[0]].text)
    if _LETTER.fullmatch(words):
        letters = takewhile(
            _LETTER.fullmatch, (squeeze_signs(page.spans[at].text) for at in places)
        )
        words = "".join(letters)
    return words


def _read_fen(page: PageLayout, place: int, unit: int | None) -> int | None:
    """Read the figure of a cell; where nothing names its unit, one to the fen."""
    text = squeeze_signs(page.spans[place].text)
    if _FIGURE.fullmatch(text) is None or (unit is None and not _TO_THE_FEN(text)):
        return None
    amounts = find_amounts(text, unit=unit)
    return amounts[0].fen if len(amounts) == 1 else None
