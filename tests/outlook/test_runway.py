"""How long the cash lasts: twice, with a range, in whole fen, and unknown when it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changqing.case.subjects import APPLICANT, Subject
from changqing.day import find_day_start
from changqing.evidence.model import Record, Resolved, Source, SourceKind
from changqing.evidence.observations import Observation, ObservationKind
from changqing.law.kit import Grade
from changqing.outlook.runway import (
    Basis,
    Lasting,
    Runway,
    compute_runway,
    say_runway,
)
from changqing.report.build_outlook import build_runway

AS_OF = date(2026, 11, 24)
CASH_ON = date(2026, 11, 10)
Facts = dict[tuple[Subject, str], Resolved]


def told(fact: str, value: int | None, *, proven: bool = True) -> Facts:
    record = Record(
        fact=fact,
        subject=APPLICANT,
        value=value,
        source=Source(kind=SourceKind.PAPER, name=fact),
        observer="changqing",
        grade=Grade.DOCUMENTED if proven else Grade.DECLARED,
        digest=None,
        observed_at=find_day_start(CASH_ON),
        received_at=find_day_start(CASH_ON),
        valid_until=None,
    )
    return {
        (APPLICANT, fact): Resolved(
            fact=fact,
            subject=APPLICANT,
            claimed=value,
            claimed_by=record,
            proven=value if proven else None,
            proven_by=record if proven else None,
            gap=None,
            gap_detail=None,
            agree_claimed=None,
            agree_proven=None,
        )
    }


def months(*values: int, kind: str = "result_month") -> list[Observation]:
    """Months that end with October 2026, oldest first."""
    found = []
    for back, value in enumerate(reversed(values)):
        year, month = divmod(2026 * 12 + 9 - back, 12)
        found.append(
            Observation(
                subject=APPLICANT,
                kind=ObservationKind(kind),
                at=datetime.combine(date(year, month + 1, 28), datetime.min.time())
                .astimezone()
                .replace(tzinfo=find_day_start(AS_OF).tzinfo),
                value=value,
                source="statements",
            )
        )
    return found


def proven(found: Runway) -> Lasting:
    assert found.proven is not None
    return found.proven


def test_a_plan_without_revenue_is_one_day_and_has_no_range() -> None:
    facts = told("cash_on_hand", 1_200_000) | told("monthly_cost", 100_000)
    found = proven(compute_runway(facts, as_of=AS_OF))
    assert found.basis is Basis.PLAN
    assert (found.months, found.until) == (12, date(2027, 11, 10))
    assert not found.range_known
    assert found.early == found.late == found.until


def test_a_company_with_income_is_judged_by_its_net_burn_with_the_range_beside() -> (
    None
):
    facts = (
        told("cash_on_hand", 1_200_000)
        | told("monthly_cost", 100_000)
        | told("revenue_12m", 600_000)
    )
    found = proven(compute_runway(facts, as_of=AS_OF))
    assert found.early == date(2027, 11, 10)
    assert found.until == found.late == date(2028, 11, 10)
    assert (found.months, found.result, found.revenue) == (24, -50_000, 50_000)
    assert found.range_known
    (words, *_) = say_runway(compute_runway(facts, as_of=AS_OF))
    assert "到2028-11-10" in words.zh
    assert "没有收入时，到2027-11-10" in words.zh


def test_income_above_the_cost_never_runs_out_and_says_what_without() -> None:
    facts = (
        told("cash_on_hand", 1_200_000)
        | told("monthly_cost", 100_000)
        | told("revenue_12m", 1_200_000)
    )
    found = proven(compute_runway(facts, as_of=AS_OF))
    assert (found.until, found.months) == (None, None)
    assert found.early == date(2027, 11, 10)
    (words, *_) = say_runway(compute_runway(facts, as_of=AS_OF))
    assert "收入够付支出，不减少（没有收入时，到2027-11-10）" in words.zh
    assert "does not run out (without revenue, to 2027-11-10)" in words.en


def test_what_is_not_known_is_said_in_one_sentence() -> None:
    (words, *_) = say_runway(compute_runway({}, as_of=AS_OF))
    assert words.zh.startswith("按证实，能用多久未知：账上现金")
    assert words.zh.count("：") == 1


def test_revenue_that_is_only_said_is_not_counted_as_proven() -> None:
    facts = (
        told("cash_on_hand", 1_200_000)
        | told("monthly_cost", 100_000)
        | told("revenue_12m", 1_200_000, proven=False)
    )
    found = compute_runway(facts, as_of=AS_OF)
    assert proven(found).until == date(2027, 11, 10)
    assert found.claimed is not None
    assert found.claimed.until is None
    assert "没有已证实的收入，收入没有算入" in say_runway(found)[0].zh


def test_a_plan_says_that_its_cost_is_the_companys_own() -> None:
    facts = told("cash_on_hand", 1_200_000) | told("monthly_cost", 100_000)
    found = compute_runway(facts, as_of=AS_OF)
    shown = build_runway(found).proven
    assert shown is not None
    assert shown.grade == "documented"
    assert any("取自公司自己的计划" in text.zh for text in say_runway(found))


def test_what_is_only_claimed_leaves_the_proven_unknown() -> None:
    facts = told("cash_on_hand", 1_200_000, proven=False) | told("monthly_cost", 100)
    found = compute_runway(facts, as_of=AS_OF)
    assert found.proven is None
    assert found.unknown_proven is not None
    assert found.claimed is not None


def test_what_was_just_said_is_not_called_unsaid() -> None:
    found = compute_runway(
        told("cash_on_hand", 5_600_000_00, proven=False), as_of=AS_OF
    )
    (words,) = say_runway(found)
    assert "账上现金只有自述，没有证据" in words.zh
    assert "计划的每月成本没有核对过的证据，也没有自述" in words.zh
    assert "cash in the bank is said, without evidence" in words.en


def test_a_claim_that_is_proven_has_the_day_of_its_proof() -> None:
    """Else one sum of cash had two ends, the claim having been made a week later."""
    facts = told("cash_on_hand", 1_200_000) | told("monthly_cost", 100_000)
    later = {
        key: replace(
            found,
            claimed_by=replace(
                found.claimed_by,
                observed_at=find_day_start(CASH_ON + timedelta(days=7)),
            ),
        )
        for key, found in facts.items()
        if found.claimed_by is not None
    }
    found = compute_runway(later, as_of=AS_OF)
    assert found.claimed == found.proven
    assert sum("2027-11" in text.zh for text in say_runway(found)) == 1


def test_nothing_known_is_unknown_and_not_over() -> None:
    found = compute_runway({}, as_of=AS_OF)
    assert found.claimed is None
    assert found.proven is None
    assert all("未知" in text.zh for text in say_runway(found))
    assert all("how long it lasts is unknown" in text.en for text in say_runway(found))


def test_steady_months_have_hardly_a_range() -> None:
    found = proven(
        compute_runway(
            told("cash_on_hand", 1_200_000), months(*[-100_000] * 12), as_of=AS_OF
        )
    )
    assert found.basis is Basis.HISTORY
    assert found.months == 12
    assert found.until == date(2027, 11, 10)
    assert found.early is not None
    assert (found.until - found.early) <= timedelta(days=31)


def test_a_wider_spread_brings_the_early_end_forward() -> None:
    cash = told("cash_on_hand", 1_200_000)
    calm = months(*[-90_000, -110_000] * 6)
    rough = months(*[100_000, -300_000] * 6)
    steady, wild = (
        proven(compute_runway(cash, rows, as_of=AS_OF)) for rows in (calm, rough)
    )
    assert steady.until == wild.until
    assert steady.early is not None
    assert wild.early is not None
    assert wild.early < steady.early


def test_five_months_are_no_history() -> None:
    facts = told("cash_on_hand", 1_200_000) | told("monthly_cost", 100_000)
    found = proven(compute_runway(facts, months(*[-5_000] * 5), as_of=AS_OF))
    assert found.basis is Basis.PLAN


def test_an_old_history_says_nothing_of_now() -> None:
    facts = told("cash_on_hand", 1_200_000) | told("monthly_cost", 100_000)
    found = proven(
        compute_runway(facts, months(*[-5_000] * 12), as_of=date(2027, 11, 24))
    )
    assert found.basis is Basis.PLAN


def test_balances_of_months_that_follow_tell_the_result_between() -> None:
    held = months(*[900 - 100 * n for n in range(8)], kind="cash")
    found = proven(compute_runway(told("cash_on_hand", 200), held, as_of=AS_OF))
    assert (found.sampled, found.result) == (7, -100)


def test_a_company_that_earns_does_not_run_out() -> None:
    found = proven(
        compute_runway(told("cash_on_hand", 500), months(*[100] * 12), as_of=AS_OF)
    )
    assert found.until is None
    assert found.months is None


@given(
    cash=st.integers(0, 10**12),
    more=st.integers(0, 10**11),
    results=st.lists(st.integers(-(10**10), 10**10), min_size=6, max_size=12),
)
def test_more_cash_never_ends_sooner_and_the_early_end_comes_first(
    cash: int, more: int, results: list[int]
) -> None:
    rows = months(*results)
    less = proven(compute_runway(told("cash_on_hand", cash), rows, as_of=AS_OF))
    rich = proven(compute_runway(told("cash_on_hand", cash + more), rows, as_of=AS_OF))
    for one, other in ((less.until, rich.until), (less.early, rich.early)):
        assert other is None or (one is not None and one <= other)
    if less.until is not None and less.early is not None:
        assert less.early <= less.until
        assert less.late is None or less.until <= less.late + timedelta(days=31)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_claimed_and_proven_stand_side_by_side(language: str) -> None:
    facts = told("cash_on_hand", 1_200_000) | told("monthly_cost", 7, proven=False)
    found = compute_runway(facts, months(*[-100_000, -90_000] * 6), as_of=AS_OF)
    assert len(say_runway(found)) == 2
    assert all(getattr(text, language) for text in say_runway(found))
