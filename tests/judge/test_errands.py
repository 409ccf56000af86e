"""Errands: grouped by visit, in the order they need each other, laid out in days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from changqing.calendar import (
    add_working_days,
    count_working_days,
    is_provisional,
    subtract_working_days,
)
from changqing.judge.errands import plan_errands
from changqing.judge.model import Aim, ErrandPlan, PlannedErrand
from changqing.law.kinds.criterion import Criterion
from changqing.law.kinds.errand import Errand
from changqing.law.kit import Standing
from tests.judge.assessment_factory import (
    AS_OF,
    CORE_ABILITY,
    CORE_STANDING,
    LIN,
    SUBMIT_ON,
    SUPPORTING,
    Told,
    assess,
    catalogue,
    criterion,
    errand,
    situation,
)


def settles_all(_: Iterable[str]) -> Sequence[str]:
    return ()


NOT_SO: Told = {
    **dict.fromkeys(("listed", "clean", "has_plan"), False),
    **dict.fromkeys(("staff", "cash", "capital", "share"), 0),
}
"""Said to be otherwise: only what is known not to be so has to be put right."""


def planned(
    *criteria: Criterion,
    claimed: Told | None = None,
    proven: Told | None = None,
    errands: Iterable[Errand] = (),
    as_of: date = AS_OF,
    submit_on: date = SUBMIT_ON,
    left: Sequence[str] = (),
) -> ErrandPlan:
    rules = catalogue(*criteria, errands=errands)
    said = NOT_SO if claimed is None else claimed
    told = situation(said, proven, as_of=as_of, submit_on=submit_on)
    return plan_errands(assess(rules, told), rules, unsettled=lambda _: left)


def by_name(found: ErrandPlan) -> dict[str, PlannedErrand]:
    assert len({planned_errand.errand for planned_errand in found.errands}) == len(
        found.errands
    )
    return {planned_errand.errand: planned_errand for planned_errand in found.errands}


# What is grouped


def test_one_visit_settles_several_criteria_with_the_longest_lead() -> None:
    found = planned(
        criterion("b", "listed", errand="bureau", lead_days=3),
        criterion("a", "clean", errand="bureau", lead_days=7),
        criterion("c", "has_plan", errand="office", lead_days=1),
    )
    bureau = by_name(found)["bureau"]
    assert bureau.criteria == ("a", "b")
    assert bureau.lead_days == 7
    assert set(by_name(found)) == {"bureau", "office"}


def test_advice_does_not_delay_what_handing_in_waits_for() -> None:
    found = planned(
        criterion("asked", "listed", errand="visit", lead_days=3),
        criterion(
            "advised",
            "listed",
            errand="visit",
            lead_days=30,
            standing=Standing.PRACTICE,
        ),
    )
    assert by_name(found)["visit"].lead_days == 3
    assert by_name(found)["visit"].criteria == ("advised", "asked")


def test_what_is_met_or_does_not_apply_needs_no_errand() -> None:
    found = planned(
        criterion("met", "listed", errand="one"),
        criterion("elsewhere", "clean", applies="FALSE", errand="two"),
        proven={"listed": True},
    )
    assert found.errands == ()
    assert found.ready_on == AS_OF
    assert found.provisional is False


def test_a_criterion_of_many_members_is_named_once() -> None:
    rules = catalogue(criterion("it", "full_time", subject="person"))
    told = situation(members={LIN: {}, LIN.__class__("person", "wu"): {}})
    found = plan_errands(assess(rules, told), rules, unsettled=settles_all)
    assert [planned_errand.criteria for planned_errand in found.errands] == [("it",)]


def test_every_verdict_that_is_open_gets_an_errand() -> None:
    found = planned(
        criterion("contradicted", "listed", errand="a"),
        criterion("unmet", "clean", errand="b"),
        criterion("unproven", "has_plan", errand="c"),
        criterion("undetermined", "staff > 1", errand="d"),
        claimed={"listed": True, "clean": False, "has_plan": True},
        proven={"listed": False},
    )
    assert set(by_name(found)) == {"a", "b", "c", "d"}


# In which order


def test_what_is_needed_is_done_before_what_needs_it() -> None:
    found = planned(
        criterion("seal", "listed", errand="a_seal", needs=["printed"]),
        criterion("printed", "clean", errand="b_print", needs=["written"]),
        criterion("written", "has_plan", errand="c_write"),
    )
    names = by_name(found)
    assert names["a_seal"].needs == ("b_print",)
    assert names["b_print"].needs == ("c_write",)
    assert names["c_write"].done_by <= names["b_print"].start
    assert names["b_print"].done_by <= names["a_seal"].start
    assert names["c_write"].earliest_done == add_working_days(AS_OF, 1).day
    assert names["a_seal"].earliest_done == add_working_days(AS_OF, 3).day


def test_a_need_that_is_settled_already_holds_nothing_up() -> None:
    found = planned(
        criterion("seal", "listed", errand="a_seal", needs=["printed"]),
        criterion("printed", "clean", errand="b_print"),
        proven={"clean": True},
    )
    assert by_name(found)["a_seal"].needs == ()


def test_a_need_within_the_same_visit_is_no_need() -> None:
    found = planned(
        criterion("one", "listed", errand="visit", needs=["two"]),
        criterion("two", "clean", errand="visit", needs=["one"]),
    )
    assert by_name(found)["visit"].needs == ()


def test_a_circle_of_needs_is_cut_and_everything_still_laid_out() -> None:
    found = planned(
        criterion("one", "listed", errand="a", needs=["two"]),
        criterion("two", "clean", errand="b", needs=["three"]),
        criterion("three", "has_plan", errand="c", needs=["one"]),
    )
    names = by_name(found)
    assert set(names) == {"a", "b", "c"}
    edges = [(name, need) for name, one in names.items() for need in one.needs]
    assert len(edges) == 2
    for name, need in edges:
        assert names[need].done_by <= names[name].start


def test_two_circles_are_both_cut() -> None:
    found = planned(
        criterion("one", "listed", errand="a", needs=["two"]),
        criterion("two", "clean", errand="b", needs=["one", "three"]),
        criterion("three", "has_plan", errand="c", needs=["two"]),
    )
    names = by_name(found)
    for name, one in names.items():
        for need in one.needs:
            assert need != name
            assert names[need].done_by <= one.start


NAMES = ("one", "two", "three")
TOLD_BY = dict(zip(NAMES, ("listed", "clean", "has_plan"), strict=True))


@given(
    st.dictionaries(st.sampled_from(NAMES), st.sets(st.sampled_from(NAMES))),
    st.lists(st.integers(0, 30), min_size=3, max_size=3),
    st.integers(0, 120),
)
def test_any_needs_lead_to_a_plan_that_keeps_them(
    needs: dict[str, set[str]], leads: list[int], ahead: int
) -> None:
    submit_on = AS_OF + timedelta(days=ahead)
    found = planned(
        *(
            criterion(
                name,
                TOLD_BY[name],
                errand=f"visit_{name}",
                needs=sorted(needs.get(name, ())),
                lead_days=lead,
            )
            for name, lead in zip(NAMES, leads, strict=True)
        ),
        submit_on=submit_on,
    )
    names = by_name(found)
    assert len(names) == 3
    for one in names.values():
        assert AS_OF <= one.start <= one.done_by
        assert one.earliest_done <= one.done_by
        assert count_working_days(one.start, one.done_by).days >= one.lead_days
        for need in one.needs:
            assert names[need].earliest_done <= one.earliest_done
            assert names[need].done_by <= one.start
            # What takes no time is done today, late only for somebody else's sake.
            done_today = names[need].done_by == AS_OF
            assert not names[need].late or done_today or one.late or one.start > AS_OF
        assert one.late or one.done_by < submit_on
    starts = [planned_errand.start for planned_errand in found.errands]
    assert starts == sorted(starts)


# On which days


def test_an_errand_is_counted_back_from_the_day_of_submission() -> None:
    one = by_name(planned(criterion("it", "listed", lead_days=5)))["visit"]
    assert one.done_by == date(2026, 12, 23)
    assert one.start == date(2026, 12, 16)
    assert one.earliest_done == date(2026, 12, 1)
    assert (one.late, one.provisional) == (False, False)


def test_the_latest_start_skips_weekends() -> None:
    monday = date(2026, 12, 21)
    one = by_name(planned(criterion("it", "listed", lead_days=0), submit_on=monday))
    assert one["visit"].done_by == date(2026, 12, 18)


def test_what_cannot_be_done_in_time_is_late_and_starts_today() -> None:
    found = planned(
        criterion("slow", "listed", errand="slow", lead_days=40),
        criterion("quick", "clean", errand="quick", lead_days=2),
    )
    slow, quick = by_name(found)["slow"], by_name(found)["quick"]
    assert (slow.late, quick.late) == (True, False)
    assert slow.start == AS_OF
    assert slow.done_by == slow.earliest_done == add_working_days(AS_OF, 40).day
    assert found.ready_on == slow.done_by


def test_what_waits_for_something_late_is_late_with_it() -> None:
    found = planned(
        criterion("seal", "listed", errand="seal", lead_days=0, needs=["print"]),
        criterion("print", "clean", errand="print", lead_days=40),
    )
    names = by_name(found)
    assert names["seal"].late
    assert names["seal"].start >= names["print"].done_by


def test_an_errand_begins_today_at_the_earliest_on_a_day_off_too() -> None:
    saturday, tuesday = date(2026, 12, 5), date(2026, 12, 8)
    found = planned(
        criterion("it", "listed", lead_days=1), as_of=saturday, submit_on=tuesday
    )
    one = by_name(found)["visit"]
    assert (one.start, one.done_by, one.late) == (saturday, date(2026, 12, 7), False)


def test_the_day_of_submission_may_have_passed() -> None:
    found = planned(
        criterion("it", "listed", lead_days=2), submit_on=AS_OF - timedelta(days=90)
    )
    one = by_name(found)["visit"]
    assert one.late
    assert one.start == AS_OF
    assert one.done_by == add_working_days(AS_OF, 2).day


def test_past_the_published_year_days_are_provisional() -> None:
    known = by_name(planned(criterion("it", "listed", lead_days=5)))["visit"]
    assert not known.provisional
    submit_on = date(2027, 3, 1)
    assert is_provisional(submit_on)
    found = planned(criterion("it", "listed", lead_days=5), submit_on=submit_on)
    assert by_name(found)["visit"].provisional
    assert found.provisional
    advice = planned(
        criterion("it", "listed", lead_days=5, standing=Standing.PRACTICE),
        submit_on=submit_on,
    )
    assert by_name(advice)["visit"].provisional
    assert not advice.provisional


def test_lead_times_that_run_past_the_published_year_are_provisional() -> None:
    found = planned(criterion("it", "listed", lead_days=60))
    assert by_name(found)["visit"].provisional
    assert found.provisional


# What counts only for a short time


def test_a_paper_of_short_validity_is_had_last() -> None:
    found = planned(
        criterion("fresh", "listed", errand="fresh", lead_days=3),
        criterion("lasting", "clean", errand="lasting", lead_days=15),
        errands=[errand("fresh", valid_days=10)],
    )
    fresh, lasting = by_name(found)["fresh"], by_name(found)["lasting"]
    assert fresh.done_by >= SUBMIT_ON - timedelta(days=10)
    assert lasting.start < fresh.start
    assert [planned_errand.errand for planned_errand in found.errands] == [
        "lasting",
        "fresh",
    ]


def test_a_paper_counts_from_when_it_is_had_not_from_when_it_is_asked_for() -> None:
    found = planned(
        criterion("it", "listed", errand="visit", lead_days=15),
        errands=[errand("visit", valid_days=5)],
    )
    one = by_name(found)["visit"]
    assert one.done_by == date(2026, 12, 23)
    assert one.start == subtract_working_days(one.done_by, 15).day


def test_a_paper_needed_too_early_waits_until_it_counts_on_the_day() -> None:
    found = planned(
        criterion("fresh", "listed", errand="fresh", lead_days=2),
        criterion("long", "clean", errand="long", lead_days=12, needs=["fresh"]),
        errands=[errand("fresh", valid_days=7)],
    )
    fresh = by_name(found)["fresh"]
    assert fresh.done_by == SUBMIT_ON - timedelta(days=7)
    assert fresh.start == subtract_working_days(fresh.done_by, 2).day


@given(st.integers(1, 60), st.integers(0, 60), st.integers(1, 200))
def test_no_paper_is_out_of_date_on_the_day_of_submission(
    valid_days: int, lead_days: int, ahead: int
) -> None:
    submit_on = AS_OF + timedelta(days=ahead)
    found = planned(
        criterion("it", "listed", errand="visit", lead_days=lead_days),
        errands=[errand("visit", valid_days=valid_days)],
        submit_on=submit_on,
    )
    one = by_name(found)["visit"]
    assert one.done_by >= submit_on - timedelta(days=valid_days)
    assert AS_OF <= one.start <= one.done_by
    assert count_working_days(one.start, one.done_by).days >= lead_days


# What is required


def test_only_what_readiness_or_the_shorter_route_needs_is_required() -> None:
    found = planned(
        criterion("condition", "listed", errand="a"),
        criterion("published", "clean", errand="b", standing=Standing.PUBLISHED),
        criterion("duty", "has_plan", errand="c", standing=Standing.DUTY),
        criterion("practice", "staff > 1", errand="d", standing=Standing.PRACTICE),
        criterion(
            "core",
            "cash > 1",
            errand="e",
            standing=Standing.PRACTICE,
            long_term=CORE_ABILITY,
        ),
        criterion(
            "record",
            "capital > 1",
            errand="f",
            standing=Standing.PRACTICE,
            long_term=CORE_STANDING,
        ),
        criterion(
            "support",
            "share > 1",
            errand="g",
            standing=Standing.PRACTICE,
            long_term=SUPPORTING,
        ),
    )
    assert {name for name, one in by_name(found).items() if one.required} == {
        "a",
        "b",
        "e",
    }


def test_a_visit_is_required_when_one_of_its_criteria_is() -> None:
    found = planned(
        criterion("a", "listed", errand="visit", standing=Standing.PRACTICE),
        criterion("b", "clean", errand="visit"),
    )
    assert by_name(found)["visit"].required


def test_of_a_shared_visit_what_handing_in_waits_for_is_named_first() -> None:
    found = planned(
        criterion("a", "listed", errand="bureau", standing=Standing.PRACTICE),
        criterion("b", "clean", errand="bureau"),
    )
    (visit,) = found.errands
    assert [step.zh for step in visit.steps] == ["do b", "do a"]


def test_once_shown_no_core_of_the_other_route_is_required() -> None:
    found = planned(
        criterion("x", "listed", standing=Standing.DUTY, long_term=CORE_ABILITY),
        criterion(
            "y",
            "clean",
            errand="other",
            standing=Standing.DUTY,
            long_term=CORE_STANDING,
        ),
        proven={"listed": True},
    )
    assert not by_name(found)["other"].required


def test_the_only_route_with_a_core_is_the_one_to_take() -> None:
    found = planned(
        criterion("y", "clean", standing=Standing.DUTY, long_term=CORE_STANDING)
    )
    assert by_name(found)["visit"].required


def test_a_contradicted_core_is_required_on_whichever_route() -> None:
    found = planned(
        criterion(
            "x", "listed", errand="a", standing=Standing.DUTY, long_term=CORE_ABILITY
        ),
        criterion(
            "y", "clean", errand="b", standing=Standing.DUTY, long_term=CORE_STANDING
        ),
        claimed={"clean": True},
        proven={"clean": False, "listed": True},
    )
    assert by_name(found)["b"].required
    assert set(by_name(found)) == {"b"}


# When it can be ready


def test_ready_on_is_when_the_last_required_errand_can_be_done() -> None:
    found = planned(
        criterion("a", "listed", errand="a", lead_days=3),
        criterion("b", "clean", errand="b", lead_days=9),
        criterion(
            "c", "has_plan", errand="c", lead_days=30, standing=Standing.PRACTICE
        ),
    )
    assert found.ready_on == add_working_days(AS_OF, 9).day


def test_there_is_no_such_day_when_something_required_stays_unsettled() -> None:
    rules = [
        criterion("a", "listed", errand="a"),
        criterion("c", "has_plan", errand="c", standing=Standing.PRACTICE),
    ]
    stuck = planned(*rules, left=["a"])
    assert (stuck.ready_on, stuck.unsettled) == (None, ("a",))
    advised = planned(*rules, left=["c"])
    assert advised.ready_on is not None
    assert advised.unsettled == ("c",)


def test_the_simulation_is_asked_about_everything_that_is_planned() -> None:
    asked: list[str] = []

    def remember(criteria: Iterable[str]) -> Sequence[str]:
        asked.extend(criteria)
        return ()

    rules = catalogue(
        criterion("a", "listed"),
        criterion("b", "clean", standing=Standing.PRACTICE),
        criterion("met", "has_plan"),
    )
    plan_errands(
        assess(rules, situation(proven={"has_plan": True})), rules, unsettled=remember
    )
    assert sorted(asked) == ["a", "b"]


def test_the_eve_of_submission_is_the_last_working_day_before_it() -> None:
    eve = subtract_working_days(SUBMIT_ON, 1).day
    one = by_name(planned(criterion("it", "listed", lead_days=0)))["visit"]
    assert one.start == one.done_by == eve


# What the list says of itself


def test_the_first_is_the_first_that_handing_in_waits_for() -> None:
    found = planned(
        criterion("a", "listed", errand="a", lead_days=3),
        criterion("b", "clean", errand="b", lead_days=9),
        criterion(
            "c", "has_plan", errand="c", lead_days=30, standing=Standing.PRACTICE
        ),
    )
    assert found.first is not None
    assert found.first.errand == "b"
    assert found.last_done == subtract_working_days(SUBMIT_ON, 1).day
    assert all(
        planned_errand.done_by <= found.last_done for planned_errand in found.required
    )
    assert found.ready_on is not None
    assert found.ready_on <= found.last_done


def test_advice_alone_has_a_first_and_a_last_too() -> None:
    found = planned(criterion("a", "listed", standing=Standing.PRACTICE))
    assert found.first is not None
    assert (found.first.errand, found.required) == ("visit", ())
    assert found.last_done == found.first.done_by


def test_nothing_to_do_has_neither_first_nor_last() -> None:
    found = planned(criterion("a", "listed"), proven={"listed": True})
    assert (found.first, found.last_done) == (None, None)


def test_what_is_to_be_found_out_starts_today_and_comes_first() -> None:
    found = planned(
        criterion("known", "listed", errand="act", lead_days=20),
        criterion("unknown", "clean", errand="bureau", lead_days=5),
        claimed={"listed": False},
        errands=[errand("answer_questions")],
    )
    first, second = found.errands
    assert (first.errand, first.aim, first.start, first.done_by) == (
        "answer_questions",
        Aim.CLEAR_UP,
        AS_OF,
        AS_OF,
    )
    assert (second.errand, second.aim) == ("act", Aim.ACT)
