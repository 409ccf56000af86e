"""The numbers under which a dossier cites its evidence: 附件12, E-01 …

One number a piece of evidence, the same in every document. A paper has that of the
attachment it is, in our copies as in those to hand in; saved pages, then what was
measured, are no attachments and are counted for themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from changqing.case.model import Case
from changqing.day import beijing_day
from changqing.documents.attachments import Attachments
from changqing.evidence.model import OF_PAPERS, Record, SourceKind
from changqing.judge.model import Situation
from changqing.law.kit import Grade
from changqing.law.model import Catalogue
from changqing.report.sources import find_number, find_source_name

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of evidence as the index of evidence prints it."""

    number: str  # 附件12, E-07
    kind: SourceKind
    source: str  # the id of the paper, or the name of the look or probe
    title: str
    file: str | None
    on: date
    grade_words: str
    digest: str | None
    logged: tuple[str, ...]  # 证0417 …


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """Every piece of evidence behind the facts of a case, numbered."""

    pieces: Mapping[Key, Piece] = field(default_factory=dict)

    def find_piece(self, record: Record) -> Piece | None:
        """Find the piece a record came from; None for the applicant's own word."""
        return self.pieces.get(_make_key(record))


def number_pieces(
    case: Case, situation: Situation, catalogue: Catalogue, attachments: Attachments
) -> Numbering:
    """Number what stands behind the resolved facts of a case."""
    records: dict[Key, list[Record]] = {}
    for resolved in situation.resolved.values():
        for record in (resolved.proven_by, resolved.claimed_by):
            if record is not None and record.source.kind is not SourceKind.FORM:
                records.setdefault(_make_key(record), []).append(record)
    numbers = _number_keys(records, attachments)
    return Numbering(
        pieces={
            key: _make_piece(number, key, records[key], case, situation, catalogue)
            for key, number in numbers.items()
        }
    )


def _number_keys(keys: Iterable[Key], attachments: Attachments) -> Mapping[Key, str]:
    """Number pieces of evidence: attachments first, then the others in their order."""
    attached: list[tuple[int, Key]] = []
    others: list[Key] = []
    for key in keys:
        attachment = attachments.find(key[1]) if key[0] == SourceKind.PAPER else None
        if attachment is None:
            others.append(key)
        else:
            attached.append((attachment.number, key))
    kinds = [kind.value for kind in _ORDER]
    others.sort(key=lambda key: (kinds.index(key[0]), key))
    width = max(2, len(str(len(others))))
    return {
        **{key: f"附件{number}" for number, key in sorted(attached)},
        **{key: f"E-{at:0{width}d}" for at, key in enumerate(others, start=1)},
    }


def _make_piece(
    number: str,
    key: Key,
    records: list[Record],
    case: Case,
    situation: Situation,
    catalogue: Catalogue,
) -> Piece:
    """Make the piece of evidence that all records of one source are."""
    kind, name, subject = key
    paper = next((p for p in case.papers if p.id == name), None)
    first = min(records, key=lambda record: (record.number, record.fact))
    newest = max(records, key=lambda record: record.observed_at)
    grades = {record.grade for record in records}
    if kind != SourceKind.DERIVED:  # what is reckoned is as strong as what it rests on
        grades = {max(grades)}
    title, file = name, None
    if kind == SourceKind.PAPER and paper is not None:
        title = f"《{catalogue.materials[paper.kind].label.zh}》"
        file = paper.file.path
    elif name in catalogue.looks:
        title = catalogue.looks[name].title.zh
        file = next((look.file.path for look in case.looks if look.what == name), None)
    else:
        source_name = find_source_name(name.split()[0])
        label = situation.labels.get(first.subject)
        title = name if source_name is None else source_name.zh
        if subject and label is not None:
            title = f"{title}（{label.zh}）"
    return Piece(
        number=number,
        kind=SourceKind(kind),
        source=name,
        title=title,
        file=file,
        on=beijing_day(newest.observed_at),
        grade_words=join_grades(grades),
        digest=next((record.digest for record in records if record.digest), None),
        logged=tuple(
            sorted({n for record in records if (n := find_number(record)) is not None})
        ),
    )


def join_grades(grades: Iterable[Grade]) -> str:
    """Name each grade, the strongest first."""
    return "、".join(grade.text.zh for grade in sorted(grades, reverse=True))


def _make_key(record: Record) -> Key:
    measured = record.source.kind in (SourceKind.PROBE, SourceKind.DERIVED)
    about = str(record.subject) if measured else ""
    kind = SourceKind.PAPER if record.source.kind in OF_PAPERS else record.source.kind
    return kind.value, record.source.name, about


def find_place(record: Record) -> str:
    """Find where in its source a record stands, or nothing worth printing."""
    place = record.source.place
    return "" if place.startswith(f"{record.source.kind.value}:") else place


_ORDER = (
    SourceKind.PAPER,
    SourceKind.LOOK,
    SourceKind.PROBE,
    SourceKind.DERIVED,
    SourceKind.FORM,
)
