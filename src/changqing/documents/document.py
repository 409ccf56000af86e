"""What a document of the dossier is: sections, the statements in them, and blanks."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from changqing.case.model import OwnText
from changqing.case.subjects import Subject
from changqing.law.kit import Grade
from changqing.rules.types import Value
from changqing.text import Text, WordedEnum

CITED = "evidence"
"""The id of the section that says what stands behind the statements of a document."""
BLANK_HEADS = "待确认|待补|须核实|须核对|请选定"
"""How a place begins that is left visibly empty, 〔待补：…〕, in a pattern."""
LONGEST_BLANK = 500  # characters
BLANK = re.compile(rf"〔({BLANK_HEADS})：([^〕]{{0,{LONGEST_BLANK}}})〕")
"""Such a place: how it begins, and what to supply."""
INDEX = "index"
"""The id of the document that lists the others."""


class DocumentEdition(WordedEnum):
    """For whom a document is printed.

    The authority's copy has nothing in it but what is handed in; ours has every mark:
    numbers of evidence, grades, days, and how the law was read.
    """

    CLEAN = "clean", Text("递交件", "copy to hand in")
    ANNOTATED = "annotated", Text("批注件", "annotated copy")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentStatement:
    """One thing a document says that comes from a fact, and where it says so.

    `evidence` is the number printed beside it (附件12, E-07); None where nothing but
    the applicant's word stands behind it, which the document marks 自述. `value` is
    what `text` was made from, `source` who says so, as in the index of evidence.
    `label` is what it is about, `place` where in the evidence that stands, `about` who
    or what has the fact where that is not the company.
    """

    text: str
    subject: Subject
    fact: str
    grade: Grade
    evidence: str | None
    document: str
    section: str
    value: Value
    source: str
    label: str = ""
    place: str = ""
    about: str = ""

    @property
    def is_supported(self) -> bool:
        """Whether evidence stands behind it."""
        return self.evidence is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """A place left visibly empty, with what to supply there."""

    supply: str
    document: str
    section: str
    fact: str | None = None
    subject: Subject | None = None
    choice: str | None = None  # of the plan, which is not made yet
    post: str | None = None  # that nobody holds yet
    reading: str | None = None  # the name of the value that was read and waits
    errand: str | None = None  # by which it is filled
    filler: str = ""  # who does that, and what it is called

    @property
    def text(self) -> str:
        """What to supply, and who does it by which errand."""
        joint = "" if not self.filler or self.supply.endswith(("？", "。")) else "；"
        return f"{self.supply}{joint}{self.filler}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One heading of a document with the Markdown below it.

    `own` is what the company wrote here itself. `marked` is what the program wrote,
    without that, and with the places of facts, blanks and choices in it: what a page
    needs that lets them be filled in where they stand.
    """

    id: str
    title: str
    markdown: str
    statements: tuple[DocumentStatement, ...]
    own: OwnText | None = None
    marked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What the marks in `Section.marked` are about, by the number that each has."""

    statements: tuple[DocumentStatement, ...] = ()
    blanks: tuple[Blank, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One paper of the dossier as Markdown, before it is made into pages.

    `number` is its place in the law's list (6), an annex's (6-2), or None for the
    index. `complete` means that nothing in it is blank. `origin` is ours, or own where
    the applicant's copy in the case folder was taken; `stale` then says that ours has
    changed since the copy was made. `drafted` are the choices that wrote a
    sentence. `word` is the file that the company edited, and hands in as it is.
    `company` is whose document it is, as each page of it prints.
    """

    id: str
    number: str | None
    title: str
    sections: tuple[Section, ...]
    complete: bool
    blanks: tuple[Blank, ...]
    unsupported: tuple[DocumentStatement, ...]
    file_name: str
    origin: str = "ours"
    stale: bool = False
    charts: Mapping[str, str] = field(default_factory=dict)  # SVG by name
    signature: bool = False  # signed and sealed at its end
    drafted: tuple[str, ...] = ()
    edition: DocumentEdition = DocumentEdition.ANNOTATED
    places: Places = Places()
    word: bytes | None = None
    company: str = ""

    @property
    def file_stem(self) -> str:
        """What its files are called: one edition can never pass for the other."""
        if self.edition is DocumentEdition.CLEAN:
            return self.file_name
        return f"{self.file_name}批注"

    @property
    def statements(self) -> tuple[DocumentStatement, ...]:
        """Every statement, in the order of the text."""
        return tuple(
            statement for section in self.sections for statement in section.statements
        )


def digest_document(document: Document) -> str:
    """Take the digest of all that goes into the files of a document."""
    parts = [
        document.company,
        document.number or "",
        document.title,
        *(f"{section.title}\n{section.markdown}" for section in document.sections),
        *(f"{name}\n{svg}" for name, svg in sorted(document.charts.items())),
    ]
    if document.word is not None:
        parts.append(hashlib.sha256(document.word).hexdigest())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
