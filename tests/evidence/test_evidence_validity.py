"""Until when what was read in a paper counts, by the catalogue that ships."""

from __future__ import annotations

import operator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from changqing.case.model import Case
from changqing.case.subjects import APPLICANT
from changqing.evidence.model import GapReason, Resolved
from changqing.evidence.records import list_gaps, list_records
from changqing.evidence.resolve import resolve
from changqing.evidence.sync import compute_changes, merge_records
from changqing.law.compiled import load_compiled
from changqing.law.kit import Grade
from changqing.papers.open import open_case
from tests.printing import print_papers

CATALOGUE = load_compiled()
AS_OF = date(2026, 11, 24)

CASE = """\
applicant:
  name: 杭州绿洲网络科技有限公司
application:
  licence: B25
  scope: intra_province
  region: '33'
  stage: renew
  submit_on: 2026-12-10
declared_on: 2026-11-20
services: [{id: site, kind: website, url: 'https://www.oasis.com.cn/'}]
people: [{id: lin, name: 林晓, role: technical}, {id: he, name: 何晓, role: security}]
papers:
  - id: paper
    file: documents/paper.md
"""


def open_one(folder: Path, paper: str) -> Case:
    """A case with one paper."""
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    lines = "".join(f"    {line}\n" for line in paper.strip().split("\n"))
    (folder / "case.yaml").write_text(CASE + lines, encoding="utf-8")
    print_papers(folder)
    return open_case(folder, CATALOGUE)


def read_in(folder: Path, paper: str, as_of: date = AS_OF) -> dict[str, Resolved]:
    """What a case with one paper knows, by `subject.fact`."""
    case = open_one(folder, paper)
    found = resolve(list_records(case), list_gaps(case), CATALOGUE, as_of)
    return {f"{subject}.{fact}": known for (subject, fact), known in found.items()}


@pytest.mark.parametrize(
    ("paper", "fact"),
    [
        (
            "kind: business_licence\nissued_on: 2023-05-08\nreceived_on: 2026-11-13\n"
            "backs: [{fact: registered_capital, value: 100万元, place: 第2条}]",
            "registered_capital",
        ),
        (
            "kind: lease\nissued_on: 2022-04-01\nreceived_on: 2026-11-13\n"
            "backs: [{fact: lease_until, value: 2032-03-31, place: 第3条}]",
            "lease_until",
        ),
        (
            "kind: existing_licence\nissued_on: 2022-03-15\nreceived_on: 2026-11-13\n"
            "backs: [{fact: holds_telecom_licence, value: true, place: 第1页}]",
            "holds_telecom_licence",
        ),
        (
            "kind: bank_statement\nissued_on: 2026-07-31\nreceived_on: 2026-11-13\n"
            "backs: [{fact: cash_on_hand, value: 50万元, place: 第1页}]",
            "cash_on_hand",
        ),
        (
            "kind: register_extract\nissued_on: 2026-07-31\nreceived_on: 2026-11-13",
            "has_register_extract",
        ),
    ],
)
def test_a_date_of_issue_destroys_no_proof(
    paper: str, fact: str, tmp_path: Path
) -> None:
    known = read_in(tmp_path, paper)[f"applicant:self.{fact}"]
    assert known.proven is not None
    assert known.proven == known.claimed


def test_a_paper_without_an_end_counts_from_the_day_it_was_received(
    tmp_path: Path,
) -> None:
    paper = (
        "kind: register_extract\nissued_on: 2026-07-31\nreceived_on: 2026-11-13\n"
        "backs: [{fact: registered_capital, value: 100万元, place: 第2条}]"
    )
    last = date(2027, 11, 13)
    known = read_in(tmp_path, paper, last)
    assert known["applicant:self.registered_capital"].proven == 100_000_000
    assert known["applicant:self.has_register_extract"].gap is GapReason.EXPIRED
    known = read_in(tmp_path, paper, date(2027, 11, 14))
    assert known["applicant:self.registered_capital"].gap is GapReason.EXPIRED


@pytest.mark.parametrize(
    "end",
    [
        "valid_until: 2032-03-31\nbacks:\n",
        "backs:\n  - {fact: lease_until, value: 2032-03-31, place: 第3条}\n",
    ],
)
def test_a_paper_that_states_its_own_end_counts_until_then(
    end: str, tmp_path: Path
) -> None:
    paper = (
        f"kind: lease\nissued_on: 2022-04-01\nreceived_on: 2022-04-06\n{end}"
        "  - {fact: lessee_is_applicant, value: true, place: 第2条}"
    )
    fact = "applicant:self.lessee_is_applicant"
    assert read_in(tmp_path, paper, date(2032, 3, 31))[fact].proven is True
    ended = read_in(tmp_path, paper, date(2032, 4, 1))[fact]
    assert (ended.claimed, ended.proven) == (None, None)
    assert ended.gap is GapReason.EXPIRED


def test_a_lease_that_ended_is_known_to_have_ended(tmp_path: Path) -> None:
    known = read_in(
        tmp_path,
        "kind: lease\nreceived_on: 2026-10-20\nbacks:\n"
        "  - {fact: lease_until, value: 2026-10-31, place: 第3条}\n"
        "  - {fact: premises_use, value: office, place: 第4条}",
    )
    assert known["applicant:self.lease_until"].proven == date(2026, 10, 31)
    assert known["applicant:self.premises_use"].gap is GapReason.EXPIRED


def test_each_card_on_one_paper_counts_until_its_own_end(tmp_path: Path) -> None:
    known = read_in(
        tmp_path,
        "kind: staff_id\nreceived_on: 2014-06-01\nbacks:\n"
        "  - {fact: id_valid_until, subject: 'person:lin', value: 2034-05-31, "
        "place: 第1页}\n"
        "  - {fact: id_valid_until, subject: 'person:he', value: 2018-05-31, "
        "place: 第2页}",
    )
    assert known["person:lin.id_valid_until"].proven == date(2034, 5, 31)
    assert known["person:he.id_valid_until"].proven is None


CHECKED = "issuer_checked: {on: 2026-11-10, how: 官网查验, file: documents/page.html}\n"


@pytest.mark.parametrize(
    ("page", "attested"),
    [
        ("杭州绿洲网络科技有限公司 注册资本 100万元", True),
        ("杭州绿洲网络科技有限公司 注册资本 50万元", False),
        ("没有记录", False),
    ],
)
def test_an_issuer_asked_later_confirms_from_that_day_what_its_page_shows(
    tmp_path: Path, page: str, attested: bool
) -> None:
    (tmp_path / "documents").mkdir()
    kept = tmp_path / "documents" / "page.html"
    kept.write_text(f"<html><p>{page}", encoding="utf-8")
    paper = (
        "kind: business_licence\nissued_on: 2023-05-08\nreceived_on: 2025-01-10\n"
        f"{CHECKED}"
        "backs: [{fact: registered_capital, value: 100万元, place: 第2条}]"
    )
    found = read_in(tmp_path, paper)["applicant:self.registered_capital"]
    by = found.proven_by
    assert (by is not None and by.grade is Grade.ATTESTED) is attested
    assert attested or found.gap is GapReason.EXPIRED


def test_saying_that_the_issuer_was_asked_proves_nothing_more(tmp_path: Path) -> None:
    paper = (
        "kind: business_licence\nissued_on: 2023-05-08\nreceived_on: 2025-01-10\n"
        "issuer_checked: {on: 2026-11-10, how: 官网查验}\n"
        "backs: [{fact: registered_capital, value: 100万元, place: 第2条}]"
    )
    found = read_in(tmp_path, paper)["applicant:self.registered_capital"]
    assert found.gap is GapReason.EXPIRED


def test_where_a_recent_paper_is_asked_for_the_day_of_issue_counts(
    tmp_path: Path,
) -> None:
    paper = (
        "kind: social_insurance\nissued_on: {issued}\nreceived_on: 2026-11-20\nbacks:\n"
        "  - {{fact: insured, subject: 'person:lin', value: true, place: 第2条}}"
    )
    fresh = read_in(tmp_path, paper.format(issued="2026-10-24"))
    assert fresh["applicant:self.has_social_insurance"].proven is True
    assert fresh["person:lin.insured"].proven is True
    stale = read_in(tmp_path, paper.format(issued="2026-05-12"))
    assert stale["applicant:self.has_social_insurance"].gap is GapReason.EXPIRED
    assert stale["person:lin.insured"].gap is GapReason.EXPIRED


def test_old_statements_do_not_prove_the_revenue_of_the_last_twelve_months(
    tmp_path: Path,
) -> None:
    paper = (
        "kind: audit_report\nissued_on: {issued}\nreceived_on: 2026-11-20\n"
        "backs: [{{fact: revenue_12m, value: 268万元, place: 第2条}}]"
    )
    fact = "applicant:self.revenue_12m"
    assert read_in(tmp_path, paper.format(issued="2026-09-30"))[fact].proven
    stale = read_in(tmp_path, paper.format(issued="2025-12-31"))[fact]
    assert stale.gap is GapReason.EXPIRED


def test_whatever_counts_for_ever_says_why() -> None:
    silent = [
        key
        for key, fact in CATALOGUE.facts.items()
        if fact.validity.days is None and fact.validity.reason is None
    ]
    assert silent == []
    for fact in CATALOGUE.facts.values():
        assert fact.freshness is None or fact.validity.days is not None
    assert CATALOGUE.facts["applicant", "has_social_insurance"].freshness


def test_what_was_recorded_to_end_earlier_keeps_its_number(tmp_path: Path) -> None:
    paper = (
        "kind: business_licence\nissued_on: 2023-05-08\nreceived_on: 2026-11-13\n"
        "backs: [{fact: registered_capital, value: 100万元, place: 第2条}]"
    )
    case = open_one(tmp_path, paper)
    before = [
        replace(record, number=number, valid_until=date(2024, 5, 7))
        for number, record in enumerate(list_records(case), start=1)
    ]
    now = merge_records(case, before)
    assert [record.number for record in now] == [record.number for record in before]
    found = resolve(now, (), CATALOGUE, AS_OF)
    assert found[APPLICANT, "registered_capital"].proven == 100_000_000
    fresh = compute_changes(case, before, datetime(2026, 11, 24, tzinfo=UTC))
    assert fresh == list_records(case)


def test_what_the_log_says_to_the_last_field_is_the_record_of_the_log(
    tmp_path: Path,
) -> None:
    case = open_one(tmp_path, "kind: business_licence\nreceived_on: 2026-11-13")
    logged = [
        replace(record, number=number)
        for number, record in enumerate(list_records(case), start=1)
    ]
    merged = merge_records(case, logged)
    assert merged == logged
    assert all(map(operator.is_, merged, logged))
    # A number that reads like a yes is not taken for it.
    ones = [
        replace(record, value=1) if record.value is True else record
        for record in logged
    ]
    assert any(record.value is True for record in logged)
    merged = merge_records(case, ones)
    assert [type(record.value) for record in merged] == [
        type(record.value) for record in logged
    ]
