"""What a value cannot be is refused where it is written; an old log still opens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from changqing.case import edit
from changqing.case.subjects import APPLICANT
from changqing.case.values import NotAValueError, parse_value
from changqing.errors import CaseError
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.records import list_records
from changqing.law.compiled import load_compiled
from changqing.law.model import Catalogue
from changqing.papers.open import open_case
from changqing.rules.types import Kind
from changqing.text import Language

CASE = """\
applicant:
  name: 杭州长青网络科技有限公司
  foreign_share: '{share}'
application: {{licence: B25, scope: intra_province, region: '33', stage: apply,
  submit_on: 2026-12-10}}
declared_on: 2026-11-20
services: []
people: []
papers: []
"""
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)


def catalogue() -> Catalogue:
    return load_compiled()


@pytest.mark.parametrize(
    ("name", "written", "allowed"),
    [
        ("foreign_share", "-5%", "应在0%到100%之间"),
        ("foreign_share", "250%", "应在0%到100%之间"),
        ("headcount", -3, "不能小于0人"),
        ("headcount", "-3人", "不能小于0人"),
        ("cash_on_hand", "-86万元", "不能小于0元"),
        ("renewed_times", -1, "不能小于0"),
        ("licence_valid_from", "1900-01-01", "应在1949-10-01到2100-12-31之间"),
        ("licence_valid_until", "2199-01-01", "应在1949-10-01到2100-12-31之间"),
    ],
)
def test_a_value_out_of_range_is_refused_with_field_and_range(
    name: str, written: object, allowed: str
) -> None:
    fact = catalogue().facts["applicant", name]
    with pytest.raises(NotAValueError) as refused:
        parse_value(fact, written)
    assert fact.label.zh in refused.value.text.zh
    assert str(written) in refused.value.text.zh
    assert allowed in refused.value.text.zh
    assert fact.label.en in refused.value.text.en
    assert str(written) in refused.value.text.en
    assert "must" in refused.value.text.en


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("foreign_share", "0%", 0),
        ("foreign_share", "100%", 10_000),
        ("headcount", 0, 0),
        ("cash_on_hand", "0元", 0),
    ],
)
def test_the_ends_of_a_range_are_in_it(name: str, written: object, value: int) -> None:
    fact = catalogue().facts["applicant", name]
    assert parse_value(fact, written).value == value


def test_every_number_and_date_of_the_vocabulary_has_a_range() -> None:
    for fact in catalogue().facts.values():
        if fact.type.kind in (Kind.NUMBER, Kind.DATE):
            assert fact.at_least is not None, fact.id
        if fact.unit == "basis_points" or fact.type.kind is Kind.DATE:
            assert fact.at_most is not None, fact.id


def test_a_case_file_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(CASE.format(share="-5%"), encoding="utf-8")
    with pytest.raises(CaseError) as refused:
        open_case(tmp_path, catalogue())
    (issue,) = refused.value.issues
    assert issue.line == 3
    assert "应在0%到100%之间" in issue.say(Language.ZH)
    assert "between 0% and 100%" in issue.say(Language.EN)


def test_what_the_log_holds_from_before_still_opens(tmp_path: Path) -> None:
    file = tmp_path / "case" / "case.yaml"
    file.parent.mkdir()
    file.write_text(CASE.format(share="5%"), encoding="utf-8")
    case = open_case(file.parent, catalogue())
    key = load_key(tmp_path / "key")
    with Store(file.parent, key) as store:
        told = next(r for r in list_records(case) if r.fact == "foreign_share")
        store.append([replace(told, value=-500, received_at=NOW)])
    file.write_text(CASE.format(share="-5%"), encoding="utf-8")
    again = open_case(file.parent, catalogue())
    (said,) = [fact for fact in again.facts if fact.fact == "foreign_share"]
    assert (said.subject, said.value) == (APPLICANT, -500)
    assert Evidence(file.parent).list_records()
    file.write_text(CASE.format(share="-6%"), encoding="utf-8")
    with pytest.raises(CaseError):
        open_case(file.parent, catalogue())


def test_what_stood_there_before_hinders_no_other_edit(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(CASE.format(share="-5%"), encoding="utf-8")
    name = edit.FieldChange(at=("applicant", "name"), value="乙公司")
    worse = edit.FieldChange(at=("applicant", "foreign_share"), value="-6%")

    def change(wanted: edit.FieldChange) -> edit.CaseData:
        version = edit.read(tmp_path).version
        return edit.change(tmp_path, [wanted], version=version, catalogue=catalogue())

    assert change(name).find_value(("applicant", "name")) == "乙公司"
    with pytest.raises(edit.RefusedError):
        change(worse)
    assert "-5%" in file.read_text(encoding="utf-8")
