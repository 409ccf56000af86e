"""Facts that stand in the columns of a table: people, months, schedules, shares."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from changqing.case.subjects import Subject
from changqing.evidence.parse import (
    end_of_month,
    find_days,
    find_months,
)
from changqing.evidence.reading import SURE
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import FoundBy, Issuer, PaperFact
from changqing.readers.chart import find_holders_told, find_in_chart
from changqing.readers.column_contents import ColumnContent, list_contents
from changqing.readers.flow import Flow
from changqing.readers.forms import find_party
from changqing.readers.grid import (
    CellText,
    PaperTable,
    TableRow,
    find_tables,
    join_rows,
)
from changqing.readers.holder_rows import is_of_lower_layer, read_foreign, take_holder
from changqing.readers.holder_shares import AMOUNT_COLUMN, HolderShares
from changqing.readers.layout import Quote, squeeze
from changqing.readers.member_words import find_duties, read_member_words
from changqing.readers.paid_months import (
    GONE_COLUMN,
    INSURANCE_COLUMN,
    MONTH_COLUMN,
    PERIOD_COLUMN,
    UNTIL_COLUMN,
    YEAR,
    PaidMonths,
    choose_month_tables,
    is_last_head,
    parse_month,
    select_pension,
    split_month,
    unfold_years,
)
from changqing.readers.payer import Payer, squeeze_name
from changqing.readers.phrases import Prose
from changqing.readers.plan_span import MONTH_TO_MONTH, QUARTER, find_spans
from changqing.readers.proposal import (
    PaperPages,
    ProposedElement,
    ProposedFact,
    SelfCheck,
    UnclearFact,
)
from changqing.readers.stated_columns import find_column_elements
from changqing.readers.surnames import may_be_person
from changqing.readers.table_heads import MONTH, YEAR_COLUMN
from changqing.readers.terms import LENGTH, read_length
from changqing.readers.values import (
    read_plain_value,
)
from changqing.readers.whole_columns import PERSON, WholeColumns
from changqing.readers.yearless_days import find_ends
from changqing.rules.types import Kind, Value

_NUMBER: Final = re.compile(r"^\s*\d{1,3}\s*$")
_DAY: Final = re.compile(
    r"20\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|(?<!\d)20\d{6}(?!\d)"
    r"|20\d{2}年\d{1,2}月(?!\d)"
)
_DAY_OR_QUARTER: Final = re.compile(
    "|".join(
        (
            _DAY.pattern,
            *(
                re.sub(r"\?P<\w>", "?:", pattern.pattern)
                for pattern in (QUARTER, MONTH_TO_MONTH)
            ),
        )
    )
)
_ANY: Final = re.compile(r"\S.*")
_MONTH: Final = re.sub(r"\?P<\w>", "?:", MONTH.pattern)
_MONTH_OR_ITS_END: Final = re.compile(
    rf"{_MONTH}|20\d\d[-/.年](?:(?:0?[13578]|1[02])[-/.月]31|(?:0?[469]|11)[-/.月]30"
    r"|0?2[-/.月]2[89])日?(?!\d)"
)
"""A month paid for, or its last day; any other day may stand under a seal."""
_SHARE: Final = re.compile(r"\d{1,3}(?:\.\d{1,4})?\s*%")
_AMOUNT: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")
_NUMBERED: Final = re.compile(
    r"(?<![一-龥])[一-龥]{2,4}(?=[(,:]{0,2}(?:性别:?)?[男女]?[,;]?\(?"
    r"(?:公民身份|居民身份证|身份证|身份证件|证件)(?:号码?)?)"
)
_CHAIN: Final = re.compile("[→←➝➔>＞]|--")
"""Between the names of a holder and of who holds it, in a row of a lower layer."""
# Columns that are no fact themselves, by the names that `columns` of a kind uses.
_NUMBER_COLUMN: Final = "number"


def find_in_tables(
    paper: PaperPages,
) -> Iterator[ProposedFact | UnclearFact | ProposedElement]:
    """Find the facts and the elements for which `reads` and `shows` list columns."""
    yield from find_in_chart(paper)
    shows = any(
        paper_element.columns for paper_element in paper.material.shows.values()
    )
    if not (shows or any(True for _ in paper.list_reads("columns"))):
        return
    finder = _TableFinder(paper)
    yield from finder.find_elements()
    yield from finder.find_members("person")
    yield from list(finder.find_members("holder")) or find_holders_told(paper)
    yield from finder.find_single()
    yield from finder.find_in_sentences()
    yield from finder.find_days()
    yield from finder.whole.find_names()
    yield from finder.whole.find_paces()
    yield from find_spans(finder.whole)


@dataclass(frozen=True)
class _TableFinder:
    """What is looked for in the tables of one paper, and its tables."""

    paper: PaperPages

    @cached_property
    def columns(self) -> Mapping[str, Sequence[str]]:
        """The heads of every column that is looked for, by `column_of` the first."""
        heads: dict[str, list[str]] = {}
        for name, labels in self._heads.items():
            heads.setdefault(self.column_of[name], []).extend(labels)
        return heads

    @cached_property
    def _heads(self) -> Mapping[str, Sequence[str]]:
        reads = {
            key: reading.columns
            for key, _, reading in self.paper.list_reads("columns")
            if not reading.labels
        }
        shows = {
            key: paper_element.columns
            for key, paper_element in self.paper.material.shows.items()
        }
        every = {**self.paper.material.columns, **reads, **shows}
        return {
            name: [squeeze(label) for label in labels]
            for name, labels in every.items()
            if labels
        }

    @cached_property
    def column_of(self) -> Mapping[str, str]:
        """The column in which each name is looked for: names share heads or do not."""
        columns: dict[str, str] = {}
        for name, labels in self._heads.items():
            columns[name] = next(
                (
                    columns[other]
                    for other in columns
                    if set(labels) & set(self._heads[other])
                ),
                name,
            )
        return columns

    @cached_property
    def tables(self) -> list[PaperTable]:
        """The tables of the paper."""
        keys: dict[str, re.Pattern[str]] = {}
        if "person.name" in self._heads:
            keys[self.column_of["person.name"]] = PERSON
        if "holder.name" in self._heads:
            keys[_NUMBER_COLUMN] = _NUMBER
            keys[self.column_of["holder.name"]] = _ANY
            if "holder.share" in self._heads:
                keys[self.column_of["holder.share"]] = _SHARE
            if AMOUNT_COLUMN in self._heads:
                keys[AMOUNT_COLUMN] = _AMOUNT
        keys[MONTH_COLUMN] = MONTH
        if PERIOD_COLUMN in self._heads:
            keys[PERIOD_COLUMN] = MONTH
        keys[YEAR_COLUMN] = YEAR
        if UNTIL_COLUMN in self._heads and INSURANCE_COLUMN in self._heads:
            keys[UNTIL_COLUMN] = _MONTH_OR_ITS_END
        for key, fact, reading in self.paper.list_reads("columns"):
            if fact.type.kind is Kind.DATE and reading.by is not FoundBy.VALUE:
                keys.setdefault(self.column_of[key], _DAY)
            if reading.by is FoundBy.SPAN:
                keys.setdefault(self.column_of[key], _DAY_OR_QUARTER)
        for pattern in (_DAY, _ANY):
            for element, paper_element in self.paper.material.shows.items():
                if paper_element.columns:
                    keys.setdefault(self.column_of[element], pattern)
        pages = [page.page for page in self.paper.pages]
        return find_tables(pages, self.columns, keys, self._contents)

    @property
    def _contents(self) -> dict[str, ColumnContent]:
        """By what columns are known whose head nobody listed."""
        insured = self.paper.material.reads.get("person.insured")
        days = [
            self.column_of[key]
            for key, fact, reading in self.paper.list_reads("columns")
            if fact.type.kind is Kind.DATE and reading.by is FoundBy.LAST_DAY
        ]
        owners = [
            self.column_of[key]
            for key, _, reading in self.paper.list_reads("columns")
            if reading.by is FoundBy.NAMES
            and self.paper.material.issuer is Issuer.COMPANY
        ]
        listed = list_contents({} if insured is None else insured.words, days, owners)
        return {
            column: content
            for column, content in listed.items()
            if column in self.columns
        }

    @cached_property
    def flow(self) -> Flow:
        """The running text of the paper."""
        return self.paper.flow

    @cached_property
    def months(self) -> PaidMonths:
        """What rows say of the months that were paid."""
        insured = self.paper.material.reads.get("person.insured")
        return PaidMonths(
            words={} if insured is None else insured.words,
            stated=self.column_of.get("person.si_months_unbroken", "?"),
        )

    @cached_property
    def payer(self) -> Payer:
        """Who pays, where the paper is a proof of insurance."""
        return Payer(self.paper, self.flow)

    @cached_property
    def whole(self) -> WholeColumns:
        """What only the whole of a column says."""
        return WholeColumns(
            paper=self.paper,
            tables=self.tables,
            column_of=self.column_of,
            flow=self.flow,
            months=self.months,
            payer=self.payer,
        )

    def find_elements(self) -> Iterator[ProposedElement]:
        """Find the elements that a column with something in every row states."""
        yield from find_column_elements(
            self.paper, self.tables, self.columns, self.column_of
        )

    def find_members(self, kind: str) -> Iterator[ProposedFact | UnclearFact]:
        """Find the facts of persons or holders, a row each."""
        for table in self.tables:
            if not table.has(self.column_of.get(f"{kind}.name", "?")):
                continue
            rows: dict[str, list[tuple[TableRow, CellText]]] = {}
            for row in table.rows:
                if kind == "holder" and is_of_lower_layer(row, self.paper.names):
                    continue
                name = self._read_name(row, kind)
                has_left = row.find_text(GONE_COLUMN) is not None
                if name is not None and not has_left and self.months.says_insured(row):
                    rows.setdefault(name.text, []).append((row, name))
            joined = [
                (join_rows([row for row, _ in group]), group[0][1])
                for group in rows.values()
                # What goes on overleaf cannot be put together for certain.
                if len({row.page.number for row, _ in group}) == 1
            ]
            months_by_row = [
                months for row, _ in joined if (months := self.months.list_paid(row))
            ]
            last = max((months[-1][0] for months in months_by_row), default=None)
            for row, name in joined:
                subject = self.paper.names.find_or_make(kind, name.text)
                yield from self._find_in_row(row, subject, name, last)
            if kind == "holder":
                yield from HolderShares(self.paper, self.column_of).find(table, joined)

    def find_single(self) -> Iterator[ProposedFact | UnclearFact]:
        """Find what a paper about one person says by a list of months."""
        tables = [
            table
            for table in self.tables
            if not table.has(self.column_of.get("person.name", "?"))
        ]
        person = find_party(self.paper, "person")
        if person is None or len(tables) < len(self.tables):
            return
        yield from self._find_only_name(person)
        tables = list(choose_month_tables(tables))
        if not tables:
            return
        rows = select_pension([row for table in tables for row in table.rows])
        rows = self.payer.select_last(rows, self.months)
        subject = self.paper.names.find_or_make("person", squeeze_name(person.text))
        table_row = unfold_years(rows) or join_rows(rows)
        months = self.months.count_unbroken(table_row, None)
        name = CellText(text=squeeze_name(person.text), quote=person)
        if months is None and not self.months.list_paid(table_row):
            return
        if self._is_misread(name):
            return
        yield from self._find_in_row(table_row, subject, name, None)

    def _find_only_name(self, person: Quote) -> Iterator[ProposedFact]:
        """Find the name beside a label of a paper that has no column of names."""
        reading = self.paper.material.reads.get("person.name")
        name = CellText(text=squeeze_name(person.text), quote=person)
        if reading is None or not reading.columns or self._is_misread(name):
            return
        yield ProposedFact(
            subject=self.paper.names.find_or_make("person", name.text),
            fact="name",
            value=name.text,
            quote=person,
            confidence=min(93, person.confidence),
        )

    def find_in_sentences(self) -> Iterator[ProposedFact]:
        """Find who is insured where a proof says so in sentences, a person each."""
        reads = self.paper.material.reads
        insured = reads.get("person.insured")
        months = reads.get("person.si_months_unbroken")
        if insured is None or months is None or not insured.phrases:
            return
        prose = Prose(self.flow)
        phrase_matches = list(
            prose.find_phrases(insured.phrases, LENGTH, insured.unless)
        )
        counted = list(prose.find_phrases(months.phrases, LENGTH, months.unless))
        for start, end in prose.list_sentences():
            person = self._find_person_named(start, end)
            if person is None or not any(
                start <= match.start < end for match in phrase_matches
            ):
                continue
            name = CellText(text=squeeze_name(person.text), quote=person)
            if self._is_misread(name):
                continue
            subject = self.paper.names.find_or_make("person", name.text)
            values: list[tuple[str, Value, Quote]] = [
                ("name", name.text, person),
                ("insured", True, person),
            ]
            if self.payer.of_paper is not None:
                values.append(("si_payer_is_applicant", *self.payer.of_paper))
                lengths = [match for match in counted if start <= match.start < end]
                if len(lengths) == 1 and self.payer.of_paper[0]:
                    slot = lengths[0].slots[0]
                    length = read_length(self.flow.text[slice(*slot)], "months")
                    if length is not None:
                        quote = self.flow.quote(*slot)
                        values.append(("si_months_unbroken", length, quote))
                elif not lengths and self.payer.of_paper[0]:
                    values += self._count_since(start, end)
            for fact, value, quote in values:
                if f"person.{fact}" in reads:
                    yield ProposedFact(
                        subject=subject,
                        fact=fact,
                        value=value,
                        quote=quote,
                        confidence=min(95, quote.confidence, person.confidence),
                    )

    @cached_property
    def through(self) -> int | None:
        """The last month that a proof in sentences says is paid for everybody."""
        reading = self.paper.material.reads.get("applicant.insurance_paid_through")
        if reading is None:
            return None
        last_months = {
            parse_month(self.flow.text[slice(*match.slots[0])])
            for match in Prose(self.flow).find_phrases(reading.phrases, _MONTH)
        }
        return last_months.pop() if len(last_months) == 1 else None

    def _count_since(self, start: int, end: int) -> Iterator[tuple[str, Value, Quote]]:
        """The months since the one from which a sentence says that somebody pays."""
        matches = list(MONTH.finditer(self.flow.text, start, end))
        if self.through is None or len(matches) != 1:
            return
        after = self.flow.text[matches[0].end() : matches[0].end() + 2]
        months = self.through - parse_month(matches[0][0]) + 1
        if "起" in after and months > 0:
            yield "si_months_unbroken", months, self.flow.quote(*matches[0].span())

    def _find_person_named(self, start: int, end: int) -> Quote | None:
        """The one person whom a sentence names: one of the case, or by the number."""
        text = self.flow.text
        length_by_place = {
            at: len(name)
            for name in self.paper.names.members.get("person", {})
            if (at := text.find(name, start, end)) >= 0
        }
        if not length_by_place:
            length_by_place = {
                match.start(): match.end() - match.start()
                for match in _NUMBERED.finditer(text, start, end)
            }
        if len(length_by_place) != 1:
            return None
        at, length = length_by_place.popitem()
        return self.flow.quote(at, at + length)

    def find_days(self) -> Iterator[ProposedFact | UnclearFact]:
        """Find the last or first day of what a column lists."""
        for key, fact, reading in self.paper.list_reads("columns"):
            if reading.by not in (FoundBy.FIRST_DAY, FoundBy.LAST_DAY):
                continue
            subject = {
                "applicant": self.paper.applicant,
                "service": self.paper.service,
                "paper": self.paper.paper,
            }.get(fact.subject)
            if subject is None:
                continue
            days = list(self._list_days(key, reading))
            if not days and reading.by is FoundBy.LAST_DAY:
                days = list(find_ends(self.paper, reading))
            if not days:
                continue
            pick = max if reading.by is FoundBy.LAST_DAY else min
            day, quote = pick(days, key=lambda day_and_quote: day_and_quote[0])
            values = Counter(value for value, _ in days)
            sure = quote.confidence
            # Where all rows say the same day nothing depends on one that was misread.
            if len(days) > 2 and values[day] == 1 and quote.confidence < 100:
                ordered = [value for value, _ in days]
                if ordered != sorted(ordered):
                    sure = min(sure, 80)
            yield ProposedFact(
                subject=subject,
                fact=fact.id,
                value=day,
                quote=quote,
                confidence=min(94, sure),
            )

    def _list_days(self, key: str, reading: PaperFact) -> Iterator[tuple[date, Quote]]:
        """List the days in a column, or the ends of the months paid."""
        for table in self.tables:
            for row in table.rows:
                months = (
                    self.months.list_paid(unfold_years([row]) or row)
                    if reading.by is FoundBy.LAST_DAY
                    else []
                )
                if key in self._heads and not months:
                    for cell in row.find(self.column_of[key], _DAY):
                        # A plan by months ends with the last of them.
                        for day in find_days(cell.text) or find_months(cell.text):
                            yield day.value, cell.quote
                if (
                    months
                    and key.endswith("paid_through")
                    and self.months.says_insured(row)
                ):
                    number, quote = months[-1]
                    # Ticks that were not made out make no earlier end.
                    if is_last_head(row, number) or quote.confidence >= SURE:
                        yield end_of_month(*split_month(number)), quote

    # One row

    def _find_in_row(
        self, row: TableRow, subject: Subject, name: CellText, last: int | None
    ) -> Iterator[ProposedFact | UnclearFact]:
        payer = self.payer.find(row)
        for key, reading in self.paper.material.reads.items():
            kind, _, _ = key.partition(".")
            if kind != subject.type:
                continue
            fact = self.paper.find_fact(key)
            cell_read = self._read_cell(row, key, subject, reading, name, payer, last)
            if cell_read is None:
                continue
            value, quote, sure = cell_read
            yield ProposedFact(
                subject=subject,
                fact=fact.id,
                value=value,
                quote=quote,
                confidence=min(sure, quote.confidence, name.quote.confidence),
                checks=self._check_name(subject, fact),
            )

    def _check_name(self, subject: Subject, fact: Fact) -> frozenset[SelfCheck]:
        is_known = fact.id == "name" and subject.id != "" and self._is_listed(subject)
        return frozenset({SelfCheck.KNOWN}) if is_known else frozenset()

    def _is_listed(self, subject: Subject) -> bool:
        return subject in self.paper.names.members.get(subject.type, {}).values()

    def _read_cell(
        self,
        row: TableRow,
        key: str,
        subject: Subject,
        reading: PaperFact,
        name: CellText,
        payer: tuple[bool, Quote] | None,
        last: int | None,
    ) -> tuple[Value, Quote, int] | None:
        """Read one fact of a row: value, quote, how sure; None where it has none."""
        fact = self.paper.find_fact(key)
        if fact.id == "name":
            return name.text, name.quote, 97
        match reading.by:
            case FoundBy.PRESENT:
                return True, name.quote, 97
            case FoundBy.MONTHS:
                months = self.months.count_unbroken(row, last)
                if months is None and self.through is not None:
                    months = self.months.count_since(row, self.through)
                months = months or self.months.count_only_month(row, self.flow)
                # Whose months they are has to be known before they count.
                if months is None or payer is None or not payer[0]:
                    return None
                return months[0], months[1] or name.quote, 95
            case FoundBy.APPLICANT:
                return None if payer is None else (*payer, 95)
        cell = row.find_text(self.column_of[key]) if key in self._heads else None
        if cell is None and reading.by is FoundBy.WORDS:
            cell = find_duties(self.paper, row, self.column_of, fact)
        if fact.id == "is_foreign" and (
            foreign := read_foreign(self.flow, reading, name, cell)
        ):
            return foreign
        if cell is None or reading.by is FoundBy.CHART:
            return None
        if reading.by is FoundBy.WORDS:
            return read_member_words(self.paper, subject, fact, reading, cell)
        if fact.unit == "basis_points":
            return None  # see holder_shares
        plain = read_plain_value(fact, cell.quote)
        return None if plain is None else (plain.value, plain.quote, 93)

    def _read_name(self, row: TableRow, kind: str) -> CellText | None:
        """Read the name of a row; None where it may be misread, or several."""
        if kind == "person":
            names = row.find(self.column_of["person.name"], PERSON)
            if len(names) != 1 or not self._may_be_name(names[0]):
                return None
            # A long name may go on in the next line of its cell.
            whole = row.find_text(self.column_of["person.name"])
            name = names[0]
            if whole is not None and whole.text.startswith(name.text):
                longer = whole.text != name.text
                if longer and self.paper.names.find("person", whole.text) is not None:
                    name = whole
                elif longer and "·" in name.text:
                    return None
            return None if self._is_misread(name) else name
        cell = row.find_text(self.column_of["holder.name"])
        part = None if cell is None else take_holder(cell, self.paper.names)
        if part is None or _CHAIN.search(part.text):
            return None
        name = CellText(text=squeeze_name(part.text), quote=part)
        return None if self._is_misread(name) else name

    def _may_be_name(self, name: CellText) -> bool:
        """Whether some words of a sentence are not taken for a name: 共4名员工."""
        whole = name.quote.pieces[0].span.text
        if squeeze_name(whole) == name.text:
            return True
        return may_be_person(name.text) or self.paper.names.knows(name.text)

    def _is_misread(self, name: CellText) -> bool:
        """Whether OCR read a name nearly like one of the case: no new name is made."""
        if name.quote.confidence >= 100:
            return False
        names, sure = self.paper.names, name.quote.confidence
        if any(names.find(kind, name.text) for kind in ("person", "holder")):
            return False
        return sure < 85 or any(
            names.is_misread(kind, name.text, sure=sure)
            for kind in ("person", "holder")
        )
