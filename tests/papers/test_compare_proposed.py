"""What the layout of a paper says settles what its lines alone leave open."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from changqing.case.comparison import Comparison, ReadOutcome
from changqing.case.model import Case
from changqing.case.subjects import APPLICANT, Subject
from changqing.evidence.model import SourceKind
from changqing.evidence.records import list_records
from changqing.law.kit import Grade
from changqing.papers.open import open_case
from changqing.papers.part import PaperPart
from changqing.papers.parts import find_part
from changqing.papers.settle import SettlementState
from changqing.readers.proposal import collect_names
from tests.papers.settling_sample import NAME, make_case, read_all, settlements_of
from tests.shipped import CATALOGUE

LIANG = Subject("person", "liang")
MATRIX = f"""\
单位名称,{NAME}
姓名,2026.06,2026.07,2026.08,2026.09,2026.10
梁其安,√,√,√,√,√
"""
LEASE = f"""\
房屋租赁合同
出租方：杭州示例资产管理有限公司
承租方：{NAME}
第一条 租赁期限
租赁期限为叁年，自2026年3月1日起计算。
"""
INSURANCE = """\
  - id: insured
    kind: social_insurance
    file: documents/参保.csv
    received_on: 2026-11-18
    backs:
      - {{fact: si_months_unbroken, subject: 'person:liang', value: {months}, place: 第1页}}
"""
CONTRACT = """\
  - id: lease
    kind: lease
    file: documents/租约.txt
    received_on: 2026-11-18
    backs:
      - {{fact: lease_until, value: {until}, place: 第1页}}
"""


def compared_months(folder: Path, months: int, table: str = MATRIX) -> Comparison:
    cash = INSURANCE.format(months=months)
    case = make_case(folder, cash=cash, **{"参保.csv": table})
    return case.compared["insured"][LIANG, "si_months_unbroken"]


def test_months_of_a_matrix_are_read_as_they_were_typed(tmp_path: Path) -> None:
    found = compared_months(tmp_path, 5)
    assert found.outcome is ReadOutcome.READ
    assert found.page == 1
    case = open_case(tmp_path, CATALOGUE)
    (record,) = (
        record
        for record in list_records(case)
        if (record.subject, record.fact) == (LIANG, "si_months_unbroken")
    )
    assert record.grade is Grade.DOCUMENTED
    # The same comparison tells a person that nothing is left to settle.
    name = "insured/person:liang.si_months_unbroken"
    assert settlements_of(case)[name].state is SettlementState.SETTLED


def test_months_of_a_matrix_deny_others_that_were_typed(tmp_path: Path) -> None:
    found = compared_months(tmp_path, 12)
    assert (found.outcome, found.stands) == (ReadOutcome.DENIED, 5)
    assert found.words is not None
    for piece in found.words.split(" … "):
        assert piece in MATRIX
    case = open_case(tmp_path, CATALOGUE)
    said = {
        record.source.kind: (record.value, record.grade)
        for record in list_records(case)
        if (record.subject, record.fact) == (LIANG, "si_months_unbroken")
    }
    assert said == {
        SourceKind.PAPER: (12, Grade.TRANSCRIBED),
        SourceKind.READING: (5, Grade.DOCUMENTED),
    }
    name = "insured/person:liang.si_months_unbroken"
    assert settlements_of(case)[name].state is SettlementState.CONFLICT


def test_a_month_that_cannot_be_made_out_denies_nothing(tmp_path: Path) -> None:
    blurred = MATRIX.replace("√,√\n", "√,见备注\n")
    found = compared_months(tmp_path, 12, blurred)
    assert found.outcome is ReadOutcome.NOT_FOUND


@pytest.mark.parametrize(
    ("until", "outcome"),
    [("2029-02-28", ReadOutcome.READ), ("2031-02-28", ReadOutcome.DENIED)],
)
def test_an_end_that_follows_from_a_term_is_reckoned(
    tmp_path: Path, until: str, outcome: ReadOutcome
) -> None:
    cash = CONTRACT.format(until=until)
    case = make_case(tmp_path, cash=cash, 租约=LEASE)
    found = case.compared["lease"][APPLICANT, "lease_until"]
    assert found.outcome is outcome
    assert found.words is not None
    assert "叁年" in found.words


def test_what_points_at_words_is_judged_by_them_alone(tmp_path: Path) -> None:
    cash = INSURANCE.format(months=5).replace("5,", "5, words: '没有这句话',")
    case = make_case(tmp_path, cash=cash, **{"参保.csv": MATRIX})
    found = case.compared["insured"][LIANG, "si_months_unbroken"]
    assert found.outcome is ReadOutcome.NOT_FOUND


def test_what_was_proposed_is_kept_however_often_a_case_is_saved(
    tmp_path: Path,
) -> None:
    compared_months(tmp_path, 5)
    before = find_insured(open_case(tmp_path, CATALOGUE))
    path = tmp_path / "case.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("value: 5,", "value: 6,"), encoding="utf-8")
    case = open_case(tmp_path, CATALOGUE)
    found = case.compared["insured"][LIANG, "si_months_unbroken"]
    assert found.outcome is ReadOutcome.DENIED
    assert find_insured(case) is before


def find_insured(case: Case) -> PaperPart:
    (paper,) = (paper for paper in case.papers if paper.id == "insured")
    reading = read_all(case)[paper.file.digest]
    return find_part(paper.kind, reading, collect_names(case), CATALOGUE)


def test_what_was_kept_of_other_words_under_one_digest_is_not_taken(
    tmp_path: Path,
) -> None:
    case = make_case(tmp_path)
    (reading, *_) = read_all(case).values()
    names = collect_names(case)
    first = find_part("business_licence", reading, names, CATALOGUE)
    blank = replace(reading, pages=())
    second = find_part("business_licence", blank, names, CATALOGUE)
    assert first.shown is not None
    assert any(
        (fact.subject, fact.fact) == (APPLICANT, "name") for fact in first.shown.facts
    )
    assert second.shown is None


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("业务计划写到的人：梁其安、周小满。\n", ReadOutcome.READ),
        ("业务计划写到的人：梁其安、周小满、何一。\n", ReadOutcome.NOT_FOUND),
        ("梁其安负责维护，周小满负责客服。\n", ReadOutcome.NOT_FOUND),
        ("姓名：梁其安、周小满\n姓名：何一\n", ReadOutcome.NOT_FOUND),
        ("第一项\n责任人：梁其安、周小满\n何一另行安排。\n", ReadOutcome.NOT_FOUND),
    ],
    ids=["one list", "one more", "only sentences", "two lines", "one of many items"],
)
def test_only_a_line_that_lists_all_says_whom_a_plan_names(
    tmp_path: Path, text: str, outcome: ReadOutcome
) -> None:
    plan = """\
  - id: plan
    kind: business_plan
    file: documents/计划.txt
    received_on: 2026-11-18
    backs:
      - {fact: plan_people, value: [梁其安, 周小满], place: 第1页}
"""
    title = "业务发展计划\n"
    case = make_case(tmp_path, cash=plan, **{"计划.txt": f"{title}{NAME}\n{text}"})
    assert case.compared["plan"][APPLICANT, "plan_people"].outcome is outcome


SCHEDULE = f"""\
内容更新安排
{NAME}
| 计划日期 | 题材 | 责任人 |
|---|---|---|
| 2026-12-15 | 取暖 | 梁其安 |
| 2027-01-15 | 年货 | 何一 |
"""
INSURED = f"""\
社会保险参保证明
参保单位：{NAME}
"""


def compared_with(
    folder: Path, kind: str, back: str, text: str
) -> dict[tuple[Subject, str], Comparison]:
    """Hold one typed value against a paper of a kind."""
    paper = f"""\
  - id: other
    kind: {kind}
    file: documents/其他.md
    received_on: 2026-11-18
    backs:
      - {{{back}}}
"""
    case = make_case(folder, cash=paper, **{"其他.md": text})
    return dict(case.compared["other"])


@pytest.mark.parametrize(
    "rest",
    ["姓名：梁其安\n", "姓名：梁其安\n缴费状态：停保\n", "紧急联系人\n姓名：梁其安\n"],
    ids=["a name", "no longer insured", "whom to call"],
)
def test_a_name_in_an_insurance_paper_is_no_list_of_the_insured(
    tmp_path: Path, rest: str
) -> None:
    back = "fact: insured_people, value: [梁其安], place: 第1页"
    found = compared_with(tmp_path, "social_insurance", back, INSURED + rest)
    assert found[APPLICANT, "insured_people"].outcome is ReadOutcome.NOT_FOUND


@pytest.mark.parametrize(
    ("value", "said", "outcome"),
    [
        (11, "11条", ReadOutcome.READ),
        (11, "11。", ReadOutcome.READ),
        (6, "11条，其中图文6条", ReadOutcome.NOT_FOUND),
    ],
)
def test_a_pace_is_what_its_line_says_and_no_part_of_it(
    tmp_path: Path, value: int, said: str, outcome: ReadOutcome
) -> None:
    back = f"fact: planned_items, subject: 'service:site', value: {value}, place: 第1页"
    text = f"内容更新安排\n{NAME}\n内容安排每180天的条数：{said}\n"
    found = compared_with(tmp_path, "content_schedule", back, text)
    assert found[Subject("service", "site"), "planned_items"].outcome is outcome


@pytest.mark.parametrize(
    ("kind", "back", "text"),
    [
        (
            "social_insurance",
            "fact: insured_people, value: [梁其安, 何一], place: 第1页, words: 参保单位",
            INSURED,
        ),
        (
            "content_schedule",
            "fact: schedule_people, value: [梁其安], place: 第1页, words: 梁其安",
            SCHEDULE,
        ),
        (
            "social_insurance",
            "fact: headcount, value: 50, place: 第1页, words: 参保单位",
            INSURED,
        ),
    ],
    ids=[
        "words that name nobody",
        "words that name one of two",
        "words with no figure",
    ],
)
def test_words_that_do_not_say_all_of_it_prove_nothing(
    tmp_path: Path, kind: str, back: str, text: str
) -> None:
    (found,) = (
        compared
        for (_, fact), compared in compared_with(tmp_path, kind, back, text).items()
        if not fact.startswith("has_")
    )
    assert found.outcome is not ReadOutcome.READ
