"""A Word file of the company as a document: its text, and where it says our facts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from changqing.documents.document import BLANK_HEADS, DocumentStatement, Section
from changqing.documents.markup import CLOSE, OPEN, escape
from changqing.documents.word_read import WordBlock

_SIGNS: Final = ("法定代表人（签字）", "公司（盖章）", "日期：　")
_BLANK: Final = re.compile(rf"〔((?:{BLANK_HEADS})：[^〕]{{0,500}})〕")
_LINE_MARK: Final = re.compile(r"^(?:(\d+)([.)])|([-+=]))")
_CHART: Final = re.compile(r"!\[([^\]]*)\]\(chart:([a-z_]+)\)")
_SHORTEST: Final = 2  # characters of a fact that is looked for in a text


def drop_frame(
    blocks: Sequence[WordBlock],
    *,
    title: str,
    signature: bool,
    captions: Collection[str] = (),
) -> Iterator[WordBlock]:
    """Leave out what each document has around its text, and the program writes itself.

    That is its title with the company below it, the captions of our drawings, and with
    `signature` the lines to sign on.
    """
    has_begun = False
    for block in blocks:
        words = block.text.strip()
        has_begun = has_begun or not (block.kind == "title" or words == title)
        is_sign = signature and words.startswith(_SIGNS)
        is_caption = block.kind == "caption" and words in captions
        if has_begun and not is_sign and not is_caption:
            yield block


def write_word_markdown(
    blocks: Sequence[WordBlock],
    *,
    title: str,
    signature: bool,
    charts: Mapping[str, str],
) -> str:
    """Write blocks as the Markdown of a document.

    `charts` are our drawings by their words; see `drop_frame` for the rest.
    """
    parts: list[str] = []
    body = drop_frame(blocks, title=title, signature=signature, captions=charts)
    for kind, group in groupby(body, key=lambda b: (b.kind, b.table)):
        inside = list(group)
        match kind[0]:
            case "row":
                parts.append(_write_table(inside))
            case "item":
                parts.append("\n".join(f"- {_write_block(block)}" for block in inside))
            case "number":
                parts.append(
                    "\n".join(
                        f"{n}. {_write_block(item)}" for n, item in enumerate(inside, 1)
                    )
                )
            case _:
                parts += _write_apart(inside, charts)
    return "\n\n".join(part for part in parts if part) + "\n"


def list_charts(sections: Iterable[Section]) -> Mapping[str, str]:
    """List our drawings in a document by their words, each with its name."""
    whole = "\n".join(section.markdown for section in sections)
    return dict(_CHART.findall(whole))


def _write_apart(
    blocks: Iterable[WordBlock], charts: Mapping[str, str]
) -> Iterator[str]:
    for block in blocks:
        for words in block.pictures:
            if words in charts:
                yield f"![{escape(words)}](chart:{charts[words]})"
        if block.kind == "heading":
            mark = "#" * min(block.level + 1, 5)
            yield f"{mark} {escape(block.text)}"
        elif block.text.strip():
            yield _write_block(block)


def _write_block(block: WordBlock) -> str:
    line = _write_cell(block.cells[0])
    return _LINE_MARK.sub(lambda m: f"\\{m[3]}" if m[3] else f"{m[1]}\\{m[2]}", line)


def _write_table(rows: Sequence[WordBlock]) -> str:
    cells = [[_write_cell(cell) for cell in row.cells] for row in rows]
    width = max(map(len, cells))
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in cells]
    return "\n".join([lines[0], "|" + "---|" * width, *lines[1:]])


def _write_cell(runs: Iterable[tuple[str, bool]]) -> str:
    text = "".join(_write_run(part, bold=bold) for part, bold in runs)
    return " ".join(text.split())


def _write_run(text: str, *, bold: bool) -> str:
    """One run; a blank that was left in it stays one."""
    pieces = [
        f"〔{escape(part)}〕" if at % 2 else _keep_spaces(part)
        for at, part in enumerate(_BLANK.split(text))
    ]
    run_text = "".join(pieces)
    # Two asterisks end nothing after a mark of Chinese: bold is kept where it can be.
    plain = run_text.strip()
    if bold and plain and plain[:1].isalnum() and plain[-1:].isalnum():
        return run_text.replace(plain, f"**{plain}**", 1)
    return run_text


def _keep_spaces(text: str) -> str:
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and text.strip() else ""
    return f"{before}{escape(text)}{after}"


def mark_statements(
    markdown: str, statements: Sequence[DocumentStatement], *, numbered: bool
) -> str:
    """Put the places of our facts into a text that says them, in their order.

    Where it is `numbered`, each has its number of evidence after it.
    """
    places: list[tuple[int, int, int]] = []
    cursor = 0
    for number, statement in enumerate(statements):
        words = escape(statement.text)
        if len(words) < _SHORTEST:
            continue
        at = markdown.find(words, cursor)
        if at < 0:
            at = markdown.find(words)
        if at < 0:
            continue
        cursor = at + len(words)
        if not any(at < end and start < cursor for start, end, _ in places):
            places.append((at, cursor, number))
    for start, end, number in sorted(places, reverse=True):
        mark = statements[number].evidence or "自述"
        after = f"^{mark}^" if numbered else ""
        markdown = (
            f"{markdown[:start]}{OPEN}s{number}{CLOSE}{markdown[start:end]}"
            f"{OPEN}t{number}{CLOSE}{after}{markdown[end:]}"
        )
    return markdown
