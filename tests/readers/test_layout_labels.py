"""What stands beside a label on a page."""

from __future__ import annotations

from changqing.evidence.reading import Box, Cell, PaperPage, Span
from changqing.readers.label_spots import LabelledValue
from changqing.readers.labels import find_beside
from changqing.readers.layout import PageLayout

LABELS = ("名称", "类型", "注册资本", "住所", "成立日期", "法定代表人")


def put(text: str, left: int, top: int, *, tilt: float = 0.0) -> Span:
    """A span of letters 100 high and wide; a tilted line has a higher box."""
    right = left + 100 * len(text)
    fall = round(tilt * (right - left))
    start = top + round(tilt * left)
    box = Box(left=left, top=start, right=right, bottom=start + 100 + fall)
    return Span(text=text, box=box)


def lay(*spans: Span) -> PageLayout:
    page = PaperPage(number=1, width=1000, height=1000, spans=spans)
    return PageLayout(page)


def read(page: PageLayout, label: str, *, lines: int = 1) -> list[str]:
    found: list[LabelledValue] = list(find_beside(page, [label], LABELS, lines=lines))
    return [beside.value.text for beside in found]


def test_a_value_stands_to_the_right_of_its_label() -> None:
    page = lay(put("名称", 100, 100), put("某某科技有限公司", 600, 100))
    assert read(page, "名称") == ["某某科技有限公司"]


def test_two_columns_keep_their_own_values() -> None:
    page = lay(
        put("名称", 100, 100),
        put("某某科技有限公司", 600, 100),
        put("注册资本", 3000, 110),
        put("贰佰万元整", 3600, 110),
        put("类型", 100, 300),
        put("有限责任公司", 600, 300),
    )
    assert read(page, "名称") == ["某某科技有限公司"]
    assert read(page, "注册资本") == ["贰佰万元整"]
    assert read(page, "类型") == ["有限责任公司"]


def test_a_label_may_have_its_letters_apart() -> None:
    page = lay(
        put("名", 100, 100), put("称", 400, 100), put("某某科技有限公司", 600, 100)
    )
    assert read(page, "名称") == ["某某科技有限公司"]
    assert read(lay(put("名　 称：某某有限公司", 100, 100)), "名称") == ["某某有限公司"]


def test_a_label_may_end_in_the_span_of_its_value() -> None:
    page = lay(put("住", 100, 100), put("所某市某路1号", 400, 100))
    assert read(page, "住所") == ["某市某路1号"]


def test_a_value_may_be_glued_to_its_label() -> None:
    page = lay(put("法定代表人张三", 100, 100))
    assert read(page, "法定代表人") == ["张三"]


def test_labels_in_one_line_end_each_other_s_values() -> None:
    page = lay(put("法定代表人：张三 注册资本：200万元", 100, 100))
    assert read(page, "法定代表人") == ["张三"]
    assert read(page, "注册资本") == ["200万元"]


def test_an_address_goes_on_in_the_next_line() -> None:
    page = lay(
        put("住所", 100, 100),
        put("某省某市某区某路9号3幢", 600, 100),
        put("1206室", 600, 240),
        put("成立日期", 100, 400),
        put("2024年03月18日", 600, 400),
    )
    assert read(page, "住所", lines=3) == ["某省某市某区某路9号3幢1206室"]


def test_a_label_alone_has_no_value() -> None:
    page = lay(put("名称", 100, 100), put("类型", 100, 300))
    assert read(page, "名称") == []


def test_a_tilted_page_is_straightened() -> None:
    tilt = 0.1
    page = lay(
        put("名称", 100, 1000, tilt=tilt),
        put("某某科技有限公司", 600, 1000, tilt=tilt),
        put("注册资本", 3000, 1000, tilt=tilt),
        put("贰佰万元整", 3600, 1000, tilt=tilt),
        put("类型", 100, 1160, tilt=tilt),
        put("有限责任公司自然人投资", 600, 1160, tilt=tilt),
        put("成立日期", 3000, 1160, tilt=tilt),
        put("2024年03月18日", 3600, 1160, tilt=tilt),
    )
    assert read(page, "名称") == ["某某科技有限公司"]
    assert read(page, "注册资本") == ["贰佰万元整"]
    assert read(page, "成立日期") == ["2024年03月18日"]


def test_a_value_stands_in_the_next_cell() -> None:
    cells = [("名称", 0, 0), ("某某公司", 0, 1), ("类型", 1, 0), ("有限公司", 1, 1)]
    page = lay(
        *(
            Span(text=text, box=None, cell=Cell(table=0, row=row, column=column))
            for text, row, column in cells
        )
    )
    assert read(page, "名称") == ["某某公司"]
    assert read(page, "类型") == ["有限公司"]


def test_a_text_without_pages_is_read_by_its_colons() -> None:
    page = lay(Span(text="名称：某某公司", box=None), Span(text="住所：", box=None))
    assert read(page, "名称") == ["某某公司"]


def test_a_part_of_a_line_has_its_part_of_the_box() -> None:
    page = lay(put("法定代表人张三", 100, 100))
    (beside,) = find_beside(page, ["法定代表人"], LABELS)
    box = beside.value.box
    assert box is not None
    assert (box.left, box.right) == (600, 800)


def test_a_label_may_stand_over_two_lines_of_a_narrow_column() -> None:
    page = lay(put("法定代表", 100, 100), put("张三", 900, 150), put("人", 100, 210))
    assert read(page, "法定代表人") == ["张三"]


def test_a_note_torn_by_the_end_of_a_line_is_no_value() -> None:
    page = lay(
        put("名称（甲", 100, 100),
        put("某某科技有限公司", 900, 150),
        put("方）", 100, 210),
    )
    assert read(page, "名称") == ["某某科技有限公司"]


def test_the_english_of_a_label_is_no_value() -> None:
    beside = lay(put("名称 Name：某某科技有限公司", 100, 100))
    assert read(beside, "名称") == ["某某科技有限公司"]
    apart = lay(put("成立日期 Date", 100, 100), put("2026年3月1日", 2000, 100))
    assert read(apart, "成立日期") == ["2026年3月1日"]
    below = lay(
        put("名称", 100, 100), put("Name", 100, 220), put("某某科技有限公司", 100, 360)
    )
    assert read(below, "名称") == ["某某科技有限公司"]


def test_a_note_that_ends_a_label_is_of_the_label() -> None:
    page = lay(put("名称（全称）", 100, 100), put("某某科技有限公司", 1500, 100))
    assert read(page, "名称") == ["某某科技有限公司"]


def test_the_lines_of_a_cell_below_its_head_are_one_value() -> None:
    page = lay(
        put("名称", 1500, 100),
        put("类型", 4000, 100),
        put("某某网络科技有限责", 1150, 300),
        put("企业", 4000, 350),
        put("任公司", 1450, 420),
        put("1", 100, 360),
    )
    assert read(page, "名称", lines=2)[0] == "某某网络科技有限责任公司"


def test_each_letter_of_a_label_may_have_a_line() -> None:
    letters = (put(sign, 100, 100 + 120 * row) for row, sign in enumerate("注册资本"))
    page = lay(*letters, put("贰佰万元整", 400, 100))
    assert read(page, "注册资本") == ["贰佰万元整"]


def test_a_value_that_fills_its_line_goes_on_at_the_margin_of_the_next() -> None:
    page = lay(
        put("第一条住所：某省某市某区某街道某某路88号某某大厦（入驻第", 100, 100),
        put("12号）", 100, 250),
        put("第二条名称：某某", 100, 420),
    )
    value = read(page, "住所", lines=3)[0]
    assert value.endswith("（入驻第12号）")
    short = lay(
        put("住所：某市某路1号", 100, 100),
        put("乙方不得转租。", 100, 250),
        put("租金按月支付，先付后用，逾期加收违约金", 100, 400),
    )
    assert read(short, "住所", lines=3) == ["某市某路1号"]


def test_a_pattern_names_labels_that_nobody_listed() -> None:
    lines = ("入驻企业：甲公司", "承租企业：乙公司", "丙方（承租户）：丁公司")
    spans = (Span(text=line, box=None) for line in lines)
    found = find_beside(lay(*spans), ["承租方", "承租…"], LABELS)
    assert [(value.label, value.value.text) for value in found] == [
        ("承租…", "乙公司"),
        ("承租…", "丁公司"),
    ]


def test_a_longer_label_is_no_label_with_a_value() -> None:
    page = lay(put("客户经理", 100, 100), put("某某", 900, 100))
    assert [*find_beside(page, ["客户"], LABELS)] == []


def test_a_value_set_apart_goes_on_under_its_label() -> None:
    page = lay(
        put("住所", 100, 100),
        put("某省某市某区某街道某某路88号某某苑", 400, 100),
        put("（商业）3楼1903房", 100, 250),
        put("成立日期", 100, 500),
    )
    value = read(page, "住所", lines=3)[0]
    assert value.endswith("某某苑（商业）3楼1903房")


def test_the_english_of_a_label_may_be_read_in_two() -> None:
    page = lay(
        put("成立日期", 100, 100),
        put("2024年3月5日", 2500, 110),
        put("Period", 100, 210),
        put("of Validity", 750, 212),
    )
    assert read(page, "成立日期") == ["2024年3月5日"]


def test_a_longer_label_goes_before_the_shorter_that_it_begins_with() -> None:
    page = lay(put("域名生效时间", 100, 100), put("2022年6月1日", 1500, 100))
    names = ["域名", "…生效…"]
    found = [
        (value.label, value.value.text) for value in find_beside(page, names, LABELS)
    ]
    assert found == [("…生效…", "2022年6月1日")]


def test_a_pattern_takes_no_value_that_is_glued_to_a_label() -> None:
    page = lay(put("法定代表人余某某", 100, 100))
    found = find_beside(page, ["法定代表人", "法定代表人…"], LABELS)
    assert [value.value.text for value in found] == ["余某某"]
