"""The pages that go to the printer to be signed, and those of the scan that came back.

Both run in a child process with limits, like all that puts pages together.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from changqing.documents.volume_pages import (
    NO_EXTRA,
    VolumePart,
    VolumeSheet,
    VolumeText,
    open_part,
    print_over,
    save_pages,
    set_pages,
    take_leaves,
)
from changqing.errors import DocumentError, Issue

CODE_MARK: Final = "CQ1 "
"""How what the code of a page says begins."""
CODE_DIGITS: Final = 12
"""Of the digest of a document, as the code of a page has it."""
_SIGN_HERE: Final = ("（签字）", "(签字)", "（盖章）")


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningPart:
    """A document to be signed, as PDF, with the digest of what it says."""

    document: str
    number: str
    title: str
    digest: str
    content: bytes


def format_code(document: str, page: int, total: int, digest: str) -> str:
    """Write what the code of a page says: which page, of what, in which text."""
    return f"{CODE_MARK}{document} {page}/{total} {digest[:CODE_DIGITS]}"


def bind_for_signing(
    parts: Sequence[SigningPart], *, company: str, as_of: date
) -> tuple[bytes, tuple[tuple[str, ...], ...], tuple[int, ...]]:
    """Bind documents to be signed, with a list of where, and a code on each page.

    Returns the PDF, the words of the pages of each document, and on which of them its
    signature is asked for.
    """
    try:
        import pypdf
        import zxingcpp
    except ImportError as problem:
        raise DocumentError(NO_EXTRA) from problem

    writer = pypdf.PdfWriter()
    words = [_read_pages(part.content) for part in parts]
    signed = tuple(_find_sign_page(pages) for pages in words)
    total = sum(map(len, words))
    texts: list[tuple[str, ...]] = []
    front = set_pages(_list_places(parts, words, signed, company), {}, as_of)
    leaves = list(take_leaves(front, writer))
    sheets = [VolumeSheet(foot="") for _ in leaves]
    codes: dict[str, bytes] = {}
    for part, pages in zip(parts, words, strict=True):
        printed: list[str] = []
        leaves += take_leaves(part.content, writer)
        for page in range(1, len(pages) + 1):
            code_text = format_code(part.document, page, len(pages), part.digest)
            code = zxingcpp.create_barcode(code_text, zxingcpp.BarcodeFormat.QRCode)
            name = f"code{len(codes)}.svg"
            codes[name] = code.to_svg(add_quiet_zones=False).encode()
            at = len(codes)
            mark = f"《{part.title}》第{page}页　打印第{at}页，共{total}页"
            sheets.append(VolumeSheet(foot="", code=name, mark=mark))
            printed.append(f"{pages[page - 1]}\n{mark}")
        texts.append(tuple(printed))
    print_over(writer, leaves, sheets, codes=codes, as_of=as_of)
    pdf = save_pages(writer, title=f"{company}盖章包")
    return pdf, tuple(texts), signed


def _list_places(
    parts: Sequence[SigningPart],
    texts: Sequence[Sequence[str]],
    signed: Sequence[int],
    company: str,
) -> VolumeText:
    rows = []
    before = 0
    for part, pages, page in zip(parts, texts, signed, strict=True):
        rows.append(
            {
                "number": part.number,
                "title": part.title,
                "pages": f"{before + 1}–{before + len(pages)}"
                if len(pages) > 1
                else f"{before + 1}",
                "place": f"第{before + page}页：法定代表人签字，公司盖章，填日期",
            }
        )
        before += len(pages)
    return VolumeText(
        kind="signing",
        title="盖章包",
        company=company,
        lines=(
            f"共{len(parts)}份，{before}页。本页是清单，不用盖章，也不递交。",
            "单面打印，按原大小（不缩放），页脚的方码要印清楚。",
            "在下面写明的地方签字、盖章、填日期；章不要盖住方码。",
            "全部扫描成一个PDF（每英寸200点以上），传回来后逐页比对，自动归入申请材料。",
        ),
        contents="在哪里签字盖章",
        heads=("编号", "文书", "打印页", "签字盖章的地方"),
        rows=rows,
    )


def _read_pages(content: bytes) -> tuple[str, ...]:
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    try:
        pages = []
        for page in document:
            text = page.get_textpage()
            pages.append(text.get_text_range())
            text.close()
            page.close()
        return tuple(pages)
    finally:
        document.close()


def _find_sign_page(pages: Sequence[str]) -> int:
    """The page that asks for a signature; the last where none says so."""
    for at, text in enumerate(pages, start=1):
        if any(words in text for words in _SIGN_HERE):
            return at
    return len(pages)


def pick_pages(content: bytes, name: str, numbers: Sequence[int], title: str) -> bytes:
    """Make a PDF of some pages of a scan, each filling an A4 page, in this order.

    Raises DocumentError where the file cannot be taken over.
    """
    import pypdf

    writer = pypdf.PdfWriter()
    part = VolumePart(number="", title=title, name=name, content=content, whole=True)
    leaves = open_part(part, writer, as_of=date.min)
    if not isinstance(leaves, list):
        raise DocumentError(Issue(text=leaves.text, path=name))
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    for number in numbers:
        leaf = leaves[number - 1]
        page = pypdf.PageObject.create_blank_page(writer, leaf.width, leaf.height)
        drawing = DecodedStreamObject()
        drawing.set_data(leaf.draw("/P").encode())
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/XObject"): DictionaryObject({NameObject("/P"): leaf.form})}
        )
        page[NameObject("/Contents")] = writer._add_object(drawing)
        writer.add_page(page)
    # Pages that were not picked leave their drawings behind; written again they go.
    once = io.BytesIO()
    writer.write(once)
    again = pypdf.PdfWriter()
    for page in pypdf.PdfReader(once).pages:
        again.add_page(page)
    return save_pages(again, title=title)
