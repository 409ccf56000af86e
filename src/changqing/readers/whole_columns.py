"""What only the whole of a column says: all whom a paper names, and the pace of a plan.

One row that was not read makes another answer. So nothing is said where the paper may
go on, or names somebody elsewhere: what the company plans counts only when all is seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from changqing.evidence.parse import find_days
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import FoundBy, Issuer, PaperFact
from changqing.readers.flow import Flow, fold_signs
from changqing.readers.grid import CellText, PaperTable, TableRow
from changqing.readers.layout import Quote, SpanPart, squeeze
from changqing.readers.paid_months import GONE_COLUMN, PaidMonths
from changqing.readers.payer import Payer, squeeze_name
from changqing.readers.phrases import Prose
from changqing.readers.proposal import PaperPages, ProposedFact, UnclearFact
from changqing.readers.signing_lines import is_signing_row
from changqing.readers.surnames import may_be_person
from changqing.text import Text

PERSON: Final = re.compile(
    r"(?<![^\d\s、.])(?!姓名|合计|小计|总计|序号|说明|备注|单位|制表|审核|注意|以上|以下)"
    r"(?![一-龥]{0,2}(?:缴费|参保|保险|人数|证明|公司))[一-龥]{2,4}(?:·[一-龥]{1,8})*"
    r"(?![^\d\s*(男女])"
)
PACE_DAYS: Final = 180
"""The days over which a pace is said, as of what was seen to be published."""
COUNT_COLUMN: Final = "count"
"""How many items a row of a plan stands for."""
_UNNAMED: Final = ""  # the column of a head that nobody knows
_NAME: Final = re.compile(r"[一-龥]{2,4}(?:·[一-龥]{1,8})*")
_SLOT: Final = r"[一-龥·]{2,9}?"
_BETWEEN_NAMES: Final = re.compile(r"[、,;/和及与]")
_IN_BRACKETS: Final = re.compile(r"\([^()]*\)|（[^（）]*）")


@dataclass(frozen=True, kw_only=True)
class WholeColumns:
    """The tables of a paper, of which whole columns are read."""

    paper: PaperPages
    tables: Sequence[PaperTable]
    column_of: Mapping[str, str]
    flow: Flow
    months: PaidMonths
    payer: Payer

    # All whom a column names

    def find_names(self) -> Iterator[ProposedFact | UnclearFact]:
        """Find all whom a column names.

        A plan that names a department or a post leaves open whom it means, and nothing
        is said of it. Of the insured, those are named for whom the applicant pays; one
        alone is no list: several such papers would each deny the others.
        """
        for key, fact, reading in self.paper.list_reads("columns"):
            if reading.by is not FoundBy.NAMES:
                continue
            if self._is_plan:
                quotes_by_name = self._list_planned(self.column_of[key])
            else:
                quotes_by_name = self._list_insured(self.column_of[key])
            if len(quotes_by_name) < (1 if self._is_plan else 2):
                continue
            elsewhere = self._find_elsewhere(key, reading, quotes_by_name)
            if elsewhere is not None:
                yield self._leave_open(fact, _NAMED_ELSEWHERE, elsewhere)
                continue
            page = next(iter(quotes_by_name.values())).page
            pieces = [quote for quote in quotes_by_name.values() if quote.page == page]
            quote = Quote(
                page=page,
                pieces=tuple(
                    dict.fromkeys(piece for quote in pieces for piece in quote.pieces)
                ),
            )
            yield ProposedFact(
                subject=self.paper.applicant,
                fact=fact.id,
                value=frozenset(quotes_by_name),
                quote=quote,
                confidence=min(
                    95, *(quote.confidence for quote in quotes_by_name.values())
                ),
            )

    @property
    def _is_plan(self) -> bool:
        return self.paper.material.issuer is Issuer.COMPANY

    @property
    def _rows(self) -> list[TableRow]:
        return [row for table in self.tables for row in table.rows]

    def _list_planned(self, column: str) -> dict[str, Quote]:
        """List whom a plan names; nobody where one of its cells names none."""
        quotes_by_name: dict[str, Quote] = {}
        for row in self._rows:
            if row.find_text(GONE_COLUMN) is not None:
                continue
            for cell in row.find_cells(column):
                names = self._split_names(cell.text)
                if not names:
                    return {}
                quotes_by_name |= dict.fromkeys(names, cell.quote)
        return quotes_by_name

    def _list_insured(self, column: str) -> dict[str, Quote]:
        """List whom a list has as insured by the applicant, up to its last month."""
        quotes_by_name: dict[str, Quote] = {}
        last: dict[str, int] = {}
        for row in self._rows:
            cell = row.find_text(column)
            if (
                cell is None
                or row.find_text(GONE_COLUMN) is not None
                or not self.months.says_insured(row)
                or not self._is_paid_here(row)
            ):
                continue
            paid = max((month for month, _ in self.months.list_paid(row)), default=0)
            for name in self._split_names(cell.text):
                quotes_by_name.setdefault(name, cell.quote)
                last[name] = max(paid, last.get(name, 0))
        through = max(last.values(), default=0)
        return {
            name: quote
            for name, quote in quotes_by_name.items()
            if last[name] == through
        }

    def _is_paid_here(self, row: TableRow) -> bool:
        """Whether the applicant is who pays for whom a row is about."""
        payer = self.payer.find(row)
        return payer is not None and payer[0]

    def _split_names(self, text: str) -> list[str]:
        """Split a cell into the people it names; empty where a piece names nobody."""
        persons = self.paper.names.members.get("person", {})
        people = []
        for piece in _BETWEEN_NAMES.split(_IN_BRACKETS.sub("", squeeze_name(text))):
            if not piece:
                continue
            listed = next((name for name in persons if piece.endswith(name)), None)
            if listed is None and not self._is_name(piece):
                return []
            if listed is not None and self._is_name(piece.removesuffix(listed)):
                return []  # two names that ran together, or rows that did
            people.append(listed or piece)
        return people

    def _is_name(self, piece: str) -> bool:
        """Whether a piece is a name; a plan may name a department in its place."""
        if not self._is_plan:
            return PERSON.fullmatch(piece) is not None
        return _NAME.fullmatch(piece) is not None and may_be_person(piece)

    def _find_elsewhere(
        self, key: str, reading: PaperFact, quotes_by_name: Mapping[str, Quote]
    ) -> Quote | None:
        """Find where a paper may name somebody whom its column was not read to name."""
        phrase_match = next(Prose(self.flow).find_phrases(reading.unless, _SLOT), None)
        if phrase_match is not None:
            return self.flow.quote(phrase_match.start, phrase_match.end)
        if not self._is_plan:
            return None

        def names_another(words: str) -> bool:
            names = self._split_names(words)
            return any(name not in quotes_by_name for name in names)

        for match in Prose(self.flow).find_phrases(reading.phrases, _SLOT):
            for start, end in match.slots:
                if names_another(self.flow.text[start:end]):
                    return self.flow.quote(match.start, match.end)
        labels = "|".join(
            re.escape(squeeze(column))
            for column in reading.columns
            if "…" not in column
        )
        for beside in re.finditer(
            rf"(?:{labels}):({_SLOT}(?:[、,]{_SLOT})*)(?![一-龥·])", self.flow.text
        ):
            if names_another(beside[1]):
                return self.flow.quote(beside.start(), beside.end())
        for row in self._rows:
            for cell in row.find_cells(_UNNAMED):
                if names_another(cell.text):
                    return cell.quote
        return self.find_unread(self.column_of[key], names_another)

    # How many items there are in so many days

    def find_paces(self) -> Iterator[ProposedFact | UnclearFact]:
        """Find how many items in 180 days a list of dated items comes to."""
        for key, fact, reading in self.paper.list_reads("columns"):
            if reading.by is not FoundBy.PACE:
                continue
            column = self.column_of[key]
            cells = [
                column_cells[0]
                for row in self._rows
                if (column_cells := row.find_cells(column))
            ]
            days = [(on[0], cell) for cell in cells if (on := _list_days(cell))]
            if len(days) < 2 or len(days) < len(cells):
                continue
            more = self._find_more_items(column, reading, cells)
            if more is not None:
                yield self._leave_open(fact, _MORE_ITEMS, more)
                continue
            (first, begins), (last, ends) = (
                pick(days, key=lambda day_and_quote: day_and_quote[0])
                for pick in (min, max)
            )
            span = (last - first).days + 1
            quotes = [begins.quote, ends.quote]
            quotes_on_page = [
                quote for quote in quotes if quote.page == quotes[-1].page
            ]
            yield ProposedFact(
                subject=self.paper.service,
                fact=fact.id,
                value=-(-len(days) * PACE_DAYS // span),
                quote=Quote(
                    page=quotes[-1].page,
                    pieces=tuple(
                        piece for quote in quotes_on_page for piece in quote.pieces
                    ),
                ),
                confidence=min(95, *(cell.quote.confidence for _, cell in days)),
            )

    def _find_more_items(
        self, column: str, reading: PaperFact, cells: Sequence[CellText]
    ) -> Quote | None:
        """Find where a plan may have more items than rows with a day."""
        phrase_match = next(
            Prose(self.flow).find_phrases(reading.unless, r"\d{1,4}"), None
        )
        if phrase_match is not None:
            return self.flow.quote(phrase_match.start, phrase_match.end)
        for cell in cells:
            if len(_list_days(cell)) > 1:
                return cell.quote
        for row in self._rows:
            counted = row.find_text(COUNT_COLUMN)
            if counted is not None and counted.text not in _ONE_ITEM:
                return counted.quote
        return self.find_unread(column, lambda words: bool(find_days(words)))

    # What was not read

    def find_unread(self, column: str, means: Callable[[str], bool]) -> Quote | None:
        """Find a cell in the place of a column, in a row that belongs to no table.

        A table goes on without heads after a sentence or on the next page; of its own
        rows those without a key are left out. Another table has no days, and the day
        of a row in which the paper is signed is no item's.
        """
        places = {
            head.index
            for table in self.tables
            for head in table.heads
            if head.column == column
        }
        heads = {head.text for table in self.tables for head in table.heads}
        for page in (layout.page for layout in self.paper.pages):
            spans_read = {
                span
                for row in self._rows
                if row.page is page
                for cells in (row.cells or {}).values()
                for span in cells
            }
            cells = [
                (number, span, span.cell)
                for number, span in enumerate(page.spans)
                if span.cell is not None
            ]
            rows_read = {
                (at.table, at.row) for number, _, at in cells if number in spans_read
            }
            tables_read = {table for table, _ in rows_read}
            dated = {
                (at.table, at.row) for _, span, at in cells if find_days(span.text)
            }
            texts_by_row: dict[tuple[int, int], dict[int, str]] = {}
            for _, span, at in cells:
                texts_by_row.setdefault((at.table, at.row), {})[at.column] = span.text
            for _, span, at in cells:
                row = (at.table, at.row)
                if row in rows_read or at.column not in places or span.text in heads:
                    continue
                if is_signing_row(texts_by_row[row]):
                    continue
                if (at.table in tables_read or row in dated) and means(
                    fold_signs(span.text)
                ):
                    part = SpanPart(span=span, start=0, end=len(span.text))
                    return Quote(page=page.number, pieces=(part,))
        return None

    def _leave_open(self, fact: Fact, why: Text, quote: Quote) -> UnclearFact:
        subject = self.paper.service if fact.subject == "service" else None
        return UnclearFact(
            subject=subject or self.paper.applicant,
            fact=fact.id,
            why=why,
            quotes=(quote,),
        )


def _list_days(cell: CellText) -> list[date]:
    return [day.value for day in find_days(cell.text)]


_ONE_ITEM: Final = frozenset({"1", "一", "1条", "1篇", "一条", "一篇"})
_NAMED_ELSEWHERE: Final = Text(
    zh="材料别处可能还写到其他人，须人工核对",
    en="the paper may name others elsewhere; a person must check",
)
_MORE_ITEMS: Final = Text(
    zh="材料安排的条数可能多于逐项写日期的，须人工核对",
    en="the paper may plan more items than it dates; a person must check",
)
