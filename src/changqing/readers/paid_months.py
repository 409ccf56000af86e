"""The months of insurance that the rows of a list show, and how many without a gap.

A list has a row for each month, a column for each month, the first month and the last,
or says how many there are. What cannot be made out for certain counts as nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from changqing.evidence.reading import SURE
from changqing.readers.flow import Flow
from changqing.readers.grid import CellText, PaperTable, TableRow
from changqing.readers.layout import Quote, squeeze
from changqing.readers.table_heads import (
    MONTH,
    YEAR_COLUMN,
    ColumnHead,
    name_month,
)

# Columns that are no fact themselves, by the names that `columns` of a kind uses.
MONTH_COLUMN: Final = "month"
GONE_COLUMN: Final = "gone"
"""The day on which somebody left."""
STATE_COLUMN: Final = "state"
_MONTH_OF_YEAR: Final = "month_of_year"
UNTIL_COLUMN: Final = "until"
INSURANCE_COLUMN: Final = "insurance"
_FROM, PERIOD_COLUMN, _MONTHS = "from", "period", "months"
_DAY: Final = re.compile(
    r"(?<!\d)(?P<y>20\d{2})[-/.年]?(?P<m>0?[1-9]|1[0-2])[-/.月]?\d{1,2}日?(?!\d)"
)
_END: Final = re.compile(
    "|".join(re.sub(r"\?P<\w>", "?:", end.pattern) for end in (MONTH, _DAY))
)
"""The first or last month of a range, or a day in it."""
YEAR: Final = re.compile(r"(?<!\d)20\d{2}(?!\d)")
_NUMBER: Final = re.compile(r"(?<!\d)(?:0?[1-9]|1[0-2])(?!\d)")
_COUNT: Final = re.compile(r"(?<!\d)\d{1,3}(?!\d)")
_DENYING: Final = re.compile(r"[未不非无没][一-龥]{0,2}$")
_FIGURE: Final = re.compile("[0-9A-Za-z]")
_SEVERAL: Final = 2
_OF_ONE_MONTH: Final = re.compile(
    r"(?:费款所属[期月]份?|缴费所属[期月]份?|所属期|缴费月份)[:\t]{1,2}"
    r"(?P<month>20\d{2}(?:[-/.年]\d{1,2}(?!\d)月?|\d{2}(?!\d)))"
    r"(?P<first>[-/.]?0?1日?(?=[-至到~—]))?"
    r"(?:[-至到~—]{1,2}(?P<last>20\d{2}[-/.年]\d{1,2}(?!\d))[-/.月](?:2[89]|3[01])日?)?"
    r"(?:\s*(?P<more>[-/.至到~—]))?"
)
"""For which month a list of payments is; more: it goes on to another, or to a day."""
_OF_THIS_PAYER: Final = re.compile("本单位|本次|本公司|现单位")
"""In a head: since when this payer pays. Who was first insured when says nothing."""
_SURELY_READ: Final = 90  # of 100: a lone figure read worse may be a tick or a speck
_PENSION: Final = re.compile("养老")
_AMOUNT: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidMonths:
    """How to read months: the `words` for paid and unpaid, and which column counts."""

    words: Mapping[str, Sequence[str]]
    stated: str  # the column that says how many months were paid without a gap

    def says_insured(self, row: TableRow) -> bool:
        """Tell whether a row is of somebody who is insured still, as far as it says.

        A state in words that nobody knows leaves it open, and is not taken for a yes.
        """
        cell = row.find_text(STATE_COLUMN)
        if cell is None or not self.words:
            return True
        return judge_state(cell.text, self.words) is True

    def count_only_month(self, row: TableRow, flow: Flow) -> tuple[int, Quote] | None:
        """Count the one month that a whole list is of, where a row says it was paid."""
        cell = row.find_text(STATE_COLUMN)
        if cell is None or judge_state(cell.text, self.words) is not True:
            return None
        month = None if self.list_paid(row) else find_only_month(flow)
        return None if month is None else (1, month)

    def list_paid(self, row: TableRow) -> list[tuple[int, Quote]]:
        """List the months paid of which a row speaks, in order; of a range its ends.

        Empty if there is one among them that cannot be made out.
        """
        for column in (PERIOD_COLUMN, MONTH_COLUMN):
            cell_texts = row.find(column, MONTH)
            if cell_texts:
                texts = row.list_cells(column, cell_texts)
                if any(re.search(r"\d", MONTH.sub("", text)) for text in texts):
                    return []
                months = [(parse_month(cell.text), cell.quote) for cell in cell_texts]
                return sorted(months, key=lambda month_and_quote: month_and_quote[0])
        parted = self._list_parted(row)
        if parted:
            return parted
        until, since = row.find(UNTIL_COLUMN, _END), row.find(_FROM, _END)
        if len(until) > 1 and (ranges := self.list_ranges(row)):
            return sorted(
                ((last, quote) for _, last, quote in ranges),
                key=lambda month_and_quote: month_and_quote[0],
            )
        if len(until) == 1:
            ends = [*since[:1], until[0]]
            return [(parse_month(cell.text), cell.quote) for cell in ends]
        return self._list_under_heads(row)

    def list_ranges(self, row: TableRow) -> list[tuple[int, int, Quote]]:
        """List the first and last month of each stretch of which a row speaks.

        Empty if it speaks of none, or if their ends cannot be told from one another.
        """
        ends = row.find(PERIOD_COLUMN, MONTH)
        if ends:
            texts = row.list_cells(PERIOD_COLUMN, ends)
            if any(re.search(r"\d", MONTH.sub("", text)) for text in texts):
                return []
            since, until = ends[::2], ends[1::2]
        else:
            since, until = row.find(_FROM, _END), row.find(UNTIL_COLUMN, _END)
        if len(since) != len(until):
            return []
        ranges = [
            (parse_month(first.text), parse_month(last.text), last.quote)
            for first, last in zip(since, until, strict=True)
        ]
        return ranges if all(first <= last for first, last, _ in ranges) else []

    def _list_parted(self, row: TableRow) -> list[tuple[int, Quote]]:
        """List the months of a list that has year and month in columns of their own."""
        years = row.find(YEAR_COLUMN, YEAR)
        months = row.find(_MONTH_OF_YEAR, _NUMBER)
        if not years or len(years) != len(months):
            return []
        return sorted(
            (
                (12 * int(year.text) + int(month.text) - 1, month.quote)
                for year, month in zip(years, months, strict=True)
            ),
            key=lambda month_and_quote: month_and_quote[0],
        )

    def _list_under_heads(self, row: TableRow) -> list[tuple[int, Quote]]:
        paid = []
        for head in row.heads:
            if head.column.startswith("@"):
                cell = row.find_text(head.column)
                if (
                    cell is not None
                    and not _is_guessed(cell)
                    and judge_state(cell.text, self.words)
                ):
                    paid.append((parse_month(head.column[1:]), cell.quote))
        return sorted(paid, key=lambda month_and_quote: month_and_quote[0])

    def count_unbroken(
        self, row: TableRow, last: int | None
    ) -> tuple[int, Quote | None] | None:
        """Count how many months are paid without a gap, up to the last one shown.

        None where that cannot be told for certain. `last` is the last month that any
        row shows: a row that ends before it is of somebody who is insured no more.
        """
        counts = row.find(self.stated, _COUNT)
        if len(counts) == 1:
            return int(counts[0].text), counts[0].quote
        if any(head.column.startswith("@") for head in row.heads):
            return self._count_under_heads(row)
        paid_months = self.list_paid(row)
        if not paid_months or (last is not None and paid_months[-1][0] != last):
            return None
        if row.find(MONTH_COLUMN, MONTH):
            return self._count_listed(row, paid_months)
        # A year a row, each with its first month and its last, lists no months.
        if len(self.list_ranges(row)) >= _SEVERAL:
            return self._count_ranges(row)
        if row.find(YEAR_COLUMN, YEAR):
            return self._count_listed(row, paid_months)
        if len(paid_months) != 2:
            return None
        count = paid_months[1][0] - paid_months[0][0] + 1
        counted = row.find(_MONTHS, _COUNT)
        if row.find_text(_MONTHS) and (
            len(counted) != 1 or int(counted[0].text) != count
        ):
            return None
        if count < 1:
            return None
        return count, counted[0].quote if counted else paid_months[0][1]

    def _count_ranges(self, row: TableRow) -> tuple[int, Quote | None] | None:
        """Count back from the last month of several stretches that follow each other.

        None where a column counts other months than those between the ends.
        """
        ranges = sorted(self.list_ranges(row), key=lambda ends: ends[1], reverse=True)
        if len(ranges) < _SEVERAL:
            return None
        counted = sum(int(cell.text) for cell in row.find(_MONTHS, _COUNT))
        if counted and counted != sum(last - first + 1 for first, last, _ in ranges):
            return None
        state = row.find_text(STATE_COLUMN)
        if state is not None and judge_state(state.text, self.words) is not True:
            return None
        begin, end, quote = ranges[0]
        last_month = end
        for first, last, _ in ranges[1:]:
            if last < begin - 1:
                break
            begin = min(begin, first)
        return last_month - begin + 1, quote

    def count_since(self, row: TableRow, through: int) -> tuple[int, Quote] | None:
        """Count the months from the one since which a row says that somebody pays."""
        since = row.find(_FROM, _END)
        own = any(
            head.column == _FROM and _OF_THIS_PAYER.search(head.text)
            for head in row.heads
        )
        if len(since) != 1 or not own or self.list_paid(row):
            return None
        count = through - parse_month(since[0].text) + 1
        return (count, since[0].quote) if count > 0 else None

    def _count_listed(
        self, row: TableRow, paid_months: Sequence[tuple[int, Quote]]
    ) -> tuple[int, Quote | None] | None:
        numbers = [number for number, _ in paid_months]
        if len(set(numbers)) != len(numbers):
            return None
        state = row.find_text(STATE_COLUMN)
        unpaid = {"false": self.words.get("false", ())}
        if state is not None and judge_state(state.text, unpaid) is False:
            return None
        count = 1
        while count < len(numbers) and numbers[-count - 1] == numbers[-count] - 1:
            count += 1
        return count, None

    def _count_under_heads(self, row: TableRow) -> tuple[int, Quote | None] | None:
        """Count the unbroken months, each a column; None where one is unclear."""
        heads = sorted(
            (head for head in row.heads if head.column.startswith("@")),
            key=lambda head: parse_month(head.column[1:]),
        )
        numbers = [parse_month(head.column[1:]) for head in heads]
        count = 0
        # What OCR did not make out may be a tick; a text layer has all that is there.
        is_from_picture = any(
            token.piece.span.confidence < SURE for token in row.tokens
        )
        for place in range(len(heads) - 1, -1, -1):
            if place + 1 < len(heads) and numbers[place] != numbers[place + 1] - 1:
                break
            cell: CellText | None = row.find_text(heads[place].column)
            guessed = cell is not None and _is_guessed(cell)
            state = (
                None if cell is None or guessed else judge_state(cell.text, self.words)
            )
            if state is None and (cell is not None or is_from_picture):
                return None
            if not state:
                break
            count += 1
        return (count, None) if count else None


def _is_guessed(cell: CellText) -> bool:
    """Whether a cell is one figure that OCR is not sure of: it may be a tick."""
    return (
        cell.quote.confidence < _SURELY_READ
        and _FIGURE.fullmatch(cell.text) is not None
    )


def find_only_month(flow: Flow) -> Quote | None:
    """Find the one month that a list of payments is of: 费款所属期：2026-10.

    None where it names several, or a stretch of them.
    """
    matches = list(_OF_ONE_MONTH.finditer(flow.text))
    months = {
        parse_month(month)
        for match in matches
        for month in match.group("month", "last")
        if month is not None
    }
    if len(months) != 1 or any(match["more"] for match in matches):
        return None
    return flow.quote(*matches[0].span("month"))


def choose_month_tables(tables: Sequence[PaperTable]) -> Sequence[PaperTable]:
    """Choose of the tables about one person those that tell months best.

    Those that list month by month; of those with a stretch a row the first, for each
    insurance may have its own.
    """
    stretches = [
        table
        for table in tables
        if table.has(PERIOD_COLUMN)
        and not (table.has(MONTH_COLUMN) or table.has(YEAR_COLUMN))
    ]
    return [table for table in tables if table not in stretches] or stretches[:1]


def unfold_years(rows: Sequence[TableRow]) -> TableRow | None:
    """Make one row of those that have a year each and its months side by side.

    Up to the last month with something in it. None where they are no such rows, or
    where OCR may have lost a tick: then nobody can tell what a gap is.
    """
    heads: list[ColumnHead] = []
    cells: dict[int, tuple[int, ...]] = {}
    for row in rows:
        years = row.find(YEAR_COLUMN, YEAR)
        months = [head for head in row.heads if head.column.startswith("#")]
        is_from_picture = any(span.confidence < SURE for span in row.page.spans)
        if len(years) != 1 or not months or is_from_picture:
            return None
        for head in months:
            index = len(heads)
            column = f"@{years[0].text}-{head.column[1:]}"
            heads.append(
                ColumnHead(column=column, text=head.text, box=None, index=index)
            )
            cell = row.find_under(head)
            if cell is not None:
                spans = [piece.span for piece in cell.quote.pieces]
                cells[index] = tuple(
                    place
                    for place, span in enumerate(row.page.spans)
                    if any(span is other for other in spans)
                )
    if not cells:
        return None
    shown = tuple(heads[: max(cells) + 1])
    return TableRow(heads=shown, page=rows[0].page, cells=cells)


def select_pension(rows: Sequence[TableRow]) -> Sequence[TableRow]:
    """Select the row of the pension where a list has one row for each insurance.

    All rows otherwise: what is paid for some insurances is not what is paid for all.
    """
    insurances = [row.find_text(INSURANCE_COLUMN) for row in rows]
    pensions = [
        row
        for row, insurance in zip(rows, insurances, strict=True)
        if insurance is not None and _PENSION.search(insurance.text)
    ]
    return pensions if len(pensions) == 1 and None not in insurances else rows


def is_last_head(row: TableRow, number: int) -> bool:
    """Tell whether a month is the last of those that are heads, if any are."""
    heads = [head.column[1:] for head in row.heads if head.column.startswith("@")]
    return not heads or number == max(parse_month(head) for head in heads)


def split_month(number: int) -> tuple[int, int]:
    """Part a count of months into year and month."""
    year, month = divmod(number, 12)
    return year, month + 1


def parse_month(text: str) -> int:
    """Parse the month that some words name, counted from the year 0."""
    day = None if MONTH.search(text) else _DAY.search(text)
    if day is not None:
        return int(day["y"]) * 12 + int(day["m"]) - 1
    match = MONTH.search(text)
    name = name_month(match)[1:] if match else text
    year, _, month = name.partition("-")
    return int(year) * 12 + int(month) - 1


def judge_state(text: str, words: Mapping[str, Sequence[str]]) -> bool | None:
    """Tell whether a cell says that it was paid.

    The longest of the words for yes and no.
    """
    plain = squeeze(text)
    longest_words = {
        value: max((len(word) for word in listed if _says(plain, word)), default=0)
        for value, listed in words.items()
    }
    yes, no = longest_words.get("true", 0), longest_words.get("false", 0)
    if yes or no:
        return yes > no
    amounts = [match[0].replace(",", "") for match in _AMOUNT.finditer(plain)]
    if len(amounts) == 1 and amounts[0] == plain.replace(",", "").lstrip("¥"):
        return float(amounts[0]) > 0
    return None


def _says(plain: str, word: str) -> bool:
    """Whether a cell says a word, with nothing before it that denies it: 未正常缴费."""
    at = plain.find(squeeze(word))
    return at >= 0 and _DENYING.search(plain, 0, at) is None
