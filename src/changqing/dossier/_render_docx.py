"""A document as Word: the same tokens the PDF is set from, as pandoc's own tree.

Pandoc reads no Markdown of ours, so nothing in a copy can make it open a file or an
address.
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from changqing.dossier._document import CITED, Document
from changqing.dossier._reference_docx import packed, reference
from changqing.dossier._render_typst import CHART, SPAN, png, tokens_of
from changqing.errors import DocumentError, Issue
from changqing.text import Text

if TYPE_CHECKING:
    from markdown_it.token import Token

Node = dict[str, Any]
_API = [1, 23, 1]
_NONE: list[Any] = ["", [], []]
_SECONDS = 60


def docx(document: Document, *, case_name: str, digest: str, as_of: date) -> bytes:
    """The document as Word. Raises DocumentError when it cannot be made."""
    with tempfile.TemporaryDirectory(prefix="changqing-") as made:
        folder = Path(made)
        for name, svg in document.charts.items():
            (folder / f"{name}.png").write_bytes(png(svg, as_of=as_of))
        style = folder / "reference.docx"
        number = f"材料{document.number}　" if document.number else ""
        style.write_bytes(
            reference(
                _base(),
                left=case_name,
                middle=f"{number}{document.title}",
                right=f"案卷 {digest[:12]}",
                foot=f"情况截至{as_of.year}年{as_of.month}月{as_of.day}日",
            )
        )
        target = folder / "out.docx"
        noon = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)
        _pandoc(
            ["-f", "json", "-t", "docx", f"--reference-doc={style}", "-o", str(target)],
            json.dumps(_tree(document, case_name, folder)).encode(),
            epoch=int(noon.timestamp()),
        )
        return _without_clock(target.read_bytes())


def _without_clock(made: bytes) -> bytes:
    """The same file, its entries sorted and without the time of writing."""
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        names = sorted(
            archive.namelist(), key=lambda n: (n != "[Content_Types].xml", n)
        )
        return packed({name: archive.read(name) for name in names})


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


# ── Markdown to pandoc's tree ────────────────────────────────────────────────────────


def _tree(document: Document, case_name: str, folder: Path) -> Node:
    blocks: list[Node] = []
    signed = [_node("Para", _marked(line)) for line in _signature(case_name)]
    for section in document.sections:
        if document.signature and section.id == CITED:
            blocks += signed
        if section.title:
            blocks.append(_node("Header", [1, _NONE, _marked(section.title)]))
        blocks += _Reader(tokens_of(section.markdown), folder).read()
    if document.signature and all(one.id != CITED for one in document.sections):
        blocks += signed
    meta = {
        "title": _node("MetaInlines", _marked(document.title)),
        "author": _node("MetaInlines", _marked(case_name)),
        "lang": _node("MetaInlines", _marked("zh-CN")),
    }
    return {"pandoc-api-version": _API, "meta": meta, "blocks": blocks}


def _signature(case_name: str) -> tuple[str, ...]:
    return (
        "法定代表人（签字）：",
        f"公司（盖章）：{case_name}",
        "日期：　　　年　　月　　日",
    )


def _node(kind: str, content: object = None) -> Node:
    return {"t": kind} if content is None else {"t": kind, "c": content}


class _Reader:
    """Reads the tokens of one section into blocks."""

    def __init__(self, tokens: Sequence[Token], folder: Path) -> None:
        self._tokens = list(tokens)
        self._at = 0
        self._folder = folder

    def read(self, until: str = "") -> list[Node]:
        """Blocks up to the token that closes them."""
        blocks: list[Node] = []
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if token.type == until:
                break
            blocks += self._block(token)
        return blocks

    def _block(self, token: Token) -> list[Node]:
        match token.type:
            case "paragraph_open":
                kind = "Plain" if token.hidden else "Para"
                found = self._inline("paragraph_close")
                if len(found) == 1 and found[0]["t"] == "Image":
                    caption = [None, [_node("Plain", found[0]["c"][1])]]
                    return [_node("Figure", [_NONE, caption, [_node("Plain", found)]])]
                return [_node(kind, found)]
            case "heading_open":
                level = max(2, int(token.tag[1]) - 1)
                return [_node("Header", [level, _NONE, self._inline("heading_close")])]
            case "bullet_list_open":
                return [_node("BulletList", self._items("bullet_list_close"))]
            case "ordered_list_open":
                start = [
                    int(token.attrGet("start") or 1),
                    _node("Decimal"),
                    _node("Period"),
                ]
                return [
                    _node("OrderedList", [start, self._items("ordered_list_close")])
                ]
            case "blockquote_open":
                return [_node("BlockQuote", self.read("blockquote_close"))]
            case "table_open":
                return [self._table()]
            case "fence" | "code_block":
                return [_node("CodeBlock", [_NONE, token.content])]
            case "hr":
                return [_node("HorizontalRule")]
            case _:
                return []

    def _items(self, until: str) -> list[list[Node]]:
        items: list[list[Node]] = []
        while self._tokens[self._at].type != until:
            self._at += 1
            items.append(self.read("list_item_close"))
        self._at += 1
        return items

    def _inline(self, until: str) -> list[Node]:
        found: list[Node] = []
        while self._tokens[self._at].type != until:
            found += _inlines(self._tokens[self._at].children or (), self._folder)
            self._at += 1
        self._at += 1
        return found

    def _table(self) -> Node:
        rows: list[list[list[Node]]] = []
        while (token := self._tokens[self._at]).type != "table_close":
            self._at += 1
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                rows[-1].append(self._inline(f"{token.type[:2]}_close"))
        self._at += 1
        widths = _widths(rows)
        columns = [
            [_node("AlignDefault"), _node("ColWidth", width)] for width in widths
        ]
        head, *body = [[_NONE, [_cell(cell) for cell in row]] for row in rows]
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


def _cell(content: list[Node]) -> list[Any]:
    return [_NONE, _node("AlignDefault"), 1, 1, [_node("Plain", content)]]


def _widths(rows: Sequence[Sequence[Sequence[Node]]]) -> list[float]:
    """Shares of the line: by the widest cell, none too narrow and none too wide."""
    longest = [
        min(34.0, max(5.0, *(_length(row[place]) for row in rows)))
        for place in range(len(rows[0]))
    ]
    whole = sum(longest)
    return [round(width / whole, 4) for width in longest]


def _length(content: Sequence[Node]) -> float:
    text = "".join(
        re.findall(r'"c": "([^"]*)"', json.dumps(content, ensure_ascii=False))
    )
    return 1.5 + sum(1 if ord(char) > 0x2E7F else 0.55 for char in text)


def _inlines(children: Sequence[Token], folder: Path) -> list[Node]:
    stack: list[list[Node]] = [[]]
    text = ""

    def flush() -> None:
        nonlocal text
        stack[-1].extend(_marked(text))
        text = ""

    for token in children:
        if token.type == "text":
            text += token.content
            continue
        if token.type == "text_special":
            text += "\ue003" if token.content == "^" else token.content
            continue
        flush()
        match token.type:
            case "softbreak":
                stack[-1].append(_node("SoftBreak"))
            case "hardbreak":
                stack[-1].append(_node("LineBreak"))
            case "code_inline":
                stack[-1].append(_node("Code", [_NONE, token.content]))
            case "strong_open" | "em_open":
                stack.append([])
            case "strong_close" | "em_close":
                kind = "Strong" if token.type[0] == "s" else "Emph"
                inside = stack.pop()
                stack[-1].append(_node(kind, inside))
            case "image":
                stack[-1] += _image(token, folder)
            case _:
                pass
    flush()
    return stack[0]


def _image(token: Token, folder: Path) -> list[Node]:
    """A drawing of ours; any other picture is no more than its words."""
    source = str(token.attrGet("src") or "")
    said = _marked(token.content)
    if not source.startswith(CHART):
        return said
    file = folder / f"{re.sub(r'[^a-z_]', '', source.removeprefix(CHART))}.png"
    if not file.is_file():
        return said
    size: list[Any] = ["", [], [["width", "15.5cm"]]]
    data = base64.b64encode(file.read_bytes()).decode()
    return [_node("Image", [size, said, [f"data:image/png;base64,{data}", ""]])]


def _marked(text: str) -> list[Node]:
    """Text with its marks: evidence numbers raised, blanks shaded."""
    found: list[Node] = []
    end = 0
    for mark in SPAN.finditer(text):
        found += _plain(text[end : mark.start()])
        if mark[1] is not None:
            found.append(_node("Superscript", _plain(mark[1])))
        else:
            style: list[Any] = ["", [], [["custom-style", "Blank"]]]
            found.append(_node("Span", [style, _plain(f"〔{mark[2]}〕")]))
        end = mark.end()
    return found + _plain(text[end:])


def _plain(text: str) -> list[Node]:
    said = text.replace("\ue003", "^")
    return [_node("Str", said)] if said else []
