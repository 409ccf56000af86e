from __future__ import annotations

import io
import json
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from changqing.documents.document import Document, DocumentEdition, Section
from changqing.documents.package import Package, zip_package
from changqing.documents.render import (
    Rendered,
    list_files,
    make_upload_name,
    render_documents,
    write_files,
)
from changqing.documents.render_docx import render_docx
from changqing.documents.render_typst import render_pdf
from changqing.documents.tree import build_document_tree
from changqing.errors import DocumentError
from tests.documents.dossier_case import AS_OF, EXAMPLES, assessed, written
from tests.needs import find_program

COMPANY = "杭州青禾里生活服务有限公司"
DIGEST = "bc259a49e7be" + "0" * 52


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    return written(assessed(EXAMPLES / "local-life"))


@pytest.fixture(scope="module")
def rendered(documents: dict[str, Document]) -> Rendered:
    (made,) = render_documents(
        [documents["company_profile"]], case_name=COMPANY, digest=DIGEST, as_of=AS_OF
    )
    return made


def _said(content: bytes, folder: Path) -> str:
    """The text of a PDF as a reader selects it, without its spaces."""
    file = folder / "read.pdf"
    file.write_bytes(content)
    done = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True
    )
    return "".join(done.stdout.decode().split())


def _plain(markdown: str) -> Document:
    section = Section(id="1", title="一", markdown=markdown, statements=())
    return Document(
        id="x",
        number="1",
        title="试排",
        sections=(section,),
        complete=True,
        blanks=(),
        unsupported=(),
        file_name="01试排",
    )


@pytest.mark.poppler
def test_the_pdf_can_be_selected_and_carries_case_digest_and_page(
    rendered: Rendered, tmp_path: Path
) -> None:
    said = _said(rendered.pdf, tmp_path)

    assert f"{COMPANY}附件2，统一社会信用代码91330106MA0EXAM0X1" in said
    assert "项目bc259a49e7be" in said
    assert "第1页，共" in said
    assert "公司组织结构图" in said


@pytest.mark.poppler
def test_the_fonts_of_the_pdf_are_embedded(rendered: Rendered, tmp_path: Path) -> None:
    file = tmp_path / "fonts.pdf"
    file.write_bytes(rendered.pdf)
    done = subprocess.run(["pdffonts", str(file)], capture_output=True, check=True)
    rows = done.stdout.decode().splitlines()[2:]

    assert {"NotoSerifSC-Regular", "NotoSansSC-Regular"} == {
        row.split()[0].partition("+")[2].removesuffix("-Identity-H") for row in rows
    }
    assert all(row.split()[-5] == "yes" for row in rows)


def test_the_same_document_gives_the_same_bytes(
    documents: dict[str, Document], rendered: Rendered
) -> None:
    again = documents["company_profile"]

    assert (
        render_pdf(again, case_name=COMPANY, digest=DIGEST, as_of=AS_OF) == rendered.pdf
    )
    assert (
        render_docx(again, case_name=COMPANY, digest=DIGEST, as_of=AS_OF)
        == rendered.docx
    )


def test_word_has_chinese_type_rules_a_header_and_the_drawing(
    rendered: Rendered,
) -> None:
    with zipfile.ZipFile(io.BytesIO(rendered.docx)) as archive:
        styles = archive.read("word/styles.xml").decode()
        body = archive.read("word/document.xml").decode()
        headers = [n for n in archive.namelist() if n.startswith("word/header")]
        head = archive.read(headers[0]).decode()
        pictures = [n for n in archive.namelist() if n.startswith("word/media/")]

    assert 'w:eastAsia="宋体"' in styles
    assert 'w:eastAsia="黑体"' in styles
    assert "<w:tblBorders>" in styles
    assert "项目 bc259a49e7be" in head
    assert "w:headerReference" in body
    assert 'w:val="Heading1"' in body
    assert len(pictures) == 1


@pytest.mark.long
@pytest.mark.office
@pytest.mark.poppler
def test_libreoffice_opens_the_word_file_and_reads_all_of_it(
    documents: dict[str, Document], rendered: Rendered, tmp_path: Path
) -> None:
    file = tmp_path / "paper.docx"
    file.write_bytes(rendered.docx)
    subprocess.run(
        [
            find_program("office"),
            "--headless",
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--convert-to",
            "pdf",
            "--outdir",
            str(tmp_path),
            str(file),
        ],
        capture_output=True,
        check=True,
        timeout=120,
    )
    said = _said((tmp_path / "paper.pdf").read_bytes(), tmp_path)

    for section in documents["company_profile"].sections:
        assert section.title in said
    assert "91330106MA0EXAM0X1" in said
    assert "项目bc259a49e7be" in said
    assert "第1页，共" in said


@pytest.mark.poppler
def test_markdown_of_a_copy_opens_no_file_and_no_address(tmp_path: Path) -> None:
    hostile = _plain(
        "![图](/etc/passwd) ![二](http://127.0.0.1/x.png) <script>x</script>\n\n"
        '#read("/etc/passwd") $x$ @note `{=typst}#read("/etc/passwd")`\n'
    )

    tree = build_document_tree(hostile, case_name="某", digest=DIGEST, as_of=AS_OF)
    said = _said(
        render_pdf(hostile, case_name="某", digest=DIGEST, as_of=AS_OF), tmp_path
    )
    with zipfile.ZipFile(
        io.BytesIO(render_docx(hostile, case_name="某", digest=DIGEST, as_of=AS_OF))
    ) as archive:
        names = archive.namelist()

    assert '"kind": "chart"' not in json.dumps(tree)
    assert "root:" not in said
    assert '#read("/etc/passwd")' in said.replace("”", '"').replace("“", '"')
    assert not [name for name in names if name.startswith("word/media/")]


@pytest.mark.poppler
def test_lists_headings_and_emphasis_of_a_copy_are_set(tmp_path: Path) -> None:
    document = _plain(
        "### 小节\n\n1. 一条\n2. **二条**\n   - 里层\n\n> 引文\n\n---\n\n`码` 与\\^尖\\^\n"
    )

    said = _said(
        render_pdf(document, case_name="某", digest=DIGEST, as_of=AS_OF), tmp_path
    )

    for words in ("小节", "1.一条", "2.二条", "里层", "引文", "码与^尖^"):
        assert words in said


def test_the_zip_is_sorted_and_holds_both_forms_and_the_papers(
    documents: dict[str, Document], tmp_path: Path
) -> None:
    clean = replace(documents["company_profile"], edition=DocumentEdition.CLEAN)
    made = render_documents([clean], case_name=COMPANY, digest=DIGEST, as_of=AS_OF)
    paper = tmp_path / "scan.pdf"
    paper.write_bytes(b"%PDF")
    package = Package(clean=made, annotated=(), papers={"附件01营业执照.pdf": paper})

    for name in ("one.zip", "other.zip"):
        with (tmp_path / name).open("wb") as stream:
            zip_package(package, stream, case_dir=tmp_path)

    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.namelist() == [
            "Word/03公司概况.docx",
            "PDF/03公司概况.pdf",
            "附件/附件01营业执照.pdf",
        ]
        assert archive.testzip() is None
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()
    assert make_upload_name("甲/乙 公司") == "申请材料-甲乙公司.zip"


@pytest.mark.long
def test_files_are_written_whole_or_refused(rendered: Rendered, tmp_path: Path) -> None:
    given = list_files([rendered])

    files = write_files(given, tmp_path / "out", case_dir=tmp_path / "case")

    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        path.name for path in files
    )
    (tmp_path / "file").write_text("x")
    with pytest.raises(DocumentError):
        write_files(given, tmp_path / "file", case_dir=tmp_path / "case")


def test_a_document_that_cannot_be_set_is_told(rendered: Rendered) -> None:
    broken = replace(rendered.document, charts={"organisation": "<svg"}, title="坏图")

    with pytest.raises(DocumentError, match="坏图"):
        render_pdf(broken, case_name=COMPANY, digest=DIGEST, as_of=AS_OF)


def test_who_checks_a_letter_finds_what_stands_behind_it_on_its_page() -> None:
    outcome = assessed(EXAMPLES / "local-life")
    made = written(outcome, "written_application", edition=DocumentEdition.CLEAN)
    (letter,) = made.values()

    pdf = render_pdf(letter, case_name=COMPANY, digest=DIGEST, as_of=AS_OF)
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    docx = render_docx(letter, case_name=COMPANY, digest=DIGEST, as_of=AS_OF)
    word = zipfile.ZipFile(io.BytesIO(docx))

    assert "佐证对照表" in page.extract_text()
    table = word.read("word/document.xml").rpartition(b"<w:tbl>")[2]
    assert b'<w:sz w:val="17"/>' in table
    assert "附件2《营业执照》".encode() in table


def test_a_table_of_a_few_rows_is_not_broken_over_two_pages() -> None:
    rows = "\n".join(f"| 甲{n} | 乙 |" for n in range(6))
    table = f"| 事项 | 内容 |\n|---|---|\n{rows}\n"
    document = _plain("前文。\n\n" * 28 + table)

    pdf = render_pdf(document, case_name=COMPANY, digest=DIGEST, as_of=AS_OF)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]

    (whole,) = [page for page in pages if "甲" in page]
    assert whole.count("甲") == 6
    assert len(pages) > 1
