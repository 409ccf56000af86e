"""A document as Word: the same tree the PDF is set from, as pandoc's own.

Pandoc reads no Markdown of ours, so nothing in a copy can make it open a file or an
address.
"""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, Required, TypedDict

from changqing.documents.document import Document
from changqing.documents.reference_docx import (
    add_missing_styles,
    make_reference,
    pack_docx,
    write_contents,
)
from changqing.documents.render_typst import render_png
from changqing.documents.tree import (
    DocumentTree,
    Node,
    build_document_tree,
    extract_plain_text,
    list_children,
    print_margins,
    share_line,
)
from changqing.errors import DocumentError, Issue
from changqing.text import Text

_API = [1, 23, 1]
_NONE: list[Any] = ["", [], []]
_SECONDS = 60


def count_pages(printed: bytes) -> int:
    """Count the pages of a PDF of ours."""
    import pypdfium2

    opened = pypdfium2.PdfDocument(printed)
    try:
        return len(opened)
    finally:
        opened.close()


def render_docx(
    document: Document,
    *,
    case_name: str,
    digest: str,
    as_of: date,
    letterhead: bytes | None = None,
    contents: bool = False,
) -> bytes:
    """Render the document as Word. Raises DocumentError when it cannot be made.

    `letterhead` is the company's own template, with the head and foot of its pages;
    `contents` asks for a table of contents.
    """
    tree = build_document_tree(
        document, case_name=case_name, digest=digest, as_of=as_of
    )
    margins = print_margins(document, digest=digest, as_of=as_of)
    with tempfile.TemporaryDirectory(prefix="changqing-") as temporary:
        folder = Path(temporary)
        for name, svg in document.charts.items():
            (folder / f"{name}.png").write_bytes(render_png(svg, as_of=as_of))
        style = folder / "reference.docx"
        title = document.title
        style.write_bytes(
            make_reference(
                _load_base(),
                left=case_name,
                middle=title if margins["mark"] else "",
                right=margins["mark"] or title,
                foot=margins["day"],
            )
            if letterhead is None
            else add_missing_styles(letterhead)
        )
        target = folder / "out.docx"
        noon = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)
        _run_pandoc(
            ["-f", "json", "-t", "docx", f"--reference-doc={style}", "-o", str(target)],
            _encode_tree(tree, folder, contents=contents),
            epoch=int(noon.timestamp()),
        )
        small = [bool(n.get("small")) for n in tree["blocks"] if n["kind"] == "table"]
        return _finish_docx(target.read_bytes(), small)


def _finish_docx(docx: bytes, small: Sequence[bool]) -> bytes:
    """Rewrite the file: entries sorted, no times, rows whole, some tables small."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        names = sorted(
            archive.namelist(), key=lambda n: (n != "[Content_Types].xml", n)
        )
        parts = {name: archive.read(name) for name in names}
    document_xml = _keep_rows_whole(parts["word/document.xml"])
    parts["word/document.xml"] = _set_tables_small(document_xml, small)
    return pack_docx(parts)


def _keep_rows_whole(document_xml: bytes) -> bytes:
    """Let no row of a table begin on one page and end on the next."""
    return document_xml.replace(b"<w:trPr>", b"<w:trPr><w:cantSplit/>").replace(
        b"<w:tr><w:tc>", b"<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc>"
    )


def _set_tables_small(document_xml: bytes, small: Sequence[bool]) -> bytes:
    """Set the tables small that only whoever checks it reads, as the PDF has them."""
    before, *tables = document_xml.split(b"<w:tbl>")
    if len(tables) != len(small):  # one within a quotation: none is small there
        return document_xml
    for at, is_small in enumerate(small):
        if is_small:
            table, end, after = tables[at].partition(b"</w:tbl>")
            table = table.replace(b"<w:r><w:t", b"<w:r><w:rPr></w:rPr><w:t")
            table = table.replace(b"</w:rPr>", b'<w:sz w:val="17"/></w:rPr>')
            table = table.replace(b"</w:pPr>", _CLOSE_LINES)
            tables[at] = table + end + after
    return b"<w:tbl>".join((before, *tables))


_CLOSE_LINES: Final = b'<w:spacing w:before="0" w:after="0"/></w:pPr>'


@cache
def _load_base() -> bytes:
    return _run_pandoc(["--print-default-data-file", "reference.docx"], b"", epoch=0)


def _run_pandoc(arguments: list[str], markup: bytes, *, epoch: int) -> bytes:
    import pypandoc  # type: ignore[import-untyped]

    try:
        finished = subprocess.run(  # noqa: S603 # the pandoc of the wheel, our own arguments
            [pypandoc.get_pandoc_path(), *arguments],
            input=markup,
            capture_output=True,
            check=True,
            timeout=_SECONDS,
            env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)},
        )
    except (OSError, subprocess.SubprocessError) as problem:
        detail = getattr(problem, "stderr", b"") or b""
        message = detail.decode("utf-8", "replace").strip() or str(problem)
        raise DocumentError(
            Issue(
                text=Text(
                    f"Word文件做不出来（{message}）",
                    f"no Word file was made ({message})",
                )
            )
        ) from problem
    return finished.stdout


# ── the tree of a document to pandoc's ───────────────────────────────────────────────


class PandocNode(TypedDict, total=False):
    """A node of pandoc: its kind, and what is in it, as each kind has it."""

    t: Required[str]
    c: Any


def _encode_tree(tree: DocumentTree, folder: Path, *, contents: bool) -> bytes:
    """Encode a document as pandoc reads it."""
    writer = _DocxWriter(case_name=tree["case"], folder=folder)
    meta = {
        "title": _make_node("MetaInlines", _make_plain(tree["title"])),
        "author": _make_node("MetaInlines", _make_plain(tree["case"])),
        "lang": _make_node("MetaInlines", _make_plain("zh-CN")),
    }
    headings = [
        (node["id"], extract_plain_text(node))
        for node in _number_headings(tree["blocks"])
        if node["level"] == 1
    ]
    blocks = writer.write_blocks(tree["blocks"])
    if contents and len(headings) > 2:
        blocks.insert(0, _make_node("RawBlock", ["openxml", write_contents(headings)]))
    return json.dumps(
        {"pandoc-api-version": _API, "meta": meta, "blocks": blocks}
    ).encode()


def _number_headings(nodes: Sequence[Node]) -> Sequence[Node]:
    """The headings, each with a bookmark of its own."""
    headings = [node for node in nodes if node["kind"] == "heading"]
    for number, node in enumerate(headings, start=1):
        node["id"] = f"s{number}"
    return headings


def _make_node(kind: str, content: object = None) -> PandocNode:
    return {"t": kind} if content is None else {"t": kind, "c": content}


def _make_plain(text: str) -> list[PandocNode]:
    return [_make_node("Str", text)] if text else []


@dataclass(frozen=True, slots=True, kw_only=True)
class _DocxWriter:
    """Writes a document as nodes of pandoc; drawings are read from `folder`."""

    case_name: str
    folder: Path

    def write_blocks(self, nodes: Iterable[Node]) -> list[PandocNode]:
        return [block for node in nodes for block in self._write_block(node)]

    def _write_block(self, node: Node) -> list[PandocNode]:
        inside = list_children(node)
        match node["kind"]:
            case "paragraph":
                return [self._write_paragraph(node)]
            case "heading":
                mark: list[Any] = [node.get("id", ""), [], []]
                return [
                    _make_node(
                        "Header", [node["level"], mark, self._write_line(inside)]
                    )
                ]
            case "list":
                return [_make_node("BulletList", self._write_items(inside))]
            case "ticks":
                return [_make_node("BulletList", self._write_ticks(inside))]
            case "enum":
                style = [node["start"], _make_node("Decimal"), _make_node("Period")]
                return [_make_node("OrderedList", [style, self._write_items(inside)])]
            case "quote":
                return [_make_node("BlockQuote", self.write_blocks(inside))]
            case "table":
                return [self._write_table(inside)]
            case "code":
                return [_make_node("CodeBlock", [_NONE, node["text"]])]
            case "rule":
                return [_make_node("HorizontalRule")]
            case "signature":
                return [
                    _make_node("Para", _make_plain(line))
                    for line in (
                        "法定代表人（签字）：",
                        f"公司（盖章）：{self.case_name}",
                        "日期：　　　年　　月　　日",
                    )
                ]
            case _:
                return []

    def _write_paragraph(self, node: Node) -> PandocNode:
        line = self._write_line(list_children(node))
        if len(line) == 1 and line[0]["t"] == "Image":
            caption = [None, [_make_node("Plain", line[0]["c"][1])]]
            return _make_node("Figure", [_NONE, caption, [_make_node("Plain", line)]])
        return _make_node("Plain" if node["tight"] else "Para", line)

    def _write_ticks(self, items: Iterable[Node]) -> list[list[PandocNode]]:
        """Write items that Pandoc sets as boxes to tick, by the sign before each."""
        block_lists = self._write_items(items)
        for blocks in block_lists:
            if blocks and isinstance(words := blocks[0]["c"], list):
                words[:0] = [_make_node("Str", "☐"), {"t": "Space"}]
        return block_lists

    def _write_items(self, items: Iterable[Node]) -> list[list[PandocNode]]:
        return [self.write_blocks(list_children(item)) for item in items]

    def _write_table(self, rows: Sequence[Node]) -> PandocNode:
        cells = [
            [self._write_line(list_children(cell)) for cell in list_children(row)]
            for row in rows
        ]
        columns = [
            [_make_node("AlignDefault"), _make_node("ColWidth", width)]
            for width in share_line(rows)
        ]
        head, *body = [[_NONE, [_make_cell(cell) for cell in row]] for row in cells]
        return _make_node(
            "Table",
            [
                _NONE,
                [None, []],
                columns,
                [_NONE, [head]],
                [[_NONE, 0, [], body]],
                [_NONE, []],
            ],
        )

    def _write_line(self, nodes: Iterable[Node]) -> list[PandocNode]:
        return [inline for node in nodes for inline in self._write_inline(node)]

    def _write_inline(self, node: Node) -> list[PandocNode]:
        text = node.get("text", "")
        match node["kind"]:
            case "text":
                return _make_plain(text)
            case "evidence":
                return [_make_node("Superscript", _make_plain(text))]
            case "blank":
                style: list[Any] = ["", [], [["custom-style", "Blank"]]]
                return [_make_node("Span", [style, _make_plain(f"〔{text}〕")])]
            case "break":
                return [_make_node("LineBreak")]
            case "raw":
                return [_make_node("Code", [_NONE, text])]
            case "strong" | "em" as kind:
                name = "Strong" if kind == "strong" else "Emph"
                return [_make_node(name, self._write_line(list_children(node)))]
            case "chart":
                return self._write_chart(node["name"], _make_plain(text))
            case _:
                return []

    def _write_chart(self, name: str, caption: list[PandocNode]) -> list[PandocNode]:
        file = self.folder / f"{name}.png"
        if not file.is_file():
            return caption
        size: list[Any] = ["", [], [["width", "15.5cm"]]]
        data = base64.b64encode(file.read_bytes()).decode()
        return [
            _make_node("Image", [size, caption, [f"data:image/png;base64,{data}", ""]])
        ]


def _make_cell(content: list[PandocNode]) -> list[Any]:
    return [_NONE, _make_node("AlignDefault"), 1, 1, [_make_node("Plain", content)]]
