"""What a licensee reads first: its duties, and never a verdict on applying."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from changqing.judge.assess import Judge
from changqing.report.model import FirstSentence
from changqing.run import Outcome, run
from changqing.text import Language, Text
from tests.quick_yaml import dump_yaml
from tests.shipped import CATALOGUE

DAY = date(2026, 11, 24)
JUDGE = Judge(CATALOGUE)

LICENSED: dict[str, Any] = {
    "orders_taken": True,
    "holds_telecom_licence": True,
    "service_stopped": False,
}


def outcome(
    folder: Path,
    *,
    stage: str = "operate",
    service: Any = None,
    offers: Any = None,
    **applicant: Any,
) -> Outcome:
    """Assess a small licensee of whom these facts are said."""
    case = {
        "applicant": {"name": "杭州清和信息科技有限公司", **LICENSED, **applicant},
        "application": {
            "licence": "B25",
            "scope": "intra_province",
            "region": "33",
            "stage": stage,
            "submit_on": date(2026, 12, 24),
        },
        "declared_on": date(2026, 11, 20),
        "services": [
            {"id": "site", "kind": "website", "url": "https://qinghe.example/"}
            | (service or {})
        ],
        "offers": offers or [],
    }
    folder.mkdir(exist_ok=True)
    (folder / "case.yaml").write_text(dump_yaml(case), encoding="utf-8")
    return run(folder, judge=JUDGE, clock=_no_clock, key=folder / "key", as_of=DAY)


def _no_clock() -> Any:
    raise AssertionError("a fixed day reads no clock")


def first(found: Outcome) -> FirstSentence:
    return found.report.first_sentence


def doubts(found: Outcome) -> set[str]:
    return {doubt.criterion.id for doubt in found.assessment.long_term.doubts}


@pytest.mark.parametrize("stage", ["operate", "annual_report"])
def test_a_licensee_gets_duties_and_no_readiness(tmp_path: Path, stage: str) -> None:
    found = outcome(tmp_path / "case", stage=stage)
    assert found.report.readiness is None
    assert found.report.compliance == "open"
    assert first(found).kind == "compliance"
    assert first(found).says.zh.startswith("持证后义务：")
    assert not found.ready_and_shown


@pytest.mark.parametrize(
    "charging", [{"orders_taken": True}, {"orders_taken": False, "charges_users": True}]
)
def test_whoever_charges_without_a_licence_is_told_so_first(
    tmp_path: Path, charging: dict[str, Any]
) -> None:
    found = outcome(tmp_path / "case", holds_telecom_licence=False, **charging)
    assert found.report.compliance == "breached"
    assert first(found).says == Text(
        "无证经营：应停止收费并申请",
        "Operating without a licence: stop charging and apply",
    )
    assert "licence_held" in doubts(found)
    assert found.report.long_term.state == "in_doubt"


def test_a_breach_is_ended_today_and_before_anything_is_asked(tmp_path: Path) -> None:
    found = outcome(tmp_path, holds_telecom_licence=False)
    assert found.report.first_errand == "stop_charging"
    errands = {errand.errand: errand for errand in found.plan.errands}
    assert errands["stop_charging"].start == DAY
    assert not any(errand.late for errand in errands.values())
    apply = outcome(tmp_path, stage="apply", holds_telecom_licence=False)
    errands = {errand.errand: errand for errand in apply.plan.errands}
    assert errands["stop_charging"].start > DAY  # in time to hand in


def test_who_charges_nobody_needs_no_licence_to_operate(tmp_path: Path) -> None:
    found = outcome(
        tmp_path / "case",
        holds_telecom_licence=False,
        orders_taken=False,
        charges_users=False,
    )
    assert "licence_held" not in doubts(found)
    assert found.report.compliance == "open"


def test_a_licence_that_expired_while_users_pay_is_none(tmp_path: Path) -> None:
    found = outcome(
        tmp_path / "case",
        licence_valid_from=date(2021, 6, 1),
        licence_valid_until=date(2026, 5, 31),
    )
    assert first(found).says.zh == "无证经营：应停止收费并申请"
    assert {"licence_in_force"} <= doubts(found)


def test_a_licence_is_held_by_its_days_where_nobody_says_so(tmp_path: Path) -> None:
    found = outcome(
        tmp_path / "case",
        holds_telecom_licence=None,
        licence_valid_from=date(2023, 6, 1),
        licence_valid_until=date(2028, 5, 31),
    )
    held = next(
        finding
        for finding in found.assessment.findings
        if finding.criterion.id == "licence_held"
    )
    # Said, not proven: no paper stands behind the days.
    assert held.verdict.value == "unproven"


@pytest.mark.share
@pytest.mark.parametrize(
    ("applicant", "service", "criterion"),
    [
        ({"service_stopped": True}, {}, "service_running"),
        ({}, {"service_reachable": False}, "service_reachable"),
        ({}, {"newest_item_on": date(2025, 11, 1)}, "published_recently"),
        (
            {},
            {"newest_item_on": date(2025, 11, 1), "shows_dated_items": False},
            "published_recently",
        ),
        (
            {},
            dict.fromkeys(
                (
                    *("shows_hotline", "shows_service_email", "shows_online_chat"),
                    "shows_complaint_page",
                ),
                False,
            ),
            "complaint_channel_open",
        ),
    ],
)
@pytest.mark.parametrize("stage", ["operate", "annual_report"])
def test_what_went_dark_puts_lasting_in_doubt(
    tmp_path: Path,
    stage: str,
    applicant: dict[str, Any],
    service: dict[str, Any],
    criterion: str,
) -> None:
    found = outcome(tmp_path / "case", stage=stage, service=service, **applicant)
    assert found.report.long_term.state == "in_doubt"
    assert criterion in doubts(found)


@pytest.mark.parametrize("stage", ["operate", "annual_report"])
def test_a_site_that_never_dated_anything_is_not_called_silent(
    tmp_path: Path, stage: str
) -> None:
    tool = {"shows_dated_items": False, "service_reachable": True}
    found = outcome(tmp_path / "case", stage=stage, service=tool)
    assert not {"published_recently", "operation_visible"} & doubts(found)
    assert verdict_of(found, "published_recently") == "undetermined"


@pytest.mark.parametrize("language", list(Language))
def test_nothing_is_called_in_order_beside_a_caution(
    tmp_path: Path, language: Language
) -> None:
    # A look that sees the newest item always sees that items bear dates.
    silent = {"newest_item_on": date(2025, 11, 1), "shows_dated_items": True}
    found = outcome(tmp_path / "case", service=silent)
    named = {caution.criterion for caution in found.report.cautions}
    assert named == {"operation_visible", "published_recently"}
    assert first(found).nothing == Text("", "")
    quiet = outcome(tmp_path / "quiet")
    assert first(quiet).nothing.say(language)


def verdict_of(found: Outcome, criterion: str) -> str:
    return next(
        finding.verdict.value
        for finding in found.assessment.findings
        if finding.criterion.id == criterion
    )


@pytest.mark.parametrize(
    ("licensed", "verdict"),
    [(["B21", "B25"], "unproven"), (["B25"], "unmet"), (None, "undetermined")],
)
def test_a_marketplace_needs_its_own_licence_though_no_offer_is_listed(
    tmp_path: Path, licensed: list[str] | None, verdict: str
) -> None:
    found = outcome(
        tmp_path / "case",
        service={"functions_offered": ["publishing", "merchant_entry", "ordering"]},
        offered_items=["publishing_delivery"],
        charges_users=True,
        licensed_classes=licensed,
    )
    assert verdict_of(found, "other_classes_licensed") == verdict
    breached = verdict == "unmet"
    assert (found.report.compliance == "breached") is breached


def test_who_offers_what_the_licence_is_for_needs_no_other(tmp_path: Path) -> None:
    found = outcome(
        tmp_path / "case", offered_items=["publishing_delivery"], charges_users=True
    )
    assert verdict_of(found, "other_classes_held") == "not_applicable"
