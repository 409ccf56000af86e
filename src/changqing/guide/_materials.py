"""Which papers are asked for at one stage of one application, and who says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from changqing.catalogue import (
    Asked,
    Catalogue,
    Citation,
    Confidence,
    Criterion,
    Material,
    Standing,
    citation_data,
    fill,
    kinds_for,
)
from changqing.text import Language, Text

_STANDINGS: Final = tuple(Standing)
_CONFIDENCES: Final = tuple(Confidence)
_NO_ORDER: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One paper of a list: every entry that asks for it, and what it backs.

    `facts` are `(subject, fact)`, `criteria` the ids of the criteria that read them.
    """

    material: Material
    asked: tuple[Asked, ...]
    facts: tuple[tuple[str, str], ...]
    criteria: tuple[str, ...]

    @property
    def standing(self) -> Standing:
        """The most binding of its entries."""
        return min((each.standing for each in self.asked), key=_STANDINGS.index)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All its sources once, in the order of its entries."""
        return tuple(dict.fromkeys(c for each in self.asked for c in each.citations))

    @property
    def confidence(self) -> Confidence:
        """That of the best-read of its sources."""
        return min((each.confidence for each in self.citations), key=_CONFIDENCES.index)

    def texts(self, field: str) -> tuple[Text, ...]:
        """`accepts` or `refuses` of all entries, each said once."""
        return tuple(
            dict.fromkeys(text for each in self.asked for text in getattr(each, field))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """The papers of one stage of one application on a day.

    `local` says whether the region asks for anything of its own here; without it the
    list is the national one.
    """

    licence: str
    scope: str
    region: str | None
    stage: str
    on: date
    papers: tuple[Listed, ...]
    local: bool


def checklist(
    catalogue: Catalogue,
    *,
    licence: str,
    scope: str,
    region: str | None,
    stage: str,
    on: date,
) -> Checklist:
    """What is asked for, in the order of the law's own list where that has one.

    After the papers with a place in a list come the others, the more binding first.
    """
    papers = []
    for material in catalogue.materials.values():
        asked = material.asked_of(
            licence=licence, scope=scope, region=region, stage=stage, on=on
        )
        if asked:
            papers.append(_listed(catalogue, material, asked, on))
    papers.sort(
        key=lambda each: (
            each.material.order or _NO_ORDER,
            _STANDINGS.index(each.standing),
        )
    )
    return Checklist(
        licence=licence,
        scope=scope,
        region=region,
        stage=stage,
        on=on,
        papers=tuple(papers),
        local=any(entry.regions for each in papers for entry in each.asked),
    )


def _listed(
    catalogue: Catalogue, material: Material, asked: tuple[Asked, ...], on: date
) -> Listed:
    kinds = tuple(kinds_for(catalogue.materials, material.id))
    facts = tuple(_backed(catalogue, kinds))
    return Listed(
        material=material,
        asked=asked,
        facts=facts,
        criteria=tuple(
            name
            for name, criterion in catalogue.criteria.items()
            if criterion.in_force.covers(on)
            and _reads(criterion, frozenset(facts), kinds)
        ),
    )


def _backed(catalogue: Catalogue, kinds: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The facts that name one of the kinds among their sources."""
    sources = {f"paper:{kind}" for kind in kinds}
    for key, fact in catalogue.facts.items():
        if not sources.isdisjoint(fact.sources):
            yield key


def _reads(
    criterion: Criterion, facts: frozenset[tuple[str, str]], kinds: tuple[str, ...]
) -> bool:
    """Whether it reads one of the facts, and is not about other kinds of paper."""
    read = criterion.test.facts | criterion.applies.facts
    if ("paper", "kind") in read:
        said = criterion.test.text + criterion.applies.text
        return any(f"'{kind}'" in said for kind in kinds)
    return not facts.isdisjoint(read)


def checklist_data(
    catalogue: Catalogue, found: Checklist, language: Language
) -> list[dict[str, object]]:
    """The list as plain data, one object for each paper, in one language.

    Keys: `id`, `name`, `requirement`, `accepts`, `refuses`, `facts` (written
    `subject.fact`), `standing`, `confidence`, `citations` (see `citation_data`). What
    several entries ask is joined; notes, such as what is disputed, come last.
    """

    def say(text: Text) -> str:
        return fill(catalogue, text, on=found.on).say(language)

    return [
        {
            "id": each.material.id,
            "name": each.material.label.say(language),
            "requirement": _joined(
                [
                    *(say(entry.requirement) for entry in each.asked),
                    *(say(entry.note) for entry in each.asked if entry.note),
                ],
                language,
            ),
            "accepts": [say(text) for text in each.texts("accepts")],
            "refuses": [say(text) for text in each.texts("refuses")],
            "facts": [f"{subject}.{fact}" for subject, fact in each.facts],
            "standing": each.standing.value,
            "confidence": each.confidence.value,
            "citations": [
                citation_data(catalogue, citation, language)
                for citation in each.citations
            ],
        }
        for each in found.papers
    ]


def _joined(sentences: list[str], language: Language) -> str:
    once = dict.fromkeys(sentences)
    return ("" if language is Language.ZH else " ").join(once)
