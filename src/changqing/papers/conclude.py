"""What follows from a paper without standing in it: nothing lies above a person.

A register that calls a holder a natural person says with it that the holder is an end
of the equity structure. No reader proposes this, for no word of the paper says it; it
is offered where papers are settled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from changqing.case.model import Case, Paper
from changqing.evidence.reading import Reading
from changqing.law.model import Catalogue
from changqing.readers.layout import PageLayout, Quote, squeeze
from changqing.readers.proposal import ProposedFact, ProposedPaper
from changqing.rules.types import Value

_NATURAL: Final = "自然人"
_FOLLOWS: Final[dict[str, Value]] = {"is_leaf": True, "ends_in": "person"}


def conclude_of_persons(
    case: Case, paper: Paper, reading: Reading, proposed_paper: ProposedPaper
) -> ProposedPaper:
    """Add what follows of holders whom the paper calls natural persons."""
    shown_keys = {(fact.subject, fact.fact) for fact in proposed_paper.facts}
    conclusions = [
        name for name in _FOLLOWS if _may_show(case.catalogue, name, paper.kind)
    ]
    pages = [
        PageLayout(page)
        for page in reading.pages
        if page.number in proposed_paper.pages
    ]
    added = [
        ProposedFact(
            subject=holder.subject,
            fact=name,
            value=_FOLLOWS[name],
            quote=quote,
            confidence=quote.confidence,
        )
        for holder in case.holders
        if conclusions and holder.kind == "person"
        for quote in _find_rows(pages, holder.name)
        for name in conclusions
        if (holder.subject, name) not in shown_keys
    ]
    unique = {(fact.subject, fact.fact): fact for fact in reversed(added)}
    return replace(proposed_paper, facts=(*proposed_paper.facts, *unique.values()))


def _may_show(catalogue: Catalogue, name: str, kind: str) -> bool:
    fact = catalogue.facts.get(("holder", name))
    return fact is not None and f"paper:{kind}" in fact.sources


def _find_rows(pages: list[PageLayout], name: str) -> Iterator[Quote]:
    """Find where a row names a holder and says in a cell that it is a person."""
    for page in pages:
        for row in page.rows:
            cells = [squeeze(page.spans[place].text) for place in row]
            if squeeze(name) in cells:
                for place, cell in zip(row, cells, strict=True):
                    if cell.startswith(_NATURAL):
                        yield page.quote_spans([place])
