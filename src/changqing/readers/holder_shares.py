"""The shares of the holders of a list, where they add up to the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from changqing.evidence.parse import find_amounts, find_shares
from changqing.readers.chart import are_all_persons
from changqing.readers.flow import fold_signs
from changqing.readers.grid import CellText, PaperTable, TableRow
from changqing.readers.layout import Quote
from changqing.readers.proposal import PaperPages, ProposedFact, SelfCheck
from changqing.readers.values import read_amount
from changqing.rules.types import WHOLE_SHARE

AMOUNT_COLUMN: Final = "amount"  # the column of amounts, which is no fact itself


@dataclass(frozen=True)
class HolderShares:
    """How to find shares: in which column each name of `reads` is looked for."""

    paper: PaperPages
    column_of: Mapping[str, str]

    def find(
        self, table: PaperTable, rows: Sequence[tuple[TableRow, CellText]]
    ) -> Iterator[ProposedFact]:
        """Find the share of each holder of a list, if they add up to the whole.

        By a column of shares, or by one of amounts that add up to the capital.
        """
        if "holder.share" not in self.paper.material.reads:
            return
        shares = self._read_shares(table, rows) or self._share_amounts(table, rows)
        for (_, name), (share, quote) in zip(rows, shares, strict=False):
            yield ProposedFact(
                subject=self.paper.names.find_or_make("holder", name.text),
                fact="share",
                value=share,
                quote=quote,
                confidence=min(96, quote.confidence, name.quote.confidence),
                checks=frozenset({SelfCheck.SUM}),
            )
        leaves = "applicant.leaf_share_total" in self.paper.material.reads
        if shares and leaves and are_all_persons([name.text for _, name in rows]):
            yield ProposedFact(
                subject=self.paper.applicant,
                fact="leaf_share_total",
                value=sum(share for share, _ in shares),
                quote=shares[0][1],
                confidence=min(90, shares[0][1].confidence),
                checks=frozenset({SelfCheck.SUM}),
            )

    def _read_shares(
        self, table: PaperTable, rows: Sequence[tuple[TableRow, CellText]]
    ) -> list[tuple[int, Quote]]:
        """Read the share of each holder; none unless they make up the whole."""
        column = self.column_of.get("holder.share", "?")
        head = next((head for head in table.heads if head.column == column), None)
        if head is None:
            return []
        shares = []
        for row, _ in rows:
            cell = row.find_text(column)
            sign = "" if cell is None or "%" in cell.text else "%"
            bare = sign and "%" not in fold_signs(head.text)
            points = [] if cell is None or bare else find_shares(cell.text + sign)
            if cell is None or len(points) != 1:
                return []
            shares.append((points[0], cell.quote))
        whole = abs(sum(share for share, _ in shares) - WHOLE_SHARE) <= len(shares)
        return shares if whole else []

    def _share_amounts(
        self, table: PaperTable, rows: Sequence[tuple[TableRow, CellText]]
    ) -> list[tuple[int, Quote]]:
        """Compute shares of the amounts; none unless they make up the capital."""
        head = next(
            (head for head in table.heads if head.column == AMOUNT_COLUMN), None
        )
        if head is None or self._capital is None:
            return []
        unit = 10_000 if "万" in head.text else None
        amounts_of_holders = []
        for row, name in rows:
            cell = row.find_text(AMOUNT_COLUMN)
            amounts = [] if cell is None else find_amounts(cell.text, unit=unit)
            if len(amounts) != 1:
                return []
            amounts_of_holders.append((amounts[0].fen, name.quote))
        total = sum(fen for fen, _ in amounts_of_holders)
        if total != self._capital and total * 10_000 != self._capital:
            return []
        shares = [round(fen * WHOLE_SHARE / total) for fen, _ in amounts_of_holders]
        return [
            (share, quote)
            for share, (_, quote) in zip(shares, amounts_of_holders, strict=True)
        ]

    @cached_property
    def _capital(self) -> int | None:
        """The capital that the paper states, in fen."""
        reading = self.paper.material.reads.get("applicant.registered_capital")
        labels = () if reading is None else reading.labels
        for page in self.paper.pages:
            for beside in self.paper.find_beside(page, labels, lines=2):
                amount = read_amount(beside.value)
                if amount is not None and isinstance(amount.value, int):
                    return amount.value
        return None
