"""The guide: every thing of the catalogue has its page, in both languages."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from changqing_web.index import catalogue
from changqing_web.models import Role
from tests.share import every_so_many
from tests.web.web_world import Place

_LINK = re.compile(r'href="(/guide/[^"#]*)')
_PLACE = re.compile(r"\{[a-z_.]+\}")


@pytest.fixture
def reader(place: Place) -> Client:
    return place.people[Role.RESPONDENT]


def test_a_stranger_is_sent_to_sign_in(db: None) -> None:
    assert Client().get("/guide/licences/B25/").status_code == 302


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_there_and_filled_in(reader: Client, language: str) -> None:
    known = catalogue()
    pages = [
        *(("guide_licence", name) for name in known.licences),
        *(("guide_material", name) for name in known.materials),
        *(("guide_procedure", name) for name in known.procedures),
        *(("guide_question", name) for name in known.topics),
        *(("guide_law_fact", name) for name in known.law),
        *(("guide_instrument", name) for name in known.instruments),
        *(("guide_criterion", name) for name in list(known.criteria)[::10]),
        *(("guide_law_topic", fact.topic) for fact in list(known.law.values())[::10]),
    ]
    for route, name in every_so_many(pages):
        answer = reader.get(reverse(route, args=[name]), {"lang": language})
        assert answer.status_code == 200, (route, name)
        text = answer.content.decode()
        assert not _PLACE.search(text.split("<main", 1)[1]), (route, name)


@pytest.mark.long
def test_no_link_of_the_guide_is_dead(reader: Client) -> None:
    start = ["guide", "guide_materials", "guide_procedures", "guide_questions"]
    waiting = [reverse(name) for name in [*start, "guide_law"]]
    waiting += ["/guide/licences/B25/", "/guide/materials/lease/"]
    found = {
        unescape(link)
        for address in waiting
        for link in _LINK.findall(reader.get(address).content.decode())
    }
    assert len(found) > 100
    for link in every_so_many(sorted(found)):
        assert reader.get(link).status_code == 200, link


@pytest.mark.parametrize(
    "part",
    [
        *("licences", "materials", "procedures", "questions"),
        *("law", "topics", "texts", "criteria"),
    ],
)
def test_what_is_not_in_the_catalogue_has_no_page(reader: Client, part: str) -> None:
    assert reader.get(f"/guide/{part}/nothing-of-that-name/").status_code == 404


def test_a_question_in_ones_own_words_is_answered_with_sources(reader: Client) -> None:
    topic = next(iter(catalogue().topics.values()))
    answer = reader.get("/guide/", {"q": topic.title.zh})
    text = answer.content.decode()
    assert reverse("guide_question", args=[topic.id]) in text
    assert "/guide/texts/" in text


def test_a_question_outside_the_field_gets_a_plain_no(reader: Client) -> None:
    text = reader.get("/guide/", {"q": "明天杭州下雨吗"}).content.decode()
    assert "没有收录这个问题的答案" in text


@pytest.mark.long
def test_a_question_is_shown_as_text(reader: Client) -> None:
    text = reader.get("/guide/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in text


def test_a_short_name_finds_its_licence_first(reader: Client) -> None:
    for name, code in (("ICP", "B25"), ("edi", "B21"), ("呼叫中心", "B24")):
        found = reader.get("/guide/", {"q": name}).context["found"]
        assert (found.hits[0].route, found.hits[0].id) == ("guide_licence", code)


@pytest.mark.share
@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("客服电话要写什么", {"hotline_answered", "annual_report_service_fields"}),
        ("注册资本不够", {"registered_capital_short", "registered_capital_minimum"}),
        ("ICP证要多久", {"licence_review_time", "iis_review_60_days"}),
        ("年报忘了报", {"annual_report_forgotten", "annual_report_missed"}),
        ("换法人", {"amend_registration"}),
        ("等保", {"security_level_determined", "security_level_record"}),
        ("营业执照", {"business_licence"}),
    ],
)
def test_what_a_person_types_finds_the_page_on_it(
    reader: Client, asked: str, first: set[str]
) -> None:
    context = reader.get("/guide/", {"q": asked}).context
    found = [answer.id for answer, *_ in context["answers"]]
    found += [hit.id for hit in context["found"].hits[:3]]
    assert first & set(found), found


def test_what_the_guide_does_not_speak_of_is_said(reader: Client) -> None:
    text = reader.get("/guide/", {"q": "红烧肉怎么做"}).content.decode()
    assert "没有收录这个问题的答案" in text
    assert "指南里没有一页写到：红烧肉" in text
    assert "相关页面" not in text
    typed = reader.get("/guide/", {"q": "xyzzy"}).content.decode()
    assert "指南里没有一页写到：xyzzy" in typed


def test_a_page_is_cited_with_what_was_asked_and_not_with_who_reads(
    reader: Client,
) -> None:
    asked = {"q": "注册资本", "back": "/w/x/c/y/findings/", "lang": "zh", "page": ""}
    page = reader.get("/guide/", asked)
    address = "http://testserver/guide/?q=%E6%B3%A8%E5%86%8C%E8%B5%84%E6%9C%AC"
    assert page.context["address"] == address
    assert reader.get("/guide/").context["address"] == "http://testserver/guide/"


def test_the_guide_leads_back_to_the_cases(reader: Client) -> None:
    page = reader.get("/guide/").content.decode()
    assert f'href="{reverse("start")}" class="ws"' in page


def test_law_is_found_by_topic_and_by_article(reader: Client) -> None:
    page = reader.get("/guide/law/").content.decode()
    assert reverse("guide_law_topic", args=["capital"]) in page
    text = reader.get("/guide/texts/permit_measures/").content.decode()
    assert 'href="#a-5"' in text
    assert 'id="a-5"' in text
    assert "第五条" in text


def test_a_finding_leads_to_its_article_and_back(place: Place) -> None:
    editor = place.people[Role.EDITOR]
    address = place.url("findings/")
    page = editor.get(address, {"open": "registered_capital_minimum"}).content.decode()
    link = next(
        unescape(address)
        for address in re.findall(r'href="(/guide/criteria/[^"]+)"', page)
        if "registered_capital_minimum" in address
    )
    guide = editor.get(link).content.decode()
    back = unescape(guide.split('class="way-back"')[1].split('href="')[1].split('"')[0])
    assert back.startswith(f"{address}?open=registered_capital_minimum#")
    assert "open" in editor.get(back).context["request"].GET
    article = re.search(r'href="(/guide/texts/[^"]+#a-6)"', guide)
    assert article is not None
    assert "回到项目的结论" in editor.get(unescape(article[1])).content.decode()


def test_the_guide_leads_back_to_the_workspace_one_came_from(place: Place) -> None:
    board = f'href="/w/{place.workspace.slug}/"'
    assert board not in place.editor.get("/guide/").content.decode()
    place.editor.get(place.url())
    assert board in place.editor.get("/guide/").content.decode()
    place.editor.cookies["workspace"] = "of-others"
    assert 'href="/w/of-others/"' not in place.editor.get("/guide/").content.decode()


@pytest.mark.parametrize("https", [True, False])
def test_what_is_remembered_of_a_reader_is_sent_over_https_alone_where_there_is_https(
    place: Place, settings: Any, *, https: bool
) -> None:
    settings.SESSION_COOKIE_SECURE = https
    answer = place.editor.get(place.url(), {"lang": "zh"})
    for name in ("workspace", "language"):
        assert bool(answer.cookies[name]["secure"]) is https


def test_a_rule_is_said_in_words(reader: Client) -> None:
    page = reader.get("/guide/criteria/registered_capital_minimum/").content.decode()
    assert "注册资本不少于注册资本最低限额" in page
    applies = page.partition("适用于：")[2].partition("</p>")[0]
    assert "首次申请" in applies
    assert not re.search("[a-z]{4}", applies)
    assert "<code>" not in page
    assert "min_registered_capital" not in page


@pytest.mark.parametrize(
    "away", ["https://elsewhere.example/w/", "//elsewhere.example/w/", "javascript:1"]
)
def test_no_way_back_leads_elsewhere(reader: Client, away: str) -> None:
    page = reader.get("/guide/criteria/registered_capital_minimum/", {"back": away})
    assert "way-back" not in page.content.decode()


def test_days_that_are_given_are_counted_from(reader: Client) -> None:
    address = "/guide/procedures/amend_operator_or_scope/"
    text = reader.get(address, {"on_planned": "2027-06-01"}).content.decode()
    assert "2027-05-" in text or "2027-04-" in text or "2027-03-" in text
    wrong = reader.get(address, {"on_planned": "31 June"})
    assert wrong.status_code == 200
    assert "有的日子不能用" in wrong.content.decode()


def test_papers_differ_by_licence_and_stage(reader: Client) -> None:
    def papers(**chosen: str) -> list[str]:
        context = reader.get("/guide/materials/", chosen).context
        return [
            listed.material.id
            for _, group in context["groups"]
            for listed, _, _ in group
        ]

    assert papers(stage="apply") != papers(stage="annual_report")
    assert papers(licence="nonsense", region="00") == papers()


def test_papers_of_law_stand_open_and_what_is_practice_is_folded(
    reader: Client,
) -> None:
    page = reader.get(
        "/guide/materials/",
        {"licence": "B25", "scope": "intra_province", "region": "51", "lang": "zh"},
    ).content.decode()
    law, practice = page.index("法规要的"), page.index("实务中要的")
    assert law < practice
    assert page[:law].rindex("<details") < page[:law].rindex(" open>")
    assert "open" not in page[page[:practice].rindex("<details") : practice]
    assert "问四川省通信管理局" in page


def test_from_which_day_a_paper_counts_is_said(reader: Client) -> None:
    pages = {
        "/guide/materials/social_insurance/": "从出具日起算31天",
        "/guide/materials/bank_statement/": "从收到那天起算90天",
        reverse("guide_criterion", args=["key_posts_insured"]): "社保证明：从出具日",
        reverse("guide_criterion", args=["revenue_last_year"]): "要近期的",
    }
    for address, said in pages.items():
        assert said in reader.get(address, {"lang": "zh"}).content.decode(), address
    page = reader.get("/guide/materials/lease/", {"lang": "zh"}).content.decode()
    assert "出具日" not in page
