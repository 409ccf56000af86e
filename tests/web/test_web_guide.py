"""The guide: every thing of the catalogue has its page, in both languages."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from changqing_web.index import catalogue
from changqing_web.models import Role
from tests.web.web_world import Place

_LINK = re.compile(r'href="(/guide/[^"#]*)')
_PLACE = re.compile(r"\{[a-z_.]+\}")


@pytest.fixture
def reader(place: Place) -> Client:
    return place.people[Role.RESPONDENT]


def test_a_stranger_is_sent_to_sign_in(db: None) -> None:
    assert Client().get("/guide/licences/B25/").status_code == 302


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
    ]
    for route, name in pages:
        answer = reader.get(reverse(route, args=[name]), {"lang": language})
        assert answer.status_code == 200, (route, name)
        text = answer.content.decode()
        assert not _PLACE.search(text.split("<main", 1)[1]), (route, name)


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
    for link in found:
        assert reader.get(link).status_code == 200, link


@pytest.mark.parametrize(
    "part", ["licences", "materials", "procedures", "questions", "law", "texts"]
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


def test_a_question_is_shown_as_text(reader: Client) -> None:
    text = reader.get("/guide/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in text


def test_a_short_name_finds_its_licence(reader: Client) -> None:
    text = reader.get("/guide/", {"q": "ICP"}).content.decode()
    assert "名称相符的页面" in text
    assert "/guide/licences/B25/" in text


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
        return [listed.material.id for listed, _, _ in context["papers"]]

    assert papers(stage="apply") != papers(stage="annual_report")
    assert papers(licence="nonsense", region="00") == papers()
