"""A document quotes the place that it names, in whole sentences, each once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from changqing.documents.markup import CLOSE, OPEN
from changqing.documents.quotes import quote_around
from changqing.documents.tidy import tidy_text
from changqing.evidence.paper_text import PaperText
from changqing.evidence.reading import PaperPage, Reading, Span
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


def _find_row(document: str, item: str) -> str:
    """Find the row of a table about something; rows that say the same are one."""
    return next(
        line
        for line in document.splitlines()
        if line.startswith("| ") and item in line.split("|")[1]
    )


def test_a_clause_is_quoted_where_it_is_no_more_than_some_sentences(
    tmp_path: Path,
) -> None:
    made = _written_with(
        tmp_path,
        (r"(?s)(第1条[^\n]*\n\n).*?(\n\n## 第2条)", r"\1甲服务。乙服务。\2"),
        (r"(?s)(第3条[^\n]*\n\n).*?(\n\n## 第4条)", rf"\1{'长' * 300}。\2"),
    )

    assert "甲服务。乙服务。" not in made["business_plan"]  # B25 names its items
    market = _find_row(made["business_plan"], "市场")
    assert "见《业务发展和实施计划》第3条" in market


def test_a_clause_is_not_quoted_up_to_a_semicolon_alone(tmp_path: Path) -> None:
    made = _written_with(
        tmp_path,
        (r"(?s)(第3条[^\n]*\n\n).*?(\n\n## 第4条)", r"\1甲市场三千家；乙市场两千家\2"),
    )

    market = _find_row(made["business_plan"], "市场")
    assert "甲市场" not in market
    assert "见《业务发展和实施计划》第3条" in market


_PLACE = "      quality_targets: '第6条 质量指标'"


@pytest.mark.share
@pytest.mark.parametrize(
    ("words", "paper", "cell"),
    [
        # Words that a program read, in the one sentence in which they stand.
        (
            "可用率不低于99.5%",
            "月可用率不低于99.5%，接通率90%。",
            "月可用率不低于99.5%，接通率90%。",
        ),
        # A title without a number: what stands below it.
        ("质量的指标", "质量的指标\n\n月可用率99.5%。", "月可用率99.5%。"),
        # A title that was read with it is no part of the sentence.
        ("质量指标月可用率99.5%。", "质量指标\n\n月可用率99.5%。", "| 月可用率99.5%。"),
        # A sentence over two lines.
        ("可用率不低于99.5%", "月可用率不\n低于99.5%。", "月可用率不低于99.5%。"),
        # An item of a list is not quoted without what is said of all.
        (
            "可用率99.5%",
            "以下各项不作承诺：甲；\n可用率99.5%；\n乙。",
            "以下各项不作承诺：甲；可用率99.5%；乙。",
        ),
        # Which of two was meant is not known.
        (
            "可用率",
            "月可用率99%。\n\n年可用率98%。",
            "见《长期服务和质量保障措施》第1页",
        ),
        (
            "可用率不低于99.5%",
            "指标|值\n-|-\n月可用率不低于99.5%|是",
            "见《长期服务和质量保障措施》第1页",
        ),
    ],
)
def test_words_on_a_page_are_quoted_with_their_sentence(
    tmp_path: Path, words: str, paper: str, cell: str
) -> None:
    case = copied("local-life", tmp_path)
    file = case / "case.yaml"
    entry = file.read_text(encoding="utf-8")
    pointed = f"      quality_targets: {{place: 第1页, words: '{words}'}}"
    assert _PLACE in entry
    file.write_text(entry.replace(_PLACE, pointed), encoding="utf-8")
    plan = case / "documents/38-service-assurance.md"
    text = plan.read_text(encoding="utf-8")
    text, times = re.subn(
        r"(?s)## 第6条.*?\n\n.*?(\n\n## 第7条)", rf"\n\n{paper}\1", text
    )
    assert times == 1
    plan.write_text(text, encoding="utf-8")
    made = text_of(written(assessed(case))["service_assurance"])
    row = next(line for line in made.splitlines() if "服务质量指标" in line)
    assert cell in row


@pytest.mark.parametrize(
    ("first", "second", "quoted"),
    [
        (["服务质量", "月可用率99.5%。"], ["公司", "其他", "附则"], "月可用率99.5%。"),
        (["服务质量", "月可用率不低于", "第1页"], ["公司", "月可用率99.5%。"], None),
        (["服务质量", "月可用率99.5%，"], ["公司", "附则"], None),
    ],
)
def test_a_sentence_that_may_go_over_a_page_is_not_quoted(
    tmp_path: Path, first: list[str], second: list[str], quoted: str | None
) -> None:
    pages = tuple(
        PaperPage(
            number=number,
            width=0,
            height=0,
            spans=tuple(Span(text=line, box=None) for line in lines),
        )
        for number, lines in enumerate((first, second), start=1)
    )
    text = PaperText(Reading(paper="ab" * 32, reader="pdf", version="1", pages=pages))
    everything = range(len(text.lines))
    assert quote_around(text, everything, "月可用率99.5%") == quoted


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
    assert tidy_text(_mark(filled)) == _mark(tidied)


def test_rows_that_say_the_same_are_one_row() -> None:
    head = "| 步骤 | 责任人 | 怎么做 |\n|---|--|---|\n"
    same = (
        "| 渠道 | 甲 | <s0>统一登记。<t0>^E-01^ |\n| 受理 | 甲 | <s1>统一登记。<t1> |"
    )
    others = "| 回访 | 乙 | <s1>统一登记。<t1> |\n| 派单 | 乙 | 当日派出。 |"

    assert tidy_text(_mark(f"{head}{same}\n{others}")) == _mark(
        f"{head}| 渠道、受理、回访 | 甲、乙 | <s0>统一登记。<t0>^E-01^ |\n"
        "| 派单 | 乙 | 当日派出。 |"
    )


def test_facts_that_happen_to_be_the_same_keep_their_rows() -> None:
    table = "| 事项 | 金额 |\n|---|---|\n| 注册资本 | 200万元 |\n| 实缴资本 | 200万元 |"
    assert tidy_text(table) == table


@pytest.mark.parametrize("cell", ["<c0>每日一次。<e0>", "<b0>〔待补：多久一次？〕"])
def test_what_is_chosen_or_still_asked_keeps_its_row(cell: str) -> None:
    table = f"| 事项 | 怎么做 |\n|---|---|\n| 备份 | {cell} |\n| 巡检 | {cell} |"
    assert tidy_text(_mark(table)) == _mark(table)


def _mark(text: str) -> str:
    return re.sub(r"<([a-z][0-9])>", rf"{OPEN}\1{CLOSE}", text)
