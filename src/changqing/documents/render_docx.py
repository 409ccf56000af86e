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
from typing import Any, Required, TypedDict

from changqing.documents.document import Document
from changqing.documents.reference_docx import (
    add_missing_styles,
    pack_docx,
    reference,
    write_contents,
)
from changqing.documents.render_typst import png
from changqing.documents.tree import (
    DocumentTree,
    Node,
    document_tree,
    list_children,
    plain_text,
    print_margins,
)
from changqing.errors import DocumentError, Issue
from changqing.text import Text

_API = [1, 23, 1]
_NONE: list[Any] = ["", [], []]
_SECONDS = 60


def count_pages(printed: bytes) -> int:
    """How many pages a PDF of ours has."""
    import pypdfium2

    opened = pypdfium2.PdfDocument(printed)
    try:
        return len(opened)
    finally:
        opened.close()


def docx(
    document: Document,
    *,
    case_name: str,
    digest: str,
    as_of: date,
    letterhead: bytes | None = None,
    contents: bool = False,
) -> bytes:
    """The document as Word. Raises DocumentError when it cannot be made.

    `letterhead` is the company's own template, with the head and foot of its pages;
    `contents` asks for a table of contents.
    """
    tree = document_tree(document, case_name=case_name, digest=digest, as_of=as_of)
    margins = print_margins(document, digest=digest, as_of=as_of)
    with tempfile.TemporaryDirectory(prefix="changqing-") as made:
        folder = Path(made)
        for name, svg in document.charts.items():
            (folder / f"{name}.png").write_bytes(png(svg, as_of=as_of))
        style = folder / "reference.docx"
        title = document.title
        style.write_bytes(
            reference(
                _base(),
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
        _pandoc(
            ["-f", "json", "-t", "docx", f"--reference-doc={style}", "-o", str(target)],
            _encode_tree(tree, folder, contents=contents),
            epoch=int(noon.timestamp()),
        )
        return _without_clock(target.read_bytes())


def _without_clock(made: bytes) -> bytes:
    """The same file, its entries sorted and without the time of writing."""
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        names = sorted(
            archive.namelist(), key=lambda n: (n != "[Content_Types].xml", n)
        )
        return pack_docx({name: archive.read(name) for name in names})


@cache
def _base() -> bytes:
    return _pandoc(["--print-default-data-file", "reference.docx"], b"", epoch=0)


def _pandoc(arguments: list[str], given: bytes, *, epoch: int) -> bytes:
    import pypandoc  # type: ignore[import-untyped]

    try:
        done = subprocess.run(  # noqa: S603 # the pandoc of the wheel, our own arguments
            [pypandoc.get_pandoc_path(), *arguments],
            input=given,
            capture_output=True,
            check=True,
            timeout=_SECONDS,
            env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)},
        )
    except (OSError, subprocess.SubprocessError) as problem:
        detail = getattr(problem, "stderr", b"") or b""
        said = detail.decode("utf-8", "replace").strip() or str(problem)
        raise DocumentError(
            Issue(
                text=Text(
                    f"Word文件做不出来（{said}）", f"no Word file was made ({said})"
                )
            )
        ) from problem
    return done.stdout


# ── the tree of a document to pandoc's ───────────────────────────────────────────────


class PandocNode(TypedDict, total=False):
    """A node of pandoc: its kind, and what is in it, as each kind has it."""

    t: Required[str]
    c: Any


def _encode_tree(tree: DocumentTree, folder: Path, *, contents: bool) -> bytes:
    """Encode a document as pandoc reads it."""
    writer = _DocxWriter(case_name=tree["case"], folder=folder)
    meta = {
        "title": _node("MetaInlines", _plain(tree["title"])),
        "author": _node("MetaInlines", _plain(tree["case"])),
        "lang": _node("MetaInlines", _plain("zh-CN")),
    }
    headings = [
        (node["id"], plain_text(node))
        for node in _number_headings(tree["blocks"])
        if node["level"] == 1
    ]
    blocks = writer.blocks(tree["blocks"])
    if contents and len(headings) > 2:
        blocks.insert(0, _node("RawBlock", ["openxml", write_contents(headings)]))
    return json.dumps(
        {"pandoc-api-version": _API, "meta": meta, "blocks": blocks}
    ).encode()


def _number_headings(nodes: Sequence[Node]) -> Sequence[Node]:
    """The headings, each with a bookmark of its own."""
    headings = [node for node in nodes if node["kind"] == "heading"]
    for number, node in enumerate(headings, start=1):
        node["id"] = f"s{number}"
    return headings


def _node(kind: str, content: object = None) -> PandocNode:
    return {"t": kind} if content is None else {"t": kind, "c": content}


def _plain(text: str) -> list[PandocNode]:
    return [_node("Str", text)] if text else []


@dataclass(frozen=True, slots=True, kw_only=True)
class _DocxWriter:
    """Writes a document as nodes of pandoc; drawings are read from `folder`."""

    case_name: str
    folder: Path

    def blocks(self, nodes: Iterable[Node]) -> list[PandocNode]:
        return [block for node in nodes for block in self._block(node)]

    def _block(self, node: Node) -> list[PandocNode]:
        inside = list_children(node)
        match node["kind"]:
            case "paragraph":
                return [self._paragraph(node)]
            case "heading":
                mark: list[Any] = [node.get("id", ""), [], []]
                return [_node("Header", [node["level"], mark, self._line(inside)])]
            case "list":
                return [_node("BulletList", self._items(inside))]
            case "ticks":
                return [_node("BulletList", self._ticks(inside))]
            case "enum":
                style = [node["start"], _node("Decimal"), _node("Period")]
                return [_node("OrderedList", [style, self._items(inside)])]
            case "quote":
                return [_node("BlockQuote", self.blocks(inside))]
            case "table":
                return [self._table(inside)]
            case "code":
                return [_node("CodeBlock", [_NONE, node["text"]])]
            case "rule":
                return [_node("HorizontalRule")]
            case "signature":
                return [
                    _node("Para", _plain(line))
                    for line in (
                        "法定代表人（签字）：",
                        f"公司（盖章）：{self.case_name}",
                        "日期：　　　年　　月　　日",
                    )
                ]
            case _:
                return []

    def _paragraph(self, node: Node) -> PandocNode:
        line = self._line(list_children(node))
        if len(line) == 1 and line[0]["t"] == "Image":
            caption = [None, [_node("Plain", line[0]["c"][1])]]
            return _node("Figure", [_NONE, caption, [_node("Plain", line)]])
        return _node("Plain" if node["tight"] else "Para", line)

    def _ticks(self, items: Iterable[Node]) -> list[list[PandocNode]]:
        """Items that Pandoc sets as boxes to tick: each begins with the sign of one."""
        found = self._items(items)
        for blocks in found:
            if blocks and isinstance(words := blocks[0]["c"], list):
                words[:0] = [_node("Str", "☐"), {"t": "Space"}]
        return found

    def _items(self, items: Iterable[Node]) -> list[list[PandocNode]]:
        return [self.blocks(list_children(item)) for item in items]

    def _table(self, rows: Sequence[Node]) -> PandocNode:
        cells = [
            [self._line(list_children(cell)) for cell in list_children(row)]
            for row in rows
        ]
        columns = [
            [_node("AlignDefault"), _node("ColWidth", width)] for width in _widths(rows)
        ]
        head, *body = [[_NONE, [_cell(cell) for cell in row]] for row in cells]
        return _node(
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

    def _line(self, nodes: Iterable[Node]) -> list[PandocNode]:
        return [inline for node in nodes for inline in self._inline(node)]

    def _inline(self, node: Node) -> list[PandocNode]:
        text = node.get("text", "")
        match node["kind"]:
            case "text":
                return _plain(text)
            case "evidence":
                return [_node("Superscript", _plain(text))]
            case "blank":
                style: list[Any] = ["", [], [["custom-style", "Blank"]]]
                return [_node("Span", [style, _plain(f"〔{text}〕")])]
            case "break":
                return [_node("LineBreak")]
            case "raw":
                return [_node("Code", [_NONE, text])]
            case "strong" | "em" as kind:
                name = "Strong" if kind == "strong" else "Emph"
                return [_node(name, self._line(list_children(node)))]
            case "chart":
                return self._chart(node["name"], _plain(text))
            case _:
                return []

    def _chart(self, name: str, caption: list[PandocNode]) -> list[PandocNode]:
        file = self.folder / f"{name}.png"
        if not file.is_file():
            return caption
        size: list[Any] = ["", [], [["width", "15.5cm"]]]
        data = base64.b64encode(file.read_bytes()).decode()
        return [_node("Image", [size, caption, [f"data:image/png;base64,{data}", ""]])]


def _cell(content: list[PandocNode]) -> list[Any]:
    return [_NONE, _node("AlignDefault"), 1, 1, [_node("Plain", content)]]


def _widths(rows: Sequence[Node]) -> list[float]:
    """Shares of the line: by the widest cell, none too narrow and none too wide."""
    texts = [[plain_text(cell) for cell in list_children(row)] for row in rows]
    longest = [
        min(34.0, max(5.0, *(1.5 + _length(row[place]) for row in texts)))
        for place in range(len(texts[0]))
    ]
    whole = sum(longest)
    return [round(width / whole, 4) for width in longest]


def _length(text: str) -> float:
    return sum(1 if ord(char) > 0x2E7F else 0.55 for char in text)
