"""Which papers are asked for at one stage of one application, and who says so."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypedDict

from changqing.guide.kept_papers import find_kept_papers
from changqing.law.cited import CitationData, make_citation_data
from changqing.law.kept import keep_by_catalogue
from changqing.law.kinds.criterion import Criterion, Weight
from changqing.law.kinds.material import (
    Material,
    MaterialRequest,
    list_satisfying_kinds,
)
from changqing.law.kit import Citation, Confidence, Standing
from changqing.law.law import fill
from changqing.law.lookup import select_in_force
from changqing.law.model import Catalogue
from changqing.text import Language, Text, WordedEnum

_STANDINGS: Final = tuple(Standing)
_CONFIDENCES: Final = tuple(Confidence)
_WEIGHTS: Final = tuple(Weight)
_NO_ORDER: Final = 1_000_000
_BINDING: Final = (Standing.CONDITION, Standing.PUBLISHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedMaterial:
    """One paper of a list: every entry that asks for it, and what it backs.

    `facts` are `(subject, fact)`, `criteria` the ids of the criteria that read them.
    What is not `handed_in` is kept at hand: criteria look at it.
    """

    material: Material
    asked: tuple[MaterialRequest, ...]
    facts: tuple[tuple[str, str], ...]
    criteria: tuple[str, ...]
    handed_in: bool = True

    @property
    def standing(self) -> Standing:
        """The most binding of its entries."""
        return min((request.standing for request in self.asked), key=_STANDINGS.index)

    @property
    def binding(self) -> tuple[MaterialRequest, ...]:
        """Its entries of law and of guides, and those of the place; without, all."""
        material_requests = tuple(
            request
            for request in self.asked
            if request.standing in _BINDING or request.regions or not self.handed_in
        )
        return material_requests or self.asked

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All its sources once, in the order of its entries."""
        return tuple(
            dict.fromkeys(c for request in self.asked for c in request.citations)
        )

    @property
    def confidence(self) -> Confidence:
        """That of the best-read of its sources."""
        return min(
            (citation.confidence for citation in self.citations), key=_CONFIDENCES.index
        )

    def list_texts(self, field: str) -> tuple[Text, ...]:
        """List `accepts` or `refuses` of all entries, each said once."""
        return tuple(
            dict.fromkeys(
                text for request in self.asked for text in getattr(request, field)
            )
        )


class PaperGroup(WordedEnum):
    """Where a paper stands in a list: what the law asks comes first."""

    LAW = "law", Text("法规要的", "asked by law")
    GUIDE = "guide", Text("机关的指南要的", "asked by the authority’s guide")
    DUTY = (
        "duty",
        Text("其他法律或以后阶段要的", "duties of other laws or later stages"),
    )
    PRACTICE = "practice", Text("实务中要的", "asked in practice")
    KEPT = "kept", Text("不递交、要备好的", "not handed in, to be at hand")

    @property
    def is_brief(self) -> bool:
        """Whether a list names its papers alone until somebody asks for more."""
        return self not in (PaperGroup.LAW, PaperGroup.GUIDE)


_GROUPS: Final = {
    Standing.CONDITION: PaperGroup.LAW,
    Standing.PUBLISHED: PaperGroup.GUIDE,
    Standing.DUTY: PaperGroup.DUTY,
    Standing.PRACTICE: PaperGroup.PRACTICE,
}


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
    papers: tuple[ListedMaterial, ...]
    local: bool


@keep_by_catalogue
def make_checklist(
    catalogue: Catalogue,
    *,
    licence: str,
    scope: str,
    region: str | None,
    stage: str,
    on: date,
) -> Checklist:
    """List what is asked for, in the order of the law's own list where that has one.

    After the papers with a place in a list come the others, the more binding first.
    """
    requests_by_name = {
        name: entries
        for name, material in catalogue.materials.items()
        if (
            entries := material.find_asked(
                licence=licence, scope=scope, region=region, stage=stage, on=on
            )
        )
    }
    backing = _Backing(catalogue, on)
    papers = [
        _list_material(catalogue.materials[name], entries, backing)
        for name, entries in requests_by_name.items()
    ]
    papers.sort(
        key=lambda listed: (
            listed.material.order or _NO_ORDER,
            _STANDINGS.index(listed.standing),
        )
    )
    return Checklist(
        licence=licence,
        scope=scope,
        region=region,
        stage=stage,
        on=on,
        papers=tuple(papers),
        local=any(entry.regions for paper in papers for entry in paper.asked),
    )


def list_kept(catalogue: Catalogue, checklist: Checklist) -> tuple[ListedMaterial, ...]:
    """List what criteria look at beside a list of papers, the more binding first.

    Whoever holds exactly both, all in order, lacks no paper.
    """
    kept_papers = find_kept_papers(
        catalogue,
        frozenset(paper.material.id for paper in checklist.papers),
        licence=checklist.licence,
        scope=checklist.scope,
        region=checklist.region,
        stage=checklist.stage,
        on=checklist.on,
    )
    backing = _Backing(catalogue, checklist.on)
    papers = [
        replace(
            _list_material(catalogue.materials[name], requests, backing),
            handed_in=False,
        )
        for name, requests in kept_papers.items()
    ]
    return tuple(sorted(papers, key=lambda listed: _STANDINGS.index(listed.standing)))


def group_papers(
    catalogue: Catalogue, checklist: Checklist
) -> tuple[tuple[PaperGroup, tuple[ListedMaterial, ...]], ...]:
    """Group a list for a person, groups without papers left out."""
    groups: dict[PaperGroup, list[ListedMaterial]] = {group: [] for group in PaperGroup}
    for paper in checklist.papers:
        groups[_GROUPS[paper.standing]].append(paper)
    groups[PaperGroup.KEPT].extend(list_kept(catalogue, checklist))
    return tuple((group, tuple(papers)) for group, papers in groups.items() if papers)


def list_long_term(catalogue: Catalogue, on: date) -> dict[str, Weight]:
    """List the kinds of paper on which long-term capability rests, the core first.

    A kind counts as heavy as the heaviest criterion of a route that reads it.
    """
    backing = _Backing(catalogue, on)
    weight_by_kind: dict[str, Weight] = {}
    for name in catalogue.materials:
        terms = [
            catalogue.criteria[rule].long_term for rule in backing.find_backing(name)[1]
        ]
        weights = {term.weight for term in terms if term is not None}
        if weights:
            weight_by_kind[name] = min(weights, key=_WEIGHTS.index)
    return dict(
        sorted(
            weight_by_kind.items(),
            key=lambda kind_and_weight: _WEIGHTS.index(kind_and_weight[1]),
        )
    )


def _list_material(
    material: Material, requests: tuple[MaterialRequest, ...], backing: _Backing
) -> ListedMaterial:
    facts, criteria = backing.find_backing(material.id)
    return ListedMaterial(
        material=material, asked=requests, facts=facts, criteria=criteria
    )


class _Backing:
    """Which facts and criteria rest on which kinds of paper, looked up once."""

    def __init__(self, catalogue: Catalogue, on: date) -> None:
        self._materials = catalogue.materials
        self._by_kind: dict[str, list[tuple[str, str]]] = {}
        for key, fact in catalogue.facts.items():
            for source in fact.sources:
                where, _, kind = source.partition(":")
                if where == "paper":
                    self._by_kind.setdefault(kind, []).append(key)
        self._criteria = {
            name: (criterion.test.facts | criterion.applies.facts, criterion)
            for name, criterion in select_in_force(catalogue, on).items()
        }

    def find_backing(
        self, kind: str
    ) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
        """Find the facts that come from such a paper, and criteria that read them."""
        kinds = tuple(list_satisfying_kinds(self._materials, kind))
        facts = {key for kind in kinds for key in self._by_kind.get(kind, ())}
        return tuple(sorted(facts)), tuple(
            name
            for name, (facts_read, criterion) in self._criteria.items()
            if _bears_on(criterion, facts_read, facts, kinds)
        )


def _bears_on(
    criterion: Criterion,
    facts_read: Set[tuple[str, str]],
    facts: Set[tuple[str, str]],
    kinds: tuple[str, ...],
) -> bool:
    """Whether it reads one of the facts, and is not about other kinds of paper."""
    if ("paper", "kind") in facts_read:
        rule_text = criterion.test.text + criterion.applies.text
        return any(f"'{kind}'" in rule_text for kind in kinds)
    return not facts.isdisjoint(facts_read)


class MaterialData(TypedDict):
    """A paper that is asked for, in one language."""

    id: str
    name: str
    issuer: str
    requirement: str
    accepts: Sequence[str]
    refuses: Sequence[str]
    facts: Sequence[str]
    standing: str
    confidence: str
    citations: Sequence[CitationData]
    handed_in: bool


def make_checklist_data(
    catalogue: Catalogue, checklist: Checklist, language: Language
) -> list[MaterialData]:
    """Make the list as plain data, one object for each paper, in one language.

    Keys: `id`, `name`, `issuer`, `requirement`, `accepts`, `refuses`, `facts` (written
    `subject.fact`), `standing`, `confidence`, `citations` (`make_citation_data`). What
    several entries ask is joined; notes, such as what is disputed, come last. Then what
    is not handed in but looked at (`handed_in` false).
    """

    def say(text: Text) -> str:
        return fill(catalogue, text, on=checklist.on).say(language)

    return [
        {
            "id": paper.material.id,
            "name": paper.material.label.say(language),
            "issuer": paper.material.issuer.value,
            "requirement": _join_sentences(
                [
                    *(say(entry.requirement) for entry in paper.asked),
                    *(say(entry.note) for entry in paper.asked if entry.note),
                ],
                language,
            ),
            "accepts": [say(text) for text in paper.list_texts("accepts")],
            "refuses": [say(text) for text in paper.list_texts("refuses")],
            "facts": [f"{subject}.{fact}" for subject, fact in paper.facts],
            "standing": paper.standing.value,
            "confidence": paper.confidence.value,
            "citations": [
                make_citation_data(catalogue, citation, language)
                for citation in paper.citations
            ],
            "handed_in": paper.handed_in,
        }
        for paper in (*checklist.papers, *list_kept(catalogue, checklist))
    ]


def _join_sentences(sentences: list[str], language: Language) -> str:
    once = dict.fromkeys(sentences)
    return ("" if language is Language.ZH else " ").join(once)
