"""Questions in a person's own words find their topic, and others find none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from changqing.guide.answerable import AnswerKind, list_answerables
from changqing.guide.answering import say_answer
from changqing.guide.ask import (
    GuideAnswer,
    GuideReply,
    Questions,
    Tier,
    say_the_same,
)
from changqing.law.kinds.topic import Certainty
from changqing.law.model import Catalogue
from tests.quick_yaml import load_yaml
from tests.shipped import CATALOGUE

TODAY = date(2026, 11, 24)
REAL = Path(__file__).with_name("real_questions.yaml")
_DOUBTS = re.compile(
    r"凭记忆|没有读到|出于记忆|没有找到|没有查到|须核实|from memory|was not read"
    r"|were not read|unread|(?:rule|list|standard|text|none|nothing)[^.;]* was found"
)
ASKED = load_yaml(
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
    answered = [answer.id for answer in reply.answers]
    return answered + [topic.id for topic, _ in reply.nearest]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("ISP证和IDC证的区别", ["B11", "B14"]),
        ("IDC和CDN有何不同", ["B11", "B12"]),
        ("What is the difference between an IDC and an ISP licence?", ["B11", "B14"]),
        ("ICP和EDI有什么区别", ["icp_or_edi"]),  # a topic tells it
    ],
)
def test_two_licences_are_told_apart_by_what_each_is(
    questions: Questions, question: str, told: list[str]
) -> None:
    answers = questions.ask(question, on=TODAY).answers
    assert [answer.id for answer in answers] == told


def test_every_topic_has_two_paraphrases_that_it_does_not_list(
    catalogue: Catalogue,
) -> None:
    assert set(PARAPHRASES) == set(catalogue.topics)
    for name, ways in PARAPHRASES.items():
        topic = catalogue.topics[name]
        titles = (topic.title, *topic.aliases)
        listed = {*topic.asks.zh, *topic.asks.en}
        listed |= {title.zh for title in titles} | {title.en for title in titles}
        assert len(set(ways)) >= 2
        assert not listed & set(ways)


def test_a_title_and_every_way_it_lists_find_the_topic_first(
    catalogue: Catalogue, questions: Questions
) -> None:
    lost = [
        way
        for topic in catalogue.topics.values()
        for title in (topic.title, *topic.aliases)
        for way in (title.zh, title.en, *topic.asks.zh, *topic.asks.en)
        if (listed := questions.find_listed(way)) is None or listed.id != topic.id
    ]
    assert lost == []


@pytest.mark.long
def test_other_words_find_the_right_topic(questions: Questions) -> None:
    asked = [(name, way) for name, ways in PARAPHRASES.items() for way in ways]
    assert len(asked) > 290
    replies = [(name, questions.ask(way, on=TODAY)) for name, way in asked]
    first = [
        bool(reply.answers) and reply.answers[0].id == name for name, reply in replies
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
    assert questions.ask(question, on=TODAY).answers[0].id == topic


@pytest.fixture(scope="module")
def replies_of_facts(
    questions: Questions,
) -> Sequence[tuple[Sequence[str], Sequence[GuideAnswer]]]:
    return [
        (each["found"], questions.ask(each["asked"], on=TODAY).answers)
        for each in ASKED["facts"]
    ]


def rests_on(answer: GuideAnswer, found: Sequence[str]) -> bool:
    return answer.id in found or not set(found).isdisjoint(answer.law)


@pytest.mark.long
def test_plain_questions_of_fact_are_answered_and_rightly_where_surely(
    replies_of_facts: Sequence[tuple[Sequence[str], Sequence[GuideAnswer]]],
) -> None:
    replies = replies_of_facts
    answered = [
        any(rests_on(answer, found) for answer in answers) for found, answers in replies
    ]
    sure = [
        rests_on(answers[0], found)
        for found, answers in replies
        if answers and answers[0].tier is Tier.SURE
    ]
    assert sum(answered) / len(replies) >= 0.93
    assert len(sure) / len(replies) >= 0.70
    assert sum(sure) / len(sure) >= 0.95


@pytest.mark.long
def test_papers_procedures_and_provinces_are_found_by_name(
    questions: Questions,
) -> None:
    replies = [
        (each["found"], questions.ask(each["asked"], on=TODAY).answers)
        for each in ASKED["subjects"]
    ]
    answered = [
        any(rests_on(answer, found) for answer in answers) for found, answers in replies
    ]
    sure = [
        rests_on(answers[0], found)
        for found, answers in replies
        if answers and answers[0].tier is Tier.SURE
    ]
    assert sum(answered) / len(replies) >= 0.75
    assert sum(sure) / len(sure) >= 0.9


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "least_answered", "least_sure", "least_right"),
    [
        ("plain", 0.97, 0.8, 0.975),
        ("kept", 0.9, 0.6, 0.96),
        ("kept_later", 0.93, 0.72, 0.95),
        ("kept_last", 0.85, 0.55, 0.97),
    ],
)
def test_questions_of_administrators_and_founders_are_answered_and_surely_right(
    questions: Questions,
    kind: str,
    least_answered: float,
    least_sure: float,
    least_right: float,
) -> None:
    replies = [
        (each["found"], questions.ask(each["asked"], on=TODAY).answers)
        for each in ASKED[kind]
    ]
    answered = [
        any(rests_on(answer, found) for answer in answers) for found, answers in replies
    ]
    sure = [
        rests_on(answers[0], found)
        for found, answers in replies
        if answers and answers[0].tier is Tier.SURE
    ]
    assert sum(answered) / len(replies) >= least_answered
    assert len(sure) / len(replies) >= least_sure
    assert sum(sure) / len(sure) >= least_right


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "least_answered", "least_sure", "least_right"),
    [
        ("fresh", 0.93, 0.88, 0.93),
        ("fresh_kept", 0.95, 0.88, 0.95),
        ("fresh_told", 0.9, 0.75, 0.9),
    ],
)
def test_questions_in_yet_other_words_are_answered_and_surely_right(
    questions: Questions,
    kind: str,
    least_answered: float,
    least_sure: float,
    least_right: float,
) -> None:
    replies = [
        (each["found"], questions.ask(each["asked"], on=TODAY).answers)
        for each in ASKED[kind]
    ]
    answered = [any(rests_on(a, found) for a in answers) for found, answers in replies]
    sure = [
        rests_on(answers[0], found)
        for found, answers in replies
        if answers and answers[0].tier is Tier.SURE
    ]
    assert sum(answered) / len(replies) >= least_answered
    assert len(sure) / len(replies) >= least_sure
    assert sum(sure) / len(sure) >= least_right


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("公安联网备案几天内要办", "police_network_filing_30_days"),
        ("公安联网备案没办怎么罚", "police_filing_penalty"),
        ("短信记录要存多久", "sms_retention_6_months"),
        ("发营销短信必须先征得同意吗", "sms_consent_and_proof"),
    ],
)
def test_what_is_asked_for_tells_two_entries_on_one_matter_apart(
    questions: Questions, question: str, found: str
) -> None:
    assert rests_on(questions.ask(question, on=TODAY).answers[0], [found])


@pytest.mark.parametrize(
    "question",
    [
        "在泰国开呼叫中心要什么许可",
        "越南的呼叫中心牌照怎么申请",
        "马来西亚的电商平台要办什么证",
        "欧盟的隐私罚款多少",
        "商标怎么转给别人",
        "软件公司开票几个点",
        "技术员离职赔偿怎么算",
    ],
)
def test_other_countries_taxes_marks_and_staff_matters_are_not_answered(
    questions: Questions, question: str
) -> None:
    assert questions.ask(question, on=TODAY).answers == ()


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("技术负责人离职了审批受影响吗", "key_staff_staying"),
        ("服务器在法兰克福能申请吗", "servers_in_mainland"),
        ("may the servers stand in Frankfurt", "servers_in_mainland"),
        ("员工是劳务派遣的行不行", "dispatch_papers"),
        ("有泰国股东能办ICP吗", "foreign_shareholder"),
    ],
)
def test_words_of_other_trades_keep_no_question_of_ours_from_its_answer(
    questions: Questions, question: str, found: str
) -> None:
    assert found in [a.id for a in questions.ask(question, on=TODAY).answers]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("社保是人力公司帮我们交的能用吗", "insurance_paid_by_applicant"),
        ("法人和股东能不能算进三个参保的人", "insured_beyond_owners"),
        ("一个员工兼两个岗位可以不", "key_posts_insured"),
        ("坐席录音要留存几天", "call_recordings_kept"),
        ("ICP和EDI两个证能不能同时申请", "several_licences"),
        ("地网证想升成全网证怎么弄", "amend_operator_or_scope"),
        ("补正到底是啥意思", "term_correction"),
        ("撤销跟吊销有什么不同", "term_ends_of_a_licence"),
        ("what does prior approval mean", "term_prior_consent"),
    ],
)
def test_criteria_numbers_papers_procedures_and_terms_answer_in_peoples_words(
    questions: Questions, question: str, found: str
) -> None:
    assert found in [a.id for a in questions.ask(question, on=TODAY).answers]


def test_everyday_questions_are_answered_and_none_wrongly(questions: Questions) -> None:
    silent, wrong = [], []
    for each in ASKED["everyday"]:
        answers = questions.ask(each["asked"], on=TODAY).answers
        if not answers:
            silent.append(each["asked"])
        elif not any(rests_on(answer, each["found"]) for answer in answers) or (
            answers[0].tier is Tier.SURE and not rests_on(answers[0], each["found"])
        ):
            wrong.append(each["asked"])
    assert wrong == []
    assert len(silent) / len(ASKED["everyday"]) <= 1 / 6, silent


def test_licence_province_and_subject_are_composed(questions: Questions) -> None:
    silent = []
    for each in ASKED["composed"]:
        answers = questions.ask(each["asked"], on=TODAY).answers
        if not answers or each["says"] not in answers[0].whole.zh + answers[0].whole.en:
            silent.append(each["asked"])
    assert len(silent) <= 1, silent


def test_the_short_answer_is_for_the_province_the_licence_and_the_coverage(
    questions: Questions,
) -> None:
    answer = questions.ask("云南EDI注册资本要多少", on=TODAY).answers[0]
    assert answer.tier is Tier.SURE
    assert answer.short is not None
    assert "云南省" in answer.short.zh
    assert "100万元" in answer.short.zh
    assert "云南省通信管理局" in answer.short.zh
    assert answer.citations
    nationwide = questions.ask("全国EDI注册资本要多少", on=TODAY).answers[0]
    assert nationwide.short is not None
    assert "1,000万元" in nationwide.short.zh
    assert "工业和信息化部" in nationwide.short.zh


def test_a_question_listed_word_for_word_is_answered_surely(
    questions: Questions,
) -> None:
    for way in (
        "许可证丢了怎么补办？",
        "避免踩坑!增值电信业务许可证法人变更全流程指南",
    ):
        assert questions.ask(way, on=TODAY).answers[0].tier is Tier.SURE


@pytest.mark.long
def test_the_second_answer_is_never_more_than_probable(
    replies_of_facts: Sequence[tuple[Sequence[str], Sequence[GuideAnswer]]],
) -> None:
    for _, answers in replies_of_facts:
        assert all(
            answer.tier is Tier.PROBABLE
            for answer in answers[1:]
            if answer.asked is None  # answers a part of its own
        )


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("我們的電信許可證弄丟了，怎麼補辦", "reissue_lost_permit"),
        ("咋个补办搞丢的许可证", "reissue_lost_permit"),
        ("网站备安要多久", "noncommercial_filing_20_days"),
        (
            "我们是一家做教育软件的小公司，去年在成都成立，老板一直忙别的，最近才想起来，"
            "当初办的电信许可证上个月已经过期了。现在还能办延续吗？",
            "renewal_late_or_unopened_refused",
        ),
    ],
)
def test_other_characters_dialect_slips_and_stories_are_understood(
    questions: Questions, question: str, found: str
) -> None:
    assert found in [a.id for a in questions.ask(question, on=TODAY).answers]


def test_where_nothing_is_known_it_says_whom_to_ask(questions: Questions) -> None:
    reply = questions.ask("西藏的火锅店排名", on=TODAY)
    assert reply.answers == ()
    assert "西藏自治区通信管理局" in reply.ask.zh


@pytest.mark.share
@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("outside", 0.95),
        ("near", 0.9),
        ("unknown", 0.9),
        ("beside", 0.95),
        ("kept_beside", 0.9),
        ("kept_later_beside", 0.9),
        ("kept_last_beside", 0.85),
        ("fresh_beside", 0.9),
        ("fresh_kept_beside", 0.9),
    ],
)
def test_what_no_topic_covers_is_not_answered(
    questions: Questions, kind: str, least: float
) -> None:
    replies = [questions.ask(question, on=TODAY) for question in ASKED[kind]]
    silent = [not reply.answers for reply in replies]
    assert sum(silent) / len(silent) >= least


@pytest.mark.share
@pytest.mark.parametrize(
    "question", [*ASKED["outside"], "", "？", "Recipe for tomato soup", "个体户"]
)
def test_the_nearest_topics_are_always_named(
    questions: Questions, question: str
) -> None:
    assert len(questions.ask(question, on=TODAY).nearest) == 3


@pytest.mark.long
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


def test_a_criterion_answers_with_its_number_and_says_whose_it_is(
    catalogue: Catalogue, questions: Questions
) -> None:
    answer = questions.ask("坐席录音要存几天", on=TODAY).answers[0]
    value = catalogue.parameters["call_recording_days"].values[0].value
    assert f"{value}天" in answer.answer.zh
    assert f"{value} days" in answer.answer.en
    assert answer.certainty is Certainty.NO_NATIONAL_RULE
    required = questions.ask("申请人必须是依法设立的公司吗", on=TODAY).answers[0]
    assert required.certainty is Certainty.ANSWERED


def test_practice_is_not_called_an_answer_of_the_law(catalogue: Catalogue) -> None:
    of_practice = 0
    for entry in list_answerables(catalogue):
        if entry.kind is not AnswerKind.LAW:
            continue
        said = say_answer(catalogue, entry, on=TODAY)
        practice = [c.confidence.value.startswith("practice") for c in said.citations]
        of_practice += any(practice)
        assert (said.certainty is Certainty.ANSWERED) <= (not any(practice)), entry.id
        assert (said.certainty is Certainty.PRACTICE) <= all(practice), entry.id
    assert of_practice > 10


def test_no_answer_doubts_itself_outside_its_citations(catalogue: Catalogue) -> None:
    doubting = [
        entry.id
        for entry in list_answerables(catalogue)
        if entry.kind not in {AnswerKind.ELSEWHERE, AnswerKind.CASE}
        for said in [say_answer(catalogue, entry, on=TODAY).answer]
        if _DOUBTS.search(said.zh)
        or _DOUBTS.search(said.en)
        or "{" in said.zh + said.en
    ]
    assert doubting == []


@pytest.mark.parametrize(
    ("question", "topic", "instead"),
    [
        (
            "浙江EDI许可证要准备哪些材料",
            "gansu_edi_materials",
            "application_file_list",
        ),
        (
            "CDN许可证分正本和副本吗",
            "sp_certificate_original_duplicate",
            "original_and_duplicate",
        ),
        ("EDI和ICP有什么区别", "sp_icp_difference", "icp_or_edi"),
    ],
)
def test_what_is_so_everywhere_answers_for_a_place_no_topic_is_about(
    questions: Questions, question: str, topic: str, instead: str
) -> None:
    answers = [answer.id for answer in questions.ask(question, on=TODAY).answers]
    assert answers[0] == instead
    assert topic not in answers


def test_the_licence_of_another_trade_is_told_apart(questions: Questions) -> None:
    ours = questions.ask("电信业务经营许可证怎么变更法人", on=TODAY)
    theirs = questions.ask("道路运输经营许可证怎么变更法人", on=TODAY)
    assert ours.answers[0].id == "legal_representative_change"
    assert theirs.answers == ()


def test_full_width_letters_and_capitals_make_no_difference(
    questions: Questions,
) -> None:
    plain = questions.ask("sp和icp有什么区别", on=TODAY)
    wide = questions.ask("ＳＰ和ＩＣＰ有什么区别", on=TODAY)
    assert wide == plain
    assert plain.answers[0].id == "sp_icp_difference"


def test_a_paper_and_the_criterion_that_asks_for_it_answer_once(
    questions: Questions,
) -> None:
    answers = [a.id for a in questions.ask("投诉处理制度怎么写", on=TODAY).answers]
    assert answers[0] == "complaint_rules"
    assert "complaint_rules_in_place" not in answers


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("licence_number_on_home_page", "display_number_iis", True),
        ("resource_not_sublet", "validity_vat", False),
        ("review_60_days", "iis_review_60_days", False),
    ],
)
def test_a_criterion_says_the_same_as_the_law_whose_article_it_cites(
    catalogue: Catalogue, one: str, other: str, *, same: bool
) -> None:
    entries = {entry.id: entry for entry in list_answerables(catalogue)}
    assert say_the_same(catalogue, entries[one], entries[other]) is same
    assert say_the_same(catalogue, entries[other], entries[one]) is same


@pytest.mark.long
def test_questions_as_people_put_them_are_answered_or_refused(
    questions: Questions,
) -> None:
    real = load_yaml(REAL.read_text("utf-8"))["first"]
    inside = [
        (each["found"], questions.ask(each["asked"], on=TODAY).answers)
        for each in real["inside"]
    ]
    outside = [
        questions.ask(asked, on=TODAY)
        for asked_of_matter in real["outside"].values()
        for asked in asked_of_matter
    ]
    named = [not reply.answers or reply.elsewhere is not None for reply in outside]
    answered = [bool(answers) for _, answers in inside]
    right = [
        rests_on(answers[0], found)
        for found, answers in inside
        if answers and answers[0].tier is Tier.SURE
    ]
    assert sum(answered) / len(inside) >= 0.95
    assert sum(right) / len(right) >= 0.95
    assert sum(named) / len(outside) >= 0.89
