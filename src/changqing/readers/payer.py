"""Who pays the insurance of the people in a list, as far as the paper says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Final

from changqing.readers.flow import Flow, fold_signs
from changqing.readers.grid import CellText, TableRow
from changqing.readers.layout import Quote
from changqing.readers.paid_months import PaidMonths
from changqing.readers.proposal import PaperPages
from changqing.readers.values import has_applicant_within, take_company

# Columns that are no fact themselves, by the names that `columns` of a kind uses.
_PAYER, _PAYER_CODE = "payer", "payer_code"
_COMPANY: Final = re.compile(
    r"[一-龥A-Za-z0-9()·]{3,40}?(?:有限责任公司|股份有限公司|有限公司|合伙企业(?:\([^)]{2,8}\))?)"
)
_LEAD: Final = re.compile(r"(?:兹证明|兹有|兹|由|与|和|及|在|为|向|系|查|经)+")
_NO_PAYER: Final = re.compile(r"社会保险|社保|医疗保障|人力资源和社会保障|银行|税务")
_REPEATED: Final = re.compile(r"(.{4,60}?)\1+")
_NAME: Final = re.compile("[一-龥]{4}")
_PLACE: Final = re.compile(r"\s*[一-龥]{2,8}[:：]\s*(?=[^\s:：]+$)")
"""Where somebody is insured, before who pays: 广州市:某公司."""
_UNIT_CODE: Final = re.compile(r"(\d{6,20}):(?:[^:\n\t]{2,12}:)?")


@dataclass(frozen=True)
class Payer:
    """Whether the applicant pays: of a row, or of the whole paper."""

    paper: PaperPages
    flow: Flow

    def find(self, row: TableRow) -> tuple[bool, Quote] | None:
        """Tell whether the payer of a row is the applicant, and where that stands."""
        cell = row.find_text(_PAYER)
        # Under 单位 may stand as well what the company pays.
        if cell is not None and _NAME.search(cell.text):
            return self._judge_rows(cell)
        codes = {cell.text for cell in row.find(_PAYER_CODE, re.compile(r"\d{6,20}"))}
        if codes:
            payers = self._payers_by_code
            quotes = [payers[code] for code in codes if code in payers]
            if len(quotes) == len(codes):
                judged = [self._judge_name(quote) for quote in quotes]
                verdicts = {verdict[0] for verdict in judged if verdict is not None}
                if len(verdicts) == 1 and None not in judged:
                    return judged[0]
                return None
        return self.of_paper

    def select_last(
        self, rows: Sequence[TableRow], months: PaidMonths
    ) -> Sequence[TableRow]:
        """Select the rows of who paid last, where each row says who paid.

        All rows where one does not: months of somebody else would count.
        """
        judged = [
            (paid[-1][0], verdict[0], row)
            for row in rows
            if (cell := row.find_text(_PAYER)) is not None
            and (verdict := self._judge_rows(cell)) is not None
            and (paid := months.list_paid(row))
        ]
        if len(judged) < len(rows) or len({mine for _, mine, _ in judged}) == 1:
            return rows
        _, last, _ = max(judged, key=lambda row_judged: row_judged[0])
        return [row for _, mine, row in judged if mine is last]

    @cached_property
    def _payers_by_code(self) -> Mapping[str, Quote]:
        text = self.flow.text
        payers = {}
        for match in _UNIT_CODE.finditer(text):
            company = _COMPANY.match(text, match.end())
            if company:
                payers[match[1]] = self.flow.quote(company.start(), company.end())
        return payers

    @cached_property
    def of_paper(self) -> tuple[bool, Quote] | None:
        """The payer that the whole paper has: beside its label, or the one company."""
        reading = self.paper.material.reads.get("person.si_payer_is_applicant")
        if reading is None:
            return None
        for page in self.paper.pages:
            for beside in self.paper.find_beside(page, reading.labels, lines=2):
                name = take_company(beside.value)
                if name is None and beside.first is not None:
                    name = take_company(beside.first)
                if name is not None:
                    return self._judge_name(name)
        companies: dict[str, Quote] = {}
        applicant = fold_signs(self.paper.names.applicant)
        for match in _COMPANY.finditer(self.flow.text):
            start = match.start()
            lead = _LEAD.match(match[0])
            if applicant and match[0].endswith(applicant):
                start = match.end() - len(applicant)
            elif lead is not None:
                start += lead.end()
            if not _NO_PAYER.search(match[0]):
                company = self.flow.text[start : match.end()]
                companies.setdefault(company, self.flow.quote(start, match.end()))
        if len(companies) != 1:
            return None
        return self._judge_name(next(iter(companies.values())))

    def _judge_rows(self, cell: CellText) -> tuple[bool, Quote] | None:
        """Judge who pays in all rows of a list of months, or in the one row of a name.

        Of several names it cannot be told whose months were whose.
        """
        if len(set(_COMPANY.findall(cell.text))) > 1:
            return None
        place = _PLACE.match(cell.quote.raw)
        if place is not None:
            quote = cell.quote.narrow(place.end(), len(cell.quote.raw))
            return self._judge_name(quote)
        repeated = _REPEATED.fullmatch(cell.text)
        if repeated is None:
            return self._judge_name(cell.quote)
        lengths = accumulate(len(squeeze_name(part.text)) for part in cell.quote.pieces)
        count = 1 + sum(length < len(repeated[1]) for length in lengths)
        return self._judge_name(replace(cell.quote, pieces=cell.quote.pieces[:count]))

    def _judge_name(self, quote: Quote) -> tuple[bool, Quote] | None:
        """Whether a name is the applicant's; None where that cannot be told."""
        name = squeeze_name(quote.text)
        mine = self.paper.names.is_applicant(name, sure=quote.confidence)
        if mine is False and has_applicant_within(self.paper, name):
            return None
        return None if mine is None else (mine, quote)


def squeeze_name(text: str) -> str:
    """Take the blanks out of a Chinese name."""
    return re.sub(r"\s+", "", text) if not text.isascii() else text.strip()
