"""A letter is one text as Word, PDF and plain: nobody who receives it sees Markdown."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import pypdfium2

from changqing.documents.attachments import list_attachments
from changqing.documents.cover_letter import write_cover_letter
from changqing.documents.document import DocumentEdition
from changqing.documents.letters import format_plain, make_letter, render_letters
from tests.documents.dossier_case import EXAMPLES, assessed, written
from tests.documents.test_clean_copies import OURS

TEXT = """# 请某公司提供

按今天的评估，还需要下面这些：

## 请告诉我们

- [ ] 网站**何时**上线？

### 1. 打印社保证明

- 到哪里办：社保局，\\*号窗口
- 最晚2026-12-01

1. 先去
2. 再去

> 第1条
> 材料不全

| 编号 | 材料 |
|---|---|
| 1 | 申请书 |
"""


def test_plain_text_has_no_sign_of_markdown() -> None:
    said = format_plain(make_letter("request", TEXT))

    assert said.splitlines() == [
        "请某公司提供",
        "",
        "按今天的评估，还需要下面这些：",
        "",
        "请告诉我们",
        "□ 网站何时上线？",
        "",
        "1. 打印社保证明",
        "· 到哪里办：社保局，*号窗口",
        "· 最晚2026-12-01",
        "",
        "1. 先去",
        "2. 再去",
        "",
        "　　第1条 材料不全",
        "",
        "编号　材料",
        "1　申请书",
    ]


def test_a_letter_is_made_in_three_forms_that_say_the_same() -> None:
    letter = make_letter("request", TEXT, file_name="某公司材料清单")

    files = render_letters([letter], case_name="某公司", as_of=date(2026, 11, 24))

    assert sorted(files) == [
        "某公司材料清单.docx",
        "某公司材料清单.pdf",
        "某公司材料清单.txt",
    ]
    document = pypdfium2.PdfDocument(files["某公司材料清单.pdf"])
    printed = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    with zipfile.ZipFile(io.BytesIO(files["某公司材料清单.docx"])) as packed:
        word = packed.read("word/document.xml").decode()
    for words in ("请告诉我们", "打印社保证明", "最晚2026-12-01"):
        assert words in printed
        assert words in word
        assert words in files["某公司材料清单.txt"].decode()
    assert "[ ]" not in printed


def test_a_cover_letter_lists_what_is_handed_in_and_bears_no_mark_of_ours() -> None:
    outcome = assessed(EXAMPLES / "local-life")
    clean = tuple(written(outcome, edition=DocumentEdition.CLEAN).values())
    case, situation = outcome.case, outcome.situation

    said = format_plain(
        write_cover_letter(
            case,
            situation,
            case.catalogue,
            clean,
            list_attachments(case, situation, case.catalogue),
        )
    )

    assert said.startswith("关于递交申请材料的函\n\n浙江省通信管理局：")
    assert f"材料{len(clean) - 1}份，附件{len(case.papers)}件" in said
    assert "9　依法经营承诺书" in said
    assert "电话：400-000-0501" in said
    assert not OURS.search(said)


def test_what_is_to_be_ticked_is_a_list_of_boxes_in_word_and_pdf() -> None:
    letter = make_letter("request", TEXT)

    files = render_letters([letter], case_name="公司", as_of=date(2026, 11, 24))

    word = next(data for name, data in files.items() if name.endswith(".docx"))
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        body = archive.read("word/document.xml").decode()
        numbering = archive.read("word/numbering.xml").decode()
    paragraph = next(one for one in body.split("</w:p>") if "网站" in one)
    said = "".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", paragraph))
    box = "w14:checkbox" in paragraph or "☐" in paragraph or "☐" in numbering
    assert box
    assert "□" not in said
    assert "·" not in said
    pdf = next(data for name, data in files.items() if name.endswith(".pdf"))
    page = pypdfium2.PdfDocument(pdf)[0]
    printed = page.get_textpage().get_text_bounded()
    line = next(line for line in printed.splitlines() if "网站何时上线" in line)
    assert line.strip() == "网站何时上线？"
