"""指南: a search, licences, papers, procedures, questions; each citable by address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from threading import local
from typing import Final

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from changqing.guide.answerable import AnswerKind
from changqing.guide.ask import Questions, Tier
from changqing.guide.licence import describe_licence
from changqing.guide.materials import group_papers, make_checklist
from changqing.guide.procedure import DatedStep, Givens, date_steps
from changqing.guide.terms import load_terms
from changqing.law.kinds.licence import Licence
from changqing.law.kinds.procedure import Procedure
from changqing.law.kinds.topic import Topic
from changqing.law.law import find_law_on, say_law
from changqing.law.lookup import STAGES
from changqing.law.said import say_days
from changqing.law.words import SCOPE_WORDS, STAGE_WORDS
from changqing.text import Text, both
from changqing_web.guide.parts import (
    fill_text,
    fill_texts,
    find_or_404,
    get_today,
    list_places,
    make_sources,
    render_guide_page,
)
from changqing_web.guide.search import search_guide
from changqing_web.index import catalogue
from changqing_web.walls import PageRoute

_LONGEST_QUESTION: Final = 200
_ASKED = local()
_PAGES: Final[Mapping[AnswerKind, str]] = {
    AnswerKind.TOPIC: "guide_question",
    AnswerKind.LAW: "guide_law_fact",
    AnswerKind.LICENCE: "guide_licence",
    AnswerKind.MATERIAL: "guide_material",
    AnswerKind.PROCEDURE: "guide_procedure",
    AnswerKind.CRITERION: "guide_criterion",
}
"""Where each kind of answer has a page of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidePlace:
    """For whom a page is read: licence, scope, province and stage, as chosen."""

    licence: str
    scope: str
    region: str
    stage: str


def load_questions() -> Questions:
    """Load the questions, ready to be asked; an index belongs to one thread."""
    if not hasattr(_ASKED, "questions"):
        _ASKED.questions = Questions(catalogue())
    found: Questions = _ASKED.questions
    return found


def show_guide(request: HttpRequest, user: User) -> HttpResponse:
    """Show all there is to read, and a search over it."""
    asked = " ".join(request.GET.get("q", "").split())[:_LONGEST_QUESTION]
    reply = load_questions().ask(asked, on=get_today()) if asked else None
    found = search_guide(asked) if asked else None
    answers = () if reply is None else reply.answers
    answered = {(_PAGES.get(answer.kind), answer.id) for answer in answers}
    hits = [
        hit
        for hit in (() if found is None else found.hits)
        if (hit.route, hit.id) not in answered
    ]
    return render_guide_page(
        request,
        "guide/guide.html",
        "",
        asked=asked,
        answers=[
            (
                answer,
                _PAGES.get(answer.kind),
                make_sources(answer.citations),
                answer.certainty.text,
                answer.tier is not Tier.SURE,
            )
            for answer in answers
        ],
        whom=None if reply is None else reply.ask,
        found=found,
        hits=hits,
        nearest=[
            near
            for near, _ in (() if reply is None else reply.nearest)
            if all(near.id != hit.id for hit in hits)
        ],
        licences=_group_licences(),
        procedures=_group_procedures(),
        counts={
            "materials": len(catalogue().materials),
            "questions": len(catalogue().topics),
            "law": len(catalogue().law),
        },
    )


def _group_licences() -> list[tuple[Text, list[Licence]]]:
    groups: dict[Text, list[Licence]] = {}
    for licence in catalogue().licences.values():
        groups.setdefault(licence.group.text, []).append(licence)
    return list(groups.items())


def _group_procedures() -> list[tuple[Text, list[Procedure]]]:
    groups: dict[Text, list[Procedure]] = {}
    for procedure in catalogue().procedures.values():
        stage = STAGE_WORDS.get(procedure.stage, both(procedure.stage))
        groups.setdefault(stage, []).append(procedure)
    return list(groups.items())


def show_licence(request: HttpRequest, user: User, licence: str) -> HttpResponse:
    """Describe one licence in plain words."""
    found = find_or_404(catalogue().licences, licence)
    scope = _choose_among(request.GET.get("scope"), found.scopes)
    region = _choose_among(request.GET.get("region"), catalogue().regions)
    described = describe_licence(
        catalogue(),
        found.id,
        on=get_today(),
        scope=scope or None,
        region=region or None,
    )
    lists = (
        (Text("先要的批准", "Consents that come first"), described.pre_approvals),
        (Text("开通前的测试", "Tests before opening"), described.tests),
        (Text("外资", "Foreign capital"), described.foreign),
        (Text("依据的规定", "Law that governs it"), described.law),
    )
    return render_guide_page(
        request,
        "guide/licence.html",
        "licences",
        page=described,
        scope=scope,
        region=region,
        group=found.group.text,
        granted=[
            (granted, SCOPE_WORDS[granted.scope]) for granted in described.granted
        ],
        scopes=[(scope, SCOPE_WORDS[scope]) for scope in found.scopes],
        regions=_list_regions(),
        lists=[
            (
                title,
                [(s.fact.id, s.says, make_sources(s.fact.citations)) for s in stated],
            )
            for title, stated in lists
        ],
        sources=make_sources(found.citations),
        read=described.confidence.text,
        procedures=[
            procedure
            for procedure in catalogue().procedures.values()
            if not procedure.licences or found.id in procedure.licences
        ],
    )


def show_materials(request: HttpRequest, user: User) -> HttpResponse:
    """List the papers asked for at one stage of one application."""
    place = _read_place(request)
    found = make_checklist(
        catalogue(),
        licence=place.licence,
        scope=place.scope,
        region=place.region or None,
        stage=place.stage,
        on=get_today(),
    )
    return render_guide_page(
        request,
        "guide/materials.html",
        "materials",
        place=place,
        **_list_choices(place),
        groups=[
            (
                group,
                [
                    (
                        paper,
                        fill_texts([a.requirement for a in paper.asked]),
                        paper.standing.text,
                    )
                    for paper in papers
                ],
            )
            for group, papers in group_papers(catalogue(), found)
        ],
        count=len(found.papers),
        local=found.local,
        region=catalogue().regions.get(place.region or ""),
        every=sorted(catalogue().materials.values(), key=lambda each: each.id),
    )


def show_material(request: HttpRequest, user: User, material: str) -> HttpResponse:
    """Describe one kind of paper: who asks for it, what does and what does not."""
    found = find_or_404(catalogue().materials, material)
    all_of = catalogue()
    kept = f"paper:{found.id}"
    facts = [fact for fact in all_of.facts.values() if kept in fact.sources]
    read = {(fact.subject, fact.id) for fact in facts}
    return render_guide_page(
        request,
        "guide/material.html",
        "materials",
        material=found,
        counts=None
        if found.validity_days is None
        else say_days(found.validity_days, found.freshness),
        asked=[
            {
                "places": list_places(
                    material_request.licences,
                    material_request.scopes,
                    material_request.regions,
                ),
                "stages": [STAGE_WORDS[stage] for stage in material_request.stages],
                "requirement": fill_texts([material_request.requirement])[0],
                "accepts": fill_texts(material_request.accepts),
                "refuses": fill_texts(material_request.refuses),
                "note": fill_text(material_request.note),
                "standing": material_request.standing.text,
                "means": material_request.standing.meaning,
                "sources": make_sources(material_request.citations),
            }
            for material_request in found.asked
        ],
        facts=facts,
        criteria=[
            criterion
            for criterion in all_of.criteria.values()
            if (criterion.test.facts | criterion.applies.facts) & read
        ],
        comes_of=[all_of.facts["applicant", name].label for name in found.exists_once],
        does_for=[all_of.materials[name] for name in found.satisfies],
        does=[m for m in all_of.materials.values() if found.id in m.satisfies],
    )


def show_procedures(request: HttpRequest, user: User) -> HttpResponse:
    """List what is done from one end to the other, by stage."""
    return render_guide_page(
        request, "guide/procedures.html", "procedures", groups=_group_procedures()
    )


def show_procedure(request: HttpRequest, user: User, procedure: str) -> HttpResponse:
    """Show one procedure, with its days where some are given."""
    found = find_or_404(catalogue().procedures, procedure)
    place = _read_place(request, found.licences)
    given, wrong = _read_days(request, found)
    steps: Sequence[DatedStep] = date_steps(
        catalogue(),
        found,
        Givens(
            licence=place.licence,
            scope=place.scope,
            region=place.region,
            as_of=get_today(),
            days=given,
        ),
    )
    titles = {step.id: step.title for step in found.steps}
    return render_guide_page(
        request,
        "guide/procedure.html",
        "procedures",
        procedure=found,
        about=fill_text(found.about),
        place=place,
        **_list_choices(place, found.licences),
        starts=[
            (name, said, request.GET.get(f"on_{name}", ""), name in wrong)
            for name, said in found.starts.items()
        ],
        wrong=wrong,
        dated_at_all=bool(given),
        steps=[
            {
                "step": step,
                "actor": step.step.actor.text,
                "bound": None if step.bound is None else step.bound.text,
                "standing": step.step.standing.text,
                "follows": titles.get(step.follows or ""),
                "sources": make_sources(step.citations),
                "law": [
                    (name, say_law(catalogue(), catalogue().law[name], on=get_today()))
                    for name in step.step.law
                ],
            }
            for step in steps
        ],
        sources=make_sources(found.citations),
    )


def _read_days(
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


def show_terms(request: HttpRequest, user: User) -> HttpResponse:
    """Show every word of the pages, with what it means."""
    return render_guide_page(
        request, "guide/terms.html", "terms", terms=[*load_terms().values()]
    )


def show_questions(request: HttpRequest, user: User) -> HttpResponse:
    """List every question that has an answer."""
    return render_guide_page(
        request,
        "guide/questions.html",
        "questions",
        topics=[
            (topic, topic.certainty.text)
            for topic in sorted(catalogue().topics.values(), key=lambda t: t.title.zh)
        ],
    )


def show_question(request: HttpRequest, user: User, topic: str) -> HttpResponse:
    """Show one question and its answer."""
    found: Topic = find_or_404(catalogue().topics, topic)
    law = [find_law_on(catalogue(), name, get_today()) for name in found.law]
    citations = dict.fromkeys(citation for fact in law for citation in fact.citations)
    return render_guide_page(
        request,
        "guide/question.html",
        "questions",
        topic=found,
        answer=fill_texts([found.answer])[0],
        differs=fill_text(found.differs),
        certainty=found.certainty.text,
        law=[(fact.id, say_law(catalogue(), fact, on=get_today())) for fact in law],
        sources=make_sources(citations),
        alike=[
            related
            for related in catalogue().topics.values()
            if related.id != found.id and set(related.law) & set(found.law)
        ][:6],
    )


def _choose_among(
    value: str | None, choices: Iterable[str], otherwise: str = ""
) -> str:
    return value if value is not None and value in set(choices) else otherwise


def _read_place(request: HttpRequest, licences: Sequence[str] = ()) -> GuidePlace:
    """What was chosen; a province named means that one alone."""
    all_of = catalogue()
    possible = list(licences or all_of.licences)
    first = "B25" if "B25" in possible else possible[0]
    licence = _choose_among(request.GET.get("licence"), possible, first)
    region = _choose_among(request.GET.get("region"), all_of.regions)
    scopes = all_of.licences[licence].scopes
    likely = "intra_province" if region else "cross_province"
    return GuidePlace(
        licence=licence,
        scope=_choose_among(
            request.GET.get("scope"), scopes, likely if likely in scopes else scopes[0]
        ),
        region=region,
        stage=_choose_among(request.GET.get("stage"), STAGES, "apply"),
    )


def _list_choices(place: GuidePlace, licences: Sequence[str] = ()) -> dict[str, object]:
    all_of = catalogue().licences
    return {
        "licence_choices": [(code, all_of[code].label) for code in licences or all_of],
        "scopes": [
            (scope, SCOPE_WORDS[scope]) for scope in all_of[place.licence].scopes
        ],
        "regions": _list_regions(),
        "stages": [(stage, STAGE_WORDS[stage]) for stage in STAGES],
    }


@cache
def _list_regions() -> tuple[tuple[str, Text], ...]:
    return tuple((region.code, region.label) for region in catalogue().regions.values())


_FIRST: Final = date(2000, 1, 1)
_LAST: Final = date(2099, 12, 31)
ROUTES = (
    PageRoute(path="guide/", view=show_guide, name="guide", for_reviewers=True),
    PageRoute(
        path="guide/terms/", view=show_terms, name="guide_terms", for_reviewers=True
    ),
    PageRoute(
        path="guide/licences/<str:licence>/",
        view=show_licence,
        name="guide_licence",
        for_reviewers=True,
        sample={"licence": "B25"},
    ),
    PageRoute(
        path="guide/materials/",
        view=show_materials,
        name="guide_materials",
        for_reviewers=True,
    ),
    PageRoute(
        path="guide/materials/<str:material>/",
        view=show_material,
        name="guide_material",
        for_reviewers=True,
        sample={"material": "lease"},
    ),
    PageRoute(
        path="guide/procedures/",
        view=show_procedures,
        name="guide_procedures",
        for_reviewers=True,
    ),
    PageRoute(
        path="guide/procedures/<str:procedure>/",
        view=show_procedure,
        name="guide_procedure",
        for_reviewers=True,
        sample={"procedure": "amend_operator_or_scope"},
    ),
    PageRoute(
        path="guide/questions/",
        view=show_questions,
        name="guide_questions",
        for_reviewers=True,
    ),
    PageRoute(
        path="guide/questions/<str:topic>/",
        view=show_question,
        name="guide_question",
        for_reviewers=True,
        sample={"topic": "no_such_question"},
    ),
)
