"""The parts of the outlook together: ends, derived facts, recent changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest

from changqing.case.subjects import APPLICANT, Subject
from changqing.day import find_day_start
from changqing.evidence.model import Record, Resolved, Source, SourceKind
from changqing.evidence.observations import Observation, ObservationKind
from changqing.law.kit import Grade
from changqing.outlook.ahead import Outlook, look_ahead
from changqing.outlook.cadence import say_cadence
from changqing.outlook.derived import DERIVED_FACTS
from changqing.outlook.endurance import (
    LicenceTerm,
    Support,
    say_coverage,
    say_extension,
)
from changqing.outlook.runway import say_runway
from changqing.rules.types import Value
from changqing.text import Text, both
from tests.shipped import CATALOGUE

AS_OF = date(2026, 11, 24)
SITE = Subject("service", "site")
LIN = Subject("person", "lin")
LEASE = Subject("paper", "lease")
TERM = LicenceTerm(start=date(2027, 2, 1), end=date(2032, 2, 1))
Facts = Mapping[tuple[Subject, str], Resolved]


def record(
    subject: Subject, fact: str, value: Value, *, on: date = AS_OF, source: str = "page"
) -> Record:
    assert (subject.type, fact) in CATALOGUE.facts
    return Record(
        fact=fact,
        subject=subject,
        value=value,
        source=Source(kind=SourceKind.PROBE, name=source),
        observer="changqing",
        grade=Grade.OBSERVED,
        digest=None,
        observed_at=find_day_start(on),
        received_at=find_day_start(on),
        valid_until=None,
    )


def facts(*told: Record, proven: bool = True) -> Facts:
    return {
        (one.subject, one.fact): Resolved(
            fact=one.fact,
            subject=one.subject,
            claimed=one.value,
            claimed_by=one,
            proven=one.value if proven else None,
            proven_by=one if proven else None,
            gap=None,
            gap_detail=None,
            agree_claimed=None,
            agree_proven=None,
        )
        for one in told
    }


def ahead(
    known: Facts,
    *,
    records: tuple[Record, ...] = (),
    observed: tuple[Observation, ...] = (),
    as_of: date = AS_OF,
) -> Outlook:
    found = look_ahead(
        known,
        (APPLICANT, SITE, LIN, LEASE),
        records=records,
        attempts=(),
        observed=observed,
        labels={LIN: both("林疏影"), LEASE: Text(zh="《租约》", en="the lease")},
        catalogue=CATALOGUE,
        as_of=as_of,
        term=TERM,
    )
    # A register is not looked ahead of where no rule reads any of these.
    assert {(r.subject.type, r.fact) for r in found.derived} <= DERIVED_FACTS
    return found


def items(*days_ago: int) -> tuple[Observation, ...]:
    return tuple(
        Observation(
            subject=SITE,
            kind=ObservationKind.PUBLICATION,
            at=find_day_start(AS_OF - timedelta(days=ago)),
            source="https://example.com/",
        )
        for ago in days_ago
    )


def spoken(found: Outlook) -> set[str]:
    return {change.rule for change in found.recent_changes}


CASH = (
    record(APPLICANT, "cash_on_hand", 1_200_000),
    record(APPLICANT, "monthly_cost", 100_000),
)


def cash_of(found: Outlook) -> Support:
    (cash,) = (s for s in found.endurance.commitments if s.commitment.id == "cash")
    return cash


def test_the_end_of_the_cash_is_one_day_wherever_it_stands() -> None:
    found = ahead(facts(*CASH, record(SITE, "hosting_until", date(2028, 2, 1))))
    cash = cash_of(found)
    assert found.runway.proven is not None
    assert (
        found.endurance.committed_until
        == cash.proven_until
        == cash.claimed_until
        == found.runway.proven.until
        == found.resolved[APPLICANT, "cash_until"].proven
        == date(2027, 11, 24)
    )
    assert found.endurance.carried_by == cash


def test_a_day_that_only_a_plan_tells_is_a_claim_and_moves_nothing() -> None:
    told = record(APPLICANT, "funds_until", date(2029, 1, 1))
    alone = ahead(facts(told))
    assert cash_of(alone).claimed_until == date(2029, 1, 1)
    assert cash_of(alone).proven_until is None
    assert alone.endurance.committed_until is None

    counted = ahead(facts(*CASH, told))
    assert cash_of(counted).proven_until == date(2027, 11, 24)
    assert cash_of(counted).claimed_until == date(2027, 11, 24)


def test_cash_that_is_only_said_has_no_proven_end() -> None:
    said = {
        key: replace(found, proven=None, proven_by=None)
        for key, found in facts(*CASH).items()
    }
    found = ahead(said)
    assert cash_of(found).claimed_until == date(2027, 11, 24)
    assert cash_of(found).proven_until is None
    assert found.endurance.committed_until is None
    assert {r.grade for r in found.derived} == {Grade.DECLARED}
    words = say_runway(found.runway)
    assert not any("按证实" in text.zh and "2027-11-24" in text.zh for text in words)
    assert any("按自述" in text.zh and "2027-11-24" in text.zh for text in words)


def test_income_that_covers_the_cost_ends_no_headline_and_keeps_its_range() -> None:
    earning = record(APPLICANT, "revenue_12m", 1_200_000)
    hosting = record(SITE, "hosting_until", date(2028, 2, 1))
    found = ahead(facts(*CASH, earning, hosting))
    cash = cash_of(found)
    assert cash.open_ended
    assert not cash.unknown
    assert cash.proven_until is None
    assert cash.early_until == date(2027, 11, 24)
    assert found.endurance.committed_until == date(2028, 2, 1)


def test_what_follows_is_among_the_facts_with_the_weakest_grade() -> None:
    months = ahead(facts(*CASH)).resolved[APPLICANT, "runway_months"]
    assert (months.claimed, months.proven) == (12, 12)
    assert months.proven_by is not None
    assert months.proven_by.grade is min(known.grade for known in CASH)
    hosting = replace(
        record(SITE, "hosting_until", date(2028, 2, 1)), grade=Grade.DOCUMENTED
    )
    found = ahead(facts(hosting), observed=items(*range(2, 400, 7))).resolved
    until = found[APPLICANT, "committed_until"]
    assert until.proven == date(2028, 2, 1)
    assert until.proven_by is not None
    assert until.proven_by.grade is Grade.DOCUMENTED
    chance = found[SITE, "chance_of_item_180"].proven
    assert isinstance(chance, int)
    assert 9_000 < chance < 10_000
    assert (SITE, "availability_last_30") not in found


def test_what_renews_by_itself_counts_to_its_proven_end() -> None:
    until = record(SITE, "hosting_until", date(2028, 2, 1))
    renewing = record(SITE, "hosting_renews", value=True)
    for proven in (True, False):
        known = {**facts(until), **facts(renewing, proven=proven)}
        found = ahead(known).endurance
        assert found.carried_by is not None
        assert found.carried_by.renews is proven
        assert found.committed_until == date(2028, 2, 1)
    alone = ahead(facts(renewing)).endurance
    assert alone.committed_until is None
    assert alone.unknown_ends == 4


def test_a_derived_fact_counts_as_long_as_its_kind() -> None:
    before = record(SITE, "domain_registrant", "甲公司", on=date(2024, 1, 1))
    after = record(SITE, "domain_registrant", "乙公司", on=date(2025, 11, 24))
    key = (SITE, "domain_registrant_changed_on")
    seen = (before, after)
    assert ahead({}, records=seen).resolved[key].proven == date(2025, 11, 24)
    assert key not in ahead({}, records=seen, as_of=date(2026, 11, 25)).resolved


def test_the_covered_part_of_the_term_ends_with_the_first_end() -> None:
    found = ahead(
        facts(
            record(SITE, "hosting_until", date(2028, 2, 1)),
            record(SITE, "domain_expires_on", date(2030, 2, 1)),
        )
    ).endurance
    assert (found.covered_days, found.term_days) == (365, 1826)
    words = say_coverage(found)
    assert words is not None
    assert "2项期限未知" in words.zh  # cash and lease


def test_extending_the_first_gains_until_the_next_end() -> None:
    found = ahead(
        facts(
            record(SITE, "hosting_until", date(2028, 2, 1)),
            record(SITE, "domain_expires_on", date(2028, 3, 2)),
        )
    ).endurance
    assert found.extension is not None
    assert [s.commitment.id for s in found.extension.supports] == ["hosting"]
    assert found.extension.gain_days == 30
    words = say_extension(found)
    assert words is not None
    assert "30天" in words.zh
    assert "30 days" in words.en


def test_two_that_end_together_are_extended_together() -> None:
    day = date(2028, 2, 1)
    found = ahead(
        facts(
            record(SITE, "hosting_until", day), record(SITE, "domain_expires_on", day)
        )
    ).endurance
    assert found.extension is not None
    assert len(found.extension.supports) == 2
    assert found.extension.until == TERM.end
    assert found.extension.next is None


def test_what_lasts_beyond_the_term_need_not_be_extended() -> None:
    found = ahead(facts(record(SITE, "hosting_until", date(2040, 1, 1)))).endurance
    assert found.extension is None
    assert found.covered_days == found.term_days


def test_insured_months_that_follow_one_another_are_counted() -> None:
    rows = tuple(
        Observation(
            subject=APPLICANT,
            kind=ObservationKind.INSURED_MONTH,
            at=find_day_start(date(2026, month, 3)),
            value=4,
            source="paper",
        )
        for month in (3, 4, 6, 7, 8, 9, 10)
    )
    found = ahead({}, observed=rows).endurance
    (staff,) = (s for s in found.renewals if s.commitment.id == "staff_insurance")
    assert staff.renewed_times == 5


def test_items_after_a_long_silence_are_told_with_both_numbers() -> None:
    found = ahead({}, observed=items(2, 4, 6, 9, 12, 190, 250))
    assert "publications_after_silence" in spoken(found)
    (change,) = found.recent_changes
    assert "177天" in change.text.zh
    assert "177 days" in change.text.en


def test_steady_items_are_no_change() -> None:
    assert spoken(ahead({}, observed=items(*range(2, 200, 7)))) == set()


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("domain_created", [record(SITE, "domain_registered_on", date(2026, 11, 2))]),
        (
            "insured_for_the_first_time",
            [record(LIN, "insured", True), record(LIN, "si_months_unbroken", 1)],
        ),
        (
            "lease_signed",
            [
                record(LEASE, "kind", "lease"),
                record(LEASE, "issued_on", date(2026, 11, 18)),
            ],
        ),
    ],
)
def test_what_is_recent_is_told_and_only_if_proven(
    rule: str, told: list[Record]
) -> None:
    assert spoken(ahead(facts(*told))) == {rule}
    assert spoken(ahead(facts(*told, proven=False))) == set()
    assert spoken(ahead(facts(*told), as_of=AS_OF + timedelta(days=400))) <= {
        "insured_for_the_first_time"
    }


def test_another_registrant_than_last_time_is_told() -> None:
    before = record(
        SITE, "domain_registrant", "甲公司", on=date(2026, 8, 1), source="registration"
    )
    after = replace(
        before, value="乙公司", observed_at=find_day_start(date(2026, 11, 20))
    )
    found = ahead(facts(after), records=(before, after))
    assert "registrant_changed" in spoken(found)
    assert found.recent_changes[0].on == date(2026, 11, 20)
    assert spoken(ahead(facts(after), records=(after,))) == set()


def test_two_pages_that_come_on_one_day_are_told_and_one_is_not() -> None:
    def pages(*names: str) -> tuple[Record, ...]:
        return tuple(
            record(SITE, name, there, on=on)
            for name in names
            for there, on in ((False, date(2026, 9, 1)), (True, date(2026, 11, 20)))
        )

    both_pages = pages("shows_privacy_policy", "shows_user_agreement")
    assert "policies_appeared" in spoken(ahead({}, records=both_pages))
    assert spoken(ahead({}, records=pages("shows_privacy_policy"))) == set()


def test_looks_of_one_moment_tell_the_same_in_any_order() -> None:
    told = [
        record(SITE, name, there, on=on)
        for name in ("shows_privacy_policy", "shows_user_agreement")
        for there, on in (
            (False, date(2026, 9, 1)),
            (True, date(2026, 11, 20)),
            (False, date(2026, 11, 20)),
        )
    ]
    looks = [replace(look, number=number) for number, look in enumerate(told, start=1)]
    orders = [ahead({}, records=order).resolved for order in permutations(looks)]
    assert all(resolved == orders[0] for resolved in orders)


def test_no_rule_accuses() -> None:
    for rule in CATALOGUE.recent_changes.values():
        for word in ("突击", "临时", "造假", "涉嫌", "可疑", "包装"):
            assert word not in rule.says.zh
        for word in ("fake", "suspicious", "window dressing"):
            assert word not in rule.says.en


def test_without_a_history_cadence_and_availability_are_unknown() -> None:
    found = ahead({})
    assert found.cadence[SITE].unknown is not None
    assert not found.cadence[SITE].chances
    assert found.availability[SITE].unknown is not None
    assert found.availability[SITE].alike is None


def checked(*days_ago: int) -> tuple[Observation, ...]:
    return tuple(
        Observation(
            subject=SITE,
            kind=ObservationKind.CHECK,
            at=find_day_start(AS_OF - timedelta(days=ago)),
            source="https://example.com/",
            value=1,
        )
        for ago in days_ago
    )


def test_an_answer_without_readable_items_is_no_silence() -> None:
    rows = items(*range(20, 300, 7)) + checked(15, 0)
    searched = record(SITE, "shows_dated_items", value=True, on=AS_OF - timedelta(15))
    found = ahead({}, observed=rows).cadence[SITE]
    assert (found.stands_on, found.silent_days) == (AS_OF, 20)
    found = ahead({}, observed=rows, records=(searched,)).cadence[SITE]
    assert (found.stands_on, found.silent_days) == (AS_OF - timedelta(days=15), 5)


def test_days_before_the_first_look_rest_on_the_dates_of_the_site() -> None:
    rows = items(*range(2, 300, 7)) + checked(10, 0)
    found = ahead({}, observed=rows).cadence[SITE]
    assert found.unknown is None
    assert found.dated_by_site == 296 - 10
    assert any("286天在首次查看之前" in text.zh for text in say_cadence(found))


def test_silence_after_the_last_look_does_not_count() -> None:
    rows = items(*range(20, 300, 7))
    found = ahead({}, observed=rows).cadence[SITE]
    assert found.stands_on == AS_OF - timedelta(days=20)
    assert found.silent_days == 0


def test_of_a_site_that_nobody_looked_at_no_day_was_observed() -> None:
    (cadence,) = ahead({}).cadence.values()
    assert cadence.observed_days == 0
    assert cadence.unknown is not None
    assert cadence.unknown.zh.startswith("未知：还没有看过")
