"""What a paper itself holds against a figure that stands in it."""

from __future__ import annotations

import pytest

from tests.readers.test_prose import APPLICANT, read

MILLION = 1_000_000_00


def read_balance(*lines: str) -> object:
    said = read(
        "bank_statement",
        "单位存款余额证明",
        f"户名：{APPLICANT}",
        "账号：1234567890123456",
        "币种：人民币",
        *lines,
    )
    return said.get(("self", "cash_on_hand"))


@pytest.mark.parametrize(
    "line",
    [
        "账户余额：-1,234.56元",
        "账户余额：－1,234,567.00元",
        "账户余额：¥-1,234,567.00",
        "账户余额：（1,234,567.00）",
        "账户余额：1,234,567.00-",
        "账户余额：负1,234,567.00元",
        "账户余额：1,234,567.00元（透支）",
        "账户余额：1,234,567.00DR",
        "余额方向：借 余额：1,234,567.00",
        "透支余额：1,234,567.00元",
        "贷款余额：5,000,000.00元",
        "截至2026年10月31日，该账户透支余额为1,234,567.00元。",
        "截至2026年10月31日，该公司在我行的贷款余额为1,234,567.00元。",
        "日均余额：1,234,567.00元",
    ],
)
def test_what_is_owed_lent_or_reckoned_over_time_is_no_cash(line: str) -> None:
    assert read_balance(line) in {None, "unclear"}


@pytest.mark.parametrize(
    "line",
    [
        "账户余额：约1,000,000.00元",
        "账户余额：1,000,000元以上",
        "该账户余额不低于人民币1,000,000元。",
        "存款余额至少1,000,000.00元",
        "截至2026年10月31日，余额为1,000,000.00元以上。",
        "账户余额：不超过1,000,000.00元",
    ],
)
def test_a_bound_is_no_exact_amount(line: str) -> None:
    assert read_balance(line) in {None, "unclear"}


@pytest.mark.parametrize(
    "lines",
    [
        ("账户性质：保证金账户", "账户余额：1,000,000.00元"),
        ("账户余额：1,000,000.00元（其中冻结800,000.00元）",),
        ("账户余额：1,000,000.00元", "其中受限资金：800,000.00元"),
        ("账户余额：1,000,000.00元", "圈存金额：1,000,000.00"),
        ("账户余额：1,000,000.00元", "是否冻结：是"),
        ("账户状态：冻结", "账户余额：1,000,000.00元"),
        ("截至2026年10月31日存款余额为1,000,000.00元，其中800,000.00元已质押。",),
        ("上述存款在证明期间已冻结。存款余额：1,000,000.00元",),
        ("定期存单质押", "存款金额：1,000,000.00元"),
        ("冻结余额：1,000,000.00元",),
    ],
)
def test_frozen_or_pledged_money_is_not_there_to_be_used(
    lines: tuple[str, ...],
) -> None:
    assert read_balance(*lines) in {None, "unclear"}


@pytest.mark.parametrize(
    "lines",
    [
        ("截至2026年10月31日存款余额为1,000,000.00元，未被冻结、质押。",),
        ("账户余额：1,000,000.00元", "冻结金额：0.00元"),
        ("账户余额：1,000,000.00元", "是否冻结：否"),
        ("账户余额：1,000,000.00元", "冻结止付情况：无"),
        ("账户余额：1,000,000.00元", "本证明不得用于质押、担保。"),
        ("账户余额：1,000,000.00元", "如该账户此后被司法冻结，我行不承担责任。"),
        ("账户余额：1,000,000.00元", "上期余额：900,000.00元"),
        ("账户余额（元）：1,000,000.00", "账户状态：正常"),
        ("人民币壹佰万元整（1,000,000.00）", "账户余额：1,000,000.00"),
    ],
)
def test_what_is_said_of_no_freeze_leaves_the_balance(lines: tuple[str, ...]) -> None:
    assert read_balance(*lines) == MILLION


def test_of_a_balance_what_may_be_used_is_meant() -> None:
    frozen = read_balance(
        "账户余额：1,000,000.00元", "冻结金额：800,000.00元", "可用余额：200,000.00元"
    )
    assert frozen == 200_000_00
    free = read_balance("账户余额：1,000,000.00元", "可用余额：1,000,000.00元")
    assert free == MILLION


@pytest.mark.parametrize(
    ("sentence", "months"),
    [
        ("日志留存不少于六个月。", 6),
        ("日志留存6个月以上。", 6),
        ("日志留存6个月以内。", None),
        ("日志保存期限为6个月左右。", None),
    ],
)
def test_a_least_is_as_good_where_a_least_is_asked(
    sentence: str, months: int | None
) -> None:
    said = read("infosec_measures", "网络与信息安全保障措施", sentence)
    assert said.get(("self", "log_retention_months")) == months
