"""Descriptions of businesses, and what is said of them; what more answers may change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.errors import CaseError
from changqing.guide.classify import Classified, Classifier
from changqing.guide.classify_answers import ask_about, read_answers
from changqing.law.kinds.classification import Need
from changqing.rules.types import Kind, Value
from changqing.text import Language
from tests.share import examples
from tests.shipped import CATALOGUE

TODAY = date(2026, 11, 24)
CLASSIFIER = Classifier(CATALOGUE, on=TODAY)
MOST_QUESTIONS = 8

Written = Mapping[str, list[str] | bool | None]


def described(answers: Written) -> dict[str, Value | None]:
    return {
        name: frozenset(value) if isinstance(value, list) else value
        for name, value in answers.items()
    }


def interviewed(answers: Written, classifier: Classifier = CLASSIFIER) -> Classified:
    """Answer what is asked; what a description leaves out is no and none."""
    known = described(answers)
    given: dict[str, Value | None] = {}
    while (question := classifier.find_next_question(given)) is not None:
        name = question.fact.id
        none = frozenset[str]() if question.fact.type.kind is Kind.SET else False
        given[name] = known.get(name, none)
        assert len(given) <= MOST_QUESTIONS, "too many questions"
    assert set(known) <= set(given), "a question of the description was never asked"
    return classifier.classify(given)


def rules(classified: Classified, need: Need) -> set[str]:
    return {each.rule.id for each in classified.list_ruled(need)}


BUSINESSES: Mapping[str, tuple[Written, set[str], set[str]]] = {
    "a local-life marketplace with reviews and an app": (
        {
            "activities": ["marketplace", "community"],
            "earns": ["others"],
            "channels": ["site", "app"],
            "authority_confirms": None,
        },
        {"online_processing", "site_filing", "app_filing"},
        {"internet_information"},
    ),
    "a seller of online courses": (
        {
            "activities": ["information"],
            "earns": ["users"],
            "fields": ["education"],
            "channels": ["site", "mini_program"],
        },
        {"internet_information", "site_filing", "app_filing"},
        set(),
    ),
    "a school for distance degrees": (
        {
            "activities": ["information"],
            "earns": ["users"],
            "fields": ["degree_education"],
            "channels": ["site"],
        },
        {"internet_information", "named_sectors", "site_filing"},
        set(),
    ),
    "a chat with a large model": (
        {
            "activities": ["information", "online_software"],
            "earns": ["users"],
            "fields": ["generative_ai"],
            "channels": ["site", "app"],
        },
        {"internet_information", "generative_ai", "site_filing", "app_filing"},
        set(),
    ),
    "a ride-hailing platform": (
        {
            "activities": ["marketplace"],
            "fields": ["ride_hailing", "recommendation"],
            "channels": ["app"],
        },
        {"online_processing", "ride_hailing", "algorithm_filing", "app_filing"},
        set(),
    ),
    "a reseller of cloud in its own name": (
        {"activities": ["hosting"], "through_supplier": [], "channels": ["site"]},
        {"data_centre", "site_filing"},
        set(),
    ),
    "a broker who introduces customers to a cloud": (
        {
            "activities": ["hosting"],
            "through_supplier": ["hosting"],
            "authority_confirms": None,
        },
        set(),
        {"data_centre"},
    ),
    "a company site": (
        {"activities": ["company_page"], "channels": ["site"]},
        {"site_filing"},
        set(),
    ),
    "a community of live streams with tips": (
        {
            "activities": ["community"],
            "earns": ["users", "others"],
            "fields": ["other"],
            "sector_consent_required": None,
            "channels": ["app"],
        },
        {"internet_information", "app_filing"},
        {"other_sectors"},
    ),
    "online software with conferences": (
        {
            "activities": ["online_software", "conference"],
            "through_supplier": [],
            "authority_confirms": None,
            "channels": ["site"],
        },
        {"conferencing", "site_filing"},
        {"online_processing"},
    ),
    "a platform for text messages": (
        {
            "activities": ["text_messages"],
            "numbers": ["n106"],
            "through_supplier": [],
            "channels": ["site"],
        },
        {"telecom_information", "short_message_number", "site_filing"},
        set(),
    ),
    "an outsourced call centre": (
        {"activities": ["calls"], "own_use": [], "numbers": ["n95"]},
        {"call_centre", "national_number"},
        set(),
    ),
    "a help line of one's own": (
        {"activities": ["calls", "own_sales"], "own_use": ["calls"]},
        set(),
        set(),
    ),
    "an appraisal of jewellery, paid and online": (
        {"activities": ["information"], "earns": ["users"], "channels": ["site"]},
        {"internet_information", "site_filing"},
        set(),
    ),
    "an appraisal of jewellery done in a shop": (
        {"activities": ["own_sales"], "channels": ["site"]},
        {"site_filing"},
        set(),
    ),
    "a forum of fans without charge": (
        {"activities": ["community"], "earns": [], "channels": ["site"]},
        {"site_filing"},
        set(),
    ),
    "a user of content delivery": (
        {"activities": ["acceleration"], "own_use": ["acceleration"]},
        set(),
        set(),
    ),
    "a provider of content delivery": (
        {"activities": ["acceleration"], "own_use": [], "through_supplier": []},
        {"content_delivery"},
        set(),
    ),
    "private networks across the border": (
        {"activities": ["private_network"], "private_network_ends": ["abroad"]},
        set(),
        set(),
    ),
    "a new kind of service": ({"activities": ["novel"]}, {"trial_filing"}, set()),
}


@pytest.mark.parametrize("business", BUSINESSES)
def test_a_business_is_told_what_it_needs_and_what_is_open(business: str) -> None:
    answers, needed, doubtful = BUSINESSES[business]
    found = interviewed(answers)
    assert rules(found, Need.NEEDED) == needed
    assert rules(found, Need.DOUBTFUL) == doubtful


@pytest.mark.parametrize("business", BUSINESSES)
def test_every_answer_has_its_reason_and_source_in_both_languages(
    business: str,
) -> None:
    found = interviewed(BUSINESSES[business][0])
    for each in found.ruled:
        for language in Language:
            reason = each.reason.say(language)
            assert reason
            assert "{" not in reason
            assert each.rule.title.say(language)
        assert each.rule.citations


PERMITS_BESIDE = {
    "live": ("live_streaming", "网络文化经营许可证"),
    "audiovisual": ("audiovisual_programmes", "视听节目许可证"),
    "culture": ("network_culture", "网络文化经营许可证"),
    "news": ("news_information", "互联网新闻信息服务许可证"),
    "publishing": ("online_publishing", "网络出版服务许可证"),
    "generative_ai": ("generative_ai", "安全评估"),
    "deep_synthesis": ("deep_synthesis", "算法备案"),
    "recommendation": ("algorithm_filing", "10个工作日"),
    "ride_hailing": ("ride_hailing", "网络预约出租汽车经营许可证"),
}


@pytest.mark.parametrize("field", PERMITS_BESIDE)
def test_a_permit_beside_telecom_is_named_where_content_needs_one(field: str) -> None:
    rule, permit = PERMITS_BESIDE[field]
    answers: Written = {"activities": ["community"], "earns": [], "fields": [field]}
    found = {e.rule.id: e for e in interviewed(answers).list_ruled(Need.NEEDED)}
    assert permit in found[rule].reason.zh
    without = interviewed({**answers, "fields": []})
    untouched = next(
        e for e in without.list_ruled(Need.NOT_NEEDED) if e.rule.id == rule
    )
    assert not untouched.near


@pytest.mark.parametrize(
    ("field", "rule", "duty"),
    [
        ("generative_ai", "ai_labels", "隐式标识"),
        ("deep_synthesis", "ai_labels", "隐式标识"),
        ("minors", "minors_online", "未成年人模式"),
    ],
)
def test_a_duty_of_another_law_is_remarked_where_its_content_is_served(
    field: str, rule: str, duty: str
) -> None:
    answers: Written = {"activities": ["community"], "earns": [], "fields": [field]}
    remarked = {e.rule.id: e for e in interviewed(answers).list_ruled(Need.REMARKED)}
    assert duty in remarked[rule].reason.zh
    without = interviewed({**answers, "fields": []})
    assert rule not in {each.rule.id for each in without.ruled}


def test_nothing_else_is_said_only_of_what_was_asked() -> None:
    found = interviewed({"activities": ["community"], "fields": ["live"]})
    others = next(e for e in found.ruled if e.rule.id == "other_sectors")
    assert "别的行业的，问它的主管部门" in others.reason.zh
    assert "where the content touches another, ask" in others.reason.en


def test_courses_without_a_degree_need_no_consent_and_are_told_why() -> None:
    found = interviewed(BUSINESSES["a seller of online courses"][0])
    assert "named_sectors" in rules(found, Need.NOT_NEEDED)
    assert "other_education" in rules(found, Need.REMARKED)


def test_using_a_service_is_told_apart_from_running_it() -> None:
    found = interviewed(BUSINESSES["a user of content delivery"][0])
    told = {each.rule.id: each for each in found.list_ruled(Need.NOT_NEEDED)}
    assert told["content_delivery"].near
    assert "using_is_not_operating" in told
    assert not told["call_centre"].near


def test_what_crosses_the_border_is_remarked() -> None:
    found = interviewed(BUSINESSES["private networks across the border"][0])
    assert rules(found, Need.REMARKED) == {"private_network_abroad"}
    assert "private_network" in rules(found, Need.NOT_NEEDED)


def test_a_licence_stands_under_one_need_alone() -> None:
    course = interviewed(BUSINESSES["a seller of online courses"][0])
    assert "telecom_information" in rules(course, Need.REMARKED)
    page = interviewed(BUSINESSES["a company site"][0])
    assert {"internet_information", "telecom_information"} <= rules(
        page, Need.NOT_NEEDED
    )


def test_foreign_capital_is_a_remark_by_class() -> None:
    course = BUSINESSES["a seller of online courses"][0]
    calls = BUSINESSES["an outsourced call centre"][0]
    capped = interviewed({**course, "foreign_capital": True})
    free = interviewed({**calls, "foreign_capital": True})
    assert "foreign_capped" in rules(capped, Need.REMARKED)
    assert "foreign_uncapped" in rules(free, Need.REMARKED)
    cap = next(e for e in capped.ruled if e.rule.id == "foreign_capped")
    assert "50%" in cap.reason.zh
    assert "50%" in cap.reason.en


def test_health_needed_consent_first_until_the_law_changed() -> None:
    answers: Written = {
        "activities": ["information"],
        "earns": ["users"],
        "fields": ["health"],
    }
    before = Classifier(CATALOGUE, on=date(2025, 1, 19)).classify(described(answers))
    after = Classifier(CATALOGUE, on=date(2025, 1, 20)).classify(described(answers))
    assert "named_sectors_until_2025" in rules(before, Need.NEEDED)
    assert "named_sectors" in rules(after, Need.NOT_NEEDED)
    assert "named_sectors_until_2025" not in {e.rule.id for e in after.ruled}


def test_a_contradiction_between_sources_is_shown() -> None:
    found = interviewed(BUSINESSES["an appraisal of jewellery done in a shop"][0])
    told = {each.rule.id: each for each in found.list_ruled(Need.NOT_NEEDED)}
    assert told["own_goods"].rule.dispute is not None


def test_an_answer_is_no_surer_than_its_weakest_source() -> None:
    assert CATALOGUE.classification["online_processing"].confidence == "recalled"
    assert CATALOGUE.classification["site_filing"].confidence == "text_verified"


def test_without_answers_everything_is_open_and_says_what_to_ask() -> None:
    found = CLASSIFIER.classify({})
    assert {each.need for each in found.ruled} == {Need.DOUBTFUL}
    for each in found.ruled:
        assert each.open
        assert set(each.open) <= set(CLASSIFIER.questions)


def test_options_that_no_longer_matter_are_not_offered() -> None:
    asked = CLASSIFIER.find_next_question({"activities": frozenset({"acceleration"})})
    assert asked is not None
    assert (asked.fact.id, asked.options) == ("own_use", ("acceleration",))


@st.composite
def some_answers(draw: st.DrawFn) -> dict[str, Value | None]:
    """Answers to some of the questions, few things at a time."""
    found: dict[str, Value | None] = {}
    for name, fact in CLASSIFIER.questions.items():
        if draw(st.booleans()):
            if fact.type.kind is Kind.SET:
                members = st.sampled_from(list(fact.value_labels))
                found[name] = draw(st.frozensets(members, max_size=3))
            else:
                found[name] = draw(st.booleans())
    return found


@settings(deadline=None, max_examples=examples(60))
@given(some_answers(), some_answers())
def test_one_more_answer_never_turns_an_answer_round(
    first: dict[str, Value | None], more: dict[str, Value | None]
) -> None:
    needs = {e.rule.id: e.need for e in CLASSIFIER.classify(first).ruled}
    for name, value in more.items():
        if name in first:
            continue
        first[name] = value
        found = {e.rule.id: e.need for e in CLASSIFIER.classify(first).ruled}
        for rule in CATALOGUE.classification:
            before = needs.get(rule, Need.SILENT)
            if before is not Need.DOUBTFUL:
                assert found.get(rule, Need.SILENT) is before
        needs = found


@settings(deadline=None, max_examples=examples(40))
@given(some_answers())
def test_no_licence_is_both_needed_and_not(answers: dict[str, Value | None]) -> None:
    found = CLASSIFIER.classify(answers)
    seen: dict[str, Need] = {}
    for need in (Need.NEEDED, Need.NOT_NEEDED):
        for each in found.list_ruled(need):
            if each.rule.licence is not None:
                assert seen.setdefault(each.rule.licence, need) is need


@settings(deadline=None, max_examples=examples(40))
@given(some_answers())
def test_a_question_that_is_not_asked_could_change_nothing(
    answers: dict[str, Value | None],
) -> None:
    given_: dict[str, Value | None] = {}
    while (question := CLASSIFIER.find_next_question(given_)) is not None:
        name = question.fact.id
        value = answers.get(name, frozenset())
        if isinstance(value, frozenset) and question.fact.type.kind is Kind.SET:
            value = value & frozenset(question.options)
        given_[name] = value if name in answers else None
    before = CLASSIFIER.classify(given_)
    after = CLASSIFIER.classify({**answers, **given_})
    assert {e.rule.id: e.need for e in before.ruled} == {
        e.rule.id: e.need for e in after.ruled
    }


def test_the_interview_asks_again_until_it_understands() -> None:
    left = ["12 99", "12", "x", "0", "网站", "没有", "也许", "否"]
    told: list[str] = []
    answers = ask_about(
        CLASSIFIER,
        Language.ZH,
        ask=lambda _: left.pop(0),
        tell=told.append,
    )
    assert answers["activities"] == frozenset({"acceleration"})
    assert answers["own_use"] == frozenset()
    assert answers["channels"] == frozenset({"site"})
    assert answers["foreign_capital"] is False
    assert left == []
    assert any("没有“99”这一项" in line for line in told)


def test_an_interview_without_a_usable_answer_ends() -> None:
    with pytest.raises(CaseError) as refused:
        ask_about(CLASSIFIER, Language.EN, ask=lambda _: "?", tell=lambda _: None)
    assert "--answers" in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "activities: [community]\nearns: []\nown_use: null\n",
        '{"activities": ["community"], "earns": [], "own_use": null}',
    ],
    ids=["yaml", "json"],
)
def test_answers_are_read_from_yaml_and_json(text: str) -> None:
    answers = read_answers(CLASSIFIER, Path("answers"), text=text)
    assert answers == {
        "activities": frozenset({"community"}),
        "earns": frozenset(),
        "own_use": None,
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("activities: [cdn]\n", "answers.yaml:1 activities: “cdn” is not one of"),
        ("\nactivites: []\n", "answers.yaml:2 there is no question activites; did"),
        ("foreign_capital: 3\n", "answers.yaml:1 foreign_capital: “3” is neither"),
        ("- activities\n", "answers.yaml:1 must be questions with answers"),
        ("activities: [\n", "answers.yaml:"),
        ("1: []\n", "answers.yaml:1 there is no question 1"),
        ("", "answers.yaml:1"),
    ],
)
def test_a_bad_file_of_answers_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(CaseError) as refused:
        read_answers(CLASSIFIER, Path("answers.yaml"), text=text)
    assert str(refused.value).startswith(said)


def test_all_faults_of_a_file_come_together() -> None:
    with pytest.raises(CaseError) as refused:
        read_answers(
            CLASSIFIER, Path("a"), text="foreign_capital: perhaps\nearned: []\n"
        )
    assert [issue.line for issue in refused.value.issues] == [1, 2]
