"""指南: licences, papers, procedures, questions, law; each citable by address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from threading import local
from typing import Final, TypeVar

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from changqing.catalogue import (
    ACTOR_WORDS,
    BOUND_WORDS,
    CERTAINTY_WORDS,
    CONFIDENCE_WORDS,
    LICENCE_CLASS_WORDS,
    SCOPE_WORDS,
    STAGE_WORDS,
    STAGES,
    STANDING_MEANINGS,
    STANDING_WORDS,
    Citation,
    Instrument,
    LawFact,
    Licence,
    Procedure,
    Topic,
    fill,
    law_on,
    say_article,
    say_law,
)
from changqing.guide import (
    DatedStep,
    Givens,
    Questions,
    checklist,
    dated,
    describe_licence,
)
from changqing.text import Text, both
from changqing_web.guide_words import LAW_TOPICS, READ
from changqing_web.index import catalogue
from changqing_web.walls import Route

_Thing = TypeVar("_Thing")
_LONGEST_QUESTION: Final = 200
_ASKED = local()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where something stands, as a page shows it: title, article, how it was read."""

    instrument: str
    title: Text
    article: Text | None
    read: Text
    says: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """For whom a page is read: licence, scope, province and stage, as chosen."""

    licence: str
    scope: str
    region: str
    stage: str


def questions() -> Questions:
    """The questions, ready to be asked; an index belongs to one thread."""
    if not hasattr(_ASKED, "questions"):
        _ASKED.questions = Questions(catalogue())
    found: Questions = _ASKED.questions
    return found


def sources(citations: Iterable[Citation]) -> list[Source]:
    """Citations for a page."""
    known = catalogue().instruments
    return [
        Source(
            instrument=each.instrument,
            title=known[each.instrument].title,
            article=None if each.article is None else say_article(each.article),
            read=CONFIDENCE_WORDS[each.confidence],
            says=each.says,
        )
        for each in citations
    ]


def guide(request: HttpRequest, user: User) -> HttpResponse:
    """All there is to read, and a search over it."""
    asked = " ".join(request.GET.get("q", "").split())[:_LONGEST_QUESTION]
    reply = questions().ask(asked, on=_today()) if asked else None
    return _page(
        request,
        "guide.html",
        "",
        asked=asked,
        reply=reply,
        answers=[
            (each, sources(each.citations), CERTAINTY_WORDS[each.certainty])
            for each in (() if reply is None else reply.answers)
        ],
        pages=_pages_with(asked) if asked else (),
        licences=_by_class(),
        procedures=_by_stage(),
        counts={
            "materials": len(catalogue().materials),
            "questions": len(catalogue().topics),
            "law": len(catalogue().law),
        },
    )


def _pages_with(words: str) -> list[tuple[str, str, Text]]:
    """Pages whose name has the words: route, id, name."""
    known, wanted = catalogue(), words.casefold()
    named: list[tuple[str, str, Text]] = [
        *(
            ("guide_licence", code, Text(f"{code}{x.label.zh}", f"{code} {x.label.en}"))
            for code, x in known.licences.items()
        ),
        *(("guide_material", m.id, m.label) for m in known.materials.values()),
        *(("guide_procedure", p.id, p.title) for p in known.procedures.values()),
    ]
    short = {
        code: " ".join(licence.known_as) for code, licence in known.licences.items()
    }
    return [
        (route, name, said)
        for route, name, said in named
        if wanted in f"{said.zh} {said.en} {short.get(name, '')}".casefold()
    ]


def _by_class() -> list[tuple[Text, list[Licence]]]:
    groups: dict[Text, list[Licence]] = {}
    for licence in catalogue().licences.values():
        groups.setdefault(LICENCE_CLASS_WORDS[licence.group], []).append(licence)
    return list(groups.items())


def _by_stage() -> list[tuple[Text, list[Procedure]]]:
    groups: dict[Text, list[Procedure]] = {}
    for each in catalogue().procedures.values():
        stage = STAGE_WORDS.get(each.stage, both(each.stage))
        groups.setdefault(stage, []).append(each)
    return list(groups.items())


def licence(request: HttpRequest, user: User, licence: str) -> HttpResponse:
    """One licence in plain words."""
    found = _known(catalogue().licences, licence)
    scope = _among(request.GET.get("scope"), found.scopes)
    region = _among(request.GET.get("region"), catalogue().regions)
    page = describe_licence(
        catalogue(), found.id, on=_today(), scope=scope or None, region=region or None
    )
    lists = (
        (Text("先要的批准", "Consents that come first"), page.pre_approvals),
        (Text("开通前的测试", "Tests before opening"), page.tests),
        (Text("外资", "Foreign capital"), page.foreign),
        (Text("依据的规定", "Law that governs it"), page.law),
    )
    return _page(
        request,
        "guide_licence.html",
        "licences",
        page=page,
        scope=scope,
        region=region,
        group=LICENCE_CLASS_WORDS[found.group],
        granted=[(each, SCOPE_WORDS[each.scope]) for each in page.granted],
        scopes=[(each, SCOPE_WORDS[each]) for each in found.scopes],
        regions=_regions(),
        lists=[
            (
                title,
                [(s.fact.id, s.says, sources(s.fact.citations)) for s in stated],
            )
            for title, stated in lists
        ],
        sources=sources(found.citations),
        read=CONFIDENCE_WORDS[page.confidence],
        procedures=[
            each
            for each in catalogue().procedures.values()
            if not each.place.licences or found.id in each.place.licences
        ],
    )


def materials(request: HttpRequest, user: User) -> HttpResponse:
    """The papers asked for at one stage of one application."""
    place = _place(request)
    found = checklist(
        catalogue(),
        licence=place.licence,
        scope=place.scope,
        region=place.region or None,
        stage=place.stage,
        on=_today(),
    )
    return _page(
        request,
        "guide_materials.html",
        "materials",
        place=place,
        **_choices(place),
        papers=[
            (
                each,
                _filled([a.requirement for a in each.asked]),
                STANDING_WORDS[each.standing],
            )
            for each in found.papers
        ],
        local=found.local,
        every=sorted(catalogue().materials.values(), key=lambda each: each.id),
    )


def material(request: HttpRequest, user: User, material: str) -> HttpResponse:
    """One kind of paper: who asks for it, what does and what does not."""
    found = _known(catalogue().materials, material)
    known = catalogue()
    kept = f"paper:{found.id}"
    facts = [fact for fact in known.facts.values() if kept in fact.sources]
    read = {(fact.subject, fact.id) for fact in facts}
    return _page(
        request,
        "guide_material.html",
        "materials",
        material=found,
        asked=[
            {
                "places": _said_places(each.licences, each.scopes, each.regions),
                "stages": [STAGE_WORDS[stage] for stage in each.stages],
                "requirement": _filled([each.requirement])[0],
                "accepts": _filled(each.accepts),
                "refuses": _filled(each.refuses),
                "note": None if each.note is None else _filled([each.note])[0],
                "standing": STANDING_WORDS[each.standing],
                "means": STANDING_MEANINGS[each.standing],
                "sources": sources(each.citations),
            }
            for each in found.asked
        ],
        facts=facts,
        criteria=[
            each
            for each in known.criteria.values()
            if (each.test.facts | each.applies.facts) & read
        ],
        does_for=[known.materials[name] for name in found.satisfies],
        does=[m for m in known.materials.values() if found.id in m.satisfies],
    )


def procedures(request: HttpRequest, user: User) -> HttpResponse:
    """What is done from one end to the other, by stage."""
    return _page(request, "guide_procedures.html", "procedures", groups=_by_stage())


def procedure(request: HttpRequest, user: User, procedure: str) -> HttpResponse:
    """One procedure, with its days where some are given."""
    found = _known(catalogue().procedures, procedure)
    place = _place(request, found.place.licences)
    given, wrong = _days(request, found)
    steps: Sequence[DatedStep] = dated(
        catalogue(),
        found,
        Givens(
            licence=place.licence,
            scope=place.scope,
            region=place.region,
            as_of=_today(),
            days=given,
        ),
    )
    titles = {each.id: each.title for each in found.steps}
    return _page(
        request,
        "guide_procedure.html",
        "procedures",
        procedure=found,
        about=None if found.about is None else _filled([found.about])[0],
        place=place,
        **_choices(place, found.place.licences),
        starts=[
            (name, said, request.GET.get(f"on_{name}", ""), name in wrong)
            for name, said in found.starts.items()
        ],
        wrong=wrong,
        dated_at_all=bool(given),
        steps=[
            {
                "step": each,
                "actor": ACTOR_WORDS[each.step.actor],
                "bound": None if each.bound is None else BOUND_WORDS[each.bound],
                "standing": STANDING_WORDS[each.step.standing],
                "follows": titles.get(each.follows or ""),
                "sources": sources(each.citations),
                "law": [
                    (name, say_law(catalogue(), catalogue().law[name], on=_today()))
                    for name in each.step.law
                ],
            }
            for each in steps
        ],
        sources=sources(found.citations),
    )


def _days(
    request: HttpRequest, chosen: Procedure
) -> tuple[Mapping[str, date], frozenset[str]]:
    """The days that were given, and those that are no days."""
    given: dict[str, date] = {}
    wrong: set[str] = set()
    for name in chosen.starts:
        written = request.GET.get(f"on_{name}", "").strip()
        if not written:
            continue
        try:
            day = date.fromisoformat(written)
        except ValueError:
            wrong.add(name)
            continue
        if _FIRST <= day <= _LAST:
            given[name] = day
        else:
            wrong.add(name)
    return given, frozenset(wrong)


def topics(request: HttpRequest, user: User) -> HttpResponse:
    """Every question that has an answer."""
    return _page(
        request,
        "guide_questions.html",
        "questions",
        topics=[
            (each, CERTAINTY_WORDS[each.certainty])
            for each in sorted(catalogue().topics.values(), key=lambda t: t.title.zh)
        ],
    )


def topic(request: HttpRequest, user: User, topic: str) -> HttpResponse:
    """One question and its answer."""
    found: Topic = _known(catalogue().topics, topic)
    law = [law_on(catalogue(), name, _today()) for name in found.law]
    citations = dict.fromkeys(each for fact in law for each in fact.citations)
    return _page(
        request,
        "guide_question.html",
        "questions",
        topic=found,
        answer=_filled([found.answer])[0],
        differs=None if found.differs is None else _filled([found.differs])[0],
        certainty=CERTAINTY_WORDS[found.certainty],
        law=[(fact.id, say_law(catalogue(), fact, on=_today())) for fact in law],
        sources=sources(citations),
        alike=[
            other
            for other in catalogue().topics.values()
            if other.id != found.id and set(other.law) & set(found.law)
        ][:6],
    )


def law(request: HttpRequest, user: User) -> HttpResponse:
    """Facts of law by topic, and the texts they stand in."""
    groups: dict[str, list[tuple[LawFact, Text]]] = {}
    for fact in catalogue().law.values():
        said = say_law(catalogue(), fact, on=_today())
        groups.setdefault(fact.topic, []).append((fact, said))
    instruments = sorted(catalogue().instruments.values(), key=lambda i: i.title.zh)
    return _page(
        request,
        "guide_law.html",
        "law",
        groups=[
            (LAW_TOPICS.get(name, both(name)), all_) for name, all_ in groups.items()
        ],
        instruments=[
            (each, READ.get(each.read, both(each.read))) for each in instruments
        ],
    )


def law_fact(request: HttpRequest, user: User, fact: str) -> HttpResponse:
    """One fact of law: what it says, since when, where it stands, who relies on it."""
    found = _known(catalogue().law, fact)
    known = catalogue()
    return _page(
        request,
        "guide_law_fact.html",
        "law",
        fact=found,
        says=say_law(known, found, on=_today()),
        note=None
        if found.note is None
        else fill(known, found.note, on=_today(), own=found.values),
        in_force=found.in_force is None or found.in_force.covers(_today()),
        places=_said_places(
            found.licences,
            () if found.scope is None else (found.scope,),
            () if found.region is None else (found.region,),
        ),
        sources=sources(found.citations),
        succeeds=None if found.succeeds is None else known.law[found.succeeds],
        followed=[each for each in known.law.values() if each.succeeds == found.id],
        licences=[
            each
            for each in known.licences.values()
            if found.id in {*each.law, *each.pre_approvals, *each.tests, *each.foreign}
        ],
        topics=[each for each in known.topics.values() if found.id in each.law],
        procedures=[
            each
            for each in known.procedures.values()
            if any(found.id in step.law for step in each.steps)
        ],
    )


def instrument(request: HttpRequest, user: User, instrument: str) -> HttpResponse:
    """One legal text: its number, since when, how much of it was read, what it says."""
    found: Instrument = _known(catalogue().instruments, instrument)
    return _page(
        request,
        "guide_instrument.html",
        "law",
        instrument=found,
        read=READ.get(found.read, both(found.read)),
        facts=[
            (fact, say_law(catalogue(), fact, on=_today()), sources(own))
            for fact in catalogue().law.values()
            if (own := [c for c in fact.citations if c.instrument == found.id])
        ],
    )


def _page(
    request: HttpRequest, template: str, part: str, **more: object
) -> HttpResponse:
    known = catalogue()
    return render(
        request,
        template,
        {
            "section": "guide",
            "part": part,
            "today": _today(),
            "edition": known.edition,
            "address": request.build_absolute_uri(request.path),
            **more,
        },
    )


def _today() -> date:
    return timezone.localdate()


def _known(things: Mapping[str, _Thing], name: str) -> _Thing:
    try:
        return things[name]
    except KeyError:
        raise Http404 from None


def _among(value: str | None, choices: Iterable[str], otherwise: str = "") -> str:
    return value if value is not None and value in set(choices) else otherwise


def _place(request: HttpRequest, licences: Sequence[str] = ()) -> Place:
    """What was chosen; a province named means that one alone."""
    known = catalogue()
    possible = list(licences or known.licences)
    first = "B25" if "B25" in possible else possible[0]
    licence = _among(request.GET.get("licence"), possible, first)
    region = _among(request.GET.get("region"), known.regions)
    scopes = known.licences[licence].scopes
    likely = "intra_province" if region else "cross_province"
    return Place(
        licence=licence,
        scope=_among(
            request.GET.get("scope"), scopes, likely if likely in scopes else scopes[0]
        ),
        region=region,
        stage=_among(request.GET.get("stage"), STAGES, "apply"),
    )


def _choices(place: Place, licences: Sequence[str] = ()) -> dict[str, object]:
    known = catalogue()
    return {
        "licence_choices": [
            (code, known.licences[code].label) for code in licences or known.licences
        ],
        "scopes": [
            (each, SCOPE_WORDS[each]) for each in known.licences[place.licence].scopes
        ],
        "regions": _regions(),
        "stages": [(each, STAGE_WORDS[each]) for each in STAGES],
    }


@cache
def _regions() -> tuple[tuple[str, Text], ...]:
    return tuple((each.code, each.label) for each in catalogue().regions.values())


def _filled(texts: Iterable[Text]) -> list[Text]:
    return [fill(catalogue(), text, on=_today()) for text in texts]


def _said_places(
    licences: Sequence[str], scopes: Sequence[str], regions: Sequence[str]
) -> list[Text]:
    """For whom something holds; empty where for everybody."""
    known = catalogue()
    return [
        *(both(code) for code in licences),
        *(SCOPE_WORDS[scope] for scope in scopes),
        *(known.regions[code].label for code in regions),
    ]


_FIRST: Final = date(2000, 1, 1)
_LAST: Final = date(2099, 12, 31)
ROUTES = (
    Route(path="guide/", view=guide, name="guide"),
    Route(
        path="guide/licences/<str:licence>/",
        view=licence,
        name="guide_licence",
        sample={"licence": "B25"},
    ),
    Route(path="guide/materials/", view=materials, name="guide_materials"),
    Route(
        path="guide/materials/<str:material>/",
        view=material,
        name="guide_material",
        sample={"material": "lease"},
    ),
    Route(path="guide/procedures/", view=procedures, name="guide_procedures"),
    Route(
        path="guide/procedures/<str:procedure>/",
        view=procedure,
        name="guide_procedure",
        sample={"procedure": "amend_operator_or_scope"},
    ),
    Route(path="guide/questions/", view=topics, name="guide_questions"),
    Route(
        path="guide/questions/<str:topic>/",
        view=topic,
        name="guide_question",
        sample={"topic": "no_such_question"},
    ),
    Route(path="guide/law/", view=law, name="guide_law"),
    Route(
        path="guide/law/<str:fact>/",
        view=law_fact,
        name="guide_law_fact",
        sample={"fact": "no_such_fact"},
    ),
    Route(
        path="guide/texts/<str:instrument>/",
        view=instrument,
        name="guide_instrument",
        sample={"instrument": "no_such_text"},
    ),
)
