"""Lists of members as a table: pasted, uploaded, downloaded, and said to be whole."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import Workbook, load_workbook

from changqing.case import edit
from changqing_web.facts import tables
from changqing_web.facts.tables import LISTS, MemberSheet
from changqing_web.index import catalogue
from tests.web.facts.table_form import post_table
from tests.web.web_world import Place


@pytest.mark.long
def test_a_pasted_table_is_previewed_then_imported(place: Place) -> None:
    pasted = "姓名\t岗位\t专职\n宋新月\t客服人员\t是\n林小满\t客服\t也许\n"
    status, page = post_table(place.editor, place, step="preview", pasted=pasted)
    assert status == 422
    assert "“也许”不是是或否" in page
    good = "姓名\t岗位\n宋新月\t客服人员\n"
    status, page = post_table(place.editor, place, step="preview", pasted=good)
    assert status == 200
    assert "宋新月" in page
    names = {person["name"] for person in edit.read(place.folder).list_items("people")}
    assert "宋新月" not in names
    version = edit.read(place.folder).version
    status, _ = post_table(
        place.editor, place, step="import", pasted=good, version=version
    )
    assert status == 303
    (added,) = [
        person
        for person in edit.read(place.folder).list_items("people")
        if person["name"] == "宋新月"
    ]
    assert added["role"] == "customer_service"
    page = place.editor.get(place.url(f"lists/people/{added['id']}/")).content.decode()
    assert "宋新月" in page


def test_what_is_downloaded_can_be_imported_again_and_changes_nothing(
    place: Place,
) -> None:
    content = place.editor.get(place.url("lists/people/template.xlsx")).content
    assert load_workbook(io.BytesIO(content)).active.max_row > 1
    file = io.BytesIO(content)
    file.name = "people.xlsx"
    status, page = post_table(place.editor, place, step="preview", file=file)
    assert status == 200
    assert "没有变化" in page
    assert "新增" not in page


def test_columns_come_in_the_order_of_a_conversation(place: Place) -> None:
    """What is asked of the applicant first, not what an English name begins with."""
    content = place.editor.get(place.url("lists/services/template.xlsx")).content
    heads = [
        cell.value for cell in next(load_workbook(io.BytesIO(content)).active.rows)
    ]
    assert heads.index("用户可以发布信息或发消息") < heads.index("网站证书受浏览器信任")


@pytest.mark.long
@pytest.mark.parametrize("name", ["=1+1", "+86 公司", "-甲", "@乙"])
def test_a_name_like_a_formula_is_a_text_and_comes_back_as_it_is(
    place: Place, name: str
) -> None:
    version = edit.read(place.folder).version
    pasted = f"姓名\t岗位\n{name}\t客服人员"
    status, _ = post_table(
        place.editor, place, step="import", pasted=pasted, version=version
    )
    assert status == 303
    shown = place.editor.get(place.url("lists/people/")).content.decode()
    assert name in shown
    assert f"&#x27;{name}" not in shown
    content = place.editor.get(place.url("lists/people/template.xlsx")).content
    cells = [cell for row in load_workbook(io.BytesIO(content)).active for cell in row]
    (cell,) = [cell for cell in cells if str(cell.value).endswith(name)]
    assert (cell.value, cell.data_type) == (name, "s")
    file = io.BytesIO(content)
    file.name = "people.xlsx"
    assert "没有变化" in post_table(place.editor, place, step="preview", file=file)[1]


def test_a_list_shows_what_papers_say_where_nothing_is_typed(place: Place) -> None:
    page = place.editor.get(place.url("lists/holders/")).content.decode()
    cells = re.findall(r'data-label="境外投资者">(.*?)</td>', page, re.S)
    assert [re.sub(r"<[^>]+>|\s", "", cell) for cell in cells] == ["否外部材料"]


def test_a_list_is_said_to_be_complete_and_taken_back(place: Place) -> None:
    def closed() -> object:
        return edit.read(place.folder).find_value(("closed", "offers"))

    url = place.url("lists/offers/")
    version = edit.read(place.folder).version
    place.editor.post(url, {"step": "open", "version": version})
    assert closed() is None
    version = edit.read(place.folder).version
    answer = place.editor.post(url, {"step": "close", "version": version})
    assert answer.status_code == 303
    assert closed() is not None
    assert "没有列的就是没有" in place.editor.get(url).content.decode()


@pytest.mark.parametrize("content", [b"PK\x03\x04 not a workbook", b"\x00\x01"])
def test_what_is_no_table_is_told(place: Place, content: bytes) -> None:
    file = io.BytesIO(content)
    file.name = "people.xlsx"
    status, page = post_table(place.editor, place, step="preview", file=file)
    assert status == 422
    assert "模板" in page


def test_a_workbook_gives_the_row_of_each_error(place: Place) -> None:
    book = Workbook()
    book.active.append(["姓名", "岗位"])
    book.active.append(["何一", "技术人员"])
    book.active.append(["何二", "掌柜"])
    kept = io.BytesIO()
    book.save(kept)
    file = io.BytesIO(kept.getvalue())
    file.name = "people.xlsx"
    status, page = post_table(place.editor, place, step="preview", file=file)
    assert status == 422
    assert "“掌柜”不在可选值中。可选：" in page
    assert "技术人员、" in page
    assert "1行须改好" in page


def _parse_members(place: Place, listed: str, cells: list[list[str]]) -> MemberSheet:
    written = edit.read(place.folder)
    return tables.parse_members(cells, catalogue(), LISTS[listed], written)


@pytest.mark.parametrize(
    "day",
    [
        *("2026-01-05", "2026/1/5", "2026.1.5", "2026年1月5日", "20260105"),
        *("２０２６－０１－０５", "２０２６年１月５日"),
    ],
)
def test_a_day_may_be_written_as_people_write_it(place: Place, day: str) -> None:
    (column,) = [
        column
        for column in tables.list_columns(catalogue(), LISTS["people"])
        if column.code == "id_valid_until"
    ]
    assert tables.parse_cell(column, day) == "2026-01-05"


def test_two_rows_about_one_person_are_told_with_their_numbers(place: Place) -> None:
    cells = [
        ["员工名单", ""],
        ["", ""],
        ["姓 名*", "岗位："],
        ["何一", "技术人员"],
        ["", ""],
        ["何一", "客服人员"],
    ]
    sheet = _parse_members(place, "people", cells)
    assert [row.number for row in sheet.rows] == [4, 6]
    assert sheet.broken == 1
    assert "与第4行重复" in sheet.rows[1].errors[0].zh
    assert tables.read_pasted("员工名单\n姓名\t岗位\n何一\t技术人员\n")[1] == [
        "姓名",
        "岗位",
    ]
    cells[2].append("编号")
    cells[3].append("he-1")
    cells[5].append("he-2")
    apart = _parse_members(place, "people", cells)
    assert apart.broken == 0
    assert [row.id for row in apart.rows] == ["he-1", "he-2"]


def test_full_width_digits_and_shares_shown_as_percent_are_read(place: Place) -> None:
    book = Workbook()
    book.active.append(["姓名或名称", "kind", "share"])
    book.active.append(["甲公司", "company", 0.375])
    book.active.append(["乙公司", "company", "６２．５％"])
    book.active["C2"].number_format = "0.0%"
    kept = io.BytesIO()
    book.save(kept)
    cells = tables.read_workbook(kept.getvalue())
    assert cells[1][2] == "37.5%"
    sheet = _parse_members(place, "holders", cells)
    assert [row.values.get("share") for row in sheet.rows] == ["37.5%", "62.5%"]


def test_a_table_with_a_share_that_cannot_be_is_refused(place: Place) -> None:
    pasted = "姓名或名称\tkind\tshare\n沈岚\tperson\t250%\n"
    sent = {"step": "preview", "pasted": pasted}
    answer = place.editor.post(place.url("lists/holders/"), sent)
    assert answer.status_code == 422
    assert "应在0%到100%之间" in answer.content.decode()


@pytest.mark.long
def test_two_hundred_rows_go_in_at_once(place: Place) -> None:
    rows = "".join(f"员工{n:03}\t客服人员\t是\n" for n in range(200))
    pasted = f"姓名\t岗位\t专职\n{rows}"
    status, page = post_table(place.editor, place, step="preview", pasted=pasted)
    assert status == 200
    assert "导入200行" in page
    version = edit.read(place.folder).version
    before = len(edit.read(place.folder).list_items("people"))
    status, _ = post_table(
        place.editor, place, step="import", pasted=pasted, version=version
    )
    assert status == 303
    assert len(edit.read(place.folder).list_items("people")) == before + 200
