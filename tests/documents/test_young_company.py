"""A company that has not begun says so once, briefly, and is asked for no record."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from changqing.case.model import Case, CaseChoice, Member
from changqing.case.subjects import APPLICANT, Subject
from changqing.documents.choices import warn_of
from changqing.documents.document import Document
from changqing.rules.types import Value
from tests.documents.dossier_case import AS_OF, EXAMPLES, assessed, judge, text_of
from tests.documents.test_licence_wording import declare, state, write
from tests.documents.test_trade_of_each_licence import CATALOGUE, company

SITE = Subject("service", "new")
KEPT = ("business_licence", "lease", "bank_statement", "social_insurance")


@cache
def start_up() -> Case:
    """Three people, a site that is not open, and four papers."""
    case = declare(company("B25"), has_served=False, revenue_12m=0)
    said: dict[str, Value] = {
        "service_opened": False,
        "filing_found": False,
        "domain": "new.example",
        "hosting_until": AS_OF.replace(year=AS_OF.year + 1),
    }
    site = Member(
        subject=SITE,
        name="新站",
        kind="website",
        facts=tuple(state(SITE, fact, value) for fact, value in said.items()),
        url="https://new.example/",
    )
    posts = {"legal_representative", "technical", "content"}
    return replace(
        case,
        services=(site,),
        people=tuple(one for one in case.people if one.kind in posts),
        papers=tuple(paper for paper in case.papers if paper.kind in KEPT),
        looks=(),
    )


def told(name: str, **choices: CaseChoice) -> str:
    return text_of(made(**choices)[name])


def made(**choices: CaseChoice) -> dict[str, Document]:
    return write(replace(start_up(), choices=choices))


def test_no_record_is_asked_of_who_has_not_begun() -> None:
    for name, said in {
        "maintenance": "公司还没有开始提供服务，没有维护记录和备份记录。",
        "emergency": "公司还没有开始提供服务，没有演练记录。",
        "user_service": "公司还没有开始提供服务，没有投诉办理记录。",
    }.items():
        document = made()[name]
        assert said in text_of(document)
        assert "记录〕" not in text_of(document)
        assert "已经做到的" not in [section.title for section in document.sections]


def test_what_was_practised_before_the_start_is_told_beside_it() -> None:
    words = "2026年10月断网演练一次，15分钟切到备机。"
    said = told("emergency", happened_drill=CaseChoice(words=words))

    assert f"- {words}" in said
    assert "没有演练记录" not in said


def test_all_that_was_done_stands_in_one_list() -> None:
    said = told(
        "maintenance",
        happened_maintenance=CaseChoice(words="10月打补丁4次。"),
        happened_restore=CaseChoice(words="10月16日从备份恢复一次。"),
    )

    assert "- 10月打补丁4次。" in said
    assert "- 10月16日从备份恢复一次。" in said
    assert "没有维护记录" not in said


def test_that_nothing_has_begun_stands_once_in_a_document() -> None:
    assert told("service_assurance").count("还没有") == 1
    assert "网站new.example还没有开通，没有发布过内容。" in told("content_review")


def test_a_site_that_is_not_open_is_not_asked_for_its_certificate() -> None:
    lasting = made()["domain_and_hosting"]

    assert "证书到期日" not in text_of(lasting)
    assert "网站证书" not in lasting.charts["endurance"]
    assert "| 网站备案 | 还没有办理 |" in text_of(lasting)
    assert "HTTPS" not in told("technical_plan")


def test_a_paper_that_is_not_there_is_one_blank() -> None:
    assert "写进《服务器托管" not in told("domain_and_hosting")
    assert "〔待补：附上服务器托管或接入协议；谁办：" in told("domain_and_hosting")
    assert told("personal_information").count("附上隐私政策；谁办：") == 1
    assert told("content_schedule").count("〔") == 1


def test_a_post_with_nobody_in_it_is_asked_for_once_a_document() -> None:
    text = told("user_service")

    assert text.count("〔待补：客服人员的姓名；谁办：") == 1
    assert "| 受理 | 客服人员 |" in text
    (owner,) = (one for one in start_up().people if one.kind == "legal_representative")
    assert f"| 定期分析 | {owner.name} |" in text


def test_a_person_is_the_end_of_the_line_of_holders() -> None:
    assert "终点性质" not in told("articles_and_equity")


def test_cash_without_income_is_not_said_to_count_income() -> None:
    assert "最近十二个月没有收入" in told("funds_and_runway")
    assert "月均收入" not in told("funds_and_runway")


@pytest.mark.parametrize("name", ["income", "both"])
def test_who_has_no_income_is_warned_before_living_on_it(name: str) -> None:
    answer = CATALOGUE.choices["funding_source"].find_answer(name)
    assert answer is not None
    poor = assessed(EXAMPLES / "newly-registered")
    assert poor.situation.resolved[APPLICANT, "revenue_12m"].best == 0

    (warning,) = warn_of(answer, poor.situation, judge().catalogue)

    assert "账上要有收入" in warning.zh


def test_the_chart_of_the_clean_copy_says_what_the_company_states() -> None:
    chart = made()["domain_and_hosting"].charts["endurance"]

    assert "公司申报" in chart
    assert "自述" not in chart


def test_logs_are_kept_for_one_term_and_not_for_two() -> None:
    text = told("logs_and_incidents", log_keeping=CaseChoice(answer="central"))

    assert "留存不少于" not in text
