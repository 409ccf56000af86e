"""The annual report: sections, two years, what follows from other facts, ledgers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.casework.annual import (
    AnnualReport,
    SectionState,
    build_annual_report,
    move_to_report_stage,
)
from changqing.casework.annual_ledgers import read_ledgers
from changqing.casework.annual_measured import (
    Table,
    make_tables,
    measure_year,
    write_csv,
    write_workbook,
)
from changqing.casework.annual_page import make_annual_data, write_annual_page
from changqing.errors import CaseError
from changqing.evidence.model import Attempt, GapReason
from changqing.judge.assess import Judge
from changqing.papers.open import open_case
from changqing.run import make_situation, read_recorded
from changqing.text import Language, Text
from tests.casework.annual_sample import COMPLAINTS, FACTS, FAULTS, write_annual
from tests.casework.casework_sample import catalogue

DAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)


@cache
def judge() -> Judge:
    return Judge(catalogue())


def fill(folder: Path, *, year: int = 2025, on: date = DAY) -> AnnualReport:
    case = open_case(folder, catalogue())
    ledgers = read_ledgers(case, year, on)
    situation = make_situation(case, read_recorded(case), catalogue(), on)
    assessment = judge().assess(move_to_report_stage(situation))
    return build_annual_report(
        case, assessment, catalogue(), year=year, ledgers=ledgers
    )


def entry(report: AnnualReport, name: str):  # type: ignore[no-untyped-def]
    return next(
        annual
        for section in report.sections
        for annual in section.entries
        if annual.fact.id == name
    )


def found(report: AnnualReport) -> set[str]:
    return {
        finding.criterion.id
        for section in report.sections
        for finding in section.findings
    }


def test_the_six_sections_stand_in_the_order_of_the_rule(tmp_path: Path) -> None:
    report = fill(write_annual(tmp_path / "c"))
    labels = catalogue().facts["report", "sections_filled"].value_labels
    assert [section.id for section in report.sections] == list(labels)
    items = catalogue().law["annual_report_contents"].values["items"].number
    assert len(report.sections) == items


def test_last_year_stands_beside_this_year(tmp_path: Path) -> None:
    report = fill(write_annual(tmp_path / "c"))
    users, revenue = entry(report, "users"), entry(report, "revenue")
    assert (users.value, users.own_word, users.difference) == (52000, True, 4000)
    assert (revenue.own_word, revenue.difference) == (False, 40_000_000)
    assert revenue.record.source.place == "第2页"
    assert entry(report, "insured_staff").blank


def test_figures_of_last_year_follow_from_its_report(tmp_path: Path) -> None:
    report = fill(write_annual(tmp_path / "c"))
    assert entry(report, "filed_last_year_users").value == 48000
    assert entry(report, "filed_last_year_users").own_word


def test_a_report_that_was_not_handed_in_filed_no_figures(tmp_path: Path) -> None:
    folder = write_annual(tmp_path / "c")
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    told = text.replace("submitted: true", "submitted: false")
    (folder / "case.yaml").write_text(told, encoding="utf-8")
    assert entry(fill(folder), "filed_last_year_users").blank


def test_what_was_said_is_not_replaced_by_what_follows(tmp_path: Path) -> None:
    facts = f"{FACTS}    filed_last_year_users: 61000\n"
    report = fill(write_annual(tmp_path / "c", facts=facts))
    assert entry(report, "filed_last_year_users").value == 61000


def test_the_fault_ledger_gives_the_availability_rounded_down(tmp_path: Path) -> None:
    report = fill(write_annual(tmp_path / "c"))
    # Two days and a half: two entries overlap, one began in the year before.
    assert report.ledgers.down == timedelta(days=2, hours=12)
    expected = int((365 - 2.5) * 10_000 / 365)
    assert entry(report, "availability_from_faults").value == expected
    assert "annual_availability_fits_faults" in found(report)


def test_a_ledger_without_faults_tells_nothing(tmp_path: Path) -> None:
    report = fill(write_annual(tmp_path / "c", faults="开始,恢复\n"))
    assert report.ledgers.availability is None
    assert entry(report, "availability_from_faults").blank


def test_a_ledger_got_before_the_year_was_over_is_passed_over(tmp_path: Path) -> None:
    report = fill(write_annual(tmp_path / "c"), year=2026)
    assert report.ledgers.faults is None
    assert report.ledgers.complaints is None


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ("何时\n2025\n", "开始 / 恢复"),
        ("开始,恢复\n上周,\n", "“上周”不是日期"),
        ("开始,恢复\n2025-02-02,2025-02-01\n", "结束早于开始"),
    ],
)
def test_a_ledger_that_cannot_be_read_is_named(
    tmp_path: Path, faults: str, said: str
) -> None:
    with pytest.raises(CaseError) as caught:
        fill(write_annual(tmp_path / "c", faults=faults))
    (line,) = caught.value.lines(Language.ZH)
    assert line.startswith("documents/faults.csv:")
    assert said in line


def test_parts_that_do_not_add_up_make_trouble_in_one_section(tmp_path: Path) -> None:
    report = fill(write_annual(tmp_path / "c"))
    holding = [
        section.id
        for section in report.sections
        for finding in section.findings
        if finding.criterion.id == "annual_fields_add_up"
    ]
    assert holding == ["development"]
    assert report.sections[1].state is SectionState.TROUBLE
    assert not report.complete


def test_figures_equal_to_last_year_are_told(tmp_path: Path) -> None:
    facts = FACTS.replace("52000", "48000").replace("revenue: 300万", "revenue: 260万")
    report = fill(write_annual(tmp_path / "c", facts=facts))
    assert entry(report, "users").difference == 0
    assert "annual_figures_not_copied" in found(report)
    assert "annual_figures_not_copied" not in found(fill(write_annual(tmp_path / "d")))


def test_all_zeros_are_told(tmp_path: Path) -> None:
    facts = FACTS.replace("52000", "0").replace("revenue: 300万元", "revenue: 0元")
    folder = write_annual(tmp_path / "c", facts=facts)
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    (folder / "case.yaml").write_text(
        text.replace("value: 300万元", "value: 0元"), encoding="utf-8"
    )
    assert "annual_not_empty" in found(fill(folder))


def test_a_particular_that_changed_is_to_be_amended_first(tmp_path: Path) -> None:
    report = fill(write_annual(tmp_path / "c"))
    (change,) = report.changes
    assert change.open
    assert change.procedure == "amend_registration"
    assert change.on_licence is not None
    assert (change.on_licence.zh, change.day) == ("林示例", date(2026, 2, 19))


def test_the_season_says_where_no_national_day_is_set(tmp_path: Path) -> None:
    report = fill(write_annual(tmp_path / "c"))
    steps = {season.step.step.id: season for season in report.season}
    assert steps["hand_in"].step.day == date(2026, 3, 31)
    assert not steps["hand_in"].passed
    for name in ("supplement", "publish", "spot_check"):
        assert steps[name].step.day is None
        assert steps[name].unset is not None
    assert "没有全国统一的日子" in steps["supplement"].unset.zh  # type: ignore[union-attr]


def test_a_year_the_case_does_not_list_is_all_blank(tmp_path: Path) -> None:
    report = fill(write_annual(tmp_path / "c"), year=2023, on=date(2024, 2, 1))
    assert not report.listed
    assert entry(report, "users").blank
    assert not found(report)


def test_a_number_has_no_report_of_business(tmp_path: Path) -> None:
    with pytest.raises(CaseError):
        fill(write_annual(tmp_path / "c", licence="N106"))


def _attempt(hour: int, answered: bool | None) -> Attempt:
    return Attempt(
        subject=Subject("service", "site"),
        url="https://www.example.com/",
        at=datetime(2025, 5, 1, hour, tzinfo=UTC),
        answered=answered,
        reason=GapReason.TIMEOUT if not answered else None,
        status=None,
        control_ok=answered is not None,
    )


def _case(folder: Path) -> Case:
    return open_case(folder, catalogue())


def test_availability_leaves_out_what_we_could_not_see(tmp_path: Path) -> None:
    case = _case(write_annual(tmp_path / "c"))
    tries = [
        _attempt(0, answered=True),
        _attempt(1, answered=None),
        _attempt(2, answered=False),
        _attempt(3, answered=True),
    ]
    until = datetime(2025, 5, 1, 4, tzinfo=UTC)
    (service,) = measure_year(case, tries, (), 2025, until)
    assert service.account.observed == timedelta(hours=3)
    assert service.basis_points == 6666
    assert len(service.checks) == 3
    (none,) = measure_year(case, (), (), 2025, NOW)
    assert none.basis_points is None


def test_exports_carry_their_rule_and_can_be_counted_again(tmp_path: Path) -> None:
    case = _case(write_annual(tmp_path / "c"))
    every = make_tables((), read_ledgers(case, 2025, DAY), Language.ZH)
    by_name = {table.name: table for table in every}
    assert [row[3] for row in by_name["replies"].rows] == [3, 1, None]
    whole = by_name["complaints"].rows[-1]
    assert whole[:5] == ("全年", 3, 2, 3, 2)
    for name in ("availability", "replies", "complaints"):
        assert all(
            "＝" in str(row) or "÷" in str(row) or "−" in str(row)
            for row in by_name[name].rows
        )
    book = load_workbook(BytesIO(write_workbook(every, Language.ZH)))
    assert book.sheetnames == [table.title.zh for table in every]
    assert book["投诉答复用时"]["D2"].value == 3


def test_a_cell_that_looks_like_a_formula_stays_text() -> None:
    table = Table(
        name="x",
        title=Text("表", "x"),
        heads=(Text("栏", "column"),),
        rows=(("=1+1",), ("@x",), (None,)),
    )
    assert write_csv(table, Language.ZH).splitlines()[1:] == ["'=1+1", "'@x", '""']
    book = load_workbook(BytesIO(write_workbook((table,), Language.ZH)))
    assert book["表"]["A2"].data_type == "s"


@pytest.mark.parametrize("language", list(Language))
def test_the_page_escapes_what_people_wrote(tmp_path: Path, language: Language) -> None:
    folder = write_annual(tmp_path / "c", complaints=COMPLAINTS, faults=FAULTS)
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    (folder / "case.yaml").write_text(
        text.replace("place: 第2页", "place: <b>第2页"), encoding="utf-8"
    )
    report = fill(folder)
    data = make_annual_data(_case(folder), report, (), catalogue(), language)
    page = write_annual_page(data, language)
    assert "&lt;b&gt;第2页" in page
    assert "<b>第2页" not in page
    assert len(data["sections"]) == 6
    assert page.count('class="a-blank"') == len(data["supply"])
