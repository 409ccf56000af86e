"""What changed in law between two days, and what it touches."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.cli.main import main
from changqing.errors import ChangqingError
from changqing.law.diff import Change, Turn, compute_changes
from changqing.law.kit import Confidence, InForce
from changqing.law.model import Catalogue
from changqing.law.touched import list_articles
from changqing.text import Text
from tests.share import examples
from tests.shipped import CATALOGUE

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


def between(
    start: date, end: date, catalogue: Catalogue = CATALOGUE
) -> dict[tuple[str, str], Change]:
    found = compute_changes(catalogue, start=start, end=end)
    return {(change.kind.value, change.id): change for change in found}


def test_the_renumbered_cybersecurity_law_touches_what_cites_it() -> None:
    found = between(date(2025, 12, 31), date(2026, 1, 1))
    change = found["instrument", "cybersecurity_law"]
    assert (change.on, change.turn) == (date(2026, 1, 1), Turn.AMENDED)
    assert change.after is not None
    assert "条号" in change.after.zh
    assert change.confidence is Confidence.TEXT_VERIFIED
    assert "network_logs_kept" in change.touched.criteria
    assert "log_retention_limit" in change.touched.parameters
    assert change.touched.materials
    citing = {
        name
        for name, criterion in CATALOGUE.criteria.items()
        if criterion.in_force.covers(change.on)
        and any(c.instrument == "cybersecurity_law" for c in criterion.citations)
    }
    assert citing <= set(change.touched.criteria)


def test_a_duty_in_a_renumbered_law_is_not_called_new() -> None:
    found = between(date(2025, 12, 31), date(2026, 1, 1))
    assert found["law", "logs_six_months"].turn is Turn.RESTATED
    assert found["parameter", "log_retention_limit"].turn is Turn.RESTATED
    assert found["law", "numbers_annual_report"].turn is Turn.BEGAN


def test_the_changed_pre_approvals_are_told_with_both_lists() -> None:
    found = between(date(2025, 1, 19), date(2025, 1, 20))
    change = found["law", "iis_preapproval_current"]
    assert (change.on, change.turn) == (date(2025, 1, 20), Turn.REPLACED)
    assert change.before is not None
    assert change.after is not None
    assert "drugs" in change.before.en
    assert "news, publishing and education" in change.after.en
    assert "pre_approval" in change.touched.materials
    assert "sector_approval_held" in change.touched.criteria
    assert ("law", "iis_preapproval_until_2025") not in found
    replaced = found["criterion", "sector_approval_held"]
    assert replaced.turn is Turn.REPLACED


def test_the_new_short_message_rules_take_over() -> None:
    found = between(date(2026, 4, 30), date(2026, 5, 1))
    assert found["instrument", "short_message_rules"].turn is Turn.BEGAN
    assert found["instrument", "short_message_rules_2015"].turn is Turn.ENDED
    kept = found["parameter", "sms_record_months"]
    assert kept.turn is Turn.REPLACED
    assert (kept.before, kept.after) == (
        Text("5个月", "5 months"),
        Text("6个月", "6 months"),
    )
    assert {change.on for change in found.values()} == {date(2026, 5, 1)}


def test_the_report_of_numbers_touches_its_procedure() -> None:
    found = between(date(2025, 12, 1), date(2026, 2, 1))
    assert found["law", "numbers_annual_report"].touched.procedures == (
        "number_report",
    )


def test_other_changes_of_the_years_before_are_in_it() -> None:
    found = between(date(2018, 1, 1), date(2024, 12, 31))
    days = {key: each.on for key, each in found.items()}
    assert days["instrument", "foreign_telecom_rules"] == date(2022, 5, 1)
    assert days["instrument", "penalty_law"] == date(2021, 7, 15)
    assert days["instrument", "reconsideration_law"] == date(2024, 1, 1)
    assert days["law", "fie_no_record_for_value_added"] == date(2022, 5, 1)
    assert days["law", "renewal_chongqing_60_days"] == date(2018, 7, 26)
    assert found["law", "fie_no_record_for_value_added"].turn is Turn.REPLACED
    reconsideration = found["instrument", "reconsideration_law"].touched
    assert "reconsideration" in reconsideration.procedures


def test_a_month_known_alone_is_not_told_as_a_day() -> None:
    found = between(date(2020, 1, 1), date(2020, 12, 31))
    assert found["instrument", "call_centre_notice"].precision == "month"


def test_a_span_of_no_days_has_no_change() -> None:
    assert (
        compute_changes(CATALOGUE, start=date(2026, 5, 1), end=date(2026, 5, 1)) == ()
    )


def test_the_first_day_is_the_old_state_and_the_last_day_the_new() -> None:
    day = date(2026, 5, 1)
    after = between(day, day + timedelta(days=1))
    assert ("instrument", "short_message_rules") not in after


def test_a_reversed_span_is_an_error() -> None:
    with pytest.raises(ChangqingError) as error:
        compute_changes(CATALOGUE, start=date(2026, 5, 2), end=date(2026, 5, 1))
    assert error.value.issues[0].hint is not None


@pytest.mark.long
@settings(max_examples=examples(15))
@given(
    cut=st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    first=st.integers(0, 400),
    second=st.integers(0, 400),
)
def test_two_spans_tell_what_the_whole_tells(
    cut: date, first: int, second: int
) -> None:
    start, end = cut - timedelta(days=first), cut + timedelta(days=second)
    whole = compute_changes(CATALOGUE, start=start, end=end)
    parts = compute_changes(CATALOGUE, start=start, end=cut)
    parts += compute_changes(CATALOGUE, start=cut, end=end)
    assert parts == whole


def test_a_new_number_touches_who_names_the_parameter() -> None:
    parameter = CATALOGUE.parameters["renewal_lead_days"]
    value, *others = parameter.values
    until = replace(
        value, in_force=InForce(start=value.in_force.start, end=date(2026, 12, 31))
    )
    after = replace(value, value=120, in_force=InForce(start=date(2027, 1, 1)))
    catalogue = replace(
        CATALOGUE,
        parameters={
            **CATALOGUE.parameters,
            parameter.id: replace(parameter, values=(until, after, *others)),
        },
    )
    found = between(date(2026, 12, 1), date(2027, 1, 31), catalogue)
    change = found["parameter", "renewal_lead_days"]
    assert change.turn is Turn.REPLACED
    assert change.after == Text("120天", "120 days")
    assert {"renew", "number_renew"} <= set(change.touched.procedures)


def test_a_number_that_goes_on_is_no_change() -> None:
    parameter = CATALOGUE.parameters["renewal_lead_days"]
    value, *others = parameter.values
    until = replace(
        value, in_force=InForce(start=value.in_force.start, end=date(2026, 12, 31))
    )
    after = replace(value, in_force=InForce(start=date(2027, 1, 1)))
    catalogue = replace(
        CATALOGUE,
        parameters={parameter.id: replace(parameter, values=(until, after, *others))},
        criteria={},
        classification={},
        licences={},
        law={},
        procedures={},
        topics={},
    )
    assert between(date(2026, 12, 1), date(2027, 1, 31), catalogue) == {}


@pytest.mark.parametrize(
    ("written", "named"),
    [
        (None, ()),
        ("6(4)", ("6",)),
        ("20,26", ("20", "26")),
        ("10-11", ("10", "11")),
        ("23(3)", ("23",)),
    ],
)
def test_the_articles_of_a_citation(written: str | None, named: tuple[str]) -> None:
    assert list_articles(written) == named


def test_the_command_tells_changes_in_plain_words(call: Call) -> None:
    code, out, _ = call(
        *("catalogue", "diff", "--from", "2025-01-01", "--to", "2025-02-01"),
        *("--lang", "en"),
    )
    assert code == 0
    assert "2025-01-20" in out
    assert "Before:" in out
    assert "health care" in out
    assert "Touches materials" in out


def test_the_json_has_dates_and_ids(call: Call) -> None:
    code, out, _ = call(
        *("catalogue", "diff", "--from", "2026-04-30", "--to", "2026-05-01"), "--json"
    )
    data = json.loads(out)
    assert code == 0
    assert (data["from"], data["to"]) == ("2026-04-30", "2026-05-01")
    change = next(c for c in data["changes"] if c["id"] == "sms_record_months")
    assert (change["kind"], change["turn"]) == ("parameter", "replaced")
    assert change["on"] == "2026-05-01"
    assert change["touches"]["criteria"]


def test_an_empty_span_says_so(call: Call) -> None:
    code, out, _ = call(
        *("catalogue", "diff", "--from", "2026-06-02", "--to", "2026-06-03"),
        *("--lang", "en"),
    )
    assert code == 0
    assert "Nothing on record changed" in out


@pytest.mark.parametrize("days", [("2026-05-02", "2026-05-01"), ("soon", "2026-05-01")])
def test_a_wrong_span_ends_with_two(days: tuple[str, str], call: Call) -> None:
    code, out, _ = call(
        *("catalogue", "diff", "--from", days[0], "--to", days[1], "--lang", "en")
    )
    assert code == 2
    assert out == ""
