"""法规: facts of law by topic and by text, and the criteria that rest on them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse

from changqing.judge.phrase import PhraseReading, phrase_rule
from changqing.law.kinds.criterion import Criterion
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.law import LawFact
from changqing.law.kinds.material import Material
from changqing.law.law import fill, say_law
from changqing.law.said import say_article, say_freshness
from changqing.report.words import DIMENSIONS
from changqing.text import Text, both
from changqing_web.guide.parts import (
    SourceInWords,
    find_anchor,
    find_or_404,
    get_today,
    list_places,
    make_sources,
    render_guide_page,
)
from changqing_web.guide.words import LAW_TOPICS, READ
from changqing_web.index import catalogue
from changqing_web.walls import PageRoute

_FROM_PAPER: Final = "paper:"


@dataclass(frozen=True, slots=True, kw_only=True)
class LawInWords:
    """A fact of law in words, with where it stands."""

    id: str
    says: Text
    sources: list[SourceInWords]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What is on record of one article of a text, and who rests on it."""

    anchor: str
    title: Text | None  # None for what names no article
    facts: list[LawInWords]
    criteria: list[Criterion]


def show_law(request: HttpRequest, user: User) -> HttpResponse:
    """Show the topics and the texts, each with how many facts stand under it."""
    facts = catalogue().law.values()
    of_topic = Counter(fact.topic for fact in facts)
    of_text = Counter(
        name for fact in facts for name in {c.instrument for c in fact.citations}
    )
    texts = sorted(catalogue().instruments.values(), key=lambda text: -of_text[text.id])
    return render_guide_page(
        request,
        "guide/law.html",
        "law",
        total=len(catalogue().law),
        topics=[(name, _name_topic(name), count) for name, count in of_topic.items()],
        texts=[
            (text, READ.get(text.read, both(text.read)), of_text[text.id])
            for text in texts
        ],
    )


def show_law_topic(request: HttpRequest, user: User, topic: str) -> HttpResponse:
    """Show the facts of law on one topic."""
    facts = [fact for fact in catalogue().law.values() if fact.topic == topic]
    if not facts:
        raise Http404
    names = list(dict.fromkeys(fact.topic for fact in catalogue().law.values()))
    return render_guide_page(
        request,
        "guide/law_topic.html",
        "law",
        title=_name_topic(topic),
        facts=[_state_fact(fact, fact.citations) for fact in facts],
        topic=topic,
        topics=[(name, _name_topic(name)) for name in names],
    )


def show_law_fact(request: HttpRequest, user: User, fact: str) -> HttpResponse:
    """Show a fact of law: what it says, since when, where it stands, who uses it."""
    law_fact = find_or_404(catalogue().law, fact)
    all_of = catalogue()
    stands_in = {(c.instrument, c.article) for c in law_fact.citations if c.article}
    return render_guide_page(
        request,
        "guide/law_fact.html",
        "law",
        fact=law_fact,
        topic_title=_name_topic(law_fact.topic),
        says=say_law(all_of, law_fact, on=get_today()),
        note=None
        if law_fact.note is None
        else fill(all_of, law_fact.note, on=get_today(), own=law_fact.values),
        in_force=law_fact.in_force is None or law_fact.in_force.covers(get_today()),
        places=list_places(
            law_fact.licences,
            () if law_fact.scope is None else (law_fact.scope,),
            () if law_fact.region is None else (law_fact.region,),
        ),
        sources=make_sources(law_fact.citations),
        succeeds=None if law_fact.succeeds is None else all_of.law[law_fact.succeeds],
        followed=[
            successor
            for successor in all_of.law.values()
            if successor.succeeds == law_fact.id
        ],
        licences=[
            licence
            for licence in all_of.licences.values()
            if law_fact.id
            in {*licence.law, *licence.pre_approvals, *licence.tests, *licence.foreign}
        ],
        topics=[topic for topic in all_of.topics.values() if law_fact.id in topic.law],
        procedures=[
            procedure
            for procedure in all_of.procedures.values()
            if any(law_fact.id in step.law for step in procedure.steps)
        ],
        criteria=[
            neighbour
            for neighbour in all_of.criteria.values()
            if any((c.instrument, c.article) in stands_in for c in neighbour.citations)
        ],
    )


def show_instrument(request: HttpRequest, user: User, instrument: str) -> HttpResponse:
    """Show a legal text: number, since when, how much of it was read, what it says."""
    legal_text = find_or_404(catalogue().instruments, instrument)
    return render_guide_page(
        request,
        "guide/instrument.html",
        "law",
        instrument=legal_text,
        read=READ.get(legal_text.read, both(legal_text.read)),
        articles=_list_articles(legal_text.id),
    )


def show_criterion(request: HttpRequest, user: User, criterion: str) -> HttpResponse:
    """Show a criterion: what it asks, where that stands, its proof, how to mend."""
    criterion_shown = find_or_404(catalogue().criteria, criterion)
    all_of = catalogue()
    facts = [
        all_of.facts[name]
        for name in sorted(criterion_shown.test.facts)
        if name in all_of.facts
    ]
    reading = PhraseReading(catalogue=all_of, parameters={}, givens={})
    return render_guide_page(
        request,
        "guide/criterion.html",
        "law",
        criterion=criterion_shown,
        applies=phrase_rule(criterion_shown.applies.root, reading),
        asked=phrase_rule(criterion_shown.test.root, reading),
        dimension=DIMENSIONS[criterion_shown.dimension.value],
        standing=criterion_shown.standing.text,
        means=criterion_shown.standing.meaning,
        facts=[
            (
                fact,
                fact.proof.text,
                _list_papers(fact),
                say_freshness(fact, all_of.materials),
            )
            for fact in facts
        ],
        remedy=criterion_shown.remedy.text,
        doubt=criterion_shown.doubt,
        defects=[
            all_of.defects[code].label
            for code in criterion_shown.defects
            if code in all_of.defects
        ],
        sources=make_sources(criterion_shown.citations),
        beside=[
            neighbour
            for neighbour in all_of.criteria.values()
            if neighbour.id != criterion_shown.id
            and neighbour.test.facts & criterion_shown.test.facts
        ][:6],
    )


def _name_topic(name: str) -> Text:
    return LAW_TOPICS.get(name, both(name))


def _state_fact(fact: LawFact, citations: Iterable[object]) -> LawInWords:
    return LawInWords(
        id=fact.id,
        says=say_law(catalogue(), fact, on=get_today()),
        sources=make_sources(citations),  # type: ignore[arg-type]
    )


def _list_articles(instrument: str) -> list[Article]:
    """What is on record of a text, in the order of its articles."""
    facts: dict[str, list[LawInWords]] = {}
    criteria: dict[str, list[Criterion]] = {}
    for fact in catalogue().law.values():
        own = [c for c in fact.citations if c.instrument == instrument]
        for place in dict.fromkeys(_parse_article(c.article) for c in own):
            cited = [c for c in own if _parse_article(c.article) == place]
            facts.setdefault(place, []).append(_state_fact(fact, cited))
    for criterion in catalogue().criteria.values():
        places = {
            _parse_article(c.article)
            for c in criterion.citations
            if c.instrument == instrument
        }
        for place in places:
            criteria.setdefault(place, []).append(criterion)
    return [
        Article(
            anchor=find_anchor(place or None),
            title=say_article(place) if place else None,
            facts=facts.get(place, []),
            criteria=criteria.get(place, []),
        )
        for place in sorted({*facts, *criteria}, key=_make_sort_key)
    ]


def _parse_article(reference: str | None) -> str:
    """The article of a reference: 6(4) is of 6; empty where none is named."""
    return "" if reference is None else reference.partition("(")[0]


def _make_sort_key(article: str) -> tuple[bool, int, str]:
    """By number; what names no article comes last."""
    number = re.match(r"\d+", article)
    return (not article, int(number[0]) if number else 0, article)


def _list_papers(fact: Fact) -> list[Material]:
    """The papers that can back a fact."""
    materials = catalogue().materials
    names = (s.removeprefix(_FROM_PAPER) for s in fact.sources if _FROM_PAPER in s)
    return [materials[name] for name in names if name in materials]


ROUTES = (
    PageRoute(path="guide/law/", view=show_law, name="guide_law", for_reviewers=True),
    PageRoute(
        path="guide/law/<str:fact>/",
        view=show_law_fact,
        name="guide_law_fact",
        for_reviewers=True,
        sample={"fact": "no_such_fact"},
    ),
    PageRoute(
        path="guide/topics/<str:topic>/",
        view=show_law_topic,
        name="guide_law_topic",
        for_reviewers=True,
        sample={"topic": "capital"},
    ),
    PageRoute(
        path="guide/texts/<str:instrument>/",
        view=show_instrument,
        name="guide_instrument",
        for_reviewers=True,
        sample={"instrument": "permit_measures"},
    ),
    PageRoute(
        path="guide/criteria/<str:criterion>/",
        view=show_criterion,
        name="guide_criterion",
        for_reviewers=True,
        sample={"criterion": "registered_capital_minimum"},
    ),
)
