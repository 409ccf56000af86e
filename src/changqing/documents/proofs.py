"""What stands behind a statement of a document, as whoever checks it is told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
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

    What one attachment shows of several people or holders is one line that names them,
    and each place in it.
    """
    lines: dict[tuple[object, ...], _ProofLine] = {}
    for statement in statements:
        if statement.evidence is not None:
            proof = describe_proof(statement, numbers, attachments, read_records, as_of)
            key = _find_key(statement, proof)
            lines.setdefault(key, _ProofLine(proof)).add_statement(statement, proof)
    return tuple(line.write() for line in lines.values())


@dataclass(slots=True)
class _ProofLine:
    """What is said of several in one line: of whom which value, and where it stands."""

    proof: Proof
    values: dict[str, dict[str, None]] = field(default_factory=dict)
    places: dict[str, None] = field(default_factory=dict)

    def add_statement(self, statement: DocumentStatement, proof: Proof) -> None:
        self.places[proof.place] = None
        if statement.about:
            self.values.setdefault(proof.what, {})[statement.about] = None

    def write(self) -> Proof:
        parts = [f"{what}（{'、'.join(names)}）" for what, names in self.values.items()]
        if not parts:
            return self.proof
        label = f"{parts[0].partition('：')[0]}："
        others = (part.removeprefix(label) for part in parts[1:])
        proof, attachment = self.proof.proof, self.proof.attachment
        if attachment is not None and len(self.places) > 1:
            proof = attachment.name_place("、".join(self.places))
        return replace(self.proof, what="、".join((parts[0], *others)), proof=proof)


def _find_key(statement: DocumentStatement, proof: Proof) -> tuple[object, ...]:
    """Find what the statements of one line have in common.

    Where an attachment alone shows it, they may stand in several places of one page.
    """
    attachment = proof.attachment
    alone = attachment is not None and proof.proof == attachment.name_place(proof.place)
    by = (attachment, proof.page) if alone and statement.about else (proof.proof,)
    label = proof.what.partition("：")[0] if statement.about else proof.what
    return (statement.subject.type, label, proof.issuer, proof.until, *by)


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
