"""A correction notice: what it asks for, and by when."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changqing.case.model import Case
from changqing.casework.notice import find_due_day, read_notice, split_notice
from changqing.casework.propose import Proposer
from changqing.errors import CaseError
from tests.casework.casework_sample import catalogue, make_case

NOTICE = Path(__file__).with_name("notice.txt").read_bytes()
LINES = (
    "社保证明仅有一个月，请补充提交近期连续缴纳的社保证明",
    "技术负责人未在本公司参保",
    "身份证复印件未加盖公章",
    "公司股权结构图只到直接股东，请追溯至自然人并附股东证明",
    "客服制度未写明答复时限，投诉处理没有形成闭环",
)


def make_docx(paragraphs: list[str], *, numbered: bool = False) -> bytes:
    marks = "<w:pPr><w:numPr></w:numPr></w:pPr>" if numbered else ""
    body = "".join(
        f"<w:p>{marks}<w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"
        for text in paragraphs
    )
    return zipped("word/document.xml", f"<w:document>{body}</w:document>".encode())


def zipped(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def make_pdf(lines: list[str]) -> bytes:
    """A page whose words a reader finds: one line below the other."""
    shown = "".join(f"({line}) Tj 0 -20 Td " for line in lines)
    stream = f"BT /F1 12 Tf 72 700 Td {shown}ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    content, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(content)
    content += b"xref\n0 6\n0000000000 65535 f \n"
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    return content + (
        b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start
    )


def test_a_notice_is_split_by_its_numbers_and_semicolons() -> None:
    assert read_notice(NOTICE, name="notice.txt").lines == LINES


def test_a_notice_of_an_older_machine_is_read_too() -> None:
    content = NOTICE.decode().encode("gb18030")
    assert read_notice(content, name="notice.txt").lines == LINES


def test_a_word_file_is_split_like_text() -> None:
    rows = NOTICE.decode().splitlines()
    assert read_notice(make_docx(rows), name="notice.docx").lines == LINES


def test_what_word_numbers_by_itself_has_its_lines() -> None:
    content = make_docx(
        ["缺少公司章程。", " ", "注册资本&lt;不足&gt;。"], numbered=True
    )
    assert read_notice(content, name="notice.docx").lines == (
        "缺少公司章程",
        "注册资本<不足>",
    )


def test_a_pdf_is_split_like_text() -> None:
    content = make_pdf(["Please correct:", "1. No articles;", "2. Seal missing"])
    assert read_notice(content, name="notice.pdf").lines == (
        "No articles",
        "Seal missing",
    )


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (
            "经审查存在以下问题：1、缺少公司章程；2、注册资本不足。3.网站无法打开",
            ("缺少公司章程", "注册资本不足", "网站无法打开"),
        ),
        (
            "你公司：\n请补充社保证明，并加盖公章。域名所有人与公司不一致。\n特此通知。",
            ("请补充社保证明，并加盖公章", "域名所有人与公司不一致"),
        ),
        (
            "（一）网站版本1.2.5无法打开\n（二）带宽不足10.5M",
            ("网站版本1.2.5无法打开", "带宽不足10.5M"),
        ),
        ("①缺章程\n②缺租约", ("缺章程", "缺租约")),
        ("1.章程未盖章；见附页", ("章程未盖章；见附页",)),
    ],
)
def test_numbers_of_every_kind_begin_a_line(words: str, lines: tuple[str, ...]) -> None:
    assert split_notice(words) == lines


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "nothing that asks for a correction"),
        ("你公司：\n特此通知。".encode(), "nothing that asks for a correction"),
        (b"PK\x03\x04broken", "is no Word file"),
        (zipped("other.xml", b""), "is no Word file"),
        (b"%PDF-1.4 broken", "the PDF is damaged"),
        (b"\x89PNG\r\n\x1a\n\0\0", "no words can be read"),
        (b"x" * 20_000_001, "over 20 MB"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(CaseError, match=said) as refused:
        read_notice(content, name="notice")
    assert "save the notice as text" in str(refused.value)


def test_a_word_file_that_swells_is_not_read() -> None:
    content = zipped("word/document.xml", b" " * 20_000_001)
    assert len(content) < 100_000
    with pytest.raises(CaseError, match="over 20 MB"):
        read_notice(content, name="notice.docx")


def test_a_word_file_of_broken_marks_takes_no_time() -> None:
    for mark in (b"<w:p ", b"<w:t ", b"<w:t>"):
        content = zipped("word/document.xml", mark * 1_000_000)
        with pytest.raises(CaseError, match="nothing that asks"):
            read_notice(content, name="notice.docx")


@given(st.text(max_size=300))
def test_no_words_make_it_fail(words: str) -> None:
    for line in split_notice(words):
        assert line.strip()
    find_due_day(words, date(2026, 2, 11))


@pytest.mark.parametrize(
    ("words", "day", "provisional"),
    [
        ("请于2026年3月6日前补正", date(2026, 3, 6), False),
        ("于 2026 年 3 月 6 日之前提交", date(2026, 3, 6), False),
        ("请在5个工作日内补正", date(2026, 2, 25), False),
        ("请于15日内补正", date(2026, 2, 26), False),
        ("2026年2月13日收到", None, False),
        ("请于2026年2月30日前补正", None, False),
    ],
)
def test_the_day_a_notice_sets_is_found(
    words: str, day: date | None, provisional: bool
) -> None:
    found = find_due_day(words, date(2026, 2, 11))
    assert (None if found is None else found.day) == day
    assert found is None or found.provisional is provisional


def test_a_day_past_the_published_year_is_provisional() -> None:
    found = find_due_day("请在10个工作日内补正", date(2026, 12, 28))
    assert found is not None
    assert found.provisional


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return make_case(tmp_path_factory.mktemp("cases") / "case")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (LINES[0], "SI_MONTHS_SHORT"),
        (LINES[1], "SI_ROLE_UNCOVERED"),
        (LINES[2], "SEAL_OR_SIGN_MISSING"),
        (LINES[3], "EQUITY_NOT_TRACED"),
        (LINES[4], "SERVICE_NO_TIME"),
        ("网站打不开，请检查", "SITE_UNREACHABLE"),
        ("未提供应急预案", "EMERGENCY_PLAN_MISSING"),
        ("域名所有人与申请公司不一致", "DOMAIN_OWNER_MISMATCH"),
        ("缺少营业执照", "MATERIAL_MISSING"),
        ("社保证明不是近一个月开具，请重新提交", "SI_FORM_INVALID"),
        ("社保材料须为近1个月内打印", "SI_FORM_INVALID"),
        ("社保缴纳不足三个月", "SI_MONTHS_SHORT"),
    ],
)
def test_words_propose_a_defect_and_a_criterion_that_detects_it(
    case: Case, text: str, code: str
) -> None:
    line = Proposer(catalogue(), case, date(2026, 2, 13)).propose_line(
        1, text, owner="林晓"
    )
    assert line.codes[0] == code
    assert line.criterion is not None
    assert code in catalogue().criteria[line.criterion].defects
    assert line.owner == "林晓"


def test_a_paper_called_by_its_name_is_proposed(case: Case) -> None:
    proposer = Proposer(catalogue(), case, date(2026, 2, 13))
    line = proposer.propose_line(1, "股权结构图未盖章", owner="林晓")
    assert line.material == "equity_chart"


def test_words_that_say_nothing_propose_nothing(case: Case) -> None:
    line = Proposer(catalogue(), case, date(2026, 2, 13)).propose_line(
        1, "另见附页", owner="a"
    )
    assert (line.codes, line.criterion, line.material) == ((), None, None)


def test_every_defect_has_words() -> None:
    assert all(defect.words for defect in catalogue().defects.values())
