"""What stands behind a statement of a document, as whoever checks it is told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from changqing.documents.attachments import Attachment, Attachments
from changqing.documents.cited import ReadRecords, find_attached
from changqing.documents.document import DocumentStatement
from changqing.documents.numbering import Numbering, Piece, find_place
from changqing.evidence.model import SourceKind
from changqing.evidence.reach import ATTEMPTS
from changqing.outlook.derived import OUTLOOK
from changqing.report.words import say_long_day
from changqing.text import Language

_COMPUTED: Final = "按本材料所列的数据推算"
_PUBLIC: Final = "公开可查"
_LONGEST_VALUE: Final = 24  # characters: two lines of the first column
_PAGE: Final = re.compile(r"第(\d{1,4})页")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A statement and what shows it.

    `attachment` is None for what anybody can look up or see, and for what was computed.
    """

    what: str
    proof: str
    attachment: Attachment | None
    place: str
    issuer: str
    until: date | None

    @property
    def page(self) -> int | None:
        """The page of the attachment, where the place names one."""
        page_match = _PAGE.search(self.place)
        return None if page_match is None else int(page_match[1])

    @property
    def ends(self) -> str:
        """Until when it counts, as a table prints it."""
        return "–" if self.until is None else self.until.isoformat()


def describe_proof(
    statement: DocumentStatement,
    numbers: Numbering,
    attachments: Attachments,
    read_records: ReadRecords,
    as_of: date,
) -> Proof:
    """Describe what shows a statement that evidence stands behind.

    `read_records` is what papers say. What was looked up or seen is shown by an
    attachment too, where one that others issued says the same.
    """
    piece = _find_piece(statement, numbers)
    attachment, place = attachments.find(piece.source), statement.place
    if piece.kind is SourceKind.DERIVED and piece.source == OUTLOOK.name:
        attachment, proof, issuer = None, _COMPUTED, "–"
    elif piece.kind is SourceKind.DERIVED and piece.source != ATTEMPTS.name:
        proof = f"{piece.title}，{say_long_day(piece.on, Language.ZH)}"
        attachment, issuer = None, "–"
    elif attachment is not None:
        proof, issuer = attachment.name_place(place), attachment.issued_by
    else:
        proof, issuer = f"{piece.title}，{say_long_day(piece.on, Language.ZH)}", _PUBLIC
        paper = find_attached(
            statement.subject,
            statement.fact,
            statement.value,
            read_records,
            attachments,
            as_of,
        )
        if paper is not None:
            attachment, place = paper[0], find_place(paper[1])
            proof = f"{attachment.name_place(place)}；{proof}"
            issuer = attachment.issued_by
    return Proof(
        what=_name_statement(statement),
        proof=proof,
        attachment=attachment,
        place=place,
        issuer=issuer,
        until=None if attachment is None else attachment.find_end(statement.subject),
    )


def list_proofs(
    statements: Iterable[DocumentStatement],
    numbers: Numbering,
    attachments: Attachments,
    read_records: ReadRecords,
    as_of: date,
) -> tuple[Proof, ...]:
    """List what stands behind statements, each once, in order, with whom it is about.

    What one place shows of several people or holders is one line that names them.
    """
    whom: dict[Proof, dict[str, None]] = {}
    for statement in statements:
        if statement.evidence is not None:
            proof = describe_proof(statement, numbers, attachments, read_records, as_of)
            names = whom.setdefault(proof, {})
            if statement.about:
                names[statement.about] = None
    return tuple(
        replace(proof, what=f"{proof.what}（{'、'.join(names)}）") if names else proof
        for proof, names in whom.items()
    )


def _find_piece(statement: DocumentStatement, numbers: Numbering) -> Piece:
    return next(
        piece for piece in numbers.pieces.values() if piece.number == statement.evidence
    )


def _name_statement(statement: DocumentStatement) -> str:
    """What a line of the table is about: the fact with its value, where that is short.

    What a paper says in a sentence stands in the document, and is not said again; of a
    yes its question says all.
    """
    if statement.fact.startswith("has_") and statement.value is True:
        return f"附有{statement.text}"
    short = statement.subject.type != "paper" and len(statement.text) <= _LONGEST_VALUE
    return (
        f"{statement.label}：{statement.text}"
        if short and statement.value is not True
        else statement.label
    )
