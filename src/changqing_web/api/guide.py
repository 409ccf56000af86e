"""What is asked beside a case: which licence, which papers, which days, a question."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, TypeVar

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from changqing.case.values import NotAValueError, parse_value
from changqing.errors import CaseError, Issue
from changqing.guide.classify import Classifier, Ruled
from changqing.guide.licence import describe_licence, make_licence_data
from changqing.guide.materials import make_checklist, make_checklist_data
from changqing.guide.procedure import Givens, date_steps
from changqing.guide.procedure_data import make_procedure_data
from changqing.guide.reply_data import reply_data
from changqing.law.cited import make_citation_data
from changqing.law.kinds.classification import Need
from changqing.law.law import say_law
from changqing.law.lookup import SCOPES, STAGES
from changqing.rules.types import Value
from changqing.text import Text
from changqing_web.api.door import REFUSED, Json, enter_workspace
from changqing_web.guide.views import load_questions
from changqing_web.index import catalogue
from changqing_web.language import page_language

router = Router(tags=["guide"])
_Thing = TypeVar("_Thing")
_FIRST, _LAST = date(2000, 1, 1), date(2099, 12, 31)
_NEEDS: Final = {
    "needed": Need.NEEDED,
    "not_needed": Need.NOT_NEEDED,
    "doubtful": Need.DOUBTFUL,
    "remarks": Need.REMARKED,
}


class QuestionInput(Schema):
    """A question in one's own words."""

    question: Annotated[str, Field(min_length=1, max_length=200)]


class AnswersInput(Schema):
    """What is known of the business, by question; left out or null is unknown."""

    answers: dict[str, bool | list[str] | str | None] = {}


class PlaceInput(Schema):
    """For whom; no region is the national rules alone."""

    licence: str = "B25"
    scope: str = "cross_province"
    region: str = ""
    stage: str = "apply"


class Reckon(PlaceInput):
    """For whom, and the days that are known, by the ids of starts and steps."""

    days: dict[str, date] = {}


@router.post("/ask", response={200: Json, **REFUSED}, operation_id="ask")
def answer_question(request: HttpRequest, given: QuestionInput) -> Json:
    """Answer a question with its sources, or say plainly that there is none."""
    enter_workspace(request)
    language = page_language()
    reply = load_questions().ask(given.question, on=timezone.localdate())
    return {**reply_data(catalogue(), reply, language)}


@router.post("/classify", response={200: Json, **REFUSED}, operation_id="classify")
def classify_service(request: HttpRequest, given: AnswersInput) -> Json:
    """Tell which licence is needed, which not, what is open, and what to ask next."""
    enter_workspace(request)
    language = page_language()
    classifier = Classifier(catalogue(), on=timezone.localdate())
    answers = _parse_answers(classifier, given)
    ruled = classifier.classify(answers)
    following = classifier.find_next_question(answers)
    return {
        **{
            name: [_describe_ruling(ruling) for ruling in ruled.list_ruled(need)]
            for name, need in _NEEDS.items()
        },
        "next_question": None
        if following is None
        else {
            "name": following.fact.id,
            "question": (following.fact.question or following.fact.label).say(language),
            "options": {
                option: following.fact.value_labels[option].say(language)
                for option in following.options
            },
        },
    }


def _parse_answers(
    classifier: Classifier, answers_input: AnswersInput
) -> dict[str, Value | None]:
    answers: dict[str, Value | None] = {}
    issues: list[Issue] = []
    for name, answer in answers_input.answers.items():
        fact = classifier.questions.get(name)
        if fact is None:
            names = ", ".join(classifier.questions)
            issues.append(
                Issue(
                    text=Text(f"没有{name}这个问题", f"there is no question {name}"),
                    hint=Text(f"可以写：{names}", f"one of {names}"),
                )
            )
            continue
        try:
            answers[name] = None if answer is None else parse_value(fact, answer).value
        except NotAValueError as wrong:
            text = Text(f"{name}：{wrong.text.zh}", f"{name}: {wrong.text.en}")
            issues.append(Issue(text=text, hint=wrong.hint))
    if issues:
        raise CaseError(*issues)
    return answers


def _describe_ruling(ruling: Ruled) -> Json:
    language = page_language()
    rule = ruling.rule
    return {
        "licence": rule.licence,
        "rule": rule.id,
        "title": rule.title.say(language),
        "outcome": rule.outcome.value,
        "reason": ruling.reason.say(language),
        "open": list(ruling.open),
        "dispute": None if rule.dispute is None else rule.dispute.say(language),
        "confidence": rule.confidence.value,
        "citations": [
            make_citation_data(catalogue(), c, language) for c in rule.citations
        ],
    }


@router.get(
    "/licences", response={200: list[Json], **REFUSED}, operation_id="listLicences"
)
def list_licences(request: HttpRequest) -> list[Any]:
    """List every licence by its code."""
    enter_workspace(request)
    return [
        {
            "licence": licence.id,
            "label": licence.label.say(page_language()),
            "known_as": list(licence.known_as),
            "scopes": list(licence.scopes),
        }
        for licence in catalogue().licences.values()
    ]


@router.get(
    "/licences/{licence}", response={200: Json, **REFUSED}, operation_id="getLicence"
)
def get_licence(
    request: HttpRequest, licence: str, scope: str = "", region: str = ""
) -> Any:
    """Describe one licence in plain words, for a scope and a region."""
    enter_workspace(request)
    licence_found = _find_or_404(catalogue().licences, licence)
    if scope:
        _find_or_404(dict.fromkeys(licence_found.scopes), scope)
    if region:
        _find_or_404(catalogue().regions, region)
    page = describe_licence(
        catalogue(),
        licence,
        on=timezone.localdate(),
        scope=scope or None,
        region=region or None,
    )
    return make_licence_data(catalogue(), page, page_language())


@router.get(
    "/materials", response={200: list[Json], **REFUSED}, operation_id="listMaterials"
)
def list_materials(request: HttpRequest, place: Query[PlaceInput]) -> Any:
    """List the papers asked for at one stage of one application."""
    enter_workspace(request)
    _check_place(place)
    checklist = make_checklist(
        catalogue(),
        licence=place.licence,
        scope=place.scope,
        region=place.region or None,
        stage=place.stage,
        on=timezone.localdate(),
    )
    return make_checklist_data(catalogue(), checklist, page_language())


@router.get(
    "/procedures", response={200: list[Json], **REFUSED}, operation_id="listProcedures"
)
def list_procedures(request: HttpRequest) -> list[Any]:
    """List every procedure, and the days it counts from."""
    enter_workspace(request)
    return [
        {
            "id": procedure.id,
            "stage": procedure.stage,
            "title": procedure.title.say(page_language()),
            "licences": list(procedure.licences),
            "starts": {
                name: label.say(page_language())
                for name, label in procedure.starts.items()
            },
        }
        for procedure in catalogue().procedures.values()
    ]


@router.post(
    "/procedures/{procedure}",
    response={200: Json, **REFUSED},
    operation_id="reckonProcedure",
)
def reckon_procedure(request: HttpRequest, procedure: str, given: Reckon) -> Any:
    """Count the steps of a procedure from the days given, each with its day."""
    enter_workspace(request)
    procedure_found = _find_or_404(catalogue().procedures, procedure)
    _check_place(given)
    day_names = {*procedure_found.starts, *(step.id for step in procedure_found.steps)}
    for name, day in given.days.items():
        if name not in day_names or not _FIRST <= day <= _LAST:
            raise CaseError(
                Issue(
                    text=Text(
                        f"{name}这个日子不能用", f"the day {name} cannot be used"
                    ),
                    hint=Text(
                        f"可以写：{'、'.join(sorted(day_names))}，2000年到2099年",
                        f"one of {', '.join(sorted(day_names))}, from 2000 to 2099",
                    ),
                )
            )
    givens = Givens(
        licence=given.licence,
        scope=given.scope,
        region=given.region,
        as_of=timezone.localdate(),
        days=given.days,
    )
    steps = date_steps(catalogue(), procedure_found, givens)
    return make_procedure_data(
        catalogue(), procedure_found, steps, givens, page_language()
    )


@router.get("/law/{fact}", response={200: Json, **REFUSED}, operation_id="getLaw")
def get_law(request: HttpRequest, fact: str) -> Json:
    """Give one fact of law, with its sources and how well they were read."""
    enter_workspace(request)
    law_fact = _find_or_404(catalogue().law, fact)
    return {
        "id": law_fact.id,
        "topic": law_fact.topic,
        "says": say_law(catalogue(), law_fact, on=timezone.localdate()).say(
            page_language()
        ),
        "citations": [
            make_citation_data(catalogue(), c, page_language())
            for c in law_fact.citations
        ],
    }


def _check_place(place: PlaceInput) -> None:
    law = catalogue()
    licence = _find_or_404(law.licences, place.licence)
    if place.scope not in SCOPES or place.scope not in licence.scopes:
        raise Http404
    if place.region:
        _find_or_404(law.regions, place.region)
    if place.stage not in STAGES:
        raise Http404


def _find_or_404(entries: Mapping[str, _Thing], name: str) -> _Thing:
    if name not in entries:
        raise Http404
    return entries[name]
