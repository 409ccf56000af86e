"""A document as PDF: its Markdown as Typst, set with the fonts of a wheel.

Text stays selectable, fonts are embedded, days come from the case: same document, same
bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from changqing.dossier._document import CITED, Document
from changqing.errors import DocumentError, Issue
from changqing.text import Text

if TYPE_CHECKING:
    from markdown_it.token import Token

SPAN = re.compile(r"\^([^^\s]+)\^|〔((?:待补|须核对|请选定)：[^〕]*)〕")
CHART = "chart:"


def typst_source(
    document: Document, *, case_name: str, digest: str, as_of: date
) -> str:
    """The whole document as Typst."""
    setting = {
        "title": document.title,
        "number": document.number or "",
        "case": case_name,
        "digest": digest[:12],
        "day": f"{as_of.year}年{as_of.month}月{as_of.day}日",
        "contents": sum(bool(section.title) for section in document.sections) > 2,
    }
    head = "".join(f"#let {k} = {_value(v)}\n" for k, v in setting.items())
    parts = [head, _PAGE]
    for section in document.sections:
        if document.signature and section.id == CITED:
            parts.append(_SIGNED)
        if section.title:
            parts.append(f"#heading(level: 1)[{_inline_text(section.title)}]\n\n")
        parts.append(_blocks(section.markdown))
    if document.signature and all(one.id != CITED for one in document.sections):
        parts.append(_SIGNED)
    return "".join(parts)


def pdf(document: Document, *, case_name: str, digest: str, as_of: date) -> bytes:
    """The document as PDF. Raises DocumentError when it cannot be set."""
    source = typst_source(document, case_name=case_name, digest=digest, as_of=as_of)
    files = {
        "main.typ": source.encode(),
        **{f"{name}.svg": svg.encode() for name, svg in document.charts.items()},
    }
    return _compiled(files, "pdf", document.title, as_of)


def png(svg: str, *, as_of: date) -> bytes:
    """A drawing as a picture, for a reader that cannot draw SVG."""
    source = (
        "#set page(width: auto, height: auto, margin: 0pt)\n"
        '#image("chart.svg", width: 640pt)\n'
    )
    files = {"main.typ": source.encode(), "chart.svg": svg.encode()}
    return _compiled(files, "png", "chart", as_of)


def _compiled(files: dict[str, bytes], kind: str, title: str, as_of: date) -> bytes:
    import typst

    midnight = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)
    try:
        made = typst.compile(
            files,  # type: ignore[call-overload]  # the stub forgets files by name
            format=kind,
            ppi=160,
            font_paths=_fonts(),
            timestamp=int(midnight.timestamp()),
        )
    except typst.TypstError as problem:
        raise DocumentError(
            Issue(
                text=Text(
                    f"《{title}》排不出来（{problem}）",
                    f"{title} cannot be set ({problem})",
                )
            )
        ) from problem
    return made if isinstance(made, bytes) else made[0]


@cache
def _fonts() -> Any:
    """The faces of the wheel, and no other: the same on every machine."""
    import pylopdf_fonts_zh_cn
    import typst

    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(Path(pylopdf_fonts_zh_cn.__file__).parent)],
    )


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(str(value), ensure_ascii=False)


# ── Markdown to Typst ────────────────────────────────────────────────────────────────


def tokens_of(markdown: str) -> Sequence[Token]:
    """Markdown as both writers read it: tables, no HTML."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    return reader.disable("text_join").parse(markdown)


_OPENING: dict[str, str] = {
    "bullet_list_open": "#list(tight: true",
    "ordered_list_open": "#enum(tight: true",
}


def _blocks(markdown: str) -> str:
    return _Writer(tokens_of(markdown)).write()


class _Writer:
    """Walks the tokens of one section."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._out: list[str] = []
        self._cells: list[str] = []
        self._columns: list[int] = []

    def write(self) -> str:
        for token in self._tokens:
            self._take(token)
        return "".join(self._out)

    def _take(self, token: Token) -> None:
        match token.type:
            case "paragraph_close":
                self._out.append("\n\n")
            case "heading_open":
                self._out.append(f"#heading(level: {max(2, int(token.tag[1]) - 1)})[")
            case "heading_close" | "list_item_close":
                self._out.append("]" if token.type[0] == "l" else "]\n\n")
            case "bullet_list_open" | "ordered_list_open":
                self._out.append(_OPENING[token.type])
            case "bullet_list_close" | "ordered_list_close":
                self._out.append(")\n\n")
            case "list_item_open":
                self._out.append(", [")
            case "blockquote_open":
                self._out.append("#quote(block: true)[")
            case "blockquote_close":
                self._out.append("]\n\n")
            case "fence" | "code_block" | "html_block":
                self._out.append(f"#raw({_value(token.content)}, block: true)\n\n")
            case "hr":
                self._out.append("#line(length: 100%, stroke: 0.5pt)\n\n")
            case "table_open":
                self._cells, self._columns = [], []
            case "th_open" | "td_open":
                self._out.append("\ue002")
            case "th_close" | "td_close":
                self._cell(head=token.type[1] == "h")
            case "table_close":
                self._out.append(self._table())
            case "inline":
                self._out.append(_inline(token.children or ()))
            case _:
                pass

    def _cell(self, *, head: bool) -> None:
        start = len(self._out) - 1 - self._out[::-1].index("\ue002")
        content = "".join(self._out[start + 1 :])
        del self._out[start:]
        self._cells.append(f"[#strong[{content}]]" if head else f"[{content}]")
        if head:
            self._columns.append(_width(content))
        else:
            place = (len(self._cells) - 1) % len(self._columns)
            self._columns[place] = max(self._columns[place], _width(content))

    def _table(self) -> str:
        count = len(self._columns)
        widest = sum(self._columns)
        # Short columns take what they need; the long ones share what is left.
        columns = ", ".join(
            "auto" if width <= 14 and widest > width else f"{min(width, 60)}fr"
            for width in self._columns
        )
        if "fr" not in columns:
            columns = ", ".join(f"{max(width, 3)}fr" for width in self._columns)
        head = ", ".join(self._cells[:count])
        body = ",\n  ".join(self._cells[count:])
        return (
            f"#table(\n  columns: ({columns},),\n  table.header({head}),\n"
            f"  {body}\n)\n\n"
        )


def _width(content: str) -> int:
    """How wide a cell would like to be, counted in characters of Chinese."""
    plain = re.sub(r"#super\[[^\]]*\]|#\w+\[|\\", "", content)
    return max(2, round(sum(1 if ord(c) > 0x2E7F else 0.55 for c in plain)))


_WRAPS: dict[str, tuple[str, str]] = {
    "strong_open": ("#strong[", "]"),
    "em_open": ("#emph[", "]"),
}


def _inline(children: Sequence[Token]) -> str:
    out: list[str] = []
    text = ""
    for token in children:
        if token.type == "text":
            text += token.content
            continue
        if token.type == "text_special":
            # What was escaped is never a mark of ours.
            text += token.content if token.content not in "^" else "\ue003"
            continue
        out.append(_inline_text(text))
        text = ""
        match token.type:
            case "softbreak":
                out.append("\n")
            case "hardbreak":
                out.append(" \\\n")
            case "code_inline":
                out.append(f"#raw({_value(token.content)})")
            case "strong_open" | "em_open":
                out.append(_WRAPS[token.type][0])
            case "strong_close" | "em_close":
                out.append("]")
            case "image":
                out.append(_image(token))
            case _:
                pass
    out.append(_inline_text(text))
    return "".join(out)


def _image(token: Token) -> str:
    source = str(token.attrGet("src") or "")
    if not source.startswith(CHART):
        return _literal(token.content)
    name = re.sub(r"[^a-z_]", "", source.removeprefix(CHART))
    caption = _literal(token.content)
    return f'#figure(image("{name}.svg", width: 100%), caption: [{caption}])'


def _inline_text(text: str) -> str:
    """Text with its marks: evidence numbers raised, blanks framed."""
    out: list[str] = []
    end = 0
    for found in SPAN.finditer(text):
        out.append(_literal(text[end : found.start()]))
        if found[1] is not None:
            out.append(f"#super[{_literal(found[1])}]")
        else:
            out.append(f"#blank[{_literal(found[2])}]")
        end = found.end()
    out.append(_literal(text[end:]))
    return "".join(out)


def _literal(text: str) -> str:
    escape: Callable[[re.Match[str]], str] = lambda found: "\\" + found[0]  # noqa: E731
    escaped = re.sub(r"[\\#$*_`<>@\[\]~\"'/=+\-^]", escape, text)
    return escaped.replace("\ue003", "\\^")


_PAGE = """
#set document(title: title, author: case, date: none)
#set text(font: "Noto Serif SC", size: 10.5pt, lang: "zh", region: "cn",
  cjk-latin-spacing: none)
#set page(
  paper: "a4",
  margin: (top: 28mm, bottom: 24mm, x: 25mm),
  header: context [
    #set text(font: "Noto Sans SC", size: 8pt, fill: luma(90))
    #case #h(1fr) #if number != "" [材料#number　]#title #h(1fr) 案卷 #digest
    #v(-6pt) #line(length: 100%, stroke: 0.4pt + luma(160))
  ],
  footer: context [
    #set text(font: "Noto Sans SC", size: 8pt, fill: luma(90))
    情况截至#day #h(1fr)
    第#counter(page).display()页，共#counter(page).final().first()页
  ],
)
#set par(justify: false, leading: 0.85em, spacing: 1.1em)
#set heading(numbering: none)
#show heading: set text(font: "Noto Sans SC", weight: "regular")
#show heading.where(level: 1): it => block(above: 1.6em, below: 0.9em, sticky: true)[
  #set text(size: 13pt)
  #it.body
]
#show heading.where(level: 2): it => block(above: 1.2em, below: 0.7em, sticky: true)[
  #set text(size: 11pt)
  #it.body
]
#show strong: set text(font: "Noto Sans SC", weight: "regular")
#show raw: set text(font: "Noto Sans SC", size: 9.5pt)
#set super(typographic: false, size: 0.66em, baseline: -0.42em)
#show super: set text(font: "Noto Sans SC", fill: rgb("#2f6b4f"))
#set table(stroke: 0.5pt + luma(130), inset: (x: 6pt, y: 5.5pt), align: left + horizon)
#show table: set text(size: 9.5pt)
#show table: set par(justify: false, leading: 0.6em)
#show figure: set block(breakable: false)
#show figure.caption: set text(font: "Noto Sans SC", size: 9pt)
#set figure(numbering: none)
#let blank(body) = highlight(fill: rgb("#fdf0c8"), extent: 1pt)[〔#body〕]

#align(center)[
  #v(4mm)
  #text(font: "Noto Sans SC", size: 20pt)[#title]
  #v(1mm)
  #text(size: 10.5pt, fill: luma(80))[#case]
  #v(4mm)
]

#if contents {
  show outline.entry: set text(size: 9.5pt)
  outline(title: none, depth: 1, indent: 0pt)
  v(4mm)
}

"""

_SIGNED = """
#v(14mm)
#block(breakable: false, width: 100%)[
  #grid(columns: (1fr, 1fr), row-gutter: 12mm,
    [法定代表人（签字）：], [公司（盖章）：#case],
    [], [日期：　　　年　　月　　日])
]
"""
