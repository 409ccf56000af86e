"""A document quotes the place that it names, in whole sentences, each once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from changqing.documents.markup import CLOSE, OPEN
from changqing.documents.tidy import tidy
from tests.documents.dossier_case import assessed, copied, text_of, written

_PLAN = "documents/23-business-plan.md"


def _written_with(folder: Path, *changes: tuple[str, str]) -> dict[str, str]:
    """The documents of the example whose business plan reads otherwise."""
    case = copied("local-life", folder)
    file = case / _PLAN
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert re.search(old, text), old
        text = re.sub(old, new, text)
    file.write_text(text, encoding="utf-8")
    return {name: text_of(one) for name, one in written(assessed(case)).items()}


def test_words_found_in_another_clause_are_not_quoted_for_it(tmp_path: Path) -> None:
    made = _written_with(
        tmp_path,
        (r"(?s)(第4条[^\n]*\n\n).*?(\n\n## 第5条)", r"\1按成交额的千分之六收取。\2"),
        (r"(?s)(第7条[^\n]*\n\n)", r"\1预计技术服务费收入180万元。"),
    )

    row = next(
        line
        for line in made["business_plan"].splitlines()
        if line.startswith("| 收费方案")
    )
    assert "按成交额的千分之六收取。" in row
    assert "180万元" not in row


def test_a_clause_is_quoted_where_it_is_no_more_than_some_sentences(
    tmp_path: Path,
) -> None:
    made = _written_with(
        tmp_path,
        (r"(?s)(第1条[^\n]*\n\n).*?(\n\n## 第2条)", r"\1甲服务。乙服务。\2"),
        (r"(?s)(第3条[^\n]*\n\n).*?(\n\n## 第4条)", rf"\1{'长' * 300}。\2"),
    )

    assert "甲服务。乙服务。" not in made["business_plan"]  # B25 names its items
    market = next(
        line for line in made["business_plan"].splitlines() if line.startswith("| 市场")
    )
    assert "见《业务发展和实施计划》第3条" in market


@pytest.mark.parametrize(
    ("filled", "tidied"),
    [
        ("<s0>甲。<t0>^E-01^。<c0>乙。<e0>", "<s0>甲。<t0>^E-01^<c0>乙。<e0>"),
        ("<s0>见附件7《甲》第8条<t0>", "<s0>见附件7《甲》第8条<t0>。"),
        ("下限是6个月。见附件7《甲》第8条", "下限是6个月。见附件7《甲》第8条。"),
        ("联系人：张三", "联系人：张三"),
        ("| 名称 | 见附件7《甲》 |", "| 名称 | 见附件7《甲》 |"),
    ],
)
def test_a_sentence_has_one_stop(filled: str, tidied: str) -> None:
    assert tidy(_mark(filled)) == _mark(tidied)


def test_rows_that_say_the_same_are_one_row() -> None:
    head = "| 步骤 | 责任人 | 怎么做 |\n|---|--|---|\n"
    same = (
        "| 渠道 | 甲 | <s0>统一登记。<t0>^E-01^ |\n| 受理 | 甲 | <s1>统一登记。<t1> |"
    )
    others = "| 回访 | 乙 | <s1>统一登记。<t1> |\n| 派单 | 乙 | 当日派出。 |"

    assert tidy(_mark(f"{head}{same}\n{others}")) == _mark(
        f"{head}| 渠道、受理、回访 | 甲、乙 | <s0>统一登记。<t0>^E-01^ |\n"
        "| 派单 | 乙 | 当日派出。 |"
    )


def test_facts_that_happen_to_be_the_same_keep_their_rows() -> None:
    table = "| 事项 | 金额 |\n|---|---|\n| 注册资本 | 200万元 |\n| 实缴资本 | 200万元 |"
    assert tidy(table) == table


@pytest.mark.parametrize("cell", ["<c0>每日一次。<e0>", "<b0>〔待补：多久一次？〕"])
def test_what_is_chosen_or_still_asked_keeps_its_row(cell: str) -> None:
    table = f"| 事项 | 怎么做 |\n|---|---|\n| 备份 | {cell} |\n| 巡检 | {cell} |"
    assert tidy(_mark(table)) == _mark(table)


def _mark(text: str) -> str:
    return re.sub(r"<([a-z][0-9])>", rf"{OPEN}\1{CLOSE}", text)
