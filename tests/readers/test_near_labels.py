"""A label that nobody listed is read as the listed one that says the same."""

from __future__ import annotations

import pytest

from changqing.papers.parts import SURE
from changqing.readers.forms import find_in_forms
from changqing.readers.labels import find_beside
from changqing.readers.layout import PageLayout, squeeze
from changqing.readers.near_labels import NearLabels
from changqing.readers.proposal import CaseNames, PaperPages, ProposedFact
from tests.readers.table_pages import write_lines
from tests.shipped import CATALOGUE

_LISTED = (
    "注册住所",
    "成立日期",
    "到期时间",
    "合同编号",
    "合同期限",
    "注册资本",
    "服务提供者",
    "账户余额",
    "转租方",
    "应收账款",
    "更新日期",
    "编号",
    "人民币（大写）",
    "单位名称",
    "服务器数量",
    "客户",
    "余额",
    "租期",
)
_NEAR = NearLabels(tuple(map(squeeze, _LISTED)))


@pytest.mark.parametrize(
    ("label", "listed"),
    [
        ("公司注册地址", "注册住所"),
        ("设立时间", "成立日期"),
        ("过期日期", "到期时间"),
        ("合同号", "合同编号"),
        ("注册资金", "注册资本"),
        ("服务提供商", "服务提供者"),
        ("最近更新时间", "更新日期"),
    ],
)
def test_a_label_in_other_words_is_near_the_listed_one(label: str, listed: str) -> None:
    assert _NEAR.find(squeeze(label)) == listed


def test_the_end_of_a_name_over_two_lines_is_no_label() -> None:
    near = NearLabels(("注册机构", "注册日期"))
    assert near.find("登记机构") == "注册机构"
    assert near.find("公司") is None


@pytest.mark.parametrize(
    "label",
    [
        "合同签订日期",  # a day, where the listed ones name a number and a term
        "受转租方",  # the other side
        "应付账款",  # the opposite
        "账户余额证明",  # a title
        "原到期时间",  # what was before
        "母公司名称",  # of another company
        "次承租人",
        "单位负责人姓名",  # of a person, where the listed one names a company
        "客户负责人",
        "客户编号",
        "注册资本币种",
        "备用服务器数量",
        "日均余额",
        "余额上限",
        "续租期限",
        "合同终止通知日期",
        "日期",  # of anything
        "编码",
        "号",
        "开户银行",
        "人民币",
        "",
    ],
)
def test_a_label_of_something_else_is_near_none(label: str) -> None:
    assert _NEAR.find(squeeze(label)) is None


def test_what_stands_beside_a_near_label_is_said_to() -> None:
    page = PageLayout(write_lines("账户到期日：2028年3月1日", "备注：无"))
    (beside,) = find_beside(page, ["到期时间"], ["备注"])
    assert (beside.label, beside.is_near) == ("到期时间", True)
    assert beside.value.text == "2028年3月1日"


def test_a_value_ends_where_a_near_label_begins() -> None:
    page = PageLayout(write_lines("住所：某市某路1号  公司成立时间：2020年5月1日"))
    (beside,) = find_beside(page, ["住所"], ["成立日期"])
    assert beside.value.text == "某市某路1号"


@pytest.mark.parametrize(
    ("label", "sure"), [("注册资本", True), ("企业登记资金", False)]
)
def test_a_fact_beside_a_near_label_is_less_than_sure(label: str, sure: bool) -> None:
    pages = (PageLayout(write_lines("营业执照", f"{label}：100万元")),)
    paper = PaperPages(
        pages=pages,
        material=CATALOGUE.materials["business_licence"],
        catalogue=CATALOGUE,
        names=CaseNames(),
    )
    (capital,) = (
        fact
        for fact in find_in_forms(paper)
        if isinstance(fact, ProposedFact) and fact.fact == "registered_capital"
    )
    assert capital.value == 100_000_000
    assert (capital.confidence >= SURE) is sure
