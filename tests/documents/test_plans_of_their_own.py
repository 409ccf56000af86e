"""Two companies that choose alike hand in plans that are not alike."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from changqing.case.model import CaseChoice
from changqing.documents.document import CITED, Document, DocumentEdition
from changqing.run import Outcome
from tests.documents.dossier_case import assessed, copied, written
from tests.shipped import CATALOGUE

PLANS = (
    *("company_profile", "business_plan", "technical_plan", "service_assurance"),
    *("infosec_measures", "content_review", "content_schedule", "emergency"),
    *("user_service", "funds_and_runway", "maintenance"),
)
PAST = (
    *("business_plan", "technical_plan", "service_assurance", "infosec_measures"),
    *("emergency", "user_service", "maintenance"),
    *("content_review", "funds_and_runway"),
)
LICENCES = [
    "B25",
    pytest.param("B21", marks=pytest.mark.long),
    pytest.param("B24", marks=pytest.mark.long),
]
COMPANIES = {"local-life": (3, "周知白"), "newly-registered": (7, "闻书远")}


@pytest.fixture(scope="module")
def companies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """Two companies in one trade and one town."""
    folder = tmp_path_factory.mktemp("companies")
    return {name: assessed(copied(name, folder)) for name in COMPANIES}


def choose(outcome: Outcome, licence: str, times: int, who: str) -> Outcome:
    """The first answer of every choice, and own words about what happened here."""
    choices = {}
    for choice in CATALOGUE.choices.values():
        if not choice.is_asked(licence):
            continue
        if choice.id.startswith("happened_"):
            title = choice.title.zh
            words = (
                f"2026年{times}月{title}共{2 * times}件，由{who}经手。"
                f"第{times}件用了{times + 1}小时，记在第{11 * times}号记录。"
                f"后来改成每{times}天看一次{title}。"
            )
            choices[choice.id] = CaseChoice(words=words)
        elif choice.answers:
            choices[choice.id] = CaseChoice(answer=choice.answers[0].id)
    situation = outcome.situation
    application = replace(situation.application, licence=licence)
    return replace(
        outcome,
        case=replace(outcome.case, choices=choices, application=application),
        situation=replace(situation, application=application),
    )


def sentences(document: Document) -> set[str]:
    """What a plan says, piece by piece: sentences and cells, not the list of proofs."""
    said = set()
    for section in document.sections:
        if section.id == CITED:
            continue
        for piece in re.split(r"[。；\n|]", section.markdown):
            bare = re.sub(r"\s+", "", piece)
            if len(bare) >= 8 and not set(bare) <= set("-:|#"):
                said.add(bare)
    return said


@pytest.mark.parametrize("licence", LICENCES)
def test_two_companies_that_choose_alike_share_less_than_half_of_each_plan(
    companies: dict[str, Outcome], licence: str
) -> None:
    one, other = (
        written(
            choose(companies[name], licence, times, who),
            edition=DocumentEdition.CLEAN,
        )
        for name, (times, who) in COMPANIES.items()
    )
    shares = {}
    for plan in PLANS:
        if plan not in one or plan not in other:
            continue
        first, second = sentences(one[plan]), sentences(other[plan])
        # What both have still to say is not shared: each will say it of itself.
        shared = {piece for piece in first & second if not piece.startswith("〔待补：")}
        shares[plan] = len(shared) / min(len(first), len(second))
    assert {plan: share for plan, share in shares.items() if share >= 0.5} == {}


@pytest.mark.parametrize("plan", PAST)
def test_a_plan_asks_at_least_three_times_what_happened_here(plan: str) -> None:
    asked = [
        choice
        for choice in CATALOGUE.choices.values()
        if choice.document == plan and choice.id.startswith("happened_")
    ]
    assert len(asked) >= 3
    assert all(choice.optional and not choice.promise for choice in asked)


def test_nothing_of_the_past_is_written_that_nobody_said(
    companies: dict[str, Outcome],
) -> None:
    plain = written(companies["newly-registered"], "business_plan", "technical_plan")
    for document in plain.values():
        assert "已经做到的" not in [section.title for section in document.sections]
