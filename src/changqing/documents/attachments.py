"""The papers that are handed in with the documents: 附件1, 附件2 …

They come as they lie in the bound volume: behind the document that each belongs to,
then what belongs to none. Among those of one document the authority's own list decides,
as `guide.materials` has it; what nobody asks for comes last, in the order of the case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath

from changqing.case.model import Case, Paper
from changqing.case.subjects import Subject
from changqing.documents.issuers import Issuers
from changqing.documents.needed import select_needed
from changqing.evidence.model import OF_PAPERS
from changqing.evidence.records import list_records
from changqing.guide.materials import make_checklist
from changqing.judge.model import Situation
from changqing.law.documents import load_documents
from changqing.law.kinds.material import Issuer
from changqing.law.lookup import list_kinds_for
from changqing.law.model import Catalogue

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\s]')


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One paper among the attachments; `title` is what kind of paper it is.

    `issued_by` names who issued it where the paper does, and says of the others what
    kind of issuer that is. `document` is the one that it is put behind. `ends` are the
    days on which what the paper is about ends by its own words, each with whom or what
    that concerns: a certificate of a domain, the identity papers of several people.
    """

    number: int
    paper: Paper
    title: str
    issuer: Issuer
    issued_by: str
    document: str | None
    ends: tuple[tuple[Subject, date], ...] = ()

    def find_end(self, subject: Subject) -> date | None:
        """Find until when it counts for one subject, as the paper itself says.

        Of a paper that names an end for others only, the first of them; None where
        none is known.
        """
        ends = dict(self.ends)
        if subject in ends:
            return ends[subject]
        return self.paper.valid_until or min(ends.values(), default=None)

    @property
    def name(self) -> str:
        """How a document refers to it: 附件12《社保缴纳证明》."""
        return f"附件{self.number}《{self.title}》"

    def name_place(self, place: str) -> str:
        """Name it with where in it something stands: 附件12《社保缴纳证明》第1页."""
        return f"{self.name}{place}"

    @property
    def file_name(self) -> str:
        """What its file is called when it is handed in: 附件12社保缴纳证明.pdf."""
        return name_attachment(self.number, self.title, self.paper)


def name_attachment(number: int, title: str, paper: Paper) -> str:
    """Name the file of a paper as it is called where it is attached to something."""
    safe = _NOT_IN_NAMES.sub("", title)
    suffix = _NOT_IN_NAMES.sub("", PurePosixPath(paper.file.path).suffix)
    return f"附件{number:02d}{safe}{suffix.lower()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachments:
    """The attachments of a dossier by the id of the paper, in their order."""

    by_paper: Mapping[str, Attachment] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Attachment]:
        """Go through them in their order."""
        return iter(self.by_paper.values())

    def find(self, paper: str) -> Attachment | None:
        """Find the attachment a paper of the case is.

        None for what is no paper of it.
        """
        return self.by_paper.get(paper)


def list_attachments(
    case: Case, situation: Situation, catalogue: Catalogue
) -> Attachments:
    """Number the papers of a case as they are handed in."""
    places = _place_kinds(situation, catalogue)
    behind = _find_documents(case, situation)
    documents = dict.fromkeys(behind.values())
    order = {document: place for place, document in enumerate(documents)}
    papers = sorted(
        case.papers,
        key=lambda paper: (
            order.get(behind.get(paper.kind, ""), len(order)),
            places.get(paper.kind, len(places)),
        ),
    )
    issuers = Issuers(case, situation)
    ends = _list_ends(case, catalogue)
    return Attachments(
        by_paper={
            paper.id: Attachment(
                number=number,
                paper=paper,
                title=catalogue.materials[paper.kind].label.zh,
                issuer=catalogue.materials[paper.kind].issuer,
                issued_by=issuers.name(paper),
                document=behind.get(paper.kind),
                ends=tuple(ends.get(paper.id, {}).items()),
            )
            for number, paper in enumerate(papers, start=1)
        }
    )


def _list_ends(
    case: Case, catalogue: Catalogue
) -> Mapping[str, Mapping[Subject, date]]:
    """List by paper the days on which its own words say that it ends."""
    own = {paper.id: catalogue.materials[paper.kind].own_end for paper in case.papers}
    ends: dict[str, dict[Subject, date]] = {}
    for record in list_records(case):
        if (
            record.source.kind in OF_PAPERS
            and record.fact == own.get(record.source.name)
            and isinstance(record.value, date)
        ):
            ends.setdefault(record.source.name, {})[record.subject] = record.value
    return ends


def _place_kinds(situation: Situation, catalogue: Catalogue) -> Mapping[str, int]:
    """The place of each kind of paper in the list of what the authority asks for."""
    application = situation.application
    checklist = make_checklist(
        catalogue,
        licence=application.licence,
        scope=application.scope,
        region=application.region,
        stage=application.stage,
        on=situation.as_of,
    )
    places: dict[str, int] = {}
    for place, listed in enumerate(checklist.papers):
        for kind in list_kinds_for(catalogue, listed.material.id):
            places.setdefault(kind, place)
    return places


def _find_documents(case: Case, situation: Situation) -> Mapping[str, str]:
    """The document that each kind of paper belongs to, in the order of the dossier."""
    documents: dict[str, str] = {}
    for template in select_needed(case, situation, load_documents().values()):
        for material in () if template.internal else template.materials:
            for kind in list_kinds_for(case.catalogue, material):
                documents.setdefault(kind, template.id)
    return documents
