"""What is done when: the days of procedures, and what is said of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.cli.main import main
from changqing.errors import ChangqingError
from changqing.guide.procedure import DatedStep, Givens, date_steps
from changqing.guide.procedure_check import check_procedures
from changqing.guide.procedure_data import make_procedure_data
from changqing.law.kinds.parameter import Parameter
from changqing.law.kinds.procedure import Direction, Procedure
from changqing.law.kit import InForce
from changqing.law.model import Catalogue
from changqing.text import Language
from tests.share import examples
from tests.shipped import CATALOGUE

ON = date(2026, 11, 24)
PROCEDURES = sorted(CATALOGUE.procedures)

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Run the command and give its exit code, output and errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as leaving:
            main(arguments)
        said = capsys.readouterr()
        return int(str(leaving.value.code or 0)), said.out, said.err

    return run


def days_of(
    name: str,
    days: Mapping[str, date],
    *,
    licence: str = "B25",
    scope: str = "intra_province",
    region: str = "33",
    on: date = ON,
    catalogue: Catalogue = CATALOGUE,
) -> dict[str, DatedStep]:
    givens = Givens(licence=licence, scope=scope, region=region, as_of=on, days=days)
    steps = date_steps(catalogue, catalogue.procedures[name], givens)
    return {step.step.id: step for step in steps}


def test_every_example_of_the_catalogue_holds() -> None:
    assert check_procedures(CATALOGUE) == []


def test_an_example_that_does_not_hold_is_told_with_its_line() -> None:
    procedure = CATALOGUE.procedures["renew"]
    example = procedure.examples[0]
    wrong = replace(example, then={**example.then, "hand_in": date(2027, 2, 1)})
    catalogue = with_procedure(replace(procedure, examples=(wrong,)))
    [issue] = check_procedures(catalogue)
    assert issue.path == "procedures/renew.yaml"
    assert issue.line is not None
    assert issue.text.en == "hand_in should be 2027-02-01, and is 2027-01-31"


def test_an_example_must_say_which_days_are_provisional() -> None:
    procedure = CATALOGUE.procedures["renew"]
    example = procedure.examples[0]
    silent = replace(example, provisional=())
    hasty = replace(example, provisional=(*example.provisional, "hand_in"))
    catalogue = with_procedure(replace(procedure, examples=(silent, hasty)))
    said = [issue.text.en for issue in check_procedures(catalogue)]
    assert said == [
        "check is provisional and must be listed as such",
        "hand_in is provisional no more: check the day, and take it off the list",
    ]


def test_renewal_is_asked_ninety_days_ahead_and_both_readings_are_shown() -> None:
    steps = days_of("renew", {"valid_until": date(2027, 5, 1)}, licence="B12")
    hand_in = steps["hand_in"]
    assert hand_in.limit == date(2027, 1, 31)
    [reckoning] = hand_in.reckonings
    assert reckoning.by_working_days is not None
    assert reckoning.by_working_days.day < hand_in.limit
    assert reckoning.by_working_days.provisional


def test_a_last_day_off_shows_the_working_day_before() -> None:
    steps = days_of("renew", {"valid_until": date(2027, 5, 1)})
    office = steps["hand_in"].office_day
    assert office is not None
    assert (office.day, office.provisional) == (date(2027, 1, 29), True)


def test_chongqing_shows_two_rules_that_do_not_fit() -> None:
    expiry = {"valid_until": date(2026, 5, 20)}
    there = days_of("renew", expiry, region="50")["hand_in"]
    elsewhere = days_of("renew", expiry, region="51")["hand_in"]
    nationwide = days_of("renew", expiry, region="50", scope="cross_province")
    assert there.at_odds
    assert there.limit == elsewhere.limit
    assert there.opens is not None
    assert there.opens > elsewhere.limit  # type: ignore[operator]
    assert there.reckonings[1].because is not None
    assert not elsewhere.at_odds
    assert not nationwide["hand_in"].at_odds


def test_of_two_last_days_the_applicant_keeps_the_earlier() -> None:
    days = {"planned": date(2026, 12, 1), "decided_on": date(2026, 8, 10)}
    both = days_of("amend_operator_or_scope", days)["hand_in"]
    assert [reckoning.day for reckoning in both.reckonings] == [
        date(2026, 9, 2),
        date(2026, 9, 9),
    ]
    assert both.limit == date(2026, 9, 2)
    late = {**days, "planned": date(2027, 6, 1)}
    assert days_of("amend_operator_or_scope", late)["hand_in"].limit == date(2026, 9, 9)


def test_a_service_managed_like_value_added_carries_both_limits() -> None:
    submitted = {"submitted": date(2026, 4, 29)}
    managed = days_of("apply", submitted, licence="A27")["decide"]
    value_added = days_of("apply", submitted, licence="B21")["decide"]
    assert len(managed.reckonings) == 2
    assert managed.reckonings[1].because is not None
    assert len(value_added.reckonings) == 1


def test_working_days_skip_spring_festival_and_count_the_weekend_worked() -> None:
    steps = days_of("apply", {"submitted": date(2026, 2, 11)}, region="33")
    # 12, 13, Saturday the 14th that is worked, then the 24th and the 25th.
    assert steps["check"].limit == date(2026, 2, 25)
    assert not steps["check"].provisional


def test_past_the_published_calendar_a_day_is_provisional_and_so_is_what_follows() -> (
    None
):
    steps = days_of("apply", {"submitted": date(2026, 12, 28)})
    assert steps["check"].provisional
    assert steps["accept"].provisional
    assert steps["accept"].follows == "check"
    assert not steps["decide"].provisional  # calendar days


def test_a_step_that_was_taken_is_counted_from_on_its_own_day() -> None:
    days = {"registered": date(2026, 9, 1), "hand_in": date(2026, 9, 18)}
    steps = days_of("amend_registration", days)
    assert steps["hand_in"].day == date(2026, 9, 18)
    assert steps["hand_in"].limit == date(2026, 10, 1)
    assert not steps["hand_in"].late
    assert steps["hand_in"].office_day is None
    assert steps["check"].limit == date(2026, 9, 24)
    assert steps["check"].follows is None


def test_a_step_taken_after_its_last_day_is_late() -> None:
    days = {"registered": date(2026, 9, 1), "hand_in": date(2026, 10, 9)}
    assert days_of("amend_registration", days)["hand_in"].late


def test_without_a_day_the_clocks_are_said_in_words() -> None:
    step = days_of("renew", {})["hand_in"]
    assert step.day is None
    assert "90" in step.reckonings[0].words.zh
    assert "90" in step.reckonings[0].words.en


def test_where_no_rule_sets_a_number_there_is_no_day() -> None:
    year_end = {"year_end": date(2025, 12, 31)}
    national = days_of("annual_report", year_end)["supplement"]
    guangdong = days_of("annual_report", year_end, region="44")["supplement"]
    assert national.limit is None
    assert "没有规定" in national.reckonings[0].words.zh
    assert guangdong.limit == date(2026, 4, 30)


def test_a_notice_for_one_year_says_nothing_of_the_next() -> None:
    def report(year: int) -> date | None:
        days = {"year_end": date(year, 12, 31)}
        return days_of("number_report", days, licence="N106")["hand_in"].limit

    assert report(2025) == date(2026, 3, 31)
    assert report(2026) is None
    assert report(2024) is None


def test_a_change_of_law_changes_the_amount() -> None:
    name = "renewal_lead_days"
    parameter = CATALOGUE.parameters[name]
    [value, *_] = parameter.values
    until = replace(value, in_force=InForce(start=value.in_force.start, end=ON))
    after = replace(value, value=120, in_force=InForce(start=ON + timedelta(days=1)))
    changed = with_parameter(replace(parameter, values=(until, after)))
    expiry = {"valid_until": date(2027, 12, 31)}

    def limit(on: date) -> date | None:
        return days_of("renew", expiry, on=on, catalogue=changed)["hand_in"].limit

    assert value.value is not None
    assert limit(ON) == date(2027, 12, 31) - timedelta(days=value.value)
    assert limit(ON + timedelta(days=1)) == date(2027, 12, 31) - timedelta(days=120)


def test_a_day_nobody_counts_from_is_an_error() -> None:
    with pytest.raises(ChangqingError) as error:
        days_of("renew", {"expiry": date(2027, 5, 1)})
    [issue] = error.value.issues
    assert "expiry" in issue.text.en
    assert issue.hint is not None
    assert "valid_until" in issue.hint.en


@pytest.mark.parametrize("day", [date.min, date.max])
@pytest.mark.parametrize("name", PROCEDURES)
def test_a_day_at_the_end_of_time_is_an_error_at_worst(name: str, day: date) -> None:
    procedure = CATALOGUE.procedures[name]
    with suppress(ChangqingError):
        date_steps(CATALOGUE, procedure, givens_for(procedure, day))


@pytest.mark.parametrize("name", PROCEDURES)
@settings(max_examples=examples(12))
@given(day=st.dates(date(2019, 1, 1), date(2031, 12, 31)))
def test_no_clock_runs_the_wrong_way(name: str, day: date) -> None:
    procedure = CATALOGUE.procedures[name]
    steps = date_steps(CATALOGUE, procedure, givens_for(procedure, day))
    known = dict.fromkeys(procedure.starts, day)
    known |= {step.step.id: step.day for step in steps if step.day is not None}
    for step in steps:
        for reckoning in step.reckonings:
            if reckoning.day is None:
                continue
            start = known[reckoning.clock.start]
            if reckoning.clock.direction is Direction.BEFORE:
                assert reckoning.day <= start
            else:
                assert reckoning.day >= start
            other = reckoning.by_working_days
            if other is not None:
                assert abs(other.day - start) >= abs(reckoning.day - start)


@pytest.mark.parametrize("name", PROCEDURES)
@settings(max_examples=examples(6))
@given(day=st.dates(date(2019, 1, 1), date(2031, 12, 31)))
def test_starting_a_day_later_never_brings_a_day_forward(name: str, day: date) -> None:
    procedure = CATALOGUE.procedures[name]
    later = day + timedelta(days=1)
    here = date_steps(CATALOGUE, procedure, givens_for(procedure, day))
    there = date_steps(CATALOGUE, procedure, givens_for(procedure, later))
    for one, other in zip(here, there, strict=True):
        if one.limit is not None and other.limit is not None:
            assert one.limit <= other.limit


@pytest.mark.parametrize("name", PROCEDURES)
def test_a_clock_starts_where_everyone_it_concerns_has_been(name: str) -> None:
    procedure = CATALOGUE.procedures[name]
    steps = {step.id: step for step in procedure.steps}
    for step in procedure.steps:
        for clock in step.clocks:
            before = steps.get(clock.start)
            if before is None:
                continue
            for field in ("licences", "scopes", "regions"):
                needed = getattr(before, field)
                held = getattr(clock, field) or getattr(step, field)
                assert not needed or (set(held) <= set(needed) and held)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", PROCEDURES)
def test_everything_is_said_and_every_number_filled_in(
    name: str, language: Language
) -> None:
    procedure = CATALOGUE.procedures[name]
    givens = givens_for(procedure, date(2026, 6, 1))
    steps = date_steps(CATALOGUE, procedure, givens)
    data = make_procedure_data(CATALOGUE, procedure, steps, givens, language)
    text = json.dumps(data["steps"], ensure_ascii=False)
    assert not re.search(r"\{[a-z_0-9]+(\.[a-z_0-9]+)?\}", text)
    for step in steps:
        assert step.citations or step.reckonings


def test_every_clock_of_a_parameter_can_be_found_for_its_licences() -> None:
    for procedure in CATALOGUE.procedures.values():
        for licence in procedure.licences or tuple(CATALOGUE.licences):
            steps = days_of(
                procedure.id,
                dict.fromkeys(procedure.starts, ON),
                licence=licence,
                scope=CATALOGUE.licences[licence].scopes[0],
            )
            for step in steps.values():
                for reckoning in step.reckonings:
                    if (
                        reckoning.clock.amount is not None
                        and reckoning.clock.amount.parameter
                    ):
                        assert reckoning.citations


NEWCOMER = [
    "company",
    "domain",
    "hosting",
    "hand_in_filing",
    "filed",
    "pages",
    "police",
    "hand_in",
    "deliver",
    "numbers",
    "report",
]
"""The order of a newcomer, other steps between."""


def test_a_newcomer_gets_one_order_with_its_days() -> None:
    days = {"verified": date(2026, 3, 2), "year_end": date(2026, 12, 31)}
    steps = days_of("newcomer", days)
    assert [name for name in steps if name in NEWCOMER] == NEWCOMER
    dated = [step.day for step in steps.values() if step.day is not None]
    assert len(dated) >= 10
    filed, applied = steps["filed"].day, steps["hand_in"].day
    assert filed is not None
    assert applied is not None
    assert applied >= filed
    assert "tax" not in steps
    assert "tax" in days_of("newcomer", days, licence="B21")


def test_foreign_zone_and_several_classes_have_orders_of_their_own() -> None:
    submitted = {"submitted": date(2026, 3, 2)}
    pilot = days_of("newcomer_foreign", submitted, region="31")
    outside = days_of("newcomer_foreign", submitted, region="33")
    assert "pilot_reply" in pilot
    assert "pilot_reply" not in outside
    assert "投资者情况说明书" in pilot["hand_in"].step.does.zh
    assert days_of("newcomer_ftz", submitted)["decide"].day == date(2026, 5, 1)
    assert "capital" in days_of("several_licences", submitted)


def test_the_command_prints_the_dates_of_a_renewal(call: Call) -> None:
    code, out, _ = call(
        *("procedure", "renew", "--licence", "B12", "--valid-until", "2027-05-01"),
        *("--as-of", "2026-11-24", "--lang", "en"),
    )
    assert code == 0
    assert "2027-01-31" in out
    assert "2027-05-01" in out
    assert "is not renewed" in out
    assert "Measures for Telecom Business Permits, art. 27" in out
    assert "provisional" in out


def test_the_command_says_what_has_passed_and_what_was_late(call: Call) -> None:
    given_days = ("--start", "planned=2026-12-01", "--start", "decided_on=2026-08-10")
    base = ("procedure", "amend_operator_or_scope", "--licence", "B25")
    on = ("--as-of", "2026-11-24", "--lang", "en")
    _, out, _ = call(*base, *given_days, *on)
    assert "by 2026-09-02 passed" in out
    _, out, _ = call(*base, *given_days, "--start", "hand_in=2026-09-05", *on)
    assert "done 2026-09-05, late" in out


def test_the_json_of_a_procedure_is_whole(call: Call) -> None:
    code, out, _ = call(
        *("procedure", "renew", "--licence", "B25", "--region", "50", "--json"),
        *("--valid-until", "2026-05-20", "--as-of", "2026-11-24"),
    )
    [found] = json.loads(out)
    step = next(each for each in found["steps"] if each["id"] == "hand_in")
    assert code == 0
    assert found["scope"] == "intra_province"
    assert (step["day"], step["opens"]) == ("2026-02-19", "2026-03-21")
    assert [each["kind"] for each in step["clocks"]] == ["latest", "earliest"]
    assert {each["confidence"] for each in step["citations"]} == {"text_verified"}


def test_a_stage_prints_all_its_procedures(call: Call) -> None:
    code, out, _ = call("procedure", "amend", "--licence", "B25", "--json")
    assert code == 0
    assert {load["id"] for load in json.loads(out)} == {
        "amend_operator_or_scope",
        "amend_registration",
        "amend_site_or_item",
        "number_contact",
    }


def test_without_a_name_the_list_of_all_is_printed(call: Call) -> None:
    code, out, _ = call("procedure", "--json")
    assert code == 0
    assert sorted(load["id"] for load in json.loads(out)) == PROCEDURES
    _, page, _ = call("procedure")
    assert all(name in page for name in PROCEDURES)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("renw", "--licence", "B12"), "renew"),
        (("renew",), "--licence"),
        (("renew", "--licence", "B99"), "B99"),
        (("renew", "--licence", "B12", "--region", "99"), "99"),
        (("renew", "--licence", "B12", "--start", "x=2026-01-01"), "valid_until"),
        (("renew", "--licence", "B12", "--start", "valid_until=soon"), "KEY=DATE"),
        (("amend_site_or_item", "--licence", "B12"), "B25"),
        (("renew", "--licence", "B12", "--as-of", "2010-01-01"), "2017-09-01"),
        (("number_apply", "--licence", "N95", "--scope", "intra_province"), "N95"),
        (("renew", "--licence", "B12", "--valid-until", "0001-01-05"), "range"),
    ],
)
def test_a_mistake_is_told_and_ends_with_two(
    arguments: tuple[str, ...], told: str, call: Call
) -> None:
    code, _, err = call("procedure", *arguments, "--lang", "en")
    assert code == 2
    assert told in err


def givens_for(procedure: Procedure, day: date) -> Givens:
    """Every start on one day, for the first licence it is for."""
    licence = (*procedure.licences, "B25")[0]
    return Givens(
        licence=licence,
        scope=CATALOGUE.licences[licence].scopes[0],
        region="36",
        as_of=ON,
        days=dict.fromkeys(procedure.starts, day),
    )


def with_procedure(procedure: Procedure) -> Catalogue:
    return replace(CATALOGUE, procedures={procedure.id: procedure})


def with_parameter(parameter: Parameter) -> Catalogue:
    parameters = {**CATALOGUE.parameters, parameter.id: parameter}
    return replace(CATALOGUE, parameters=parameters)
