"""A typed value beside a paper proves nothing unless it was read in that paper."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from changqing.case.comparison import Comparison, ReadOutcome
from changqing.case.model import Statement
from changqing.case.subjects import APPLICANT, Subject
from changqing.evidence.paper_text import PaperText
from changqing.evidence.reading import Box, PaperPage, Reading, Span
from changqing.evidence.text_reading import read_text_paper
from changqing.law.kinds.material import Material
from changqing.papers.compare.compare_value import compare_value
from changqing.papers.compare.sought import NamedSubjects, SoughtValue
from changqing.rules.types import Value
from tests.shipped import CATALOGUE

CHENG = Subject("person", "cheng")
MENG = Subject("person", "meng")
COMPANY = "杭州初棠信息科技有限公司"
NAMES = NamedSubjects(
    applicant=COMPANY,
    subjects={APPLICANT: COMPANY, CHENG: "程初夏", MENG: "孟行舟"},
)
CONTRACT = """\
# 劳动合同
## 第1条 程初夏
用人单位：杭州初棠信息科技有限公司。程初夏任总经理，专职，至2029-08-31。
## 第2条 孟行舟
用人单位：杭州初棠信息科技有限公司。孟行舟任行政（兼管技术），非专职。
"""
INSURANCE = """\
| 姓名 | 缴费单位 | 连续缴费月数 |
|---|---|---|
| 程初夏 | 杭州初棠信息科技有限公司 | 3 |
| 孟行舟 | 杭州初棠信息科技有限公司 | 11 |
"""


def text_of(content: str | bytes) -> PaperText:
    data = content.encode() if isinstance(content, str) else content
    digest = hashlib.sha256(data).hexdigest()
    return PaperText(read_text_paper(data, paper=digest, path="documents/a.md"))


def held(
    paper: str | bytes | PaperText,
    fact: str,
    value: Value,
    *,
    subject: Subject = APPLICANT,
    place: str = "",
    words: str | None = None,
    material: Material | None = None,
) -> Comparison:
    """Hold what was typed against a paper."""
    said = Statement(
        subject=subject,
        fact=fact,
        value=value,
        raw=str(value),
        place=place,
        words=words,
    )
    return compare_value(
        SoughtValue(
            said=said,
            fact=CATALOGUE.facts[subject.type, fact],
            material=material,
            text=paper if isinstance(paper, PaperText) else text_of(paper),
            names=NAMES,
        )
    )


@pytest.mark.parametrize(
    ("fact", "value", "paper"),
    [
        ("cash_on_hand", 88_000_000, "截至2026-11-10，余额88万元。"),
        ("cash_on_hand", 88_000_000, "余额：人民币880,000.00元"),
        ("registered_capital", 200_000_000, "注册资本 贰佰万元整"),
        ("lease_until", date(2028, 8, 16), "自2026年8月17日起至2028年8月16日止"),
        ("lease_until", date(2028, 8, 16), "至二〇二八年八月十六日止"),
        ("credit_code", "91330109MA0EXAM1YG", "代码：9133 0109 MA0E XAM1 YG"),
        ("name", COMPANY, "名称：杭州初棠信息科技有限公司（盖章）"),
        ("headcount", 5, "参保5人"),
        ("complaint_reply_days", 5, "24小时首次答复，5日内办结"),
        ("log_retention_months", 12, "网络日志集中保存12个月"),
    ],
)
def test_a_value_is_read_however_the_paper_spells_it(
    fact: str, value: Value, paper: str
) -> None:
    found = held(paper, fact, value)
    assert (found.outcome, found.page) == (ReadOutcome.READ, 1)
    assert found.words is not None
    assert found.words.replace(" ", "") in paper.replace(" ", "")


@pytest.mark.parametrize("paper", [b"x", b"\x00", bytes(range(200))])
def test_bytes_that_say_nothing_prove_nothing(paper: bytes) -> None:
    found = held(paper, "cash_on_hand", 9_000_000_000)
    assert found.outcome in (ReadOutcome.NOT_FOUND, ReadOutcome.UNREADABLE)
    assert found.why is not None


@pytest.mark.parametrize(
    ("fact", "value", "paper"),
    [
        ("headcount", 5, "第5页"),
        ("headcount", 5, "第五人"),
        ("headcount", 5, "程初夏，电话0571-5，共15人"),
        ("complaint_reply_days", 5, "15日内办结"),
        ("log_retention_months", 12, "保存12日，另保存120个月"),
        ("cash_on_hand", 88_000_000, "合同编号880000"),
        ("lease_until", date(2026, 8, 17), "自2026年8月17日起至2028年8月16日止"),
    ],
)
def test_a_number_that_stands_somewhere_proves_nothing(
    fact: str, value: Value, paper: str
) -> None:
    assert held(paper, fact, value).outcome is ReadOutcome.NOT_FOUND


def test_another_value_at_the_very_label_denies_what_was_typed() -> None:
    found = held("注册资本：100万元", "registered_capital", 900_000_000_000)
    assert found.outcome is ReadOutcome.DENIED
    assert found.stands == 100_000_000
    assert found.words == "注册资本：100万元"


def test_a_reader_that_was_unsure_denies_nothing() -> None:
    box = Box(left=0, top=0, right=9000, bottom=300)
    page = PaperPage(
        number=1,
        width=100,
        height=100,
        spans=(Span(text="注册资本：108万元", box=box, confidence=71),),
    )
    reading = Reading(paper="ab" * 32, reader="ocr", version="1", pages=(page,))
    found = held(PaperText(reading), "registered_capital", 100_000_000)
    assert found.outcome is ReadOutcome.NOT_FOUND


def test_a_value_is_found_with_its_page_and_box() -> None:
    box = Box(left=1000, top=2000, right=9000, bottom=2300)
    pages = tuple(
        PaperPage(
            number=number,
            width=100,
            height=100,
            spans=(Span(text=text, box=box, confidence=95),),
        )
        for number, text in enumerate(("封面", "余额：88万元"), start=1)
    )
    reading = Reading(paper="ab" * 32, reader="ocr", version="1", pages=pages)
    found = held(PaperText(reading), "cash_on_hand", 88_000_000, place="第2页")
    assert (found.page, found.box) == (2, (1000, 2000, 9000, 2300))
    assert found.at_place
    assert not held(
        PaperText(reading), "cash_on_hand", 88_000_000, place="第1页"
    ).at_place


def test_an_address_is_found_over_two_lines() -> None:
    paper = "住所 浙江省杭州市滨江区\n初棠巷6号801室\n"
    value = "浙江省杭州市滨江区初棠巷6号801室"
    assert held(paper, "address", value).outcome is ReadOutcome.READ


def test_a_number_of_one_person_is_not_read_in_the_row_of_another() -> None:
    told = {"subject": CHENG, "place": "第1条"}
    assert held(INSURANCE, "si_months_unbroken", 3, subject=CHENG).outcome is (
        ReadOutcome.READ
    )
    found = held(INSURANCE, "si_months_unbroken", 11, subject=CHENG)
    assert found.outcome is ReadOutcome.NOT_FOUND, told


def test_a_paper_that_never_names_somebody_says_nothing_of_them() -> None:
    paper = "程初夏，有效期至2033-07-15"
    found = held(paper, "id_valid_until", date(2033, 7, 15), subject=MENG)
    assert found.outcome is ReadOutcome.NOT_FOUND


def test_words_that_were_pointed_at_say_it_where_they_stand() -> None:
    found = held(CONTRACT, "full_time", value=True, subject=CHENG, words="专职，至")
    assert found.outcome is ReadOutcome.READ
    assert found.words == "专职，至"


def test_words_that_do_not_stand_there_prove_nothing() -> None:
    found = held(CONTRACT, "full_time", value=True, subject=CHENG, words="全日制")
    assert found.outcome is ReadOutcome.NOT_FOUND


def test_what_stands_beside_the_words_may_deny_them() -> None:
    found = held(CONTRACT, "full_time", value=True, subject=MENG, words="专职。")
    assert found.outcome is ReadOutcome.DENIED
    assert found.stands is False


def test_pointing_at_another_amount_denies_the_typed_one() -> None:
    paper = "截至2026-11-10，余额88万元。"
    found = held(paper, "cash_on_hand", 9_000_000_000, words="余额88万元")
    assert (found.outcome, found.stands) == (ReadOutcome.DENIED, 88_000_000)


def test_pointing_at_words_without_an_amount_proves_no_amount() -> None:
    paper = "截至2026-11-10，余额充足。"
    found = held(paper, "cash_on_hand", 9_000_000_000, words="余额充足")
    assert found.outcome is ReadOutcome.NOT_FOUND


def test_a_form_that_ticks_no_denies_a_yes() -> None:
    paper = "姓名：孟行舟\n是否专职：否\n"
    found = held(paper, "full_time", value=True, subject=MENG)
    assert found.outcome is ReadOutcome.DENIED


@pytest.mark.parametrize(
    ("place", "outcome"),
    [
        ("第1条 费用", ReadOutcome.READ),
        ("第2条 数据备份", ReadOutcome.DENIED),
        # Neither a heading of something else nor its number says that it is there.
        ("第3条 其他", ReadOutcome.NOT_FOUND),
        ("第1页", ReadOutcome.NOT_FOUND),
    ],
)
def test_an_empty_clause_or_another_states_nothing(
    place: str, outcome: ReadOutcome
) -> None:
    paper = "# 协议\n## 第1条 费用\n面议\n## 第2条 数据备份\n无\n## 第3条 其他\n从略处另议\n"
    stated = held(
        paper,
        "states_fee" if "费用" in place else "states_backup",
        value=True,
        subject=Subject("paper", "p1"),
        place=place,
        material=CATALOGUE.materials["hosting_agreement"],
    )
    assert stated.outcome is outcome


@pytest.mark.parametrize(
    ("fact", "value", "paper"),
    [
        ("complaint_reply_days", 5, "办结时限：一般投诉3日、复杂投诉5日内办结"),
        (
            "monthly_cost",
            5_000_000,
            "每月支出：人员3.6万元、其他1.4万元，合计5万元",
        ),
        ("complaint_reply_days", 9, "投诉答复天数：一般投诉3日、复杂投诉5日"),
    ],
)
def test_several_values_at_a_label_deny_none(
    fact: str, value: Value, paper: str
) -> None:
    found = held(paper, fact, value)
    assert found.outcome is not ReadOutcome.DENIED


@pytest.mark.parametrize(
    ("fact", "value", "paper"),
    [
        # A range: what was typed is its one end.
        ("lease_until", date(2028, 8, 16), "租期 自2026年8月17日起至2028年8月16日"),
        # A head of a form is no name of a registrar.
        ("business_scope", frozenset({"software"}), "经营范围：软件开发"),
    ],
)
def test_what_stands_beside_a_label_is_read(
    fact: str, value: Value, paper: str
) -> None:
    assert held(paper, fact, value).outcome is ReadOutcome.READ


def test_a_name_with_a_letter_misread_is_nobody_elses() -> None:
    """A fax makes 初棠 something else; that is no other employer."""
    paper = "# 劳动合同\n用人单位：杭州初堂信息科技有限公司。程初夏任总经理。\n"
    contract = CATALOGUE.materials["labour_contract"]
    for value in (True, False):
        found = held(
            paper, "employer_is_applicant", value, subject=CHENG, material=contract
        )
        assert found.outcome is ReadOutcome.NOT_FOUND


@pytest.mark.parametrize("mark", ["sealed", "signed"])
def test_a_mark_that_no_program_saw_is_not_said_to_be_missing(mark: str) -> None:
    found = held(CONTRACT, mark, value=False, subject=Subject("paper", "contract"))
    assert found.outcome is ReadOutcome.NOT_FOUND


def test_the_day_from_which_a_term_runs_is_not_its_end() -> None:
    found = held(
        "租赁期限自2026年3月1日起，共三年",
        "lease_until",
        date(2029, 2, 28),
        material=CATALOGUE.materials["lease"],
    )
    assert found.outcome is ReadOutcome.NOT_FOUND


@pytest.mark.parametrize(
    ("confidence", "outcome"),
    [(97, ReadOutcome.NOT_FOUND), (100, ReadOutcome.DENIED)],
)
def test_a_letter_that_ocr_took_for_another_is_no_other_company(
    confidence: int, outcome: ReadOutcome
) -> None:
    box = Box(left=0, top=0, right=9000, bottom=300)
    text = f"名称：{COMPANY.replace('棠', '堂')}"
    page = PaperPage(
        number=1,
        width=100,
        height=100,
        spans=(Span(text=text, box=box, confidence=confidence),),
    )
    reading = Reading(paper="ab" * 32, reader="ocr", version="1", pages=(page,))
    licence = CATALOGUE.materials["business_licence"]
    found = held(PaperText(reading), "name", COMPANY, material=licence)
    assert found.outcome is outcome
