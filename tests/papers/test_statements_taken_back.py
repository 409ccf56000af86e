"""What takes a statement back does so quoted and unquoted, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from changqing.case.comparison import ReadOutcome
from tests.papers.test_pointing_statements import CONTRACT, LIANG, compare
from tests.readers.test_caveats import LEASE, MILLION, read_balance
from tests.readers.test_prose import read


def find(folder: Path, line: str, value: str, words: str | None = None) -> ReadOutcome:
    """What comes of a typed yes or no of full-time work beside a line of a contract."""
    text = CONTRACT.format(line)
    said = ("full_time", LIANG, value)
    return compare(folder, "labour_contract", text, said, words).outcome


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("第二条 乙方为专职人员的情形不存在。", "乙方为专职人员"),
        ("第二条 一旦乙方专职上班，另行约定工资。", "乙方专职上班"),
        ("第二条 倘乙方为专职人员则另行约定。", "乙方为专职人员"),
        ("第二条 假使乙方为专职人员则另行约定。", "乙方为专职人员"),
        ("第二条 若乙方为专职人员则另行约定。", "乙方为专职人员"),
        ("第二条 乙方可专职或兼职。", "乙方可专职"),
        ("第二条 乙方可以专职或者半日上班。", "专职"),
        ("第二条 乙方为专职人员一事未经确认。", "乙方为专职人员"),
        ("第二条 乙方没有任何专职义务。", "专职"),
        ("第二条 是否专职：", "是否专职"),
        ("第二条 乙方尚未变更为专职人员。", "变更为专职人员"),
        ("第二条 乙方并未由兼职改为专职。", "改为专职"),
        ("第二条 乙方不是没有兼职。", "没有兼职"),
        ("第二条 届时乙方若为专职人员另行约定工资。", "乙方若为专职人员"),
        ("第二条 届时人员若专职上班另行约定工资。", "专职上班"),
        ("第二条 届时人员如为专职上班另行约定工资。", "专职上班"),
        ("第二条 乙方专职上班一事未经核实的数据。", "专职上班"),
        ("第二条 乙方专职上班未获批准时另行约定。", "专职上班"),
        ("第二条 是否专职：没有配备专职人员。", "是否专职：没有配备专职人员"),
        ("第二条 是否专职：不设专职岗位。", "是否专职：不设专职岗位"),
        ("第二条 不排除有乙方专职上班的可能。", "专职上班"),
        ("第二条 只有乙方专职上班的，方可领取补贴。", "专职上班"),
        ("第二条 即使乙方为专职人员，也另行约定。", "专职人员"),
        ("第二条 乙方可能为专职人员。", "专职人员"),
        ("第二条 乙方为专职人员的条件下，甲方另行约定。", "专职人员"),
        ("第二条 乙方为专职人员（待定）。", "专职人员"),
        ("第二条 乙方原为专职人员，现岗位另定。", "原为专职人员"),
        ("第二条 乙方曾任本公司专职人员。", "专职人员"),
        ("第二条 乙方此前为专职人员。", "此前为专职人员"),
        ("第二条 甲方拟聘乙方为专职人员。", "专职人员"),
        ("第二条 甲方拟聘用专职人员一名。", "专职人员"),
        ("第二条 甲方计划明年招聘专职人员。", "专职人员"),
        ("第二条 乙方预计自明年起专职上班。", "专职上班"),
        ("第二条 乙方预计自明年起转为专职上班。", "转为专职上班"),
        ("第二条 甲方计划明年改为专职人员上岗。", "专职人员"),
        ("第二条 甲方拟将乙方转为专职人员。", "专职人员"),
        ("第二条 甲方拟于明年安排专职人员。", "专职人员"),
        ("第二条 甲方拟增加专职人员。", "专职人员"),
        ("第二条 以下情形不予认可：专职人员只有合同。", "专职人员"),
        (
            "第二条 下列情况不视为专职：\n（一）每天只上半天；\n（二）专职人员在外兼职。",
            "专职人员",
        ),
        ("第二条 原专职人员已离职。", "专职人员"),
        (
            "第二条 乙方不属于本公司依照国家有关法律法规以及公司内部规章制度的规定所聘用"
            "并且签订书面劳动合同的专职人员。",
            "专职人员",
        ),
    ],
)
def test_a_condition_or_a_denial_proves_nothing_quoted_or_not(
    tmp_path: Path, line: str, words: str
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert find(tmp_path / "a", line, "true") is not ReadOutcome.READ
    assert find(tmp_path / "b", line, "true", words) is not ReadOutcome.READ


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("第二条 乙方不是兼职而是专职。", "而是专职"),
        ("第二条 用工形式：☑非兼职，专职 □兼职", "☑非兼职，专职"),
        ("第二条 乙方专职上班未经甲方同意不得在外任职。", "专职上班"),
        ("第二条 乙方专职上班。", "专职上班"),
        ("第二条 乙方梁若安专职上班。", "梁若安专职上班"),
        ("第二条 乙方许可专职上班。", "专职上班"),
        ("第二条 乙方应尽可能在场并专职上班。", "专职上班"),
        ("第二条 若干人员专职上班。", "专职上班"),
        ("第二条 乙方如期专职上班。", "专职上班"),
        ("第二条 乙方曾志强专职上班。", "曾志强专职上班"),
        ("第二条 乙方原志强专职上班。", "原志强专职上班"),
        ("第二条 乙方曾为民专职上班。", "曾为民专职上班"),
        ("第二条 乙方在太原专职上班。", "专职上班"),
        ("第二条 甲方原系统由专职人员乙方维护。", "专职人员"),
        ("第二条 原任务由专职人员乙方承担。", "专职人员"),
        ("第二条 虚拟设备由专职人员乙方维护。", "专职人员"),
        ("第二条 甲方按计划已聘乙方为专职人员。", "专职人员"),
        ("第二条 值班计划由专职人员乙方执行。", "专职人员"),
        ("第二条 以下情形不予报销：\n餐饮、住宿\n第三条 乙方专职上班。", "专职上班"),
        ("第二条 乙方原系兼职，现为专职人员。", "现为专职人员"),
        ("第二条 乙方由原兼职岗位转为专职上班。", "转为专职上班"),
        ("第二条 乙方按原合同专职上班。", "专职上班"),
        ("第二条 乙方担任计划部专员并专职上班。", "专职上班"),
    ],
)
def test_what_a_clerk_would_take_stands_quoted_or_not(
    tmp_path: Path, line: str, words: str
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert find(tmp_path / "a", line, "true") is ReadOutcome.READ
    assert find(tmp_path / "b", line, "true", words) is ReadOutcome.READ


@pytest.mark.parametrize(
    "line",
    [
        "第二条 如乙方兼职的，另行约定。",
        "第二条 一旦乙方兼职，合同终止。",
        "第二条 乙方没有兼职。",
    ],
)
def test_a_no_heeds_conditions_too(tmp_path: Path, line: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert find(tmp_path / "a", line, "false") is not ReadOutcome.READ
    assert find(tmp_path / "b", line, "false", "兼职") is not ReadOutcome.READ


def test_a_no_is_said_by_a_denial(tmp_path: Path) -> None:
    line = "第二条 乙方并不是本单位的专职人员。"
    words = "乙方并不是本单位的专职人员"
    assert find(tmp_path, line, "false", words) is ReadOutcome.READ


@pytest.mark.parametrize("question", ["是否提供住宿", "有无食堂"])
def test_the_answer_to_another_question_proves_nothing(
    tmp_path: Path, question: str
) -> None:
    words = f"{question}：是"
    found = find(tmp_path, f"第二条 {words}", "true", words)
    assert found is not ReadOutcome.READ


@pytest.mark.parametrize(
    "line",
    ["现有员工近3人。", "现有员工3余人。", "现有员工30多人。", "现有员工十来人。"],
)
def test_an_estimate_is_no_exact_count(line: str) -> None:
    said = read("team_structure", "公司人员情况说明", line)
    assert ("self", "headcount") not in said
    exact = read("team_structure", "公司人员情况说明", "现有员工3人。")
    assert exact["self", "headcount"] == 3


@pytest.mark.parametrize(
    "line",
    [
        "冻结金额：〇",
        "冻结金额：零元",
        "冻结金额占比：0%",
        "冻结资金占比0%",
        "冻结情况：无冻结",
        "该账户无冻结。",
        "账户状态：无冻结、无质押",
    ],
)
def test_nothing_frozen_leaves_the_balance(line: str) -> None:
    assert read_balance("账户余额：1,000,000.00元", line) == MILLION


@pytest.mark.parametrize("line", ["版本状态：初稿", "初稿", "原附件二（作废）"])
def test_a_word_within_a_paper_voids_nothing(line: str) -> None:
    lines = (*LEASE, "第四条 押金17,200元。", "第五条 附件清单", line, "第六条 其他")
    assert read("lease", *lines)["self", "lease_until"] != "unclear"
