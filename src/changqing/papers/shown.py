"""What a paper shows: each value that is read in it, about whom of the case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from changqing.case.model import Paper
from changqing.case.subjects import Subject
from changqing.evidence.reading import Reading
from changqing.law.kinds.fact import Fact
from changqing.law.model import Catalogue
from changqing.papers.part import PaperPart
from changqing.readers.layout import Quote
from changqing.readers.proposal import (
    ProposedFact,
    ProposedPaper,
    SelfCheck,
    UnclearFact,
)
from changqing.rules.types import Value
from changqing.text import Text

_OWN_FIELDS: Final = frozenset({"received_on", "needs_seal", "needs_signature"})
"""What is said of a paper and never stands in it."""
_STRUCTURAL: Final = frozenset({"kind", "role", "roles"})
"""What a list of the case says of its members, and no paper backs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueOfPaper:
    """A value that a paper shows, with its subject as the case has it."""

    subject: Subject
    fact: Fact
    value: Value | None
    quote: Quote | None
    confidence: int
    checks: frozenset[SelfCheck] = frozenset()
    why: Text | None = None


def list_found(
    proposed_paper: ProposedPaper | None,
) -> Iterator[ProposedFact | UnclearFact]:
    """List what was read of a paper, and what stands there and could not be."""
    if proposed_paper is not None:
        yield from proposed_paper.facts
        yield from proposed_paper.unclear


def list_shown(
    paper: Paper, shown: ProposedPaper | None, catalogue: Catalogue
) -> Iterator[ValueOfPaper]:
    """List the values and elements that a paper shows, but what none can state."""
    if shown is None:
        return
    for proposed in list_found(shown):
        fact = catalogue.facts.get((proposed.subject.type, proposed.fact))
        own = proposed.subject.type == "paper"
        if fact is None or fact.generated or fact.id in _STRUCTURAL:
            continue
        if own and fact.id in _OWN_FIELDS:
            continue
        subject = paper.subject if own else proposed.subject
        if isinstance(proposed, ProposedFact):
            yield ValueOfPaper(
                subject=subject,
                fact=fact,
                value=proposed.value,
                quote=proposed.quote,
                confidence=min(proposed.confidence, proposed.quote.confidence),
                checks=proposed.checks,
            )
        else:
            quote = next(iter(proposed.quotes), None)
            yield ValueOfPaper(
                subject=subject,
                fact=fact,
                value=None,
                quote=quote,
                confidence=0,
                why=proposed.why,
            )
    for element in shown.elements:
        fact = catalogue.facts.get(("paper", element.element))
        if fact is not None:
            yield ValueOfPaper(
                subject=paper.subject,
                fact=fact,
                value=element.stated,
                quote=element.quote,
                confidence=element.confidence,
            )


Agreed = frozenset[tuple[Subject, str, Value]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPaper:
    """A paper with what is proposed of it.

    `said` are the values that it shows, however surely; `told` those read surely, with
    which another paper can agree.
    """

    paper: Paper
    reading: Reading
    part: PaperPart
    proposed: ProposedPaper | None
    said: Agreed
    told: Agreed


def list_said(
    proposed_paper: ProposedPaper | None, *, at_least: int = 0
) -> Iterator[tuple[Subject, str, Value]]:
    """List the values that a paper shows, read at least so surely."""
    for fact in () if proposed_paper is None else proposed_paper.facts:
        if fact.confidence >= at_least and fact.subject.type != "paper":
            yield fact.subject, fact.fact, fact.value


def find_agreed(papers: Iterable[Agreed]) -> Agreed:
    """Find what two papers show alike, read surely in both."""
    counted = Counter(agreed_value for paper in papers for agreed_value in paper)
    return frozenset(
        agreed_value for agreed_value, times in counted.items() if times > 1
    )
