"""What the texts of a dossier say: its documents, and its papers as they were read."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from changqing.case.model import Case
from changqing.documents.document import Document
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.paper_text import PaperText
from changqing.evidence.reading import Reading
from changqing.evidence.readings import KeptReadings
from changqing.law.model import Catalogue
from changqing.text import Text

_MOST_BYTES: Final = 2_000_000
_READ: Final = (".md", ".txt")
_NOTE: Final = re.compile(
    r"\^[^^\n]{0,500}\^|〔[^〕\n]{0,500}〕|!\[[^\]]{0,500}\]\([^)]{0,500}\)"
)
_ESCAPED: Final = re.compile(r"\\([\\`*_{}\[\]<>#|^~$!&])")
_MARKED: Final = re.compile(r"[\^〔\\]|!\[")
"""What every note or escape begins with."""
_WIDE: Final = {
    ord(sign) + 0xFEE0: sign for sign in string.digits + string.ascii_letters
}
"""Digits and letters in full width, as those that they are."""
_HEADING: Final = re.compile(r"#{1,6}\s+(.*)")
_HAN: Final = "\u4e00-\u9fff"

SHAPES: Final[Mapping[str, str]] = {
    "credit_code": r"[0-9A-Z]{18}(?![0-9A-Z])",
    "money": r"[0-9][0-9,.]{0,20}\s{0,4}[万亿]?元",
    "persons": r"[0-9]+\s*[人名]",
    "machines": r"[0-9]+\s*台",
    "days": r"[0-9]+\s*(?:日|天|个工作日)",
    "months": r"[0-9]+\s*个月",
    "day": r"[0-9]{4}\s?[-/.年]\s?[0-9]{1,2}\s?[-/.月]\s?[0-9]{1,2}(?![0-9])\s?日?",
    "phone": (
        r"(?:\+86[- ]?)?(?:400[- ]?[0-9]{3}[- ]?[0-9]{4}|0[0-9]{2,3}[- ]?[0-9]{7,8}"
        r"|1[3-9][0-9]{9})(?![0-9])"
    ),
    "email": r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+",
    "domain": r"(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}",
    "company": (
        rf"(?:[{_HAN}A-Za-z0-9·]|[（(](?!盖章|手签)[^（）()\n]{{1,6}}[）)]){{1,40}}?公司"
    ),
    "organisation": (
        rf"(?:[{_HAN}A-Za-z0-9·]|（[^（）\n]{{1,6}}）){{2,40}}?(?:公司|银行|[支分]行|营业部"
        r"|事务所|中心|委员会|办事处|大学|学院|[厅局社])"
        rf"(?![{_HAN}])"
    ),
    "person": rf"[{_HAN}·]{{2,4}}(?![{_HAN}])",
    "address": rf"[{_HAN}]{{2,20}}[省市区县路街道][{_HAN}0-9A-Za-z\-#（）]{{1,80}}",
}
"""How a value is written in running text, by the name the table gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """One line of a text, with the heading it stands under.

    `is_printed`: a line as a page has it, where a long value may go on in the next one.
    """

    number: int | None
    place: str
    text: str
    is_printed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPage:
    """A document or paper as lines; `id` is the document's or the material's.

    `is_document` says which of the two: some documents have the id of a material.
    `whole` are the lines as one text, to see at once whether a word is in it.
    """

    id: str
    title: Text
    file: str | None
    lines: tuple[TextLine, ...]
    is_document: bool = False
    whole: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        whole = "\n".join(line.text for line in self.lines)
        object.__setattr__(self, "whole", whole)

    def names(self, words: Sequence[str]) -> bool:
        """Tell whether one of these words stands in it.

        Asked of each page by each check.
        """
        for word in words:  # noqa: SIM110 - in a generator, three times as slow
            if word in self.whole:
                return True
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A value as a text has it, and where; it `may_go_on` in the next line."""

    page: TextPage
    line: TextLine
    value: str
    may_go_on: bool = False


def list_pages(
    case: Case, documents: Sequence[Document], catalogue: Catalogue
) -> Iterator[TextPage]:
    """List every text of the dossier: documents first, then papers that were read."""
    for document in documents:
        own = None
        if document.origin == "own":
            own = case.read_file(f"dossier/{document.id}.md").decode()
        yield TextPage(
            id=document.id,
            title=Text(f"《{document.title}》", f"“{document.title}”"),
            file=None if own is None else f"dossier/{document.id}.md",
            lines=tuple(_list_document_lines(document, own)),
            is_document=True,
        )
    readings = find_kept_readings(case)
    for paper in case.papers:
        lines: Iterator[TextLine]
        if paper.file.path.endswith(_READ):
            if paper.file.size > _MOST_BYTES:
                continue
            content = case.read_file(paper.file.path).decode("utf-8", "replace")
            lines = _list_paper_lines(content)
        elif (reading := readings.get(paper.file.digest)) is not None:
            lines = list_reading_lines(reading)
        else:
            continue
        label = catalogue.materials[paper.kind].label
        yield TextPage(
            id=paper.kind,
            title=Text(f"《{label.zh}》", f"“{label.en}”"),
            file=paper.file.path,
            lines=tuple(lines),
        )


def count_unread(case: Case) -> int:
    """Count the papers whose text cannot be compared, for nobody has read them yet."""
    readings = find_kept_readings(case)
    return sum(
        not paper.file.path.endswith(_READ) and paper.file.digest not in readings
        for paper in case.papers
    )


def find_kept_readings(case: Case) -> Mapping[str, Reading]:
    """Find the readings of papers; the log is asked only where not all are text."""
    if all(paper.file.path.endswith(_READ) for paper in case.papers):
        return {}
    return KeptReadings(Evidence(case.path))


def find_mentions(
    page: TextPage, words: Sequence[str], shape: str, *, after: bool
) -> Iterator[Mention]:
    """Find each value of `shape` beside one of `words`; after: words follow it."""
    if not page.names(words):
        return
    pattern = _compile_pattern(tuple(words), shape, after=after)
    for line in page.lines:
        # Looking for the words costs a tenth of looking for the value beside them.
        if not any(word in line.text for word in words):
            continue
        for match in pattern.finditer(line.text):
            value = next(group for group in match.groups() if group)
            at_end = not line.text[match.end() :].strip(" |")
            yield Mention(
                page=page,
                line=line,
                value=value.strip(),
                may_go_on=line.is_printed and at_end,
            )


@cache
def _compile_pattern(
    words: tuple[str, ...], shape: str, *, after: bool
) -> re.Pattern[str]:
    any_word = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    value = SHAPES[shape]
    if after:
        return re.compile(f"({value})(?={any_word})")
    # A name may run on after words without a mark between: only a mark makes it sure.
    is_marked = shape in {"organisation", "person"}
    mark = r"[为是：:]\s*" if is_marked else r"[为是有在共：:\s]*"
    if shape == "company":
        mark = r"[为是：:\s]*"
    return re.compile(
        rf"^\|\s*(?:{any_word})\s*\|\s*({value})\s*(?:\||，|$)|(?:{any_word}){mark}({value})"
    )


def _list_document_lines(document: Document, own: str | None) -> Iterator[TextLine]:
    raw = [] if own is None else [strip_markdown(line) for line in own.splitlines()]
    for section in document.sections:
        if section.id == "evidence":
            continue
        for text in section.markdown.splitlines():
            plain = strip_markdown(text)
            if plain:
                at = raw.index(plain) + 1 if plain in raw else None
                yield TextLine(number=at, place=section.title, text=plain)


def _list_paper_lines(content: str) -> Iterator[TextLine]:
    place = ""
    for number, text in enumerate(content.splitlines(), start=1):
        heading = _HEADING.fullmatch(text.strip())
        if heading:
            place = heading.group(1).strip()
        elif plain := strip_markdown(text):
            yield TextLine(number=number, place=place, text=plain)


def list_reading_lines(reading: Reading) -> Iterator[TextLine]:
    """List the lines of a reading; what was read less than surely says nothing."""
    for line in PaperText(reading).lines:
        if not all(part.is_sure for part in line.parts):
            continue
        words = [strip_markdown(part.span.text) for part in line.parts]
        text = f"| {' | '.join(words)} |" if line.is_row else " ".join(words)
        yield TextLine(
            number=None, place=f"第{line.page}页", text=text, is_printed=True
        )


def strip_markdown(markdown: str) -> str:
    """Strip a line of notes, blanks and escapes, to what is read."""
    stripped = markdown
    if _MARKED.search(stripped):
        stripped = _ESCAPED.sub(r"\1", _NOTE.sub("", stripped))
    plain = unicodedata.normalize("NFC", stripped).translate(_WIDE)
    return plain.replace("**", "").strip()
