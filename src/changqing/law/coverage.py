"""What the catalogue covers, counted: and what nobody has read or nothing uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from changqing.law.applicable import find_applicable
from changqing.law.kinds.criterion import Criterion
from changqing.law.kinds.law import PLACE
from changqing.law.kit import Citation, Confidence, Dimension, Standing
from changqing.law.lookup import load_sqlite_program
from changqing.law.model import Catalogue
from changqing.rules.sqlite import SqliteEngine
from changqing.text import Text

_STRONGEST_FIRST = tuple(Confidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The counts of a catalogue.

    `by_licence` counts the criteria that can apply to a licence, by dimension. A fact
    of law is used when a topic, procedure, licence or other text rests on it, or when
    something asked cites its article. `unread` are instruments without a read text.
    """

    by_licence: Mapping[str, Mapping[Dimension, int]]
    by_standing: Mapping[Standing, Mapping[Confidence, int]]
    law_used: tuple[str, ...]
    law_unused: tuple[str, ...]
    unread: tuple[str, ...]
    defects: Mapping[str, tuple[str, ...]]
    topics: Mapping[str, int]


def count_coverage(catalogue: Catalogue) -> Coverage:
    """Count everything."""
    licences = list(catalogue.licences)
    with SqliteEngine(load_sqlite_program(catalogue)) as engine:
        applicable = [
            find_applicable(engine, {"licence": licence}) for licence in licences
        ]
    criteria = catalogue.criteria
    standings: dict[Standing, Counter[Confidence]] = {
        standing: Counter() for standing in Standing
    }
    for criterion in criteria.values():
        standings[criterion.standing][_find_strongest(criterion)] += 1
    used = _find_used(catalogue)
    return Coverage(
        by_licence={
            licence: Counter(criteria[name].dimension for name in names)
            for licence, names in zip(licences, applicable, strict=True)
        },
        by_standing=standings,
        law_used=tuple(name for name in catalogue.law if name in used),
        law_unused=tuple(name for name in catalogue.law if name not in used),
        unread=tuple(
            name
            for name, instrument in catalogue.instruments.items()
            if instrument.read in {"none", "secondary-only"}
        ),
        defects={
            code: tuple(
                name
                for name, criterion in criteria.items()
                if code in criterion.defects
            )
            for code in catalogue.defects
        },
        topics=Counter(topic.certainty.value for topic in catalogue.topics.values()),
    )


def _find_strongest(criterion: Criterion) -> Confidence:
    return min(
        (citation.confidence for citation in criterion.citations),
        key=_STRONGEST_FIRST.index,
    )


def _find_used(catalogue: Catalogue) -> frozenset[str]:
    used = set(_find_named(catalogue))
    for text in _list_texts(catalogue):
        used.update(place[1] for place in PLACE.finditer(text.zh) if place[2])
    cited = {
        (citation.instrument, citation.article)
        for citations in _list_citations(catalogue)
        for citation in citations
        if citation.article is not None
    }
    for name, fact in catalogue.law.items():
        if any(
            (citation.instrument, citation.article) in cited
            for citation in fact.citations
        ):
            used.add(name)
    return frozenset(used)


def _find_named(catalogue: Catalogue) -> Iterator[str]:
    """Find the facts of law that topics, licences and procedures name."""
    for topic in catalogue.topics.values():
        yield from topic.law
    for licence in catalogue.licences.values():
        yield from (*licence.law, *licence.pre_approvals)
        yield from (*licence.tests, *licence.foreign)
    for procedure in catalogue.procedures.values():
        for step in procedure.steps:
            yield from step.law
            for clock in step.clocks:
                if clock.amount is not None and clock.amount.law is not None:
                    yield clock.amount.law


def _list_texts(catalogue: Catalogue) -> Iterator[Text]:
    for topic in catalogue.topics.values():
        yield topic.answer
        if topic.differs is not None:
            yield topic.differs
    for procedure in catalogue.procedures.values():
        if procedure.about is not None:
            yield procedure.about
        for step in procedure.steps:
            yield step.does
            if step.runs_out is not None:
                yield step.runs_out


def _list_citations(catalogue: Catalogue) -> Iterator[Sequence[Citation]]:
    for criterion in catalogue.criteria.values():
        yield criterion.citations
    for parameter in catalogue.parameters.values():
        for value in parameter.values:
            yield value.citations
    for material in catalogue.materials.values():
        for request in material.asked:
            yield request.citations
    for rule in catalogue.classification.values():
        yield rule.citations
