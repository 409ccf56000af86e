"""What opens files of others is in no process but a child's.

Its libraries cannot be imported here: whatever still works has used them elsewhere.
"""

from __future__ import annotations

import io
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

from changqing.agency.workbook import make_template, read_clients
from changqing.case.page import UnreadablePageError, read_page
from changqing.casework.notice import read_notice
from changqing.documents.document import Document, Section
from changqing.documents.render import (
    LIMITS,
    list_files,
    render_documents,
    write_files,
)
from changqing.documents.schedule_import import import_schedule
from changqing.errors import CaseError, GivenUpError
from changqing.law.compiled import load_compiled
from changqing.sandbox.pool import Limits
from changqing.sealing.masked import mask_documents
from changqing.text import Language
from changqing_web.facts.tables import read_workbook
from tests.documents.dossier_case import AS_OF

LIBRARIES = ("docx", "openpyxl", "PIL", "pypandoc", "pypdf", "typst")
SECRET = "周启明"


def _document(markdown: str, title: str = "试排") -> Document:
    section = Section(id="1", title="一", markdown=markdown, statements=())
    return Document(
        id="x",
        number="1",
        title=title,
        sections=(section,),
        complete=True,
        blanks=(),
        unsupported=(),
        file_name=f"01{title}",
    )


def _render(*documents: Document, limits: Limits = LIMITS) -> dict[str, bytes]:
    made = render_documents(
        documents, case_name="某公司", digest="0" * 64, as_of=AS_OF, limits=limits
    )
    return {
        **{f"{one.document.file_name}.pdf": one.pdf for one in made},
        **{f"{one.document.file_name}.docx": one.docx for one in made},
    }


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """A document as PDF and Word, and a workbook."""
    from openpyxl import Workbook

    made = io.BytesIO()
    book = Workbook()
    book.active.append(["日期", "题材"])
    book.active.append(["2027-01-05", SECRET])
    book.save(made)
    words = f"申请人：{SECRET}\n\n1. 补正营业执照。\n"
    return {**_render(_document(words)), "book.xlsx": made.getvalue()}


@pytest.fixture
def clients(tmp_path: Path) -> Path:
    path = tmp_path / "clients.xlsx"
    path.write_bytes(make_template(Language.ZH))
    return path


@pytest.fixture
def blocked(
    files: dict[str, bytes], clients: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in LIBRARIES:
        monkeypatch.setitem(sys.modules, name, None)
    for name in LIBRARIES:
        with pytest.raises(ImportError):
            __import__(name)


def test_documents_are_set_elsewhere(blocked: None, tmp_path: Path) -> None:
    made = _render(_document("说明"))
    assert made["01试排.pdf"].startswith(b"%PDF")
    assert made["01试排.docx"].startswith(b"PK")


def test_files_that_were_sent_are_read_elsewhere(
    blocked: None, files: dict[str, bytes], clients: Path, tmp_path: Path
) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(files["book.xlsx"])
    assert read_workbook(files["book.xlsx"])[1][:2] == ["2027-01-05", SECRET]
    assert import_schedule(book, tmp_path, replace=False) == 1
    today = date(2026, 11, 27)
    found = read_clients(clients, load_compiled(), tmp_path, today=today)
    assert found.clients == ()
    assert read_page(files["01试排.pdf"]).has("补正营业执照")
    assert "补正营业执照" in read_notice(files["01试排.docx"], name="notice").words


def test_documents_are_searched_and_masked_elsewhere(
    blocked: None, files: dict[str, bytes]
) -> None:
    shown = {
        document.name: document
        for document in mask_documents(files, [SECRET], full=False)
    }
    assert all(each.hidden for each in shown.values())
    assert shown["01试排.pdf"].path is None
    for name in ("01试排.docx", "book.xlsx"):
        assert shown[name].path is not None
        assert SECRET.encode() not in shown[name].content
    bold = _render(_document(f"申请人：**{SECRET[0]}**{SECRET[1:]}"))
    (paper, word) = mask_documents(bold, [SECRET], full=False)
    assert (paper.path, word.path) == (None, None)
    clean = mask_documents(files, ["nobody"], full=False)
    assert not any(each.hidden for each in clean)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 no zip",
        b"%PDF-1.4 no pdf",
        b"",
    ],
)
def test_a_document_that_cannot_be_read_is_not_shown(content: bytes) -> None:
    names = ("a.docx", "a.xlsx", "a.pdf")
    shown = mask_documents(dict.fromkeys(names, content), [SECRET], full=False)
    assert [each.path for each in shown] == [None, None, None]


@pytest.mark.long
def test_a_limit_ends_the_setting_of_a_document_and_names_it() -> None:
    short = Limits(seconds=0.01, memory=3 << 30, output=256 << 20)
    with pytest.raises(GivenUpError) as ended:
        _render(_document("说明", title="应急预案"), limits=short)
    (issue,) = ended.value.issues
    assert ended.value.reason == "time"
    assert "应急预案" in issue.text.zh
    assert "超过0.01秒" in issue.text.zh
    assert "over 0.01 seconds" in issue.text.en


def test_no_file_is_written_where_one_document_was_given_up(tmp_path: Path) -> None:
    little = Limits(seconds=60, memory=3 << 30, output=100)  # bytes of a file
    with pytest.raises(Exception, match=r"\S"):
        _render(_document("说明"), limits=little)
    assert list(tmp_path.iterdir()) == []


def test_dossiers_replace_no_link(files: dict[str, bytes], tmp_path: Path) -> None:
    case, outside = tmp_path / "case", tmp_path / "outside"
    out = case / "dossier" / "out"
    out.mkdir(parents=True)
    outside.write_bytes(b"own")
    made = render_documents(
        [_document("说明")], case_name="某公司", digest="0" * 64, as_of=AS_OF
    )
    for name in ("01试排批注.docx", ".01试排批注.pdf.part"):
        (out / name).symlink_to(outside)
        with pytest.raises(CaseError, match="is a link"):
            write_files(list_files(made), out, case_dir=case)
        assert outside.read_bytes() == b"own"
        (out / name).unlink()
    assert len(write_files(list_files(made), out, case_dir=case)) == 2


def _shared_everywhere(size: int, rows: int, columns: int) -> bytes:
    """A workbook in which one text stands once, and every cell names it."""
    from openpyxl import Workbook

    base, made = io.BytesIO(), io.BytesIO()
    Workbook().save(base)
    row = b"<row>" + b'<c t="s"><v>0</v></c>' * columns + b"</row>"
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml"
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "xl/worksheets/sheet1.xml": (
            b"<sheetData></sheetData>",
            b"<sheetData>" + row * rows + b"</sheetData>",
        ),
        "[Content_Types].xml": (
            b"</Types>",
            b'<Override PartName="/xl/sharedStrings.xml" ContentType="'
            + kind
            + b'.sharedStrings+xml" /></Types>',
        ),
        "xl/_rels/workbook.xml.rels": (
            b"</Relationships>",
            b'<Relationship Id="shared" Type="'
            + office
            + b'/sharedStrings" Target="sharedStrings.xml" /></Relationships>',
        ),
    }
    with (
        zipfile.ZipFile(base) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            data, change = old.read(info), parts.get(info.filename)
            if change is not None:
                data = data.replace(b"<sheetData />", b"<sheetData></sheetData>")
                assert data.count(change[0]) == 1, data
                data = data.replace(*change)
            new.writestr(info.filename, data)
        text = b"<si><t>" + b"x" * size + b"</t></si>"
        new.writestr(
            "xl/sharedStrings.xml", b'<sst xmlns="' + main + b'">%s</sst>' % text
        )
    return made.getvalue()


def test_one_long_text_in_every_cell_is_refused(tmp_path: Path) -> None:
    content = _shared_everywhere(1_000_000, rows=100, columns=60)
    assert len(content) < 20_000
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    for read in (
        lambda: read_workbook(content),
        lambda: import_schedule(path, tmp_path, replace=True),
        lambda: read_clients(path, load_compiled(), tmp_path, today=date(2026, 11, 27)),
    ):
        with pytest.raises(CaseError, match="too much text"):
            read()


def test_a_picture_is_no_page() -> None:
    with pytest.raises(UnreadablePageError):
        read_page(b"\x89PNG\r\n\x1a\n" + b"\0" * 100)
