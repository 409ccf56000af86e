"""Labels, names and amounts in the narrow cells of tables with rules."""

from __future__ import annotations

import pytest

from changqing.evidence.reading import (
    Box,
    PaperPage,
    Span,
    decode_reading,
    encode_reading,
)
from changqing.readers.capture import capture_paper
from changqing.readers.classify import find_kind
from changqing.readers.layout import PageLayout
from changqing.readers.propose import propose_from
from changqing.readers.ruled_cells import DrawnRule, join_ruled_cells
from changqing.readers.values import find_label_unit, take_company
from tests.readers.form_pages import COMPANY, NAMES, propose, quote_words, values_of
from tests.readers.paper_files import make_pdf
from tests.shipped import CATALOGUE


def draw_cell(left: int, right: int, *lines: str) -> tuple[list[Span], list[DrawnRule]]:
    """Set lines of letters 100 wide in a cell with rules around it."""
    spans = [
        Span(
            text=text,
            box=Box(
                left=left + 50,
                top=1000 + 150 * number,
                right=left + 50 + 100 * len(text),
                bottom=1100 + 150 * number,
            ),
        )
        for number, text in enumerate(lines)
    ]
    bottom = 1000 + 150 * len(lines)
    sides = [
        (left, 950, left, bottom),
        (right, 950, right, bottom),
        (left, 950, right, 950),
        (left, bottom, right, bottom),
    ]
    return spans, [
        DrawnRule(left=side[0], top=side[1], right=side[2], bottom=side[3])
        for side in sides
    ]


def test_a_label_goes_on_in_the_next_line_of_its_narrow_cell() -> None:
    spans, rules = draw_cell(500, 930, "注册资", "本(万", "元)")
    (joined,) = join_ruled_cells(spans, rules)
    assert joined.text == "注册资本(万元)"
    assert joined.box == Box(left=550, top=1000, right=850, bottom=1400)
    assert joined.line == Box(left=550, top=1150, right=850, bottom=1250)


@pytest.mark.parametrize(
    "lines",
    [
        ("192.0.2.10", "192.0.2.11"),  # two addresses, not one
        ("办公", "商业用房"),  # there was room for more
    ],
)
def test_lines_that_were_ended_on_purpose_stay_lines(lines: tuple[str, ...]) -> None:
    spans, rules = draw_cell(500, 1650, *lines)
    assert join_ruled_cells(spans, rules) == spans


def test_two_people_in_a_narrow_cell_are_no_one_name() -> None:
    spans, rules = draw_cell(500, 830, "王小明", "李小红")
    assert len(join_ruled_cells(spans, rules)) == 2


def test_words_outside_of_rules_stay_lines() -> None:
    spans, rules = draw_cell(500, 930, "注册资", "本")
    assert join_ruled_cells(spans, rules[:3]) == spans


def test_a_form_with_narrow_labels_is_read_whole() -> None:
    rows = [
        ("企业名称", COMPANY, "法定代表人姓名", "张三"),
        ("注册资本（万元）人民币", "2600", "经营期限自", "2022-08-09"),
        (
            "住所（经营场所）",
            "某省某市某区某某路66号某某大厦B座1903室",
            "邮政编码",
            "1",
        ),
    ]
    cells = ", ".join(f"[{cell}]" for row in rows for cell in row)
    content = make_pdf(
        "企业登记信息查询单\n\n"
        f"#table(columns: (18mm, 40mm, 18mm, 40mm), align: horizon, {cells})"
    )
    reading = capture_paper(content, "a.pdf")
    assert any(span.line for page in reading.pages for span in page.spans)
    kept = decode_reading(encode_reading(reading))
    assert kept == reading  # what is kept says what was read, so it proposes the same
    (paper,) = propose_from(kept, NAMES, CATALOGUE).papers
    values = values_of(paper)
    assert values["applicant.registered_capital"] == 26_000_000_00
    assert values["applicant.address"] == "某省某市某区某某路66号某某大厦B座1903室"


def test_the_unit_of_a_label_is_not_lost_where_it_is_torn() -> None:
    assert find_label_unit("注册资本", "（万元）人民币2600") == 10_000
    assert find_label_unit("注册资本本(万") == 0  # nobody can tell
    assert find_label_unit("注册资本", "贰佰万元整") is None


def test_a_company_may_have_brackets_or_a_comma_in_its_name() -> None:
    for name in ("QIANFAN SAMPLE (HK) LIMITED", "Some Sample Technology Co., Ltd."):
        taken = take_company(quote_words(name))
        assert taken is not None
        assert taken.text == name


def test_a_registrant_in_another_script_is_left_open() -> None:
    paper = propose(
        CATALOGUE,
        [
            ("Whois信息", 400, 100),
            ("Domain Name: example.cn", 100, 400),
            ("Registrant Organization: Moumou Network Co., Ltd.", 100, 600),
            ("Registry Expiry Date: 2028-09-01", 100, 800),
        ],
    )
    assert paper.kind == "domain_cert"
    assert "service.domain_holder_relation" not in values_of(paper)
    assert values_of(paper)["service.domain_registrant"] == "MOUMOU NETWORK CO LTD"


def test_a_part_under_the_title_of_another_kind_is_no_title() -> None:
    words = [
        "企业登记信息查询单",
        f"企业名称：{COMPANY}",
        "股东信息",
        "股东名称 持股比例",
    ]
    spans = tuple(
        Span(
            text=text,
            box=Box(left=900, top=400 * at, right=5000, bottom=400 * at + 150),
        )
        for at, text in enumerate(words, start=1)
    )
    page = PageLayout(PaperPage(number=1, width=600, height=850, spans=spans))
    kinds = [kind for kind, _ in find_kind([page], CATALOGUE.materials)]
    assert kinds[0] == "register_extract"
    assert "equity_chart" not in kinds
