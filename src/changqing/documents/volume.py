"""The bound volume 合订本: all that is handed in as one PDF, with page numbers through.

A front with the contents, the documents in the authority's order, each paper behind the
document that it belongs to, and at the end what stands behind every statement, by the
page of the volume. Word and Excel stay files of their own and are listed as such.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from changqing.case.model import Case
from changqing.documents.attachments import Attachment, Attachments
from changqing.documents.authority import name_authority
from changqing.documents.cited import group_read
from changqing.documents.cover_letter import say_coverage
from changqing.documents.document import INDEX, Document
from changqing.documents.numbering import number_pieces
from changqing.documents.proofs import list_proofs
from changqing.documents.render import Rendered
from changqing.documents.volume_pages import (
    OURS,
    Volume,
    VolumePart,
    VolumeProof,
    bind_pages,
)
from changqing.evidence.records import list_records
from changqing.judge.model import Situation
from changqing.law.model import Catalogue
from changqing.plainfile import read_plain
from changqing.sandbox.pool import Limits, get_shared_pool

TITLE: Final = "申请材料"
LIMITS: Final = Limits(seconds=120, processor=240, memory=3 << 30, output=512 << 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundVolume:
    """The volume of a package, with the attachments that stay files of their own."""

    company: str
    volume: Volume
    parts: tuple[VolumePart, ...]
    attachments: Mapping[int, int] = field(default_factory=dict)
    """The place among the parts of each attachment, by its number."""


def bind_volume(
    clean: Sequence[Rendered],
    attachments: Attachments,
    case: Case,
    situation: Situation,
    catalogue: Catalogue,
    *,
    signed: Collection[str] = (),
) -> BoundVolume:
    """Bind the copies to hand in and the papers of a case into one volume.

    Of the documents in `signed` the PDF is the scan of what was signed. Raises
    DocumentError, GivenUpError where a limit is reached, and CaseError where a paper of
    the case is no plain file.
    """
    parts: list[VolumePart] = []
    places: dict[int, int] = {}
    for document, pdf, attached in _order_documents(clean, attachments):
        if document is not None:
            ending = ".pdf" if document.id in signed else OURS
            parts.append(
                VolumePart(
                    number=document.number or "",
                    title=document.title,
                    name=f"{document.file_name}{ending}",
                    content=pdf,
                    whole=True,
                )
            )
        for attachment in attached:
            places[attachment.number] = len(parts)
            parts.append(
                VolumePart(
                    number=f"附件{attachment.number}",
                    title=attachment.title,
                    name=attachment.file_name,
                    content=read_plain(
                        case.path / attachment.paper.file.path, inside=case.path
                    ),
                    head=attachment.name,
                )
            )
    listed_proofs = list_proofs(
        (statement for rendered in clean for statement in rendered.document.statements),
        number_pieces(case, situation, catalogue, attachments),
        attachments,
        group_read(list_records(case)),
        situation.as_of,
    )
    proofs = tuple(
        VolumeProof(
            what=proof.what,
            proof=proof.proof,
            part=None
            if proof.attachment is None
            else places.get(proof.attachment.number),
            page=proof.page,
            issuer=proof.issuer,
            until=proof.ends,
        )
        for proof in listed_proofs
    )
    volume = get_shared_pool().run(
        LIMITS,
        bind_pages,
        tuple(parts),
        proofs,
        title=TITLE,
        company=case.name,
        lines=tuple(_say_application(situation, catalogue)),
        as_of=situation.as_of,
    )
    return BoundVolume(
        company=case.name, volume=volume, parts=tuple(parts), attachments=places
    )


def _order_documents(
    clean: Sequence[Rendered], attachments: Attachments
) -> Iterator[tuple[Document | None, bytes, list[Attachment]]]:
    """Each document with the papers behind it; what belongs to none comes last."""
    attachments_left = list(attachments)
    for rendered in clean:
        document = rendered.document
        if document.id == INDEX:
            continue  # the front lists the same, with the pages
        yield (
            document,
            rendered.pdf,
            [
                attachment
                for attachment in attachments_left
                if attachment.document == document.id
            ],
        )
        attachments_left = [
            attachment
            for attachment in attachments_left
            if attachment.document != document.id
        ]
    yield None, b"", attachments_left


def _say_application(situation: Situation, catalogue: Catalogue) -> Iterator[str]:
    application = situation.application
    licence = catalogue.licences[application.licence]
    yield f"申请业务：{licence.label.zh}（{application.licence}）"
    yield f"业务覆盖范围：{say_coverage(situation, catalogue)}"
    yield f"受理机关：{name_authority(situation, catalogue)}"
