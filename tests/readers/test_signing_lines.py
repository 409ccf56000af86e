"""Lines that stand under a table or break off at a margin, and are taken for no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from changqing.evidence.reading import Box, Cell, PaperPage, Span
from changqing.readers.layout import PageLayout
from changqing.readers.proposal import PaperPages
from changqing.readers.propose import read_paper
from changqing.readers.signing_lines import is_signing
from tests.readers.random_papers import LETTER, break_lines, measure
from tests.readers.table_pages import lay_table, read
from tests.readers.test_prose import APPLICANT, NAMES
from tests.shipped import CATALOGUE

HEADS = {600: "日期", 2600: "题材", 5200: "责任人"}
ITEMS = [
    {600: "2027-01-05", 2600: "甲", 5200: "王小明"},
    {600: "2027-01-15", 2600: "乙", 5200: "李知夏"},
    {600: "2027-02-03", 2600: "丙", 5200: "王小明"},
]
ADDRESS = "江苏省南京市江宁区秣周东路12号悠谷科技园3号楼B座1206室"


@pytest.mark.parametrize(
    "below",
    [
        [{600: "日期：2027年12月1日", 5200: "负责人签字：李知夏"}],
        [{600: "编制日期：2027年12月1日"}],
        [{600: "编制：王小明", 2600: "审核：赵一", 5200: "日期：2027-12-01"}],
        [{}, {600: f"{APPLICANT}（盖章）"}, {600: "2027年12月1日"}],
        [{}, {600: "2027年12月1日"}],
    ],
)
def test_a_schedule_does_not_end_on_the_day_of_its_signature(
    below: list[dict[int, str]],
) -> None:
    said = read("content_schedule", lay_table([HEADS, *ITEMS, *below]))
    assert str(said["?", "schedule_until"]) == "2027-02-03"
    assert said["self", "schedule_people"] == {"王小明", "李知夏"}
    assert said["?", "planned_items"] == 18


def test_a_row_that_signs_a_table_of_cells_is_no_item() -> None:
    rows = [[*cells.values()] for cells in (HEADS, *ITEMS)]
    rows.append(["编制：王小明", "日期：2027-12-01", ""])
    spans = tuple(
        Span(text=text, box=None, cell=Cell(table=0, row=row, column=column))
        for row, cells in enumerate(rows)
        for column, text in enumerate(cells)
        if text
    )
    page = PaperPage(number=1, width=0, height=0, spans=spans)
    said = read("content_schedule", page)
    assert str(said["?", "schedule_until"]) == "2027-02-03"


def test_the_last_item_of_a_schedule_stays_whatever_its_cells_name() -> None:
    last = {600: "2027-03-01", 2600: "丁", 5200: "李知夏"}
    said = read("content_schedule", lay_table([HEADS, *ITEMS, last]))
    assert str(said["?", "schedule_until"]) == "2027-03-01"
    checked = [{**cells, 5200: "审核：李知夏"} for cells in ITEMS]
    said = read("content_schedule", lay_table([HEADS, *checked]))
    assert str(said["?", "schedule_until"]) == "2027-02-03"
    assert not is_signing("李知夏")
    assert not is_signing("责任人:李知夏")
    assert is_signing("制表人:李知夏")


def put(text: str, left: int, top: int) -> Span:
    right = left + measure(text) * LETTER
    return Span(text=text, box=Box(left=left, top=top, right=right, bottom=top + 131))


def lay_licence(setting: str, width: int, label: str) -> PaperPage:
    """Set a licence whose address breaks at a width, in one of some settings."""
    fields = {
        "名称": APPLICANT,
        "法定代表人": "王小明",
        label: ADDRESS,
        "注册资本": "壹佰万元整",
        "成立日期": "2020年03月05日",
    }
    spans, down = [put("营业执照", 4000, 300)], 700
    for name, value in fields.items():
        head = "" if setting == "column" else f"{name}："
        first = down
        wide = width + measure(head) * LETTER * (setting != "glued")
        for number, line in enumerate(
            break_lines(head * (setting != "glued") + value, wide)
        ):
            match setting:
                case "column":
                    left = 2500
                case "glued":
                    left = 1000 + measure(head) * LETTER
                case "indented":
                    left = 1000 + 4 * LETTER * (number > 0)
                case _:
                    left = 1000
            if setting == "glued" and number == 0:
                spans.append(put(head + line, 1000, down))
            else:
                spans.append(put(line, left, down))
            down += 220
        if setting == "column":
            spans.append(put(name, 1000, first))
        down += 130
    return PaperPage(number=1, width=2000, height=3000, spans=tuple(spans))


@pytest.mark.parametrize("setting", ["column", "glued", "flush", "indented"])
@pytest.mark.parametrize("label", ["住所", "经营场所"])
def test_an_address_is_read_whole_or_not_at_all(setting: str, label: str) -> None:
    whole = 0
    for width in range(1200, 5200, 400):
        paper = PaperPages(
            pages=(PageLayout(lay_licence(setting, width, label)),),
            material=CATALOGUE.materials["business_licence"],
            catalogue=CATALOGUE,
            names=replace(NAMES),
        )
        facts, _, _ = read_paper(paper)
        said = {fact.fact: fact.value for fact in facts}.get("address")
        assert said in {None, ADDRESS}, (width, said)
        whole += said == ADDRESS
    assert whole >= 7
