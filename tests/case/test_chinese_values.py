"""Values are taken as people write them, wherever only one thing can be meant."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from changqing.case import edit
from changqing.case.edit import FieldChange
from changqing.case.model import Case
from changqing.case.values import NotAValueError, find_codes, parse_value, spell_value
from changqing.errors import CaseError
from changqing.law.compiled import load_shipped
from changqing.papers.open import open_case
from changqing.rules.types import Value
from changqing.text import Text
from changqing.yamlfile.plain import WritableItem
from changqing_web.facts.fact_field import parse_typed

CHINESE = """\
applicant:
  name: 杭州长青网络科技有限公司
  legal_form: 有限责任
  charges_users: 是
  registered_capital: 1000万
  licence_valid_from: 2019年3月8日
application:
  licence: ICP许可证
  scope: 跨地区
  region: 四川
  stage: 首次申请
  submit_on: 2027/1/15
  coverage: [四川, 重庆]
declared_on: 2026年11月20日
services:
  - {id: site, kind: 网站, url: 'https://changqing.example/', filing_found: 否}
people:
  - {id: liang, name: 梁工, role: [技术, 信息安全负责人], full_time: 是}
papers:
  - id: schedule
    kind: 内容更新安排
    file: documents/plan.md
    received_on: 2026.11.18
    needs_seal: 否
    states: {dated_items: 第1条, sources: 否}
    backs:
      - {fact: registered_capital, value: 1000万, place: 第2条}
closed: {people: 2026年11月20日}
absent: [社保证明]
nobody: [客服]
"""


def opened(folder: Path, text: str = CHINESE) -> Case:
    (folder / "documents").mkdir(exist_ok=True)
    (folder / "documents/plan.md").write_text("每周二更新")
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return open_case(folder, load_shipped())


def test_a_case_is_read_in_the_words_of_the_trade(tmp_path: Path) -> None:
    case = opened(tmp_path)
    said = {fact.fact: fact.value for fact in case.facts}
    assert said["legal_form"] == "limited_company"
    assert said["charges_users"] is True
    assert said["registered_capital"] == 10_000_000_00
    assert said["licence_valid_from"] == date(2019, 3, 8)
    assert said["coverage"] == frozenset({"51", "50"})
    applied = case.application
    assert (applied.licence, applied.scope, applied.region, applied.stage) == (
        *("B25", "cross_province", "51", "apply"),
    )
    assert applied.submit_on == date(2027, 1, 15)
    assert case.declared_on == date(2026, 11, 20)
    assert case.services[0].kind == "website"
    assert case.people[0].roles == ("technical", "security")
    (paper,) = case.papers
    assert (paper.kind, paper.received_on) == ("content_schedule", date(2026, 11, 18))
    states = {state.fact: state.value for state in paper.states}
    assert states == {"states_dated_items": True, "states_sources": False}
    assert paper.backs[0].value == 10_000_000_00
    assert set(case.absent) == {"social_insurance"}
    assert set(case.nobody) == {"customer_service"}


def test_what_a_person_typed_stays_while_programs_see_one_spelling(
    tmp_path: Path,
) -> None:
    opened(tmp_path)
    written = edit.read(tmp_path)
    assert written.find_value(("applicant", "charges_users")) is True
    assert written.find_value(("applicant", "registered_capital")) == "1000万元"
    assert written.find_value(("application", "region")) == "51"
    assert written.find_value(("people", "liang", "role")) == ["technical", "security"]
    assert written.find_value(("papers", "schedule", "kind")) == "content_schedule"
    assert written.find_value(("papers", "schedule", "backs")) == [
        {"fact": "registered_capital", "value": "1000万元", "place": "第2条"}
    ]
    assert written.find_value(("absent",)) == ["social_insurance"]
    edit.change(
        tmp_path,
        [
            FieldChange(at=("application", "region"), value="50", shown="51"),
            FieldChange(at=("applicant", "charges_users"), value=True, shown=True),
        ],
        version="of another day",
        catalogue=load_shipped(),
    )
    text = (tmp_path / "case.yaml").read_text(encoding="utf-8")
    assert "region: '50'" in text
    assert "charges_users: 是" in text
    assert "role: [技术, 信息安全负责人]" in text


def test_a_paper_that_comes_takes_back_a_chinese_word_that_it_is_absent(
    tmp_path: Path,
) -> None:
    opened(tmp_path)
    item: WritableItem = {
        "id": "insured",
        "kind": "social_insurance",
        "file": "documents/plan.md",
        "received_on": date(2026, 11, 18),
    }
    edit.set_item(tmp_path, "papers", item, catalogue=load_shipped())
    assert not open_case(tmp_path, load_shipped()).absent


@pytest.mark.parametrize(
    ("fact", "written", "value"),
    [
        ("charges_users", "没有", False),
        ("charges_users", " YES ", True),
        ("registered_capital", "1,000 万", 10_000_000_00),
        ("registered_capital", "１．５亿", 150_000_000_00),
        ("registered_capital", "100万人民币", 1_000_000_00),
        ("registered_capital", "一千万", 10_000_000_00),
        ("registered_capital", "人民币贰佰万元整", 2_000_000_00),
        ("licence_valid_from", "2019年3月8日", date(2019, 3, 8)),
        ("licence_valid_from", "20190308", date(2019, 3, 8)),
        ("coverage", ["全国"], frozenset({"nationwide"})),
    ],
)
def test_a_value_is_understood_and_spelled_alike(
    fact: str, written: object, value: Value
) -> None:
    asked = load_shipped().facts["applicant", fact]
    assert parse_value(asked, written).value == value
    assert parse_value(asked, spell_value(asked, written)).value == value


@pytest.mark.parametrize(
    ("fact", "written", "zh"),
    [
        ("charges_users", "大概", "不是是或否"),
        ("registered_capital", "1000", "没有写明单位"),
        ("registered_capital", "一千", "没有写明单位"),
        ("registered_capital", "万元", "没有写明单位"),
        ("licence_valid_from", "3月8日", "不是日期"),
        ("licence_valid_from", 20190308, "不是日期"),
        ("licence_valid_from", "2019年2月30日", "日历上没有"),
        ("legal_form", "公司", "不在可选值中"),
    ],
)
def test_what_could_mean_two_things_is_refused(
    fact: str, written: object, zh: str
) -> None:
    with pytest.raises(NotAValueError) as refused:
        parse_value(load_shipped().facts["applicant", fact], written)
    assert zh in refused.value.text.zh


def test_a_word_that_begins_two_labels_is_asked_back(tmp_path: Path) -> None:
    labels = {"a": Text("网络部", "network"), "b": Text("网络安全部", "security")}
    assert find_codes("网络", labels) == ["a", "b"]
    assert find_codes("网络部", labels) == ["a"]
    assert find_codes("网", labels) == []
    with pytest.raises(CaseError) as refused:
        opened(tmp_path, CHINESE.replace("kind: 内容更新安排", "kind: 内容"))
    assert "写明是哪一个：" in refused.value.issues[0].hint.zh  # type: ignore[union-attr]
    assert "内容更新安排" in str(refused.value.issues[0].hint)


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("备案", "最接近的是：网站备案证明、公安联网备案证明、等级保护备案证明"),
        ("社保证名", "最接近的是：社保证明"),
        ("天书", "可选：用户善后承诺书、"),
    ],
)
def test_of_many_choices_the_nearest_are_named(
    tmp_path: Path, written: str, hint: str
) -> None:
    with pytest.raises(CaseError) as refused:
        opened(tmp_path, CHINESE.replace("kind: 内容更新安排", f"kind: {written}"))
    assert str(refused.value.issues[0].hint).find(hint) >= 0


@pytest.mark.parametrize("typed", ["1000万", "一千万", "1000万元", "10000000元"])
def test_a_form_takes_an_amount_that_says_its_unit(typed: str) -> None:
    asked = load_shipped().facts["applicant", "registered_capital"]
    written = parse_typed(asked, {"": [typed], "unit": ["元"]})
    assert parse_value(asked, written).value == 10_000_000_00
