"""What was handed in, kept byte for byte, and what has changed since then.

A document is a set of sections; only those whose words changed are issued again. The
documents of a dossier come as they are; a paper of the case in Markdown is cut at its
headings. Words are compared where they can be read, and where not that is said.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final, Protocol

from changqing.case.folder import CASE_FILE
from changqing.case.model import Case
from changqing.case.page import UnreadablePageError, read_page
from changqing.casework.events import Journal
from changqing.casework.state import CaseState
from changqing.documents.document import Document
from changqing.errors import CaseError, Issue
from changqing.plainfile import read_plain
from changqing.text import Text, WordedEnum

_HEADING: Final = re.compile(r"#{1,6} +(.+?) *#* *$")
_FENCE: Final = re.compile(r"(```|~~~)")
_TOKEN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*|\s+|.", re.DOTALL)
_MOVING: Final = re.compile(
    r"\^(?:E-|附件)[^^\n]{1,80}\^|情况截至\d{4}年\d{1,2}月\d{1,2}日。"
    r"|(?<=^\| )(?:E-|附件)\d+(?= \|)|证\d{4,}(?:等\d+条)?"
    # 尚未存证 stands in copies that were handed in before the word changed.
    r"|(?<=） \| )\d{4}-\d{2}-\d{2}"
    r"(?= \| [^|\n]{1,40} \| (?:尚未存证|尚未记入日志) \| 无 \|)",
    re.MULTILINE,
)
_CONTEXT: Final = 1  # unchanged lines shown before and after a change
_MOST_LINES: Final = 4_000  # of one file that are compared


class Part(Protocol):
    """One section of a document, as the dossier writes it."""

    @property
    def id(self) -> str:
        """Its name in the folder of what was handed in."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def markdown(self) -> str:
        """Its text."""


class DossierDocument(Protocol):
    """One document of a dossier."""

    @property
    def id(self) -> str:
        """Its name in the folder of what was handed in."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def sections(self) -> Sequence[Part]:
        """Its parts, each of which can be issued anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One section with the document it stands in; `key` names it across hand-ins."""

    document: str
    id: str
    title: str
    markdown: str

    @property
    def key(self) -> str:
        """Document and section."""
        return f"{self.document}/{self.id}"

    @property
    def content(self) -> bytes:
        """The bytes that are kept, and of which the digest is taken.

        Without the numbers of evidence and of the log, and without the day of writing,
        which is also that of what was reckoned then: all move whenever anything else
        does, and say nothing of this section.
        """
        return _MOVING.sub("", self.markdown).encode()

    @property
    def digest(self) -> str:
        """SHA-256 of its words."""
        return hashlib.sha256(self.content).hexdigest()


class DifferenceKind(WordedEnum):
    """What happened to something since the last handing in."""

    ADDED = "added", Text("新增", "added")
    REPLACED = "replaced", Text("更换", "replaced")
    REMOVED = "removed", Text("撤下", "removed")


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceRow:
    """One line of a comparison: `mark` is `-`, `+`, a blank, or `…` for lines left out.

    `spans` are its words in order, each with whether it is what differs.
    """

    mark: str
    spans: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What has changed in one thing. Without `rows`, `unread` says why there are none.

    `content` is how it reads now: empty when it was removed, or is no text.
    """

    name: str
    title: str
    change: DifferenceKind
    rows: tuple[DifferenceRow, ...] = ()
    unread: Text | None = None
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What differs from the last handing in; `known` is false when there was none.

    `facts` compares what `case.yaml` declares, line by line; None where the last
    handing in kept no copy of it, or nothing was changed.
    """

    known: bool
    papers: tuple[Difference, ...]
    facts: Difference | None
    facts_kept: bool
    sections: tuple[Difference, ...]


def list_passages(
    case: Case, documents: Iterable[DossierDocument] = ()
) -> tuple[Passage, ...]:
    """List all sections to hand in: of the dossier, and of the papers in Markdown."""
    passages = [
        Passage(
            document=f"{_DOSSIER}{document.id}",
            id=section.id,
            title=f"{document.title}　{section.title}".strip("　"),
            markdown=section.markdown,
        )
        for document in documents
        for section in document.sections
    ]
    for paper in case.papers:
        if Path(paper.file.path).suffix.lower() == ".md":
            name = case.catalogue.materials[paper.kind].label.zh
            passages += _split_markdown(paper.id, name, case.read_file(paper.file.path))
    return tuple(passages)


def _split_markdown(document: str, name: str, content: bytes) -> Iterator[Passage]:
    """Cut a Markdown file at its headings; those that repeat are numbered."""
    times_seen: dict[str, int] = {}
    heading, lines, fenced = "", list[str](), False
    rows = [*content.decode("utf-8", "replace").splitlines(), None]
    for row in rows:
        if row is not None and _FENCE.match(row):
            fenced = not fenced
        begins = None if row is None or fenced else _HEADING.match(row)
        if row is None or begins is not None:
            if heading or any(line.strip() for line in lines):
                times_seen[heading] = times_seen.get(heading, 0) + 1
                again = f" ({times_seen[heading]})" if times_seen[heading] > 1 else ""
                yield Passage(
                    document=document,
                    id=f"{heading or '-'}{again}",
                    title=f"{name}　{heading}".strip("　") + again,
                    markdown="\n".join(lines).strip() + "\n",
                )
            lines = []
        if begins is not None:
            heading = begins[1]
        if row is not None:
            lines.append(row)


def collect_contents(case: Case, sections: Iterable[Passage]) -> Mapping[str, bytes]:
    """Collect all that is handed in, by its SHA-256; CaseError if a paper is gone."""
    contents = {section.digest: section.content for section in sections}
    for path in (CASE_FILE, *(paper.file.path for paper in case.papers)):
        try:
            content = case.read_file(path)
        except OSError as error:
            raise CaseError(
                Issue(
                    text=Text(
                        zh="这份材料现在读不出来，不能当作递交",
                        en="this paper cannot be read now, so it cannot be handed in",
                    ),
                    path=str(case.path / path),
                )
            ) from error
        contents[hashlib.sha256(content).hexdigest()] = content
    return contents


def find_differences(
    case: Case, state: CaseState, sections: Iterable[Passage]
) -> Differences:
    """Find what differs now from what was handed in last."""
    journal = Journal(case.path)
    return Differences(
        known=state.has_copy,
        papers=tuple(_compare_papers(case, state, journal)),
        facts=_compare_facts(case, state, journal),
        facts_kept=state.declared is not None,
        sections=tuple(_compare_sections(state, tuple(sections), journal)),
    )


def _compare_papers(
    case: Case, state: CaseState, journal: Journal
) -> Iterator[Difference]:
    before = state.papers
    for paper in case.papers:
        name = case.catalogue.materials[paper.kind].label.zh
        digest_before = before.get(paper.id)
        if digest_before == paper.file.digest:
            continue
        now = case.read_file(paper.file.path)
        if digest_before is None:
            yield Difference(name=paper.id, title=name, change=DifferenceKind.ADDED)
        else:
            rows, unread = _compare_copies(_read_copy(journal, digest_before), now)
            yield Difference(
                name=paper.id,
                title=name,
                change=DifferenceKind.REPLACED,
                rows=rows,
                unread=unread,
            )
    for removed in sorted(set(before) - {paper.id for paper in case.papers}):
        yield Difference(name=removed, title=removed, change=DifferenceKind.REMOVED)


def _compare_facts(case: Case, state: CaseState, journal: Journal) -> Difference | None:
    if state.declared is None or state.declared == case.digest:
        return None
    now = case.read_file(CASE_FILE)
    rows, unread = _compare_copies(_read_copy(journal, state.declared), now)
    return Difference(
        name=CASE_FILE,
        title=CASE_FILE,
        change=DifferenceKind.REPLACED,
        rows=rows,
        unread=unread,
    )


def _compare_sections(
    state: CaseState, sections: Sequence[Passage], journal: Journal
) -> Iterator[Difference]:
    if not state.sections:
        return  # nothing was kept that could be compared
    for passage in sections:
        digest_before = state.sections.get(passage.key)
        if digest_before == passage.digest:
            continue
        rows, unread = (
            ((), None)
            if digest_before is None
            else _compare_copies(_read_copy(journal, digest_before), passage.content)
        )
        yield Difference(
            name=passage.key,
            title=passage.title,
            change=DifferenceKind.ADDED
            if digest_before is None
            else DifferenceKind.REPLACED,
            rows=rows,
            unread=unread,
            content=passage.markdown,
        )
    for removed in sorted(set(state.sections) - {section.key for section in sections}):
        yield Difference(name=removed, title=removed, change=DifferenceKind.REMOVED)


def _read_copy(journal: Journal, digest: str) -> bytes | None:
    """Read what was handed in; None where no copy, or no whole one, is there."""
    try:
        path = journal.find_handed_in_path(digest)
        content = read_plain(path, inside=journal.folder.parent)
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == digest else None


def _compare_copies(
    before: bytes | None, now: bytes
) -> tuple[tuple[DifferenceRow, ...], Text | None]:
    if before is None:
        return (), _NOT_KEPT
    try:
        old, new = _decode_lines(before), _decode_lines(now)
    except UnreadablePageError as error:
        return (), error.text
    if old == new:
        return (), _SAME_WORDS
    return tuple(compare_lines(old, new)), None


def _decode_lines(content: bytes) -> list[str]:
    if content.startswith((b"%PDF-", b"<")):
        return [row.words for row in read_page(content).rows][:_MOST_LINES]
    try:
        return content.decode("utf-8").splitlines()[:_MOST_LINES]
    except UnicodeDecodeError:
        return [row.words for row in read_page(content).rows][:_MOST_LINES]


def compare_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[DifferenceRow]:
    """Compare line by line, and word by word where one line took the place of another.

    Where too many lines or words are the same, the frequent ones are passed over, and
    after so much work lines are shown whole: a page waits for this.
    """
    dear = _count_pairs(old, new) > _MOST_PAIRS
    matcher = SequenceMatcher(None, old, new, autojunk=dear)
    pairs_left = _MOST_PAIRS
    for place, group in enumerate(matcher.get_grouped_opcodes(_CONTEXT)):
        if place:
            yield DifferenceRow(mark="…", spans=())
        for kind, a, b, c, d in group:
            if kind == "equal":
                yield from (
                    DifferenceRow(mark=" ", spans=((row, False),)) for row in new[c:d]
                )
                continue
            both = min(b - a, d - c)
            for was, became in zip(old[a : a + both], new[c : c + both], strict=True):
                if pairs_left <= 0:
                    yield DifferenceRow(mark="-", spans=((was, True),))
                    yield DifferenceRow(mark="+", spans=((became, True),))
                    continue
                before, after = _TOKEN.findall(was), _TOKEN.findall(became)
                pairs_left -= _count_pairs(before, after)
                yield from _compare_words(
                    was, became, before, after, dear=pairs_left <= 0
                )
            yield from (
                DifferenceRow(mark="-", spans=((row, True),))
                for row in old[a + both : b]
            )
            yield from (
                DifferenceRow(mark="+", spans=((row, True),))
                for row in new[c + both : d]
            )


def _count_pairs(old: Sequence[str], new: Sequence[str]) -> int:
    """How many pairs of equal elements there are: each is looked at, and not once."""
    counts = Counter(old)
    return sum(counts[element] * count for element, count in Counter(new).items())


def _compare_words(
    was: str, became: str, old: Sequence[str], new: Sequence[str], *, dear: bool
) -> Iterator[DifferenceRow]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if dear or matcher.ratio() < _ALIKE:
        yield DifferenceRow(mark="-", spans=((was, True),))
        yield DifferenceRow(mark="+", spans=((became, True),))
        return
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        differs = kind != "equal"
        left.append(("".join(old[a:b]), differs))
        right.append(("".join(new[c:d]), differs))
    yield DifferenceRow(mark="-", spans=tuple(span for span in left if span[0]))
    yield DifferenceRow(mark="+", spans=tuple(span for span in right if span[0]))


def write_reissue(differences: Differences) -> str:
    """Write the sections that changed as one Markdown text, in Chinese."""
    parts = ["# 重新出具的部分\n"]
    for section in differences.sections:
        word = section.change.text.zh
        parts.append(f"## {section.title}（{word}）\n")
        parts.append(section.content or "这一部分不再出具。\n")
    if len(parts) == 1:
        parts.append("没有需要重新出具的部分。\n")
    return "\n".join(parts)


def select_reissued(
    differences: Differences, documents: Iterable[Document]
) -> tuple[Document, ...]:
    """Select the documents that changed, each with its changed sections alone.

    Papers in Markdown are no documents of the dossier and are not among them.
    """
    changed = {
        difference.name for difference in differences.sections if difference.content
    }
    issued = []
    for document in documents:
        sections = tuple(
            section
            for section in document.sections
            if f"{_DOSSIER}{document.id}/{section.id}" in changed
        )
        if not sections:
            continue
        whole = len(sections) == len(document.sections)
        issued.append(
            replace(
                document,
                title=document.title if whole else f"{document.title}{_IN_PART}",
                sections=sections,
                file_name=f"{document.file_name}{_AGAIN}",
            )
        )
    return tuple(issued)


_DOSSIER: Final = "dossier:"
_IN_PART: Final = "（重新出具的部分）"
_AGAIN: Final = "-补正"


_ALIKE: Final = 0.4
_MOST_PAIRS: Final = 1_000_000
_NOT_KEPT: Final = Text(
    "上次递交时没有留下副本，只能说内容变了",
    "no copy was kept at the last handing in: all that is known is that it changed",
)
_SAME_WORDS: Final = Text(
    "读得出的文字没有变化", "the words that can be read are the same"
)
