"""What a Word file of the company changes: block by block, and against the facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import PurePath
from typing import Final

from changqing.documents.document import Document, DocumentStatement
from changqing.documents.tree import Node, list_children, list_document_blocks
from changqing.documents.word_read import WordBlock
from changqing.errors import CaseError, Issue
from changqing.text import Text

_SHORTEST: Final = 2  # characters of a fact that is looked for in a text


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBlock:
    """A heading, paragraph, item or row, as words, under its heading."""

    text: str
    place: str

    @property
    def key(self) -> str:
        """By which two blocks are the same: their words, whatever the spaces."""
        return "".join(self.text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockChange:
    """What stands in the draft and what in the file; None for what is not there."""

    before: str | None
    after: str | None
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChange:
    """A fact of the case that the draft says and the file does not say any more."""

    label: str
    said: str
    after: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WordComparison:
    """What a Word file changes against our draft, and which facts with it."""

    changes: tuple[BlockChange, ...]
    facts: tuple[FactChange, ...]


def compare_word(draft: Document, blocks: Sequence[WordBlock]) -> WordComparison:
    """Compare a Word file with our draft, the copy to hand in."""
    ours, theirs = list(_list_draft(draft)), list(_list_word(draft, blocks))
    before, after = [block.key for block in ours], [block.key for block in theirs]
    changes: list[BlockChange] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        for mine, counterpart in zip_longest(ours[a:b], theirs[c:d]):
            near = counterpart or mine
            changes.append(
                BlockChange(
                    before=None if mine is None else mine.text,
                    after=None if counterpart is None else counterpart.text,
                    place="" if near is None else near.place,
                )
            )
    return WordComparison(
        changes=tuple(changes),
        facts=tuple(_find_facts(draft.statements, changes, "".join(after))),
    )


def _find_facts(
    statements: Sequence[DocumentStatement], changes: Sequence[BlockChange], whole: str
) -> Iterator[FactChange]:
    """Facts that a changed block said before, and the whole file says nowhere now."""
    facts_seen = set()
    for statement in statements:
        words = "".join(statement.text.split())
        if (
            len(words) < _SHORTEST
            or words in whole
            or (words, statement.fact) in facts_seen
        ):
            continue
        for change in changes:
            if change.before and words in "".join(change.before.split()):
                facts_seen.add((words, statement.fact))
                yield FactChange(
                    label=statement.label,
                    said=statement.text,
                    after=change.after or "",
                    place=change.place,
                )
                break


def _list_draft(draft: Document) -> Iterator[TextBlock]:
    place = ""
    for node in list_document_blocks(draft):
        if node["kind"] == "heading":
            place = _read_words(node)
        for text in _list_texts(node):
            yield TextBlock(text=text, place=place)


def _list_texts(node: Node) -> Iterator[str]:
    match node["kind"]:
        case "table":
            for row in list_children(node):
                yield " | ".join(_read_words(cell) for cell in list_children(row))
        case "list" | "ticks" | "enum" | "item" | "quote":
            for inner in list_children(node):
                yield from _list_texts(inner)
        case "signature" | "rule":
            return
        case _:
            if words := _read_words(node).strip():
                yield words


def _read_words(node: Node) -> str:
    match node["kind"]:
        case "evidence" | "chart":
            return ""
        case "blank":
            return f"〔{node['text']}〕"
    inside = "".join(_read_words(child) for child in list_children(node))
    return str(node.get("text", "")) + inside


def _list_word(draft: Document, blocks: Sequence[WordBlock]) -> Iterator[TextBlock]:
    from changqing.documents.word_text import drop_frame, list_charts

    place = ""
    captions = list_charts(draft.sections)
    for block in drop_frame(
        blocks, title=draft.title, signature=draft.signature, captions=captions
    ):
        if block.kind == "heading":
            place = block.text.strip()
        if block.text.strip(" |"):
            yield TextBlock(text=block.text, place=place)


def find_draft(
    drafts: Sequence[Document],
    name: str | None,
    *,
    file_name: str,
    blocks: Sequence[WordBlock],
) -> Document:
    """Find which document a Word file is of: as named, by its file name, or its title.

    Raises CaseError where that is not clear.
    """
    stem = PurePath(file_name).stem
    titles = {block.text.strip() for block in blocks[:3]}
    for draft in drafts:
        if name in {draft.id, draft.title}:
            return draft
    if name is None:
        # A browser puts (1) behind the name of what is downloaded twice.
        matching = [draft for draft in drafts if stem.startswith(draft.file_stem)]
        matching = matching or [draft for draft in drafts if draft.title in titles]
        if len(matching) == 1:
            return matching[0]
        if matching:
            return max(matching, key=lambda draft: len(draft.file_stem))
    drafts_named = "、".join(f"{draft.id}《{draft.title}》" for draft in drafts)
    raise CaseError(
        Issue(
            text=Text(
                f"看不出“{name or file_name}”是哪一份文书",
                f"which document “{name or file_name}” is is not clear",
            ),
            hint=Text(
                f"写明是哪一份：{drafts_named}", f"say which it is: {drafts_named}"
            ),
        )
    )
