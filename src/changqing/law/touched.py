"""Which rules a change of law touches: what cites it, or counts by its number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from changqing.law.kinds.law import LawFact
from changqing.law.kinds.procedure import Procedure
from changqing.law.kit import Citation, InForce
from changqing.law.model import Catalogue

_EVE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Ids of what rests on the changed rule, in catalogue order."""

    criteria: tuple[str, ...]
    procedures: tuple[str, ...]
    materials: tuple[str, ...]
    parameters: tuple[str, ...]
    classification: tuple[str, ...]
    licences: tuple[str, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What changed: whole instruments, articles of others, facts of law, parameters."""

    instruments: frozenset[str] = frozenset()
    articles: frozenset[tuple[str, str]] = frozenset()
    law: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()

    def is_cited(self, citations: Iterable[Citation]) -> bool:
        """Tell whether one of the citations names what changed.

        A citation without an article is touched by a change of the whole instrument
        alone: nobody knows which article it means.
        """
        return any(
            citation.instrument in self.instruments
            or any(
                (citation.instrument, article) in self.articles
                for article in list_articles(citation.article)
            )
            for citation in citations
        )


@cache
def list_articles(written: str | None) -> tuple[str, ...]:
    """List the articles a citation names, less items: `20,26`, `6(4)`, `10-11`."""
    if written is None:
        return ()
    return tuple(re.findall(r"\d+", re.sub(r"\([^)]*\)", "", written)))


def collect_reach(facts: Iterable[LawFact], instruments: Iterable[str]) -> Reach:
    """Collect the reach of a change of facts of law.

    `instruments` are those that changed as a whole on the same day: where a fact cites
    one of them without an article, it reaches all of it.
    """
    law_facts = list(facts)
    whole = frozenset(instruments)
    cited = [citation for fact in law_facts for citation in fact.citations]
    return Reach(
        instruments=frozenset(
            citation.instrument
            for citation in cited
            if citation.article is None and citation.instrument in whole
        ),
        articles=frozenset(
            (citation.instrument, article)
            for citation in cited
            for article in list_articles(citation.article)
        ),
        law=frozenset(fact.id for fact in law_facts),
        parameters=frozenset(
            name for fact in law_facts for name in _find_parameters(fact)
        ),
    )


def find_touched(catalogue: Catalogue, reach: Reach, *, on: date) -> Touched:
    """Find what rests on what changed, if in force on that day or the day before."""

    def is_in_force(force: InForce | None) -> bool:
        return force is None or force.covers(on) or force.covers(on - _EVE)

    law = {
        name
        for name, fact in catalogue.law.items()
        if name in reach.law
        or reach.is_cited(fact.citations)
        or not reach.parameters.isdisjoint(_find_parameters(fact))
    }
    return Touched(
        criteria=tuple(
            name
            for name, criterion in catalogue.criteria.items()
            if is_in_force(criterion.in_force)
            and (
                reach.is_cited(criterion.citations)
                or not reach.parameters.isdisjoint(criterion.test.parameters)
            )
        ),
        procedures=tuple(
            name
            for name, procedure in catalogue.procedures.items()
            if is_in_force(procedure.in_force) and _rests_on(procedure, reach, law)
        ),
        materials=tuple(
            name
            for name, material in catalogue.materials.items()
            if any(
                is_in_force(request.in_force) and reach.is_cited(request.citations)
                for request in material.asked
            )
        ),
        parameters=tuple(
            name
            for name, parameter in catalogue.parameters.items()
            if name in reach.parameters
            or any(
                is_in_force(value.in_force) and reach.is_cited(value.citations)
                for value in parameter.values
            )
        ),
        classification=tuple(
            name
            for name, rule in catalogue.classification.items()
            if is_in_force(rule.in_force)
            and (
                reach.is_cited(rule.citations)
                or not reach.parameters.isdisjoint(rule.test.parameters)
            )
        ),
        licences=tuple(
            name
            for name, licence in catalogue.licences.items()
            if reach.is_cited(licence.citations)
            or not law.isdisjoint(
                (
                    *licence.law,
                    *licence.pre_approvals,
                    *licence.tests,
                    *licence.foreign,
                )
            )
            or not reach.parameters.isdisjoint(
                name for name in (licence.capital, licence.term) if name
            )
        ),
        topics=tuple(
            name
            for name, topic in catalogue.topics.items()
            if not law.isdisjoint(topic.law)
        ),
    )


def _rests_on(procedure: Procedure, reach: Reach, law: set[str]) -> bool:
    if reach.is_cited(procedure.citations):
        return True
    for step in procedure.steps:
        if reach.is_cited(step.citations) or not law.isdisjoint(step.law):
            return True
        for clock in step.clocks:
            amount = clock.amount
            if amount is not None and (
                amount.parameter in reach.parameters or amount.law in law
            ):
                return True
    return False


def _find_parameters(fact: LawFact) -> Iterator[str]:
    for value in fact.values.values():
        if value.parameter is not None:
            yield value.parameter
