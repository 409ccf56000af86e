"""What a paper says against its own figures keeps a typed value from being proven."""

from __future__ import annotations

from pathlib import Path

import pytest

from changqing.case.comparison import Comparison, ReadOutcome
from changqing.papers.compare.objections import may_be_void
from tests.papers.settling_sample import NAME, make_case
from tests.papers.test_compare import text_of
from tests.shipped import CATALOGUE

STATEMENT = (
    f"单位存款余额证明\n户名：{NAME}\n币种：人民币\n{{}}\n示例银行　2026年11月10日\n"
)
LEASE = (
    "{}房屋租赁合同\n出租方（甲方）：甲山示例物业有限公司\n"
    f"承租方（乙方）：{NAME}\n租赁期自2024年3月1日起至2027年2月28日止。\n{{}}\n"
)
FILING = "ICP备案查询\n域名：chengyan.example\n{}\n"
ENTRY = """\
  - id: x
    kind: {kind}
    file: documents/x.txt
    received_on: 2026-11-18
    backs:
      - {{fact: {fact}, subject: {subject}, value: {value}, place: 第1页{words}}}
"""


def compare(
    folder: Path, kind: str, text: str, fact: str, value: str, *, words: str = ""
) -> dict[str, Comparison]:
    """Compare one typed value, and the presence of its paper, by fact."""
    entry = ENTRY.format(
        kind=kind,
        fact=fact,
        subject="service:site" if kind == "icp_filing" else "applicant",
        value=value,
        words=f", words: '{words}'" if words else "",
    )
    case = make_case(folder, cash=entry, x=text)
    return {fact: found for (_, fact), found in case.compared["x"].items()}


@pytest.mark.parametrize("words", ["", "1,000,000.00元"])
@pytest.mark.parametrize(
    "lines",
    [
        "账户余额：1,000,000.00元（其中冻结800,000.00元）",
        "账户余额：1,000,000.00元\n其中受限资金：800,000.00元",
        "账户余额：1,000,000.00元\n是否冻结：是",
        "账户余额：1,000,000.00元\n冻结状态：是",
        "账户状态：冻结\n账户余额：1,000,000.00元",
        "账户余额：1,000,000.00元\n冻结金额：800,000.00元\n可用余额：200,000.00元",
        "未到期存单已质押，账户余额：1,000,000.00元",
        "账户余额：1,000,000.00元\n（作废）",
    ],
)
def test_money_that_is_not_free_is_proven_by_no_figure(
    tmp_path: Path, lines: str, words: str
) -> None:
    text = STATEMENT.format(lines)
    found = compare(
        tmp_path, "bank_statement", text, "cash_on_hand", "1000000元", words=words
    )
    assert found["cash_on_hand"].outcome is ReadOutcome.NOT_FOUND
    assert found["cash_on_hand"].why is not None


@pytest.mark.parametrize(
    "lines",
    [
        "账户余额：1,000,000.00元\n冻结金额：0.00元",
        "账户余额：1,000,000.00元\n是否冻结：否",
        "账户余额：1,000,000.00元\n可用余额：1,000,000.00元",
        "账户余额：1,200,000.00元\n冻结金额：200,000.00元\n可用余额：1,000,000.00元",
    ],
)
def test_free_money_stays_proven(tmp_path: Path, lines: str) -> None:
    text = STATEMENT.format(lines)
    found = compare(tmp_path, "bank_statement", text, "cash_on_hand", "1000000元")
    assert found["cash_on_hand"].outcome is ReadOutcome.READ


@pytest.mark.parametrize("words", ["", "2024年3月1日起至2027年2月28日止"])
@pytest.mark.parametrize(
    ("head", "line", "holds"),
    [
        ("", "本合同已于2026年5月1日终止。", False),
        ("", "合同状态：已终止", False),
        ("（草案）\n", "", False),
        ("解除", "", False),
        ("", "经甲乙双方协商一致，可以解除本合同。", True),
        ("", "期满不续签的，本合同自动失效。", True),
    ],
)
def test_a_lease_that_was_ended_proves_nothing(
    tmp_path: Path, head: str, line: str, words: str, *, holds: bool
) -> None:
    text = LEASE.format(head, line)
    if head == "解除":
        text = text.replace("解除房屋租赁合同", "解除房屋租赁合同协议书")
    found = compare(tmp_path, "lease", text, "lease_until", "2027-02-28", words=words)
    expected = ReadOutcome.READ if holds else ReadOutcome.NOT_FOUND
    assert found["lease_until"].outcome is expected
    assert found["has_lease"].outcome is expected


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("备案号：甲ICP备12345678号-1\n未查询到备案信息", False),
        ("备案号：甲ICP备12345678号-1\n公安备案：未查询到", True),
    ],
)
def test_a_filing_that_the_page_denies_is_not_proven(
    tmp_path: Path, line: str, *, holds: bool
) -> None:
    text = FILING.format(line)
    found = compare(tmp_path, "icp_filing", text, "filing_found", "true")
    assert (found["filing_found"].outcome is ReadOutcome.READ) is holds


def test_a_contract_that_says_how_it_may_end_is_looked_at_no_further() -> None:
    lease = CATALOGUE.materials["lease"]
    text = text_of(LEASE.format("", "可以解除合同，合同终止后七日内交还房屋。"))
    assert not may_be_void(text, lease)
    assert may_be_void(text_of(LEASE.format("", "（作废）")), lease)
