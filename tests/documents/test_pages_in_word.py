"""What a Word file does to a table, and how names and charts are printed."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import pytest

from changqing.case.model import Case, Member
from changqing.case.subjects import Subject
from changqing.documents.attachments import Attachments
from changqing.documents.cover_letter import write_cover_letter
from changqing.documents.document import Document
from changqing.documents.drawings import draw_endurance
from changqing.documents.render_docx import render_docx
from changqing.documents.tree import list_children, read_blocks, share_line
from changqing.text import both
from tests.documents.dossier_case import AS_OF, EXAMPLES, assessed, text_of
from tests.documents.test_licence_wording import state, write

BLANK = (
    "〔待补：嘉兴潮生股权投资合伙企业（有限合伙）的最终股东是谁，以《股权结构图》为证〕"
)
WIDE = (
    "| 股东 | 类型 | 持股比例 | 最终股东 | 外资 |\n|---|---|---|---|---|\n"
    f"| 嘉兴潮生股权投资合伙企业（有限合伙） | 公司 | 49% | {BLANK} | {BLANK} |\n"
)
NARROW = "| 名称 | 到期 |\n|---|---|\n| 域名 | 2029-03-08 |\n"
CROWDED = (
    "| 甲 | 乙 | 丙 | 丁 | 戊 |\n|---|---|---|---|---|\n"
    f"| {'一二三四五六七八九十一二三四 | ' * 4}{BLANK} |\n"
)
CHARACTERS = 43


def share(markdown: str) -> list[float]:
    (table,) = read_blocks(markdown)
    return share_line(list_children(table))


@pytest.mark.parametrize("markdown", [WIDE, NARROW, CROWDED])
def test_the_columns_of_a_table_fill_the_line(markdown: str) -> None:
    shares = share(markdown)

    assert sum(shares) == pytest.approx(1, abs=0.001)
    assert min(shares) > 0


def test_a_share_is_not_broken_and_a_name_is_read_in_a_column() -> None:
    name, kind, held, *blanks = (part * CHARACTERS for part in share(WIDE))

    assert kind > len("公司") + 1
    assert held > len("持股比例") + 1
    assert name >= 9
    assert min(blanks) > 9


def render(document: Document) -> str:
    made = render_docx(document, case_name="某", digest="0" * 64, as_of=AS_OF)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return archive.read("word/document.xml").decode()


def add_holder(name: str) -> Case:
    case = assessed(EXAMPLES / "local-life").case
    subject = Subject("holder", "hk")
    holder = Member(
        subject=subject,
        name=name,
        kind="company",
        facts=(state(subject, "name", name), state(subject, "share", 4900)),
    )
    return replace(case, holders=(holder, *case.holders))


def test_no_row_begins_on_one_page_and_ends_on_the_next() -> None:
    case = assessed(EXAMPLES / "local-life").case
    xml = render(write(case)["articles_and_equity"])
    rows = xml.count("<w:tr>")

    assert rows > 5
    assert xml.count("<w:cantSplit/>") == rows


def test_a_name_is_printed_with_the_brackets_of_the_register() -> None:
    for typed in ("海屿（香港）控股有限公司", "海屿(香港)控股有限公司"):
        made = write(add_holder(typed))["articles_and_equity"]
        assert "| 海屿（香港）控股有限公司 |" in text_of(made)
        assert "海屿（香港）控股有限公司" in made.charts["equity"]
        assert "海屿(香港)" not in text_of(made) + made.charts["equity"]


def test_a_latin_name_keeps_its_own_brackets() -> None:
    made = write(add_holder("Haiyu (HK) Holdings"))

    assert "| Haiyu (HK) Holdings |" in text_of(made["articles_and_equity"])


def test_the_names_beside_the_bars_are_not_cut_off() -> None:
    endurance = assessed(EXAMPLES / "local-life").outlook.endurance
    first, *others = endurance.commitments
    long = replace(
        first.commitment, label=both("贵安一号机房电信出口带宽（资源使用权）" * 2)
    )
    drawn = draw_endurance(
        replace(endurance, commitments=(replace(first, commitment=long), *others)),
        AS_OF,
    )

    names = re.findall(
        r'<text x="([0-9.]+)"[^>]*font-size="([0-9.]+)"[^>]*text-anchor="end"[^>]*>'
        "([^<]+)<",
        drawn or "",
    )
    (name,) = [found for found in names if found[2].startswith("贵安")]
    assert float(name[0]) - float(name[1]) * len(name[2]) >= 0


def test_the_cover_letter_says_where_and_whom_to_call() -> None:
    outcome = assessed(EXAMPLES / "local-life")
    case = outcome.case
    letter = text_of(
        write_cover_letter(case, outcome.situation, case.catalogue, [], Attachments())
    )

    assert "业务覆盖范围为浙江省（省内）" in letter
    assert "联系人：周知白" in letter
