"""What settles an answer: which comparisons, which members, and by what proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from changqing.case.subjects import Subject
from changqing.judge.deciding import settle_truth
from changqing.judge.model import JudgedTerm, Side
from changqing.judge.span import measure_span
from changqing.law.kit import Grade
from changqing.rules.tree import (
    And,
    DaysBetween,
    Literal,
    Name,
    Not,
    Or,
    Truth,
    WholeMonths,
    list_judgements,
)
from changqing.rules.types import Kind
from changqing.text import Text
from tests.judge.assessment_factory import (
    CHEN,
    LIN,
    Told,
    assess,
    catalogue,
    criterion,
    only,
    record,
    resolved,
    situation,
)
from tests.judge.assessment_world import World, worlds
from tests.share import examples

MEI = Subject("person", "mei")
_LEAF = Literal(value=True, kind=Kind.BOOLEAN)
TREES: st.SearchStrategy[Truth] = st.recursive(
    st.just(_LEAF),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda p: And(tuple(p))),
        st.lists(inner, min_size=2, max_size=3).map(lambda p: Or(tuple(p))),
    ),
    max_leaves=7,
)
ANSWERS = st.sampled_from((True, False, None))
DAYS = st.dates(date(1999, 1, 1), date(2040, 12, 31))


def terms_of(test: str, claimed: Told, proven: Told) -> tuple[JudgedTerm, ...]:
    told = situation(claimed, proven)
    return only(assess(catalogue(criterion("it", test)), told)).terms


def member_side(test: str, members: Mapping[Subject, Told], *, closed: bool) -> Side:
    lists = frozenset({"person"}) if closed else frozenset()
    told = situation(members=members, closed=lists)
    (term,) = only(assess(catalogue(criterion("it", test)), told)).terms
    return term.proven


@settings(
    max_examples=examples(10),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(worlds)
def test_what_settles_an_answer_gives_the_verdict_of_the_engine(world: World) -> None:
    for finding in world.assess().findings:
        if finding.terms:
            root = finding.criterion.test.root
            claimed, _ = settle_truth(root, [t.claimed.holds for t in finding.terms])
            proven, _ = settle_truth(root, [t.proven.holds for t in finding.terms])
            assert (claimed, proven) == (finding.claimed, finding.proven)


@given(TREES, st.data())
def test_what_does_not_settle_an_answer_may_be_anything(
    root: Truth, data: st.DataObject
) -> None:
    truths = [data.draw(ANSWERS) for _ in list_judgements(root)]
    answer, places = settle_truth(root, truths)
    assert places
    if answer is None:
        assert all(truths[place] is None for place in places)
        return
    others = [
        truth if place in places else data.draw(ANSWERS)
        for place, truth in enumerate(truths)
    ]
    assert settle_truth(root, others)[0] is answer


def test_the_branch_that_holds_settles_an_or() -> None:
    terms = terms_of(
        "listed OR has_plan OR clean", {"listed": True}, {"has_plan": True}
    )
    assert [term.claimed.decides for term in terms] == [True, False, False]
    assert [term.proven.decides for term in terms] == [False, True, False]


def test_all_that_fails_settles_an_and() -> None:
    told = {"listed": False, "clean": False, "has_plan": True}
    terms = terms_of("listed AND has_plan AND clean", told, told)
    assert [term.proven.decides for term in terms] == [True, False, True]


def test_the_unknown_parts_are_what_leaves_an_answer_open() -> None:
    terms = terms_of("listed AND (has_plan OR clean)", {}, {"listed": True})
    assert [term.proven.decides for term in terms] == [False, True, True]


@pytest.mark.parametrize(
    ("test", "full_time", "closed", "brief", "en"),
    [
        ("every(person: full_time)", [1, 1], True, "2名均符合", "2 satisfy"),
        ("every(person: full_time)", [1], True, "符合：lin", "satisfies: lin"),
        ("every(person: full_time)", [1, 0], True, "不符合：chen", "does not: chen"),
        ("every(person: full_time)", [1, None], True, "未知：chen", "unknown: chen"),
        ("every(person: full_time)", [1], False, "名单未齐", "list not closed"),
        ("every(person: full_time)", [], True, "没有这样的人员", "no such person"),
        ("none(person: full_time)", [0, 0], True, "没有这样的人员", "no such person"),
        ("none(person: full_time)", [1, 1], True, "2名如此", "2 are so"),
        ("none(person: full_time)", [None], True, "未知：lin", "unknown: lin"),
        ("some(person: full_time)", [1, 0], True, "符合：lin", "satisfies: lin"),
        ("some(person: full_time)", [0, 0], True, "2名不符合", "2 do not"),
        ("some(person: full_time)", [], True, "没有这样的人员", "no such person"),
        (
            "at_least(2, person: full_time)",
            [1, None],
            False,
            "符合：lin，未知：chen，名单未齐",
            "satisfies: lin, unknown: chen, list not closed",
        ),
    ],
)
def test_members_are_counted_in_a_few_words(
    test: str, full_time: list[int | None], closed: bool, brief: str, en: str
) -> None:
    people = {
        who: {} if value is None else {"full_time": bool(value)}
        for who, value in zip((LIN, CHEN), full_time, strict=False)
    }
    side = member_side(test, people, closed=closed)
    assert side.brief is not None
    assert side.brief.zh == brief
    assert side.brief.en.startswith(en)


def test_a_count_rests_on_the_weakest_proof_of_those_who_settle_it() -> None:
    told = situation(closed=frozenset({"person"}), members={LIN: {}, CHEN: {}, MEI: {}})
    proofs = {LIN: (True, Grade.ATTESTED), CHEN: (True, Grade.DOCUMENTED)}
    proofs[MEI] = (False, Grade.OBSERVED)
    found = {
        (who, "full_time"): replace(
            resolved(who, "full_time", claimed=value, proven=value),
            proven_by=record(who, "full_time", value, grade),
        )
        for who, (value, grade) in proofs.items()
    }
    told = replace(told, resolved=found)

    def proof(test: str) -> tuple[Subject, Grade] | None:
        (term,) = only(assess(catalogue(criterion("it", test)), told)).terms
        by = term.proven.record
        return None if by is None else (by.subject, by.grade)

    assert proof("some(person: full_time)") == (CHEN, Grade.DOCUMENTED)
    assert proof("at_least(3, person: full_time)") == (CHEN, Grade.DOCUMENTED)
    assert proof("every(person: full_time)") == (MEI, Grade.OBSERVED)
    assert proof("none(person WHERE full_time)") == (CHEN, Grade.DOCUMENTED)
    assert proof("every(person WHERE full_time: full_time)") == (
        CHEN,
        Grade.DOCUMENTED,
    )
    assert proof("some(person: months > 3)") is None


def test_nobody_of_a_kind_is_proven_by_those_who_are_not() -> None:
    side = member_side(
        "none(person WHERE full_time)", {LIN: {"full_time": False}}, closed=True
    )
    assert side.record is not None
    assert side.record.subject == LIN


def test_a_comparison_rests_on_the_weaker_of_its_facts() -> None:
    told = situation(
        more=[
            replace(
                resolved(whose, fact, claimed=100, proven=100),
                proven_by=record(whose, fact, 100, grade),
            )
            for whose, fact, grade in (
                (Subject("applicant", "self"), "cash", Grade.ATTESTED),
                (Subject("applicant", "self"), "capital", Grade.DOCUMENTED),
            )
        ]
    )
    test = criterion("it", "cash >= capital")
    (term,) = only(assess(catalogue(test), told)).terms
    assert term.proven.record is not None
    assert term.proven.record.grade is Grade.DOCUMENTED


def test_a_span_is_said_by_its_length_and_its_day() -> None:
    told = {"founded_on": date(2025, 9, 10)}
    (term,) = terms_of("whole_months(founded_on, :as_of) >= 12", told, told)
    assert term.proven.value.zh == "14个月（2025-09-10）"
    assert term.proven.value.en == "14 months (2025-09-10)"
    assert term.proven.brief == Text(zh="14个月", en="14 months")
    assert (term.proven.number, term.limit) == (14, 12)


def test_what_asks_for_no_fact_says_what_was_given() -> None:
    terms = terms_of("listed OR :licence = 'B25' OR :minimum > 100", {}, {})
    assert terms[1].proven.value.zh == "B25"
    assert terms[2].proven.value.zh == "最低限额（100万元）"


@given(DAYS, DAYS)
def test_a_span_is_as_long_as_the_engine_counts(start: date, end: date) -> None:
    facts = {"founded_on": start, "lease_until": end}
    names = [Name("applicant", fact, Kind.DATE) for fact in facts]
    for word, node in (("days_between", DaysBetween), ("whole_months", WholeMonths)):
        length = measure_span(node(*names), facts, {})
        assert length is not None
        test = f"{word}(founded_on, lease_until) + 20000 = {length + 20000}"
        assert terms_of(test, facts, facts)[0].proven.holds is True


def test_a_span_with_an_unknown_end_has_no_length() -> None:
    until = Literal(date(2027, 1, 1), Kind.DATE)
    begun = Name("applicant", "founded_on", Kind.DATE)
    assert measure_span(DaysBetween(begun, until), {"founded_on": None}, {}) is None
    known = {"founded_on": date(2026, 12, 31)}
    assert measure_span(DaysBetween(begun, until), known, {}) == 1
    counted = Literal(value=3, kind=Kind.NUMBER)
    assert measure_span(DaysBetween(begun, counted), known, {}) is None
