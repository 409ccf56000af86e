"""The company's own paragraphs in a document: plain text, safe whatever was typed.

It may have headings, lists, tables and bold, and nothing else: no template, address or
picture. A heading of its own is one below those of the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from changqing.case.model import OwnText
from changqing.documents.document import BLANK, Blank, DocumentEdition, Section
from changqing.documents.markup import escape
from changqing.documents.tree import TICK, Node, list_children, read_blocks

OPENING: Final = "开头"
"""Under which a case keeps own text for what stands before the first heading."""
OWN_MARK: Final = "公司自写"
_BOLD: Final = re.compile(r"\*\*([^\w*\n]{0,3})([^*\n]{0,500}?)([^\w*\n]{0,3})\*\*")
_LINE_MARK: Final = re.compile(r"^(?:(\d+)([.)])|([-+=]))", re.MULTILINE)


def format_own_text(words: str) -> str:
    """Write own text as Markdown that the documents can hold, the same each time."""
    return _write_blocks(_read_own_text(words)).strip() + "\n"


def add_own_text(
    texts: Mapping[str, OwnText],
    sections: Sequence[Section],
    blanks: Sequence[Blank],
    *,
    document: str,
    edition: DocumentEdition,
) -> tuple[tuple[Section, ...], tuple[Blank, ...]]:
    """Put own text into the sections it was written for; what is left follows them.

    A section that has another name by now loses none of it: its text then stands in a
    section of its own at the end.
    """
    mark = "" if edition is DocumentEdition.CLEAN else f"^{OWN_MARK}^\n\n"
    unplaced = dict(texts)
    added: list[Section] = []
    blanks_left: list[Blank] = []
    for section in sections:
        own = unplaced.pop(section.title or OPENING, None)
        mine = [blank for blank in blanks if blank.section == section.id]
        if own is None:
            added.append(section)
            blanks_left += mine
            continue
        body = f"{mark}{format_own_text(own.words)}"
        whole = body if own.instead else f"{section.markdown}\n{body}"
        statements = () if own.instead else section.statements
        added.append(replace(section, markdown=whole, statements=statements, own=own))
        blanks_left += [] if own.instead else mine
        blanks_left += _find_blanks(body, document, section.id)
    for number, (title, own) in enumerate(unplaced.items(), start=len(sections) + 1):
        body = f"{mark}{format_own_text(own.words)}"
        place = str(number)
        added.append(
            Section(
                id=place,
                title=" ".join(escape(title).split()),
                markdown=body,
                statements=(),
                own=replace(own, instead=True),
            )
        )
        blanks_left += _find_blanks(body, document, place)
    return tuple(added), tuple(blanks_left)


def _find_blanks(markdown: str, document: str, section: str) -> Iterable[Blank]:
    """What the company itself left to be filled in."""
    return [
        Blank(supply=supply, document=document, section=section)
        for _, supply in BLANK.findall(markdown)
    ]


def _read_own_text(words: str) -> list[Node]:
    """Read own text; a line that was begun anew is one, as whoever typed it sees it."""
    lines = [line.rstrip() for line in words.expandtabs(4).splitlines()]
    text = _BOLD.sub(_mark_bold, "\n".join(lines))
    return read_blocks(re.sub(r"(?<=[^\s\\])\n(?=\S)", "  \n", text))


def _mark_bold(match: re.Match[str]) -> str:
    """Leave out of bold the mark it ends with: after one, two asterisks end nothing."""
    before, bold, after = match.groups()
    return f"{before}**{bold}**{after}" if bold else f"{before}{after}"


def _write_blocks(nodes: Iterable[Node]) -> str:
    return "\n\n".join(text for node in nodes if (text := _write_block(node)))


def _write_block(node: Node) -> str:
    inside = list_children(node)
    match node["kind"]:
        case "heading":
            level = "#" * min(int(node["level"]) + 1, 5)
            return f"{level} {_write_line(inside)}"
        case "paragraph":
            return _write_line(inside)
        case "list":
            return "\n".join(_write_item("- ", item) for item in inside)
        case "ticks":
            return "\n".join(_write_item(f"- {TICK}", item) for item in inside)
        case "enum":
            start = int(node["start"])
            return "\n".join(
                _write_item(f"{number}. ", item)
                for number, item in enumerate(inside, start=start)
            )
        case "quote":
            lines = _write_blocks(inside).splitlines()
            return "\n".join(f"> {line}".rstrip() for line in lines)
        case "table":
            return _write_table(inside)
        case "code":
            lines = str(node["text"]).splitlines()
            return "\\\n".join(
                _guard_line(escape(line)) for line in lines if line.strip()
            )
        case _:
            return ""


def _write_item(mark: str, item: Node) -> str:
    lines = _write_blocks(list_children(item)).splitlines() or [""]
    indent = " " * len(mark)
    further_lines = [f"{indent}{line}".rstrip() for line in lines[1:]]
    return "\n".join([f"{mark}{lines[0]}", *further_lines])


def _write_table(rows: Sequence[Node]) -> str:
    cells = [
        [_write_line(list_children(c)) for c in list_children(row)] for row in rows
    ]
    width = max(map(len, cells), default=0)
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in cells]
    return "\n".join([lines[0], "|" + "---|" * width, *lines[1:]])


def _write_line(nodes: Iterable[Node]) -> str:
    return _guard_line("".join(map(_write_inline, nodes)).strip())


def _guard_line(line: str) -> str:
    """Keep a line that begins as lists do from becoming one."""
    return _LINE_MARK.sub(lambda m: f"\\{m[3]}" if m[3] else f"{m[1]}\\{m[2]}", line)


def _write_inline(node: Node) -> str:
    text = str(node.get("text", ""))
    match node["kind"]:
        case "blank":
            return f"〔{text}〕"
        case "evidence":
            return escape(f"^{text}^")
        case "break":
            return "\\\n"
        case "strong":
            inner = "".join(map(_write_inline, list_children(node)))
            return f"**{inner.strip()}**" if inner.strip() else inner
        case "em":
            return "".join(map(_write_inline, list_children(node)))
        case _:
            before = " " if text[:1].isspace() else ""
            after = " " if text[-1:].isspace() and text.strip() else ""
            return f"{before}{escape(text)}{after}"
