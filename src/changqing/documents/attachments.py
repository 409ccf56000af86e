"""The papers that are handed in with the documents: 附件1, 附件2 …

They come in the order in which the authority lists what it asks for, as
`guide.materials` has it; what nobody asks for comes last, in the order of the case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from changqing.case.model import Case, Paper
from changqing.evidence.model import OF_PAPERS
from changqing.guide.materials import checklist
from changqing.judge.model import Situation
from changqing.law.kinds.material import Issuer
from changqing.law.lookup import list_kinds_for
from changqing.law.model import Catalogue

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\s]')


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One paper among the attachments; `title` is what kind of paper it is.

    `issued_by` names who issued it where that is known, and says of the others whether
    it was another party or an institution.
    """

    number: int
    paper: Paper
    title: str
    issuer: Issuer
    issued_by: str

    @property
    def name(self) -> str:
        """How a document refers to it: 附件12《社保缴纳证明》."""
        return f"附件{self.number}《{self.title}》"

    def name_place(self, place: str) -> str:
        """The same with where in it something stands: 附件12《社保缴纳证明》第1页."""
        return f"{self.name}{place}"

    @property
    def file_name(self) -> str:
        """What its file is called when it is handed in: 附件12社保缴纳证明.pdf."""
        return name_attachment(self.number, self.title, self.paper)


def name_attachment(number: int, title: str, paper: Paper) -> str:
    """What the file of a paper is called where it is attached to something."""
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
        """The attachment a paper of the case is; None for what is no paper of it."""
        return self.by_paper.get(paper)


def list_attachments(
    case: Case, situation: Situation, catalogue: Catalogue
) -> Attachments:
    """Number the papers of a case as they are handed in."""
    application = situation.application
    asked = checklist(
        catalogue,
        licence=application.licence,
        scope=application.scope,
        region=application.region,
        stage=application.stage,
        on=situation.as_of,
    )
    places: dict[str, int] = {}
    for place, listed in enumerate(asked.papers):
        for kind in list_kinds_for(catalogue, listed.material.id):
            places.setdefault(kind, place)
    papers = sorted(case.papers, key=lambda one: places.get(one.kind, len(places)))
    return Attachments(
        by_paper={
            paper.id: Attachment(
                number=number,
                paper=paper,
                title=catalogue.materials[paper.kind].label.zh,
                issuer=catalogue.materials[paper.kind].issuer,
                issued_by=_name_issuer(
                    situation, paper, catalogue.materials[paper.kind].issuer
                ),
            )
            for number, paper in enumerate(papers, start=1)
        }
    )


_OURSELVES: Final = "本公司"
_NAMED_BY: Final[Mapping[str, str]] = {
    "hosting_agreement": "hosting_provider",
    "domain_cert": "domain_registrar",
}
"""The fact that names who issued a paper of a kind, where it was read in that paper."""


def _name_issuer(situation: Situation, paper: Paper, issuer: Issuer) -> str:
    if issuer is Issuer.COMPANY:
        return _OURSELVES
    wanted = _NAMED_BY.get(paper.kind)
    for (_, fact), found in situation.resolved.items():
        record = found.proven_by
        if (
            fact == wanted
            and record is not None
            and record.source.kind in OF_PAPERS
            and record.source.name == paper.id
            and isinstance(record.value, str)
        ):
            return record.value
    return issuer.text.zh
