"""A saved page becomes rows of words, whatever its bytes."""

from __future__ import annotations

import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.case import page as page_module
from changqing.case.page import (
    MAX_PAGE_BYTES,
    MAX_WORDS_OF_PAGE,
    UnreadablePageError,
    read_page,
    read_page_here,
)
from changqing.sandbox.pool import Limits
from tests.share import examples


def rows(text: str) -> list[tuple[str, ...]]:
    return [row.cells for row in read_page(text.encode()).rows]


def fields(text: str, *labels: str) -> list[tuple[str, str]]:
    return [
        (field.label, field.value)
        for field in read_page(text.encode()).find_fields(labels)
    ]


def test_scripts_comments_and_styles_say_nothing() -> None:
    text = "<html><style>a{}</style><!-- <p>藏</p> --><p>显<b>示</b>&nbsp;好</p><script>'<p>假</p>'</script>"
    assert rows(text) == [("显示 好",)]


def test_a_row_of_headings_labels_the_columns_below() -> None:
    table = "<table><tr><th>序号</th><th>名称</th><th>日期</th></tr><tr><td>1</td><td>甲</td><td></td></tr><tr><td>2</td><td>乙</td><td>今</td></tr></table>"
    assert fields(table, "名称", "日期") == [
        ("名称", "甲"),
        ("日期", ""),
        ("名称", "乙"),
        ("日期", "今"),
    ]


def test_labels_stand_beside_before_or_above_their_values() -> None:
    table = "<table><tr><td>名称：</td><td>甲</td><td>日期</td><td>今</td></tr></table>"
    assert fields(table, "名称", "日期") == [("名称", "甲"), ("日期", "今")]
    assert fields("名称：甲\n日期: 今\n", "名称", "日期") == [
        ("名称", "甲"),
        ("日期", "今"),
    ]
    assert fields("<div>名称</div><div>甲</div>", "名称") == [("名称", "甲")]


def test_a_table_without_marked_headings_is_read_too() -> None:
    text = "序号\t名称\t日期\n1\t甲\t今\n"
    assert fields(text, "名称", "日期") == [("名称", "甲"), ("日期", "今")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_any_common_encoding_is_read(encoding: str) -> None:
    page = read_page("主办单位：杭州初棠\n".encode(encoding))
    assert page.has("主办单位：杭州 初棠")


def test_pictures_are_refused_with_what_to_know() -> None:
    with pytest.raises(UnreadablePageError) as refused:
        read_page(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xfe\xfd")
    assert "PDF" in refused.value.text.zh
    with pytest.raises(UnreadablePageError):
        read_page(b"a" * (MAX_PAGE_BYTES + 1))


def test_a_pdf_is_read_and_a_broken_one_refused() -> None:
    pypdf = pytest.importorskip("pypdf")
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    stream = io.BytesIO()
    writer.write(stream)
    with pytest.raises(UnreadablePageError) as empty:
        read_page(stream.getvalue())
    assert "图像" in empty.value.text.zh
    with pytest.raises(UnreadablePageError):
        read_page(b"%PDF-1.7\n" + b"garbage" * 100)
    page = read_page(pdf_with("Registrar: Dongli  Expiry Date: 2028-08-20"))
    assert page.has("Expiry Date: 2028-08-20")


def pdf_with(words: str) -> bytes:
    """The smallest PDF that prints one line."""
    stream = f"BT /F1 12 Tf 20 50 Td ({words}) Tj ET".encode()
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 100]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        out
        + b"xref\n0 6\n0000000000 65535 f \n"
        + table
        + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    )


@pytest.mark.share
@pytest.mark.parametrize(
    "piece",
    [b"<", b"<a ", b"<!--", b"<script>", b"<td>", b'<input value="', b"&#x", b"<tr>\n"],
)
def test_a_hostile_page_takes_time_in_step_with_its_size(piece: bytes) -> None:
    def cost(size: int) -> float:
        start = time.process_time()
        read_page_here(b"<html>" + piece * (size // len(piece)))
        return time.process_time() - start

    small, large = cost(50_000), cost(400_000)
    assert large < 60 * small + 0.5


@settings(max_examples=examples(60))
@given(st.binary(max_size=400))
def test_whatever_the_bytes_there_are_rows_or_a_reason(content: bytes) -> None:
    page, reason = None, None
    try:
        page = read_page(content)
    except UnreadablePageError as error:
        reason = error.text
    if page is None:
        assert reason is not None
        assert reason.zh
    else:
        assert all(any(row.cells) for row in page.rows)
        list(page.find_fields(["a", "名称"]))


def test_a_page_with_more_words_than_any_result_is_refused_in_words() -> None:
    for content in (b"<html>" + b"<" * 4_900_000, b"a1 " * (MAX_WORDS_OF_PAGE // 2)):
        begin = time.monotonic()
        with pytest.raises(UnreadablePageError) as refused:
            read_page(content)
        assert "100万字" in refused.value.text.zh
        assert time.monotonic() - begin < 25  # 32 seconds for the first one before


def test_a_page_that_takes_too_long_is_ended_and_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short = Limits(seconds=0.2, memory=768 << 20, output=0)
    monkeypatch.setattr(page_module, "READING", short)
    with pytest.raises(UnreadablePageError) as refused:
        read_page(b"<html><table><tr>" + b"<td>1" * 900_000)
    assert "用的时间太长" in refused.value.text.zh


def test_an_opening_mark_that_opens_nothing_stays_a_word() -> None:
    assert rows("<html><p>1 < 2 << 3<<b>粗</b> <<<</p>") == [("1 < 2 << 3 < 粗 <<<",)]
