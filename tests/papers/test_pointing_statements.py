"""Words that somebody points at have to say something where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from changqing.case.comparison import Comparison, ReadOutcome
from tests.papers.settling_sample import LICENCE, NAME, make_case

OTHER = "北京他人网络科技有限公司"
LIANG = "person:liang"
CONTRACT = (
    f"劳动合同\n甲方：{NAME}\n乙方：梁其安\n第一条 岗位：技术负责人\n{{}}\n"
    "第三条 合同期限自2025年1月1日起至2027年12月31日止。\n"
)
LEASE = (
    f"房屋租赁合同\n出租方（甲方）：甲山示例物业有限公司\n承租方（乙方）：{NAME}\n"
    "租赁期自2024年3月1日起至2027年2月28日止。\n押金于2028年6月30日前退还。\n"
)
FILING = f"ICP备案查询\n主办单位：{NAME}\n域名：other.example\n{{}}\n"
STATEMENT = (
    f"存款证明书\n客户名称：{OTHER}\n账户余额：人民币9,000,000.00元\n"
    f"客户名称：{NAME}\n账户余额：人民币1,000,000.00元\n"
)
INSURED = (
    f"单位参保证明\n单位名称：{NAME}\n第二条 参保情况\n{{}}\n"
    "梁其安 自2025年5月起缴费。\n联系电话：0571-88776612\n2026年10月31日\n"
)
ENTRY = """\
  - id: x
    kind: {kind}
    file: documents/x.txt
    received_on: 2026-11-18
    backs:
      - {{fact: {fact}, subject: '{subject}', value: {value}, place: 第1页{words}}}
"""


def compare(
    folder: Path,
    kind: str,
    text: str,
    said: tuple[str, str, str],
    words: str | None = None,
) -> Comparison:
    fact, subject, value = said
    entry = ENTRY.format(
        kind=kind,
        fact=fact,
        subject=subject,
        value=value,
        words=f", words: '{words}'" if words else "",
    )
    case = make_case(folder, cash=entry, x=text)
    (found,) = (each for key, each in case.compared["x"].items() if key[1] == fact)
    return found


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("第二条 用工形式：专职", "用工形式"),
        ("第二条 用工形式：专职", "岗位"),
        ("第二条 用工形式：专职", "劳动合同"),
        ("第二条 用工形式：专职", f"甲方：{NAME}"),
        ("第二条 乙方并不是本单位的专职人员。", "专职人员"),
        ("第二条 乙方并不是本单位的专职人员。", "乙方并不是本单位的专职人员"),
        ("第二条 如乙方为专职人员的，另行约定。", "乙方为专职人员"),
        ("第二条 乙方为专职人员的情形不存在。", "乙方为专职人员"),
        ("第二条 是否专职：○是 ●否", "○是"),
        ("第二条 是否专职：○是 ●否", "专职：○是"),
        ("第二条 是否专职：○是 ●否", "是否专职：○是 ●否"),
        ("第二条 是否专职：是□ 否☑", "是否专职：是□ 否☑"),
        ("第二条 是否专职：□是 □否", "是否专职：□是 □否"),
        ("第二条 是否专职：□是 □否", "是否专职"),
        ("第二条 是否专职：（ ）是 （√）否", "（ ）是"),
        ("第二条 用工形式：（ ）专职 （√）兼职", "（ ）专职"),
        ("第二条 是否专职：[ ]是 [x]否", "[ ]是"),
        ("第二条 是否专职：是/否", "是否专职：是"),
        ("第二条 乙方为专职人员的情形不存在。", "乙方为专职"),
        ("第二条 乙方为专职人员的说法不实。", "乙方为专职人员"),
        ("第二条 乙方为专职人员一事未经确认。", "乙方为专职人员"),
        ("第二条 假若乙方为专职人员。", "乙方为专职人员"),
        ("第二条 是否专职：否，是否兼职：是。", "是否专职：否，是否兼职：是"),
        ("第二条 是否兼职：是，是否专职：否。", "是否专职：否"),
        ("第二条 专职（是否）：否", "专职"),
        ("第二条 是否专职：", "是否专职："),
        ("第二条 是否专职：否", "是否专职：否"),
        ("第二条 是否专职：否", "是否专职"),
    ],
)
def test_words_that_are_no_statement_prove_nothing(
    tmp_path: Path, line: str, words: str
) -> None:
    text = CONTRACT.format(line)
    said = ("full_time", LIANG, "true")
    found = compare(tmp_path, "labour_contract", text, said, words)
    assert found.outcome is not ReadOutcome.READ
    assert found.why is not None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("第二条 用工形式：专职", "专职"),
        ("第二条 用工形式：专职", "用工形式：专职"),
        ("第二条 乙方只在本单位上班。", "乙方只在本单位上班"),
        ("第二条 是否专职：☑是 □否", "☑是"),
        ("第二条 是否专职：是☑ 否□", "是否专职：是☑ 否□"),
        ("第二条 是否兼职：否，是否专职：是。", "是否专职：是"),
        ("第二条 乙方为专职人员，是否兼职：否。", "乙方为专职人员"),
        ("第二条 乙方为专职人员没有兼职。", "乙方为专职人员"),
        (
            "第二条 乙方系本单位专职人员且未在其他单位任职。",
            "乙方系本单位专职人员",
        ),
        ("第二条 乙方在若羌县专职上班。", "专职上班"),
        ("第二条 乙方在般若公司专职上班。", "专职上班"),
        ("第二条 乙方不可撤销地承诺专职上班。", "专职上班"),
        ("第二条 乙方在解放路一○○号专职上班。", "专职上班"),
        ("第二条 乙方在一○○八室专职上班。", "专职上班"),
        ("第二条 乙方专职上班，月薪三千○五十元。", "乙方专职上班"),
        ("第二条 用工形式：（√）专职", "（√）专职"),
        ("第二条 用工形式：（√）专职 （ ）兼职", "（√）专职"),
        ("第二条 是否专职：是", "是否专职：是"),
        ("第二条 乙方于二○二五年一月一日起专职上班。", "专职上班"),
    ],
)
def test_words_that_say_it_prove_it(tmp_path: Path, line: str, words: str) -> None:
    text = CONTRACT.format(line)
    said = ("full_time", LIANG, "true")
    found = compare(tmp_path, "labour_contract", text, said, words)
    assert found.outcome is ReadOutcome.READ


@pytest.mark.parametrize(
    "line",
    [
        "第二条 乙方并不是本单位的专职人员。",
        "第二条 如乙方为专职人员的，另行约定。",
        "第二条 是否专职：",
        "第二条 专职：",
    ],
)
def test_a_phrase_in_a_sentence_that_takes_it_back_is_not_found(
    tmp_path: Path, line: str
) -> None:
    text = CONTRACT.format(line)
    said = ("full_time", LIANG, "true")
    found = compare(tmp_path, "labour_contract", text, said)
    assert found.outcome is not ReadOutcome.READ


@pytest.mark.parametrize(
    ("day", "words", "holds"),
    [
        ("2028-06-30", "押金于2028年6月30日前退还", False),
        ("2024-03-01", "2024年3月1日", False),
        ("2027-02-28", "2027年2月28日", True),
    ],
)
def test_another_day_of_a_lease_is_not_its_end(
    tmp_path: Path, day: str, words: str, *, holds: bool
) -> None:
    said = ("lease_until", "applicant", day)
    found = compare(tmp_path, "lease", LEASE, said, words)
    assert (found.outcome is ReadOutcome.READ) is holds


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ("filing_found", "ICP备案查询"),
        ("filing_found", "域名"),
        ("filing_found", None),
        ("filing_covers_domain", "域名：other.example"),
    ],
)
def test_the_title_and_the_labels_of_a_search_find_no_filing(
    tmp_path: Path, fact: str, words: str | None
) -> None:
    text = FILING.format("备案号：")
    found = compare(tmp_path, "icp_filing", text, (fact, "service:site", "true"), words)
    assert found.outcome is not ReadOutcome.READ


@pytest.mark.parametrize(
    ("fact", "value", "words", "holds"),
    [
        ("headcount", "12", "第二条 参保情况", False),
        ("headcount", "12", "联系电话：0571-88776612", False),
        ("headcount", "3", "本单位参保3人", True),
        ("headcount", "7", "参保人数 7", True),
        ("si_months_unbroken", "18", "自2025年5月起缴费", True),
        ("si_months_unbroken", "99", "自2025年5月起缴费", False),
        ("si_months_unbroken", "3", "本单位参保3人", False),
        ("si_months_unbroken", "5", "2025年5月", False),
    ],
)
def test_figures_of_something_else_count_nothing(
    tmp_path: Path, fact: str, value: str, words: str, *, holds: bool
) -> None:
    said = (fact, "applicant" if fact == "headcount" else LIANG, value)
    text = INSURED.format("参保人数 7" if value == "7" else "本单位参保3人。")
    found = compare(tmp_path, "social_insurance", text, said, words)
    assert (found.outcome is ReadOutcome.READ) is holds


def test_an_answer_is_held_against_its_own_question(tmp_path: Path) -> None:
    text = CONTRACT.format("第二条 是否兼职：否，是否专职：是。")
    said = ("full_time", LIANG, "false")
    found = compare(tmp_path, "labour_contract", text, said, "是否专职：是")
    assert found.outcome is not ReadOutcome.READ


@pytest.mark.parametrize(
    ("line", "words", "holds"),
    [
        ("第3页", "3", False),
        ("共 3 页", "3", False),
        ("序号 3", "3", False),
        ("序号 3", "序号 3", False),
        ("参保人数 3", "3", True),
    ],
)
def test_the_number_of_a_page_counts_nobody(
    tmp_path: Path, line: str, words: str, *, holds: bool
) -> None:
    said = ("headcount", "applicant", "3")
    found = compare(tmp_path, "social_insurance", INSURED.format(line), said, words)
    assert (found.outcome is ReadOutcome.READ) is holds


@pytest.mark.parametrize(
    ("domain", "holds"), [("other.example", True), ("her.example", False)]
)
def test_half_a_domain_is_another(tmp_path: Path, domain: str, *, holds: bool) -> None:
    text = FILING.format("备案号：甲ICP备12345678号-1")
    said = ("domain", "service:site", domain)
    found = compare(tmp_path, "icp_filing", text, said, domain)
    assert (found.outcome is ReadOutcome.READ) is holds


@pytest.mark.parametrize(("name", "holds"), [("梁其安", True), ("梁其", False)])
def test_half_a_name_is_another(tmp_path: Path, name: str, *, holds: bool) -> None:
    said = ("registered_legal_rep", "applicant", name)
    found = compare(tmp_path, "business_licence", LICENCE, said, name)
    assert (found.outcome is ReadOutcome.READ) is holds


def test_the_number_of_another_year_is_not_this_years(tmp_path: Path) -> None:
    text = INSURED.format("上年参保人数：12人\n参保人数：3人")
    for value, words in (("12", "上年参保人数：12人"), ("12", "12人"), ("3", "3人")):
        said = ("headcount", "applicant", value)
        found = compare(tmp_path / words[:4], "social_insurance", text, said, words)
        assert (found.outcome is ReadOutcome.READ) is (value == "3")


@pytest.mark.parametrize("words", [None, "账户余额：人民币9,000,000.00元"])
def test_what_stands_under_another_companys_name_proves_nothing(
    tmp_path: Path, words: str | None
) -> None:
    said = ("cash_on_hand", "applicant", "9000000元")
    found = compare(tmp_path, "bank_statement", STATEMENT, said, words)
    assert found.outcome is ReadOutcome.NOT_FOUND
