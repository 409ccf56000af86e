"""Letters: one text as Word, as PDF, and plain to be pasted into a message.

A letter is a document like those of the dossier, with one section and no evidence; so
it looks like them on paper, and nobody who receives it sees Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from changqing.documents.document import Document, DocumentEdition, Section
from changqing.documents.render import list_files, render_documents
from changqing.documents.tree import (
    TICK,
    Node,
    build_document_tree,
    extract_plain_text,
    list_children,
)


def make_letter(name: str, markdown: str, *, file_name: str | None = None) -> Document:
    """Make a letter of Markdown whose first line is its title.

    `name` is its id; its files are called `file_name`, or as its title.
    """
    head, _, body = markdown.lstrip().partition("\n")
    title = head.removeprefix("# ").strip()
    text = body.replace("- [ ] ", f"- {TICK}")
    return Document(
        id=name,
        number=None,
        title=title,
        sections=(Section(id="1", title="", markdown=text, statements=()),),
        complete=True,
        blanks=(),
        unsupported=(),
        file_name=file_name or title,
        edition=DocumentEdition.CLEAN,
    )


def render_letters(
    letters: Sequence[Document], *, case_name: str, as_of: date
) -> Mapping[str, bytes]:
    """Make each letter into Word, PDF and plain text, by file name.

    Raises DocumentError and GivenUpError as `render_documents`.
    """
    rendered = render_documents(letters, case_name=case_name, digest="", as_of=as_of)
    files = list_files(rendered)
    for letter in letters:
        files[f"{letter.file_stem}.txt"] = format_plain(letter).encode()
    return files


def format_plain(letter: Document) -> str:
    """Write a letter as text that can be pasted anywhere: no sign of Markdown in it."""
    tree = build_document_tree(letter, case_name="", digest="", as_of=date.min)
    lines = [letter.title, ""]
    for line in _write_blocks(tree["blocks"]):
        if line or lines[-1]:
            lines.append(line)
    return "\n".join(lines).rstrip() + "\n"


def _write_blocks(blocks: Iterable[Node]) -> Iterator[str]:
    """Write blocks as lines of plain text."""
    for block in blocks:
        kind, inside = block["kind"], list_children(block)
        if kind == "heading":
            yield ""
            yield extract_plain_text(block)
        elif kind == "list":
            yield from _write_items("· ", inside)
            yield ""
        elif kind == "ticks":
            yield from _write_items(TICK, inside)
            yield ""
        elif kind == "enum":
            for number, item in enumerate(inside, start=block["start"]):
                yield from _write_items(f"{number}. ", [item])
            yield ""
        elif kind == "quote":
            for line in _write_blocks(inside):
                yield f"　　{line}" if line else ""
        elif kind == "table":
            for row in inside:
                yield "　".join(extract_plain_text(cell) for cell in list_children(row))
            yield ""
        elif kind == "rule":
            yield ""
        else:
            yield _break_lines(block)
            yield ""


def _write_items(mark: str, items: Iterable[Node]) -> Iterator[str]:
    for item in items:
        lines = [line for line in _write_blocks(list_children(item)) if line]
        for number, line in enumerate(lines):
            lead = mark if number == 0 else "　" * (len(mark) // 2 + 1)
            yield f"{lead}{line}"


def _break_lines(block: Node) -> str:
    """The words of a paragraph, with its own line breaks."""
    if block["kind"] == "break":
        return "\n"
    inside = "".join(_break_lines(child) for child in list_children(block))
    return str(block.get("text", "")) + inside
