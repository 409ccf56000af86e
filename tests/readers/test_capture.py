"""Whatever a person drops in becomes a reading, or says why it does not."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw

from changqing.evidence.reading import (
    MarkKind,
    ReadingProblem,
    decode_reading,
    encode_reading,
)
from changqing.readers.capture import (
    EDITION,
    capture_pages,
    capture_paper,
    capture_paper_apart,
    stay_in,
)
from changqing.readers.marks import find_seals
from changqing.readers.word import list_pictures
from tests.readers.paper_files import (
    LICENCE,
    change_part,
    draw_paper,
    make_ofd,
    make_pdf,
    make_scan,
    make_word,
    make_workbook,
    picture_bytes,
)
from tests.readers.read_words import NAME, join_words, list_words

CODE = "91110102MA00000004"


# Text


def test_plain_text_is_read_line_by_line() -> None:
    reading = capture_paper("名称：甲\n\n注册资本：200万元\n".encode(), "执照.txt")
    assert list_words(reading) == ["名称：甲", "注册资本：200万元"]
    assert (reading.reader, reading.problem) == ("text", None)
    assert all(span.box is None for page in reading.pages for span in page.spans)


def test_text_of_an_old_windows_is_read() -> None:
    assert list_words(capture_paper("名称：甲".encode("gb18030"), "执照.txt")) == [
        "名称：甲"
    ]


def test_a_table_in_markdown_has_cells_and_a_heading_no_marks() -> None:
    source = (
        "# 员工\n\n| 姓名 | 岗位 |\n| --- | --- |\n| **周启明** | 技术 |\n".encode()
    )
    (page,) = capture_paper(source, "员工.md").pages
    assert list_words(page) == ["员工", "姓名", "岗位", "周启明", "技术"]
    places = [span.cell for span in page.spans]
    assert places[0] is None
    assert [(cell.row, cell.column) for cell in places if cell is not None] == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_of_text_has_cells_whatever_parts_its_columns(mark: str) -> None:
    rows = [["姓名", "岗位"], ["周启明", "技术"], ["林可", ""]]
    source = "\n".join(mark.join(row) for row in rows).encode("utf-8-sig")
    (page,) = capture_paper(source, "员工.csv").pages
    found = {
        (span.cell.row, span.cell.column): span.text
        for span in page.spans
        if span.cell is not None
    }
    assert found == {
        (0, 0): "姓名",
        (0, 1): "岗位",
        (1, 0): "周启明",
        (1, 1): "技术",
        (2, 0): "林可",
    }


def test_text_is_read_without_any_library_of_the_extra() -> None:
    code = (
        "import sys\n"
        "for name in ('numpy', 'cv2', 'PIL', 'docx', 'openpyxl', 'pypdfium2', 'rapidocr'):\n"
        "    sys.modules[name] = None\n"
        "from changqing.readers.capture import capture_paper\n"
        "print(capture_paper('名称：甲'.encode(), 'a.md').pages[0].spans[0].text)\n"
        "for name in ('a.pdf', 'a.png'):\n"
        "    content = {'a.pdf': b'%PDF-1.7', 'a.png': b'\\x89PNG\\r\\n\\x1a\\n'}[name]\n"
        "    print(capture_paper(content, name).problem)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["名称：甲", "no_reader", "no_reader"]


# Word, Excel, OFD


def test_a_word_document_is_read_with_the_cells_of_its_tables() -> None:
    content = make_word(
        "租赁合同", "甲方：马文川", rows=[["姓名", "岗位"], ["林可", "客服"]]
    )
    (page,) = capture_paper(content, "合同.docx").pages
    assert list_words(page) == [
        "租赁合同",
        "甲方：马文川",
        "姓名",
        "岗位",
        "林可",
        "客服",
    ]
    last = page.spans[-1].cell
    assert last is not None
    assert (last.table, last.row, last.column) == (0, 1, 1)


def test_merged_cells_of_a_word_table_are_read_once() -> None:
    from docx import Document

    document = Document()
    table = document.add_table(rows=2, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "人员"
    table.cell(0, 2).text = "备注"
    table.cell(1, 0).text = "林可"
    table.cell(1, 1).text = "客服"
    stream = io.BytesIO()
    document.save(stream)
    (page,) = capture_paper(stream.getvalue(), "表.docx").pages
    cells = [
        (span.text, span.cell.row, span.cell.column)
        for span in page.spans
        if span.cell is not None
    ]
    assert cells == [("人员", 0, 0), ("备注", 0, 2), ("林可", 1, 0), ("客服", 1, 1)]


def test_what_was_deleted_with_changes_tracked_does_not_stand() -> None:
    content = change_part(
        make_word("租期至2025年12月31日止"),
        {
            "word/document.xml": (
                "<w:r><w:t>租期至2025年12月31日止</w:t></w:r>",
                "<w:r><w:t>租期至</w:t></w:r>"
                '<w:del w:id="1" w:author="x"><w:r><w:delText>2025年12月31日</w:delText></w:r></w:del>'
                '<w:ins w:id="2" w:author="x"><w:r><w:t>2028年4月30日</w:t></w:r></w:ins>'
                "<w:r><w:t>止</w:t></w:r>",
            )
        },
    )
    (span,) = capture_paper(content, "合同.docx").pages[0].spans
    assert span.text == "租期至2028年4月30日止"
    assert span.confidence < 100


def test_headers_and_footers_of_word_are_read_once() -> None:
    from docx import Document

    document = Document()
    document.sections[0].header.paragraphs[0].text = "某某公司"
    document.sections[0].footer.paragraphs[0].text = "第1页"
    document.add_paragraph("正文")
    document.add_section()
    stream = io.BytesIO()
    document.save(stream)
    assert list_words(capture_paper(stream.getvalue(), "x.docx")) == [
        "某某公司",
        "正文",
        "第1页",
    ]


def test_a_picture_pasted_twice_into_word_is_listed_once() -> None:
    from docx import Document

    picture = picture_bytes(Image.new("RGB", (20, 20), "white"))
    document = Document()
    document.add_picture(io.BytesIO(picture))
    document.add_picture(io.BytesIO(picture))
    stream = io.BytesIO()
    document.save(stream)
    assert list_pictures(stream.getvalue()) == [picture]


@pytest.mark.long
def test_a_scan_pasted_into_word_is_read_as_a_page_of_its_own() -> None:
    from docx import Document

    document = Document()
    document.add_paragraph("附件：营业执照")
    document.add_picture(io.BytesIO(picture_bytes(draw_paper())))
    stream = io.BytesIO()
    document.save(stream)
    first, second = capture_paper(stream.getvalue(), "附件.docx").pages
    assert list_words(first) == ["附件：营业执照"]
    assert NAME in join_words(second)


def test_a_workbook_is_read_sheet_by_sheet_as_it_is_shown() -> None:
    import datetime

    content = make_workbook(
        {
            "人员": [["姓名", "入职"], ["林可", datetime.date(2026, 3, 1)]],
            "股权": [["股东", "比例"], ["周启明", 0.35]],
        }
    )
    first, second = capture_paper(content, "人员.xlsx").pages
    assert list_words(first) == ["姓名", "入职", "林可", "2026-03-01"]
    assert list_words(second) == ["股东", "比例", "周启明", "0.35"]


def test_a_percentage_is_read_as_one() -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active["B2"] = 0.35
    book.active["B2"].number_format = "0%"
    stream = io.BytesIO()
    book.save(stream)
    (span,) = capture_paper(stream.getvalue(), "股权.xlsx").pages[0].spans
    assert span.text == "35%"
    assert span.cell is not None
    assert (span.cell.row, span.cell.column) == (1, 1)


def test_an_ofd_file_is_read_with_its_template_and_its_seal() -> None:
    content = make_ofd([f"域名持有者：{NAME}"], template="域名注册证书")
    (page,) = capture_paper(content, "证书.ofd").pages
    assert list_words(page) == ["域名注册证书", f"域名持有者：{NAME}"] or list_words(
        page
    ) == [
        f"域名持有者：{NAME}",
        "域名注册证书",
    ]
    (mark,) = page.marks
    assert mark.kind is MarkKind.SEAL
    assert (mark.box.left, mark.box.top) == (5000, 5000)
    box = page.spans[0].box
    assert box is not None
    assert 900 < box.left < 1000


# PDF


def test_a_text_layer_is_read_with_places_and_columns_apart() -> None:
    content = make_pdf(
        "#grid(columns: (60mm, 60mm), [名称：甲公司], [注册资本：200万元])\n\n第二行"
    )
    (page,) = capture_paper(content, "x.pdf").pages
    assert list_words(page) == ["名称：甲公司", "注册资本：200万元", "第二行"]
    first, second, third = (span.box for span in page.spans)
    assert first is not None
    assert second is not None
    assert third is not None
    assert first.right < second.left
    assert abs(first.top - second.top) < 50
    assert third.top > first.bottom
    assert capture_paper(content, "x.pdf").version == EDITION


def test_a_spread_title_and_a_stretched_label_are_one_word() -> None:
    content = make_pdf(
        "#align(center, text(size: 30pt)[营#h(2em)业#h(2em)执#h(2em)照])\n"
        "#grid(columns: (5em, 60mm), row-gutter: 8pt, column-gutter: 8pt,"
        " [名#h(1fr)称], [甲公司], [法定代表人], [周启明], [类#h(1fr)型], [有限责任公司])"
    )
    words = list_words(capture_paper(content, "x.pdf"))
    assert words[:3] == ["营业执照", "名称", "甲公司"]
    assert "类型" in words


def test_single_characters_in_the_cells_of_a_table_stay_apart() -> None:
    content = make_pdf(
        "#grid(columns: (30mm, 30mm, 30mm), row-gutter: 8pt,"
        " [姓名], [性别], [参保], [林可], [女], [是], [周启明], [男], [是])"
    )
    assert list_words(capture_paper(content, "x.pdf"))[3:6] == ["林可", "女", "是"]


def test_a_diagonal_watermark_stands_at_the_end() -> None:
    content = make_pdf(
        "#place(center + horizon, rotate(-30deg, text(size: 40pt)[仅供备案使用]))\n"
        "第一行\n\n第二行"
    )
    assert list_words(capture_paper(content, "x.pdf")) == [
        "第一行",
        "第二行",
        "仅供备案使用",
    ]


def test_a_page_that_is_shown_turned_is_read_as_it_is_shown() -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument(make_pdf("第一行\n\n第二行"))
    document[0].set_rotation(90)
    stream = io.BytesIO()
    document.save(stream)
    (page,) = capture_paper(stream.getvalue(), "x.pdf").pages
    assert list_words(page) == ["第一行", "第二行"]
    assert page.turned == 270
    assert (page.width, page.height) == (595, 842)


@pytest.mark.long
def test_a_pdf_of_text_and_scans_is_read_page_by_page_with_progress() -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument(make_pdf("第一页有文字，不必看图就能读出来。"))
    document.import_pages(pypdfium2.PdfDocument(make_scan(draw_paper())))
    stream = io.BytesIO()
    document.save(stream)
    steps: list[tuple[int, int]] = []
    reading = capture_paper(
        stream.getvalue(),
        "x.pdf",
        progress=lambda done, total: steps.append((done, total)),
    )
    assert "不必看图" in join_words(reading.pages[0])
    assert NAME in join_words(reading.pages[1])
    assert reading.version.startswith(f"{EDITION} rapidocr-")
    assert steps[-1] == (2, 2)


def test_a_blank_page_among_others_is_said_of_that_page_alone() -> None:
    reading = capture_paper(
        make_pdf("第一页\n#pagebreak()\n#pagebreak()\n第三页"), "x.pdf"
    )
    assert [page.problem for page in reading.pages] == [
        None,
        ReadingProblem.BLANK,
        None,
    ]
    assert reading.problem is None


@pytest.mark.parametrize("signed", [True, False])
def test_a_signature_is_what_is_drawn_where_one_is_asked_for(signed: bool) -> None:
    stroke = (
        "#place(dx: 45mm, dy: -9mm, curve(stroke: 1pt, curve.move((0mm, 5mm)),"
        " curve.cubic((5mm, -9mm), (9mm, 14mm), (14mm, 1mm)),"
        " curve.cubic((18mm, -8mm), (20mm, 9mm), (26mm, 3mm))))"
    )
    rule = "#place(dx: 45mm, dy: -1mm, line(length: 40mm, stroke: 0.5pt))"
    content = make_pdf(
        "依法经营承诺书\n\n法定代表人（签字）：\n\n"
        + (stroke if signed else "")
        + rule
        + "#rect(width: 9mm, height: 9mm, fill: red)"
    )
    (page,) = capture_paper(content, "x.pdf").pages
    kinds = [mark.kind for mark in page.marks]
    assert kinds.count(MarkKind.SIGNATURE) == signed


# Pictures


@pytest.mark.long
def test_a_scan_is_read_with_places() -> None:
    reading = capture_paper(make_scan(draw_paper()), "扫描.pdf")
    for line in LICENCE:
        assert line.replace("：", ":") in join_words(reading).replace("：", ":")
    (name,) = [span for span in reading.pages[0].spans if NAME in span.text]
    assert name.box is not None
    assert 800 < name.box.left < 1100
    assert 3200 < (name.box.top + name.box.bottom) / 2 < 4000
    assert name.confidence > 80


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_photograph_is_turned_the_way_it_reads(degrees: int) -> None:
    turned = draw_paper().rotate(degrees, expand=True)
    (page,) = capture_paper(picture_bytes(turned), "x.png").pages
    assert page.turned == degrees
    assert NAME in join_words(page)
    assert (page.width, page.height) == (640, 440)


@pytest.mark.long
def test_what_the_camera_noted_turns_the_picture() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned by a quarter
    content = picture_bytes(
        draw_paper().rotate(90, expand=True), "JPEG", exif=exif.tobytes()
    )
    (page,) = capture_paper(content, "x.jpg").pages
    assert (page.turned, page.width, page.height) == (0, 640, 440)
    assert NAME in join_words(page)


@pytest.mark.long
def test_a_paper_seen_aslant_is_read_where_it_stands() -> None:
    table = Image.new("RGB", (1100, 800), (96, 72, 50))
    noise = Image.effect_noise(table.size, 40).convert("RGB")
    table = Image.blend(table, noise, 0.2)
    paper = draw_paper(
        ("名称：甲公司", "类型：有限公司", "住所：某市某路一号", *LICENCE[1:])
    )
    mask = Image.new("L", paper.size, 255).rotate(8, expand=True)
    table.paste(paper.rotate(8, expand=True), (200, 130), mask)
    (page,) = capture_paper(picture_bytes(table, "JPEG"), "x.jpg").pages
    assert NAME in join_words(page)
    places = {span.text[:2]: span for span in page.spans}
    code, capital = places["统一"], places["注册"]
    assert code.box is not None
    assert capital.box is not None
    assert capital.box.left - code.box.left > 120


def test_a_seal_and_what_stands_below_it_are_found() -> None:
    page = draw_paper(("开户行：某银行", "2026年11月10日"), size=(640, 360))
    ink = Image.new("RGB", page.size, "white")
    pen = ImageDraw.Draw(ink)
    pen.ellipse((150, 40, 300, 190), outline=(210, 40, 40), width=5)
    pen.regular_polygon((225, 115, 30), 5, fill=(210, 40, 40))
    page = ImageChops.multiply(page, ink)
    (read,) = capture_paper(picture_bytes(page), "x.png").pages
    (mark,) = [mark for mark in read.marks if mark.kind is MarkKind.SEAL]
    assert abs(mark.box.left - 2344) < 120
    assert "2026年11月10日" in join_words(read)


def test_a_seal_on_a_grey_copy_is_found_and_an_emblem_is_none() -> None:
    page = draw_paper(("承诺书", "日期"), size=(640, 800)).convert("L")
    pen = ImageDraw.Draw(page)
    pen.ellipse((300, 500, 420, 620), outline=80, width=4)
    pen.regular_polygon((360, 560, 18), 5, fill=80)
    pen.ellipse((280, 20, 360, 100), fill=80)  # an emblem is filled
    (seal,) = find_seals(np.asarray(page.convert("RGB")))
    assert not seal.red
    assert abs(seal.left - 300) < 10
    assert abs(seal.top - 500) < 12
    assert not find_seals(np.asarray(page.convert("RGB")), may_be_grey=False)


def test_a_code_says_what_it_says() -> None:
    import zxingcpp

    code = zxingcpp.create_barcode(
        "https://example.invalid/91110102", zxingcpp.BarcodeFormat.QRCode
    )
    drawn = Image.fromarray(code.to_image(scale=4)).convert("RGB")
    page = draw_paper(LICENCE[:2])
    page.paste(drawn, (420, 230))
    (read,) = capture_paper(picture_bytes(page), "x.png").pages
    assert [(m.kind, m.text) for m in read.marks] == [
        (MarkKind.CODE, "https://example.invalid/91110102")
    ]


@pytest.mark.long
def test_every_page_of_a_fax_is_read() -> None:
    pages = [draw_paper((f"第{at}页共二页", NAME)).convert("1") for at in ("一", "二")]
    stream = io.BytesIO()
    pages[0].save(stream, "TIFF", save_all=True, append_images=pages[1:])
    reading = capture_paper(stream.getvalue(), "传真.tif")
    assert [NAME in join_words(page) for page in reading.pages] == [True, True]


# What cannot be read


# Hostile files


# In a child


def test_a_child_reads_the_same_as_this_process() -> None:
    content = make_pdf("#for at in range(9) [第#{at}页 #pagebreak(weak: true)]")
    assert capture_paper_apart(content, "x.pdf") == capture_paper(content, "x.pdf")


def test_a_child_opens_no_connection() -> None:
    code = (
        "import socket, urllib.request\n"
        f"from {stay_in.__module__} import stay_in\n"
        "stay_in()\n"
        "for reach in (lambda: socket.create_connection(('127.0.0.1', 9)),\n"
        "              lambda: __import__('os').system('true'),\n"
        "              lambda: __import__('subprocess').run(['true'])):\n"
        "    try:\n"
        "        reach()\n"
        "    except PermissionError:\n"
        "        print('refused')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["refused"] * 3


def test_a_reading_keeps_all_of_it_as_bytes() -> None:
    reading = capture_paper(make_word("租赁合同", rows=[["甲", "乙"]]), "x.docx")
    assert decode_reading(encode_reading(reading)) == reading


def test_pages_are_read_from_any_one_on() -> None:
    content = make_pdf("第一页\n#pagebreak()\n第二页")
    batch = capture_pages(content, "x.pdf", 1)
    assert [page.number for page in batch.pages] == [2]
    assert batch.total == 2


def test_a_hyphen_at_the_end_of_a_line_is_kept() -> None:
    narrow = "#set page(width: 70pt, height: 200pt, margin: 10pt)\nwww.some-place.com"
    reading = capture_paper(make_pdf(narrow), "域名.pdf")
    words = "".join(span.text for page in reading.pages for span in page.spans)
    assert words == "www.some-place.com"
