"""Numbers in the bytes of a page, in all the ways in which pages write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from changqing.probes.numbers import find_filings, find_licences, find_police_numbers
from changqing.probes.page_facts import Footer, PageFacts, read_page_facts
from tests.probes.probes_world import exchange

TODAY = date(2026, 11, 24)
WORDS = (
    "<p>这里是一段足够长的正文，说明这个页面的文字是中文，并且已经完整读到了结尾。</p>"
)
NUMBER = "浙ICP备20261234号-1"


def facts_of(markup: str | bytes) -> PageFacts:
    return read_page_facts(exchange(markup), TODAY)


def inside(inner: str) -> PageFacts:
    return facts_of(f"<html><body>{WORDS}{inner}</body></html>")


def footer_of(inner: str) -> Footer:
    return inside(inner).footer


def filed(inner: str) -> list[str]:
    return [number.value for number in footer_of(inner).filings]


@pytest.mark.parametrize(
    "inner",
    [
        "<p>浙ICP备20261234号-1</p>",
        "<p>浙ＩＣＰ备２０２６１２３４号－１</p>",
        "<p>浙 I C P 备 2 0 2 6 1 2 3 4 号 - 1</p>",
        "<p>浙　ICP　备　20261234　号－1</p>",
        "<p>浙ICP備20261234號-1</p>",
        "<p>浙ICP備(bei)20261234號(hao)-1</p>",
        "<p>浙ICP备（bèi）20261234号-1</p>",
        "<p>浙ICP备20261234-1</p>",
        "<p>浙ICP备20261234-1号</p>",
        "<p>浙icp备案20261234号-1</p>",
        "<p>备案号：浙ICP备字20261234号-1</p>",
        "<p>(浙)ICP备20261234号-1</p>",
        "<p>浙（ICP）备20261234号-1</p>",
        "<p>浙ICP备[20261234]号-1</p>",
        "<p>浙<b>ICP</b>备<i>20261234</i><span>号-1</span></p>",
        "<p>浙ICP备<b>2026</b><b>1234</b>号-1</p>",
        "<p>&#27993;ICP&#22791;20261234&#21495;-1</p>",
        "<p>&#x6d59;ICP&#x5907;20261234&#x53f7;&#45;1</p>",
        "<p>浙ICP备&nbsp;20261234&nbsp;号&nbsp;-&nbsp;1</p>",
        "<p>浙ICP备&amp;nbsp;20261234号-1</p>",
        "<p>浙ICP&#8203;备2026&#8203;1234号-1</p>",
        "<p>浙ІСР备20261234号-1</p>",  # letters of another script
        "<p>浙ICP备20261234号-1 400-123-4567</p>",
        "<p>浙ICP备20261234号-1京公网安备11010802012346号</p>",
        "<p>© 2016-2027 浙ICP备20261234号-1</p>",
    ],
)
def test_a_filing_number_is_read_however_it_is_written(inner: str) -> None:
    assert filed(inner) == [NUMBER]


@pytest.mark.parametrize(
    ("inner", "number"),
    [
        ("<p>浙ICP备20261234号</p>", "浙ICP备20261234号"),
        ("<p>浙ICP备20261234</p>", "浙ICP备20261234号"),
        ("<p>浙ICP备2026012346号-12</p>", "浙ICP备2026012346号-12"),
        ("<p>粵ICP備05012346號</p>", "粤ICP备05012346号"),
        ("<p>浙ICP备20261234号-400-123-4567</p>", "浙ICP备20261234号"),
        ("<p>浙ICP备20261234号 2016-2026</p>", "浙ICP备20261234号"),
        ("<p>浙ICP备20261234号-2016</p>", "浙ICP备20261234号"),
    ],
)
def test_what_follows_a_filing_number_is_not_part_of_it(
    inner: str, number: str
) -> None:
    assert filed(inner) == [number]


def page(inner: str, head: str = "") -> str:
    return f"<html><head>{head}</head><body>{WORDS}{inner}</body></html>"


@pytest.mark.parametrize(
    "data",
    [
        page("浙ICP备20261234号-1").encode("gb18030"),
        page("浙ICP备20261234号-1", "<meta charset='gb2312'>").encode(),
        page("浙ICP备20261234号-1", "<meta charset='big5'>").encode("gb18030"),
        page("浙ICP备20261234号-1").encode("utf-8-sig"),
        page("浙ICP备20261234号-1").encode("utf-16"),
        page("浙ICP备20261234号-1").encode() + b"\xff\xfe",
        page("浙ICP备20261234号-1" + "中" * 2000).encode()[:-20],
        b"\xef\xbb\xbf" + page("浙ICP备20261234号-1", "<meta charset=gbk>").encode(),
    ],
    ids=[
        "gbk",
        "gb2312-over-utf8",
        "big5-over-gbk",
        "bom",
        "utf16",
        "tail",
        "cut",
        "bom-gbk",
    ],
)
def test_no_declaration_of_the_encoding_hides_a_number(data: bytes) -> None:
    assert [number.value for number in facts_of(data).footer.filings] == [NUMBER]


def test_a_declaration_in_the_header_may_be_wrong_too() -> None:
    answer = exchange(page("浙ICP备20261234号-1"))
    answer = replace(answer, headers=(("Content-Type", "text/html; charset=GBK"),))
    found = read_page_facts(answer, TODAY).footer.filings
    assert [number.value for number in found] == [NUMBER]


def test_what_stands_after_the_end_of_the_page_is_read() -> None:
    data = f"<html><body>{WORDS}</body></html><div>浙ICP备20261234号-1</div>"
    assert [number.value for number in facts_of(data).footer.filings] == [NUMBER]


@pytest.mark.parametrize(
    "script",
    [
        "<script>foot.innerHTML = '浙ICP备20261234号-1';</script>",
        "<script>document.write('<a href=\"#\">浙ICP备<b>20261234<\\/b>号-1<\\/a>')</script>",
        "<script>var s='\\u6d59ICP\\u590720261234\\u53f7-1'</script>",
        "<script>document.write(unescape('%u6d59ICP%u590720261234%u53f7-1'))</script>",
        '<script type="application/json">{"icp":"浙ICP备20261234号-1"}</script>',
        '<script>window.__DATA__={beian:"浙ICP备20261234号-1"}</script>',
        "<SCRIPT>foot('浙ICP备20261234号-1')</SCRIPT>",
    ],
)
def test_a_number_of_a_script_is_told_apart_from_one_that_is_shown(script: str) -> None:
    facts = inside(script)
    assert facts.footer.filings == ()
    assert [number.value for number in facts.scripted] == [NUMBER]


def test_a_number_that_is_shown_is_not_said_to_stand_in_a_script() -> None:
    facts = inside(f"<script>var a='{NUMBER}'</script><p>{NUMBER}</p>")
    assert [number.value for number in facts.footer.filings] == [NUMBER]
    assert facts.scripted == ()


def test_comments_and_hidden_parts_show_no_number() -> None:
    inner = (
        f"<!-- {NUMBER} --><p style='display:none'>{NUMBER}</p><p hidden>{NUMBER}</p>"
    )
    facts = inside(inner)
    assert facts.footer.filings == facts.scripted == ()


@pytest.mark.parametrize(
    "inner",
    [
        "<p>京ICP备XXXXXXXX号</p>",
        "<p>京ICP备xxxxxxxx号-x</p>",
        "<p>京ICP备12345678号</p>",
        "<p>京ICP备12345678号-1</p>",
        "<p>京ICP备00000000号</p>",
        "<p>京ICP备88888888号</p>",
        "<p>京ICP备2024123456号-1</p>",
        "<p>京ICP备2021000000号</p>",
        "<p>京ICP备2024012345号</p>",
        "<p>京ICP备0123456789号</p>",
        "<p>京ICP备：123456789号</p>",
        "<p>京ICP备00000001号-1</p>",
        "<p>京ICP备20230000号</p>",
        "<p>京ICP备{{ site.icp }}号</p>",
        "<p>{pboot:siteicp}</p>",
        "<p>某ICP备20261234号</p>",
        "<p>ICP备20261234号</p>",
        "<p>ICP备案号：</p>",
        "<p>ACM-ICPC 20261234 备战</p>",
        "<p>京ICPC备20261234</p>",
        "<p>设备编号20261234 京东ICP</p>",
        "<p>京ICP证1000001号</p>",
        "<p>京ICP证xxxxxxxxxxx</p>",
        "<p>B2-XXXXXXXX</p>",
        "<p>型号LB2-20180101</p>",
        "<p>京公网安备 12345678901234号</p>",
        "<p>京公网安备 11111111111111号</p>",
        "<p>京公网安备 XXXXXXXXXXXXXX号</p>",
        "<p>公网安备 99010802012346号</p>",  # no such region
        "<p>备案主体编号：32201911426827</p>",
        "<p>网络文化经营许可证：浙网文[2015]0295-065号</p>",
        "<p>信息网络传播视听节目许可证：1109364号</p>",
        "<pre>京ICP备20261234号</pre>",
        "<code>京公网安备 11010802012346号</code>",
    ],
)
def test_placeholders_and_look_alikes_are_no_numbers(inner: str) -> None:
    facts = inside(inner)
    footer = facts.footer
    assert footer.filings == footer.licences == footer.police_numbers == ()
    assert facts.scripted == ()


@pytest.mark.parametrize("digits", ["260480", "2604800", "260480001", "20260480001"])
def test_a_number_with_a_digit_lost_is_shown_and_malformed(digits: str) -> None:
    footer = footer_of(f"<p>京ICP备{digits}号-3</p>")
    assert footer.filings == ()
    assert [mark.value for mark in footer.malformed] == [f"京ICP备{digits}号-3"]


@pytest.mark.parametrize(
    ("text", "number", "region"),
    [
        ("浙B2-20260001", "浙B2-20260001", "33"),
        ("增值电信业务经营许可证：浙B2－20260001-4", "浙B2-20260001-4", "33"),
        ("(粤)B2-20040018", "粤B2-20040018", "44"),
        ("合字B2-20250310", "合字B2-20250310", ""),
        ("全国B2-20160778", "B2-20160778", ""),
        ("A2.B1.B2-20090003", "A2.B1.B2-20090003", ""),
        ("A2.B1. B2-20090003", "A2.B1.B2-20090003", ""),
        ("京ICP证B2-20171701号", "京B2-20171701", "11"),
        ("京ICP证260001号", "京ICP证260001号", "11"),
        ("京ICP證：260001", "京ICP证260001号", "11"),
        ("京ICP证260001号-1", "京ICP证260001号-1", "11"),
        ("[京ICP证260001号]", "京ICP证260001号", "11"),
        ("经营许可证编号：京ICP00000009号", "京ICP00000009号", "11"),
        ("鄂 ＩＣＰ 证 ２６０００１ 号", "鄂ICP证260001号", "42"),
    ],
)
def test_licence_numbers_old_and_new(text: str, number: str, region: str) -> None:
    [found] = find_licences(text)
    assert (found.value, found.region) == (number, region)


def test_several_licences_of_one_line_are_each_read_once() -> None:
    text = "A2.B1-20040005 粤B2-20260116 京ICP证260001号"
    assert [number.value for number in find_licences(text)] == [
        "A2.B1-20040005",
        "粤B2-20260116",
        "京ICP证260001号",
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("京公网安备 11010802012346号", "11010802012346"),
        ("京公网安备11010802012346", "11010802012346"),
        ("粵公網安(an)備44011102000751號".replace("(an)", ""), "44011102000751"),
        ("公安备案号：33010602009976", "33010602009976"),
        ("公安机关互联网站备案 苏公网安备32011402010008号", "32011402010008"),
        ("京公网安备 1101 0802 0123 46号", "11010802012346"),
        ("京公网安备110402430069", "110402430069"),
        ("文保网安备案号:1101080026", "1101080026"),
        ("京公网安备110402430069-1", "110402430069-1"),
        ("京公网安备(2026)？ 公安备案11010802012346", "11010802012346"),
    ],
)
def test_public_security_numbers_old_and_new(text: str, number: str) -> None:
    [found] = find_police_numbers(text)
    assert (found.value, found.region) == (number, number[:2])


def test_a_filing_number_says_its_region() -> None:
    assert [number.region for number in find_filings("蜀ICP备20261234号")] == ["51"]


@pytest.mark.parametrize(
    ("anchor", "href"),
    [
        (
            f"<a href='https://beian.miit.gov.cn/'>{NUMBER}</a>",
            "https://beian.miit.gov.cn/",
        ),
        ("<a href='/x'>备案号：浙ICP备<b>20261234</b>号-1</a>", "/x"),
        ("<a href='/x'>浙ICP备<b>2026</b><b>1234</b>号-1</a>", "/x"),
        ("浙ICP备<a href='/x'>20261234号-1</a>", "/x"),
        ("<a href='/x'>浙ICP备2 0 2 6 1 2 3 4号-1</a>", "/x"),
        ("<a href='/8d2c1d'>浙ICP備(bei)20261234號-1</a>", "/8d2c1d"),
        (f"<a href='javascript:;'>{NUMBER}</a>", "javascript:;"),
        (f"<a href='#'>{NUMBER}</a>", "#"),
        (f"<a>{NUMBER}</a>", ""),
        (f"<p>{NUMBER}</p><a href='javascript:;'>{NUMBER}</a>", "javascript:;"),
    ],
)
def test_the_link_around_the_number_is_kept_as_written(anchor: str, href: str) -> None:
    link = footer_of(anchor).number_link
    assert link is not None
    assert link.href == href


def test_a_number_outside_any_anchor_has_no_link() -> None:
    inner = f"<p>{NUMBER}</p><a href='https://beian.miit.gov.cn/'>备案查询</a>"
    assert footer_of(inner).number_link is None


def test_without_a_filing_the_link_of_the_licence_counts() -> None:
    link = footer_of("<a href='/licence.htm'>京ICP证260001号</a>").number_link
    assert link is not None
    assert link.href == "/licence.htm"
