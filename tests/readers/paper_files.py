"""Small papers of every type, made as their own programs make them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst
from docx import Document
from openpyxl import Workbook
from PIL import Image, ImageDraw, ImageFont

FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent
LICENCE = (
    "营业执照",
    "统一社会信用代码：91110102MA00000004",
    "名称：北京某某科技有限公司",
    "法定代表人：周启明",
    "注册资本：贰佰万元整",
)


def draw_paper(
    lines: Sequence[str] = LICENCE,
    *,
    size: tuple[int, int] = (640, 440),
    letter: int = 24,
) -> Image.Image:
    """Draw lines on a white page, as a scanner would see them."""
    page = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(find_font()), letter)
    for at, line in enumerate(lines):
        pen.text((60, 50 + 2 * letter * at), line, font=font, fill="black")
    return page


def find_font() -> Path:
    """Find a font with Chinese characters."""
    return next(path for path in sorted(FONTS.rglob("*.[ot]tf")) if "Sans" in path.name)


def picture_bytes(page: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """Write a picture as a file."""
    stream = io.BytesIO()
    page.save(stream, kind, **options)
    return stream.getvalue()


def make_pdf(source: str) -> bytes:
    """Set a PDF with a text layer."""
    head = '#set page(width: 210mm, height: 297mm)\n#set text(lang: "zh", size: 11pt)\n'
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(FONTS)],
    )
    made = typst.compile((head + source).encode(), font_paths=fonts)
    assert isinstance(made, bytes)
    return made


def make_scan(*pages: Image.Image) -> bytes:
    """Make a PDF of pictures alone."""
    stream = io.BytesIO()
    pages[0].save(stream, "PDF", save_all=True, append_images=pages[1:], resolution=100)
    return stream.getvalue()


def make_word(*paragraphs: str, rows: Iterable[Sequence[str]] = ()) -> bytes:
    """Make a Word document of paragraphs and one table."""
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    cells = list(rows)
    if cells:
        table = document.add_table(rows=0, cols=len(cells[0]))
        for row in cells:
            for box, words in zip(table.add_row().cells, row, strict=True):
                box.text = words
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def change_part(content: bytes, changes: Mapping[str, tuple[str, str]]) -> bytes:
    """Replace words in parts of a zip of XML."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w") as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name in changes:
                before, after = (words.encode() for words in changes[name])
                assert before in part
                part = part.replace(before, after)
            new.writestr(name, part)
    return stream.getvalue()


def make_workbook(sheets: Mapping[str, Iterable[Sequence[object]]]) -> bytes:
    """Make a workbook."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def make_ofd(lines: Sequence[str], *, template: str = "") -> bytes:
    """Make an OFD file of one page, A4."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'

    def content(words: Sequence[str], extra: str = "") -> str:
        things = "".join(
            f'<ofd:TextObject ID="{at}" Boundary="20 {30 + 10 * at} 170 6" Size="5">'
            f'<ofd:TextCode X="0" Y="5" DeltaX="g {len(line) - 1} 5">{line}'
            "</ofd:TextCode></ofd:TextObject>"
            for at, line in enumerate(words)
        )
        return (
            f"<ofd:Page {space}>{extra}<ofd:Content><ofd:Layer>{things}"
            "</ofd:Layer></ofd:Content></ofd:Page>"
        )

    below = '<ofd:TemplatePage ID="7" BaseLoc="Tpls/Content.xml"/>' if template else ""
    on_it = '<ofd:Template TemplateID="7"/>' if template else ""
    parts = {
        "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml"
        "</ofd:DocRoot><ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>"
        "</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:CommonData><ofd:PageArea>"
        "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
        f"{below}</ofd:CommonData><ofd:Pages>"
        '<ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>',
        "Doc_0/Pages/Page_0/Content.xml": content(lines, on_it),
        "Doc_0/Signs/Signatures.xml": f"<ofd:Signatures {space}>"
        '<ofd:Signature ID="1" BaseLoc="/Doc_0/Signs/Sign_0/Signature.xml"/>'
        "</ofd:Signatures>",
        "Doc_0/Signs/Sign_0/Signature.xml": f"<ofd:Signature {space}><ofd:SignedInfo>"
        '<ofd:StampAnnot ID="2" PageRef="1" Boundary="105 148.5 42 42"/>'
        "</ofd:SignedInfo></ofd:Signature>",
    }
    if template:
        parts["Doc_0/Tpls/Content.xml"] = content([template])
    return make_zip(parts)


def make_zip(parts: Mapping[str, str | bytes]) -> bytes:
    """Make a zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return stream.getvalue()
