"""Questions in a person's own words find their topic, and others find none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from changqing.guide.ask import GuideReply, Questions
from changqing.law.model import Catalogue
from tests.shipped import CATALOGUE

TODAY = date(2026, 11, 24)
ASKED = YAML(typ="safe").load(
    (Path(__file__).parent / "questions.yaml").read_text(encoding="utf-8")
)
PARAPHRASES: Mapping[str, Sequence[str]] = ASKED["answered"]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return CATALOGUE


@pytest.fixture(scope="module")
def questions(catalogue: Catalogue) -> Questions:
    return Questions(catalogue)


def in_order(reply: GuideReply) -> list[str]:
    """The topics of a reply, best first, answers before those only near."""
    answered = [answer.topic.id for answer in reply.answers]
    return answered + [topic.id for topic, _ in reply.nearest]


def test_every_topic_has_two_paraphrases_that_it_does_not_list(
    catalogue: Catalogue,
) -> None:
    assert set(PARAPHRASES) == set(catalogue.topics)
    for name, ways in PARAPHRASES.items():
        topic = catalogue.topics[name]
        listed = {*topic.asks.zh, *topic.asks.en, topic.title.zh, topic.title.en}
        assert len(set(ways)) >= 2
        assert not listed & set(ways)


def test_a_title_and_every_way_it_lists_find_the_topic_first(
    catalogue: Catalogue, questions: Questions
) -> None:
    lost = [
        way
        for topic in catalogue.topics.values()
        for way in (topic.title.zh, topic.title.en, *topic.asks.zh, *topic.asks.en)
        if [a.topic.id for a in questions.ask(way, on=TODAY).answers][:1] != [topic.id]
    ]
    assert lost == []


def test_other_words_find_the_right_topic(questions: Questions) -> None:
    asked = [(name, way) for name, ways in PARAPHRASES.items() for way in ways]
    replies = [(name, questions.ask(way, on=TODAY)) for name, way in asked]
    first = [
        bool(reply.answers) and reply.answers[0].topic.id == name
        for name, reply in replies
    ]
    in_three = [name in in_order(reply)[:3] for name, reply in replies]
    assert sum(first) / len(asked) >= 0.90
    assert sum(in_three) / len(asked) >= 0.97


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        (
            "Is there a fee for urgent handling of an EDI licence?",
            "edi_expedite_payment",
        ),
        ("How much does a rush EDI licence cost?", "edi_expedite_payment"),
        ("Is quicker handling of an ICP licence possible?", "icp_expedite_complete_papers"),
        ("How long does an ICP licence take?", "licence_review_time"),
        ("Do I need an annual report after the licence?", "annual_report_forgotten"),
        ("How many people need social insurance for a CDN licence?", "cdn_social_insurance"),
        ("We were rejected for EDI. When may we reapply?", "edi_reapply_after_failure"),
    ],
)  # fmt: skip
def test_english_inflected_and_framed_otherwise_finds_the_topic(
    questions: Questions, question: str, topic: str
) -> None:
    assert questions.ask(question, on=TODAY).answers[0].topic.id == topic


@pytest.mark.parametrize(("kind", "least"), [("outside", 0.95), ("near", 0.85)])
def test_what_no_topic_covers_is_not_answered(
    questions: Questions, kind: str, least: float
) -> None:
    replies = [questions.ask(question, on=TODAY) for question in ASKED[kind]]
    silent = [not reply.answers for reply in replies]
    assert sum(silent) / len(silent) >= least


@pytest.mark.parametrize(
    "question", [*ASKED["outside"], "", "？", "Recipe for tomato soup", "个体户"]
)
def test_the_nearest_topics_are_always_named(
    questions: Questions, question: str
) -> None:
    assert len(questions.ask(question, on=TODAY).nearest) == 3


def test_an_answer_has_its_numbers_and_its_sources(
    catalogue: Catalogue, questions: Questions
) -> None:
    for topic in catalogue.topics.values():
        answer = questions.ask(topic.title.zh, on=TODAY).answers[0]
        said = answer.answer.zh + answer.answer.en
        if answer.differs is not None:
            said += answer.differs.zh + answer.differs.en
        assert "{" not in said
        assert answer.citations
        assert answer.certainty is topic.certainty


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("浙江EDI许可证要准备哪些材料", "gansu_edi_materials"),
        ("CDN许可证分正本和副本吗", "sp_certificate_original_duplicate"),
        ("EDI和ICP有什么区别", "sp_icp_difference"),
    ],
)
def test_another_region_or_licence_is_near_but_no_answer(
    questions: Questions, question: str, topic: str
) -> None:
    reply = questions.ask(question, on=TODAY)
    assert topic not in [answer.topic.id for answer in reply.answers]
    assert topic in [near.id for near, _ in reply.nearest]


def test_the_licence_of_another_trade_is_told_apart(questions: Questions) -> None:
    ours = questions.ask("电信业务经营许可证怎么变更法人", on=TODAY)
    theirs = questions.ask("道路运输经营许可证怎么变更法人", on=TODAY)
    assert ours.answers[0].topic.id == "legal_representative_change"
    assert theirs.answers == ()


def test_full_width_letters_and_capitals_make_no_difference(
    questions: Questions,
) -> None:
    plain = questions.ask("sp和icp有什么区别", on=TODAY)
    wide = questions.ask("ＳＰ和ＩＣＰ有什么区别", on=TODAY)
    assert wide == plain
    assert plain.answers[0].topic.id == "sp_icp_difference"
