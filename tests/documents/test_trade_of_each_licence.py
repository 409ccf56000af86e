"""Each service is described in the words of its trade, and asked what its plans need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from changqing.case.model import Case, CaseChoice
from changqing.documents.choices import list_choices
from changqing.documents.document import CITED, Document
from changqing.law.compiled import load_compiled
from tests.documents.dossier_case import EXAMPLES, assessed, text_of
from tests.documents.test_licence_wording import declare, write

CATALOGUE = load_compiled()
WITHOUT_A_SITE = ("B11", "B12", "B24")
OF_A_SITE = re.compile(r"网站|首页|网页|域名|增值功能|内容安全|注销的")
"""What no sentence says of a service that is given through no site."""
PLANS = ("公司概况", "业务发展和实施计划", "技术方案", "长期服务和质量保障措施")
"""The papers that these documents are: nobody is sent to write them elsewhere."""


@cache
def company(licence: str) -> Case:
    """A company that has proofs of others alone, no site, and has not served yet."""
    case = assessed(EXAMPLES / "local-life").case
    papers = (
        paper
        for paper in case.papers
        if CATALOGUE.materials[paper.kind].issuer.value != "company"
        and paper.kind not in {"domain_cert", "hosting_agreement"}
    )
    case = replace(
        case,
        application=replace(case.application, licence=licence),
        papers=tuple(papers),
        services=case.services if licence in {"B21", "B25"} else (),
        choices={},
    )
    return declare(case, has_served=False)


def decided(licence: str, place: int) -> Case:
    """The company with one answer to every question: the first, the second, …"""
    case = company(licence)
    made = {
        choice.id: CaseChoice(answer=choice.answers[place % len(choice.answers)].id)
        for choice in CATALOGUE.choices.values()
        if choice.answers and choice.is_asked(licence)
    }
    return replace(case, choices=made)


def list_sentences(documents: dict[str, Document]) -> Iterator[tuple[str, str]]:
    for document in documents.values():
        for section in document.sections:
            if section.id != CITED:
                for line in section.markdown.splitlines():
                    yield document.id, re.sub(r"〔[^〕]*〕|《[^》]*》", "", line)


@pytest.mark.share
@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("licence", WITHOUT_A_SITE)
def test_no_answer_speaks_of_a_site_where_there_is_none(
    licence: str, place: int
) -> None:
    told = [
        (document, line)
        for document, line in list_sentences(write(decided(licence, place)))
        if OF_A_SITE.search(line)
    ]

    assert not told


@pytest.mark.parametrize("licence", ["B11", "B12", "B21", "B24", "B25"])
def test_what_a_plan_lacks_is_asked_and_not_sent_to_another_paper(
    licence: str,
) -> None:
    for document in write(company(licence)).values():
        text = text_of(document)
        for plan in PLANS:
            assert f"写进《{plan}》" not in text, document.id


@pytest.mark.parametrize(
    ("licence", "asked", "others"),
    [
        ("B24", "call_platform", "network_structure"),
        ("B24", "pricing_calls", "pricing"),
        ("B11", "network_backbone", "call_network"),
        ("B21", "transaction_flow", "pricing_calls"),
        ("B25", "pricing", "service_items"),
    ],
)
def test_each_licence_is_asked_the_questions_of_its_trade(
    licence: str, asked: str, others: str
) -> None:
    case = company(licence)
    made = list(write(case).values())
    names = {one.choice.id for one in list_choices(case, case.catalogue, made)}

    assert asked in names
    assert others not in names


def test_an_answer_of_a_case_stays_where_its_licence_has_other_words() -> None:
    backup = CATALOGUE.choices["backup"].find_answer("daily_away")
    assert backup is not None
    case = replace(company("B24"), choices={"backup": CaseChoice(answer="daily_away")})

    told = text_of(write(case)["maintenance"])

    assert backup.write_for("B24") in told
    assert backup.write_for("B24") != backup.sentence


def test_a_promise_is_chosen_once_for_what_two_documents_say() -> None:
    case = replace(
        company("B24"), choices={"call_consent": CaseChoice(answer="inbound_only")}
    )
    made = write(case)

    for name in ("business_plan", "service_assurance"):
        assert "只提供呼入服务，不主动外呼" in text_of(made[name])
