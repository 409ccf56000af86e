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
    questions: Questions = _ASKED.questions
    return questions


def show_guide(request: HttpRequest, user: User) -> HttpResponse:
    """Show all there is to read, and a search over it."""
    question = " ".join(request.GET.get("q", "").split())[:_LONGEST_QUESTION]
    reply = load_questions().ask(question, on=get_today()) if question else None
    guide_hits = search_guide(question) if question else None
    answers = () if reply is None else reply.answers
    answered = {(_PAGES.get(answer.kind), answer.id) for answer in answers}
    hits = [
        entry
        for entry in (() if guide_hits is None else guide_hits.hits)
        if (entry.route, entry.id) not in answered
    ]
    return render_guide_page(
        request,
        "guide/guide.html",
        "",
        asked=question,
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
        reply=reply,
        found=guide_hits,
        hits=hits,
        nearest=[
            near
            for near, _ in (() if reply is None else reply.nearest)
            if all(near.id != entry.id for entry in hits)
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
    licence_shown = find_or_404(catalogue().licences, licence)
    scope = _choose_among(request.GET.get("scope"), licence_shown.scopes)
    region = _choose_among(request.GET.get("region"), catalogue().regions)
    described = describe_licence(
        catalogue(),
        licence_shown.id,
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
        group=licence_shown.group.text,
        granted=[
            (granted, SCOPE_WORDS[granted.scope]) for granted in described.granted
        ],
        scopes=[(scope, SCOPE_WORDS[scope]) for scope in licence_shown.scopes],
        regions=_list_regions(),
        lists=[
            (
                title,
                [(s.fact.id, s.says, make_sources(s.fact.citations)) for s in facts],
            )
            for title, facts in lists
        ],
        sources=make_sources(licence_shown.citations),
        read=described.confidence.text,
        procedures=[
            procedure
            for procedure in catalogue().procedures.values()
            if not procedure.licences or licence_shown.id in procedure.licences
        ],
    )


def show_materials(request: HttpRequest, user: User) -> HttpResponse:
    """List the papers asked for at one stage of one application."""
    place = _read_place(request)
    checklist = make_checklist(
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
            for group, papers in group_papers(catalogue(), checklist)
        ],
        count=len(checklist.papers),
        local=checklist.local,
        region=catalogue().regions.get(place.region or ""),
        every=sorted(catalogue().materials.values(), key=lambda entry: entry.id),
    )


def show_material(request: HttpRequest, user: User, material: str) -> HttpResponse:
    """Describe one kind of paper: who asks for it, what does and what does not."""
    material_shown = find_or_404(catalogue().materials, material)
    all_of = catalogue()
    source = f"paper:{material_shown.id}"
    facts = [fact for fact in all_of.facts.values() if source in fact.sources]
    facts_read = {(fact.subject, fact.id) for fact in facts}
    return render_guide_page(
        request,
        "guide/material.html",
        "materials",
        material=material_shown,
        counts=None
        if material_shown.validity_days is None
        else say_days(material_shown.validity_days, material_shown.freshness),
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
            for material_request in material_shown.asked
        ],
        facts=facts,
        criteria=[
            criterion
            for criterion in all_of.criteria.values()
            if (criterion.test.facts | criterion.applies.facts) & facts_read
        ],
        comes_of=[
            all_of.facts["applicant", name].label for name in material_shown.exists_once
        ],
        does_for=[all_of.materials[name] for name in material_shown.satisfies],
        does=[m for m in all_of.materials.values() if material_shown.id in m.satisfies],
    )


def show_procedures(request: HttpRequest, user: User) -> HttpResponse:
    """List what is done from one end to the other, by stage."""
    return render_guide_page(
        request, "guide/procedures.html", "procedures", groups=_group_procedures()
    )


def show_procedure(request: HttpRequest, user: User, procedure: str) -> HttpResponse:
    """Show one procedure, with its days where some are given."""
    procedure_shown = find_or_404(catalogue().procedures, procedure)
    place = _read_place(request, procedure_shown.licences)
    days_given, wrong = _read_days(request, procedure_shown)
    steps: Sequence[DatedStep] = date_steps(
        catalogue(),
        procedure_shown,
        Givens(
            licence=place.licence,
            scope=place.scope,
            region=place.region,
            as_of=get_today(),
            days=days_given,
        ),
    )
    titles = {step.id: step.title for step in procedure_shown.steps}
    return render_guide_page(
        request,
        "guide/procedure.html",
        "procedures",
        procedure=procedure_shown,
        about=fill_text(procedure_shown.about),
        place=place,
        **_list_choices(place, procedure_shown.licences),
        starts=[
            (name, label, request.GET.get(f"on_{name}", ""), name in wrong)
            for name, label in procedure_shown.starts.items()
        ],
        wrong=wrong,
        dated_at_all=bool(days_given),
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
        sources=make_sources(procedure_shown.citations),
    )


def _read_days(
    request: HttpRequest, procedure: Procedure
) -> tuple[Mapping[str, date], frozenset[str]]:
    """The days that were given, and those that are no days."""
    days: dict[str, date] = {}
    wrong: set[str] = set()
    for name in procedure.starts:
        typed = request.GET.get(f"on_{name}", "").strip()
        if not typed:
            continue
        try:
            day = date.fromisoformat(typed)
        except ValueError:
            wrong.add(name)
            continue
        if _FIRST <= day <= _LAST:
            days[name] = day
        else:
            wrong.add(name)
    return days, frozenset(wrong)


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
    topic_shown: Topic = find_or_404(catalogue().topics, topic)
    law = [find_law_on(catalogue(), name, get_today()) for name in topic_shown.law]
    citations = dict.fromkeys(citation for fact in law for citation in fact.citations)
    return render_guide_page(
        request,
        "guide/question.html",
        "questions",
        topic=topic_shown,
        answer=fill_texts([topic_shown.answer])[0],
        differs=fill_text(topic_shown.differs),
        certainty=topic_shown.certainty.text,
        law=[(fact.id, say_law(catalogue(), fact, on=get_today())) for fact in law],
        sources=make_sources(citations),
        alike=[
            related
            for related in catalogue().topics.values()
            if related.id != topic_shown.id and set(related.law) & set(topic_shown.law)
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
