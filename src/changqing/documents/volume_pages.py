"""The pages of a bound volume, put together with the papers of strangers among them.

All of it runs in a child process with limits. Of a paper its pages are kept, drawn as
they show; what may lie in a file beside them (scripts, links, attached files) is left
behind. Every page comes out as A4, upright or lying as the paper does.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

from changqing.documents.document import Document, DocumentEdition, Section
from changqing.errors import DocumentError, Issue
from changqing.readers.filetype import FileType, find_type
from changqing.text import Text, WordedEnum

if TYPE_CHECKING:
    from pypdf import PageObject, PdfWriter

A4: Final = (595.28, 841.89)
"""Width and height in points."""
_MOST_PAGES: Final = 300
"""Of one paper; it stays a file of its own when it has more."""
_DOTS: Final = 2_200
"""Pixels of the longer side of a picture on its page: some 200 to the inch."""
_ASIDE, _ABOVE, _BELOW = 20.0, 36.0, 40.0
"""Points left around a paper for what the volume prints over its pages."""


class LeftApart(WordedEnum):
    """Why a paper is no part of the volume and stays a file of its own."""

    OFFICE = "office", Text("Word或Excel，单独提交", "Word or Excel, a file apart")
    LOCKED = "locked", Text("文件有密码，没有装入", "locked by a password")
    BROKEN = "broken", Text("文件打不开，没有装入", "cannot be opened")
    LARGE = "large", Text("页数或图像太大，单独提交", "too large, a file apart")
    FOREIGN = "foreign", Text("不能装订的文件类型，单独提交", "a file apart")


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumePart:
    """One document or paper that goes into a volume: its file, and what it is called.

    `head` is printed over each page of a paper; `whole` says that its pages fill
    theirs, as those of our own documents and of their scans do.
    """

    number: str
    title: str
    name: str
    content: bytes
    head: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeProof:
    """One line of the table at the end: what is stated, and what shows it.

    `part` is the place among the parts, `page` the page in it where that is known.
    """

    what: str
    proof: str
    part: int | None
    page: int | None
    issuer: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRange:
    """The pages of a part in the volume, from 1."""

    first: int
    last: int

    def format_page(self, page: int | None) -> str:
        """Say where page `page` of the part is.

        All of its pages where that is unknown.
        """
        if page is not None and 1 <= page <= self.last - self.first + 1:
            return f"第{self.first + page - 1}页"
        if self.first == self.last:
            return f"第{self.first}页"
        return f"第{self.first}–{self.last}页"


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A bound volume: its PDF, and where in it each part is; None for one left apart.

    `apart` says of those why, by their place among the parts.
    """

    pdf: bytes
    pages: int
    ranges: tuple[PageRange | None, ...]
    apart: Mapping[int, LeftApart]


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeSheet:
    """What is printed over one page, whose size is in points.

    `code` names a picture of `codes`, `mark` is the same in letters.
    """

    foot: str
    head: str = ""
    width: float = A4[0]
    height: float = A4[1]
    code: str = ""
    mark: str = ""


def bind_pages(
    parts: Sequence[VolumePart],
    proofs: Sequence[VolumeProof],
    *,
    title: str,
    company: str,
    lines: Sequence[str],
    as_of: date,
) -> Volume:
    """Bind parts into one PDF with a front, page numbers, and the table of proofs.

    Raises DocumentError where a library is missing or a page cannot be set.
    """
    try:
        import pypdf
    except ImportError as problem:
        raise DocumentError(NO_EXTRA) from problem

    gathered: list[list[Leaf]] = []
    apart: dict[int, LeftApart] = {}
    writer = pypdf.PdfWriter()
    for at, part in enumerate(parts):
        opened_part = open_part(part, writer, as_of=as_of)
        if isinstance(opened_part, LeftApart):
            apart[at], opened_part = opened_part, []
        gathered.append(opened_part)
    front = _set_front(parts, gathered, apart, 0, title, company, lines, as_of)
    offset = _count_pages(front)
    ranges = _find_ranges(gathered, offset)
    front = _set_front(parts, gathered, apart, offset, title, company, lines, as_of)
    table = _set_proofs(proofs, ranges, apart, company, as_of) if proofs else b""
    leaves = [
        *take_leaves(front, writer),
        *(leaf for leaves in gathered for leaf in leaves),
        *(take_leaves(table, writer) if table else ()),
    ]
    heads = [""] * offset
    for part, gathered_pages in zip(parts, gathered, strict=True):
        total = len(gathered_pages)
        heads += [
            part.head and f"{part.head}　第{at}页，共{total}页"
            for at in range(1, total + 1)
        ]
    heads += [""] * (len(leaves) - len(heads))
    sheets = [
        VolumeSheet(
            foot=f"合订本　{at} / {len(leaves)}",
            head=head,
            width=leaf.width,
            height=leaf.height,
        )
        for at, (leaf, head) in enumerate(zip(leaves, heads, strict=True), start=1)
    ]
    print_over(writer, leaves, sheets, codes={}, as_of=as_of)
    for part, pages in zip(parts, ranges, strict=True):
        if pages is not None:
            name = f"{part.number}　{part.title}".strip("　")
            writer.add_outline_item(title=name, page_number=pages.first - 1)
    if table:
        last = len(leaves) - _count_pages(table)
        writer.add_outline_item(title=PROOFS, page_number=last)
    return Volume(
        pdf=save_pages(writer, title=f"{company}{title}"),
        pages=len(leaves),
        ranges=tuple(ranges),
        apart=apart,
    )


# Pages as drawings that can be put on other pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What is drawn on one page of the volume, and how it is laid on it."""

    form: Any  # an indirect object of the writer: a form or an image
    matrix: tuple[float, float, float, float, float, float]
    width: float
    height: float

    def draw(self, name: str) -> str:
        """Write the instruction that draws it, under a name of the page's resources."""
        matrix = " ".join(f"{value:.5f}" for value in self.matrix)
        return f"q {matrix} cm {name} Do Q"


def open_part(
    part: VolumePart, writer: PdfWriter, *, as_of: date
) -> list[Leaf] | LeftApart:
    """Take over the pages of a part; says why where it stays a file of its own."""
    kind = find_type(part.content, part.name)
    if kind is FileType.PDF:
        if part.whole and part.name.endswith(OURS):
            return list(take_leaves(part.content, writer))
        return _open_pdf(part, writer)
    if kind is FileType.PICTURE:
        return _open_picture(part, writer)
    if kind in (FileType.TEXT, FileType.TABLE):
        return list(take_leaves(_set_text(part, as_of), writer, part=part))
    if kind in (FileType.WORD, FileType.WORKBOOK):
        return LeftApart.OFFICE
    if kind is FileType.LOCKED:
        return LeftApart.LOCKED
    return LeftApart.BROKEN if kind is FileType.BROKEN else LeftApart.FOREIGN


OURS: Final = ".ours.pdf"
"""The end of the name of a PDF that we set ourselves and nobody has touched since."""


def _open_pdf(part: VolumePart, writer: PdfWriter) -> list[Leaf] | LeftApart:
    """The pages of a PDF of a stranger, with what is laid over them drawn in."""
    import pypdfium2
    import pypdfium2.raw as pdfium
    from pypdf.errors import PyPdfError

    try:
        document = pypdfium2.PdfDocument(part.content)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        return LeftApart.LOCKED if locked else LeftApart.BROKEN
    try:
        if len(document) > _MOST_PAGES:
            return LeftApart.LARGE
        for page in document:
            # A seal or the content of a form is drawn by its field, not by the page.
            if pdfium.FPDFPage_GetAnnotCount(page) > 0:
                pdfium.FPDFPage_Flatten(page, pdfium.FLAT_PRINT)
            page.close()
        saved = io.BytesIO()
        document.save(saved)
        return list(take_leaves(saved.getvalue(), writer, part=part))
    except (pypdfium2.PdfiumError, PyPdfError, ValueError, KeyError):
        return LeftApart.BROKEN
    finally:
        document.close()


def take_leaves(
    content: bytes, writer: PdfWriter, *, part: VolumePart | None = None
) -> Iterator[Leaf]:
    """Take the pages of a PDF over; those of a paper are made to fit A4."""
    from pypdf import PdfReader

    for page in PdfReader(io.BytesIO(content)).pages:
        yield _take_page(page, writer, fit=None if part is None else part)


def _take_page(page: PageObject, writer: PdfWriter, *, fit: VolumePart | None) -> Leaf:
    from pypdf.generic import (
        ArrayObject,
        DecodedStreamObject,
        DictionaryObject,
        FloatObject,
        NameObject,
    )

    contents = page.get_contents()
    form = DecodedStreamObject()
    form.set_data(b"" if contents is None else contents.get_data())
    stream = form.flate_encode()
    left, bottom, right, top = (float(side) for side in page.cropbox)
    left, right = min(left, right), max(left, right)
    bottom, top = min(bottom, top), max(bottom, top)
    resources = page.get("/Resources", DictionaryObject()).get_object()
    stream.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject(
                FloatObject(side) for side in (left, bottom, right, top)
            ),
            NameObject("/Resources"): resources.clone(writer),
        }
    )
    if "/Group" in page:
        stream[NameObject("/Group")] = page["/Group"].clone(writer)
    turned = int(page.get("/Rotate", 0) or 0) % 360
    matrix = {
        90: (0.0, -1.0, 1.0, 0.0, -bottom, right),
        180: (-1.0, 0.0, 0.0, -1.0, right, top),
        270: (0.0, 1.0, -1.0, 0.0, top, -left),
    }.get(turned, (1.0, 0.0, 0.0, 1.0, -left, -bottom))
    width, height = right - left, top - bottom
    if turned in (90, 270):
        width, height = height, width
    leaf = Leaf(
        form=writer._add_object(stream), matrix=matrix, width=width, height=height
    )
    return leaf if fit is None else _fit_leaf(leaf, whole=fit.whole)


def _fit_leaf(leaf: Leaf, *, whole: bool) -> Leaf:
    """Lay a leaf in the middle of an A4 page, upright or lying as it is."""
    width, height = A4 if leaf.height >= leaf.width else (A4[1], A4[0])
    aside, above, below = (0.0, 0.0, 0.0) if whole else (_ASIDE, _ABOVE, _BELOW)
    across, down = width - 2 * aside, height - above - below
    scale = min(across / max(leaf.width, 1), down / max(leaf.height, 1))
    if not whole:
        scale = min(scale, 1.0) if leaf.width > 0.6 * across else scale
    right = aside + (across - scale * leaf.width) / 2
    up = below + (down - scale * leaf.height) / 2
    a, b, c, d, e, f = (scale * value for value in leaf.matrix)
    return replace(
        leaf, matrix=(a, b, c, d, e + right, f + up), width=width, height=height
    )


def _open_picture(part: VolumePart, writer: PdfWriter) -> list[Leaf] | LeftApart:
    from pypdf.generic import NameObject, NumberObject, StreamObject

    try:
        import cv2

        from changqing.readers.ocr import shrink_picture
        from changqing.readers.package import DAMAGED
        from changqing.readers.picture import TooLargePictureError, open_pictures
    except ImportError as problem:
        raise DocumentError(Issue(text=_NO_PICTURES, hint=_INSTALL)) from problem
    leaves: list[Leaf] = []
    try:
        for picture in open_pictures(part.content):
            scale = min(1.0, _DOTS / max(picture.shape[:2]))
            pixels = shrink_picture(picture, scale) if scale < 1 else picture
            _, packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 85])
            height, width = pixels.shape[:2]
            image = StreamObject()
            image.set_data(packed.tobytes())
            image.update(
                {
                    NameObject("/Type"): NameObject("/XObject"),
                    NameObject("/Subtype"): NameObject("/Image"),
                    NameObject("/Filter"): NameObject("/DCTDecode"),
                    NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
                    NameObject("/BitsPerComponent"): NumberObject(8),
                    NameObject("/Width"): NumberObject(width),
                    NameObject("/Height"): NumberObject(height),
                }
            )
            leaf = Leaf(
                form=writer._add_object(image),
                matrix=(width, 0.0, 0.0, height, 0.0, 0.0),
                width=width,
                height=height,
            )
            leaves.append(_fit_leaf(leaf, whole=part.whole))
    except TooLargePictureError:
        return LeftApart.LARGE
    except DAMAGED:
        return LeftApart.BROKEN
    return leaves or LeftApart.BROKEN


def _set_text(part: VolumePart, as_of: date) -> bytes:
    """Set a paper that is plain text, so that it has pages like the others."""
    from changqing.case.page import decode_text
    from changqing.documents.render_typst import render_pdf

    text, title = decode_text(part.content), part.title
    head, _, body = text.lstrip().partition("\n")
    if head.startswith("# "):
        text, title = body, head.removeprefix("# ").strip()
    elif find_type(part.content, part.name) is FileType.TABLE:
        text = "\n".join(f"    {line}" for line in text.splitlines())
    document = Document(
        id="paper",
        number=None,
        title=title,
        sections=(Section(id="1", title="", markdown=text, statements=()),),
        complete=True,
        blanks=(),
        unsupported=(),
        file_name=part.name,
        edition=DocumentEdition.CLEAN,
    )
    return render_pdf(document, case_name="", digest="", as_of=as_of)


def print_over(
    writer: PdfWriter,
    leaves: Sequence[Leaf],
    sheets: Sequence[VolumeSheet],
    *,
    codes: Mapping[str, bytes],
    as_of: date,
) -> None:
    """Add a page for each leaf, with what its sheet prints over it."""
    from pypdf import PageObject
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    printed = take_leaves(_set_sheets(sheets, codes, as_of), writer)
    for leaf, over in zip(leaves, printed, strict=True):
        page = PageObject.create_blank_page(writer, leaf.width, leaf.height)
        drawing = DecodedStreamObject()
        drawing.set_data(f"{leaf.draw('/P')}\n{over.draw('/S')}\n".encode())
        forms = DictionaryObject(
            {NameObject("/P"): leaf.form, NameObject("/S"): over.form}
        )
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/XObject"): forms}
        )
        page[NameObject("/Contents")] = writer._add_object(drawing)
        writer.add_page(page)


def save_pages(writer: PdfWriter, *, title: str) -> bytes:
    """Save pages as the bytes of a PDF; the same pages give the same."""
    writer.add_metadata({"/Title": title, "/Producer": ""})
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


# What the volume says itself


def _find_ranges(
    gathered: Sequence[Sequence[Leaf]], offset: int
) -> list[PageRange | None]:
    ranges: list[PageRange | None] = []
    at = offset
    for leaves in gathered:
        page_range = PageRange(first=at + 1, last=at + len(leaves)) if leaves else None
        ranges.append(page_range)
        at += len(leaves)
    return ranges


def _set_front(
    parts: Sequence[VolumePart],
    gathered: Sequence[Sequence[Leaf]],
    apart: Mapping[int, LeftApart],
    offset: int,
    title: str,
    company: str,
    lines: Sequence[str],
    as_of: date,
) -> bytes:
    ranges = _find_ranges(gathered, offset)
    rows: list[Mapping[str, str | float]] = [
        {
            "number": part.number,
            "title": part.title,
            "page": str(pages.first),
            "paper": bool(part.head),
        }
        for part, pages in zip(parts, ranges, strict=True)
        if pages is not None
    ]
    end = offset + sum(len(leaves) for leaves in gathered)
    rows.append({"number": "", "title": PROOFS, "page": str(end + 1), "paper": False})
    files_apart = [
        {
            "number": parts[at].number,
            "file": parts[at].name,
            "reason": reason.text.zh,
        }
        for at, reason in apart.items()
    ]
    front = VolumeText(
        kind="front",
        title=title,
        company=company,
        lines=lines,
        contents="目录",
        heads=("编号", "材料", "页码"),
        rows=rows,
        apart=files_apart,
        apart_title="另附的文件",
        apart_heads=("编号", "文件名", "说明"),
    )
    return set_pages(front, {}, as_of)


PROOFS: Final = "佐证对照表"


def _set_proofs(
    proofs: Sequence[VolumeProof],
    ranges: Sequence[PageRange | None],
    apart: Mapping[int, LeftApart],
    company: str,
    as_of: date,
) -> bytes:
    rows = []
    for proof in proofs:
        pages = None if proof.part is None else ranges[proof.part]
        where = "–" if pages is None else pages.format_page(proof.page)
        if proof.part is not None and proof.part in apart:
            where = "另附"
        rows.append(
            {
                "what": proof.what,
                "proof": proof.proof,
                "page": where,
                "issuer": proof.issuer,
                "until": proof.until,
            }
        )
    table = VolumeText(
        kind="proofs",
        title=PROOFS,
        company=company,
        contents=PROOFS,
        heads=("事项", "佐证", "合订本", "出具人", "有效期至"),
        rows=rows,
    )
    return set_pages(table, {}, as_of)


def _set_sheets(
    sheets: Sequence[VolumeSheet], codes: Mapping[str, bytes], as_of: date
) -> bytes:
    rows: list[Mapping[str, str | float]] = [
        {
            "foot": sheet.foot,
            "head": sheet.head,
            "width": round(sheet.width, 2),
            "height": round(sheet.height, 2),
            "code": sheet.code,
            "mark": sheet.mark,
        }
        for sheet in sheets
    ]
    return set_pages(VolumeText(kind="sheets", rows=rows), codes, as_of)


@dataclass(frozen=True, kw_only=True)
class VolumeText:
    """All that pages of ours say, as `volume.typ` is given it.

    What a row has depends on the kind: the table at its place in the template names it.
    """

    kind: Literal["front", "proofs", "sheets", "signing"]
    rows: Sequence[Mapping[str, str | float]]
    title: str = ""
    company: str = ""
    lines: Sequence[str] = ()
    contents: str = ""
    heads: Sequence[str] = ()
    apart: Sequence[Mapping[str, str]] = ()
    apart_title: str = ""
    apart_heads: Sequence[str] = ()


def set_pages(volume: VolumeText, files: Mapping[str, bytes], as_of: date) -> bytes:
    """Set pages of ours by the template of volumes, with the pictures it names."""
    import json
    from pathlib import Path

    from changqing.documents.render_typst import compile_files

    files_to_set = {
        "main.typ": Path(__file__).with_name("volume.typ").read_bytes(),
        "volume.json": json.dumps(asdict(volume), ensure_ascii=False).encode(),
        **files,
    }
    return compile_files(files_to_set, "pdf", volume.title, as_of)


def _count_pages(content: bytes) -> int:
    from pypdf import PdfReader

    return len(PdfReader(io.BytesIO(content)).pages)


_NO_BINDER: Final = Text(
    "没有装合订文件的部件", "the parts that bind files are missing"
)
_NO_PICTURES: Final = Text(
    "没有装读图片的部件", "the parts that read pictures are missing"
)
_INSTALL: Final = Text(
    "请装 changqing[documents,papers]", "install changqing[documents,papers]"
)
NO_EXTRA: Final = Issue(text=_NO_BINDER, hint=_INSTALL)
