"""A document as a tree of plain values: what every writer of files reads.

Markdown ends here. A node is a mapping with its `kind`; text stands in `text`, what is
inside stands in `children`. No writer is ever given markup of its own language, so
nothing that a person, a page or a registry says can become code, a path or an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final, Required, TypedDict

from changqing.documents.document import BLANK_HEADS, CITED, Document, DocumentEdition

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


class Node(TypedDict, total=False):
    """A part of a document; which fields it has beside its kind depends on that."""

    kind: Required[str]
    children: list[Node]
    text: str
    level: int  # of a heading
    tight: bool  # of a paragraph
    start: int  # of a numbered list
    columns: list[int]  # of a table
    small: bool  # of a table that only who checks reads
    name: str  # of a chart
    id: str  # of a heading, where something leads to it


class Margins(TypedDict):
    """What the head and the foot of each page print at the side."""

    mark: str
    day: str


class DocumentTree(Margins):
    """A whole document; `contents`: whether it begins with a list of its sections."""

    title: str
    number: str
    case: str
    contents: bool
    blocks: list[Node]


SPAN: Final = re.compile(rf"\^([^^\s]+)\^|〔((?:{BLANK_HEADS})：[^〕]{{0,500}})〕")
"""The marks inside text: the number of a piece of evidence, and a blank."""
CHART: Final = "chart:"
_HELD: Final = {"^": "\ue003", "〔": "\ue004"}  # as written escaped: no mark


def build_document_tree(
    document: Document, *, case_name: str, digest: str, as_of: date
) -> DocumentTree:
    """Read a whole document into one tree, with what its head and foot print."""
    titled = sum(bool(section.title) for section in document.sections)
    return {
        "title": document.title,
        "number": document.number or "",
        "case": case_name,
        **print_margins(document, digest=digest, as_of=as_of),
        "contents": titled > 2,
        "blocks": list(list_document_blocks(document)),
    }


def print_margins(document: Document, *, digest: str, as_of: date) -> Margins:
    """Print what stands at the right of the head and at the left of the foot.

    The copy to hand in has nothing there: the case and the day are ours.
    """
    if document.edition is DocumentEdition.CLEAN:
        return {"mark": "", "day": ""}
    return {
        "mark": f"批注件　项目 {digest[:12]}",
        "day": f"情况截至{as_of.year}年{as_of.month}月{as_of.day}日",
    }


def parse_markdown(markdown: str) -> Sequence[Token]:
    """Read Markdown as every writer reads it: with tables, without HTML."""
    return _make_reader().parse(markdown)


@cache
def _make_reader() -> MarkdownIt:
    """Make the reader once: to make it takes longer than to read a section."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    return reader.disable("text_join")


def read_blocks(markdown: str) -> list[Node]:
    """Read Markdown as the nodes of a document."""
    return _TokenReader(parse_markdown(markdown)).read()


def list_document_blocks(document: Document) -> Iterable[Node]:
    """List the nodes of a whole document in their order, headings and signature too."""
    signature: Node = {"kind": "signature"}
    is_cited = any(section.id == CITED for section in document.sections)
    for section in document.sections:
        if document.signature and section.id == CITED:
            yield signature
        if section.title:
            title = split_marks(section.title)
            yield {"kind": "heading", "level": 1, "children": title}
        blocks = read_blocks(section.markdown)
        if section.id == CITED:
            blocks = [_set_small(block) for block in blocks]
        yield from blocks
    if document.signature and not is_cited:
        yield signature


def _set_small(block: Node) -> Node:
    return {**block, "small": True} if block["kind"] == "table" else block


class _TokenReader:
    """Reads the tokens of one section; the innermost open block is last."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._open: list[Node] = [{"kind": "section", "children": []}]

    def read(self) -> list[Node]:
        for token in self._tokens:
            if token.nesting > 0:
                self._open.append(_make_block(token))
            elif token.nesting < 0:
                closed = self._open.pop()
                finish = _FINISHED.get(closed["kind"])
                self._add_node(closed if finish is None else finish(closed))
            elif token.type == "inline":
                for node in _build_inline(token.children or ()):
                    self._add_node(node)
            elif token.type == "hr":
                self._add_node({"kind": "rule"})
            elif token.content:  # a block of code, or HTML, which is text here
                self._add_node({"kind": "code", "text": token.content})
        return list_children(self._open[0])

    def _add_node(self, node: Node) -> None:
        list_children(self._open[-1]).append(node)


def _make_block(token: Token) -> Node:
    """A node for what a token opens, still empty."""
    kind = token.type.removesuffix("_open")
    node: Node = {"kind": _BLOCKS.get(kind, kind), "children": []}
    if kind == "heading":
        node["level"] = max(2, int(token.tag[1]) - 1)
    elif kind == "paragraph":
        node["tight"] = token.hidden
    elif kind == "ordered_list":
        node["start"] = int(token.attrGet("start") or 1)
    return node


TICK: Final = "□ "
"""How an item begins that somebody ticks off on paper."""

_BLOCKS: Final = {
    "bullet_list": "list",
    "ordered_list": "enum",
    "list_item": "item",
    "blockquote": "quote",
    "thead": "rows",
    "tbody": "rows",
    "tr": "row",
    "th": "cell",
    "td": "cell",
}


def _measure_table(table: Node) -> Node:
    """Return a table with its rows, the first its head, and widths of columns."""
    rows = [row for part in list_children(table) for row in list_children(part)]
    columns = _share_columns(_measure_columns(rows))
    return {"kind": "table", "columns": columns, "children": rows}


def _measure_columns(rows: Sequence[Node]) -> list[int]:
    """Measure for each column how wide its widest cell would like to be."""
    width = max((len(list_children(row)) for row in rows), default=0)
    return [
        max(
            _measure_cell(list_children(row)[n])
            for row in rows
            if n < len(list_children(row))
        )
        for n in range(width)
    ]


def share_line(rows: Sequence[Node]) -> list[float]:
    """Share the line of a table in Word, which sets no column by its words alone.

    A short column gets its words on one line, a day or a share is never broken; the
    long ones share the rest as on a page of PDF.
    """
    widths = _measure_columns(rows)
    shares = _share_columns(widths)
    fixed = [
        0.0 if share else (width + _PADDING + _SLACK) / _LINE_IN_WORD
        for width, share in zip(widths, shares, strict=True)
    ]
    remaining, whole = 1 - sum(fixed), sum(shares)
    if all(shares) or remaining < _LEAST / _LINE_IN_WORD:
        return _share_alike(widths)
    return [
        round(own or remaining * share / whole, 4)
        for own, share in zip(fixed, shares, strict=True)
    ]


def _share_alike(widths: Sequence[int]) -> list[float]:
    """Share the line by what each column wants, beside what its edges take."""
    shares = [min(width, 34) + 2 * _PADDING for width in widths]
    return [round(share / sum(shares), 4) for share in shares]


def _find_ticks(listed: Node) -> Node:
    """Return a list of boxes to tick as what it is, where each item begins with one."""
    firsts = [_find_first_words(item) for item in list_children(listed)]
    if not all(first and first["text"].startswith(TICK) for first in firsts):
        return listed
    for first in filter(None, firsts):
        first["text"] = first["text"].removeprefix(TICK)
    return {**listed, "kind": "ticks"}


def _find_first_words(node: Node) -> Node | None:
    while "text" not in node:
        inside = list_children(node)
        if not inside:
            return None
        node = inside[0]
    return node


_FINISHED: Final = {"table": _measure_table, "list": _find_ticks}


_LINE: Final = 47  # characters of a table across the page
_PADDING: Final = 1.3  # characters that the lines of a column take beside its words
_SHORT: Final = 14  # characters: a column of so many takes what it needs
_LEAST: Final = 10  # characters that a longer column has at least
_LINE_IN_WORD: Final = 43  # characters of a table across the page, in its larger type
_SLACK: Final = 0.5  # characters by which fonts of others are wider


def _share_columns(widths: Sequence[int]) -> list[int]:
    """Share the width; 0 takes what it needs, and the long ones share the rest.

    Each long one first gets what a name takes: the name of a company is not set three
    characters a line beside two long sentences.
    """
    widest = sum(widths)
    shares = [0 if w <= _SHORT and widest > w else min(w, 60) for w in widths]
    if not any(shares):
        return [max(width, 3) for width in widths]
    fixed_width = sum(
        w + _PADDING for w, share in zip(widths, shares, strict=True) if not share
    )
    remaining = _LINE - fixed_width - _LEAST * sum(map(bool, shares))
    whole = sum(shares)
    return [
        share and round(_LEAST * whole + max(0, remaining) * share) for share in shares
    ]


def _measure_cell(cell: Node) -> int:
    """Measure how wide a cell would like to be, counted in characters of Chinese."""
    return max(
        2, round(sum(1 if ord(c) > 0x2E7F else 0.55 for c in extract_plain_text(cell)))
    )


def extract_plain_text(node: Node) -> str:
    """Extract the words of a node and of all inside it, without numbers of evidence."""
    if node["kind"] == "evidence":
        return ""
    inside = "".join(extract_plain_text(child) for child in list_children(node))
    return str(node.get("text", "")) + inside


def list_children(node: Node) -> list[Node]:
    """List what is inside a node, in order; nothing for words and marks."""
    return node.get("children", [])


# ── inside a line ────────────────────────────────────────────────────────────────────


def _build_inline(tokens: Iterable[Token]) -> list[Node]:
    opened: list[list[Node]] = [[]]
    text = ""

    def add_text() -> None:
        nonlocal text
        opened[-1] += split_marks(text)
        text = ""

    for token in tokens:
        if token.type == "text":
            text += token.content
            continue
        if token.type == "text_special":
            text += _HELD.get(token.content, token.content)
            continue
        add_text()
        match token.type:
            case "softbreak":
                opened[-1].append({"kind": "text", "text": " "})
            case "hardbreak":
                opened[-1].append({"kind": "break"})
            case "code_inline":
                opened[-1].append({"kind": "raw", "text": token.content})
            case "strong_open" | "em_open":
                opened.append([])
            case "strong_close" | "em_close":
                kind = token.type.removesuffix("_close")
                opened[-2].append({"kind": kind, "children": opened.pop()})
            case "image":
                opened[-1].append(_build_image(token))
            case _:
                pass
    add_text()
    return opened[0]


def _build_image(token: Token) -> Node:
    """Build a drawing of ours by its name; any other picture is its words."""
    source = str(token.attrGet("src") or "")
    if not source.startswith(CHART):
        return {"kind": "text", "text": token.content}
    name = re.sub(r"[^a-z_]", "", source.removeprefix(CHART))
    return {"kind": "chart", "name": name, "text": token.content}


def split_marks(text: str) -> list[Node]:
    """Split text into words, numbers of evidence and blanks."""
    nodes: list[Node] = []
    end = 0
    for match in SPAN.finditer(text):
        nodes.append({"kind": "text", "text": text[end : match.start()]})
        kind = "evidence" if match[1] is not None else "blank"
        nodes.append({"kind": kind, "text": match[1] or match[2]})
        end = match.end()
    nodes.append({"kind": "text", "text": text[end:]})
    for sign, placeholder in _HELD.items():
        for node in nodes:
            node["text"] = node["text"].replace(placeholder, sign)
    return [node for node in nodes if node["text"]]
